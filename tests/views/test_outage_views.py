"""Every picture of outages and subscriptions, in every language and with anything typed, is one that Slack takes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.views import homes, outage_desk, outage_forms, outages, subscribing
from handlers.views.blocks import Rendered, ViewDict
from handlers.views.facts.outages import (
    AskFact,
    OutageActFacts,
    OutageDeskFacts,
    OutageFacts,
    OutageFormFacts,
    OutageLineFacts,
    OutagePreviewFacts,
    OutageRowFact,
    ToldFact,
)
from handlers.views.facts.subscribing import (
    EntryFact,
    RegisterFacts,
    SubscribeFormFacts,
    SubscriptionFact,
    SubscriptionsFacts,
)
from handlers.views.words import Words
from models.outage import OutageEvent
from sandbox.limits import message_problems, view_problems
from tests.views import scenes
from tests.views.scenes import KARI, NOW, OLA, READERS, TYPED
from tests.views.test_limits import MENTIONS
from tests.views.test_maintenance_views import work

HOUR = timedelta(hours=1)
CARRIED = '{"nonce":"n"}'


def outage(typed: str, **more: object) -> OutageFacts:
    """One that lasts, with everything that may be said of one."""
    given: dict[str, object] = {
        "name": "O-3",
        "title": typed,
        "services": (typed,) * 12,
        "scope": "some_users",
        "cause": typed,
        "began_at": NOW - HOUR,
        "now": NOW,
        "expected_end": NOW + HOUR,
        "next_update_at": NOW + HOUR,
        "latest": typed,
        "latest_at": NOW,
        "repeated": True,
    }
    return OutageFacts(**{**given, **more})  # type: ignore[arg-type]


def states(typed: str) -> Iterator[OutageFacts]:
    """As it begins, as it lasts, and when it is over."""
    yield outage(typed, cause=None, latest=None, expected_end=None)
    yield outage(typed)
    yield outage(typed, ended_at=NOW)
    yield outage(typed, ended_at=NOW, cause=None)


def desk(typed: str, facts: OutageFacts, *, announced: bool) -> OutageDeskFacts:
    """The same as its desk sees it, with many of everything."""
    return OutageDeskFacts(
        outage=facts,
        gravity="emergency",
        detected_at=NOW,
        reported_at=NOW,
        lead=OLA,
        communications=KARI,
        scribe=scenes.person(typed),
        announced=announced,
        places=1_000,
        refused=2,
        affected=(typed,) * 40,
        tickets=tuple(f"T-{n}" for n in range(40)),
        tell_by=NOW + HOUR,
        tell_clause="EM-05",
        channel="C1",
    )


def line(typed: str, event: str) -> OutageLineFacts:
    """One event with everything an event may have."""
    return OutageLineFacts(
        name="O-3",
        event=event,
        at=NOW,
        now=NOW,
        by=scenes.person(typed),
        text=typed,
        places=5,
        languages=(("nb", 3), ("sv", 2)),
        customer=typed,
        ticket="T-12",
        promise="next_update",
        promised_at=NOW,
        clause="EM-05",
        changes=(("began_at", NOW, None), ("reported_at", None, NOW)),
        roles=(("lead", OLA), ("scribe", None)),
        mails=(typed,) * 20,
        mail_text=typed,
        mail_step=1,
        channel="C1",
        unreached=(typed, "Acme"),
    )


def told(typed: str) -> list[ToldFact]:
    """Many who were told: posted, waiting and refused."""
    one = ToldFact(channel=None, name=typed, step=0, language="nb", at=NOW, sent=False)
    return [one, replace(one, channel="C1", step=3, sent=True), replace(one, refused=typed)] * 9


def messages(typed: str, words: Words) -> Iterator[Rendered]:
    for facts in states(typed):
        yield outages.announcement(facts, words)
        yield outages.update_line(facts, typed, words)
        yield outages.end_line(facts, typed, words)
        for announced in (True, False):
            yield outage_desk.desk_card(desk(typed, facts, announced=announced), words)
        lines = [line(typed, event) for event in outage_desk.LINES]
        yield outage_desk.details_message(desk(typed, facts, announced=True), lines, told(typed), words)
    for event in outage_desk.LINES:
        yield outage_desk.log_line(line(typed, event), words)
    for promise in outage_desk.PROMISES:
        for at in (NOW + HOUR, NOW - HOUR):
            yield outage_desk.reminder(outage(typed), promise, at, words)
    yield outage_desk.list_message([OutageRowFact(outage=facts, places=3) for facts in states(typed)], words)
    yield outage_desk.list_message([], words)
    for before in (True, False):
        yield outages.noted(outage(typed), typed, NOW, words, before=before)
    services = {"app": typed}
    for row in subscriptions(typed):
        yield subscribing.subscribed(row, services, words)
    many = SubscriptionsFacts(rows=tuple(subscriptions(typed)) * 20, entries=entries(typed), customer=typed, more=3)
    yield subscribing.subscriptions_message(many, services, words)
    yield subscribing.subscriptions_message(SubscriptionsFacts(rows=()), services, words)
    yield subscribing.help_message(words)
    for said in (subscribing.unsubscribed, subscribing.shared_unsaid, subscribing.not_there):
        yield said("C1", words)


def subscriptions(typed: str) -> Iterator[SubscriptionFact]:
    some = SubscriptionFact(
        channel="C1",
        customer=typed,
        services=("app", "portal"),
        topics=("outage", "terms"),
        audience="partner",
        language="sv",
        said=True,
        trouble=typed,
    )
    yield some
    yield replace(some, services=(), topics=(), said=False, trouble=None)
    yield replace(some, ended=True)


def entries(typed: str) -> tuple[EntryFact, ...]:
    by_mail = EntryFact(id="e1", person=None, name=typed, email=typed, signatory=True, topics=("outage",))
    return (by_mail, replace(by_mail, id="e2", person=OLA, signatory=False)) * 15


def views(typed: str, words: Words) -> Iterator[ViewDict]:
    services = tuple((f"service-{n}", typed) for n in range(100))
    ask = AskFact(id="people", label={"en": "Who has been told?"}, clause="EM-27", hint={"en": "Names"})
    form = OutageFormFacts(metadata=CARRIED, services=services, now=NOW, title=typed[:120], asks=(ask,) * 1)
    yield outage_forms.declare_view(form, words)
    components = tuple((f"service-1:{n}", typed or "-") for n in range(120))
    yield outage_forms.declare_view(replace(form, components=components), words)
    for announce, same in ((True, None), (True, outage(typed)), (False, None)):
        yield outage_forms.preview_view(preview(typed, announce=announce, same=same), words)
    nobody = replace(preview(typed, announce=True, same=None), channels=0, people=0, mails=0)
    yield outage_forms.preview_view(nobody, words)
    act = OutageActFacts(
        metadata=CARRIED,
        outage=outage(typed, cause=typed[:600]),
        gravity="outage",
        detected_at=NOW,
        reported_at=None,
        tickets=3,
        lead=OLA,
    )
    for window in (
        outage_forms.update_view,
        outage_forms.end_view,
        outage_forms.edit_view,
        outage_forms.roles_view,
        outage_forms.link_view,
    ):
        yield window(act, words)
    lines = [line(typed, event) for event in outage_desk.LINES] * 3
    yield outage_desk.details_view(desk(typed, outage(typed), announced=True), lines, told(typed), words)
    for row in subscriptions(typed):
        for for_desk in (True, False):
            window_facts = SubscribeFormFacts(
                metadata=CARRIED,
                row=row,
                services=services,
                chosen=("service-1",),
                for_desk=for_desk,
                customers=(("c1", typed),),
                customer="c1",
            )
            yield subscribing.subscribe_view(window_facts, words)
    yield subscribing.register_view(RegisterFacts(metadata=CARRIED, customer=typed, entries=entries(typed)), words)


def preview(typed: str, *, announce: bool, same: OutageFacts | None) -> OutagePreviewFacts:
    return OutagePreviewFacts(
        metadata=CARRIED,
        outage=outage(typed),
        announce=announce,
        channels=5,
        people=1,
        mails=2,
        languages=(("nb", 3), ("sv", 2)),
        customers=5,
        unreached=(typed,) * 30,
        same=same,
    )


def test_every_event_has_its_line() -> None:
    assert set(OutageEvent) <= set(outage_desk.LINES)


@pytest.mark.parametrize("words", READERS, ids=lambda words: words.language)
@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_slack_takes_all_of_them(typed: str, words: Words) -> None:
    for shown in messages(typed, words):
        assert not list(message_problems(text=shown.text, blocks=list(shown.blocks), attachments=None))
        assert shown.text.strip()
    for view in views(typed, words):
        assert not list(view_problems(view))


@pytest.mark.parametrize("words", READERS, ids=lambda words: words.language)
def test_what_people_typed_is_never_interpreted(words: Words) -> None:
    shown = [block for message in messages(scenes.HOSTILE, words) for block in message.blocks]
    shown += [block for view in views(scenes.HOSTILE, words) for block in scenes.blocks_of(view)]
    for said in (str(text["text"]) for text in scenes.texts(shown) if text["type"] == "mrkdwn"):
        assert not MENTIONS.findall(said), said
        assert "*bold*" not in said
        assert "`code`" not in said


@pytest.mark.parametrize("words", READERS, ids=lambda words: words.language)
def test_a_home_with_everything_in_it_is_one_that_slack_takes(words: Words) -> None:
    """And the last of it is there: nothing was cut off at a hundred blocks."""
    full = replace(
        scenes.agent_home(scenes.ORDINARY, 200),
        open_pages=scenes.open_pages(scenes.ORDINARY, 8),
        outages=tuple(OutageRowFact(outage=outage("Signing in fails"), places=3) for _ in range(9)),
        maintenance=tuple(work("Portal upgrade") for _ in range(9)),
    )
    view = homes.agent_home(full, words)
    assert not list(view_problems(view))
    assert "Portal upgrade" in str(scenes.blocks_of(view)[-1])
