"""Waits: the ticket waits for the customer or for access, and the clocks that may stand still do."""

from typing import Any

from handlers import promises
from handlers.acts import begin_work
from handlers.doing import Doing, last_event, refuse_ended, replan, somebody
from handlers.errors import UserError
from handlers.views.facts import Refusal
from models.clock import ClockState, clocks_of
from models.history import Event
from models.sla.contract import WaitKind


def wait(doing: Doing, kind: WaitKind, *, start: bool, text: str = "") -> None:
    """The ticket waits; the clocks that the contract lets this wait stop stand still."""
    refuse_ended(doing.ticket)
    _refuse_waiting(doing)
    if start:
        begin_work(doing, doing.work.now)
    promises.begin_wait(doing.work.session, doing.ticket, kind, doing.work.now)
    replan(doing)
    facts = {"wait": str(kind), **_clock_named(doing, ClockState.PAUSED)}
    happening = doing.happening(Event.WAITING, text_id=doing.keep(text), facts=facts)
    told = kind is WaitKind.ACCESS or bool(text)
    doing.note(happening, to_customer=told, waiting=str(kind), waiting_since=doing.work.now)
    _ask_for_access(doing, kind)


def _clock_named(doing: Doing, state: ClockState) -> dict[str, Any]:
    """The clock that the log's line tells of: the first that stands, or that runs."""
    clocks = clocks_of(doing.work.session, doing.ticket.team_id, doing.ticket.number)
    named = [clock.id for clock in clocks if clock.state == state]
    return {"clock": named[0]} if named else {}


def _ask_for_access(doing: Doing, kind: str) -> None:
    """The customer is asked again while access is waited for. Source: SO-16, EM-20."""
    promises.forget_access_reminder(doing.work.session, doing.ticket)
    if kind == WaitKind.ACCESS:
        promises.arm_access_reminder(doing.work.session, doing.ticket, doing.contract, doing.work.now)


def _refuse_waiting(doing: Doing) -> None:
    if doing.ticket.waiting is None:
        return
    began = last_event(doing, Event.WAITING)
    raise UserError(
        Refusal.ALREADY_WAITING,
        number=doing.ticket.name,
        person=somebody(doing, began.actor_id if began else None),
        at=doing.ticket.waiting_since or doing.work.now,
    )


def resume(doing: Doing) -> None:
    """The wait is over: the clocks run on."""
    refuse_ended(doing.ticket)
    if doing.ticket.waiting is None:
        raise UserError(Refusal.NOT_WAITING, number=doing.ticket.name)
    end_wait(doing, by_message=False)


def end_wait(doing: Doing, *, by_message: bool) -> None:
    kind = doing.ticket.waiting
    promises.end_wait(doing.work.session, doing.ticket, doing.work.now)
    replan(doing)
    facts = {"wait": kind, "by_message": by_message, **_clock_named(doing, ClockState.RUNNING)}
    doing.note(doing.happening(Event.RESUMED, facts=facts), waiting=None, waiting_since=None)


def still_waiting(doing: Doing) -> None:
    """The message was no answer: the wait is put back as it was. Source: docs/rules.md, 4."""
    refuse_ended(doing.ticket)
    _refuse_waiting(doing)
    resumed = last_event(doing, Event.RESUMED)
    kind = str(resumed.facts.get("wait")) if resumed else ""
    taken_up = promises.take_up_wait(doing.work.session, doing.ticket, kind)
    if taken_up is None:
        raise UserError(Refusal.NOT_WAITING, number=doing.ticket.name)
    happening = doing.happening(Event.STILL_WAITING, facts={"wait": kind})
    doing.note(happening, waiting=kind, waiting_since=taken_up.began_at)
    replan(doing)
    _ask_for_access(doing, kind)
