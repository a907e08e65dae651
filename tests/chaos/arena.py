"""Where a run takes place: the workspace, the database, Vakt's processes, and one contract time."""

import json
import socket
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from time import monotonic
from typing import Any

from sqlmodel import Session, col, func, select

from bot.contracts import agreements, read_contracts
from bot.demo import MANIFEST, WORKSPACE
from bot.demo_seed import seed_of
from bot.settings import LEASE_IN_TIMEOUTS
from bot.storage.database import Database
from bot.workspace.file import read
from models.customer import Customer
from models.outbox import Outgoing, State
from models.sla.contract import Contract
from models.ticket import Ticket
from models.timer import Timer
from sandbox import Clock, Limits, Sandbox, load_seed
from sandbox.http_door import SUCCESS
from sandbox.inspector import Row
from tests.chaos.balancer import Balancer
from tests.chaos.databases import furnish
from tests.chaos.fleet import Fleet
from tests.chaos.plan import BEGINS
from tests.chaos.shared_clock import SharedClock

ROOT = Path(__file__).parents[2]
SLACK_TIMEOUT = 1
"""Seconds; the lease is as short as it may be beside it."""

LOOKS_EVERY = 0.02


class StuckError(AssertionError):
    """Something that should have come to an end did not; the message says what is left."""


@dataclass
class Arena:
    """Everything a run needs."""

    slack: Sandbox
    database: Database
    fleet: Fleet
    clock: SharedClock
    http: bool

    def __post_init__(self) -> None:
        self.agreements = agreements()
        self.slack.world.inspector.rows = deque()
        self._never = threading.Event()
        self._read = 0
        self._tries: Counter[str] = Counter()
        self._over: set[str] = set()

    @property
    def team(self) -> str:
        """The workspace's id."""
        return self.slack.team_id

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """Look into the database."""
        with self.database.reading() as session:
            yield session

    def contract_of(self, session: Session, ticket: Ticket) -> Contract:
        """What was agreed with its customer."""
        customer = session.get_one(Customer, (ticket.team_id, ticket.customer_id))
        return self.agreements.of_ticket(session, ticket, customer)

    def set_clock(self, at: datetime) -> None:
        """Let contract time be `at`, in Slack and in every process."""
        self.slack.clock.set(at)
        self.clock.set(at)

    def waits(self, until: Callable[[], bool], seconds: float, what: Callable[[], str]) -> None:
        """Wait for a condition.

        Raises:
            StuckError: it did not come about in time.
        """
        deadline = monotonic() + seconds
        while not until():
            if monotonic() > deadline:
                raise StuckError(f"after {seconds:g} s: {what()}")
            self._never.wait(LOOKS_EVERY)

    def rests(self, seconds: float) -> None:
        """Do nothing for a moment, as people do before they look again."""
        self._never.wait(seconds)

    def hears(self) -> bool:
        """Whether somebody takes what people do, at the moment."""
        if self.http:
            return any(port and _listens(port) for port in self.fleet.ports)
        return self.slack.do(lambda: any(one.open for one in self.slack.world.dispatch.sockets.sockets))

    def rows(self, after: int = 0) -> list[Row]:
        """Every request and delivery since then."""
        kept = self.slack.world.inspector.rows
        return self.slack.do(lambda: list(takewhile(lambda row: row.id > after, reversed(kept)))[::-1])

    def last_row(self) -> int:
        """The number of the latest."""
        return self.slack.do(lambda: self.slack.world.inspector.rows[-1].id if self.slack.world.inspector.rows else 0)

    def settles(self, seconds: float = 90) -> None:
        """Wait until nothing is due, nothing is owed, and nothing is on its way."""
        self.waits(self._is_settled, seconds, self._unsettled)

    def _is_settled(self) -> bool:
        return self._is_done() and self._is_quiet() and self._is_done()

    def _is_quiet(self) -> bool:
        world = self.slack.world
        return self.slack.do(lambda: world.busy == 0 and world.dispatch.unacknowledged == 0) and self._heard_all()

    def _heard_all(self) -> bool:
        """Whether every event was acknowledged, or tried as often as Slack tries."""
        most = 1 + len(self.slack.world.limits.retries)
        for row in self.rows(after=self._read):
            if is_delivery(row):
                if row.ms is None:
                    return False
                self._count(row, most)
            self._read = row.id
        return not self._tries

    def _count(self, row: Row, most: int) -> None:
        if row.request.get("type") != "event_callback":
            return
        event = str(row.request["event_id"])
        if event in self._over:
            return  # the second of a pair
        self._tries[event] += 1
        if was_heard(row) or self._tries[event] >= most:
            self._over.add(event)
            del self._tries[event]

    def _is_done(self) -> bool:
        now = self.clock.now()
        with self.looking() as session:
            due = session.exec(select(func.count()).select_from(Timer).where(Timer.due_at <= now)).one()
            owed = session.exec(select(func.count()).select_from(Outgoing).where(Outgoing.state == State.WAITING)).one()
        return due == owed == 0

    def _unsettled(self) -> str:
        now = self.clock.now()
        with self.looking() as session:
            timers = session.exec(select(Timer).where(Timer.due_at <= now)).all()
            owed = session.exec(
                select(Outgoing).where(Outgoing.state == State.WAITING).order_by(col(Outgoing.id))
            ).all()
        world = self.slack.world
        way = f"{world.busy} under way, {world.dispatch.unacknowledged} unacknowledged"
        lines = [f"{way}, {len(self._tries)} unheard, {world.failures}"]
        lines += [f"timer {each.kind} T-{each.ticket_number} due {each.due_at}: {each.failure}" for each in timers]
        lines += [
            f"owed {row.key} ready {row.ready_at} leased {row.leased_until} attempts {row.attempts}: {row.reason}"
            for row in owed
        ]
        return "\n".join(lines)


def is_delivery(row: Row) -> bool:
    """Whether it is something that Slack told Vakt, not something that Vakt asked or answered."""
    return row.door in {"socket", "http"} and row.name != "view_submission response"


def was_heard(row: Row) -> bool:
    """Whether it was acknowledged."""
    return row.status in SUCCESS


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True)
class Wiring:
    """Which database, how many processes, and by which door."""

    database_url: str
    replicas: int = 1
    http: bool = False
    ack: float = 3.0
    """Seconds within which what people do must be acknowledged: Slack's figure, or less to lose less time."""


@contextmanager
def arena(wiring: Wiring, folder: Path, crash_at: Iterator[str]) -> Iterator[Arena]:
    """Open a workspace, and let Vakt run in it."""
    workspace = read(WORKSPACE, read_contracts(None))
    furnish(wiring.database_url, workspace)
    seed = folder / "seed.json"
    seed.write_text(json.dumps(seed_of(workspace)), "utf-8")
    limits = replace(Limits().lifted().hurried(), fault_timeout=SLACK_TIMEOUT + 0.5, ack=wiring.ack)
    with ExitStack() as stack:
        slack = stack.enter_context(Sandbox(MANIFEST, clock=Clock(BEGINS), seed=load_seed(seed), limits=limits))
        database = Database(wiring.database_url)
        stack.callback(database.dispose)
        ports = _ports(wiring, slack, stack)
        clock = SharedClock.create(folder / "clock", BEGINS)
        environment = _environment(slack, wiring.database_url)
        fleet = Fleet(environment, folder / "clock", folder, ports, crash_at)
        made = Arena(slack, database, fleet, clock, wiring.http)
        stack.callback(fleet.stop)
        fleet.start()
        made.waits(made.hears, 60, lambda: f"nobody took a request\n{fleet.log()[-3000:]}")
        yield made


def _ports(wiring: Wiring, slack: Sandbox, stack: ExitStack) -> list[int | None]:
    if not wiring.http:
        return [None] * wiring.replicas
    ports = [_free_port() for _ in range(wiring.replicas)]
    balancer = Balancer(ports)
    slack.run(balancer.start())
    stack.callback(lambda: slack.run(balancer.stop()))
    slack.deliver_by_http(balancer.url)
    return list(ports)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(slack: Sandbox, database_url: str) -> dict[str, str]:
    settings: dict[str, Any] = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "VAKT_DATABASE_URL": database_url,
        "VAKT_SLACK_TIMEOUT_SECONDS": SLACK_TIMEOUT,
        "VAKT_LEASE_SECONDS": SLACK_TIMEOUT * LEASE_IN_TIMEOUTS,
        "VAKT_POSTS_PER_CHANNEL_PER_SECOND": 1000,
        "VAKT_POSTS_PER_SECOND": 1000,
    }
    return {name: str(value) for name, value in settings.items()}
