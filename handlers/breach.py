"""A security breach: the main contact is told with what is known; a checklist that cannot stay blank. Source: PS-17.

Who is told is a person or a mail address, never a channel: whoever signed the agreement, else those who speak
for the customer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from handlers import announcing, language
from handlers.access import Act
from handlers.announcing import About, Update
from handlers.asking import carried_ticket
from handlers.audiences import Reader, spoken
from handlers.breach_pictures import (
    Breach,
    Said,
    blank_labels,
    breach_of,
    first_told,
    key_of,
    notice_facts,
    written,
)
from handlers.clicks import ticket_of_click
from handlers.desk import Body, Desk
from handlers.doing import Doing, take_up
from handlers.errors import UserError
from handlers.fields import state_of, text_in
from handlers.looking import look, show_view
from handlers.once import once
from handlers.origins import origin_of
from handlers.payloads import metadata
from handlers.scene import Scene
from handlers.views import breach as views
from handlers.views.facts import Refusal
from handlers.views.facts.breach import ChecklistFacts, NotifyFormFacts
from handlers.views.names import extra_block
from handlers.views.words import Words
from models.customer import Customer, contacts_of
from models.history import Event, all_of
from models.person import Person
from models.record import with_ids
from models.sla.contract import Contract
from models.sla.notice import BreachTerms
from models.sla.questions import say
from models.store import Session
from models.ticket import Ticket
from models.told import NoticeContact, Way, register_of, tellings_of

Answer = Mapping[str, Any] | None


def main_contact(session: Session, customer: Customer, contract: Contract) -> list[tuple[Reader, str]]:
    """Who is told of a breach, each with a name: the signatory, else everybody who speaks for the customer."""
    entries = [each for each in register_of(session, customer.team_id, [customer.id]) if each.signatory]
    ids = {entry.person_id for entry in entries if entry.person_id}
    people = {person.id: person for person in with_ids(session, Person, customer.team_id, ids)}
    found = [_by_register(entry, people, customer, contract) for entry in entries]
    if not found:
        contacts = contacts_of(session, customer.team_id, customer.id)
        found = [_directly(person, customer, contract) for person in contacts if person.left_at is None]
    return found


def _by_register(
    entry: NoticeContact, people: Mapping[str, Person], customer: Customer, contract: Contract
) -> tuple[Reader, str]:
    person = people.get(entry.person_id or "")
    if person is not None and person.left_at is None:
        return _directly(person, customer, contract)
    reads = (_language(None, customer, contract), contract.zone.key)
    reader = Reader(Way.MAIL, entry.id, entry.email or entry.name, customer.id, *reads)
    return reader, f"{entry.name or (person.name if person else '')} <{entry.email or '–'}>"


def _directly(person: Person, customer: Customer, contract: Contract) -> tuple[Reader, str]:
    reads = (_language(person, customer, contract), contract.zone.key)
    return Reader(Way.DIRECT, person.id, person.slack_user, customer.id, *reads), person.name


def _language(person: Person | None, customer: Customer, contract: Contract) -> str:
    own = person.language if person else None
    return spoken(contract.forced_language or own or customer.language or contract.language)


# Telling


def ask_notify(body: Body, desk: Desk) -> None:
    """*Notify the customer*: asks what it is to read."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer, at = look(session, desk, origin, ticket_of_click(body), Act.REPLY)
        terms = _terms(at.contract, at.ticket)
        to = _somebody(main_contact(session, at.customer, at.contract))
        facts = NotifyFormFacts(
            metadata=metadata(ticket=at.ticket.number),
            number=at.ticket.name,
            to=tuple((name, reader.way is Way.MAIL) for reader, name in to),
            known=_known(at, terms, to[0][0].language),
            first=not _told_before(session, at.ticket),
            clause=terms.clause,
        )
        view = views.notify_view(facts, language.for_person(viewer.person))
    show_view(body, view, desk)


def _terms(contract: Contract, ticket: Ticket) -> BreachTerms:
    terms = breach_of(contract, ticket)
    if terms is None:
        raise UserError(Refusal.OLD_BUTTON)
    return terms


def _somebody(found: Sequence[tuple[Reader, str]]) -> Sequence[tuple[Reader, str]]:
    if not found:
        raise UserError(Refusal.BREACH_NOBODY)
    return found


def _known(at: Scene, terms: BreachTerms, reader_language: str) -> str:
    """What the checklist says by now, in the reader's words, to be looked through before it goes out."""
    texts = written(at.session, at.ticket, terms)
    return "\n".join(f"{say(ask.label, reader_language)}: {texts[ask.id]}" for ask in terms.asks if texts[ask.id])


def _told_before(session: Session, ticket: Ticket) -> int:
    """How many notices there were."""
    return len(all_of(session, ticket.team_id, ticket.number, Event.BREACH_TOLD))


def notified(body: Body, desk: Desk) -> Answer:
    """The main contact is told: in a direct message, or by a ready mail that the desk sends."""
    text = text_in(state_of(body), "act.text", missing=Refusal.TEXT_MISSING)
    with once(desk, origin_of(body)) as work:
        doing = take_up(work, desk.agreements, carried_ticket(body), Act.REPLY)
        tell(doing, text)
        name = doing.ticket.name
    desk.log("breach_told", about=name)
    return None


def tell(doing: Doing, text: str) -> None:
    """Owe a notice to the main contact, and keep it in the register and in the ticket's history."""
    session, ticket, now = doing.work.session, doing.ticket, doing.work.now
    breach = _breach(doing)
    readers = [reader for reader, _ in _somebody(main_contact(session, breach.customer, doing.contract))]
    step = _told_before(session, ticket)
    told_at = first_told(tellings_of(session, ticket.team_id, ticket.name))
    if told_at is None and any(reader.way is Way.DIRECT for reader in readers):
        told_at = now
    said = Said(text, step, told_at)

    def text_of(words: Words) -> str:
        return views.in_plain_words(notice_facts(breach, said, now), words)

    about = About(ticket.team_id, ticket.name, ticket.desk_id)
    if step == 0:
        announcing.announce(doing.work.ledger, about, readers, text_of, now)
    else:
        announcing.tell_on(doing.work.ledger, about, Update(step, text_of), readers, now)
    facts = {"step": step, "count": len(readers), "clause": breach.terms.clause}
    doing.note(doing.happening(Event.BREACH_TOLD, text_id=doing.keep(text), facts=facts))


def _breach(doing: Doing) -> Breach:
    customer = doing.work.session.get(Customer, (doing.ticket.team_id, doing.ticket.customer_id))
    if customer is None:
        raise UserError(Refusal.UNKNOWN_TICKET, number=doing.ticket.name)
    return Breach(doing.contract, _terms(doing.contract, doing.ticket), doing.ticket, customer)


# The checklist


def ask_checklist(body: Body, desk: Desk) -> None:
    """*Checklist*: what is to be found out."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer, at = look(session, desk, origin, ticket_of_click(body), Act.REPLY)
        terms = _terms(at.contract, at.ticket)
        texts = written(session, at.ticket, terms)
        facts = ChecklistFacts(
            metadata=metadata(ticket=at.ticket.number),
            number=at.ticket.name,
            clause=terms.clause,
            asks=tuple((ask.id, ask.label, ask.hint, texts[ask.id]) for ask in terms.asks),
        )
        view = views.checklist_view(facts, language.for_person(viewer.person))
    show_view(body, view, desk)


def checked(body: Body, desk: Desk) -> Answer:
    """What was found out is kept with the ticket; blanks may stay."""
    state = state_of(body)
    with once(desk, origin_of(body)) as work:
        doing = take_up(work, desk.agreements, carried_ticket(body), Act.REPLY)
        terms = _terms(doing.contract, doing.ticket)
        before = written(work.session, doing.ticket, terms)
        after = {ask.id: text_in(state, extra_block(ask.id), limit=views.ASK_LIMIT) for ask in terms.asks}
        changed = {key: text for key, text in after.items() if text != before[key]}
        if changed:
            _write(doing, terms, changed)
    return None


def _write(doing: Doing, terms: BreachTerms, changed: Mapping[str, str]) -> None:
    asked = dict(doing.ticket.asked)
    for key, text in changed.items():
        kept = doing.keep(text)
        asked.pop(key_of(key), None)
        if kept is not None:
            asked[key_of(key)] = kept
    left = [ask for ask in terms.asks if not asked.get(key_of(ask.id))]
    facts = {"count": len(left), "clause": terms.clause}
    doing.note(doing.happening(Event.BREACH_CHECKED, facts=facts), asked=asked)


def refuse_blanks(doing: Doing) -> None:
    """A breach is not resolved while anything of the checklist is blank.

    Raises:
        UserError: something is; it names what, and the clause.
    """
    terms = breach_of(doing.contract, doing.ticket)
    blanks = blank_labels(doing.work.session, doing.ticket, terms) if terms else ()
    if terms is None or not blanks:
        return
    names = {each: ", ".join(say(label, each) for label in blanks) for each in ("en", "nb", "sv")}
    raise UserError(Refusal.BREACH_BLANK, "act.text", number=doing.ticket.name, blanks=names, clause=terms.clause)
