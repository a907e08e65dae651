"""`/ticket` with a list, a ticket, its account or help: private answers, in the reader's words."""

from sqlmodel import select

from models.ticket import Ticket
from tests.stories.conftest import P2, House, oslo
from tests.stories.scenes import forget, hears, opened


def test_help_says_what_can_be_typed(house: House) -> None:
    """The desk's people are told of the card, the customer's are not."""
    ola, anna = house.person("ola"), house.person("anna")
    for_desk, for_contact = ola.types("/ticket help", in_="#desk"), anna.types("/ticket help", in_="#acme")
    for answer in (for_desk, for_contact):
        assert "/ticket why T-12" in answer.words
    assert "count as a reply" in for_desk.words
    assert "count as a reply" not in for_contact.words
    forget(house)


def test_lists_show_what_is_open_mine_and_late_soon(house: House) -> None:
    """Most urgent first; what is mine is what I own, or what I asked for; only I see it."""
    urgent, plain = opened(house, *P2, summary="Invoices will not send"), opened(house)
    ola, ingrid = house.person("ola"), house.person("ingrid")
    ola.chooses("Assign", ola, on=plain.card)
    house.settles()
    answer = ola.types("/ticket list", in_="#desk")
    assert answer.words.index("T-1") < answer.words.index("T-2")
    assert "Open tickets: 2" in answer.words
    mine = ola.types("/ticket list mine", in_="#desk").words
    assert "T-2" in mine
    assert "T-1" not in mine
    assert "My tickets: 2" in house.person("anna").types("/ticket list mine", in_="#acme").words
    house.moves_to(oslo("2026-11-23 13:30"))
    late_soon = ola.types("/ticket LIST Breaching", in_="#desk").words
    assert urgent.name in late_soon
    assert plain.name not in late_soon
    assert not ingrid.private_answers(in_="#desk")
    forget(house)


def test_a_list_turns_its_pages_and_changes_in_place(house: House) -> None:
    """Twenty tickets are more than one page; the next page and the other list come privately."""
    ola = house.person("ola")
    _many(house, 17)
    ola.types("/ticket list", in_="#desk")
    shown = house.slack.expects_private("Open tickets: 18, page 1 of 2", to=ola, in_="#desk")
    ola.clicks("Next page", on=shown)
    second = hears(house, ola, "page 2 of 2", in_="#desk")
    assert "T-18" in second.words
    ola.chooses("list.choose", "My tickets", on=second)
    hears(house, ola, "No tickets are yours now.", in_="#desk")
    ola.clicks("Open", on=shown)
    assert "T-1" in ola.modal().waits_for("Asked by:").text
    forget(house)


def _many(house: House, more: int) -> None:
    """One ticket as people open it, and copies of it, which would take too long that way."""
    from_people = opened(house)
    with house.vakt.database.transaction() as session:
        first = session.exec(select(Ticket).where(Ticket.number == from_people.number)).one()
        for number in range(2, more + 2):
            session.add(Ticket(**first.model_dump() | {"number": number}))


def test_one_ticket_in_full_and_its_account(house: House) -> None:
    """However the number is typed; the customer does not read the desk's own doings."""
    it = opened(house, *P2)
    ola, anna = house.person("ola"), house.person("anna")
    ola.clicks("To level 3", on=it.card)
    ola.modal().fill("act.reason", "A secret of ours").submit()
    house.settles()
    inside = ola.types("/ticket t-1", in_="#desk").words
    outside = anna.types("/ticket T1", in_="#acme").words
    assert "A secret of ours" in inside
    assert "A secret of ours" not in outside
    assert "Opened by Anna Svensson" in outside
    account = anna.types("/ticket why T-1", in_="#acme").words
    assert "SO-15" in account
    assert "4 h → due" in account
    house.slack.forgets()


def test_a_number_that_is_not_there_says_so(house: House) -> None:
    """The same words as for one that may not be seen."""
    ola = house.person("ola")
    assert "There is no T-99 among the tickets you may see" in ola.types("/ticket T-99", in_="#desk").text
    assert "There is no T-99 among the tickets you may see" in ola.types("/ticket why T-99", in_="#desk").text
    forget(house)
