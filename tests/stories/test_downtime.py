"""Downtime as it is stored: what cannot be is refused, and nothing that was said about it is lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import configure_mappers

from bot.storage.database import Database
from models.affected import Affected, report_affected, report_of, reports_of
from models.downtime import (
    Between,
    Change,
    Correction,
    Downtime,
    DowntimeError,
    DowntimeEvent,
    NewDowntime,
    Scope,
    Source,
    close_downtime,
    correct_downtime,
    count_again,
    downtime_between,
    downtime_by_id,
    downtime_of_outage,
    exclude,
    open_downtime,
)

TEAM = "T1"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The real database, without anything in it."""
    configure_mappers()
    made = Database(database_url)
    yield made
    made.dispose()


def _new(began_at: datetime = NOON, ended_at: datetime | None = None) -> NewDowntime:
    return NewDowntime(
        team_id=TEAM,
        desk_id="D1",
        services=("portal",),
        began_at=began_at,
        ended_at=ended_at,
        scope=Scope.ALL_USERS,
        source=Source.OUTAGE,
        outage_id="O1",
        by="alice",
    )


def _opened(database: Database, new: NewDowntime) -> str:
    with database.transaction() as session:
        return open_downtime(session, new, NOON + 5 * HOUR).id


def _found(database: Database, downtime_id: str) -> Downtime:
    with database.transaction() as session:
        found = downtime_by_id(session, TEAM, downtime_id)
        assert found is not None
        session.expunge(found)
        return found


def test_each_change_of_an_interval_keeps_who_made_it_and_what_it_was(database: Database) -> None:
    downtime_id = _opened(database, _new())
    with database.transaction() as session:
        [downtime] = downtime_of_outage(session, TEAM, "O1")
        close_downtime(downtime, NOON + HOUR, Change(event=DowntimeEvent.CLOSED, by="alice"), NOON + 2 * HOUR)
        correct_downtime(
            downtime,
            Correction(began_at=NOON - HOUR, scope=Scope.SOME_USERS),
            Change(event=DowntimeEvent.CORRECTED, by="bob", text_id="why"),
            NOON + 3 * HOUR,
        )
        exclude(downtime, "acme", "beta", Change(event=DowntimeEvent.EXCLUDED, by="bob"), NOON + 4 * HOUR)
        count_again(downtime, "acme", Change(event=DowntimeEvent.COUNTED_AGAIN, by="carol"), NOON + 5 * HOUR)
    found = _found(database, downtime_id)
    assert (found.began_at, found.ended_at, found.scope) == (NOON - HOUR, NOON + HOUR, Scope.SOME_USERS)
    assert (found.exclusions, found.changes[3]["is"]) == ({}, {"exclusions": {"acme": "beta"}})
    assert [(entry["event"], entry["by"]) for entry in found.changes] == [
        ("opened", "alice"),
        ("closed", "alice"),
        ("corrected", "bob"),
        ("excluded", "bob"),
        ("counted_again", "carol"),
    ]
    assert found.changes[2]["was"] == {"began_at": NOON.isoformat(), "scope": "all_users"}
    assert found.changes[2]["is"] == {"began_at": (NOON - HOUR).isoformat(), "scope": "some_users"}
    assert found.changes[2]["text_id"] == "why"


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        (Correction(ended_at=NOON - HOUR), "cannot end at 2026-11-23 11:00 UTC, before it began at 2026-11-23 12:00"),
        (Correction(ended_at=NOON + 9 * HOUR), "cannot have ended at 2026-11-23 21:00 UTC, which is still to come"),
        (Correction(began_at=NOON + 9 * HOUR), "cannot begin at 2026-11-23 21:00 UTC, which is still to come"),
        (Correction(services=()), "of no service"),
    ],
    ids=["ends before it began", "ends tomorrow", "begins tomorrow", "of nothing"],
)
def test_an_interval_that_cannot_be_is_refused_and_left_as_it_was(
    database: Database, correction: Correction, said: str
) -> None:
    downtime_id = _opened(database, _new())
    with database.transaction() as session:
        downtime = downtime_by_id(session, TEAM, downtime_id)
        assert downtime is not None
        with pytest.raises(DowntimeError, match=said):
            correct_downtime(downtime, correction, Change(event=DowntimeEvent.CORRECTED), NOON + 5 * HOUR)
    assert [entry["event"] for entry in _found(database, downtime_id).changes] == ["opened"]


def test_what_touches_a_span_is_found_and_what_still_lasts_too(database: Database) -> None:
    before = _opened(database, _new(NOON - 3 * HOUR, NOON))
    within = _opened(database, _new(NOON - HOUR, NOON + HOUR))
    lasting = _opened(database, _new(NOON - 9 * HOUR))
    after = _opened(database, _new(NOON + 2 * HOUR, NOON + 3 * HOUR))
    with database.reading() as session:
        found = [one.id for one in downtime_between(session, TEAM, "D1", Between(NOON, NOON + 2 * HOUR))]
    assert found == [lasting, within]
    assert not {before, after} & set(found)


def _report(at: datetime, person: str = "kari", **more: str) -> Affected:
    return Affected(team_id=TEAM, happening_id="O1", customer_id="acme", person_id=person, at=at, **more)


@pytest.mark.clause("PS-13")
def test_the_first_report_of_a_customer_counts_and_the_others_are_kept(database: Database) -> None:
    with database.transaction() as session:
        assert report_affected(session, _report(NOON))
        assert not report_affected(session, _report(NOON + HOUR, "ola"))
        assert not report_affected(session, _report(NOON - HOUR, "per", registered_by="alice"))
    with database.reading() as session:
        [first] = reports_of(session, TEAM, "O1")
        assert report_of(session, TEAM, "O1", "acme") is first
        assert (first.person_id, first.at, first.registered_by) == ("per", NOON - HOUR, "alice")
        assert [press["person_id"] for press in first.further] == ["ola", "kari"]
