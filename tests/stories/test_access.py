"""Who sees and does what: one customer never sees another's, whichever way it is asked for (PS-23)."""

import pytest
from sqlmodel import select

from models.customer import Customer
from models.desk import Desk, DeskRole
from models.history import Event
from models.person import Person as PersonRecord
from sandbox import Person
from tests.stories.conftest import House
from tests.stories.scenes import events, forget, hears, opened, option, presses_old, stored, times

SECRET = "The salaries of the board are wrong"
NO_SUCH = "T-1"


def _belongs_to_another(house: House) -> str:
    """A ticket of Nordkonf's, whose summary nobody else may read."""
    return opened(house, by="kari", in_="#nordkonf", kind="question", summary=SECRET).name


@pytest.mark.clause("PS-23")
def test_no_command_shows_anothers_ticket(house: House) -> None:
    """List, ticket and account answer as if there were none."""
    name = _belongs_to_another(house)
    anna = house.person("anna")
    for typed in ("list", "list open", "list mine", "list breaching", name, f"why {name}"):
        answer = anna.types(f"/ticket {typed}", in_="#acme")
        assert SECRET not in answer.words
        assert "Nordkonf" not in answer.words
    assert "There is no T-1 among the tickets you may see" in anna.types(f"/ticket {name}", in_="#acme").words
    assert SECRET in house.person("kari").types("/ticket list", in_="#nordkonf").words
    forget(house)


@pytest.mark.clause("PS-23")
def test_no_home_shows_anothers_ticket(house: House) -> None:
    """Nor its paging buttons, nor a list chosen from there."""
    _belongs_to_another(house)
    anna = house.person("anna")
    home = anna.opens_home()
    assert SECRET not in home.text
    assert "Acme" in home.text
    assert SECRET in house.person("kari").opens_home().text
    forget(house)


@pytest.mark.clause("PS-23")
def test_no_forged_press_shows_or_changes_anothers_ticket(house: House) -> None:
    """A button, a menu, a paging button or an old modal that names another's ticket."""
    name = _belongs_to_another(house)
    anna = house.person("anna")
    theirs = opened(house).theirs
    before = events(house, name)
    for action in ("show", "why", "start", "reply", "reopen", "confirm", "workaround_works", "resolve", "accept"):
        presses_old(house, anna, theirs, f"ticket.{action}", block=f"customer:{name}", value=name)
        _is_told_of_none(house, anna)
    for action in ("details.page", "why.page"):
        presses_old(house, anna, theirs, action, block="x", value=f"{name}:0")
        _is_told_of_none(house, anna)
    for chosen in ("details", "why", "resolve", "reopen"):
        presses_old(house, anna, theirs, "ticket.more", block="x", selected_option=option(f"{chosen}:{name}"))
        _is_told_of_none(house, anna)
    presses_old(house, anna, theirs, "list.page", block="x", value="open:0")
    assert SECRET not in hears(house, anna, "Open tickets", in_="#acme").words
    assert events(house, name) == before
    house.is_quiet()


def _is_told_of_none(house: House, who: Person) -> None:
    hears(house, who, "There is no T-1 among the tickets you may see", in_="#acme")
    assert not who.has_modal()
    forget(house)


def test_a_press_whose_value_nobody_made_is_answered_as_an_old_button(house: House) -> None:
    """No number, no page, no such list, no such choice: told privately, nothing breaks."""
    anna, theirs = house.person("anna"), opened(house).theirs
    forged = [
        ("details.page", "T-1:many"),
        ("why.page", "nonsense"),
        ("list.page", "everything:0"),
        ("list.page", "open:-3"),
        ("home.page", "x"),
        ("ticket.show", ""),
        ("ticket.gone", "T-1"),
    ]
    for action, value in forged:
        presses_old(house, anna, theirs, action, block="x", value=value)
        house.settles()
        for answer in anna.private_answers(in_="#acme"):
            assert "Something broke" not in answer.words, (action, value, answer.words)
        forget(house)
    presses_old(house, anna, theirs, "ticket.more", block="x", selected_option=option("explode:T-1"))
    hears(house, anna, "earlier version", in_="#acme")
    presses_old(house, anna, theirs, "ticket.gone", block="x", value="T-1")
    hears(house, anna, "earlier version", in_="#acme")
    house.is_quiet()


def test_a_modal_submitted_after_the_right_was_lost_changes_nothing(house: House) -> None:
    """Asked again on every submission, not only when the window was opened."""
    it = opened(house)
    ola = house.person("ola")
    ola.clicks("Reply", on=it.card)
    ola.modal().fill("Answer to the customer", "Hello")
    with house.vakt.database.transaction() as session:
        person = session.exec(select(PersonRecord).where(PersonRecord.slack_user == ola.id)).one()
        for role in session.exec(select(DeskRole).where(DeskRole.person_id == person.id)):
            session.delete(role)
    ola.modal().submit()
    assert "There is no T-1 among the tickets you may see" in ola.modal().text
    assert times(house, it.name, Event.REPLIED) == 0
    assert it.theirs.replies == []
    house.is_quiet()


def test_a_manager_looks_but_does_not_act(house: House) -> None:
    """Everything is shown; every button says whose it is."""
    it = opened(house)
    per = house.person("per")
    assert it.name in per.types("/ticket list", in_="#desk").words
    per.clicks("Why?", on=it.card)
    per.modal().waits_for("SO-15")
    per.modal().close()
    before = events(house, it.name)
    for button in ("Start work", "Reply", "Severity…", "Resolve"):
        forget(house)
        per.clicks(button, on=it.card)
        answer = hears(house, per, "This needs the role agent", in_="#desk")
        assert "Ola Hansen" in answer.words
    forget(house)
    per.chooses("Assign", house.person("ola"), on=it.card)
    hears(house, per, "This needs the role agent", in_="#desk")
    assert events(house, it.name) == before
    assert not per.has_modal()
    house.is_quiet()


@pytest.mark.clause("PS-23")
def test_another_desks_people_see_and_change_nothing(house: House) -> None:
    """Being an agent somewhere is being nobody here; each desk lists its own."""
    house.slack.add_person("tor", name="Tor Aas", locale="en-US")
    tor = house.person("tor")
    channel = house.slack.channel("#desk")
    house.slack.do(lambda: house.slack.world.workspace.conversations[channel.id].members.append(tor.id))
    _another_desk(house, tor)
    it = opened(house)
    before = events(house, it.name)
    assert "There is no T-1 among the tickets you may see" in tor.types("/ticket T-1", in_="#desk").words
    assert "Open tickets: 0" in tor.types("/ticket list", in_="#desk").words
    assert "How are invoices sent" not in tor.opens_home().text
    tor.clicks("Start work", on=it.card)
    hears(house, tor, "There is no T-1", in_="#desk")
    forget(house)
    house.person("ola").chooses("Assign", tor, on=it.card)
    hears(house, house.person("ola"), "Tor Aas is not an agent of this desk", in_="#desk")
    assert events(house, it.name) == before
    assert stored(house, it.name).owner_id is None
    house.is_quiet()


def _another_desk(house: House, agent: Person) -> None:
    team = house.slack.team_id
    with house.vakt.database.transaction() as session:
        person = PersonRecord(team_id=team, slack_user=agent.id, name=agent.name)
        desk = Desk(team_id=team, key="other", name="The other desk", channel_id="C0ELSEWHERE")
        session.add(person)
        session.add(desk)
        session.flush()
        session.add(DeskRole(team_id=team, desk_id=desk.id, person_id=person.id, role="agent"))
        session.add(Customer(team_id=team, key="far", name="Far", desk_id=desk.id))
