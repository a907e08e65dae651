"""The outbox loop: claim, render from the present, have it carried to Slack, mark.

Never lost: a row stays waiting until Slack has it. Every mark is conditional on the lease's token,
so a sender that was too slow marks nothing. `bot.sending.courier` sees to it that nothing is said twice.
"""

import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session
from structlog.contextvars import bind_contextvars

from bot import crash
from bot.loop import Loop
from bot.machine import ContractClock, MachineClock
from bot.sending.carriers import SLACK, circuit_of, route_of
from bot.sending.courier import Courier, Letter, Pace, Sayable, Ways
from bot.storage.database import Database, Lane
from bot.tally import Count, uncounted
from models import joining, sending
from models.ids import new_id
from models.outbox import FOLLOWED, Kind, Outgoing, State
from models.record import Record
from models.sending import Ask, Candidate, Held, Outcome
from models.store import BusyError, NotStoredError, UnknownOutcomeError

log = structlog.get_logger()

GATHER = 0.01
"""Seconds from being woken to looking, so that a burst of commits is one look."""
LONGEST_SLEEP = 5.0
"""Seconds after which the loop looks again, whatever it believes to be next."""

LOOKED_AT = 100
"""Rows looked at in one pass, the most urgent first."""

GATHER_WHILE_RESTING = 0.05
"""The same while some conversation's rate is used up: most of what is owed cannot be sent anyhow."""

LONGEST_REST = 0.25
SHARE = 4
"""After a look the loop rests this many times as long as the look took, so that a long backlog costs no core."""

REST_IN_FLOW = 0.03
"""The longest such rest after a look at which much could be sent: that much is on its way back already."""

MUCH = 16
"""Rows that make a look worth its while."""

AGAIN_SOON = 0.1
"""Seconds after which what could not be marked, because somebody else held it, is tried again."""

MARKED_AT_LAST = 20
"""How often that is tried when the loop ends."""

Row = tuple[str, str]
"""A row by its team and its id."""

NONE: Mapping[Row, datetime] = {}

Draw = Callable[[Outgoing], Sayable | None]
"""A row's text from present state, or None when it does not hold any more."""

Drawing = Callable[[Session, Sequence[Outgoing], datetime], Draw]
"""How rows that are said together are drawn, when what they need is loaded."""

TellOwner = Callable[[Session, Outgoing, datetime], None]
"""Owe somebody the news that a row was refused; the instant is machine time."""

Follow = Callable[[Session, Outgoing, datetime, datetime], None]
"""Store what follows from a row of a kind that is `FOLLOWED`, done or refused; machine time, then contract time."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said: rows' messages, and the news of one that was refused."""

    drawing: Drawing
    tell_owner: TellOwner
    follow: Follow = lambda *_: None


class Sender:
    """Empties a team's outbox."""

    def __init__(
        self,
        team_id: str,
        database: Database,
        ways: Ways,
        words: Words,
        clocks: tuple[ContractClock, MachineClock],
        pace: Pace,
        *,
        count: Count = uncounted,
    ) -> None:
        """Nothing runs until `start`."""
        self._team_id, self._database = team_id, database
        self._drawing, self._tell_owner, self._follow = words.drawing, words.tell_owner, words.follow
        self._contract, self._machine = clocks
        self._rates, self._lease, self._workers = pace.rates, pace.lease, pace.workers
        self._courier = Courier(ways, self._machine, pace, self._as_now, count)
        self._loop = Loop("sender", self._pass_safely, self._rest, self._machine.now)
        self._awake = self._loop.awake
        self._flying = 0
        self._awaited = 0
        self._outcomes: list[Outcome] = []
        self._resting: dict[tuple[str, str], float] = {}
        self._look_seconds, self._longest_rest = 0.0, LONGEST_REST
        self._executor = ThreadPoolExecutor(pace.workers, thread_name_prefix="sender")

    @property
    def turned_at(self) -> datetime:
        """When the last look ended, in machine time."""
        return self._loop.turned_at

    def start(self) -> None:
        """Begin to send."""
        self._loop.start()

    def stop(self) -> None:
        """Stop after what is being sent."""
        self._loop.stop()
        self._executor.shutdown(wait=True)
        self._mark_safely()

    def wake(self) -> None:
        """There may be something to send."""
        self._loop.wake()

    def wake_for(self, written: Sequence[Record]) -> None:
        """Wake for what a commit wrote, unless all of it goes where the rate is used up: that has its time."""
        tick = time.monotonic()
        rows = [each for each in written if isinstance(each, Outgoing)]
        asked = [(row.conversation, Ask.POST if row.ts is None else Ask.EDIT) for row in rows]
        if any(self._resting.get(each, 0.0) <= tick for each in asked):
            self.wake()

    def drain(self, timeout: float) -> bool:
        """Wait until everything that may be sent now is sent; False when that took too long."""
        deadline = self._machine.now() + timedelta(seconds=timeout)
        stirred = False
        with self._awaiting():
            while self._machine.now() < deadline:
                with self._database.reading() as session:
                    owed = sending.is_owed(session, self._team_id, self._machine.now() + timedelta(seconds=2))
                with self._awake:
                    if not owed and not self._flying and not self._outcomes:
                        return True
                    if not stirred and not self._flying:
                        self._loop.work_to_do = True
                        self._awake.notify_all()
                    stirred = self._awake.wait(0.02)
        return False

    @contextmanager
    def _awaiting(self) -> Iterator[None]:
        """While somebody waits for what is owed, the loop neither gathers nor rests."""
        with self._awake:
            self._awaited += 1
            self._awake.notify_all()
        try:
            yield
        finally:
            with self._awake:
                self._awaited -= 1

    def _rest(self) -> None:
        """Let a burst of commits gather; whoever waits for what is owed looks again, and is not kept waiting."""
        share = min(self._longest_rest, SHARE * self._look_seconds)
        with self._awake:
            self._awake.notify_all()
            self._awake.wait_for(self._is_pressed, max(GATHER_WHILE_RESTING if self._resting else GATHER, share))

    def _is_pressed(self) -> bool:
        return self._awaited > 0 or self._loop.stopping

    def _pass_safely(self) -> float:
        try:
            return self._pass()
        except (NotStoredError, UnknownOutcomeError) as failure:
            log.warning("database_away", loop="sender", why=str(failure))
            return AGAIN_SOON if type(failure) is BusyError else 1.0
        except Exception:
            log.exception("sender_pass_failed")
            return 1.0

    def _mark_safely(self) -> None:
        """Mark what was sent while the loop was ending; what cannot be marked is found by its key next time."""
        try:
            for _ in range(MARKED_AT_LAST):
                self._turn([], self._machine.now())
                if not self._outcomes:
                    return
                time.sleep(AGAIN_SOON)
        except Exception:
            log.exception("sender_marks_lost")

    def _pass(self) -> float:
        """Mark what was sent, send what can be sent now; gives the seconds until something else may be."""
        at = self._machine.now()
        with self._awake:
            free = self._workers - self._flying
        begun = time.monotonic()
        granted, held, seconds = self._look(free, at)
        self._look_seconds = time.monotonic() - begun
        self._longest_rest = REST_IN_FLOW if len(granted) >= MUCH else LONGEST_REST
        marked = self._turn(granted, at, held)
        return 0.0 if marked else seconds

    def _turn(self, granted: list[tuple[str, str]], at: datetime, held: Mapping[Row, datetime] = NONE) -> int:
        """One transaction: note what became of what was sent, lease what goes out next.

        Gives how many were to be noted; those whose rows somebody else holds are noted next time. `held` are pages
        that wait for company, and until when.
        """
        with self._awake:
            outcomes, self._outcomes = self._outcomes, []
        if not outcomes and not granted and not held:
            return 0
        crash.point("before_mark" if outcomes else "before_claim")
        try:
            with self._database.transaction(Lane.LOOP) as session:
                marked = sending.free(session, outcomes) if self._database.locks_rows else outcomes
                for row in sending.mark(session, marked):
                    if row.kind in FOLLOWED:
                        self._follow(session, row, at, self._contract.now())
                    elif row.state == State.REFUSED:
                        self._tell_owner(session, row, at)
                joining.hold(session, held)
                rows = self._claim(session, granted, at)
        except BaseException:
            self._mark_later(outcomes)
            raise
        self._mark_later([each for each in outcomes if each not in marked] if len(marked) < len(outcomes) else ())
        crash.point("after_mark" if outcomes else "after_claim")
        for letter in self._drawn(rows) if rows else ():
            self._launch(letter)
        return len(outcomes)

    def _mark_later(self, outcomes: Sequence[Outcome]) -> None:
        with self._awake:
            self._outcomes = [*outcomes, *self._outcomes]

    def _claim(self, session: Session, granted: Collection[Row], at: datetime) -> list[Outgoing]:
        only = {row_id for _, row_id in granted}
        return sending.claim(session, self._team_id, at, self._lease, token=new_id(), only=only) if only else []

    def _look(self, free: int, at: datetime) -> tuple[list[Row], Mapping[Row, datetime], float]:
        """The rows that may be sent and whose rate allows it, those held back, and the seconds until others may be.

        The end of what is before a row wakes the loop; held by another process, it is looked for.
        """
        self._wake_rested()
        if free <= 0:
            return [], NONE, LONGEST_SLEEP
        with self._database.reading() as session:
            found = sending.candidates(session, self._team_id, at, LOOKED_AT, self._resting)
            ready = sending.next_ready(session, self._team_id, at)
            begun = [row for row in found if _begins(row, at)]
            held = joining.held_back(session, begun) if begun else NONE
        away: set[str] = set()
        waiting = {row: until for row, until in held.items() if until > at}
        granted = self._granted([row for row in found if (row.team_id, row.id) not in waiting], free, at, away)
        if len(found) == LOOKED_AT and len(granted) < free and not away:
            return granted, held, 0.0
        waits = [until - time.monotonic() for until in self._resting.values()]
        waits += [pause.total_seconds() for each in away if (pause := self._courier.breaker.pause(each, at))]
        if ready is not None:
            waits.append((ready - self._machine.now()).total_seconds())
        waits += [(until - self._machine.now()).total_seconds() for until in waiting.values()]
        return granted, held, min([LONGEST_SLEEP, *(max(0.01, wait) for wait in waits)])

    def _wake_rested(self) -> None:
        tick = time.monotonic()
        self._resting = {where: until for where, until in self._resting.items() if until > tick}

    def _granted(self, found: list[Candidate], free: int, at: datetime, away: set[str]) -> list[tuple[str, str]]:
        """The rows whose rate allows it now; what may not be asked in a conversation rests there until it may.

        Ways whose other side is away are added to `away`; of their rows one is granted now and then.
        """
        granted: list[tuple[str, str]] = []
        for row in found:
            where = (row.conversation, row.ask)
            if where in self._resting or circuit_of(row) in away:
                continue
            if len(granted) == free:
                break
            if self._courier.breaker.wait(circuit_of(row), at):
                away.add(circuit_of(row))
                continue
            wait = self._rates.take(row.team_id, _methods(row), row.conversation)
            if wait > 0:
                self._courier.breaker.not_called(circuit_of(row))
                self._resting[where] = time.monotonic() + wait
            else:
                granted.append((row.team_id, row.id))
        return granted

    def _drawn(self, rows: Sequence[Outgoing]) -> Iterator[Letter]:
        """What is leased, as it is said now; each goes while the next is drawn.

        Here, and not where it is posted: threads that read the database together stand in each other's way.
        """
        left = deque(rows)
        try:
            with self._database.reading() as session:
                draw = self._drawing(session, rows, self._contract.now())
                while left:
                    letter = self._draw(session, left[0], draw)
                    left.popleft()
                    if letter is not None:
                        yield letter
        except NotStoredError as failure:
            self._put_off(left, str(failure))

    def _draw(self, session: Session, row: Outgoing, draw: Draw) -> Letter | None:
        expired = row.expires_at is not None and self._machine.now() >= row.expires_at
        try:
            message = None if expired else draw(row)
        except NotStoredError:
            raise
        except Exception as failure:
            log.exception("sender_row_failed", outbox=row.id, kind=row.kind)
            self._put_off([row], repr(failure))
            return None
        parent = session.get(Outgoing, (row.team_id, row.thread_of)) if row.thread_of else None
        return Letter(row, Held.of(row), message, parent)

    def _as_now(self, row: Outgoing) -> Sayable | None:
        with self._database.reading() as session:
            return self._drawing(session, [row], self._contract.now())(row)

    def _put_off(self, rows: Collection[Outgoing], why: str) -> None:
        """Nothing was posted, so an earlier attempt's outcome stays as open as it was."""
        later = [self._courier.later(row, Held.of(row), why, sure=True) for row in rows]
        for row in rows:
            self._courier.breaker.not_called(circuit_of(row))
        with self._awake:
            self._outcomes += later
            self._loop.work_to_do = True

    def _launch(self, letter: Letter) -> None:
        with self._awake:
            self._flying += 1
        self._executor.submit(self._carry, letter)

    def _carry(self, letter: Letter) -> None:
        row, held = letter.row, letter.held
        bind_contextvars(outbox=row.id, team=row.team_id, ticket=row.ticket_number)
        try:
            outcome = self._courier.carry(letter)
        except Exception as failure:
            log.exception("sender_row_failed", outbox=row.id, kind=row.kind)
            self._courier.breaker.not_called(circuit_of(row))
            outcome = self._courier.later(row, held, repr(failure), sure=False)
        with self._awake:
            self._flying -= 1
            self._outcomes.append(outcome)
            self._loop.work_to_do = True
            self._awake.notify_all()


def _begins(row: Candidate, at: datetime) -> bool:
    """Whether it is a page that has just begun, and was neither held back nor tried."""
    is_new = row.ready_at <= row.created_at and at - row.created_at < joining.AWAY
    return is_new and row.kind == Kind.PAGE and row.ask != Ask.EDIT


METHODS: Mapping[str, Sequence[str]] = {
    Ask.POST: ("chat.postMessage",),
    Ask.EDIT: ("chat.update",),
    Ask.FIND: ("conversations.history", "chat.postMessage"),
    Ask.FIND_IN_THREAD: ("conversations.replies", "chat.postMessage"),
}
"""What each ask may call; `bot.sending.rates` says how often."""


def _methods(row: Candidate) -> Sequence[str]:
    way = route_of(row.conversation)
    return METHODS[row.ask] if way == SLACK else (way,)
