"""The outbox loop: claim, render from the present, ask whether it still holds, post, mark.

Never lost: a row stays waiting until Slack has it. Never twice where history can be read: before
a second attempt at a row that may have been said, the conversation is searched for its key.
Every mark is conditional on the lease's token, so a sender that was too slow marks nothing.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session
from structlog.contextvars import bind_contextvars

from bot import crash
from bot.database import Database, Lane
from bot.gateway import (
    Gateway,
    Message,
    OutcomeUnknownError,
    Posted,
    SlackRefusedError,
    SlackUnavailableError,
)
from bot.machine import ContractClock, MachineClock
from bot.rates import Rates
from bot.tally import ENDED, RETRIES, Count, uncounted
from models import sending
from models.ids import new_id
from models.outbox import Kind, Outgoing, State
from models.sending import Candidate, Ended, Held, Later, Outcome, Said
from models.store import NotStoredError, UnknownOutcomeError

log = structlog.get_logger()

WORKERS = 32
"""Messages under way at once, at most. Threads are made when they are needed."""
GATHER = 0.01
"""Seconds from being woken to looking, so that a burst of commits is one look."""
LONGEST_WAIT = timedelta(minutes=5)
LONGEST_SLEEP = 5.0
"""Seconds after which the loop looks again, whatever it believes to be next."""

REPEATED_WHEN_UNSURE = frozenset({Kind.PAGE})
"""Kinds that are said again when nobody can find out whether they were said."""

LOOKED_AT = 100
"""Rows looked at in one pass, the most urgent first."""

BROADCAST = frozenset({Kind.ESCALATION})
"""Kinds that stand in a thread and are shown in its channel too."""

GATHER_WHILE_RESTING = 0.05
"""The same while some conversation's rate is used up: most of what is owed cannot be sent anyhow."""

LONGEST_REST = 0.25
SHARE = 4
"""After a look the loop rests this many times as long as the look took, so that a long backlog costs no core."""

Draw = Callable[[Outgoing], Message | None]
"""A row's text from present state, or None when it does not hold any more."""

Drawing = Callable[[Session, Sequence[Outgoing], datetime], Draw]
"""How rows that are said together are drawn, when what they need is loaded."""

TellOwner = Callable[[Session, Outgoing, datetime], None]
"""Owe somebody the news that a row was refused; the instant is machine time."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said: rows' messages, and the news of one that was refused."""

    drawing: Drawing
    tell_owner: TellOwner


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast, how many at once, for how long a row belongs to the process that sends it, and the grace.

    What was cut off would be there to be found after that grace: half of the gateway's time-out.
    """

    rates: Rates
    lease: timedelta
    grace: timedelta
    workers: int = WORKERS


@dataclass(frozen=True, slots=True)
class Letter:
    """A leased row, ready to be posted: without a message it does not hold any more, or its time is over."""

    row: Outgoing
    held: Held
    message: Message | None
    parent: Outgoing | None


def wait_before_attempt(attempts: int) -> timedelta:
    """How long to wait after `attempts` failures: 1, 2, 4, 8, 16 s …, never over five minutes."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 12)), LONGEST_WAIT)


class Sender:
    """Empties the outbox."""

    def __init__(
        self,
        database: Database,
        gateway: Gateway,
        words: Words,
        clocks: tuple[ContractClock, MachineClock],
        pace: Pace,
        *,
        count: Count = uncounted,
    ) -> None:
        """Nothing runs until `start`."""
        self._database = database
        self._gateway = gateway
        self._drawing, self._tell_owner = words.drawing, words.tell_owner
        self._contract, self._machine = clocks
        self._rates, self._lease, self._grace, self._workers = pace.rates, pace.lease, pace.grace, pace.workers
        self._count = count
        self._awake = threading.Condition()
        self._work_to_do = False
        self._flying = 0
        self._outcomes: list[Outcome] = []
        self._resting: dict[tuple[str, str], float] = {}
        self._look_seconds = 0.0
        self._stopping = False
        self._executor = ThreadPoolExecutor(pace.workers, thread_name_prefix="sender")
        self._thread = threading.Thread(target=self._loop, name="sender", daemon=True)
        self.turned_at = self._machine.now()

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after what is being sent."""
        with self._awake:
            self._stopping = True
            self._awake.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout=30)
        self._executor.shutdown(wait=True)
        self._mark_safely()

    def wake(self) -> None:
        """There may be something to send."""
        with self._awake:
            self._work_to_do = True
            self._awake.notify_all()

    def drain(self, timeout: float) -> bool:
        """Wait until everything that may be sent now is sent; False when that took too long."""
        deadline = self._machine.now() + timedelta(seconds=timeout)
        while self._machine.now() < deadline:
            with self._database.reading() as session:
                owed = sending.is_owed(session, self._machine.now() + timedelta(seconds=2))
            with self._awake:
                if not owed and not self._flying and not self._outcomes:
                    return True
                self._work_to_do = True
                self._awake.notify_all()
                self._awake.wait(0.02)
        return False

    def _loop(self) -> None:
        while True:
            with self._awake:
                if self._stopping:
                    return
                self._work_to_do = False
            wait = self._pass_safely()
            self.turned_at = self._machine.now()
            with self._awake:
                if not self._work_to_do and not self._stopping:
                    self._awake.wait(wait)
            rest = min(LONGEST_REST, SHARE * self._look_seconds)
            time.sleep(max(GATHER_WHILE_RESTING if self._resting else GATHER, rest))

    def _pass_safely(self) -> float:
        try:
            return self._pass()
        except (NotStoredError, UnknownOutcomeError) as failure:
            log.warning("database_away", loop="sender", why=str(failure))
            return 1.0
        except Exception:
            log.exception("sender_pass_failed")
            return 1.0

    def _mark_safely(self) -> None:
        """Mark what was sent while the loop was ending; what cannot be marked is found by its key next time."""
        try:
            self._turn([], self._machine.now())
        except Exception:
            log.exception("sender_marks_lost")

    def _pass(self) -> float:
        """Mark what was sent, send what can be sent now; gives the seconds until something else may be."""
        at = self._machine.now()
        with self._awake:
            free = self._workers - self._flying
        begun = time.monotonic()
        granted, seconds = self._look(free, at)
        self._look_seconds = time.monotonic() - begun
        marked = self._turn(granted, at)
        return 0.0 if marked else seconds

    def _turn(self, granted: list[str], at: datetime) -> int:
        """One transaction: note what became of what was sent, lease what goes out next. Gives how many were noted."""
        with self._awake:
            outcomes, self._outcomes = self._outcomes, []
        if not outcomes and not granted:
            return 0
        crash.point("before_mark" if outcomes else "before_claim")
        try:
            with self._database.transaction(Lane.LOOP) as session:
                for row in sending.mark(session, outcomes):
                    if row.state == State.REFUSED:
                        self._tell_owner(session, row, at)
                rows = self._claim(session, granted, at)
        except BaseException:
            with self._awake:
                self._outcomes = outcomes + self._outcomes
            raise
        crash.point("after_mark" if outcomes else "after_claim")
        for letter in self._drawn(rows):
            self._launch(letter)
        return len(outcomes)

    def _claim(self, session: Session, granted: list[str], at: datetime) -> list[Outgoing]:
        return sending.claim(session, at, self._lease, token=new_id(), only=granted) if granted else []

    def _look(self, free: int, at: datetime) -> tuple[list[str], float]:
        """The rows that may be sent and whose rate allows it, and the seconds until there may be others.

        The end of what is before a row wakes the loop; held by another process, it is looked for.
        """
        self._wake_rested()
        if free <= 0:
            return [], LONGEST_SLEEP
        with self._database.reading() as session:
            found = sending.candidates(session, at, LOOKED_AT, self._resting)
            ready = sending.next_ready(session, at)
        granted = self._granted(found, free)
        if len(found) == LOOKED_AT and len(granted) < free:
            return granted, 0.0
        waits = [until - time.monotonic() for until in self._resting.values()]
        if ready is not None:
            waits.append((ready - self._machine.now()).total_seconds())
        return granted, min([LONGEST_SLEEP, *(max(0.01, wait) for wait in waits)])

    def _wake_rested(self) -> None:
        tick = time.monotonic()
        self._resting = {where: until for where, until in self._resting.items() if until > tick}

    def _granted(self, found: list[Candidate], free: int) -> list[str]:
        """The rows whose rate allows it now; a conversation whose rate is used up rests until it is not."""
        granted: list[str] = []
        for row in found:
            where = (row.team_id, row.conversation)
            if where in self._resting:
                continue
            if len(granted) == free:
                break
            wait = self._rates.take(row.team_id, _method(row.ts), row.conversation)
            if wait > 0:
                self._resting[where] = time.monotonic() + wait
            else:
                granted.append(row.id)
        return granted

    def _drawn(self, rows: Sequence[Outgoing]) -> list[Letter]:
        """What is leased, as it is said now.

        Here, and not where it is posted: threads that read the database together stand in each other's way.
        """
        if not rows:
            return []
        try:
            with self._database.reading() as session:
                draw = self._drawing(session, rows, self._contract.now())
                return [letter for row in rows if (letter := self._draw(session, row, draw)) is not None]
        except NotStoredError as failure:
            self._put_off(rows, str(failure))
            return []

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

    def _put_off(self, rows: Sequence[Outgoing], why: str) -> None:
        """Nothing was posted, so an earlier attempt's outcome stays as open as it was."""
        later = [self._later(row, Held.of(row), why, sure=True) for row in rows]
        with self._awake:
            self._outcomes += later
            self._work_to_do = True

    def _launch(self, letter: Letter) -> None:
        with self._awake:
            self._flying += 1
        self._executor.submit(self._carry, letter)

    def _carry(self, letter: Letter) -> None:
        row, held = letter.row, letter.held
        bind_contextvars(outbox=row.id, team=row.team_id, ticket=row.ticket_number)
        try:
            outcome = self._say(row, held, letter.message, letter.parent)
        except Exception as failure:
            log.exception("sender_row_failed", outbox=row.id, kind=row.kind)
            outcome = self._later(row, held, repr(failure), sure=False)
        with self._awake:
            self._flying -= 1
            self._outcomes.append(outcome)
            self._work_to_do = True
            self._awake.notify_all()

    def _say(self, row: Outgoing, held: Held, message: Message | None, parent: Outgoing | None) -> Outcome:
        """Post it; without a message find out whether an earlier attempt did."""
        if row.leased_until is not None and self._machine.now() + self._lease / 3 > row.leased_until:
            return self._later(row, held, "the lease was nearly over before it was sent", sure=True)  # we stood still
        try:
            crash.point("before_post")
            posted = self._said_before(row, parent) if message is None else self._deliver(row, message, parent)
            crash.point("after_post")
        except SlackUnavailableError as failure:
            if failure.retry_after is not None:
                self._rates.hold(row.team_id, failure.method, failure.retry_after)
            return self._later(row, held, str(failure), sure=True, after=failure.retry_after)
        except OutcomeUnknownError as failure:
            # What was cut off may still be done: it is looked up when it would be there to be found.
            at_least = 0.0 if failure.answered else self._grace.total_seconds()
            return self._later(row, held, str(failure), sure=False, after=at_least)
        except SlackRefusedError as failure:
            return self._ended(row, held, State.REFUSED, str(failure))
        if posted is None:
            return self._ended(row, held, *self._why_not(row))
        return Said(held, posted.channel, posted.ts, self._machine.now())

    def _why_not(self, row: Outgoing) -> tuple[State, str]:
        if row.expires_at is not None and self._machine.now() >= row.expires_at:
            return State.EXPIRED, "nobody could be told in time"
        return State.DROPPED, "it no longer holds"

    def _said_before(self, row: Outgoing, parent: Outgoing | None) -> Posted | None:
        """Where a row that no longer holds stands, if an attempt of which nothing was heard said it."""
        if not row.uncertain or row.ts is not None:
            return None
        try:
            return self._gateway.find(row.team_id, *_searched(row, parent))
        except SlackRefusedError:
            return None  # nobody can find out, and nobody waits for it any more

    def _deliver(self, row: Outgoing, message: Message, parent: Outgoing | None) -> Posted:
        if row.ts is not None and row.channel is not None:
            posted = Posted(row.channel, row.ts)
            self._gateway.update(row.team_id, posted, message)
            return posted
        if row.uncertain:
            found, looked = self._found(row, parent)
            if found is not None and row.is_card:
                self._gateway.update(row.team_id, found, message)
            if found is not None:
                return found
            message = message if looked else self._as_repeat(row) or message
        conversation, thread_ts = _place(row, parent)
        return self._gateway.post(
            row.team_id,
            conversation,
            message,
            row.key,
            thread_ts,
            broadcast=row.kind in BROADCAST,
        )

    def _as_repeat(self, row: Outgoing) -> Message | None:
        """The same, saying that it may have been said before."""
        row.args = {**row.args, "repeated": True}
        with self._database.reading() as session:
            return self._drawing(session, [row], self._contract.now())(row)

    def _found(self, row: Outgoing, parent: Outgoing | None) -> tuple[Posted | None, bool]:
        """Where a row that may have been said stands, if it was said; and whether anybody could look.

        Raises:
            SlackRefusedError: nobody can find out, and the kind is not one to be repeated.
        """
        try:
            return self._gateway.find(row.team_id, *_searched(row, parent)), True
        except SlackRefusedError:
            if row.kind in REPEATED_WHEN_UNSURE:
                return None, False
            raise

    def _later(self, row: Outgoing, held: Held, why: str, *, sure: bool, after: float | None = None) -> Later:
        self._count(RETRIES, row.kind, "yes" if sure else "no")
        wait = wait_before_attempt(row.attempts + 1)
        if after:
            wait = timedelta(seconds=after) if sure else max(wait, timedelta(seconds=after))
        return Later(held, self._machine.now() + wait, why[:500], sure)

    def _ended(self, row: Outgoing, held: Held, state: State, why: str) -> Ended:
        self._count(ENDED, row.kind, state)
        log.warning("outbox_ended", outbox=row.id, kind=row.kind, state=state, why=why)
        return Ended(held, state, why[:500])


def _searched(row: Outgoing, parent: Outgoing | None) -> tuple[str, str, str | None]:
    """Where a row is looked for, and under which key."""
    conversation, thread_ts = _place(row, parent)
    return conversation, row.key, thread_ts


def _place(row: Outgoing, parent: Outgoing | None) -> tuple[str, str | None]:
    """The conversation and the thread in which a row is said."""
    return (parent.channel if parent else None) or row.conversation, parent.ts if parent else None


def _method(ts: str | None) -> str:
    return "chat.update" if ts is not None else "chat.postMessage"
