"""The main job: from the command to the kept promise."""

from tests.stories.conftest import House, oslo


def test_a_contact_opens_a_ticket_and_the_desk_starts_work(house: House) -> None:
    """The command, the questions, class and deadline before it counts, the number, the card."""
    anna, ola = house.person("anna"), house.person("ola")
    anna.types("/ticket Invoices will not send", in_="#acme")
    modal = anna.modal()
    modal.choose("Does GO start, with all its essential parts available?", "Yes")
    modal.waits_for("Your business is")
    print(modal.text)
    modal.choose("Your business is", "considerably harder")
    modal.waits_for("another way")
    print(modal.text)
    modal.choose("Is there another way to get it done for now?", "No")
    modal.waits_for("13:40")
    print(modal.text)
    modal.fill("More", "Since 09:40, error 500")
    print(modal.submit())
    print(anna.modal().text)
    card = house.card("T-1")
    print("----card"); print(card.words)
    theirs = house.card("T-1", in_="#acme")
    print("----customer"); print(theirs.words)
    for r in card.replies: print("   line:", r.words)
    ola.clicks("Start work", on=card)
    house.settles()
    print("----card"); print(card.words)
    for r in card.replies: print("   line:", r.words)
    ola.clicks("Why?", on=card)
    print(ola.modal().text)
    house.moves_to(oslo("2026-11-24 12:00"))
    print("----card"); print(card.words)
    for r in card.replies: print("   line:", r.words)


def test_breach(house: House) -> None:
    anna, ola = house.person("anna"), house.person("ola")
    n = house.opens(anna, "Invoices", ("Does GO start, with all its essential parts available?", "Yes"), ("Your business is", "considerably harder"), ("Is there another way to get it done for now?", "No"))
    print(n)
    card = house.card(n)
    ola.chooses("Assign", ola, on=card)
    house.moves_to(oslo("2026-11-23 14:30"))
    print("----card"); print(card.words)
    for r in card.replies: print("   line:", r.words, "\n")
    print("---DM")
    for m in ola.opens_messages().messages: print(m.words, "\n")
    theirs = house.card(n, in_="#acme")
    print(theirs.words)
    for r in theirs.replies: print("   line:", r.words, "\n")
