"""Tickets that nobody types: opened by an alert or a missing beat, ended and reopened by the same."""

import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from handlers import acts, language, paging, promises
from handlers.access import Viewer
from handlers.agreements import ASK_AGAIN, Agreements, NoAgreementError
from handlers.bearings import quarter_of
from handlers.doing import Doing, replan
from handlers.drafts import Draft
from handlers.once import Work
from handlers.owed import Ledger, Opening
from handlers.registering import Places, register
from handlers.setting import Setting, planned_for
from handlers.views.words import Words
from models.channel import channels_of
from models.clock import clocks_of
from models.customer import Customer, customer_by_key
from models.desk import Desk
from models.escalation import Why
from models.history import Event, Happening
from models.outbox import Priority
from models.person import Person
from models.record import Fresh
from models.sla.contract import Contract, KindOption, TicketKind
from models.sla.ladder import RungKind, ladder
from models.sla.plan import Planned
from models.sla.questions import Outcome, Walk
from models.store import Session
from models.ticket import Status, Ticket, take_number, ticket_by_number

Tell = Callable[[Words], tuple[str, str]]
"""Gives summary and details, in the desk's words."""


class UnusableError(Exception):
    """No ticket can be opened as is wanted: the customer or its contract is another by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The ticket to be opened; what is None is the contract's own choice."""

    customer: str
    tell: Tell
    severity: str | None = None
    kind: str | None = None
    item: str | None = None
    page: bool = False
    tell_customer: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What customers and contracts came to, by what was wanted."""

    found: dict[tuple[str | None, ...], tuple[Setting, Places, Desk]] = field(default_factory=dict)


POURING = 10
"""Tickets that alerts open in a second beyond which they pour in: pages go first then, and cards a moment later."""

CARDS_WAIT = timedelta(seconds=5)
"""Machine time for which such cards wait."""


class Pouring:
    """Whether alerts pour in. Only one transaction at a time asks."""

    def __init__(self) -> None:
        """None has come yet."""
        self._opened: deque[float] = deque(maxlen=POURING)

    def cards_wait(self, tick: float) -> timedelta:
        """Another ticket is opened, at that second of the machine's: how long its cards wait."""
        pours = len(self._opened) == POURING and tick - self._opened[0] < 1
        self._opened.append(tick)
        return CARDS_WAIT if pours else timedelta(0)


class Remembered:
    """What is known from one transaction to the next: as long as the roster stands and contracts are remembered."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._held: tuple[Hashable, float, Known] = (None, 0.0, Known())
        self.pouring = Pouring()

    def under(self, team_id: str, roster: int | None, now: datetime) -> Known:
        """What is known under that number of the roster; nobody may raise it before the transaction ends."""
        key, tick = (team_id, roster, quarter_of(now)), time.monotonic()
        held, since, known = self._held
        if held != key or tick - since > ASK_AGAIN:
            known = Known()
            self._held = (key, tick, known)
        return known


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """What acts by itself: on whose account (`models.person.sender_id`), when, and where it is stored.

    `known` keeps what customers and contracts came to. With `batch` several are stored together: `finish` does so.
    """

    session: Session
    agreements: Agreements
    team_id: str
    sender: str
    now: datetime
    machine_now: datetime
    known: Known = field(default_factory=Known)
    pouring: Pouring = field(default_factory=Pouring)
    batch: "Batch | None" = None

    @property
    def work(self) -> Work:
        """The same, as acts of people have it. Nobody of that name is stored."""
        sender = Person(team_id=self.team_id, id=self.sender, slack_user="", name="")
        return Work(self.session, Viewer(self.team_id, sender), self.now, self.machine_now)

    @property
    def ledger(self) -> Ledger:
        """For what is owed after it."""
        return Ledger(self.session, self.machine_now, self.batch.changed if self.batch else None)

    def happening(self, event: Event, **facts: object) -> Happening:
        """The event, now."""
        return Happening(event=event, at=self.now, actor_id=self.sender, facts=facts)

    def ticket(self, number: int | None) -> Ticket | None:
        """A ticket, locked against other writers. What a batch has opened so far is stored first, to be found."""
        if not number:
            return None
        if self.batch is not None:
            self.batch.fresh.store(self.session)
        return ticket_by_number(self.session, self.team_id, number, lock=True)

    def finish(self) -> None:
        """Store what a batch has gathered, and refresh the cards of what it changed."""
        if self.batch is not None:
            self.batch.fresh.store(self.session)
            self.ledger.refresh()


@dataclass(frozen=True, slots=True)
class Batch:
    """What several alerts leave to be stored together: new rows, and the tickets whose cards show something else."""

    fresh: Fresh = field(default_factory=Fresh)
    changed: set[tuple[str, int]] = field(default_factory=set)


def open_for(at: Automatic, wanted: Wanted) -> Ticket:
    """Open a ticket; its clocks run from now, which is when it was accepted.

    Raises:
        UnusableError: nothing was stored.
    """
    with at.session.no_autoflush:  # nothing is read here that is written here
        fresh = at.batch.fresh if at.batch else Fresh()
        ticket = _opened(at, fresh, wanted)
    if at.batch is None:
        fresh.store(at.session)
    return ticket


def _opened(at: Automatic, fresh: Fresh, wanted: Wanted) -> Ticket:
    """Make the rows of the ticket and, where it is wanted, of the page that begins with it."""
    setting, places, desk = _found(at, wanted)
    summary, details = wanted.tell(language.for_desk_channel(setting.contract, desk))
    planned = planned_for(setting, wanted.item)
    starts = promises.starts_of(setting.contract, str(setting.severity), planned)
    draft = Draft(summary=summary, details=details, item=wanted.item)
    number = take_number(at.session, at.team_id).number
    made = register(fresh, at.work, draft, setting, starts, places, number=number)
    if wanted.page and not _pages_by_itself(at, setting, planned):
        ledger = Ledger(at.session, at.machine_now, fresh=fresh, opening=Opening(made.card, made.line))
        paging.page_afresh(ledger, made.ticket, desk, at.happening(Event.PAGED))
    if made.card.priority > Priority.PAGE:
        made.card.ready_at += at.pouring.cards_wait(time.monotonic())
    return made.ticket


def _pages_by_itself(at: Automatic, setting: Setting, planned: Sequence[Planned]) -> bool:
    """Whether its class has somebody paged at once anyhow."""
    rungs = (rung for each in planned for rung in ladder(setting.contract, each, severity=str(setting.severity)))
    return any(rung.kind is RungKind.PAGE and rung.say_at <= at.now for rung in rungs)


def page(at: Automatic, ticket: Ticket) -> None:
    """Page the desk, whatever the class asks for by itself."""
    paging.page_next(at.ledger, ticket, at.happening(Event.PAGED))


def _found(at: Automatic, wanted: Wanted) -> tuple[Setting, Places, Desk]:
    key = (wanted.customer, wanted.severity, wanted.kind, wanted.item, str(wanted.tell_customer))
    found = at.known.found.get(key)
    if found is None:
        found = at.known.found[key] = _made(at, wanted)
    setting, places, desk = found
    return replace(setting, reported_at=at.now), places, desk


def _made(at: Automatic, wanted: Wanted) -> tuple[Setting, Places, Desk]:
    customer = customer_by_key(at.session, at.team_id, wanted.customer)
    channels = channels_of(at.session, at.team_id, customer.desk_id, customer.id) if customer else None
    desk = at.session.get(Desk, (at.team_id, customer.desk_id)) if customer else None
    if customer is None or channels is None or desk is None:
        raise UnusableError(f"there is no customer {wanted.customer}")
    try:
        force = at.agreements.in_force(at.session, customer, at.now)
    except NoAgreementError as error:
        raise UnusableError(str(error)) from error
    contract = force.contract
    option, severity = option_of(contract, wanted.kind), severity_of(contract, wanted.severity)
    if option is None or severity is None or not _has_item(contract, wanted.item):
        raise UnusableError(f"{contract.id} has no {wanted.kind}, {wanted.severity} or {wanted.item}")
    setting = Setting(
        customer=customer,
        force=force,
        option=option,
        intake=contract.slack_is,
        reported_at=at.now,
        walked=Walk((), None, Outcome(severity, None)),
        on_behalf=False,
    )
    return setting, Places(channels[0], channels[1] if wanted.tell_customer else None), desk


def option_of(contract: Contract, wanted: str | None) -> KindOption | None:
    """The contract's word for the kind of ticket: the one wanted, else its first for a fault, else its first."""
    if wanted is not None:
        return next((each for each in contract.kinds if each.id == wanted), None)
    return next((each for each in contract.kinds if each.kind is TicketKind.FAULT), contract.kinds[0])


def severity_of(contract: Contract, wanted: str | None) -> str | None:
    """The id of the class that is wanted, the contract's own choice without one; None when it has no such class."""
    asked = (wanted or contract.default_severity).casefold()
    return next((each.id for each in contract.severities if each.id.casefold() == asked), None)


def _has_item(contract: Contract, item: str | None) -> bool:
    return item is None or item in {each.id for each in contract.items}


def _doing(at: Automatic, ticket: Ticket) -> Doing:
    customer = at.session.get(Customer, (ticket.team_id, ticket.customer_id))
    if customer is None:
        message = f"{ticket.name} belongs to a customer that is not stored"
        raise LookupError(message)
    return Doing(at.work, ticket, at.agreements.of_ticket(at.session, ticket, customer))


def words_of(at: Automatic, ticket: Ticket) -> Words:
    """The words of the ticket's desk."""
    return language.for_desk(at.session, _doing(at, ticket).contract, ticket.team_id, ticket.desk_id)


def settle(at: Automatic, ticket: Ticket, outcome: str) -> None:
    """It is over by itself. Where nobody had begun, promises that were not late yet are not judged.

    Source: docs/rules.md, 3: nothing automatic counts as work.
    """
    doing = _doing(at, ticket)
    if ticket.work_started_at is not None:
        acts.resolve(doing, outcome, call_back=False)
        return
    acts.end_paging(doing, Why.RESOLVED)
    if ticket.waiting:
        promises.end_wait(at.session, ticket, at.now)
        at.session.flush()
        replan(doing)
    _withdraw(doing)
    text_id = doing.keep(outcome)
    doing.note(
        doing.happening(Event.RESOLVED, text_id=text_id, facts={"call_back": False}),
        to_customer=True,
        status=Status.RESOLVED,
        outcome_id=text_id,
        resolved_at=at.now,
        waiting=None,
        waiting_since=None,
    )
    replan(doing)


def _withdraw(doing: Doing) -> None:
    """Take the counting clocks back; what is late by now is noted first, and stays so."""
    now = doing.work.now
    for clock in clocks_of(doing.work.session, doing.ticket.team_id, doing.ticket.number):
        if clock.counting and clock.due_at is not None and clock.due_at < now and clock.late_at is None:
            clock.late_at = clock.due_at
            doing.note(Happening(event=Event.LATE, at=clock.due_at, facts={"clock": clock.id, "clause": clock.clause}))
    promises.withdraw_clocks(doing.work.session, doing.ticket)


def reopen(at: Automatic, ticket: Ticket, reason: str) -> None:
    """It has begun again: the same ticket goes on."""
    acts.reopen(_doing(at, ticket), reason)
