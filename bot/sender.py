"""The outbox loop: claim, render from the present, ask whether it still holds, post, mark.

Never lost: a row stays waiting until Slack has it. Never twice where history can be read: before
a second attempt at a row that may have been said, the conversation is searched for its key.
Every mark is conditional on the lease's token, so a sender that was too slow marks nothing.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

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
from models import outbox
from models.ids import new_id
from models.outbox import Held, Kind, Outgoing, State

log = structlog.get_logger()

WORKERS = 8
GATHER = 0.01
"""Seconds from being woken to looking, so that a burst of commits is one look."""
LONGEST_WAIT = timedelta(minutes=5)
LONGEST_SLEEP = 5.0
"""Seconds after which the loop looks again, whatever it believes to be next."""

REPEATED_WHEN_UNSURE = frozenset({Kind.PAGE})
"""Kinds that are said again when nobody can find out whether they were said."""

LOOKED_AT = 50
"""Rows looked at in one pass, the most urgent first."""

BROADCAST = frozenset({Kind.ESCALATION})
"""Kinds that stand in a thread and are shown in its channel too."""

GATHER_WHILE_RESTING = 0.05
"""The same while some conversation's rate is used up: most of what is owed cannot be sent anyhow."""

Render = Callable[[Session, Outgoing, datetime], Message | None]
"""A row's text from present state, or None when it does not hold any more."""


def wait_before_attempt(attempts: int) -> timedelta:
    """How long to wait after `attempts` failures: 1, 2, 4, 8, 16 s …, never over five minutes."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 12)), LONGEST_WAIT)


class Sender:
    """Empties the outbox."""

    def __init__(
        self,
        database: Database,
        gateway: Gateway,
        render: Render,
        clocks: tuple[ContractClock, MachineClock],
        rates: Rates,
        lease: timedelta,
    ) -> None:
        """Nothing runs until `start`."""
        self._database = database
        self._gateway = gateway
        self._render = render
        self._contract, self._machine = clocks
        self._rates = rates
        self._lease = lease
        self._awake = threading.Condition()
        self._work_to_do = False
        self._flying = 0
        self._resting: dict[tuple[str, str], float] = {}
        self._more_to_see = False
        self._stopping = False
        self._executor = ThreadPoolExecutor(WORKERS, thread_name_prefix="sender")
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
                owed = outbox.is_owed(session, self._machine.now() + timedelta(seconds=2))
            with self._awake:
                if not owed and not self._flying:
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
            time.sleep(GATHER_WHILE_RESTING if self._resting else GATHER)

    def _pass_safely(self) -> float:
        try:
            return self._pass()
        except Exception:
            log.exception("sender_pass_failed")
            return 1.0

    def _pass(self) -> float:
        """Send what can be sent now; gives the seconds until something else may be."""
        with self._awake:
            free = WORKERS - self._flying
        if free <= 0:
            return LONGEST_SLEEP
        at = self._machine.now()
        for row in self._claim(free, at):
            self._launch(row, Held(row.team_id, row.id, row.lease_token or "", row.revision))
        return 0.0 if self._more_to_see else self._seconds_to_next(at)

    def _claim(self, limit: int, at: datetime) -> list[Outgoing]:
        """Lease what may be sent and whose rate allows it."""
        granted = self._granted(limit, at)
        if not granted:
            return []
        with self._database.transaction(Lane.LOOP) as session:
            return outbox.claim(session, at, self._lease, limit, token=new_id(), only=granted)

    def _granted(self, limit: int, at: datetime) -> list[str]:
        """The rows whose rate allows it now; a conversation whose rate is used up rests until it is not."""
        tick = time.monotonic()
        self._resting = {where: until for where, until in self._resting.items() if until > tick}
        with self._database.reading() as session:
            rows = outbox.sendable(session, at, LOOKED_AT, self._resting)
        granted: list[str] = []
        for row in rows:
            where = (row.team_id, row.conversation)
            if where in self._resting or len(granted) == limit:
                continue
            wait = self._rates.take(row.team_id, _method(row), row.conversation)
            if wait > 0:
                self._resting[where] = time.monotonic() + wait
            else:
                granted.append(row.id)
        # With every worker busy the end of what flies wakes the loop.
        self._more_to_see = len(rows) == LOOKED_AT and len(granted) < limit
        return granted

    def _seconds_to_next(self, at: datetime) -> float:
        """What could be claimed `at` has been; the rest waits for its time, or for what is before it.

        The end of what is before it wakes the loop; held by another process, it is looked for.
        """
        with self._database.reading() as session:
            ready = outbox.next_ready(session, at)
        waits = [until - time.monotonic() for until in self._resting.values()]
        if ready is not None:
            waits.append((ready - self._machine.now()).total_seconds())
        return min([LONGEST_SLEEP, *(max(0.01, wait) for wait in waits)])

    def _launch(self, row: Outgoing, held: Held) -> None:
        with self._awake:
            self._flying += 1
        self._executor.submit(self._carry, row, held)

    def _carry(self, row: Outgoing, held: Held) -> None:
        try:
            self._send(row, held)
        except Exception as failure:
            log.exception("sender_row_failed", outbox=row.id, kind=row.kind)
            self._later(row, held, repr(failure), sure=False)
        finally:
            with self._awake:
                self._flying -= 1
                self._work_to_do = True
                self._awake.notify_all()

    def _send(self, row: Outgoing, held: Held) -> None:
        if row.expires_at is not None and self._machine.now() >= row.expires_at:
            self._end(row, held, State.EXPIRED, "nobody could be told in time")
            return
        with self._database.reading() as session:
            message = self._render(session, row, self._contract.now())
            parent = session.get(Outgoing, (row.team_id, row.thread_of)) if row.thread_of else None
        if message is None:
            self._end(row, held, State.DROPPED, "it no longer holds")
            return
        try:
            posted = self._deliver(row, message, parent)
        except SlackUnavailableError as failure:
            if failure.retry_after is not None:
                self._rates.hold(row.team_id, failure.method, failure.retry_after)
            self._later(row, held, str(failure), sure=True, after=failure.retry_after)
        except OutcomeUnknownError as failure:
            self._later(row, held, str(failure), sure=False)
        except SlackRefusedError as failure:
            self._end(row, held, State.REFUSED, str(failure))
        else:
            with self._database.transaction(Lane.LOOP) as session:
                outbox.mark_sent(session, held, posted.channel, posted.ts, self._machine.now())

    def _deliver(self, row: Outgoing, message: Message, parent: Outgoing | None) -> Posted:
        if row.ts is not None and row.channel is not None:
            posted = Posted(row.channel, row.ts)
            self._gateway.update(row.team_id, posted, message)
            return posted
        thread_ts = parent.ts if parent else None
        conversation = (parent.channel if parent else None) or row.conversation
        if row.uncertain:
            found = self._find(row, conversation, thread_ts)
            if found is not None and row.is_card:
                self._gateway.update(row.team_id, found, message)
            if found is not None:
                return found
        return self._gateway.post(
            row.team_id,
            conversation,
            message,
            row.key,
            thread_ts,
            broadcast=row.kind in BROADCAST,
        )

    def _find(self, row: Outgoing, conversation: str, thread_ts: str | None) -> Posted | None:
        """Where a row that may have been said stands, if it was said.

        Raises:
            SlackRefusedError: nobody can find out, and the kind is not one to be repeated.
        """
        try:
            return self._gateway.find(row.team_id, conversation, row.key, thread_ts)
        except SlackRefusedError:
            if row.kind in REPEATED_WHEN_UNSURE:
                return None
            raise

    def _later(self, row: Outgoing, held: Held, why: str, *, sure: bool, after: float | None = None) -> None:
        wait = timedelta(seconds=after) if after else wait_before_attempt(row.attempts + 1)
        with self._database.transaction(Lane.LOOP) as session:
            outbox.mark_later(session, held, self._machine.now() + wait, why[:500], sure=sure)

    def _end(self, row: Outgoing, held: Held, state: State, why: str) -> None:
        log.warning("outbox_ended", outbox=row.id, kind=row.kind, state=state, why=why)
        with self._database.transaction(Lane.LOOP) as session:
            outbox.mark_ended(session, held, state, why[:500])


def _method(row: Outgoing) -> str:
    return "chat.update" if row.ts is not None else "chat.postMessage"
