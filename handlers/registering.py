"""Registering a ticket: one transaction's rows, and the confirmation that tells its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers import promises
from handlers.drafts import Draft
from handlers.errors import UserError
from handlers.once import Work
from handlers.owed import owe_cards, owe_first_line
from handlers.promises import Start
from handlers.setting import PAGES, PRIVATE, Setting, notes_at, outcome_of
from handlers.views import facts as told
from handlers.views import opening as views
from handlers.views.blocks import ViewDict
from handlers.views.facts import Refusal
from handlers.views.words import Words
from models import history, typed_text
from models.desk import people_with_role
from models.history import Event, Happening
from models.outbox import Outgoing
from models.person import Person, person_by_slack_id
from models.record import Fresh
from models.roster import RosterChangedError
from models.sla.contract import Place, Role
from models.sla.plan import Planned
from models.ticket import Ticket, take_number
from models.timer import Timer, TimerKind


@dataclass(frozen=True, slots=True)
class Places:
    """Where the desk's and the customer's cards stand."""

    desk: str
    customer: str | None


@dataclass(frozen=True, slots=True)
class Registered:
    """A ticket whose rows are made and not stored yet: the ticket, the desk's card, and the first line under it."""

    ticket: Ticket
    card: Outgoing
    line: Outgoing


def open_ticket(
    work: Work, draft: Draft, setting: Setting, starts: Sequence[Start], places: Places, roster: int | None
) -> Ticket:
    """Open the ticket with its texts, clocks, timers, history and what is owed, as fresh rows of the work.

    Everything was read and counted before, so that all rows go out together and others wait as short as can be.

    Raises:
        RosterChangedError: what was read under the number `roster` does not hold any more.
    """
    taken = take_number(work.session, work.viewer.team_id)
    if roster is not None and taken.roster != roster:
        raise RosterChangedError
    return register(work.fresh, work, draft, setting, starts, places, number=taken.number).ticket


def register(
    fresh: Fresh,
    work: Work,
    draft: Draft,
    setting: Setting,
    starts: Sequence[Start],
    places: Places,
    *,
    number: int,
) -> Registered:
    """Make the rows of a ticket; whoever gave `fresh` stores them."""
    viewer = work.viewer
    severity = setting.contract.severity(setting.severity or setting.contract.default_severity)
    requester = _requester(work, draft, setting)
    ticket = Ticket(
        team_id=viewer.team_id,
        number=number,
        desk_id=setting.customer.desk_id,
        customer_id=setting.customer.id,
        contract=setting.contract.id,
        contract_version_id=setting.force.version_id,
        calendar_version_id=setting.force.calendars_id,
        region=setting.customer.region,
        kind=setting.kind,
        option=setting.option.id,
        item=draft.item,
        product_id=setting.product.id if setting.product else None,
        intake=setting.intake,
        severity=severity.id,
        proposed_severity=severity.id,
        rank=severity.rank,
        level=setting.contract.levels.enters if setting.contract.levels else 2,
        reported_at=setting.reported_at,
        opened_at=work.now,
        opened_by=viewer.person.id,
        requester_id=requester.id,
        summary_id=typed_text.keep(fresh, viewer.team_id, requester.id, draft.summary),
        details_id=typed_text.keep(fresh, viewer.team_id, requester.id, draft.details),
        answers={each.question.id: each.answer.id for each in setting.walked.given},
        asked=typed_text.keep_all(fresh, viewer.team_id, requester.id, draft.extras),
        development_case=f"DEV-{number}" if severity.development_case else None,
        source_channel=draft.source["channel"] if draft.source else None,
        source_ts=draft.source["ts"] if draft.source else None,
    )
    fresh.add(ticket)
    card = owe_cards(fresh, work.machine_now, ticket, places.desk, places.customer)
    promises.first_clocks(fresh, ticket, starts)
    line = _write_down(fresh, work, ticket, draft, requester, places.desk)
    _assign(fresh, work, ticket, setting, places.desk)
    _page(fresh, work, ticket, setting)
    return Registered(ticket, card, line)


def _assign(fresh: Fresh, work: Work, ticket: Ticket, setting: Setting, desk_channel: str) -> None:
    """It belongs to the specialist for its product from the start. Stops no clock. Source: SO-02, docs/rules.md, 3."""
    if setting.specialist is None or setting.contract.assignment is None:
        return
    facts = {"to": setting.specialist, "product": ticket.product_id, "clause": setting.contract.assignment.clause}
    happening = Happening(event=Event.ASSIGNED, at=work.now, facts=facts)
    entry = history.change(fresh, ticket, happening, owner_id=setting.specialist)
    owe_first_line(fresh, work.machine_now, ticket, entry, desk_channel)


def _page(fresh: Fresh, work: Work, ticket: Ticket, setting: Setting) -> None:
    """Have the desk paged at once, where the answers ask for it, whatever its clock does. Source: PS-16, PS-17."""
    if PAGES in setting.flags and setting.walked.outcome is not None:
        told = {"flags": sorted(setting.flags), "clause": setting.walked.outcome.clause}
        timer = Timer(
            team_id=ticket.team_id, kind=TimerKind.PAGE, ticket_number=ticket.number, due_at=work.now, args=told
        )
        fresh.add(timer)


def places_of(work: Work, draft: Draft, setting: Setting, channels: tuple[str, str | None] | None) -> Places:
    """Where the cards of a ticket that is about to be opened will stand.

    What is private never stands in a channel: the desk's card goes to its first senior directly,
    the customer's to whoever asked. Source: PS-17.
    """
    session, team_id = work.session, work.viewer.team_id
    if PRIVATE in setting.flags:
        requester = _requester(work, draft, setting)
        seniors = people_with_role(session, team_id, setting.customer.desk_id, Role.SENIOR)
        told_first = seniors[0] if seniors else requester
        return Places(told_first.slack_user, requester.slack_user)
    if channels is None:
        raise UserError(Refusal.NO_CUSTOMER_HERE)
    return Places(*channels)


def _requester(work: Work, draft: Draft, setting: Setting) -> Person:
    """Who asked: the message's author, else whoever opens."""
    if not setting.on_behalf or draft.author is None or draft.author == work.viewer.person.slack_user:
        return work.viewer.person
    known = person_by_slack_id(work.session, work.viewer.team_id, draft.author)
    if known is None:
        known = Person(team_id=work.viewer.team_id, slack_user=draft.author, name="")
        work.session.add(known)
    return known


def _write_down(
    fresh: Fresh, work: Work, ticket: Ticket, draft: Draft, requester: Person, desk_channel: str
) -> Outgoing:
    facts: dict[str, Any] = {"intake": ticket.intake, "proposed": ticket.proposed_severity}
    if requester.id != work.viewer.person.id:
        facts["to"] = requester.id
    if draft.received_at is not None:
        facts["received_at"] = draft.received_at.isoformat()
    text_id = None
    if draft.ordered_by:
        text_id = typed_text.keep(fresh, ticket.team_id, work.viewer.person.id, draft.ordered_by)
    happening = Happening(
        event=Event.OPENED,
        at=work.now,
        actor_id=work.viewer.person.id,
        text_id=text_id,
        channel=draft.channel,
        facts=facts,
    )
    entry = history.change(fresh, ticket, happening)
    return owe_first_line(fresh, work.machine_now, ticket, entry, desk_channel)


def confirmation(ticket: Ticket, draft: Draft, setting: Setting, planned: Sequence[Planned], words: Words) -> ViewDict:
    """The number, and what is promised. Made of what is at hand: nothing is read again."""
    return views.opened_view(
        told.OpenedFacts(
            number=ticket.name,
            summary=draft.summary,
            outcome=outcome_of(setting, planned) or told.OutcomeFact(severity=None, basis=told.Basis.NONE),
            outside_agreement=ticket.outside_agreement is not None,
            notes=notes_at(setting, ticket.item, Place.CONFIRMATION, words),
            channel_id=None if PRIVATE in setting.flags else setting.channel,
        ),
        words,
    )
