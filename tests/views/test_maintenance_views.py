"""Every picture of maintenance, in every language and with anything typed, is one that Slack takes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import cast

import pytest

from handlers.views import maintenance as forms
from handlers.views import maintenance_cards as cards
from handlers.views.blocks import Block, Rendered, ViewDict
from handlers.views.facts import PersonFact, Refusal, RefusalFacts
from handlers.views.facts.maintenance import (
    ClauseRow,
    GuardFacts,
    LeaveOutFact,
    MaintenanceFacts,
    MaintenanceLine,
    MaintenanceListFacts,
    OverlapFact,
    PlanFormFacts,
    SlotFact,
)
from handlers.views.maintenance_words import ASKED, KINDS, STAGES
from handlers.views.words import Words
from models.maintenance import MaintenanceEvent, Stage
from models.sla.maintenance import Verdict
from models.sla.maintenance_rules import Limit, MaintenanceKind
from sandbox.limits import message_problems, view_problems
from tests.views import scenes
from tests.views.scenes import EN, HOSTILE, KARI, NOW, OLA, READERS, TYPED

HOUR = timedelta(hours=1)
SLOT = SlotFact(NOW + 24 * HOUR, NOW + 26 * HOUR)
OVERNIGHT = SlotFact(NOW + 24 * HOUR, NOW + 50 * HOUR)


def work(typed: str, **more: object) -> MaintenanceFacts:
    given: dict[str, object] = {
        "name": "M-7",
        "now": NOW,
        "title": typed,
        "services": (typed, "App"),
        "kind": "upgrade_major",
        "downtime": True,
        "stage": "planned",
        "slot": SLOT,
        "noticed": typed,
        "planned_by": OLA,
        "approver": PersonFact("U3", typed),
        "approved_at": NOW,
        "latest_at": NOW + HOUR,
        "notice_at": NOW,
        "customers": 14,
        "overridden": ("PI-05", "EM-03"),
        "override_by": KARI,
        "override_reason": typed,
        "series": "M-1",
        "muted": 2,
    }
    return MaintenanceFacts(**{**given, **more})  # type: ignore[arg-type]


def works(typed: str) -> Iterator[MaintenanceFacts]:
    for stage in Stage:
        yield work(typed, stage=str(stage))
    yield work(typed, stage="planned", told_at=NOW, places=3, slot=OVERNIGHT, downtime=False)
    yield work(typed, stage="running", began_at=NOW, told_at=NOW, slot=SlotFact(NOW - HOUR, NOW))
    yield work(typed, stage="ended", began_at=NOW - HOUR, ended_at=NOW, told_at=NOW)
    yield work("", noticed="", overridden=(), series=None, muted=0, latest_at=None, notice_at=None, approved_at=None)


def rows(typed: str) -> tuple[ClauseRow, ...]:
    return tuple(
        ClauseRow(
            vendor=typed,
            clause="X-1",
            limit=str(limit),
            verdict=str(verdict),
            number=7 if count else 3,
            amount=HOUR,
            kinds=("upgrade_major",) if count else (),
            by_kind=bool(count) and verdict is Verdict.KEPT,
            count=count,
            found=count * HOUR,
            broken_for=count,
            customers=2,
            reading={"en": typed} if count else None,
        )
        for limit in Limit
        for verdict in Verdict
        for count in (0, 1)
    )


def guards(typed: str) -> Iterator[GuardFacts]:
    yield GuardFacts(rows=(), customers=0, agreements=0)
    full = GuardFacts(
        rows=rows(typed),
        customers=3,
        agreements=2,
        channels=1,
        unreached=(typed,) * 20,
        slots=(SLOT, OVERNIGHT),
        blocked=("PI-05",),
        parts=(SLOT,) * 40,
        leave_out=(
            LeaveOutFact(contract="x", vendor=typed, customers=3),
            LeaveOutFact(contract="y", vendor="", customers=1),
        ),
        rest=SLOT,
        latest=NOW,
        overlaps=(OverlapFact(name="M-1", title=typed, slot=SLOT),) * 3,
        over_quarter=True,
        clocks_change=True,
        occurrences=(SLOT, OVERNIGHT),
        broken_occurrences=2,
        left_out=(typed,),
    )
    yield full


def form(typed: str, **more: object) -> PlanFormFacts:
    given: dict[str, object] = {
        "metadata": "{}",
        "turn": 2,
        "now": NOW,
        "services": tuple((f"s{n}", typed or "-") for n in range(120)),
        "chosen": ("s1",),
        "components": tuple((f"s1:{n}", typed or "-") for n in range(120)),
        "chosen_components": ("s1:1",),
        "title": typed,
        "starts_at": NOW,
        "ends_at": NOW + HOUR,
        "customers": tuple((f"c{n}", typed or "-") for n in range(120)),
        "only": ("c1",),
        "asks_approval": True,
        "asks_consent": True,
        "override": True,
    }
    return PlanFormFacts(**{**given, **more})  # type: ignore[arg-type]


def views(typed: str, words: Words) -> Iterator[ViewDict]:
    yield forms.plan_view(PlanFormFacts(metadata="", turn=0, now=NOW, services=(("s", "S"),)), words)
    problem = RefusalFacts(Refusal.WORK_REPEATS, NOW, {"why": typed})
    yield forms.plan_view(form(typed, problem=problem), words)
    for guard in guards(typed):
        yield forms.plan_view(form(typed, guard=guard), words)
        yield forms.plan_view(form(typed, guard=guard, override=False), words)
        yield forms.plan_view(form(typed, guard=guard, split=True), words)
        yield forms.plan_view(form(typed, guard=guard, moving="M-7"), words)
        yield forms.plan_view(form(typed, guard=guard, moving="M-7", in_series=True, later=True), words)
    yield forms.planned_view(list(works(typed)), words)
    for told in (True, False):
        yield forms.cancel_view("M-7", "", words, told=told)
        yield forms.cancel_view("M-7", "", words, told=told, in_series=True)


def messages(typed: str, words: Words) -> Iterator[Rendered]:
    yield forms.help_message(words)
    for each in works(typed):
        yield cards.announcement(each, words)
        yield cards.desk_card(each, words)
        for what in cards.REMINDERS:
            yield cards.reminder(each, what, words)
    for event in MaintenanceEvent:
        line = MaintenanceLine(
            event=str(event),
            at=NOW,
            work=work(typed),
            by=OLA,
            text=typed,
            slot=OVERNIGHT,
            off=-HOUR,
            clauses=("PS-15",),
            count=2,
            mails=(typed,) * 30,
            mail_text=typed,
        )
        yield cards.skipped(line, words)
        yield cards.log_line(line, words)
        if str(event) in cards.LINES:
            yield cards.line(line, words)
    yield forms.list_message(MaintenanceListFacts(rows=tuple(works(typed)) * 5, now=NOW, more=3), words)
    yield forms.list_message(MaintenanceListFacts(rows=(), now=NOW), words)
    for url in (None, "https://vakt.example/feeds/x.ics"):
        yield forms.feed_message("maintenance:desk", NOW, url, words)


@pytest.mark.parametrize("words", READERS, ids=lambda words: words.language)
@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_slack_takes_every_picture_of_maintenance(typed: str, words: Words) -> None:
    for view in views(typed, words):
        assert not list(view_problems(view)), view
    for shown in messages(typed, words):
        assert not list(message_problems(text=shown.text, blocks=list(shown.blocks), attachments=None)), shown
        assert shown.text.strip()


def test_what_people_typed_about_maintenance_is_never_interpreted() -> None:
    mention = re.compile(r"<(?!!date\^\d+\^|@U[1-3]>)[^>]*>?")
    blocks = [cast("list[Block]", view["blocks"]) for view in views(HOSTILE, EN)]
    shown = list(messages(HOSTILE, EN))
    said = [str(message.text) for message in shown]
    for part in (*blocks, *(list(message.blocks) for message in shown)):
        said += [str(text["text"]) for text in scenes.texts(part) if text["type"] == "mrkdwn"]
    for text in said:
        assert not mention.findall(text), text
        assert "*bold*" not in text
        assert "\u202e" not in text


def test_the_desk_reads_since_when_it_runs_that_it_runs_over_and_how_long_it_took() -> None:
    here = SlotFact(NOW - HOUR, NOW)
    over = cards.desk_card(work("Upgrade", stage="running", began_at=NOW - HOUR, slot=here), EN)
    done = cards.desk_card(work("Upgrade", stage="ended", began_at=NOW - HOUR, ended_at=NOW, slot=here), EN)
    assert re.search(r"\*Under way\* since .* · it takes longer than announced", str(over.blocks))
    assert re.search(r"\*Ended\* .*, after 1 h", str(done.blocks))


def test_every_rule_kind_stage_and_event_has_its_words() -> None:
    assert set(ASKED) == set(Limit)
    assert set(KINDS) == set(MaintenanceKind)
    assert set(STAGES) == set(Stage)
    assert set(cards.LOG) == set(MaintenanceEvent)
    assert set(cards.LINES) <= set(cards.LOG)
