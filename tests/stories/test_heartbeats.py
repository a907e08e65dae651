"""Signs of life over real sockets: one missed slot opens a ticket, two page, the first beat after it ends it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from handlers import heartbeats
from models.history import Event
from models.monitor import Monitor
from models.page import Page
from models.ticket import Status
from models.timer import Timer, TimerKind
from tests.stories.conftest import TEAM, House, oslo
from tests.stories.hooked import hooked
from tests.stories.scenes import events, stored
from tests.stories.test_alerts import tickets

THREE_HOURS: dict[str, Any] = {
    "key": "backup",
    "name": "Talentia's backup",
    "every": "3h",
    "grace": "30m",
    "customer": "talentia",
}


def page_of(house: House) -> Page | None:
    with house.vakt.database.reading() as session:
        return session.exec(select(Page)).first()


def monitor(house: House) -> Monitor:
    with house.vakt.database.reading() as session:
        return session.exec(select(Monitor)).one()


@pytest.mark.clause("HP-15")
def test_one_missed_backup_opens_a_ticket_two_page_and_the_next_beat_ends_it(house: House) -> None:
    with hooked(house, heartbeats=[THREE_HOURS], heartbeat="backup") as hook:
        house.settles()
        for _ in range(3):
            house.moves(hours=3)
            assert hook.send("heartbeat", method="GET").status == 202
        house.moves(hours=3, minutes=29)
        assert tickets(house) == []
        house.moves(minutes=1)
        card = house.card("No heartbeat from Talentia's backup")
        house.slack.expects_edit(card, "the last one came")
        assert page_of(house) is None
        house.moves(hours=3)
        assert page_of(house) is not None
        assert len(tickets(house)) == 1
        assert hook.send("heartbeat").status == 202
        house.slack.expects("The alert is over, says heartbeat backup", in_="#desk", thread=card)
        house.settles()
        assert stored(house, "T-1").status == Status.RESOLVED
        found = page_of(house)
        assert found is not None
        assert found.ended_at is not None
        house.moves(hours=3, minutes=29)
        assert len(tickets(house)) == 1


@pytest.mark.clause("HP-15", "EM-18", "PS-32")
@pytest.mark.parametrize(
    ("every", "in_time", "too_late"),
    [
        ("1mo", oslo("2026-12-23 09:50"), oslo("2026-12-23 10:10")),
        ("7d", oslo("2026-11-30 09:50"), oslo("2026-11-30 10:10")),
        ("1d", oslo("2026-11-24 09:50"), oslo("2026-11-24 10:10")),
    ],
)
def test_monthly_weekly_and_daily_slots_are_missed_when_their_grace_is_over(
    house: House, every: str, in_time: datetime, too_late: datetime
) -> None:
    beat = THREE_HOURS | {"every": every, "grace": "20m"}
    with hooked(house, heartbeats=[beat], heartbeat="backup") as hook:
        house.settles()
        assert hook.send("heartbeat", method="HEAD").status == 202
        house.moves_to(in_time)
        assert tickets(house) == []
        house.moves_to(too_late)
        assert len(tickets(house)) == 1


def test_a_rule_names_wall_times_of_its_zone(house: House) -> None:
    rule = {"every": "FREQ=DAILY", "starts": "2026-01-01T02:00:00", "zone": "Europe/Oslo", "grace": "1h"}
    with hooked(house, heartbeats=[THREE_HOURS | rule], heartbeat="backup"):
        house.moves_to(oslo("2026-11-24 02:59"))
        assert tickets(house) == []
        house.moves_to(oslo("2026-11-24 03:00"))
        assert len(tickets(house)) == 1


def test_time_in_which_vakt_was_down_alarms_nobody_before_the_grace_is_over_again(house: House) -> None:
    with hooked(house, heartbeats=[THREE_HOURS], heartbeat="backup"):
        house.settles()
        house.slack.clock.set(house.now() + timedelta(hours=7))
        house.vakt.ticker._resumed()  # noqa: SLF001 - as after the stored pulse has stood still
        house.settles()
        assert tickets(house) == []
        house.moves(minutes=29)
        assert tickets(house) == []
        house.moves(minutes=1)
        assert len(tickets(house)) == 1
        assert page_of(house) is None


def test_a_timer_that_a_version_before_has_taken_for_nothing_is_set_again(house: House) -> None:
    with hooked(house, heartbeats=[THREE_HOURS], heartbeat="backup"):
        house.settles()
        with house.vakt.database.transaction() as session:
            for timer in session.exec(select(Timer).where(Timer.kind == TimerKind.HEARTBEAT)):
                session.delete(timer)
        house.vakt.auditor.look()
        house.vakt.auditor.look()
        with house.vakt.database.reading() as session:
            [timer] = session.exec(select(Timer).where(Timer.kind == TimerKind.HEARTBEAT))
        assert timer.due_at == monitor(house).due_at
        with house.vakt.database.transaction() as session:
            assert heartbeats.arm_again(session, TEAM) == 0


def test_a_ticket_that_a_person_ended_is_opened_anew_by_the_next_missed_slot(house: House) -> None:
    with hooked(house, heartbeats=[THREE_HOURS], heartbeat="backup"):
        house.settles()
        house.moves(hours=3, minutes=30)
        card = house.card("T-1")
        ola = house.person("ola")
        ola.clicks("Resolve", on=card)
        modal = ola.modal()
        modal.fill("Outcome", "Paused")
        assert not modal.submit().errors
        house.moves(hours=3)
        assert len(tickets(house)) == 2
        assert page_of(house) is None
        assert events(house, "T-2") == [Event.OPENED]


def test_a_beat_that_nobody_expects_any_more_is_refused_in_words(house: House) -> None:
    with hooked(house, heartbeats=[THREE_HOURS], heartbeat="gone") as hook:
        answer = hook.send("heartbeat")
        assert (answer.status, answer.body["error"]) == (404, "not_expected")
        assert hook.send("heartbeat", method="DELETE").status == 405
        assert hook.send("alertmanager", {}).status == 404
