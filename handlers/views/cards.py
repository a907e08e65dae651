"""The desk's card of a ticket: one, edited in place, always the present."""

from importlib import import_module

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Option, Rendered
from handlers.views.clocks import (
    KIND,
    STATUS,
    clock_line,
    joined,
    late,
    promise,
    sentences,
    severity_line,
    severity_name,
    titled,
    uncapital,
    when,
)
from handlers.views.facts import TicketFacts
from handlers.views.names import Action, More, block_for, more_value
from handlers.views.typed import Mrkdwn, escape, fill, one_line, shorten
from handlers.views.words import Words, mark
from models.sla.contract import Strength, WaitKind

DETAILS_SHOWN = 600

BREACH = "handlers.views.breach"
"""What draws a security breach; loaded for the first one."""


DEVELOPMENT = 3


REFERENCE = {
    Strength.GUARANTEED: mark("{promise} (guaranteed, {clause})"),
    Strength.PROMISED: mark("{promise} (the agreement, {clause})"),
    Strength.AIM: mark("{promise} (an aim, {clause})"),
    Strength.USUAL: mark("{promise} (as a rule, {clause})"),
    Strength.GUIDELINE: mark("{promise} (guideline, {clause})"),
}


INTAKE = {
    "slack": mark("in Slack"),
    "mail": mark("by mail"),
    "phone": mark("by phone"),
    "chat": mark("by chat"),
    "portal": mark("in the portal"),
    "web": mark("on the web"),
    "customer_centre": mark("in the customer centre"),
    "on_site": mark("on site"),
}


def desk_card(ticket: TicketFacts, words: Words) -> Rendered:
    """The desk's card with its buttons."""
    shown = [
        kit.header(titled(ticket.number, ticket.summary)),
        kit.section(origin(ticket, words)),
        kit.fields(_classed(ticket, words), _owned(ticket, words)),
        kit.section(Mrkdwn("\n".join(desk_lines(ticket, words)))),
    ]
    remarks = desk_remarks(ticket, words)
    if remarks:
        shown.append(kit.context(Mrkdwn("\n".join(remarks))))
    if ticket.details:
        shown.append(kit.small_quote(shorten(ticket.details, DETAILS_SHOWN)))
    shown.append(desk_buttons(ticket, words))
    if ticket.breach is not None:
        buttons = import_module(BREACH).card_buttons
        shown.append(buttons(ticket.breach, ticket.number, words, done=ticket.status.done))
    return kit.rendered(desk_text(ticket, words), shown)


def desk_text(ticket: TicketFacts, words: Words) -> Mrkdwn:
    """ "T-12 · Priority 2 · Acme: Invoices will not send · work starts by Mon 13:40 · new"."""
    head = fill(
        "{number} · {severity} · {customer}: {summary}",
        number=ticket.number,
        severity=severity_name(ticket.severity, words),
        customer=one_line(ticket.customer, 80),
        summary=one_line(ticket.summary),
    )
    return joined(head, next_due(ticket, words), words.say(STATUS[ticket.status]))


def next_due(ticket: TicketFacts, words: Words) -> Mrkdwn:
    clock = ticket.clock
    if clock is None or clock.due_at is None or ticket.status.done:
        return Mrkdwn("")
    moment = when(words, ticket.now)
    return uncapital(late(clock, words, moment) if clock.breached else promise(clock, words, moment))


def origin(ticket: TicketFacts, words: Words) -> Mrkdwn:
    """ "Acme · SoftOne · opened by Kari Nordmann, 09:40"."""
    at = words.moment_since(ticket.reported_at, ticket.now)
    opener = words.name(ticket.opened_by)
    asker = words.name(ticket.on_behalf_of) if ticket.on_behalf_of else one_line(ticket.ordered_by or "", 80)
    if ticket.on_behalf and not asker:
        intake = intake_words(ticket.intake, words)
        opened = words.say("received {intake} {at}, opened by {agent}", intake=intake, at=at, agent=opener)
    elif not asker:
        opened = words.say("opened by {person}, {at}", person=opener, at=at)
    else:
        opened = words.say(
            "received {intake} {at} from {person}, opened by {agent}",
            intake=intake_words(ticket.intake, words),
            at=at,
            person=asker,
            agent=opener,
        )
    about = one_line(ticket.product or "", 60)
    return joined(one_line(ticket.customer, 80), one_line(ticket.contract, 80), about, opened)


def intake_words(intake: str, words: Words) -> str:
    """ "by phone"; an intake we have no words for is shown as the contract names it."""
    return words.plain(INTAKE[intake]) if intake in INTAKE else intake


def _classed(ticket: TicketFacts, words: Words) -> Mrkdwn:
    line = severity_line(ticket.severity, words)
    if ticket.severity is None:
        return joined(words.say(KIND[ticket.kind]), line)
    return line if ticket.severity_confirmed else joined(line, words.say("proposed"))


def _owned(ticket: TicketFacts, words: Words) -> Mrkdwn:
    if ticket.owner is None:
        return words.say("Owner: nobody yet")
    return words.say("Owner: {person}", person=words.name(ticket.owner))


def desk_lines(ticket: TicketFacts, words: Words) -> list[Mrkdwn]:
    """What is promised and where it stands, a line each."""
    lines = [clock_line(clock, ticket.now, words) for clock in ticket.clocks]
    if ticket.wait is not None and not any(clock.paused for clock in ticket.clocks):
        lines.append(_shown_wait(ticket, ticket.wait, words))
    if not ticket.clocks:
        lines.append(no_clock(ticket, words))
    if ticket.status.done:
        lines.append(ended(ticket, words))
    if ticket.breach is not None:
        lines.extend(import_module(BREACH).card_lines(ticket.breach, ticket.now, words))
    return lines


def no_clock(ticket: TicketFacts, words: Words) -> Mrkdwn:
    """Why there is no due instant."""
    if ticket.target_release:
        return words.say("No clock: planned for release {release}.", release=one_line(ticket.target_release, 60))
    return no_clock_words(words, best_effort=ticket.best_effort)


def no_clock_words(words: Words, *, best_effort: bool) -> Mrkdwn:
    """That the agreement sets no time."""
    if best_effort:
        return words.say("Best effort: the agreement sets no time for this.")
    return words.say("No clock: the agreement sets no time for this.")


def _shown_wait(ticket: TicketFacts, wait: WaitKind, words: Words) -> Mrkdwn:
    since = words.moment_since(ticket.waiting_since or ticket.now, ticket.now)
    waits = (
        words.say("Waiting for access since {since}.", since=since)
        if wait is WaitKind.ACCESS
        else words.say("Waiting for the customer since {since}.", since=since)
    )
    return sentences(waits, words.say("No clock stops for it."))


def ended(ticket: TicketFacts, words: Words) -> Mrkdwn:
    """ "Resolved 14:20 by Ola Hansen: …", or that it was merged or closed."""
    if ticket.duplicate_of:
        return words.say("Continued in {number}.", number=ticket.duplicate_of)
    if ticket.resolved_at is None or ticket.resolved_by is None:
        return words.say("Closed.")
    return words.say(
        "Resolved {at} by {person}: {outcome}",
        at=words.moment_since(ticket.resolved_at, ticket.now),
        person=words.name(ticket.resolved_by),
        outcome=one_line(ticket.outcome or "", 300),
    )


def desk_remarks(ticket: TicketFacts, words: Words) -> list[Mrkdwn]:
    """Small print for the desk: level, case, workaround, agreement, the contract's own remarks."""
    said: list[Mrkdwn] = []
    if ticket.outside_agreement:
        said.append(words.say("*Outside the agreement:* {why}", why=one_line(ticket.outside_agreement, 300)))
    if ticket.level >= DEVELOPMENT:
        said.append(words.say("Level {level}: development", level=ticket.level))
    if ticket.development_case:
        said.append(words.say("Development case: {case}", case=one_line(ticket.development_case, 100)))
    if ticket.workaround:
        said.append(_workaround(ticket, words))
    if ticket.next_update_at is not None and not ticket.status.done:
        said.append(words.say("The customer hears again by {at}", at=words.moment(ticket.next_update_at)))
    if ticket.call_back:
        asker = words.name(ticket.on_behalf_of or ticket.opened_by)
        said.append(words.say("To do: call {person} back", person=asker))
    said.extend(
        fill("{question} *{answer}*", question=words.pick(label), answer=one_line(typed, 300))
        for label, typed in ticket.asked
    )
    said.extend(escape(one_line(words.pick(note), 300)) for note in ticket.notes)
    return said


def _workaround(ticket: TicketFacts, words: Words) -> Mrkdwn:
    text = one_line(ticket.workaround or "", 200)
    if ticket.workaround_confirmed is None:
        return words.say("Way round, not yet tried by the customer: {text}", text=text)
    if ticket.workaround_confirmed:
        return words.say("Way round, works for the customer: {text}", text=text)
    return words.say("Way round, does not work for the customer: {text}", text=text)


def desk_buttons(ticket: TicketFacts, words: Words) -> Block:
    """Only what makes sense as the ticket stands. The number is in every value and in the block."""
    row = _buttons_done(ticket, words) if ticket.status.done else _buttons_open(ticket, words)
    return kit.actions(*row, block_id=block_for("desk", ticket.number))


def _buttons_done(ticket: TicketFacts, words: Words) -> list[Block | None]:
    number = ticket.number
    why = kit.button(words.plain("Why?"), Action.WHY, number)
    if ticket.duplicate_of:
        other = words.plain("Show {number}", number=ticket.duplicate_of)
        return [kit.button(other, Action.SHOW, ticket.duplicate_of), why]
    return [kit.button(words.plain("Reopen"), Action.REOPEN, number), why]


def _buttons_open(ticket: TicketFacts, words: Words) -> list[Block | None]:
    number = ticket.number
    outside = ticket.outside_agreement is not None
    return [
        kit.button(words.plain("Accept"), Action.ACCEPT, number, style="primary") if outside else None,
        _start(ticket, words),
        kit.button(words.plain("Reply"), Action.REPLY, number),
        kit.people_menu(Action.ASSIGN, words.plain("Assign")),
        _wait_or_resume(ticket, words),
        kit.button(words.plain("Workaround"), Action.WORKAROUND, number) if ticket.offers_workaround else None,
        kit.button(words.plain("Release…"), Action.RELEASE, number) if ticket.has_release else None,
        kit.button(words.plain("Severity…"), Action.SEVERITY, number),
        kit.overflow(Action.MORE, _more(ticket, words)),
    ]


def _start(ticket: TicketFacts, words: Words) -> Block | None:
    if ticket.started_at is not None:
        return None
    return kit.button(words.plain("Start work"), Action.START, ticket.number, style="primary")


def _wait_or_resume(ticket: TicketFacts, words: Words) -> Block:
    if ticket.status.waiting or ticket.wait is not None:
        return kit.button(words.plain("Resume"), Action.RESUME, ticket.number)
    waits = [
        Option(words.plain("For the customer"), WaitKind.CUSTOMER),
        Option(words.plain("For access"), WaitKind.ACCESS),
    ]
    return kit.menu(Action.WAIT, words.plain("Wait"), waits)


def _more(ticket: TicketFacts, words: Words) -> list[Option]:
    # Slack shows five: before the start *Details* gives way, which `/ticket T-12` shows as well.
    choices = [
        (More.START_EARLIER, words.plain("Started earlier…"), ticket.started_at is None),
        (More.LEVEL_3, _lift(ticket, words), True),
        (More.NEEDS_MORE_WORK, words.plain("Needs more work"), True),
        (More.RESOLVE, words.plain("Resolve"), True),
        (More.WHY, words.plain("Why?"), True),
        (More.DETAILS, words.plain("Details"), True),
    ]
    return [Option(text, more_value(more, ticket.number)) for more, text, shown in choices if shown]


def _lift(ticket: TicketFacts, words: Words) -> str:
    """Where it can be lifted to from here. Source: PI-16."""
    return words.plain("To level 3") if ticket.level < DEVELOPMENT else words.plain("To management")
