"""Opening a ticket: from the command, a shortcut or a message, through the view, to the number."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from handlers import language, promises
from handlers.bearings import Bearings, OpenedFrom, read_bearings
from handlers.desk import Body, Desk
from handlers.drafts import Draft, checked, draft_of, summary_typed
from handlers.errors import AlreadyAnsweredError, UserError
from handlers.fields import LONGEST_AGO
from handlers.later import Later
from handlers.once import once
from handlers.origins import Origin, origin_of
from handlers.payloads import part_of, sent_at, word_of
from handlers.registering import confirmation, open_ticket, places_of
from handlers.setting import Setting, fitting, notes_at, outcome_of, planned_for, setting_of
from handlers.super_users import pass_on
from handlers.views import facts as told
from handlers.views import opening as views
from handlers.views.blocks import ViewDict
from handlers.views.facts import Refusal
from handlers.views.names import Field, question_block
from handlers.views.typed import as_typed, clean
from handlers.views.words import Words
from models import typed_text
from models.customer import Customer
from models.person import names_in
from models.roster import RosterChangedError
from models.sla.contract import Contract, Place, TicketKind
from models.sla.plan import Planned
from models.sla.questions import Walk
from models.ticket import Ticket, ticket_by_number

OPENED = "opened"
"""In the stored answer: the number of the ticket."""

FOLLOWED_UP = Later("outage_report_windows", "opened")
"""Notes that a ticket is a follow-up of an outage."""

# Doors


def from_command(origin: Origin, text: str, desk: Desk) -> None:
    """`/ticket` or `/ticket <summary>`: open the view."""
    summary = summary_typed(text, _names(origin, text, desk))
    show(origin, Draft(channel=origin.channel, summary=summary), desk)


def from_shortcut(body: Body, desk: Desk) -> None:
    """The global shortcut: no channel, so the customer is asked where it is not plain."""
    show(origin_of(body), Draft(), desk)


def from_message(body: Body, desk: Desk) -> None:
    """The message shortcut: the ticket counts from that message."""
    origin, message = origin_of(body), part_of(body, "message")
    raw = str(message.get("text") or "")
    names = _names(origin, raw, desk)
    text, summary = as_typed(raw, names), summary_typed(raw, names)
    ts = word_of(message, "ts")
    at, now = sent_at(ts), desk.now()
    if now - at > LONGEST_AGO:
        raise UserError(Refusal.TOO_LONG_AGO, at=at)
    draft = Draft(
        channel=origin.channel,
        summary=summary,
        details=text if len(" ".join(text.split())) > len(summary) else "",
        source={"channel": origin.channel or "", "ts": ts},
        reported_at=min(at, now),
        author=str(message.get("user") or "") or None,
    )
    show(origin, draft, desk)


def _names(origin: Origin, raw: str, desk: Desk) -> Mapping[str, str]:
    if "<@" not in raw:
        return {}
    with desk.reading() as session:
        return names_in(session, origin.team_id, raw)


def show(origin: Origin, draft: Draft, desk: Desk) -> None:
    """Open the view with what is known already."""
    bearings = _bearings(origin, draft, desk)
    view = opening_view(bearings, draft, desk.now())
    if not bearings.viewer.person.name:
        desk.aside.get_to_know(origin.team_id, origin.slack_user)
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def on_changed(body: Body, desk: Desk) -> None:
    """Something was chosen in the view: show what follows from it. No typed text is touched."""
    _update(body, draft_of(body), desk)


def to_super_users(body: Body, desk: Desk) -> None:
    """*Send to your super user*: the question goes on, once; a ticket can be opened all the same. Source: PI-11."""
    origin, draft = origin_of(body), draft_of(body)
    asked = draft.changed(summary=clean(draft.summary), details=clean(draft.details))
    if not asked.summary:
        raise UserError(Refusal.SUMMARY_MISSING)
    bearings = _bearings(origin, draft, desk)
    setting = setting_of(bearings, draft, desk.now())
    if setting is None or not setting.first_asked:
        raise UserError(Refusal.OLD_BUTTON)
    with once(desk, replace(origin, key=f"question:{draft.nonce}"), seen=bearings.viewer) as work:
        pass_on(work, asked, setting)
    _update(body, draft.changed(passed_on=True), desk)


def _update(body: Body, draft: Draft, desk: Desk) -> None:
    origin = origin_of(body)
    view = opening_view(_bearings(origin, draft, desk), draft, desk.now())
    seen = (body.get("view") or {}).get("hash")
    desk.aside.update_view(origin.team_id, draft.view_id or "", view, seen)


def submitted(body: Body, desk: Desk) -> Mapping[str, Any]:
    """*Open* was pressed: store the ticket, and answer with its number."""
    origin, now = origin_of(body), desk.now()
    draft = checked(draft_of(body), body, now)
    place = _place(origin, draft)
    kept = desk.kept.at(place.key(now))
    if kept is not None:
        try:
            return _open(origin, draft, kept, desk)
        except RosterChangedError:
            desk.kept.forget()
    bearings = _bearings(origin, draft, desk)
    desk.kept.keep(place.key(now), bearings)
    return _open(origin, draft, bearings, desk)


def _open(origin: Origin, draft: Draft, bearings: Bearings, desk: Desk) -> Mapping[str, Any]:
    """Store the ticket.

    Raises:
        RosterChangedError: the bearings do not hold any more; nothing was stored.
    """
    setting = _demand_setting(bearings, draft, desk.now())
    draft = fitting(draft, setting.contract)
    planned = planned_for(setting, draft.item)
    starts = promises.starts_of(setting.contract, str(setting.severity), planned)
    try:
        with once(desk, origin, note_first=False, seen=bearings.viewer) as work:
            places = places_of(work, draft, setting, bearings.channels)
            ticket = open_ticket(work, draft, setting, starts, places, bearings.roster)
            work.answer = {OPENED: ticket.number}
            if draft.follow_up is not None:
                work.fresh.store(work.session)
                FOLLOWED_UP(work, desk.agreements, draft.follow_up, ticket.number)
    except AlreadyAnsweredError as before:
        raise AlreadyAnsweredError(_opened_before(before.answer, origin, draft, desk)) from before
    desk.notes(ticket=ticket.number)
    if not work.viewer.person.name:
        desk.aside.get_to_know(origin.team_id, origin.slack_user)
    return _opened(ticket, draft, setting, planned, reader_of(bearings, None, setting))


def _opened(
    ticket: Ticket, draft: Draft, setting: Setting, planned: Sequence[Planned], words: Words
) -> Mapping[str, Any]:
    return {"response_action": "update", "view": confirmation(ticket, draft, setting, planned, words)}


def _opened_before(answer: Mapping[str, Any], origin: Origin, draft: Draft, desk: Desk) -> Mapping[str, Any]:
    """The number once more, and what was promised: of the ticket that was opened, whatever is typed by now."""
    if OPENED not in answer:
        return dict(answer)  # an earlier version stored the view itself
    with desk.reading() as session:
        ticket = ticket_by_number(session, origin.team_id, answer[OPENED])
        if ticket is None:
            raise UserError(Refusal.UNKNOWN_TICKET, number=f"T-{answer[OPENED]}")
        draft = draft.changed(
            customer=ticket.customer_id,
            kind=ticket.option,
            item=ticket.item,
            product=ticket.product_id,
            answers=ticket.answers,
            summary=typed_text.read(session, ticket.team_id, ticket.summary_id),
        )
        bearings = read_bearings(session, _place(origin, draft), desk.agreements, desk.now())
    setting = replace(_demand_setting(bearings, draft, ticket.opened_at), reported_at=ticket.reported_at)
    words = reader_of(bearings, None, setting)
    return _opened(ticket, draft, setting, planned_for(setting, draft.item), words)


def _demand_setting(bearings: Bearings, draft: Draft, now: datetime) -> Setting:
    setting = setting_of(bearings, draft, now)
    if setting is None:
        raise UserError(Refusal.CUSTOMER_MISSING, Field.CUSTOMER)
    if draft.kind is None:
        raise UserError(Refusal.KIND_MISSING, Field.KIND)
    if setting.walked.next is not None:
        block = question_block(setting.scope, setting.walked.next.id)
        raise UserError(Refusal.ANSWER_MISSING, block)
    return setting


def _bearings(origin: Origin, draft: Draft, desk: Desk) -> Bearings:
    with desk.reading() as session:
        return read_bearings(session, _place(origin, draft), desk.agreements, desk.now())


def _place(origin: Origin, draft: Draft) -> OpenedFrom:
    return OpenedFrom(
        team_id=origin.team_id, slack_user=origin.slack_user, channel=draft.channel, customer=draft.customer
    )


# The view


def opening_view(bearings: Bearings, draft: Draft, now: datetime) -> ViewDict:
    """The view for a draft, with the questions answered so far and the next one."""
    setting = setting_of(bearings, draft, now)
    draft = fitting(draft, setting.contract) if setting else draft
    words = reader_of(bearings, bearings.channel_language, setting)
    facts = _open_facts(draft, bearings.customers, setting, now, words)
    return views.open_view(facts, words)


def reader_of(bearings: Bearings, channel_language: str | None, setting: Setting | None) -> Words:
    """The words for whoever opens. The contract's own language is the customer's. Source: PS-05."""
    forced = setting.contract.forced_language if setting and not setting.on_behalf else None
    return language.for_person(
        bearings.viewer.person,
        channel_language=channel_language,
        forced=forced,
        zone=setting.contract.zone if setting else None,
    )


def _open_facts(
    draft: Draft,
    customers: Sequence[Customer],
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
        products=_products(setting),
        product=setting.product.id if setting.product else None,
        summary=draft.summary,
        details=draft.details,
        extras=_extras(contract, setting.kind),
        questions=_questions(setting.walked, draft.answers),
        outcome=outcome_of(setting, planned_for(setting, draft.item)),
        notes=notes_at(setting, draft.item, Place.MODAL, words),
        first_asked=setting.first_asked,
        first_asked_clause=contract.levels.clause if contract.levels else "",
        passed_on=draft.passed_on,
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


def _products(setting: Setting) -> tuple[told.ChoiceFact, ...]:
    """What to choose from; the only one is taken unasked."""
    if len(setting.products) < 2:  # noqa: PLR2004 - one is no choice
        return ()
    return tuple(told.ChoiceFact(product.id, {"en": product.name}) for product in setting.products)


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
