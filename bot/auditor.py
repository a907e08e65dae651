"""The auditor: looks for what should have happened and did not, sets it going again, and reports.

A thread on monotonic waits, not a job of the calendar: APScheduler's next run stands still for an
hour when the machine's clock is set back by one.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.lifeline import Lifeline
from bot.loop import Turning
from bot.machine import ContractClock, MachineClock
from bot.storage.database import Database, Lane
from handlers import audit as repairs
from handlers.agreements import Agreements
from handlers.audit import Finding
from handlers.owed import Ledger
from handlers.views.facts import FindingKind
from models import audit
from models.clock import Clock
from models.outbox import Outgoing
from models.store import ConflictError
from models.timer import Timer

log = structlog.get_logger()

AT_ONCE = 100
"""Findings of a kind that are looked at in one round."""

STRETCH, STRETCHES = 1000, 10
"""Ticket numbers looked at in one read, and reads in one round: 10,000 tickets a minute, then on from there."""

LADDERS = 200
"""Clocks without a timer whose ladder is counted in one round: the others' turn comes in the next."""

TURNED_LATELY = timedelta(seconds=30)
"""Machine time within which a loop that lives has turned."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked at."""

    team_id: str
    database: Database
    agreements: Agreements
    clocks: tuple[ContractClock, MachineClock]
    loops: Sequence[Turning]
    arm_beats: Callable[[], None] = lambda: None
    """Sets timers of expected beats that are missing."""


class Auditor:
    """Looks, mends, reports, and calls outside while all is well.

    `findings` counts what was found, by kind, since the start; `unmended` is how much of the last
    round's stands still; `looked_at` is when that was, in machine time.
    """

    def __init__(self, watched: Watched, every: timedelta, lifeline: Lifeline | None) -> None:
        """Nothing runs until `start`."""
        self._watched = watched
        self._database = watched.database
        self._contract, self._machine = watched.clocks
        self._every = every.total_seconds()
        self._lifeline = lifeline
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="auditor", daemon=True)
        self._seen: set[tuple[FindingKind, str]] = set()
        self._told: set[tuple[FindingKind, str]] = set()
        self._looked_upto = 0
        self.findings: Counter[FindingKind] = Counter()
        self.unmended = 0
        self.looked_at: datetime | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the round in hand."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def _loop(self) -> None:
        while not self._stopping.wait(self._every):
            try:
                self.look()
                self.call_outside()
            except Exception:
                log.exception("auditor_failed")

    def call_outside(self) -> bool:
        """Call the address outside, if there is one and all is well; tells whether it was heard."""
        return self._lifeline is not None and self.all_is_well() and self._lifeline.call()

    def all_is_well(self) -> bool:
        """Whether a look was taken lately, nothing it found stands still, and the loops have turned."""
        now = self._machine.now()
        patience = TURNED_LATELY + timedelta(seconds=self._every)
        looked = self.looked_at is not None and now - self.looked_at < patience
        return (
            looked and not self.unmended and all(now - loop.turned_at < TURNED_LATELY for loop in self._watched.loops)
        )

    def look(self) -> list[Finding]:
        """One round: gives what was found.

        What may only seem so for a moment, while a loop is at it, counts when it is still so in the
        next round; until then the loops are woken.
        """
        self._watched.arm_beats()
        standing = self._standing()
        confirmed = [each for each in standing if each.kind not in SEEN_TWICE or _key(each) in self._seen]
        found = [*self._unarmed(), *self._unarmed_pages(), *self._released(confirmed)]
        for loop in self._watched.loops if standing else ():
            loop.wake()
        self._seen = {_key(each) for each in standing}
        self._report(found)
        self.unmended = sum(not each.mended for each in found)
        self.looked_at = self._machine.now()
        return found

    def _standing(self) -> list[Finding]:
        """Timers and messages that stand still at this moment."""
        now, machine_now = self._contract.now(), self._machine.now()
        with self._database.reading() as session:
            late = audit.late_timers(session, self._watched.team_id, now, machine_now, AT_ONCE)
            failing = audit.failing_timers(session, self._watched.team_id, now, AT_ONCE)
            stuck = audit.stuck_messages(session, self._watched.team_id, machine_now, AT_ONCE)
        return [
            *_found(FindingKind.LATE_TIMER, late),
            *_found(FindingKind.FAILING_TIMER, failing),
            *_found(FindingKind.STUCK_MESSAGE, stuck),
        ]

    def _released(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings, with the stuck messages' leases ended."""
        stuck = {each.id for each in findings if each.kind is FindingKind.STUCK_MESSAGE}
        if not stuck:
            return list(findings)
        with self._database.transaction(Lane.LOOP) as session:
            rows = audit.stuck_messages(session, self._watched.team_id, self._machine.now(), AT_ONCE)
            freed = {row.id for row in rows if row.id in stuck and audit.release(session, row)}
        return [replace(each, mended=each.id in freed) for each in findings]

    def _unarmed(self) -> Iterator[Finding]:
        """Clocks that should have a timer and have none, among the tickets whose turn it is; armed again."""
        for clock in self._without_timer():
            try:
                with self._database.reading() as session:
                    lacks = repairs.lacks_timer(session, self._watched.agreements, clock)
                if lacks:
                    yield self._armed_again(clock)
            except Exception:
                log.exception("auditor_could_not_look", clock=clock.id, ticket=clock.ticket_number)
                yield Finding(FindingKind.MISSING_TIMER, clock.id, clock.ticket_number)

    def _unarmed_pages(self) -> Iterator[Finding]:
        """Open pages without a timer; armed again."""
        with self._database.reading() as session:
            found = audit.unarmed_pages(session, self._watched.team_id, AT_ONCE)
        for page in found:
            with self._database.transaction(Lane.LOOP) as session:
                mended = repairs.arm_page_again(session, page, self._contract.now())
            if mended:
                yield Finding(FindingKind.MISSING_PAGE_TIMER, page.id, page.ticket_number, mended=True)

    def _armed_again(self, clock: Clock) -> Finding:
        with self._database.transaction(Lane.LOOP) as session:
            repairs.arm_again(session, self._watched.agreements, clock)
        return Finding(FindingKind.MISSING_TIMER, clock.id, clock.ticket_number, mended=True)

    def _without_timer(self) -> list[Clock]:
        """Counting clocks without a timer, on the next stretches of tickets; after the last the first again."""
        found: list[Clock] = []
        for _ in range(STRETCHES):
            after, upto = self._looked_upto, self._looked_upto + STRETCH
            with self._database.reading() as session:
                last = audit.last_number(session, self._watched.team_id)
                found += audit.unarmed_clocks(session, self._watched.team_id, after, upto)
            self._looked_upto = upto if upto < last else 0
            if len(found) > LADDERS and found[LADDERS].ticket_number > found[0].ticket_number:
                self._looked_upto = found[LADDERS].ticket_number - 1
                return [clock for clock in found if clock.ticket_number <= self._looked_upto]
            if not self._looked_upto:
                break
        return found

    def _report(self, found: Sequence[Finding]) -> None:
        """A count for whoever asks, a line in the log, and one owed to the desk."""
        new = [each for each in found if _key(each) not in self._told]
        self._told = {_key(each) for each in found}
        self.findings.update(each.kind for each in new)
        for kind, count in Counter(each.kind for each in found).items():
            of_it = [each for each in found if each.kind is kind]
            tickets = sorted({each.ticket_number for each in of_it if each.ticket_number is not None})[:AT_ONCE]
            mended = sum(each.mended for each in of_it)
            log.warning("auditor_found", finding=str(kind), count=count, mended=mended, tickets=tickets)
        if not found:
            return
        try:
            with self._database.transaction(Lane.LOOP) as session:
                repairs.tell(Ledger(session, self._machine.now()), self._watched.team_id, found)
        except ConflictError:
            log.info("auditor_told_by_another_process")


SEEN_TWICE = frozenset({FindingKind.LATE_TIMER, FindingKind.STUCK_MESSAGE})
"""Findings that count when two rounds have seen them."""


def _found(kind: FindingKind, rows: Sequence[Timer | Outgoing]) -> list[Finding]:
    return [Finding(kind, row.id, row.ticket_number or None) for row in rows]


def _key(finding: Finding) -> tuple[FindingKind, str]:
    return finding.kind, finding.id
