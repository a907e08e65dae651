"""The timer loop: what has fallen due is looked at, and what it asks for is stored.

A thread on monotonic waits, woken by commits. Due timers are claimed in batches; each is handled
in a savepoint of its own, and one that raises is pushed ahead without stopping the others.
"""

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot import crash
from bot.loop import Loop
from bot.machine import ContractClock, MachineClock
from bot.pulse import Pulse
from bot.storage.database import Database, Lane
from bot.storage.errors import meaning
from bot.tally import TIMERS, Count, uncounted
from models.record import Record
from models.store import NotStoredError, UnknownOutcomeError
from models.timer import Timer, due_timers, hold_back, let_go_of, next_due

log = structlog.get_logger()

BATCH = 100
GATHER = 0.05
"""Seconds from being woken to looking, so that a burst of commits is one look."""
LONGEST_SLEEP = 5.0
"""Seconds after which the loop looks again, whatever it believes to be next."""

Prepare = Callable[[Session, Sequence[Timer]], None]
"""Before a batch: load what its timers look at."""

Handle = Callable[[Session, Timer, datetime], None]
"""Deal with one due timer: write what follows from it, or nothing."""

Store = Callable[[Session], None]
"""Write what dealing with timers added, in the same savepoint."""

Finish = Callable[[Session, Sequence[Timer], datetime, datetime | None], None]
"""After a batch: gather what was asked to be said. The last argument is the contract instant from
which Vakt was down, as long as what fell due then is being caught up with."""


Unloaded = Callable[[Sequence[Timer]], list[str]]
"""The modules that a batch needs and that are not loaded yet: nobody else may write while one is."""


def _nothing(timers: Sequence[Timer]) -> list[str]:
    del timers
    return []


@dataclass(frozen=True, slots=True)
class Handling:
    """What is done with a batch of timers."""

    prepare: Prepare
    handle: Handle
    store: Store
    finish: Finish
    unloaded: Unloaded = _nothing


class Ticker:
    """Turns a team's timers."""

    def __init__(
        self,
        team_id: str,
        database: Database,
        handling: Handling,
        clocks: tuple[ContractClock, MachineClock],
        *,
        count: Count = uncounted,
        resumed: Callable[[], None] = lambda: None,
    ) -> None:
        """Nothing runs until `start`. `resumed` is called when nobody was there for a while, before anything else."""
        self._team_id, self._database = team_id, database
        self._prepare, self._handle = handling.prepare, handling.handle
        self._store, self._finish = handling.store, handling.finish
        self._unloaded = handling.unloaded
        self._count, self._resumed = count, resumed
        self._contract, self._machine = clocks
        self._turning = threading.Lock()
        self._pulse = Pulse(team_id, database, clocks)
        self._down_since: datetime | None = None
        self._due: datetime | None = None
        self._loop = Loop("ticker", self._turn_safely, self._gather, self._machine.now)

    @property
    def turned_at(self) -> datetime:
        """When the last turn ended, in machine time."""
        return self._loop.turned_at

    def start(self) -> None:
        """Begin to turn."""
        self._loop.start()

    def stop(self) -> None:
        """Stop after the batch in hand."""
        self._loop.stop()

    def wake(self) -> None:
        """Timers may have been added, or contract time moved."""
        self._loop.wake()

    def wake_for(self, written: Sequence[Record]) -> None:
        """Wake when a timer was written that falls due before the next one that is known."""
        due = min((each.due_at for each in written if isinstance(each, Timer)), default=None)
        if due is not None and (self._due is None or due < self._due):
            self.wake()

    def catch_up(self) -> None:
        """Deal with everything that is due now, before returning."""
        while self._turn():
            pass

    def next_due(self) -> datetime | None:
        """The contract instant at which something falls due next."""
        with self._database.reading() as session:
            return next_due(session, self._team_id, self._machine.now())

    def _gather(self) -> None:
        """Let commits gather."""
        with self._loop.awake:
            self._loop.awake.wait_for(lambda: self._loop.stopping, GATHER)

    def _turn_safely(self) -> float:
        try:
            if self._turn():
                return 0.0
            due = self._due
        except (NotStoredError, UnknownOutcomeError) as failure:
            log.warning("database_away", loop="ticker", why=str(failure))
            return 1.0
        except Exception:
            log.exception("ticker_turn_failed")
            return 1.0
        if due is None:
            return LONGEST_SLEEP
        return min(LONGEST_SLEEP, max(0.0, (due - self._contract.now()).total_seconds()))

    def _turn(self) -> int:
        """Deal with one batch; gives how many timers it held."""
        with self._turning:
            down_since = self._pulse.beat()
            if down_since is not None:
                self._resumed()
            self._down_since = down_since or self._down_since
            now, machine_now = self._contract.now(), self._machine.now()
            self._due = due = self.next_due()
            if due is None or due > now:
                self._down_since = None
                return 0
            failed: list[tuple[str, str, str]] = []
            with self._database.transaction(Lane.LOOP) as session:
                timers = due_timers(session, self._team_id, now, machine_now, BATCH)
                unloaded = self._unloaded(timers)
                if not unloaded:
                    self._finish(session, self._handled(session, timers, now, failed), now, self._down_since)
                crash.point("before_turn_commit")
            crash.point("after_turn_commit")
            if unloaded:
                self._load(unloaded)
                return len(timers)
            self._hold_back(failed)
            self._count_all(timers, {timer_id for _, timer_id, _ in failed})
            return len(timers)

    def _load(self, modules: list[str]) -> None:
        """Load what the batch needs while nothing is held; the next turn takes it up."""
        for module in modules:
            import_module(module)

    def _handled(
        self, session: Session, timers: Sequence[Timer], now: datetime, failed: list[tuple[str, str, str]]
    ) -> Sequence[Timer]:
        """Those that were dealt with."""
        if self._handle_all(session, timers, now):
            return timers
        return self._handle_each(session, timers, now, failed)

    def _handle_all(self, session: Session, timers: Sequence[Timer], now: datetime) -> bool:
        """All of a batch at once, which costs least; False, and nothing done, when one of them raises."""
        try:
            with session.begin_nested():
                self._prepare(session, timers)
                for timer in timers:
                    self._handle(session, timer, now)
                let_go_of(session, timers)
                self._store(session)
        except Exception as failure:  # noqa: BLE001 - done again one by one, where each failure is told
            log.info("timers_one_by_one", failure=repr(failure))
            return False
        return True

    def _handle_each(
        self, session: Session, timers: Sequence[Timer], now: datetime, failed: list[tuple[str, str, str]]
    ) -> list[Timer]:
        self._prepare(session, timers)
        return [timer for timer in timers if self._handle_one(session, timer, now, failed)]

    def _handle_one(self, session: Session, timer: Timer, now: datetime, failed: list[tuple[str, str, str]]) -> bool:
        try:
            with session.begin_nested():
                self._handle(session, timer, now)
                let_go_of(session, [timer])
                self._store(session)
        except Exception as failure:
            if isinstance(failure, DBAPIError) and meaning(failure) is not None:
                raise  # the database's trouble, not this timer's: the whole turn comes again
            log.exception(
                "timer_failed", timer=timer.id, kind=timer.kind, team=timer.team_id, ticket=timer.ticket_number
            )
            failed.append((timer.team_id, timer.id, repr(failure)))
            return False
        return True

    def _count_all(self, timers: Sequence[Timer], failed: Collection[str]) -> None:
        for timer in timers:
            self._count(TIMERS, timer.kind, "failed" if timer.id in failed else "done")

    def _hold_back(self, failed: list[tuple[str, str, str]]) -> None:
        for team_id, timer_id, failure in failed:
            with self._database.transaction(Lane.LOOP) as session:
                timer = session.get(Timer, (team_id, timer_id))
                if timer is not None:
                    hold_back(timer, self._machine.now(), failure)
