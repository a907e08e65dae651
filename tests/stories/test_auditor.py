"""The auditor: what should have happened and did not is set going again, told once an hour, and heard of outside."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast

import pytest
from sqlalchemy import event
from sqlmodel import select
from structlog.testing import capture_logs

from bot.auditor import LADDERS, STRETCH, STRETCHES, Auditor, Watched
from bot.contracts import agreements
from bot.lifeline import Lifeline
from bot.machine import MachineClock, MovableClock
from bot.storage.database import Database
from handlers.views.facts import FindingKind
from models import audit
from models.clock import Clock
from models.desk import Desk
from models.outbox import Kind, Outgoing, State
from models.ticket import Team, Ticket
from models.timer import Timer, TimerKind
from tests.stories.conftest import P2, House, oslo
from tests.stories.scenes import opened

NOW = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
TEAM = "T1"


# At a desk


def test_a_ticket_that_lost_its_timer_gets_it_back_and_is_reminded_once(house: House) -> None:
    """The desk is told; the next round finds nothing, and the reminder comes at its own instant."""
    ticket = opened(house, *P2)
    ola = house.person("ola")
    ola.chooses("Assign", ola, on=ticket.card)
    house.settles()
    assert house.vakt.auditor.look() == []
    before = house.ticket_timers()
    with house.vakt.database.transaction() as session:
        for timer in session.exec(select(Timer).where(Timer.ticket_number > 0)):
            session.delete(timer)
    found = house.vakt.auditor.look()
    assert {(each.kind, each.ticket_number, each.mended) for each in found} == {(FindingKind.MISSING_TIMER, 1, True)}
    assert house.ticket_timers() == before
    assert house.vakt.auditor.look() == []
    assert house.vakt.auditor.findings == {FindingKind.MISSING_TIMER: len(before)}
    house.settles()
    told = house.slack.expects("running promise", in_="#desk")
    assert "had no timer" in told.words
    assert "It was set going again." in told.words
    assert "T-1" in told.words
    house.moves_to(oslo("2026-11-23 11:41"))
    house.slack.expects("T-1 due", to=ola)
    house.is_quiet()


def test_a_clock_that_has_said_everything_needs_no_timer(house: House) -> None:
    """Late for a week, everybody told: nothing is found."""
    opened(house, *P2)
    house.moves_to(oslo("2026-11-30 10:00"))
    assert not house.ticket_timers()
    assert house.vakt.auditor.look() == []
    assert house.vakt.auditor.all_is_well()
    house.slack.forgets()


def test_a_timer_that_is_late_for_a_moment_is_nothing_to_tell_of(house: House) -> None:
    """Contract time jumped by hours and the ticker has just been woken."""
    opened(house, *P2)
    house.slack.clock.set(oslo("2026-11-23 13:50"))
    assert house.vakt.auditor.look() == []
    house.settles()
    assert house.vakt.auditor.look() == []
    house.slack.forgets()


# With loops that stand still


@dataclass
class Hands:
    """Machine time moved by hand."""

    at: datetime = NOW

    def now(self) -> datetime:
        """The instant shown."""
        return self.at


@dataclass
class Loop:
    """A loop that turns when it is told to."""

    turned_at: datetime = NOW
    woken: int = 0

    def wake(self) -> None:
        """Somebody wants it to look."""
        self.woken += 1


@dataclass
class Bench:
    """An auditor on the real database, with a desk that can be told."""

    database: Database
    url: str = ""
    machine: Hands = field(default_factory=Hands)
    contract: MovableClock = field(default_factory=lambda: MovableClock(NOW))
    loop: Loop = field(default_factory=Loop)

    def __post_init__(self) -> None:
        """One team, one desk."""
        with self.database.transaction() as session:
            session.add(Team(team_id=TEAM, next_number=100_000))
            desk = Desk(team_id=TEAM, key="support", name="Support", channel_id="C1")
            session.add_all([desk, _ticket(desk)])
        self.auditor = Auditor(
            Watched(
                TEAM,
                self.database,
                agreements(),
                (self.contract, cast("MachineClock", self.machine)),
                (self.loop,),
            ),
            timedelta(minutes=1),
            Lifeline(self.url) if self.url else None,
        )

    def kinds(self) -> list[FindingKind]:
        """What a round finds."""
        self.loop.turned_at = self.machine.at
        return [each.kind for each in self.auditor.look()]

    def told(self) -> list[Outgoing]:
        """What is owed to the desk about it."""
        with self.database.reading() as session:
            return list(session.exec(select(Outgoing).where(Outgoing.kind == Kind.FINDING)))

    def keeps(self, *rows: Timer | Outgoing | Clock) -> None:
        """Store rows."""
        with self.database.transaction() as session:
            session.add_all(rows)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The real database, without anything in it."""
    made = Database(database_url)
    yield made
    made.dispose()


@pytest.fixture
def bench(database: Database) -> Bench:
    """An auditor without a desk's work around it."""
    return Bench(database)


def _ticket(desk: Desk) -> Ticket:
    return Ticket(
        team_id=TEAM,
        number=7,
        desk_id=desk.id,
        customer_id="nobody",
        contract="any",
        contract_version_id="1",
        calendar_version_id="1",
        kind="incident",
        intake="slack",
        severity="P2",
        proposed_severity="P2",
        reported_at=NOW,
        opened_at=NOW,
        opened_by="nobody",
        requester_id="nobody",
    )


def _timer(**values: Any) -> Timer:
    given: dict[str, Any] = {
        "team_id": TEAM,
        "kind": TimerKind.CLOCK,
        "ticket_number": 7,
        "due_at": NOW - timedelta(minutes=2),
    }
    return Timer(**given | values)


def test_a_timer_that_nobody_looks_at_is_told_of_at_the_second_look_and_no_sooner(bench: Bench) -> None:
    """The first look wakes the loops. One that is held back, or is due just now, is left alone."""
    bench.keeps(
        _timer(),
        _timer(held_until=NOW + timedelta(minutes=1), attempts=1),
        _timer(due_at=NOW - timedelta(seconds=50)),
    )
    assert (bench.kinds(), bench.loop.woken, bench.told()) == ([], 1, [])
    assert bench.kinds() == [FindingKind.LATE_TIMER]
    assert [line.args["tickets"] for line in bench.told()] == [[7]]
    assert not bench.auditor.all_is_well()


def test_a_message_that_stands_still_is_given_to_the_next_sender_as_perhaps_said(bench: Bench) -> None:
    """Its lease ended long ago. One that is being sent, or waits for its time, is left alone."""
    ended = NOW - timedelta(minutes=3)
    values: dict[str, Any] = {
        "team_id": TEAM,
        "kind": Kind.REMINDER,
        "conversation": "U1",
        "created_at": ended,
        "lease_token": "slow",
    }
    bench.keeps(
        Outgoing(key="stuck", ready_at=ended, leased_until=ended, **values),
        Outgoing(key="later", ready_at=NOW + timedelta(minutes=1), leased_until=ended, **values),
        Outgoing(key="at it", ready_at=ended, leased_until=NOW + timedelta(seconds=9), **values),
        Outgoing(key="said", ready_at=ended, leased_until=ended, state=State.SENT, **values),
    )
    assert bench.kinds() == []
    assert bench.kinds() == [FindingKind.STUCK_MESSAGE]
    assert bench.auditor.all_is_well()
    with bench.database.reading() as session:
        row = session.exec(select(Outgoing).where(Outgoing.key == "stuck")).one()
    assert (row.leased_until, row.lease_token, row.uncertain, row.state) == (None, None, True, State.WAITING)
    assert bench.kinds() == []
    [line] = bench.told()
    assert (line.conversation, line.args["finding"], line.args["mended"]) == ("C1", "stuck_message", True)


def test_a_finding_is_told_once_an_hour_and_counted_once(bench: Bench) -> None:
    """A timer that fails again and again, looked at every five minutes for two hours."""
    bench.keeps(_timer(attempts=3, held_until=NOW + timedelta(hours=9), failure="broken"))
    with capture_logs() as logged:
        for minute in range(0, 120, 5):
            bench.machine.at = NOW.replace(minute=0) + timedelta(minutes=minute)
            assert bench.kinds() == [FindingKind.FAILING_TIMER]
    assert [line.key for line in bench.told()] == [
        "finding:failing_timer:support:2026-11-23T08",
        "finding:failing_timer:support:2026-11-23T09",
    ]
    assert bench.auditor.findings == {FindingKind.FAILING_TIMER: 1}
    assert len([line for line in logged if line["event"] == "auditor_found"]) == 24
    assert bench.auditor.unmended == 1


def test_every_ticket_has_its_turn_and_no_round_looks_at_them_all(bench: Bench) -> None:
    """Twice as many numbers as one round reads, and more clocks than one round counts."""
    far = STRETCH * STRETCHES + 5
    bench.keeps(*(_clock(number) for number in range(1, LADDERS + 101)), _clock(far), _clock(STRETCH * STRETCHES * 2))
    rounds = [[clock.ticket_number for clock in bench.auditor._without_timer()] for _ in range(4)]  # noqa: SLF001
    assert rounds[0] == list(range(1, LADDERS + 1))
    assert rounds[1] == [*range(LADDERS + 1, LADDERS + 101), far]
    assert rounds[2] == [STRETCH * STRETCHES * 2]
    assert not rounds[3]


def _clock(number: int) -> Clock:
    return Clock(
        team_id=TEAM,
        ticket_number=number,
        kind="start_of_work",
        promise_id="start",
        severity="P2",
        clause="XX-1",
        strength="promised",
        started_at=NOW,
    )


class TestInTheDefaultDatabase:
    """On SQLite, which takes the first index that fits."""

    @pytest.fixture
    def wiring(self) -> str:
        """Once, on SQLite."""
        return "sqlite"

    def test_no_question_of_the_auditor_reads_a_whole_table(self, database: Database) -> None:
        """Each is led by an index on what it asks for: a number, or a time."""
        asked: list[tuple[str, Any]] = []
        event.listen(database._reading, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))  # noqa: SLF001
        with database.reading() as session:
            audit.late_timers(session, TEAM, NOW, NOW, 10)
            audit.failing_timers(session, TEAM, NOW, 10)
            audit.stuck_messages(session, TEAM, NOW, 10)
            audit.unarmed_clocks(session, TEAM, 0, 10)
            plans = [
                str(row[3])
                for statement, values in asked[1:]
                for row in session.connection().exec_driver_sql(f"explain query plan {statement}", values)
            ]
        led = [plan for plan in plans if plan.startswith(("SCAN", "SEARCH"))]
        assert len(led) == 5
        assert all(re.search(r"USING INDEX \w+ \(.*(due_at|ready_at|ticket_number)<", plan) for plan in led), led


# Outside


@dataclass
class Outside:
    """Somebody who listens for Vakt's calls."""

    url: str
    paths: list[str]
    status: list[int]


@contextmanager
def _listening() -> Iterator[Outside]:
    paths: list[str] = []
    status = [200]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(status[0])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Outside(f"http://127.0.0.1:{server.server_port}/ping/secret", paths, status)
        finally:
            server.shutdown()
            thread.join()


def test_the_address_outside_is_called_only_while_all_is_well(database: Database) -> None:
    """Not before the first look, not while a loop stands still or a finding does; then again."""
    with _listening() as outside:
        bench = Bench(database, outside.url)
        assert not bench.auditor.call_outside()
        assert bench.kinds() == []
        assert bench.auditor.call_outside()
        assert outside.paths == ["/ping/secret"]
        bench.machine.at += timedelta(minutes=1)
        assert bench.auditor.look() == []
        assert not bench.auditor.call_outside()
        timer = _timer()
        bench.keeps(timer)
        assert bench.kinds() + bench.kinds() == [FindingKind.LATE_TIMER]
        assert not bench.auditor.call_outside()
        with database.transaction() as session:
            session.delete(session.merge(timer))
        assert bench.kinds() == []
        assert bench.auditor.call_outside()
        assert len(outside.paths) == 2
        bench.machine.at += timedelta(minutes=5)
        bench.loop.turned_at = bench.machine.at
        assert not bench.auditor.call_outside()


def test_an_address_that_does_not_answer_stops_nothing_and_is_not_logged(database: Database) -> None:
    """Its path is a secret."""
    with _listening() as outside:
        bench = Bench(database, outside.url)
        outside.status[0] = 500
        with capture_logs() as logged:
            assert bench.kinds() == []
            assert not bench.auditor.call_outside()
    with capture_logs() as also:
        assert not bench.auditor.call_outside()
    assert [line["why"] for line in logged + also] == ["HTTPError", "URLError"]
    assert "secret" not in str(logged + also)
