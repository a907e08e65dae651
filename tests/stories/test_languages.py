"""In which language somebody reads: the contract's, else their own, the channel's, Slack's, English."""

import pytest
from sqlmodel import select

from models.channel import Channel
from models.person import Person as PersonRecord
from sandbox import Person
from tests.stories.conftest import House
from tests.stories.scenes import forget, opened

HELP = {"en": "open a ticket", "nb": "åpne en sak", "sv": "öppna ett ärende"}


def _speaks(house: House, who: Person, *, language: str | None, locale: str | None = None) -> None:
    with house.vakt.database.transaction() as session:
        known = session.exec(select(PersonRecord).where(PersonRecord.slack_user == who.id)).one()
        known.language, known.locale = language, locale


def _reads(house: House, who: Person, in_: str) -> str:
    words = who.types("/ticket help", in_=in_).words
    forget(house)
    return next(language for language, said in HELP.items() if said in words)


def _channel_speaks(house: House, name: str, language: str | None) -> None:
    place = house.slack.channel(name)
    with house.vakt.database.transaction() as session:
        channel = session.get(Channel, (house.slack.team_id, place.id))
        assert channel is not None
        channel.language = language


def test_a_private_answer_follows_the_person_then_the_channel_then_slack_then_english(house: House) -> None:
    """Each is asked only when the one before says nothing; a language Vakt does not speak is English."""
    anna = house.person("anna")
    _channel_speaks(house, "#acme", "sv")
    _speaks(house, anna, language="nb", locale="en-US")
    assert _reads(house, anna, "#acme") == "nb"
    _speaks(house, anna, language=None, locale="nb-NO")
    assert _reads(house, anna, "#acme") == "sv"
    _channel_speaks(house, "#acme", None)
    assert _reads(house, anna, "#acme") == "nb"
    _speaks(house, anna, language=None, locale="nn_NO")
    assert _reads(house, anna, "#acme") == "nb"
    _speaks(house, anna, language=None, locale="fi-FI")
    assert _reads(house, anna, "#acme") == "en"
    _speaks(house, anna, language=None)
    assert _reads(house, anna, "#acme") == "en"
    house.is_quiet()


def test_channel_posts_follow_the_channel_and_windows_the_person(house: House) -> None:
    """One ticket, three readers: the desk in English, the customer in Swedish, the agent in Norwegian."""
    it = opened(house)
    assert "Owner: nobody yet" in it.card.words
    assert "Svara i tråden." in it.theirs.words
    ingrid = house.person("ingrid")
    ingrid.clicks("Reply", on=it.card)
    assert ingrid.modal().title == "Svar"
    ingrid.modal().fill("act.text", "Hei").submit()
    house.slack.expects("Ingrid Berg svarar:", in_="#acme", thread=it.theirs)
    house.slack.expects("Ingrid Berg answered the customer:", in_="#desk", thread=it.card)
    house.is_quiet()


@pytest.mark.clause("PS-05")
def test_what_the_contract_forces_is_before_the_persons_own(house: House) -> None:
    """Under Pureservice's agreement the customer reads Norwegian; the desk's people read their own."""
    nina, ola = house.person("nina"), house.person("ola")
    _speaks(house, nina, language="en")
    _channel_speaks(house, "#bykommune", "sv")
    nina.types("/ticket Utskrift", in_="#bykommune")
    assert nina.modal().title == "Åpne en sak"
    nina.modal().close()
    ola.types("/ticket Utskrift", in_="#bykommune")
    assert ola.modal().title == "Open a ticket"
    ola.modal().close()
    it = opened(house, by="nina", in_="#bykommune", kind="question", summary="Utskrift")
    assert "Svar i tråden." in it.theirs.words
    assert "Meldt av" in nina.types(f"/ticket {it.name}", in_="#bykommune").words
    assert "Asked by" in ola.types(f"/ticket {it.name}", in_="#desk").words
    forget(house)


def test_a_reminder_follows_its_reader(house: House) -> None:
    """The owner's own language, not the desk's and not the customer's."""
    it = opened(house)
    ingrid = house.person("ingrid")
    ingrid.chooses("Assign", ingrid, on=it.card)
    house.moves(days=5)
    house.slack.expects("arbeidstid igjen", to=ingrid)
    house.slack.forgets()
