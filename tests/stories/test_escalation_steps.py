"""Steps of an escalation that name no people: a Slack user group, a mailbox, a webhook; and `/page` to a group."""

import json
from datetime import datetime, timedelta

import pytest

from models.outbox import Kind, Outgoing, State
from models.page import PageState
from sandbox.workspace import UserGroup
from tests.stories.conftest import House
from tests.stories.test_paging import NIGHT, _critical, _desk, _id, _page, _page_to
from tests.stories.test_second_channels import Hook, Postbox, hook, jumps, postbox, who_was_told  # noqa: F401 - fixtures
from tests.stories.test_time import Steady, machine, steady  # noqa: F401 - fixtures


@pytest.fixture
def begins_at() -> datetime:
    return NIGHT


@pytest.fixture
def group(house: House) -> UserGroup:
    """@night: Ingrid, Ola, and a customer's contact."""
    made = UserGroup("S0NIGHT", "Night", "night", "U0PER", 0, users=["U0INGRID", "U0OLA", "U0KARI"])
    house.slack.do(lambda: house.slack.world.workspace.groups.update({made.id: made}))
    return made


def _owed(house: House, *kinds: Kind) -> list[Outgoing]:
    with house.vakt.database.reading() as session:
        rows = [session.get(Outgoing, (house.slack.team_id, row)) for row in _rows(house)]
        return [row for row in rows if row is not None and row.kind in kinds]


def _rows(house: House) -> list[str]:
    return [call["row"] for call in _page(house).calls]


@pytest.mark.clause("PS-16")
@pytest.mark.parametrize("named", ["@night", "night", "S0NIGHT"])
def test_a_user_groups_members_are_paged_together_and_the_thread_mentions_the_group(
    house: House, group: UserGroup, named: str
) -> None:
    """Who is in it when the step is reached; a customer's contact in it is not woken, and the line says how many."""
    _desk(house, steps=[{"person": "sara", "wait": 2}, {"group": named, "wait": 7}, {"role": "manager"}])
    ticket = _critical(house)
    first = _page_to(house, "sara")
    assert "@night" in first.words or "@S0NIGHT" in first.words
    group.users = ["U0INGRID", "U0PER", "U0KARI"]
    house.moves(minutes=2)
    ingrid, per = _page_to(house, "ingrid"), _page_to(house, "per")
    line = house.slack.expects("<!subteam^S0NIGHT> was paged", in_="#desk", thread=ticket.card)
    for words in ("Ingrid Berg", "Per Lind", "Sara Holm: no answer", "1 member is not paged"):
        assert words in line.words, line.words
    house.slack.expects_edit(first, "Ingrid Berg och Per Lind larmades")
    house.moves(minutes=6)
    house.is_quiet()
    assert [call["to"] for call in _page(house).calls] == [_id(house, each) for each in ("sara", "ingrid", "per")]
    house.person("ingrid").clicks("Kvitter", on=ingrid)
    house.slack.expects_edit(per, "acknowledged by Ingrid Berg")
    house.moves(minutes=5)
    house.is_quiet()


@pytest.mark.clause("PS-16")
def test_who_left_or_whom_slack_refuses_of_a_group_is_passed_over_and_then_the_next_step_is_taken(
    house: House, group: UserGroup
) -> None:
    _desk(house, steps=[{"group": "night", "wait": 9}, {"role": "manager"}])
    house.slack.changes_account(house.person("ola"), deleted=True)
    house.slack.idle()
    house.settles()
    house.slack.fault(
        "chat.postMessage", kind="user_disabled", times=1, where=lambda args: args.get("channel") == "U0INGRID"
    )
    ticket = _critical(house)
    house.slack.expects("user_disabled", in_="#desk", thread=None)
    _page_to(house, "per")
    house.slack.expects("Ingrid Berg: Slack did not take the message", in_="#desk", thread=ticket.card)
    house.slack.expects("2 members are not paged", in_="#desk", thread=ticket.card)
    assert group.id
    house.is_quiet()


FAULTS = {
    "empty": "@night: nobody is in that user group",
    "strangers": "nobody in that user group works at a desk",
    "unknown": "@night: Slack knows no such user group",
    "missing_scope": "Slack does not let Vakt read who is in it",
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_group_that_comes_to_nobody_goes_to_the_next_step_at_once_and_the_channel_says_why(
    house: House, group: UserGroup, what: str
) -> None:
    _desk(house, steps=[{"person": "sara", "wait": 2}, {"group": "@night", "wait": 9}, {"role": "manager"}])
    group.users = {"empty": [], "strangers": ["U0KARI"]}.get(what, group.users)
    group.handle = "day" if what == "unknown" else group.handle
    if what == "missing_scope":
        house.slack.fault("usergroups.list", kind=what, times=1)
    ticket = _critical(house)
    first = _page_to(house, "sara")
    house.moves(minutes=2)
    _page_to(house, "per")
    said = house.slack.expects(FAULTS[what], in_="#desk", thread=ticket.card)
    assert "Per Lind is paged instead" in said.words
    house.slack.expects("Sara Holm: no answer", in_="#desk", thread=ticket.card)
    house.slack.expects_edit(first, "Per Lind larmades")
    house.is_quiet()


def test_a_group_of_which_slack_says_nothing_for_a_minute_is_passed_over_and_its_late_answer_changes_nothing(
    house: House, group: UserGroup
) -> None:
    _desk(house, steps=[{"group": "night", "wait": 9}, {"person": "sara", "wait": 9}, {"role": "manager"}])
    fault = house.slack.fault("usergroups.list", kind="503", times=99)
    ticket = _critical(house)
    house.slack.clock.set(house.now().replace(minute=1))
    house.slack.expects("@night: Slack did not say in time who is in it", in_="#desk", thread=ticket.card)
    _page_to(house, "sara")
    house.slack.do(lambda: setattr(fault, "times", 0))
    house.moves(minutes=8)
    assert [call["to"] for call in _page(house).calls] == [_id(house, "sara")]
    assert group.id
    house.is_quiet()


def test_a_group_that_is_asked_for_is_asked_for_once_more_when_nobody_at_all_could_be_paged(
    house: House, group: UserGroup
) -> None:
    """The last resort is told, and an hour later everything is tried from the beginning."""
    _desk(house, steps=[{"group": "night"}])
    members, group.users = group.users, []
    ticket = _critical(house)
    house.slack.expects("Nobody is left to page", in_="#desk", thread=ticket.card)
    group.users = members
    house.moves(hours=1)
    _page_to(house, "ingrid")
    _page_to(house, "ola")
    house.slack.expects("<!subteam^S0NIGHT> was paged", in_="#desk", thread=ticket.card)
    house.is_quiet()


def test_a_page_that_is_answered_before_slack_tells_who_is_in_the_group_pages_nobody_of_it(
    house: House, group: UserGroup
) -> None:
    _desk(house, steps=[{"person": "sara"}, {"group": "night"}])
    _critical(house)
    first = _page_to(house, "sara")
    fault = house.slack.fault("usergroups.list", kind="503", times=99)
    house.person("sara").clicks("Eskalera nu", on=first)
    house.slack.expects_edit(first, "@night larmades")
    house.person("sara").clicks("Kvittera", on=first)
    house.slack.expects_edit(first, "kvitterat av dig")
    house.slack.do(lambda: setattr(fault, "times", 0))
    house.moves(minutes=2)
    assert _page(house).state == PageState.ACKNOWLEDGED
    assert group.id
    house.is_quiet()


def test_a_group_is_paged_by_hand_and_whoever_paged_hears_when_nobody_is_in_it(house: House, group: UserGroup) -> None:
    ola = house.person("ola")
    said = ola.types("/page @night The fire alarm rings", in_="#desk").words
    assert "Whoever is in @night is paged now" in said
    assert "Sara Holm" in said
    page = _page_to(house, "ingrid", "The fire alarm rings")
    _page_to(house, "ola", "The fire alarm rings")
    house.person("ingrid").clicks("Kvitter", on=page)
    house.slack.forgets()
    group.users = []
    ola.types("/page @night It burns", in_="#desk")
    for heard in (house.slack.expects("It burns", to=ola), house.slack.expects("It burns", in_="#desk", thread=None)):
        assert "@night: nobody is in that user group" in heard.words
        assert "Sara Holm is paged instead" in heard.words
    _page_to(house, "sara", "It burns")
    assert "Nobody is reached by" in ola.types("/page @evening It burns", in_="#desk").words
    refused = house.person("kari").types("/page @night Help", in_="#nordkonf").words
    assert "Ola Hansen" in refused, refused
    house.is_quiet()


# Mail and webhooks


def test_a_mailbox_is_a_step_that_is_waited_for_with_its_receipt(house: House, postbox: Postbox) -> None:  # noqa: F811
    _desk(house, steps=[{"mail": "drift@desk.example", "wait": 3}, {"role": "manager"}])
    ticket = _critical(house)
    letter = postbox.next()
    assert letter["To"] == "drift@desk.example"
    assert letter["Subject"].startswith("Page: T-1 · Critical")
    text = letter.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "Acknowledge the page in Slack" in text
    assert "Paged next: Per Lind" in text
    assert "<!date" not in text
    house.slack.expects("drift@desk.example was paged by e-mail", in_="#desk", thread=ticket.card)
    _desk(house, steps=[{"mail": "nobody@desk.example", "wait": 3}])
    house.moves(minutes=2)
    house.is_quiet()
    house.moves(minutes=1)
    _page_to(house, "per")
    told = who_was_told(house)
    for words in ("drift@desk.example", "e-mail", "queued", "sent", "no answer"):
        assert words in told, told
    assert postbox.letters.empty()
    assert [row.state for row in _owed(house, Kind.STEP_MAIL)] == [State.SENT]
    house.slack.forgets()


def test_a_mailbox_that_refuses_is_told_to_the_desk_and_the_next_step_is_taken_at_once(
    house: House,
    postbox: Postbox,  # noqa: F811
) -> None:
    postbox.answers = ["550 no such user"]
    _desk(house, steps=[{"mail": "drift@desk.example", "wait": 30}, {"role": "manager"}])
    _critical(house)
    house.slack.expects("A page by e-mail to drift@desk.example was refused: `550`", in_="#desk", thread=None)
    _page_to(house, "per")
    assert "refused by e-mail" in who_was_told(house)
    house.slack.forgets()


def test_a_webhook_is_a_step_that_is_repeated_under_one_id_and_dropped_once_somebody_answers(
    house: House,
    hook: Hook,  # noqa: F811
    steady: Steady,  # noqa: F811
) -> None:
    """Its address may be a secret: the thread names the host alone."""
    _desk(house, steps=[{"person": "sara", "wait": 1}, {"webhook": f"{hook.url}/s3cret", "wait": 4}])
    hook.answers = [500]
    ticket = _critical(house)
    page = _page_to(house, "sara")
    assert "127.0.0.1" in page.words
    house.slack.do(lambda: None)
    house.moves(minutes=1)
    first, second = (hook.got.get(timeout=10) for _ in range(2))
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert "webhook-signature" in second[0]
    told = json.loads(second[1])
    assert told["type"] == "page"
    assert told["subject"].startswith("Page: T-1 · Critical")
    assert "This may be a repeat" in told["text"]
    line = house.slack.expects("127.0.0.1", in_="#desk", thread=ticket.card)
    assert "was paged by webhook" in line.words
    assert "s3cret" not in line.words
    house.slack.expects_edit(page, "larmades")
    hook.answers = [500] * 99
    house.moves(minutes=4)
    house.slack.expects("Nobody is left to page", in_="#desk", thread=ticket.card)
    assert steady.slept >= 0
    house.is_quiet()


def test_an_address_hears_nothing_of_what_somebody_has_answered_meanwhile(
    house: House,
    hook: Hook,  # noqa: F811
    steady: Steady,  # noqa: F811
) -> None:
    hook.answers = [500] * 99
    _desk(house, steps=[{"person": "sara", "wait": 9}, {"webhook": hook.url, "wait": 9}])
    _critical(house)
    page = _page_to(house, "sara")
    house.person("sara").clicks("Eskalera nu", on=page)
    hook.got.get(timeout=10)
    house.person("sara").clicks("Kvittera", on=page)
    house.slack.expects_edit(page, "kvitterat av dig")
    steady.slept += 60
    house.vakt.sender.wake()
    assert house.slack.until(lambda: [row.state for row in _owed(house, Kind.STEP_WEBHOOK)] == [State.DROPPED], 10)
    house.is_quiet()


BREACH = (("Mistenker du at noen har fått tilgang til data de ikke skal se?", "Ja"),)


@pytest.mark.clause("PS-17")
def test_of_a_private_ticket_an_address_hears_the_number_alone(house: House, postbox: Postbox) -> None:  # noqa: F811
    _desk(house, steps=[{"mail": "drift@desk.example", "wait": 3}, {"role": "manager"}])
    house.opens(house.person("nina"), "Noen har lest alt", *BREACH, in_="#bykommune", card=False)
    letter = postbox.next()
    text = letter.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert letter["Subject"] == "Page: T-1"
    assert "lest alt" not in text
    assert "Bykommune" not in text
    house.slack.forgets()


@pytest.mark.clause("PI-09")
def test_acknowledging_a_page_and_working_at_night_lets_management_hear_after_four_hours_all_the_same(
    house: House,
) -> None:
    """A page that was answered is not a fault that is solved: seniors hear at once, management by the hours worked."""
    _desk(house, steps=[{"person": "sara", "wait": 9}, {"role": "manager"}])
    ticket = _critical(house)
    page = _page_to(house, "sara")
    house.person("sara").clicks("Kvittera", on=page)
    house.slack.expects_edit(page, "kvitterat av dig")
    house.person("sara").clicks("Påbörja arbetet", on=page)
    house.slack.expects_edit(page, "Arbetet är påbörjat")
    house.moves_to(NIGHT + timedelta(hours=3, minutes=59))
    house.is_quiet()
    house.moves_to(NIGHT + timedelta(hours=4))
    house.slack.expects("(management): T-1 is not yet solved", in_="#desk", thread=ticket.card)
    house.is_quiet()
