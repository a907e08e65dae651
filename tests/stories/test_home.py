"""App Home: an agent's tickets and queue, a contact's tickets and contract."""

from sqlmodel import select

from models.ticket import Ticket
from tests.stories.conftest import P2, House, oslo
from tests.stories.scenes import forget, opened


def test_an_agent_sees_what_is_hers_late_due_today_and_the_rest(house: House) -> None:
    """Each ticket once, under the part where it belongs; who is on call; *Open* leads to the ticket."""
    due, rest, mine = opened(house, *P2, summary="Due today"), opened(house, summary="Later"), opened(house)
    ola = house.person("ola")
    ola.chooses("Assign", ola, on=mine.card)
    house.settles()
    text = ola.opens_home().text
    order = [text.index(words) for words in ("My tickets", mine.name, "Late", "Due today", due.name, "The rest")]
    assert order == sorted(order)
    assert text.count(f"*{rest.name}* · ") == 1
    assert "On call now: Sara Holm" in text.replace("*", "")
    assert "Next: Ingrid Berg" in text.replace("*", "")
    house.moves_to(oslo("2026-11-23 13:45"))
    late = ola.opens_home().text
    assert late.index("Late") < late.index(due.name) < late.index("Nothing more is due today")
    ola.opens_home().click("All open tickets")
    house.settles()
    house.slack.forgets()


def test_long_lists_are_paged(house: House) -> None:
    """Forty-five tickets: every one is on exactly one page, and the last page has the rest."""
    _many(house, 45)
    ola = house.person("ola")
    home = ola.opens_home()
    seen = _numbers(home.text)
    for page in (2, 3):
        home.click("Next page")
        home.waits_for("Previous page")
        house.settles()
        seen += _numbers(home.text)
        assert len(seen) == len(set(seen)), page
    assert len(seen) == 45
    home.click("Previous page")
    house.settles()
    assert _numbers(home.text)
    anna = house.person("anna").opens_home()
    theirs = _numbers(anna.text)
    anna.click("Next page")
    house.settles()
    assert not set(theirs) & set(_numbers(anna.text))
    forget(house)


def _numbers(text: str) -> list[str]:
    return [line.split()[0].strip("*") for line in text.splitlines() if line.startswith("*T-")]


def _many(house: House, total: int) -> None:
    """One ticket as people open it, and copies of it, which would take too long that way."""
    from_people = opened(house)
    with house.vakt.database.transaction() as session:
        first = session.exec(select(Ticket).where(Ticket.number == from_people.number)).one()
        for number in range(2, total + 1):
            session.add(Ticket(**first.model_dump() | {"number": number}))


def test_a_contact_sees_its_tickets_and_its_contract_in_five_lines(house: House) -> None:
    """And opens a ticket from there; somebody unknown reads what Vakt is and whom to ask."""
    opened(house)
    anna = house.person("anna")
    home = anna.opens_home()
    assert "Tickets of Acme" in home.text
    assert "T-1" in home.text
    assert "SO-15" in home.text
    home.click("Open a ticket")
    anna.modal().waits_for("Acme · SoftOne")
    anna.modal().close()
    house.slack.add_person("guest", name="Gustav Guest")
    assert "ask an administrator of the desk" in house.person("guest").opens_home().text
    house.is_quiet()


def test_who_is_on_call_in_a_home_follows_the_rota(house: House) -> None:
    """In the week of 30 November Ingrid is first and Ola second."""
    house.moves_to(oslo("2026-11-30 09:00"))
    text = house.person("ola").opens_home().text.replace("*", "")
    assert "On call now: Ingrid Berg" in text
    house.slack.forgets()


def test_open_pages_stand_first_and_are_acknowledged_there(house: House) -> None:
    """Those that wait for the reader come first; eight at a time. Nobody's home has them when none runs."""
    ola, sara = house.person("ola"), house.person("sara")
    assert "Open pages" not in ola.opens_home().text
    for number in range(9):
        sara.types(
            f"/page {ola.mention() if number == 4 else house.person('ingrid').mention()} Disk {number} is full",
            in_="#desk",
        )
    house.settles()
    home = ola.opens_home()
    assert home.text.index("Disk 4 is full") < home.text.index("Disk 8 is full") < home.text.index("My tickets")
    assert "waits for you" in home.text.replace("*", "")
    assert "waits for Ingrid Berg" in home.text
    assert "Disk 0 is full" not in home.text
    home.click("Next page")
    home.waits_for("Disk 0 is full")
    home = ola.opens_home()
    home.click("Acknowledge")
    home.waits_for("Disk 0 is full")
    assert "Disk 4 is full" not in home.text
    house.settles()
    house.slack.forgets()
