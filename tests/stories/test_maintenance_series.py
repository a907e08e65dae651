"""Maintenance that repeats: planned on by itself, moved or cancelled from one occurrence on.

It is Monday 23 November 2026. Payroll is used by Acme alone, whose agreement asks nothing of maintenance.
"""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from handlers.announcing import timer_name
from handlers.maintenance_series import EXTEND
from models.maintenance import Maintenance, Stage
from models.timer import Timer
from sandbox import Message
from tests.stories.conftest import TEAM, House, oslo
from tests.stories.scenes import forget
from tests.stories.test_maintenance import events, filled, plain, planned, settled, shown, stored


def works(house: House, *stages: Stage) -> list[Maintenance]:
    """Everything that was planned, in order; of these stages where any is named."""
    with house.vakt.database.reading() as session:
        found = session.exec(
            select(Maintenance).where(Maintenance.team_id == TEAM).order_by(col(Maintenance.starts_at))
        )
        return [each for each in found if not stages or each.stage in stages]


def weekly(house: House, rule: str = "FREQ=WEEKLY") -> str:
    """Payroll, every Saturday from 20:00 to 21:00, or by another rule from the first one on; gives that one."""
    modal = filled(
        house,
        "2026-11-28 20:00",
        "2026-11-28 21:00",
        services=("Payroll",),
        kind="Planned maintenance",
        away=False,
        title="Payroll restarts",
    )
    modal.fill("Repeats", rule)
    modal.presses_enter("Repeats")
    settled(house)
    name = planned(house, modal)
    house.settles()
    forget(house)
    return name


def seen(house: House, name: str) -> Message:
    """The card of one, as Ola asks for it."""
    ola = house.person("ola")
    ola.types(f"/maintenance {name}", in_="#desk")
    shown_to_ola = ola.private_answers(in_="#desk")[-1]
    forget(house)
    return shown_to_ola


def looks_again(house: House, name: str) -> bool:
    """Whether somebody will look what the series' rule brings next."""
    with house.vakt.database.reading() as session:
        return bool(session.exec(select(Timer).where(Timer.clock_id == timer_name(name, EXTEND))).all())


def passes(house: House, day: str) -> None:
    """Time goes by, and what was said on the way is expected."""
    house.moves_to(oslo(day))
    house.settles()
    forget(house)


def test_a_series_goes_by_the_wall_in_summer_too(house: House) -> None:
    weekly(house)
    assert len(works(house)) == 24
    assert works(house)[-1].starts_at == oslo("2027-05-08 20:00")


def test_a_rule_without_an_end_is_planned_on_by_itself_and_the_log_says_so(house: House) -> None:
    first = weekly(house, "FREQ=MONTHLY;INTERVAL=3")
    planned_ahead = ["2026-11-28", "2027-02-28", "2027-05-28", "2027-08-28", "2027-11-28"]
    assert [each.starts_at for each in works(house)] == [oslo(f"{day} 20:00") for day in planned_ahead]
    passes(house, "2027-06-10 12:00")
    every = works(house)
    assert [each.starts_at for each in every[5:]] == [oslo("2028-02-28 20:00"), oslo("2028-05-28 20:00")]
    assert "extended" in events(house, first)
    assert {each.series for each in every} == {stored(house, first).number}
    assert looks_again(house, first)


def test_a_rule_that_ends_is_not_planned_beyond_its_end(house: House) -> None:
    first = weekly(house, "FREQ=MONTHLY;INTERVAL=3;COUNT=6")
    assert len(works(house)) == 5
    assert looks_again(house, first)
    passes(house, "2027-06-10 12:00")
    assert len(works(house)) == 6, "the seventh would be near enough"
    assert not looks_again(house, first)


def test_this_one_alone_is_moved_and_the_others_stay(house: House) -> None:
    weekly(house)
    second = works(house)[1]
    ola = house.person("ola")
    ola.clicks("Move…", on=seen(house, second.name))
    modal = ola.modal()
    modal.choose("Starts", oslo("2026-12-06 20:00").isoformat())
    modal.choose("Ends", oslo("2026-12-06 21:00").isoformat())
    settled(house)
    assert not modal.submit().errors
    assert stored(house, second.name).starts_at == oslo("2026-12-06 20:00")
    assert works(house)[2].starts_at == oslo("2026-12-12 20:00")
    house.settles()
    forget(house)


def test_this_and_all_later_ones_are_moved_by_as_much_and_so_is_what_the_rule_brings(house: House) -> None:
    weekly(house, "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=28,29,30")
    passes(house, "2026-11-28 12:00")
    third = works(house)[2]
    assert third.told_at is not None
    ola = house.person("ola")
    ola.clicks("Move…", on=seen(house, third.name))
    modal = ola.modal()
    modal.choose("Which of the series", "This one and all later ones")
    modal.choose("Starts", oslo("2026-12-01 22:00").isoformat())
    modal.choose("Ends", oslo("2026-12-01 23:30").isoformat())
    settled(house)
    assert "7 occurrences" in shown(modal)
    assert not modal.submit().errors
    every = works(house)
    assert every[1].starts_at == oslo("2026-11-29 20:00"), "those before it stay"
    assert every[2].starts_at == oslo("2026-12-01 22:00")
    assert every[-1].starts_at == oslo("2027-12-01 22:00")
    house.settles()
    told = [one for one in house.slack.world.heard if one.channel == house.slack.channel_id("#acme")]
    assert any("22:00" in plain(one.words) for one in told if not one.expected), "who was told hears of the new time"
    forget(house)
    passes(house, "2027-06-10 12:00")
    after = works(house)[9:]
    assert [each.starts_at for each in after] == [oslo(f"2028-05-{day} 22:00") for day in (29, 30, 31)]
    assert {each.ends_at - each.starts_at for each in after} == {timedelta(minutes=90)}


def test_this_and_all_later_ones_are_cancelled_everybody_who_was_told_hears_and_no_more_comes(house: House) -> None:
    first = weekly(house, "FREQ=MONTHLY;INTERVAL=3")
    second = works(house)[1]
    ola = house.person("ola")
    ola.clicks("Cancel…", on=seen(house, second.name))
    modal = ola.modal()
    modal.choose("Which of the series", "This one and all later ones")
    assert not modal.fill("Why", "It restarts by itself now").submit().errors
    house.settles()
    assert [each.name for each in works(house, Stage.PLANNED)] == [first]
    assert stored(house, first).rule is None
    forget(house)
    passes(house, "2027-06-10 12:00")
    assert len(works(house)) == 5


def test_one_that_was_told_says_in_its_channel_that_it_is_off_when_all_later_ones_are(house: House) -> None:
    weekly(house)
    passes(house, "2026-11-30 12:00")
    second = works(house)[1]
    assert second.told_at is not None
    ola = house.person("ola")
    ola.clicks("Cancel…", on=seen(house, second.name))
    modal = ola.modal()
    modal.choose("Which of the series", "This one and all later ones")
    assert not modal.fill("Why", "It restarts by itself now").submit().errors
    house.settles()
    said = [one.words for one in house.slack.world.heard if not one.expected]
    assert sum("It restarts by itself now" in words for words in said) >= 1
    forget(house)


def portal(house: House, start: str, end: str, rule: str = "") -> str:
    """The portal away, which Pindena allows once a quarter; approved by Per, the manager."""
    modal = filled(house, start, end)
    modal.choose("Who approves it", house.person("per"))
    if rule:
        modal.fill("Repeats", rule)
        modal.presses_enter("Repeats")
    settled(house)
    name = planned(house, modal)
    house.settles()
    forget(house)
    return name


@pytest.mark.clause("PI-05")
def test_an_occurrence_that_would_break_an_agreement_is_not_planned_and_its_planner_reads_so(house: House) -> None:
    first = portal(house, "2027-01-02 20:00", "2027-01-02 20:30", "FREQ=MONTHLY;INTERVAL=6;BYDAY=1SA")
    assert len(works(house)) == 2, "January and July; the January after is too far away"
    passes(house, "2027-03-01 12:00")
    portal(house, "2028-02-05 20:00", "2028-02-05 20:30")
    house.moves_to(oslo("2027-07-04 08:00"))
    house.settles()
    said = house.slack.expects("it would break PI-05", to=house.person("ola"))
    assert "Sat 1 Jan" in plain(said.words)
    forget(house)
    zone = oslo("2028-01-01 00:00").tzinfo
    days = [f"{each.starts_at.astimezone(zone):%Y-%m-%d}" for each in works(house)]
    assert days == ["2027-01-02", "2027-07-03", "2028-02-05", "2028-07-01"]
    assert events(house, first)[-2:] == ["skipped", "extended"]
