"""The class of a ticket: confirmed, changed with a reason, or moved by a way round."""

from collections.abc import Mapping
from typing import Any

from handlers import pages, promises
from handlers.doing import Doing, last_event, refuse_ended, replan, somebody
from handlers.errors import UserError
from handlers.views.facts import Refusal
from models.history import Event
from models.sla.contract import ClockKind


def set_severity(doing: Doing, severity_id: str, reason: str) -> None:
    """Confirm the class, or change it with a reason: planned anew from when it was reported.

    What was late stays late, a stopped clock is never judged again. Source: docs/rules.md, 5.
    """
    refuse_ended(doing.ticket)
    if severity_id == doing.ticket.severity:
        doing.note(
            doing.happening(Event.SEVERITY_CONFIRMED, facts={"after": severity_id}),
            severity_confirmed_by=doing.actor.id,
        )
        return
    _reclassify(doing, severity_id, reason)


def _reclassify(doing: Doing, severity_id: str, reason: str | None, because: Mapping[str, Any] = {}) -> None:
    ticket, severity = doing.ticket, doing.contract.severity(severity_id)
    happening = doing.happening(
        Event.SEVERITY_CHANGED,
        text_id=doing.keep(reason),
        facts={"before": ticket.severity, "after": severity.id, **because},
    )
    promises.withdraw_clocks(doing.work.session, ticket, frozenset(ClockKind) - {ClockKind.NEXT_UPDATE})
    doing.work.session.flush()
    doing.note(
        happening,
        to_customer=True,
        severity=severity.id,
        severity_confirmed_by=doing.actor.id,
        rank=severity.rank,
        development_case=ticket.development_case or (f"DEV-{ticket.number}" if severity.development_case else None),
    )
    promises.start_clocks(doing.work.session, ticket, doing.contract, ticket.reported_at)
    replan(doing)
    pages.reclassified(doing)


def offer_workaround(doing: Doing, text: str) -> None:
    """Another way for now; the class moves only when the customer says that it works (SO-12)."""
    refuse_ended(doing.ticket)
    text_id = doing.keep(text)
    happening = doing.happening(Event.WORKAROUND_OFFERED, text_id=text_id)
    doing.note(happening, to_customer=True, workaround_id=text_id)


def answer_workaround(doing: Doing, *, works: bool) -> None:
    """The customer has tried it."""
    refuse_ended(doing.ticket)
    offered = last_event(doing, Event.WORKAROUND_OFFERED)
    for event in (Event.WORKAROUND_CONFIRMED, Event.WORKAROUND_REFUSED):
        before = last_event(doing, event)
        if before is not None and (offered is None or before.position > offered.position):
            raise UserError(
                Refusal.ALREADY_ANSWERED,
                number=doing.ticket.name,
                person=somebody(doing, before.actor_id),
                at=before.at,
            )
    event = Event.WORKAROUND_CONFIRMED if works else Event.WORKAROUND_REFUSED
    doing.note(doing.happening(event))
    moves = doing.contract.workaround
    if works and moves is not None and doing.ticket.severity in moves.moves:
        _reclassify(doing, moves.to, None, {"other": moves.clause})
