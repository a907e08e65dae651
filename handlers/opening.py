"""Opening a ticket: from the command, a shortcut or a message, through the view, to the number."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from handlers import language
from handlers.access import Viewer, viewer_of
from handlers.agreements import Agreements
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.forms import Draft, Origin, checked, draft_of, origin_of, summary_typed
from handlers.once import once
from handlers.registering import confirmation, open_ticket, places_of
from handlers.setting import Setting, customers_for, notes_at, outcome_of, setting_of
from handlers.views import facts as told
from handlers.views import opening as views
from handlers.views.blocks import ViewDict
from handlers.views.facts import Refusal
from handlers.views.names import Field, question_block
from handlers.views.typed import as_typed
from handlers.views.words import Words
from models.channel import channel_by_id, channels_of
from models.customer import Customer
from models.person import names_in
from models.sla.contract import Contract, Place, TicketKind
from models.sla.questions import Walk
from models.store import Session

# Doors


def from_command(origin: Origin, text: str, desk: Desk) -> None:
    """`/ticket` or `/ticket <summary>`: open the view."""
    summary = summary_typed(text, _names(origin, text, desk))
    _show(origin, Draft(channel=origin.channel, summary=summary), desk)


def from_shortcut(body: Body, desk: Desk) -> None:
    """The global shortcut: no channel, so the customer is asked where it is not plain."""
    _show(origin_of(body), Draft(), desk)


def from_message(body: Body, desk: Desk) -> None:
    """The message shortcut: the ticket counts from that message."""
    origin, message = origin_of(body), body["message"]
    raw = str(message.get("text") or "")
    names = _names(origin, raw, desk)
    text, summary = as_typed(raw, names), summary_typed(raw, names)
    sent_at = datetime.fromtimestamp(float(message["ts"]), UTC)
    draft = Draft(
        channel=origin.channel,
        summary=summary,
        details=text if len(" ".join(text.split())) > len(summary) else "",
        source={"channel": origin.channel or "", "ts": str(message["ts"])},
        reported_at=min(sent_at, desk.now()),
        author=str(message.get("user") or "") or None,
    )
    _show(origin, draft, desk)


def _names(origin: Origin, raw: str, desk: Desk) -> Mapping[str, str]:
    if "<@" not in raw:
        return {}
    with desk.reading() as session:
        return names_in(session, origin.team_id, raw)


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
    origin, now = origin_of(body), desk.now()
    draft = checked(draft_of(body), body, now)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        setting = _demand_setting(session, viewer, draft, desk.agreements, now)
        words = reader_of(session, viewer, None, setting)
        channels = channels_of(session, origin.team_id, setting.customer.desk_id, setting.customer.id)
    with once(desk, origin, note_first=False, seen=viewer) as work:
        places = places_of(work, draft, setting, channels)
        ticket = open_ticket(work, draft, setting, places)
        view = confirmation(work, ticket, draft, setting, places, words)
        work.answer = {"response_action": "update", "view": view}
    if not work.viewer.person.name:
        desk.aside.get_to_know(origin.team_id, origin.slack_user)
    answer: Mapping[str, Any] = work.answer
    return answer


def _demand_setting(session: Session, viewer: Viewer, draft: Draft, agreements: Agreements, now: datetime) -> Setting:
    setting = setting_of(session, viewer, draft, agreements, now)
    if setting is None:
        raise UserError(Refusal.CUSTOMER_MISSING, Field.CUSTOMER)
    if draft.kind is None:
        raise UserError(Refusal.KIND_MISSING, Field.KIND)
    if setting.walked.next is not None:
        block = question_block(setting.scope, setting.walked.next.id)
        raise UserError(Refusal.ANSWER_MISSING, block)
    return setting


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
        outcome=outcome_of(setting, draft.item),
        notes=notes_at(setting, draft.item, Place.MODAL, words),
        first_asked=setting.first_asked,
        first_asked_clause=contract.levels.clause if contract.levels else "",
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
