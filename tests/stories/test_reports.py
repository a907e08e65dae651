"""The report about availability that posts itself on the first working morning after a period.

It is Monday 23 November 2026. Tuesday 1 December is a working day; of January 2027 the first is Monday 4.
"""

from contextlib import suppress
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, col, select

from bot.report_arming import arm_reports
from bot.storage.database import Lane
from handlers.reporting import Look
from handlers.reports import AT_A_TURN, Due, Owing, owe_due
from handlers.timers import Batch
from models.customer import Agreement, Customer
from models.desk import Desk
from models.outbox import Kind, Outgoing
from models.sla.contract import PeriodKind
from models.sla.periods import period_of
from models.timer import Timer, TimerKind, look_at_reports
from sandbox.workspace import File
from tests.stories.conftest import TEAM, House, oslo
from tests.stories.downtimes import notes
from tests.stories.scenes import forget


def reports(house: House, **says: Any) -> None:
    """The desk's reports go out, as the desk says."""
    with house.vakt.database.transaction(Lane.LOOP) as session:
        desk = session.exec(select(Desk)).one()
        desk.report = says or None
        look_at_reports(session, TEAM, desk.id)
    house.moves(minutes=1)


def files(house: House) -> list[File]:
    """Every file that was shared, the first first."""
    return [one for one in house.slack.world.workspace.files.values() if one.complete]


@pytest.mark.clause("PS-08", "PS-09", "PI-04")
def test_on_the_first_working_morning_the_desk_reads_each_customers_period_with_its_chart(house: House) -> None:
    reports(house)
    notes(house, "2026-11-10 09:00", "2026-11-10 13:00", outage_id="O-1")
    house.moves_to(oslo("2026-12-01 07:59"))
    house.is_quiet()
    house.moves_to(oslo("2026-12-01 08:00"))
    root = house.slack.expects("Availability of 3 customers: the reports are in the thread.", in_="#desk", thread=None)
    assert root.words.index("Bykommune") < root.words.index("Nordkonf"), "what is below its target comes first"
    told = house.slack.expects("Bykommune: November 2026", in_="#desk", thread=root)
    said = told.words.replace("*", "")
    assert "Bykommune: November 2026" in said
    assert "target 99.5 %: below · guaranteed · PS-09" in said
    assert "Tue 10 Nov 09:00–13:00 · 4 h · Customer portal · O-1" in said
    assert "A credit comes of it. /sla 2026-11 shows how much, privately. · PS-09" in said
    assert "of the monthly fee" not in said, "no share of the fee stands in a channel"
    forget(house)
    shared = {one.title: one for one in files(house)}
    assert set(shared) >= {"Availability: Bykommune, November 2026"}
    assert len(shared) == len(files(house)) == 3
    chart = shared["Availability: Bykommune, November 2026"]
    assert chart.content.startswith(b"\x89PNG")
    assert chart.channels == [root.channel]
    assert "Nov 26 99.444 %" in str(chart.alt)
    house.moves_to(oslo("2026-12-31 20:00"))
    house.is_quiet()


@pytest.mark.clause("HP-08", "EM-13")
def test_new_years_days_are_waited_out_and_a_years_period_is_reported_with_the_months(house: House) -> None:
    reports(house)
    house.moves_to(oslo("2026-12-01 09:00"))
    forget(house)
    house.moves_to(oslo("2027-01-04 07:59"))
    house.is_quiet()
    house.moves_to(oslo("2027-01-04 08:00"))
    house.slack.expects("Availability of 4 customers", in_="#desk", thread=None)
    told = [one.words for one in house.slack.world.heard if not one.expected]
    assert any("Talentia: 2026" in words for words in told), "whose period is the calendar year"
    forget(house)


@pytest.mark.clause("PS-05")
def test_a_customers_channel_reads_its_own_in_its_language_where_the_desk_says_so(house: House) -> None:
    reports(house, customers=True, hour=10)
    notes(house, "2026-11-10 09:00", "2026-11-10 13:00")
    house.moves_to(oslo("2026-12-01 09:59"))
    house.is_quiet()
    house.moves_to(oslo("2026-12-01 10:00"))
    told = house.slack.expects("Bykommune: november 2026", in_="#bykommune", thread=None)
    assert "Bykommune: november 2026" in told.words
    assert "Det gir et fradrag." in told.words
    assert "Nordkonf" not in told.words
    house.slack.expects("Nordkonf: 12 måneder til og med november 2026", in_="#nordkonf", thread=None)
    assert [one.title for one in files(house) if one.channels == [told.channel]] == [
        "Tilgjengelighet: Bykommune, november 2026"
    ]
    forget(house)


def test_a_desk_that_says_no_has_none_and_one_that_says_so_later_has_the_next(house: House) -> None:
    reports(house, off=True)
    house.moves_to(oslo("2026-12-15 08:00"))
    house.is_quiet()
    assert not timers(house)
    reports(house)
    house.is_quiet()
    house.moves_to(oslo("2027-01-04 08:00"))
    house.slack.expects("Availability of 4 customers", in_="#desk", thread=None)
    forget(house)


def timers(house: House) -> list[Timer]:
    """What looks at reports."""
    with house.vakt.database.reading() as session:
        return list(session.exec(select(Timer).where(Timer.kind == TimerKind.REPORT)))


def test_armed_twice_or_again_on_the_morning_nothing_is_reported_twice(house: House) -> None:
    reports(house)
    reports(house)
    assert len(timers(house)) == 1
    house.moves_to(oslo("2026-12-01 08:00"))
    house.settles()
    forget(house)
    reports(house, hour=9)
    house.moves_to(oslo("2026-12-01 12:00"))
    house.is_quiet()
    assert len(files(house)) == 3


@pytest.mark.parametrize("kind", ["lost_answer", "reset"])
def test_a_chart_is_neither_lost_nor_shared_twice(house: House, kind: str) -> None:
    reports(house)
    fault = house.slack.fault("files.completeUploadExternal", kind=kind)
    house.moves_to(oslo("2026-12-01 08:00"))
    assert house.slack.until(lambda: len(files(house)) >= 3, 15.0)
    house.settles()
    assert fault.happened
    assert sorted(one.title for one in files(house) if one.channels) == [
        "Availability: Bykommune, November 2026",
        "Availability: Fjordvideo · App, 12 months to November 2026",
        "Availability: Nordkonf, 12 months to November 2026",
    ]
    forget(house)
    house.is_quiet()


def test_where_a_chart_is_refused_the_reports_are_there_and_the_desk_reads_why(house: House) -> None:
    reports(house)
    house.slack.fault("files.getUploadURLExternal", kind="missing_scope", times=3)
    house.moves_to(oslo("2026-12-01 08:00"))
    house.settles()
    root = house.slack.expects("Availability of 3 customers", in_="#desk", thread=None)
    house.slack.expects("Bykommune: November 2026", in_="#desk", thread=root)
    told = house.slack.expects("missing_scope", in_="#desk", thread=None)
    assert "Slack refuses messages to <#C0DESK>" in told.words
    assert not files(house)
    forget(house)


def test_a_desk_of_before_is_armed_once_when_vakt_starts(house: House) -> None:
    with house.vakt.database.transaction(Lane.LOOP) as session:
        session.exec(select(Desk)).one().report = None
    assert arm_reports(house.vakt.database, TEAM) == 1
    house.moves(minutes=1)
    assert arm_reports(house.vakt.database, TEAM) == 0
    [timer] = timers(house)
    assert timer.due_at == oslo("2026-11-30 11:00"), "when the month ends where the day begins first"


class UndoneError(Exception):
    """Undoes a transaction in which something was only looked at."""


def town(session: Session, desk: Desk, number: int) -> None:
    """One more customer under Pureservice's agreement."""
    customer = Customer(team_id=TEAM, key=f"town-{number}", name=f"Town {number}", desk_id=desk.id)
    session.add(customer)
    session.flush()
    session.add(Agreement(team_id=TEAM, customer_id=customer.id, since=date(2026, 1, 1), contract="pureservice"))


def test_many_customers_are_looked_at_some_at_a_turn_and_each_is_reported_once(house: House) -> None:
    turns: list[str] = []
    with suppress(UndoneError), house.vakt.database.transaction(Lane.LOOP) as session:
        desk = session.exec(select(Desk)).one()
        for number in range(AT_A_TURN):
            town(session, desk, number)
        session.flush()
        batch = Batch(house.vakt.desk.agreements, house.vakt.desk.machine_now())
        look = Look(oslo("2026-11-23 09:00"), oslo("2026-12-01 09:00"))
        while not turns or look.after:
            look = owe_due(session, batch, desk, look)
            turns.append(look.after)
        owed = session.exec(select(Outgoing.kind, Outgoing.key).where(col(Outgoing.key).startswith("report"))).all()
        kinds = [kind for kind, _ in owed]
        assert (kinds.count(Kind.REPORT), kinds.count(Kind.REPORT_LIST)) == (AT_A_TURN + 3, 2)
        assert look.coming == oslo("2027-01-04 08:00")
        raise UndoneError
    assert len(turns) == 2
    house.is_quiet()


def test_where_no_charts_can_be_drawn_the_reports_go_out_and_say_so_once(house: House) -> None:
    with house.vakt.database.transaction(Lane.LOOP) as session:
        desk = session.exec(select(Desk)).one()
        owing = Owing(session, desk, house.vakt.desk.machine_now(), charts=False)
        month = period_of(PeriodKind.CALENDAR_MONTH, oslo("2026-10-15 12:00"), ZoneInfo("Europe/Oslo"))
        two = session.exec(select(Customer).where(col(Customer.key).in_(["bykommune", "nordkonf"])))
        owing.owe([Due(customer, month, house.now()) for customer in two], house.now())
    house.settles()
    root = house.slack.expects("Availability of 2 customers", in_="#desk", thread=None)
    assert "There are no charts" in root.words
    said = [one.words for one in house.slack.world.heard if not one.expected]
    assert len(said) == 2
    assert not any("There are no charts" in words for words in said)
    assert not files(house)
    forget(house)
