"""What a rota says by itself: a handover with what falls due, and gaps seven days ahead.

The demonstration's rota hands over from Sara to Ingrid on Monday 30 November at 08:00.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from bot.group_watch import HELD, GroupWatch
from handlers.views.names import Action
from models.customer import Agreement
from models.outbox import Kind, Outgoing
from models.received import Received
from models.stored_rota import StoredRota
from models.timer import look_at_rota
from sandbox import Message
from sandbox.workspace import UserGroup
from tests.stories.conftest import P2, TEAM, House, oslo
from tests.stories.scenes import forget, hears, opened, presses_old
from tests.stories.test_oncall import takes

HANDOVER = oslo("2026-11-30 08:00")


def change_rota(house: House, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Have the rota say something else, as an import does."""
    with house.vakt.database.transaction() as session:
        rota = session.exec(select(StoredRota)).one()
        rota.document = change(rota.document)
        rota.touch()
        look_at_rota(session, TEAM, rota.id)
    house.settles()


def owed(house: House, kind: Kind) -> list[Outgoing]:
    with house.vakt.database.reading() as session:
        return list(session.exec(select(Outgoing).where(Outgoing.kind == kind).order_by(Outgoing.id)))


def handed_over(house: House) -> Message:
    house.moves_to(HANDOVER)
    return house.slack.expects("hands over to", in_="#desk")


@pytest.mark.clause("PI-06")
def test_on_monday_0800_it_lists_the_clocks_that_fall_due_in_the_next_shift(house: House) -> None:
    """Outgoing and incoming are named, the incoming is mentioned; what fell due before is not listed."""
    late = opened(house, *P2, summary="Invoices will not send")
    coming = opened(house, summary="How are invoices sent")
    post = handed_over(house)
    assert "Sara Holm hands over to <@U0INGRID>" in post.words
    assert "1 ticket falls due in this shift:" in post.words
    assert f"{coming.name}* · How are invoices sent" in post.words
    assert late.name not in post.words
    forget(house)


def test_with_nothing_due_it_says_so_and_the_incoming_accepts_by_a_button(house: House) -> None:
    post = handed_over(house)
    assert "Nothing falls due in this shift." in post.words
    house.person("ingrid").clicks("I have it", on=post)
    house.settles()
    assert "Ingrid Berg has it since" in post.words
    assert "I have it" not in post.words
    assert len(owed(house, Kind.HANDOVER)) == 1
    forget(house)


def test_a_handover_is_accepted_once_and_by_who_is_on_call(house: House) -> None:
    post = handed_over(house)
    sara, ingrid = house.person("sara"), house.person("ingrid")
    sara.clicks("I have it", on=post)
    hears(house, sara, "Ingrid Berg har jour nu, och säger till.", in_="#desk")
    value = str(owed(house, Kind.HANDOVER)[0].id)
    ingrid.clicks("I have it", on=post)
    house.settles()
    forget(house)
    presses_old(house, ingrid, post, Action.HANDOVER_ACCEPT, block="x", value=value)
    hears(house, ingrid, "Ingrid Berg var først", in_="#desk")
    forget(house)


def test_a_shift_that_was_taken_is_handed_over_when_it_begins_and_when_it_ends(house: House) -> None:
    takes(house, house.person("ola"), "Fri 27 Nov 08:00")
    house.moves_to(oslo("2026-11-29 12:00"))
    house.slack.expects("Sara Holm hands over to <@U0OLA>", in_="#desk")
    house.slack.expects("Ola Hansen hands over to <@U0SARA>", in_="#desk")
    assert len(owed(house, Kind.HANDOVER)) == 2
    forget(house)


def test_a_handover_to_oneself_is_none(house: House) -> None:
    def alone(document: dict[str, Any]) -> dict[str, Any]:
        first, second = document["layers"]
        return {**document, "layers": [{**first, "people": first["people"][:1]}, second]}

    change_rota(house, alone)
    house.moves_to(oslo("2026-12-08 12:00"))
    assert not owed(house, Kind.HANDOVER)
    forget(house)


def _weekdays_only(document: dict[str, Any]) -> dict[str, Any]:
    """One layer that is not on call from Saturday 08:00 to Monday 08:00."""
    [first, _] = document["layers"]
    days = [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "24:00"}]
    days.append({"days": ["tue", "wed", "thu", "fri", "sat"], "from": "00:00", "to": "08:00"})
    return {**document, "layers": [{**first, "restrictions": days}]}


@pytest.mark.clause("PI-06", "PS-16")
def test_a_gap_that_a_contract_does_not_allow_is_warned_of_once_a_day_seven_days_ahead(house: House) -> None:
    """Per owns the rota. Nordkonf's contract pages day and night."""
    change_rota(house, _weekdays_only)
    per = house.person("per")
    first = house.slack.expects("Nobody is on call by the rota Support, day and night:", in_=per.direct())
    assert "Sat 28 Nov 08:00 CET" in first.words
    assert "paged day and night (PI-06)" in first.words
    house.moves_to(oslo("2026-11-23 20:00"))
    assert len(owed(house, Kind.GAPS)) == 1
    house.moves_to(oslo("2026-11-25 08:59"))
    assert len(owed(house, Kind.GAPS)) == 2
    house.moves_to(oslo("2026-11-25 09:00"))
    assert [row.conversation for row in owed(house, Kind.GAPS)] == ["U0PER"] * 3
    forget(house)


def test_a_gap_far_ahead_is_warned_of_when_it_is_seven_days_away(house: House) -> None:
    def ends(document: dict[str, Any]) -> dict[str, Any]:
        temporary = {
            "name": "holiday",
            "replaces": "primary",
            "from": "2026-12-21T08:00:00",
            "until": "2026-12-28T08:00:00",
            "people": [document["layers"][0]["people"][0]],
            "restrictions": [{"days": ["mon"], "from": "08:00", "to": "12:00"}],
        }
        return {**document, "layers": document["layers"][:1], "temporary": [temporary]}

    change_rota(house, ends)
    house.moves_to(oslo("2026-12-13 23:00"))
    assert not owed(house, Kind.GAPS)
    house.moves_to(oslo("2026-12-14 10:00"))
    assert len(owed(house, Kind.GAPS)) == 1
    forget(house)


def test_a_gap_is_nothing_to_say_where_no_contract_pages_day_and_night(house: House) -> None:
    """Without its one customer under such a contract the desk may close."""
    with house.vakt.database.transaction() as session:
        session.exec(select(Agreement).where(Agreement.contract == "pindena")).one().contract = "softone"
    change_rota(house, _weekdays_only)
    house.moves_to(oslo("2026-11-26 12:00"))
    assert not owed(house, Kind.GAPS)
    forget(house)


def test_a_gap_is_told_to_the_desk_when_the_owner_has_left(house: House) -> None:
    house.slack.changes_account(house.person("per"), deleted=True)
    house.slack.idle()
    change_rota(house, _weekdays_only)
    house.slack.expects("Nobody is on call by the rota", in_="#desk")
    forget(house)


@pytest.fixture
def group(house: House) -> UserGroup:
    """The Slack user group that the rota names; Per is in it."""
    made = UserGroup("S0ONCALL", "On call", "oncall", "U0PER", 0, users=["U0PER"])
    house.slack.do(lambda: house.slack.world.workspace.groups.update({made.id: made}))
    change_rota(house, lambda document: {**document, "user_group": made.id})
    return made


def test_the_user_group_follows_who_is_on_call_and_is_told_only_when_that_changes(
    house: House, group: UserGroup
) -> None:
    assert house.vakt.groups.look() == 1
    assert set(group.users) == {"U0SARA", "U0INGRID"}
    assert house.vakt.groups.look() == 0
    takes(house, house.person("ola"), "Fri 27 Nov 08:00")
    house.moves_to(oslo("2026-11-27 08:00"))
    assert house.vakt.groups.look() == 1
    assert set(group.users) == {"U0OLA", "U0INGRID"}
    forget(house)


def test_the_user_group_is_never_emptied(house: House, group: UserGroup) -> None:
    change_rota(house, _weekdays_only)
    house.moves_to(oslo("2026-11-28 12:00"))
    assert house.vakt.groups.look() == 0
    assert group.users == ["U0PER"]
    forget(house)


def test_a_refused_user_group_is_said_once_to_the_desk_and_asked_again_at_the_next_handover(
    house: House, group: UserGroup
) -> None:
    house.slack.fault("usergroups.users.update", kind="plan_upgrade_required", times=2)
    assert house.vakt.groups.look() == house.vakt.groups.look() == 0
    house.settles()
    house.slack.expects("does not let the user group of Support, day and night follow who is on call", in_="#desk")
    house.moves_to(oslo("2026-11-30 08:01"))
    assert house.vakt.groups.look() == 0
    house.moves_to(oslo("2026-12-07 08:01"))
    assert house.vakt.groups.look() == 1
    assert len(owed(house, Kind.GROUP_REFUSED)) == 1
    forget(house)


def _replica(house: House) -> GroupWatch:
    """Another process on the same database."""
    mine = house.vakt.groups
    return GroupWatch(mine.database, mine.gateway, mine.team_id, mine.clocks)


def test_of_several_replicas_one_tells_slack_of_the_user_group(house: House, group: UserGroup) -> None:
    asked = house.slack.fault("usergroups.users.update", kind="503", times=0)
    assert _replica(house).look() == 1
    assert house.vakt.groups.look() == 0
    assert set(group.users) == {"U0SARA", "U0INGRID"}
    house.slack.do(lambda: setattr(asked, "times", 1))
    takes(house, house.person("ola"), "Fri 27 Nov 08:00")
    house.moves_to(oslo("2026-11-27 08:00"))
    assert _replica(house).look() == 0
    assert house.vakt.groups.look() == 1
    assert set(group.users) == {"U0OLA", "U0INGRID"}
    assert _replica(house).look() == 0
    forget(house)


def test_another_replica_tells_what_one_died_over(house: House, group: UserGroup) -> None:
    """It held the row and never told; a while later the row is free again."""
    assert house.vakt.groups.look() == 1
    with house.vakt.database.transaction() as session:
        [row] = [each for each in session.exec(select(Received)) if each.key.startswith("group:")]
        row.answer = {**(row.answer or {}), "done": False}
    assert _replica(house).look() == 0
    with house.vakt.database.transaction() as session:
        [row] = [each for each in session.exec(select(Received)) if each.key.startswith("group:")]
        row.stored_at -= HELD
    group.users = ["U0PER"]
    assert _replica(house).look() == 1
    assert set(group.users) == {"U0SARA", "U0INGRID"}
    forget(house)
