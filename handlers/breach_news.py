"""How a notice of a security breach is drawn: `handlers.announcing` calls these for what is about a ticket."""

from handlers.announcing import words_of
from handlers.breach_pictures import Breach, Said, breach_of, first_told, notice_facts
from handlers.present import Present
from handlers.views import breach as views
from handlers.views.blocks import Rendered
from models import typed_text
from models.customer import Customer
from models.history import Event, all_of
from models.outbox import Outgoing
from models.told import tellings_of


def announcement(row: Outgoing, here: Present) -> Rendered | None:
    """The first notice."""
    return _drawn(row, here, 0)


def announced(row: Outgoing, here: Present) -> Rendered | None:
    """A further one, in its thread."""
    return _drawn(row, here, int(row.args["step"]))


def _drawn(row: Outgoing, here: Present, step: int) -> Rendered | None:
    session, team_id = here.session, row.team_id
    ticket = here.ticket(team_id, int(str(row.args["about"]).removeprefix("T-")))
    customer = session.get(Customer, (team_id, ticket.customer_id)) if ticket else None
    if ticket is None or customer is None:
        return None
    contract = here.agreements.of_ticket(session, ticket, customer)
    terms = breach_of(contract, ticket)
    told = all_of(session, team_id, ticket.number, Event.BREACH_TOLD)
    if terms is None or not told:
        return None
    entry = next((each for each in told if each.facts.get("step") == step), told[-1])
    text = typed_text.read(session, team_id, entry.text_id)
    told_at = first_told(tellings_of(session, team_id, ticket.name))
    facts = notice_facts(Breach(contract, terms, ticket, customer), Said(text, step, told_at), here.now)
    return views.notice(facts, words_of(row))
