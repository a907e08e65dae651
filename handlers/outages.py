"""An outage from its beginning to its end: declared, announced, told on, ended. Each is one transaction.

Whatever is told is owed through the outbox; every change writes the outage's history with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers import acts, announcing, incident
from handlers.access import Act
from handlers.agreements import Agreements
from handlers.announcing import Update
from handlers.audiences import Heard
from handlers.doing import take_up
from handlers.once import Work
from handlers.outage_audience import audience, mail_clause
from handlers.outage_corrections import fit_downtime, link
from handlers.outage_handling import Handling
from handlers.outage_pictures import heard_facts, outage_facts
from handlers.outage_promises import LATE, PROMISES, SOON, TELL, arm, arm_telling
from handlers.views import outages as views
from handlers.views.words import Words
from models import typed_text
from models.desk import Desk
from models.downtime import (
    Change,
    DowntimeEvent,
    NewDowntime,
    Scope,
    Source,
    close_downtime,
    downtime_of_outage,
    open_downtime,
)
from models.outage import (
    Outage,
    OutageEvent,
    next_outage_number,
    tickets_of_outage,
)
from models.subscription import clear_troubles, subscriptions_of
from models.ticket import ticket_by_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An outage as it is about to be declared."""

    title: str
    services: tuple[str, ...]
    scope: str
    gravity: str
    cause: str
    began_at: datetime
    expected_end: datetime | None
    next_update_at: datetime | None
    announce: bool
    asked: Mapping[str, str]
    ticket: int | None = None
    components: Mapping[str, list[str]] | None = None
    """By service, where only some of its components are meant."""


def declare(work: Work, agreements: Agreements, draft: Draft, desk_id: str) -> Outage:
    """Store an outage with its downtime, and tell those affected unless that is left for later."""
    session, viewer = work.session, work.viewer
    outage = Outage(
        team_id=viewer.team_id,
        number=next_outage_number(session, viewer.team_id),
        desk_id=desk_id,
        services=list(draft.services),
        components=dict(draft.components) if draft.components else None,
        scope=draft.scope,
        gravity=draft.gravity,
        title_id=str(typed_text.keep(session, viewer.team_id, viewer.person.id, draft.title)),
        cause_id=typed_text.keep(session, viewer.team_id, viewer.person.id, draft.cause),
        began_at=draft.began_at,
        detected_at=work.now,
        expected_end=draft.expected_end,
        next_update_at=draft.next_update_at,
        declared_at=work.now,
        declared_by=viewer.person.id,
        lead_id=viewer.person.id,
        asked=typed_text.keep_all(session, viewer.team_id, viewer.person.id, draft.asked),
    )
    session.add(outage)
    session.flush()
    _begin_downtime(work, outage)
    at = Handling(work, outage, agreements)
    desk = session.get(Desk, (viewer.team_id, desk_id))
    announcing.owe_desk_card(work.ledger, at.about, desk.channel_id if desk else "")
    at.note(OutageEvent.DECLARED)
    if draft.ticket is not None:
        link(at, [draft.ticket])
    if draft.announce:
        announce(at)
    else:
        arm_telling(at)
    arm(session, outage)
    return outage


def _begin_downtime(work: Work, outage: Outage) -> None:
    new = NewDowntime(
        team_id=outage.team_id,
        desk_id=outage.desk_id,
        services=tuple(outage.services),
        began_at=outage.began_at,
        scope=Scope(outage.scope),
        source=Source.OUTAGE,
        outage_id=outage.name,
        by=work.viewer.person.id,
    )
    open_downtime(work.session, new, work.now)


def announce(at: Handling) -> None:
    """Tell those affected for the first time."""
    outage = at.outage
    clear_troubles(at.session, subscriptions_of(at.session, outage.team_id, [outage.desk_id]))
    heard = audience(at.session, at.agreements, outage, at.work.now)
    at.note(
        OutageEvent.ANNOUNCED,
        facts={"step": 0, "clause": mail_clause(heard), **heard_facts(heard)},
        announced_at=at.work.now,
    )
    at.session.flush()
    facts = outage_facts(at.session, outage, at.work.now)
    announcing.announce(
        at.ledger,
        at.about,
        heard.readers,
        lambda words: views.as_text(views.announcement(facts, words)),
        at.work.now,
    )
    announcing.forget(at.session, at.about, f"{TELL}_{SOON}", f"{TELL}_{LATE}")


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new about an outage, and what is promised from here."""

    text: str
    cause: str
    scope: str
    expected_end: datetime | None
    next_update_at: datetime | None


def tell_on(at: Handling, news: News) -> None:
    """An update: the announcement edited in place, and one line in its thread. The first one announces it."""
    outage = at.outage
    text_id, cause_id = at.keep(news.text), _cause(at, news.cause)
    changes: dict[str, Any] = {
        "cause_id": cause_id,
        "latest_id": text_id,
        "latest_at": at.work.now,
        "scope": news.scope,
        "expected_end": news.expected_end,
        "next_update_at": news.next_update_at,
    }
    if outage.announced_at is None:
        at.note(OutageEvent.UPDATED, text_id=text_id, **changes)
        announce(at)
    else:
        heard = audience(at.session, at.agreements, outage, at.work.now)
        step = outage.steps + 1
        facts = {"step": step, "clause": mail_clause(heard)}
        at.note(OutageEvent.UPDATED, text_id=text_id, facts=facts, steps=step, **changes)
        _told(at, step, heard, lambda known, words: views.update_line(known, news.text, words))
    _correct_scope(at, news.scope)
    arm(at.session, outage)


def _cause(at: Handling, typed: str) -> str | None:
    """The id of the cause: the one that stands where nothing else was typed."""
    before = typed_text.read(at.session, at.outage.team_id, at.outage.cause_id)
    return at.outage.cause_id if typed == before else at.keep(typed)


def _told(at: Handling, step: int, heard: Heard, line: Any) -> None:  # noqa: ANN401 - a view of facts and words
    at.session.flush()
    facts = outage_facts(at.session, at.outage, at.work.now)

    def text_of(words: Words) -> str:
        return views.as_text(line(facts, words))

    announcing.tell_on(at.ledger, at.about, Update(step, text_of), heard.readers, at.work.now)


def _correct_scope(at: Handling, scope: str) -> None:
    """Downtime of one scope ends where another begins: each counts by its own contract's rule."""
    for downtime in downtime_of_outage(at.session, at.outage.team_id, at.outage.name):
        if downtime.ended_at is None and downtime.scope != scope:
            by = at.work.viewer.person.id
            close_downtime(downtime, at.work.now, Change(event=DowntimeEvent.CLOSED, by=by), at.work.now)
            again = NewDowntime(
                team_id=downtime.team_id,
                desk_id=downtime.desk_id,
                services=tuple(downtime.services),
                began_at=at.work.now,
                scope=Scope(scope),
                source=Source.OUTAGE,
                outage_id=at.outage.name,
                by=by,
            )
            open_downtime(at.session, again, at.work.now)


def end(at: Handling, ended_at: datetime, cause: str, text: str, *, resolve: bool) -> None:
    """It is over: said everywhere, its downtime stored, and its tickets resolved where that was ticked."""
    outage = at.outage
    text_id, cause_id = at.keep(text), _cause(at, cause)
    step = outage.steps + 1
    told = outage.announced_at is not None
    heard = audience(at.session, at.agreements, outage, at.work.now) if told else Heard()
    at.note(
        OutageEvent.ENDED,
        text_id=text_id,
        facts={"step": step, "clause": mail_clause(heard), "ended_at": ended_at.isoformat()},
        cause_id=cause_id,
        ended_at=ended_at,
        ended_by=at.work.viewer.person.id,
        steps=step,
    )
    fit_downtime(at, None, ended_at)
    incident.close(at.ledger, outage, at.work.now)
    announcing.forget(at.session, at.about, *(f"{each}_{when}" for each in PROMISES for when in (SOON, LATE)))
    if told:
        _told(at, step, heard, lambda known, words: views.end_line(known, text, words))
    if resolve:
        _resolve_tickets(at, cause, text)


def _resolve_tickets(at: Handling, cause: str, text: str) -> None:
    """Resolve those linked tickets that are open, with what those affected were told as their outcome."""
    outcome = text or cause or typed_text.read(at.session, at.outage.team_id, at.outage.title_id)
    for each in tickets_of_outage(at.session, at.outage.team_id, at.outage.number):
        ticket = ticket_by_number(at.session, at.outage.team_id, each.ticket_number)
        if ticket is not None and not ticket.ended:
            doing = take_up(at.work, at.agreements, each.ticket_number, Act.RESOLVE)
            acts.resolve(doing, outcome, call_back=False)
