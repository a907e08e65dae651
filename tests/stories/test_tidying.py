"""What is over is forgotten after a while, in short batches, and nothing that is still needed with it."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from sqlmodel import col, func, select

from bot.calendar_jobs import CalendarJobs, Kept, Looks
from bot.machine import MachineClock
from bot.storage.database import Database
from models import tidying
from models.alert import AlertGroup
from models.outbox import CARDS, Kind, Outgoing, State
from models.received import Received
from models.ticket import Status, Team, Ticket
from tests.stories.conftest import House
from tests.stories.scenes import opened
from tests.stories.test_time import NOW, Steady

TEAM = "T1"
KEPT = Kept(received=timedelta(days=7), sent=timedelta(days=30))


@pytest.fixture
def steady() -> Steady:
    """Runs from here."""
    return Steady()


@pytest.fixture
def machine(steady: Steady) -> MachineClock:
    """The real machine clock on a steady clock that can be made to sleep."""
    return MachineClock(NOW, steady)


def _kinds(house: House) -> list[str]:
    with house.vakt.database.reading() as session:
        return sorted(session.exec(select(Outgoing.kind)))


def _deliveries(house: House) -> int:
    with house.vakt.database.reading() as session:
        return session.exec(select(func.count()).select_from(Received)).one()


def test_of_tickets_that_are_over_the_cards_are_kept_and_an_old_one_can_be_reopened(
    house: House, steady: Steady
) -> None:
    """A month later only their two cards are left; what happens then stands in the same threads."""
    ola, tickets = house.person("ola"), [opened(house, summary=f"Question {n}") for n in range(3)]
    for ticket in tickets:
        ola.clicks("Resolve", on=ticket.card)
        ola.modal().fill("Outcome", "Under Settings.").submit()
    house.settles()
    assert house.vakt.jobs.tidy() == 0
    assert _deliveries(house) >= 6
    steady.slept += timedelta(days=31).total_seconds()
    assert house.vakt.jobs.tidy(batch=4) > 0
    assert _kinds(house) == sorted([*CARDS] * 3)
    assert _deliveries(house) == 0
    house.slack.forgets()
    ola.clicks("Reopen", on=tickets[0].card)
    ola.modal().fill("What is not solved", "It came back").submit()
    house.slack.expects("It came back", in_="#acme", thread=tickets[0].theirs)
    house.slack.expects_edit(tickets[0].card, "in progress")
    house.is_quiet(tidied=True)


# With rows of every kind


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The real database, without anything in it."""
    made = Database(database_url)
    yield made
    made.dispose()


def _owed(key: str, **values: Any) -> Outgoing:
    old = NOW - timedelta(days=40)
    given: dict[str, Any] = {"team_id": TEAM, "kind": Kind.LOG_LINE, "conversation": "C1", "state": State.SENT}
    given |= {"ready_at": old, "created_at": old, "sent_at": old}
    return Outgoing(key=key, **given | values)


def test_what_is_owed_new_or_needed_stays(database: Database) -> None:
    """Owed: waiting, however old. Needed: a card, a page of an open ticket, what another hangs under."""
    root = _owed("root")
    stays = [
        root,
        _owed("waiting", state=State.WAITING, sent_at=None),
        _owed("said lately", sent_at=NOW - timedelta(days=29)),
        _owed("ended lately", state=State.REFUSED, sent_at=None, created_at=NOW - timedelta(days=29)),
        _owed("card", kind=Kind.DESK_CARD),
        _owed("page", kind=Kind.PAGE, ticket_number=1),
        _owed("under", thread_of=root.id, state=State.WAITING, sent_at=None),
    ]
    goes = [_owed(f"{state} long ago", state=state) for state in State if state is not State.WAITING]
    with database.transaction() as session:
        session.add_all([*stays, *goes])
        kept = {row.key for row in stays}
    jobs = CalendarJobs(TEAM, database, MachineClock(NOW), KEPT, Looks(lambda: None, lambda: None))
    assert jobs.tidy(batch=3) == len(goes)
    with database.reading() as session:
        assert set(session.exec(select(Outgoing.key))) == kept


def test_an_alert_is_forgotten_a_month_after_its_ticket_ended_and_no_sooner(database: Database) -> None:
    """A route's own account of its storms goes too when nothing has come by it for so long."""
    old, lately = NOW - timedelta(days=40), NOW - timedelta(days=29)
    tickets = {1: None, 2: lately, 3: old}
    stays = [
        _alert("its ticket is open", 1, old),
        _alert("its ticket ended lately", 2, old),
        _alert("it came lately", 3, lately),
        _alert("no ticket yet", None, lately),
    ]
    goes = [_alert("all of it is over", 3, old), _alert("storm:quiet", None, old)]
    with database.transaction() as session:
        session.add_all([_ticket(number, resolved_at) for number, resolved_at in tickets.items()])
        session.add_all([*stays, *goes])
        kept = {row.key for row in stays}
    jobs = CalendarJobs(TEAM, database, MachineClock(NOW), KEPT, Looks(lambda: None, lambda: None))
    assert jobs.tidy(batch=2) == len(goes)
    with database.reading() as session:
        assert set(session.exec(select(AlertGroup.key))) == kept


def _alert(key: str, number: int | None, last_at: datetime) -> AlertGroup:
    return AlertGroup(
        team_id=TEAM, key=key, route="all", hook="h", ticket_number=number, first_at=last_at, last_at=last_at
    )


def _ticket(number: int, resolved_at: datetime | None) -> Ticket:
    at, ids = NOW - timedelta(days=50), dict.fromkeys(("desk_id", "customer_id", "opened_by", "requester_id"), "x")
    versions = dict.fromkeys(("contract", "contract_version_id", "calendar_version_id", "kind", "intake"), "x")
    status = Status.RESOLVED if resolved_at else Status.NEW
    times = {"reported_at": at, "opened_at": at, "resolved_at": resolved_at}
    return Ticket(
        team_id=TEAM, number=number, status=status, severity="P3", proposed_severity="P3", **ids, **versions, **times
    )


def test_no_batch_is_longer_than_it_was_told(database: Database) -> None:
    """It says where the next one begins, and ends."""
    with database.transaction() as session:
        session.add_all([Received(team_id=TEAM, key=f"event:{n:03}", stored_at=NOW) for n in range(25)])
    sizes, after = [], None
    while True:
        with database.transaction() as session:
            tidied = tidying.tidy_received(session, NOW + timedelta(seconds=1), after, 10)
        sizes.append(tidied.forgotten)
        after = tidied.next_after
        if after is None:
            break
    assert sizes == [10, 10, 5]


def test_people_write_while_thousands_of_rows_are_tidied(database: Database) -> None:
    """Each of them in time; at the end the tables are small."""
    old = NOW - timedelta(days=40)
    with database.transaction() as session:
        session.add(Team(team_id=TEAM))
        session.add_all([Received(team_id=TEAM, key=f"event:{n:05}", stored_at=old) for n in range(5000)])
        session.add_all([_owed(f"T-{n}:log:1", ticket_number=n) for n in range(5000)])
        session.add(Received(team_id=TEAM, key="event:new", stored_at=NOW))
    done, written = threading.Event(), 0
    jobs = CalendarJobs(TEAM, database, MachineClock(NOW), KEPT, Looks(lambda: None, lambda: None))

    def tidies() -> None:
        jobs.tidy()
        done.set()

    tidying_thread = threading.Thread(target=tidies)
    tidying_thread.start()
    end = monotonic() + 60
    while not done.is_set() and monotonic() < end:
        with database.transaction() as session:
            team = session.get(Team, TEAM)
            assert team is not None
            team.next_number += 1
        written += 1
    tidying_thread.join()
    assert done.is_set()
    assert written > 0
    with database.reading() as session:
        assert list(session.exec(select(Received.key))) == ["event:new"]
        assert session.exec(select(func.count()).where(col(Outgoing.team_id) == TEAM)).one() == 0
