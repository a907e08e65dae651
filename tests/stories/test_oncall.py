"""`/oncall`: who is on call and who is next, the week, and changing it from there.

The demonstration's rota hands over on Mondays at 08:00. In the week of 23 November Sara is first and Ingrid second;
then it is Ingrid and Ola.
"""

import re
from time import monotonic

import pytest
from sqlmodel import select

from handlers.rotas import people_on_call
from handlers.views.names import Action, shift_token
from models.outbox import Kind, Outgoing
from models.person import Person as StoredPerson
from models.stored_rota import ChangeState, RotaChange, StoredRota, rota_by_key
from sandbox import Message, Person
from sandbox.screens import Modal
from sandbox.workspace import Json
from tests.stories.conftest import TEAM, House, oslo
from tests.stories.scenes import forget, hears, presses_old


def on_call(house: House, at: str) -> list[str]:
    """The handles of who is on call at an instant in Oslo."""
    with house.vakt.database.reading() as session:
        return [person.handle for person in people_on_call(session, TEAM, "support", oslo(at))]


def id_of(house: House, handle: str) -> str:
    with house.vakt.database.reading() as session:
        return session.exec(select(StoredPerson.id).where(StoredPerson.handle == handle)).one()


def changes(house: House) -> list[RotaChange]:
    with house.vakt.database.reading() as session:
        return list(session.exec(select(RotaChange).order_by(RotaChange.id)))


def token(house: House, handle: str, since: str, until: str, layer: str = "primary") -> str:
    """A shift as a button names it."""
    return shift_token("support", layer, id_of(house, handle), oslo(since), oslo(until))


def week(house: House, who: Person, in_: str = "#desk") -> Message:
    """The week, as somebody has just asked for it."""
    forget(house)
    assert who.types("/oncall week", in_=in_).error is None
    return who.private_answers(in_=in_)[-1]


def takes(house: House, who: Person, day: str) -> None:
    """Press *Take* on a day's first row, and once more in the window."""
    shown = week(house, who)
    assert who.does(lambda blocks: _button_of(blocks, day), on=shown) is None
    who.modal().waits_for("Take it?")
    assert not who.modal().submit().errors
    who.modal().waits_for("is on call for")
    who.modal().close()


def _button_of(blocks: list[Json], day: str) -> Json:
    """The press of *Take* on the first row of a day."""
    row = next(each for each in blocks if f"|{day}" in str(each).partition(" to ")[0] and "Primary" in str(each))
    element = row["accessory"]
    return {"action_id": element["action_id"], "block_id": row["block_id"], "value": element["value"]}


def offered(modal: Modal, field: str) -> list[str]:
    """What a menu of a window offers, in its order."""
    element = next(each["element"] for each in modal.blocks if each["block_id"] == field)
    return [each["text"]["text"] for each in element["options"]]


def read(said: str) -> str:
    """Words with their times as a screen that cannot draw them shows them, and without formatting."""
    return re.sub(r"<!date\^\d+\^[^|]*\|([^>]*)>", r"\1", said).replace("*", "")


def asks(house: House, who: str, text: str) -> str:
    """The private answer to a command."""
    return read(house.person(who).types(text, in_="#desk").words)


def test_it_shows_who_is_on_call_until_when_and_who_is_next(house: House) -> None:
    said = asks(house, "ola", "/oncall")
    assert "Support, day and night" in said
    assert re.search(r"Primary: Sara Holm until Mon 30 Nov 08:00 CET · then Ingrid Berg from Mon 30 Nov 08:00", said)
    assert "Secondary: Ingrid Berg until" in said
    forget(house)


def test_times_are_in_each_readers_own_zone_and_words_in_their_language(house: House) -> None:
    with house.vakt.database.transaction() as session:
        session.exec(select(StoredPerson).where(StoredPerson.handle == "ola")).one().zone = "America/New_York"
    assert "until Mon 30 Nov 02:00 EST" in asks(house, "ola", "/oncall")
    assert "Sara Holm till mån 30 nov. 08:00 CET" in asks(house, "sara", "/oncall")
    forget(house)


def test_next_shows_the_next_shifts_and_ones_own(house: House) -> None:
    said = asks(house, "ola", "/oncall next")
    assert "Primary: Ingrid Berg, Mon 30 Nov 08:00 CET to Mon 7 Dec 08:00 CET" in said
    assert "Your next shift: Secondary, Mon 30 Nov 08:00 CET to Mon 7 Dec 08:00 CET" in said
    forget(house)


def test_the_week_holds_every_day_and_turns_its_pages(house: House) -> None:
    ola = house.person("ola")
    shown = week(house, ola)
    assert "Mon 23 Nov 08:00 CET to Tue 24 Nov 08:00 CET" in read(shown.words)
    assert "Sun 29 Nov 08:00 CET to Mon 30 Nov 08:00 CET" in read(shown.words)
    ola.clicks("Next page", on=shown)
    second = hears(house, ola, "Previous page", in_="#desk")
    assert "Mon 30 Nov 08:00 CET to" in read(second.words)
    forget(house)


def test_the_button_week_answers_privately(house: House) -> None:
    ola = house.person("ola")
    ola.types("/oncall", in_="#desk")
    ola.clicks("Week", on=house.slack.expects_private("then", to=ola, in_="#desk"))
    hears(house, ola, "on call in the next seven days", in_="#desk")
    assert not house.person("ingrid").private_answers(in_="#desk")
    forget(house)


def test_customers_are_told_no_and_where_to_write(house: House) -> None:
    for what in ("", " week", " next", " take", " swap", " override"):
        said = house.person("anna").types(f"/oncall{what}", in_="#acme").words
        assert "Who is on call is shown to the desk and to those who are named in a rota." in said
    assert not house.person("anna").has_modal()
    forget(house)


def test_a_rota_is_named_after_the_command_and_one_that_is_not_there_is_refused(house: House) -> None:
    ola = house.person("ola")
    assert "on call in the next seven days" in ola.types("/oncall week support", in_="#desk").words
    assert "There is no rota drift. There is support." in ola.types("/oncall week drift", in_="#desk").words
    assert "There is no rota nonsense" in ola.types("/oncall nonsense", in_="#desk").words
    assert "/oncall override" in ola.types("/oncall help", in_="#desk").words
    forget(house)


def test_ola_takes_saras_friday_with_two_clicks_and_both_are_told(house: House) -> None:
    ola, sara = house.person("ola"), house.person("sara")
    takes(house, ola, "Fri 27 Nov 08:00")
    house.slack.expects("You are on call for Support, day and night (Primary)", in_=ola.direct())
    house.slack.expects("Ola Hansen har tagit", in_=sara.direct())
    assert on_call(house, "2026-11-27 07:59") == ["sara", "ingrid"]
    assert on_call(house, "2026-11-27 08:00") == ["ola", "ingrid"]
    assert on_call(house, "2026-11-28 08:00") == ["sara", "ingrid"]
    forget(house)
    assert "changed" in week(house, ola).words
    forget(house)


def test_take_offers_what_others_have_and_takes_what_is_chosen(house: House) -> None:
    ola = house.person("ola")
    assert ola.types("/oncall take", in_="#desk").error is None
    modal = ola.modal()
    modal.waits_for("Which shift")
    house.settles()
    wanted = token(house, "sara", "2026-11-24 08:00", "2026-11-25 08:00")
    labelled = next(
        each for each in offered(modal, "oncall.shift") if "Tue 08:00 to Wed 08:00" in each and "Sara" in each
    )
    modal.choose("oncall.shift", labelled)
    assert not modal.submit().errors
    assert wanted
    ola.modal().waits_for("Instead of Sara Holm")
    ola.modal().close()
    assert on_call(house, "2026-11-24 12:00") == ["ola", "ingrid"]
    _everybody_is_told(house, 2)


def _everybody_is_told(house: House, count: int) -> None:
    """So many people have a message about a changed shift; nobody has two."""
    house.settles()
    with house.vakt.database.reading() as session:
        told = session.exec(select(Outgoing.conversation).where(Outgoing.kind == Kind.SHIFT_CHANGED)).all()
    assert len(told) == len(set(told)) == count
    forget(house)


def test_what_is_left_of_a_shift_that_has_begun_is_taken_from_now_on(house: House) -> None:
    house.moves_to(oslo("2026-11-23 12:30"))
    takes(house, house.person("ola"), "Mon 23 Nov 08:00")
    [change] = changes(house)
    assert change.since == oslo("2026-11-23 12:30")
    assert on_call(house, "2026-11-23 12:29") == ["sara", "ingrid"]
    assert on_call(house, "2026-11-23 12:30") == ["ola", "ingrid"]
    _everybody_is_told(house, 2)


def test_a_shift_is_taken_once_and_refused_when_it_is_over_ones_own_or_given_away(house: House) -> None:
    ola, ingrid = house.person("ola"), house.person("ingrid")
    shown, theirs = week(house, ola), week(house, ingrid)
    friday = token(house, "sara", "2026-11-27 08:00", "2026-11-28 08:00")
    presses_old(house, ola, shown, Action.ON_CALL_TAKE, block="x", value=friday)
    window = ola.modal()
    presses_old(house, ingrid, theirs, Action.ON_CALL_TAKE, block="x", value=friday)
    other = ingrid.modal()
    window.submit()
    assert "er ikke Sara Holm sin lenger" in str(other.submit().errors) + ingrid.modal().text
    assert len(changes(house)) == 1
    for modal in (ola.modal(), ingrid.modal()):
        modal.close()
    forget(house)
    presses_old(house, ingrid, theirs, Action.ON_CALL_TAKE, block="x", value=friday)
    hears(house, ingrid, "er ikke Sara Holm sin lenger", in_="#desk")
    house.moves_to(oslo("2026-11-28 09:00"))
    forget(house)
    presses_old(house, ingrid, theirs, Action.ON_CALL_TAKE, block="x", value=friday)
    hears(house, ingrid, "Den vakten", in_="#desk")
    forget(house)


def _override(house: House, who: Person, whom: str, since: str, until: str, layer: str | None = None) -> str:
    """Put somebody on call by the window; gives what the window says then."""
    assert who.types("/oncall override", in_="#desk").error is None
    modal = who.modal()
    modal.choose("oncall.person", whom)
    modal.choose("oncall.from", oslo(since).isoformat()).choose("oncall.until", oslo(until).isoformat())
    if layer is not None:
        modal.choose("oncall.layer", layer)
    errors = modal.submit().errors
    said = who.modal().text
    who.modal().close()
    return str(errors) if errors else said


def test_an_override_puts_somebody_on_call_and_says_what_it_lies_over(house: House) -> None:
    ola = house.person("ola")
    said = _override(house, ola, "Ingrid Berg", "2026-11-25 12:00", "2026-11-25 20:00")
    assert "Instead of Sara Holm, who is told." in said
    assert "lies over" not in said
    said = _override(house, ola, "Ola Hansen", "2026-11-25 16:00", "2026-11-26 08:00")
    assert "It lies over what was changed before: Ingrid Berg" in said
    assert on_call(house, "2026-11-25 13:00") == ["ingrid"]
    assert on_call(house, "2026-11-25 17:00") == ["ola", "ingrid"]
    house.settles()
    house.slack.expects("Ola Hansen satte deg", in_=house.person("ingrid").direct())
    forget(house)


def test_an_override_may_be_of_every_layer(house: House) -> None:
    _override(house, house.person("ola"), "Ola Hansen", "2026-11-25 12:00", "2026-11-25 20:00", "Every layer")
    assert on_call(house, "2026-11-25 13:00") == ["ola"]
    _everybody_is_told(house, 3)


def test_an_override_is_taken_back_and_those_concerned_are_told(house: House) -> None:
    """Whoever would be on call without it is again. Of one that has begun what has passed stays as it was."""
    ola = house.person("ola")
    _override(house, ola, "Ingrid Berg", "2026-11-25 12:00", "2026-11-25 20:00")
    assert on_call(house, "2026-11-25 13:00") == ["ingrid"]
    forget(house)
    _take_back(ola, "On call again: Sara Holm")
    assert on_call(house, "2026-11-25 13:00") == ["sara", "ingrid"]
    house.slack.expects("tok det tilbake", in_=house.person("ingrid").direct())
    house.slack.expects("tog tillbaka en ändring", in_=house.person("sara").direct())
    _override(house, ola, "Ola Hansen", "2026-11-25 12:00", "2026-11-25 20:00", "Every layer")
    forget(house)
    house.moves_to(oslo("2026-11-25 14:00"))
    forget(house)
    _take_back(ola, "Ola Hansen")
    assert on_call(house, "2026-11-25 13:00") == ["ola"]
    assert on_call(house, "2026-11-25 15:00") == ["sara", "ingrid"]
    ola.types("/oncall override", in_="#desk")
    assert "Overrides so far" not in ola.modal().text
    ola.modal().close()
    house.settles()
    forget(house)


def _take_back(who: Person, words: str) -> None:
    who.types("/oncall override", in_="#desk")
    who.modal().waits_for("Overrides so far")
    who.modal().click("Take back")
    who.modal().waits_for(words)
    who.modal().waits_for("any more")
    who.modal().close()


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2026-11-25 12:00", "2026-11-25 12:00", "which is not after its beginning"),
        ("2026-11-22 12:00", "2026-11-22 20:00", "has passed; nobody can be put on call for what is over"),
        ("2026-11-25 12:00", "2028-01-01 12:00", "is more than a year ahead"),
    ],
)
def test_an_override_that_makes_no_sense_is_refused_at_its_field(
    house: House, since: str, until: str, words: str
) -> None:
    assert words in _override(house, house.person("ola"), "Ola Hansen", since, until)
    assert not changes(house)


def test_who_left_slack_is_refused_by_name(house: House) -> None:
    """Ingrid was deactivated after the window was opened."""
    ola = house.person("ola")
    ola.types("/oncall override", in_="#desk")
    modal = ola.modal()
    modal.choose("oncall.person", "Ingrid Berg")
    modal.choose("oncall.from", oslo("2026-11-25 12:00").isoformat())
    modal.choose("oncall.until", oslo("2026-11-25 20:00").isoformat())
    house.slack.changes_account(house.person("ingrid"), deleted=True)
    house.slack.idle()
    modal.submit()
    assert "Ingrid Berg is no full member of this Slack workspace" in ola.modal().text
    ola.modal().close()
    assert not changes(house)


@pytest.mark.parametrize("facts", [{"deleted": True}, {"is_restricted": True}, {"is_ultra_restricted": True}])
def test_who_is_deactivated_or_made_a_guest_is_passed_over_until_they_are_back(
    house: House, facts: dict[str, bool]
) -> None:
    """Slack says so at once; nobody else's turns move."""
    house.slack.changes_account(house.person("sara"), **facts)
    house.slack.idle()
    assert on_call(house, "2026-11-24 12:00") == ["ingrid"]
    assert on_call(house, "2026-12-01 12:00") == ["ingrid", "ola"]
    house.slack.changes_account(house.person("sara"), **dict.fromkeys(facts, False))
    house.slack.idle()
    assert on_call(house, "2026-11-24 12:00") == ["sara", "ingrid"]


def test_somebody_of_another_workspace_is_passed_over_also_when_slack_never_said_so(house: House) -> None:
    """Whoever is named in a rota is looked up each day; what cannot be asked changes nothing."""
    sara = house.person("sara")
    house.slack.changes_account(sara, tells=False, is_stranger=True)
    assert house.vakt.members.look() == 1
    assert on_call(house, "2026-11-24 12:00") == ["ingrid"]
    assert house.vakt.members.look() == 0


def test_whoever_is_looked_up_while_slack_asks_to_wait_is_looked_up_after_that(house: House) -> None:
    """A rota may name more people than may be looked up in a minute: the last of them count as well."""
    for name in ("ola", "sara", "ingrid"):
        house.slack.changes_account(house.person(name), tells=False, is_stranger=True)
    fault = house.slack.fault("users.info", kind="ratelimited", times=2, retry_after=1)
    begun = monotonic()
    assert house.vakt.members.look() == 3
    assert len(fault.happened) == 2
    assert monotonic() - begun >= 2
    house.slack.fault("users.info", kind="ratelimited", times=9, retry_after=1)
    house.slack.changes_account(house.person("sara"), tells=False, is_stranger=False)
    house.vakt.members.stop()
    assert house.vakt.members.look() == 0
    house.slack.do(house.slack.world.faults.waiting.clear)


def test_a_change_of_anothers_account_is_nothing_to_us(house: House) -> None:
    stranger = house.slack.add_person("tor", name="Tor Moe")
    house.slack.changes_account(stranger, deleted=True)
    house.slack.changes_account(house.person("sara"), title="Head of operations")
    house.slack.idle()
    assert on_call(house, "2026-11-24 12:00") == ["sara", "ingrid"]


def _asks_swap(house: House, who: Person, mine: str, theirs: str) -> None:
    assert who.types("/oncall swap", in_="#desk").error is None
    modal = who.modal()
    modal.waits_for("The other shift")
    for field, wanted in (("oncall.my_shift", mine), ("oncall.shift", theirs)):
        modal.choose(field, next(each for each in offered(modal, field) if wanted in each))
    assert not modal.submit().errors
    who.modal().waits_for("is asked in a direct message")
    who.modal().close()
    house.settles()


def _asked(house: House) -> Message:
    """Ola asked Ingrid to swap his secondary week for her primary one of 7 December... as Ingrid sees it."""
    _asks_swap(house, house.person("ola"), "Mon 7 Dec 08:00", "Ingrid")
    return house.slack.expects("ber Ingrid Berg", in_=house.person("ingrid").direct())


def test_a_swap_is_accepted_by_a_button_and_the_one_who_asked_is_told(house: House) -> None:
    question = _asked(house)
    ingrid = house.person("ingrid")
    [change] = changes(house)
    assert change.state == ChangeState.ASKED
    ingrid.clicks("Godta", on=question)
    house.settles()
    [change] = changes(house)
    assert change.state == ChangeState.HOLDS
    assert "Godta" not in question.words
    house.slack.expects("accepted", in_=house.person("ola").direct())
    forget(house)


def test_a_swap_is_declined_and_nothing_changes(house: House) -> None:
    question = _asked(house)
    before = on_call(house, "2026-12-01 12:00")
    house.person("ingrid").clicks("Avslå", on=question)
    house.settles()
    assert on_call(house, "2026-12-01 12:00") == before
    house.slack.expects("declined", in_=house.person("ola").direct())
    forget(house)


def test_a_swap_is_refused_when_it_is_accepted_twice_by_another_or_after_the_shift(house: House) -> None:
    question = _asked(house)
    ola, ingrid = house.person("ola"), house.person("ingrid")
    [change] = changes(house)
    shown = week(house, ola)
    forget(house)
    presses_old(house, ola, shown, Action.SWAP_ACCEPT, block="x", value=change.id)
    hears(house, ola, "This swap is Ingrid Berg's to answer.", in_="#desk")
    house.moves_to(oslo("2027-01-25 09:00"))
    forget(house)
    ingrid.clicks("Godta", on=question)
    house.slack.expects_private("Den vakten var over", to=ingrid, in_=ingrid.direct())
    assert [each.state for each in changes(house)] == [ChangeState.ASKED]
    forget(house)


def test_a_second_acceptance_is_told_who_was_first(house: House) -> None:
    question = _asked(house)
    ingrid = house.person("ingrid")
    [change] = changes(house)
    ingrid.clicks("Godta", on=question)
    house.settles()
    forget(house)
    presses_old(house, ingrid, question, Action.SWAP_ACCEPT, block="x", value=change.id)
    house.slack.expects_private("Ingrid Berg var først", to=ingrid, in_=ingrid.direct())
    assert len(changes(house)) == 1
    forget(house)


def test_a_swap_of_a_shift_that_was_given_away_meanwhile_is_refused(house: House) -> None:
    question = _asked(house)
    ingrid = house.person("ingrid")
    _override(house, house.person("ola"), "Sara Holm", "2026-12-01 08:00", "2026-12-02 08:00", "Secondary")
    house.settles()
    forget(house)
    ingrid.clicks("Godta", on=question)
    house.slack.expects_private("er ikke Ola Hansen sin lenger", to=ingrid, in_=ingrid.direct())
    assert [each.state for each in changes(house)] == [ChangeState.ASKED, ChangeState.HOLDS]
    forget(house)


def test_one_whose_shift_is_changed_by_nobody_of_the_rota_is_safe(house: House) -> None:
    """Nina speaks for a customer: her press on a desk's button changes nothing."""
    nina = house.person("nina")
    with house.vakt.database.reading() as session:
        before = session.exec(select(StoredRota)).one().revision
    assert "Hvem som har vakt" in nina.types("/oncall override", in_="#bykommune").words
    with house.vakt.database.reading() as session:
        rota = rota_by_key(session, TEAM, "support")
        assert rota is not None
        assert rota.revision == before
    forget(house)
