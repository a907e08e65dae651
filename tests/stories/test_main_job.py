"""The main job: from the command to the kept promise."""

from tests.stories.conftest import House


def test_a_contact_opens_a_ticket_and_the_desk_starts_work(house: House) -> None:
    """The command, the questions, class and deadline before it counts, the number, the card."""
    anna, ola = house.person("anna"), house.person("ola")
    anna.types("/ticket Invoices will not send", in_="#acme")
    modal = anna.modal()
    print(modal.text)
    print([b for b in modal.blocks])
