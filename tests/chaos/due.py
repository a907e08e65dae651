"""What should fall due and when, counted anew from the stored facts: the run's own opinion of every ladder."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from handlers import ladders
from handlers.ladders import Step
from models.clock import Clock, clocks_of
from models.history import HistoryEntry
from models.sla.contract import Contract
from models.sla.ladder import Rung, folded, may_speak_at
from models.ticket import Ticket
from models.timer import Timer, TimerKind
from models.wait import Wait, waits_of
from tests.chaos.arena import Arena

ASKED = (TimerKind.ACCESS, TimerKind.PAGE)
"""Timers that are about no clock: time stops at each as well. That a page has its one is among the invariants."""


@dataclass(frozen=True)
class Watched:
    """A clock, and everything that its ladder is counted from."""

    ticket: Ticket
    clock: Clock
    contract: Contract
    rungs: tuple[Rung, ...]
    waits: list[Wait]
    now: datetime

    @property
    def steps(self) -> list[Step]:
        """What is still to be done about it."""
        pending = ladders.pending(self.ticket, self.clock, self.rungs)
        return ladders.when_open(self.contract, ladders.At(self.ticket, self.clock, self.waits, self.now), pending)


@dataclass
class Watch:
    """Lets time pass from due instant to due instant, and looks whether what fell due was done."""

    arena: Arena
    rungs_due: int = 0
    rungs_said: int = 0
    wrong: list[str] = field(default_factory=list)
    _seen: set[tuple[int, int]] = field(default_factory=set)

    def passes(self, instants: int) -> None:
        """Let time pass over the next so many instants."""
        for _ in range(instants):
            self.arena.settles()
            self.looks()
            if not self._step():
                return
        self.arena.settles()
        self.looks()

    def _step(self) -> bool:
        with self.arena.looking() as session:
            clocks = list(self.clocks(session))
            asked = session.exec(select(Timer.due_at).where(col(Timer.kind).in_(ASKED))).all()
            self._timers_stand_right(session, clocks)
        instants = [step.at for each in clocks for step in each.steps]
        at = min([*instants, *asked], default=None)
        if at is None:
            return False
        at = max(at, self.arena.clock.now())
        due = [(each, [step for step in each.steps if step.at <= at]) for each in clocks]
        self.arena.set_clock(at)
        self.arena.settles()
        with self.arena.looking() as session:
            for each, steps in due:
                if steps:
                    self._was_done(session, each, steps)
        return True

    def clocks(self, session: Session) -> Iterator[Watched]:
        """Every clock as it stands."""
        now = self.arena.clock.now()
        for ticket in session.exec(select(Ticket).order_by(col(Ticket.number))):
            contract = self.arena.contract_of(session, ticket)
            waits = waits_of(session, ticket.team_id, ticket.number)
            for clock in clocks_of(session, ticket.team_id, ticket.number):
                rungs = ladders.rungs_of(contract, ticket, clock, waits)
                yield Watched(ticket, clock, contract, rungs, waits, now)

    def _timers_stand_right(self, session: Session, clocks: list[Watched]) -> None:
        """Every clock with something to do has one timer, at the instant of the next."""
        timers: dict[str | None, list[datetime]] = {}
        for timer in session.exec(select(Timer).where(Timer.kind == TimerKind.CLOCK)):
            timers.setdefault(timer.clock_id, []).append(timer.due_at)
        for each in clocks:
            wanted = [min(step.at for step in each.steps)] if each.steps else []
            found = timers.get(each.clock.id, [])
            if found != wanted:
                self.wrong.append(f"{_named(each)}: timers stand at {found}, the next rung at {wanted}")

    def _was_done(self, session: Session, each: Watched, steps: list[Step]) -> None:
        self.rungs_due += sum(not step.is_fact for step in steps)
        stored = session.get_one(Clock, (each.clock.team_id, each.clock.id))
        undone = [step.key for step in steps if step.key not in stored.rungs]
        if undone:
            self.wrong.append(f"{_named(each)}: {undone} fell due by {steps[-1].at} and were not done")
        for rung in folded([step.rung for step in steps if not step.is_fact]).says if steps else ():
            entries = _entries(session, each, rung)
            self.rungs_said += len(entries)
            if len(entries) != 1:
                self.wrong.append(f"{_named(each)}: {rung.key} is in the history {len(entries)} times")

    def looks(self) -> None:
        """Whether what was said since the last look might be said by now."""
        now = self.arena.clock.now()
        with self.arena.looking() as session:
            clocks = {each.clock.id: each for each in self.clocks(session)}
            for entry in session.exec(select(HistoryEntry)):
                if (entry.ticket_number, entry.position) not in self._seen:
                    self._seen.add((entry.ticket_number, entry.position))
                    self._might_be_said(clocks.get(str(entry.facts.get("clock"))), entry, now)

    def _might_be_said(self, each: Watched | None, entry: HistoryEntry, now: datetime) -> None:
        rung = next((rung for rung in each.rungs if rung.key == entry.facts.get("rung")), None) if each else None
        if each is None or rung is None:
            return
        where = f"{_named(each)}: {rung.key}"
        if rung.say_at > now:
            self.wrong.append(f"{where} was said at {now}, before its time, {rung.say_at}")
        elif now != rung.say_at and not rung.day_and_night and _may_speak(each, now) > now:
            self.wrong.append(f"{where} was said at {now}, when Vakt may not speak")


def _may_speak(each: Watched, at: datetime) -> datetime:
    promise = each.contract.promise(each.clock.promise_id)
    return may_speak_at(at, each.contract.calendar(promise.calendar, each.ticket.region), each.contract)


def _entries(session: Session, each: Watched, rung: Rung) -> list[HistoryEntry]:
    query = select(HistoryEntry).where(
        HistoryEntry.team_id == each.ticket.team_id, HistoryEntry.ticket_number == each.ticket.number
    )
    return [
        entry
        for entry in session.exec(query)
        if entry.facts.get("clock") == each.clock.id and entry.facts.get("rung") == rung.key
    ]


def _named(each: Watched) -> str:
    return f"T-{each.ticket.number} {each.clock.kind} ({each.clock.severity})"
