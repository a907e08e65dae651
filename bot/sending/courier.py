"""Carries one owed message to Slack, and tells what became of it.

Never twice where history can be read: before a second attempt at a row that may have been said,
the conversation is searched for its key.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import cast

import structlog

from bot import crash
from bot.gateway import Gateway, Message
from bot.machine import MachineClock
from bot.sending.breaker import Breaker
from bot.sending.carriers import (
    ERRAND,
    SLACK,
    Addressed,
    Carrier,
    OutcomeUnknownError,
    Posted,
    RefusedError,
    SecondChannels,
    UnavailableError,
    circuit_of,
    route_of,
)
from bot.sending.rates import Rates
from bot.tally import ENDED, RETRIES, Count
from models.joining import JOINED
from models.outbox import FOLLOWED, Kind, Outgoing, State
from models.sending import Anew, Ended, Held, Later, Outcome, Said, is_gathered

log = structlog.get_logger()

Sayable = Message | Addressed
"""What is drawn: a message for Slack, or one for a second channel, as its row's way has it."""

WORKERS = 32
"""Messages under way at once, at most. Threads are made when they are needed."""

LONGEST_WAIT = timedelta(minutes=5)
"""Between two attempts, at most."""

SOON = 1.0
"""Seconds after which a row is tried again that was not sent for a reason of our own."""

REPEATED_WHEN_UNSURE = frozenset({Kind.PAGE, Kind.ANNOUNCEMENT})
"""Kinds that are said again when nobody can find out whether they were said."""

BROADCAST = frozenset({Kind.ESCALATION, Kind.CALL_OUT})
"""Kinds that stand in a thread and are shown in its channel too."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A leased row, ready to be posted: without a message it does not hold any more, or its time is over."""

    row: Outgoing
    held: Held
    message: Sayable | None
    parent: Outgoing | None


def wait_before_attempt(attempts: int) -> timedelta:
    """How long to wait after `attempts` failures: 1, 2, 4, 8, 16 s …, never over five minutes."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 12)), LONGEST_WAIT)


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
class Ways:
    """How messages leave: by Slack, and by what there is beside it."""

    slack: Gateway
    second_channels: SecondChannels = SecondChannels()  # noqa: RUF009 - frozen


class LeaseOverError(Exception):
    """What came before took so long that the row may be another's by the time it would be said; nothing was."""


class Courier:
    """Posts leased rows, from many threads at once."""

    def __init__(
        self,
        ways: Ways,
        machine: MachineClock,
        pace: Pace,
        draw_again: Callable[[Outgoing], Sayable | None],
        count: Count,
    ) -> None:
        """`draw_again` gives a row's message as it is now."""
        self._gateway, self._second_channels = ways.slack, ways.second_channels
        self._machine = machine
        self._rates, self._lease, self._grace = pace.rates, pace.lease, pace.grace
        self._draw_again = draw_again
        self._count = count
        self.breaker = Breaker()

    def carry(self, letter: Letter) -> Outcome:
        """Post it; without a message find out whether an earlier attempt did."""
        row, held, message, parent = letter.row, letter.held, letter.message, letter.parent
        try:
            self._see_to_time(row)
            crash.point("before_post")
            posted = self._said_before(row, parent) if message is None else self._deliver(row, message, parent)
            crash.point("after_post")
        except LeaseOverError as late:
            self.breaker.not_called(circuit_of(row))  # we stood still, or waited: nothing is wrong with Slack
            return self.later(row, held, str(late), sure=True, after=SOON)
        except UnavailableError as failure:
            return self._not_now(row, held, failure)
        except OutcomeUnknownError as failure:
            # What was cut off may still be done: it is looked up when it would be there to be found.
            at_least = 0.0 if failure.answered else self._grace.total_seconds()
            return self._away(row, self.later(row, held, str(failure), sure=False, after=at_least), at_least)
        except RefusedError as failure:
            self.breaker.answered(circuit_of(row))
            return self._ended(row, held, State.REFUSED, str(failure))
        if message is None and not row.uncertain:
            self.breaker.not_called(circuit_of(row))
        else:
            self.breaker.answered(circuit_of(row))
        if posted is None:
            return self._ended(row, held, *self._why_not(row)) if message is None else Anew(held, self._machine.now())
        joined = row.ts is None and bool(row.args.get(JOINED))
        return Said(held, posted.channel, posted.ts, self._machine.now(), row.kind in FOLLOWED, joined)

    def _see_to_time(self, row: Outgoing) -> None:
        """Ask before a call that cannot be taken back whether the lease lasts for it.

        Raises:
            LeaseOverError: it does not.
        """
        if row.leased_until is not None and self._machine.now() + self._lease / 3 > row.leased_until:
            raise LeaseOverError("the lease was nearly over before it was sent")

    def _not_now(self, row: Outgoing, held: Held, failure: UnavailableError) -> Later:
        later = self.later(row, held, str(failure), sure=True, after=failure.retry_after)
        if failure.retry_after is None:
            return self._away(row, later)
        self.breaker.answered(circuit_of(row))
        self._rates.hold(row.team_id, failure.method, failure.retry_after)
        return later

    def _away(self, row: Outgoing, later: Later, at_least: float = 0.0) -> Later:
        """What Slack did not answer; while it is away the one that asked for all asks again when the circuit opens."""
        circuit, now = circuit_of(row), self._machine.now()
        self.breaker.failed(circuit, now)
        pause = self.breaker.pause(circuit, now)
        if pause is None:
            return later
        return replace(later, ready_at=min(later.ready_at, now + max(pause, timedelta(seconds=at_least))))

    def _why_not(self, row: Outgoing) -> tuple[State, str]:
        if row.expires_at is not None and self._machine.now() >= row.expires_at:
            return State.EXPIRED, "nobody could be told in time"
        return State.DROPPED, "it no longer holds"

    def _said_before(self, row: Outgoing, parent: Outgoing | None) -> Posted | None:
        """Where a row that no longer holds stands, if an attempt of which nothing was heard said it."""
        if not row.uncertain or row.ts is not None or route_of(row.conversation) != SLACK:
            return None
        try:
            return self._gateway.find(row.team_id, *_searched(row, parent))
        except RefusedError:
            return None  # nobody can find out, and nobody waits for it any more

    def _deliver(self, row: Outgoing, said: Sayable, parent: Outgoing | None) -> Posted | None:
        """Where it stands now; None for one that an earlier attempt did not say, and that is said with others now."""
        if route_of(row.conversation) != SLACK:
            return self._hand_over(row, cast("Addressed", said))
        message = cast("Message", said)
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
            if looked and is_gathered(row, self._machine.now()):
                return None
            message = message if looked else cast("Message | None", self._as_repeat(row)) or message
            self._see_to_time(row)
        conversation, thread_ts = _place(row, parent)
        return self._gateway.post(
            row.team_id,
            conversation,
            message,
            row.key,
            thread_ts,
            broadcast=row.kind in BROADCAST,
            joined=row.args.get(JOINED, ()),
        )

    def _hand_over(self, row: Outgoing, message: Addressed) -> Posted:
        """Give it to a second channel, where nobody can look whether it was said: it is said again."""
        if row.uncertain:
            message = cast("Addressed | None", self._as_repeat(row)) or message
        way = route_of(row.conversation)
        carrier = self._errand_of(row) if way == ERRAND else self._second_channels.carrier(way)
        return Posted(row.conversation, carrier.deliver(row.key, message))

    def _errand_of(self, row: Outgoing) -> Carrier:
        """Who does in Slack what is no message; loaded when there is something to do."""
        gateway = self._gateway.paced(self._rates.turn)
        made: Carrier = import_module("bot.sending.errands").Errands(gateway, partial(self._see_to_time, row))
        return made

    def _as_repeat(self, row: Outgoing) -> Sayable | None:
        """The same, saying that it may have been said before."""
        row.args = {**row.args, "repeated": True}
        return self._draw_again(row)

    def _found(self, row: Outgoing, parent: Outgoing | None) -> tuple[Posted | None, bool]:
        """Where a row that may have been said stands, if it was said; and whether anybody could look.

        Raises:
            RefusedError: nobody can find out, and the kind is not one to be repeated.
        """
        try:
            return self._gateway.find(row.team_id, *_searched(row, parent)), True
        except RefusedError:
            if row.kind in REPEATED_WHEN_UNSURE:
                return None, False
            raise

    def later(self, row: Outgoing, held: Held, why: str, *, sure: bool, after: float | None = None) -> Later:
        """To be tried again; `sure` when nothing was said, `after` in seconds at the earliest."""
        self._count(RETRIES, row.kind, "yes" if sure else "no")
        wait = wait_before_attempt(row.attempts + 1)
        if after:
            wait = timedelta(seconds=after) if sure else max(wait, timedelta(seconds=after))
        return Later(held, self._machine.now() + wait, why[:500], sure)

    def _ended(self, row: Outgoing, held: Held, state: State, why: str) -> Ended:
        self._count(ENDED, row.kind, state)
        say = log.info if state == State.DROPPED else log.warning
        say("outbox_ended", outbox=row.id, kind=row.kind, state=state, why=why)
        return Ended(held, state, why[:500], self._machine.now())


def _searched(row: Outgoing, parent: Outgoing | None) -> tuple[str, str, str | None]:
    """Where a row is looked for, and under which key."""
    conversation, thread_ts = _place(row, parent)
    return conversation, row.key, thread_ts


def _place(row: Outgoing, parent: Outgoing | None) -> tuple[str, str | None]:
    """The conversation and the thread in which a row is said."""
    return (parent.channel if parent else None) or row.conversation, parent.ts if parent else None
