"""Opening a ticket: from the command, a shortcut or a message, through the view, to the number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from handlers import language, pictures, promises
from handlers.access import Viewer, viewer_of
from handlers.agreements import Agreements, NoAgreementError
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.forms import (
    Draft,
    Origin,
    checked,
    draft_of,
    origin_of,
    summary_typed,
)
from handlers.once import Work, once
from handlers.owed import note, owe_cards
from handlers.views import facts as told
from handlers.views import opening as views
from handlers.views.blocks import ViewDict
from handlers.views.facts import Refusal
from handlers.views.names import Field, question_block
from handlers.views.typed import as_typed
from handlers.views.words import Words
from models import typed_text
from models.channel import Channel, channel_by_id, channel_of_customer
from models.contract_version import CalendarVersion, ContractVersion
from models.customer import Customer, customers_at
from models.desk import Desk as DeskRecord
from models.desk import people_with_role
from models.history import Event, Happening
from models.person import Person, person_by_slack_id
from models.sla.contract import Contract, KindOption, Place, Role, TicketKind
from models.sla.plan import Facts, Planned, notes_for, plan, promises_for
from models.sla.questions import Walk, walk
from models.store import Session
from models.ticket import Ticket, next_number

PRIVATE = "private"
"""The flag of an outcome that must not be spoken of in a channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What an opening view is about, once the customer is known."""

    customer: Customer
    contract: Contract
    version: ContractVersion
    calendars: CalendarVersion
    option: KindOption
    intake: str
    reported_at: datetime
    walked: Walk
    on_behalf: bool

    @property
    def severity(self) -> str | None:
        """The class proposed, None while questions are open."""
        return self.walked.outcome.severity if self.walked.outcome else None

    @property
    def kind(self) -> TicketKind:
        """Which general kind the contract's own word stands for."""
        return self.option.kind

    @property
    def scope(self) -> str:
        """Names the tree in block ids."""
        return f"{self.contract.id}-{self.kind}"

    @property
    def flags(self) -> frozenset[str]:
        """What the answers establish beside the class."""
        return self.walked.outcome.flags if self.walked.outcome else frozenset()


# Doors


def from_command(origin: Origin, text: str, desk: Desk) -> None:
    """`/ticket` or `/ticket <summary>`: open the view."""
    _show(origin, Draft(channel=origin.channel, summary=summary_typed(text)), desk)


def from_shortcut(body: Body, desk: Desk) -> None:
    """The global shortcut: no channel, so the customer is asked where it is not plain."""
    _show(origin_of(body), Draft(), desk)


def from_message(body: Body, desk: Desk) -> None:
    """The message shortcut: the ticket counts from that message."""
    origin, message = origin_of(body), body["message"]
    text = as_typed(str(message.get("text") or ""))
    sent_at = datetime.fromtimestamp(float(message["ts"]), UTC)
    draft = Draft(
        channel=origin.channel,
        summary=summary_typed(str(message.get("text") or "")),
        details=text if len(" ".join(text.split())) > len(summary_typed(text)) else "",
        source={"channel": origin.channel or "", "ts": str(message["ts"])},
        reported_at=min(sent_at, desk.now()),
        author=str(message.get("user") or "") or None,
    )
    _show(origin, draft, desk)


def _show(origin: Origin, draft: Draft, desk: Desk) -> None:
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        view = opening_view(session, viewer, draft, desk)
    if not viewer.person.name:
        desk.aside.get_to_know(origin.team_id, origin.slack_user)
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def on_changed(body: Body, desk: Desk) -> None:
    """Something was chosen in the view: show what follows from it. No typed text is touched."""
    origin, draft = origin_of(body), draft_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        view = opening_view(session, viewer, draft, desk)
    seen = (body.get("view") or {}).get("hash")
    desk.aside.update_view(origin.team_id, draft.view_id or "", view, seen)


def submitted(body: Body, desk: Desk) -> Mapping[str, Any]:
    """*Open* was pressed: store the ticket, and answer with its number."""
    origin = origin_of(body)
    draft = checked(draft_of(body), body, desk.now())
    with once(desk, origin) as work:
        setting = _demand_setting(work, draft, desk)
        ticket = open_ticket(work, draft, setting)
        view = _opened(work, ticket, setting, desk)
        work.answer = {"response_action": "update", "view": view}
    if not work.viewer.person.name:
        desk.aside.get_to_know(origin.team_id, origin.slack_user)
    answer: Mapping[str, Any] = work.answer
    return answer


def _demand_setting(work: Work, draft: Draft, desk: Desk) -> Setting:
    setting = setting_of(work.session, work.viewer, draft, desk.agreements, work.now)
    if setting is None:
        raise UserError(Refusal.CUSTOMER_MISSING, Field.CUSTOMER)
    if draft.kind is None:
        raise UserError(Refusal.KIND_MISSING, Field.KIND)
    if setting.walked.next is not None:
        block = question_block(setting.scope, setting.walked.next.id)
        raise UserError(Refusal.ANSWER_MISSING, block)
    return setting


# What the view is about


def customers_for(session: Session, viewer: Viewer, draft: Draft) -> list[Customer]:
    """The customers a ticket may be opened for from here: one in a customer's channel.

    Raises:
        UserError: there is none.
    """
    channel = channel_by_id(session, viewer.team_id, draft.channel) if draft.channel else None
    if channel is not None and channel.customer_id is not None:
        return [_of_channel(session, viewer, channel, channel.customer_id)]
    if viewer.is_desk:
        found = customers_at(session, viewer.team_id, sorted(viewer.roles))
    else:
        mine = [session.get(Customer, (viewer.team_id, key)) for key in sorted(viewer.customers)]
        found = [customer for customer in mine if customer is not None]
    if not found:
        raise UserError(Refusal.NO_CUSTOMER_HERE if draft.channel else Refusal.STRANGER)
    return found


def _of_channel(session: Session, viewer: Viewer, channel: Channel, customer_id: str) -> Customer:
    customer = session.get(Customer, (channel.team_id, customer_id))
    elsewhere = bool(viewer.customers) and customer_id not in viewer.customers
    if customer is None or elsewhere:
        raise UserError(Refusal.STRANGER)
    return customer


def setting_of(
    session: Session, viewer: Viewer, draft: Draft, agreements: Agreements, now: datetime
) -> Setting | None:
    """What the view is about; None while the customer is not chosen.

    Raises:
        UserError: no ticket can be opened from here.
    """
    customers = customers_for(session, viewer, draft)
    chosen = [customer for customer in customers if customer.id == draft.customer]
    if not chosen and len(customers) > 1:
        return None
    customer = chosen[0] if chosen else customers[0]
    try:
        contract, version, calendars = agreements.in_force(session, customer, now)
    except NoAgreementError as error:
        raise UserError(Refusal.NO_CUSTOMER_HERE) from error
    on_behalf = customer.desk_id in viewer.roles
    option = _option(contract, draft.kind)
    return Setting(
        customer=customer,
        contract=contract,
        version=version,
        calendars=calendars,
        option=option,
        intake=_intake(contract, draft, on_behalf=on_behalf),
        reported_at=draft.received_at or draft.reported_at or now,
        walked=_walked(contract, option.kind, draft.answers),
        on_behalf=on_behalf,
    )


def _intake(contract: Contract, draft: Draft, *, on_behalf: bool) -> str:
    if on_behalf and draft.intake in contract.intakes:
        return str(draft.intake)
    return contract.slack_message_is if draft.source else contract.slack_is


def _option(contract: Contract, chosen: str | None) -> KindOption:
    """The kind that was chosen, else the first; another contract's word counts as not chosen."""
    return next((each for each in contract.kinds if each.id == chosen), contract.kinds[0])


def _walked(contract: Contract, kind: TicketKind, answers: Mapping[str, str]) -> Walk:
    tree = contract.questions.get(kind) or contract.questions[TicketKind.FAULT]
    return walk(tree, answers)


# The view


def opening_view(session: Session, viewer: Viewer, draft: Draft, desk: Desk) -> ViewDict:
    """The view for a draft, with the questions answered so far and the next one."""
    customers = customers_for(session, viewer, draft)
    now = desk.now()
    setting = setting_of(session, viewer, draft, desk.agreements, now)
    words = reader_of(session, viewer, draft.channel, setting)
    facts = _open_facts(draft, customers, setting, now, words)
    return views.open_view(facts, words)


def reader_of(session: Session, viewer: Viewer, channel_id: str | None, setting: Setting | None) -> Words:
    """The words for whoever opens. The contract's own language is the customer's. Source: PS-05."""
    channel = channel_by_id(session, viewer.team_id, channel_id) if channel_id else None
    forced = setting.contract.forced_language if setting and not setting.on_behalf else None
    return language.for_person(
        viewer.person,
        channel_language=channel.language if channel else None,
        forced=forced,
        zone=setting.contract.zone if setting else None,
    )


def _open_facts(
    draft: Draft,
    customers: list[Customer],
    setting: Setting | None,
    now: datetime,
    words: Words,
) -> told.OpenFacts:
    several = tuple(told.CustomerFact(c.id, c.name, "") for c in customers)
    choice = several if len(several) > 1 else ()
    if setting is None:
        return told.OpenFacts(
            metadata=draft.carried,
            now=now,
            customers=choice,
            summary=draft.summary,
            details=draft.details,
        )
    contract, customer = setting.contract, setting.customer
    return told.OpenFacts(
        metadata=draft.carried,
        now=now,
        scope=setting.scope,
        customer=told.CustomerFact(customer.id, customer.name, contract.vendor),
        customers=choice,
        on_behalf=setting.on_behalf,
        intakes=_intakes(contract),
        intake=setting.intake,
        received_at=setting.reported_at if setting.on_behalf else None,
        kind=setting.option.id,
        kinds=tuple(told.ChoiceFact(each.id, each.name) for each in contract.kinds),
        items=_items(contract, setting.kind),
        item=draft.item,
        summary=draft.summary,
        details=draft.details,
        extras=_extras(contract, setting.kind),
        questions=_questions(setting.walked, draft.answers),
        outcome=outcome_of(setting, draft.item, now),
        notes=_notes(setting, draft.item, words, Place.MODAL),
    )


def _intakes(contract: Contract) -> tuple[told.ChoiceFact, ...]:
    return tuple(
        told.ChoiceFact(intake, contract.intake_details[intake].name)
        for intake in contract.intakes
        if intake in contract.intake_details
    )


def _items(contract: Contract, kind: TicketKind) -> tuple[told.ChoiceFact, ...]:
    if kind is not TicketKind.REQUEST:
        return ()
    return tuple(told.ChoiceFact(item.id, item.name) for item in contract.items)


def _extras(contract: Contract, kind: TicketKind) -> tuple[told.ExtraFact, ...]:
    return tuple(
        told.ExtraFact(ask.id, ask.label, ask.lines > 1, ask.hint)
        for ask in contract.asks
        if not ask.kinds or kind in ask.kinds
    )


def _questions(walked: Walk, answers: Mapping[str, str]) -> tuple[told.QuestionFact, ...]:
    return tuple(
        told.QuestionFact(
            question.id,
            question.text,
            tuple(told.ChoiceFact(answer.id, answer.text) for answer in question.answers),
            answers.get(question.id) if question in walked.asked else None,
            question.hint,
        )
        for question in walked.shown
    )


def _facts(setting: Setting, severity: str, item: str | None) -> Facts:
    return Facts(kind=setting.kind, severity=severity, intake=setting.intake, item=item)


def _planned(setting: Setting, severity: str, item: str | None) -> list[Planned]:
    return [
        plan(
            setting.contract,
            promise,
            reported_at=setting.reported_at,
            region=setting.customer.region,
        )
        for promise in promises_for(setting.contract, _facts(setting, severity, item))
    ]


def outcome_of(setting: Setting, item: str | None, now: datetime) -> told.OutcomeFact | None:
    """What would be opened now; None while questions are open."""
    if setting.severity is None:
        return None
    severity = setting.contract.severity(setting.severity)
    planned = _planned(setting, severity.id, item)
    basis = told.Basis.ANSWERS if setting.walked.given else told.Basis.DEFAULT
    return told.OutcomeFact(
        severity=pictures.severity_fact(severity),
        basis=basis,
        clocks=tuple(pictures.promised(setting.contract, each, now) for each in planned if each.due),
        best_effort=pictures.is_best_effort(setting.contract, setting.intake),
        target_release=severity.target_release is not None,
    )


def _notes(setting: Setting, item: str | None, words: Words, place: Place) -> tuple[str, ...]:
    if setting.severity is None:
        return ()
    notes = notes_for(
        setting.contract,
        place,
        _facts(setting, setting.severity, item),
        reported_at=setting.reported_at,
        region=setting.customer.region,
    )
    return tuple(f"{words.pick(each.text)} ({each.clause})" for each in notes)


# The ticket


def open_ticket(work: Work, draft: Draft, setting: Setting) -> Ticket:
    """Store the ticket with its texts, clocks, timers, history and what is owed."""
    session, viewer = work.session, work.viewer
    severity = setting.contract.severity(setting.severity or setting.contract.default_severity)
    number = next_number(session, viewer.team_id)
    requester = _requester(work, draft, setting)
    ticket = Ticket(
        team_id=viewer.team_id,
        number=number,
        desk_id=setting.customer.desk_id,
        customer_id=setting.customer.id,
        contract=setting.contract.id,
        contract_version_id=setting.version.id,
        calendar_version_id=setting.calendars.id,
        region=setting.customer.region,
        kind=setting.kind,
        option=setting.option.id,
        item=draft.item,
        intake=setting.intake,
        severity=severity.id,
        proposed_severity=severity.id,
        rank=severity.rank,
        level=setting.contract.levels.enters if setting.contract.levels else 2,
        reported_at=setting.reported_at,
        opened_at=work.now,
        opened_by=viewer.person.id,
        requester_id=requester.id,
        summary_id=typed_text.keep(session, viewer.team_id, requester.id, draft.summary),
        details_id=typed_text.keep(session, viewer.team_id, requester.id, draft.details),
        answers={each.question.id: each.answer.id for each in setting.walked.given},
        asked={
            ask: str(typed_text.keep(session, viewer.team_id, requester.id, text)) for ask, text in draft.extras.items()
        },
        development_case=f"DEV-{number}" if severity.development_case else None,
        source_channel=draft.source["channel"] if draft.source else None,
        source_ts=draft.source["ts"] if draft.source else None,
    )
    session.add(ticket)
    owe_cards(work.ledger, ticket, *_places(session, ticket, setting, requester))
    promises.start_clocks(session, ticket, setting.contract, setting.reported_at)
    _write_down(work, ticket, draft, requester)
    return ticket


def _places(session: Session, ticket: Ticket, setting: Setting, requester: Person) -> tuple[str, str | None]:
    """Where the desk's and the customer's cards stand.

    What is private never stands in a channel: the desk's card goes to its first senior directly,
    the customer's to whoever asked. Source: PS-17.
    """
    if PRIVATE in setting.flags:
        seniors = people_with_role(session, ticket.team_id, ticket.desk_id, Role.SENIOR)
        told_first = seniors[0] if seniors else requester
        return told_first.slack_user, requester.slack_user
    record = session.get(DeskRecord, (ticket.team_id, ticket.desk_id))
    if record is None:
        raise UserError(Refusal.NO_CUSTOMER_HERE)
    channel = channel_of_customer(session, ticket.team_id, ticket.customer_id)
    return record.channel_id, channel.id if channel else None


def _requester(work: Work, draft: Draft, setting: Setting) -> Person:
    """Who asked: the message's author, else whoever opens."""
    if not setting.on_behalf or draft.author is None or draft.author == work.viewer.person.slack_user:
        return work.viewer.person
    known = person_by_slack_id(work.session, work.viewer.team_id, draft.author)
    if known is None:
        known = Person(team_id=work.viewer.team_id, slack_user=draft.author, name="")
        work.session.add(known)
    return known


def _write_down(work: Work, ticket: Ticket, draft: Draft, requester: Person) -> None:
    facts: dict[str, Any] = {"intake": ticket.intake, "proposed": ticket.proposed_severity}
    if requester.id != work.viewer.person.id:
        facts["to"] = requester.id
    if draft.received_at is not None:
        facts["received_at"] = draft.received_at.isoformat()
    text_id = None
    if draft.ordered_by:
        text_id = typed_text.keep(work.session, ticket.team_id, work.viewer.person.id, draft.ordered_by)
    happening = Happening(
        event=Event.OPENED,
        at=work.now,
        actor_id=work.viewer.person.id,
        text_id=text_id,
        channel=draft.channel,
        facts=facts,
    )
    note(work.ledger, ticket, happening)


def _opened(work: Work, ticket: Ticket, setting: Setting, desk: Desk) -> ViewDict:
    """The confirmation: the number, and what is promised."""
    words = reader_of(work.session, work.viewer, None, setting)
    at = pictures.scene(work.session, desk.agreements, ticket, work.now)
    outcome = outcome_of(setting, ticket.item, work.now)
    channel = channel_of_customer(work.session, ticket.team_id, ticket.customer_id)
    return views.opened_view(
        told.OpenedFacts(
            ticket=pictures.ticket_facts(at),
            outcome=outcome or told.OutcomeFact(severity=None, basis=told.Basis.NONE),
            channel_id=channel.id if channel and PRIVATE not in setting.flags else None,
        ),
        words,
    )
