"""Opening a ticket: one view, the questions one by one, the consequence before it counts.

Block ids never change between steps, so that Slack keeps what was typed.
"""

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Option, ViewDict
from handlers.views.clocks import Moment, joined, promise, severity_name, uncapital
from handlers.views.facts import (
    Basis,
    ClockFacts,
    CustomerFact,
    ExtraFact,
    OpenedFacts,
    OpenFacts,
    OutcomeFact,
    QuestionFact,
)
from handlers.views.log import link
from handlers.views.names import SUMMARY_LIMIT, TEXT_LIMIT, Action, Field, View, extra_block, question_block
from handlers.views.typed import Mrkdwn, escape, fill, one_line
from handlers.views.words import Words, mark
from models.sla.contract import Strength

SEND = "send"
"""What the button carries; the view itself says the rest."""

BASIS = {
    Basis.ANSWERS: mark("{severity}, proposed from your answers"),
    Basis.DEFAULT: mark("{severity}, unless the desk changes it"),
}

WEAKER = {
    Strength.AIM: mark("{promise} (an aim)"),
    Strength.USUAL: mark("{promise} (as a rule)"),
    Strength.GUIDELINE: mark("{promise} (guideline)"),
}


def open_view(facts: OpenFacts, words: Words) -> ViewDict:
    """The opening view at one step."""
    blocks = [
        *_for_whom(facts, words),
        *_how_it_came_in(facts, words),
        *_kind(facts, words),
        *_item(facts, words),
        *_product(facts, words),
        *_what(facts, words),
        *[_extra(extra, words) for extra in facts.extras],
        *[_question(facts.scope, question, words) for question in facts.questions],
        *_consequence(facts, words),
    ]
    return kit.modal(
        View.OPEN,
        words.plain("Open a ticket"),
        blocks,
        submit=words.plain("Open"),
        close=words.plain("Cancel"),
        metadata=facts.metadata,
    )


def _for_whom(facts: OpenFacts, words: Words) -> list[Block]:
    if not facts.customers:
        return [kit.context(_agreement(facts.customer, words))] if facts.customer else []
    options = [Option(customer.name, customer.id) for customer in facts.customers]
    chosen = facts.customer.id if facts.customer else None
    choice = kit.menu(Field.CUSTOMER, words.plain("Choose a customer"), options, chosen)
    block = kit.field(Field.CUSTOMER, words.plain("Customer"), choice, dispatch=True)
    return [block, *([kit.context(_agreement(facts.customer, words))] if facts.customer else [])]


def _agreement(customer: CustomerFact, words: Words) -> Mrkdwn:
    contract = words.say("{vendor} agreement", vendor=one_line(customer.contract, 80))
    return joined(one_line(customer.name, 80), contract)


def _how_it_came_in(facts: OpenFacts, words: Words) -> list[Block]:
    blocks: list[Block] = []
    if facts.source:
        made = words.say("Made from {message}", message=link(facts.source))
        blocks.append(kit.context(made))
    if not facts.on_behalf:
        return blocks
    if facts.intakes:
        options = [Option(words.pick(each.name), each.id) for each in facts.intakes]
        choice = kit.menu(Field.INTAKE, words.plain("Choose how"), options, facts.intake)
        blocks.append(kit.field(Field.INTAKE, words.plain("How it came in"), choice, dispatch=True))
    received = kit.moment_input(Field.RECEIVED_AT, facts.received_at or facts.now)
    hint = words.plain("The clock runs from here. Never in the future; the change is logged.")
    ordered = kit.text_input(Field.ORDERED_BY, limit=80)
    return [
        *blocks,
        kit.field(Field.RECEIVED_AT, words.plain("Received at"), received, hint=hint, dispatch=True),
        kit.field(Field.ORDERED_BY, words.plain("Who asked"), ordered, optional=True),
    ]


def _kind(facts: OpenFacts, words: Words) -> list[Block]:
    if not facts.kinds:
        return []
    options = [Option(words.pick(kind.name), kind.id) for kind in facts.kinds]
    choice = kit.radio(Field.KIND, options, facts.kind)
    return [kit.field(Field.KIND, words.plain("What is it?"), choice, dispatch=True)]


def _item(facts: OpenFacts, words: Words) -> list[Block]:
    if not facts.items:
        return []
    options = [Option(words.pick(item.name), item.id) for item in facts.items]
    choice = kit.menu(Field.ITEM, words.plain("Choose"), options, facts.item)
    return [kit.field(Field.ITEM, words.plain("What is asked for"), choice, optional=True, dispatch=True)]


def _product(facts: OpenFacts, words: Words) -> list[Block]:
    if not facts.products:
        return []
    options = [Option(words.pick(product.name), product.id) for product in facts.products]
    choice = kit.menu(Field.PRODUCT, words.plain("Choose a product"), options, facts.product)
    hint = words.plain("It goes to the specialist for it. Leave it open if you are not sure.")
    return [kit.field(Field.PRODUCT, words.plain("Product"), choice, optional=True, hint=hint)]


def _what(facts: OpenFacts, words: Words) -> list[Block]:
    summary = kit.text_input(
        Field.SUMMARY,
        typed=facts.summary,
        limit=SUMMARY_LIMIT,
        placeholder=words.plain("Invoices will not send"),
        focus=not facts.summary,
    )
    details = kit.text_input(
        Field.DETAILS,
        typed=facts.details,
        lines=True,
        limit=TEXT_LIMIT,
        placeholder=words.plain("Since when, who is affected, what it says"),
    )
    return [
        kit.field(Field.SUMMARY, words.plain("In one line"), summary),
        kit.field(Field.DETAILS, words.plain("More"), details, optional=True),
    ]


def _extra(extra: ExtraFact, words: Words) -> Block:
    typed = kit.text_input(extra_block(extra.id), lines=extra.multiline, limit=TEXT_LIMIT if extra.multiline else 200)
    hint = words.pick(extra.hint) or None
    return kit.field(extra_block(extra.id), words.pick(extra.label), typed, optional=True, hint=hint)


def _question(scope: str, question: QuestionFact, words: Words) -> Block:
    options = [Option(words.pick(answer.name), answer.id) for answer in question.answers]
    return kit.field(
        question_block(scope, question.id),
        words.pick(question.text),
        kit.radio(Action.ANSWER, options, question.chosen),
        hint=words.pick(question.hint) or None,
        dispatch=True,
    )


def _consequence(facts: OpenFacts, words: Words) -> list[Block]:
    blocks: list[Block] = []
    if facts.outcome is not None:
        blocks.append(kit.section(outcome_line(facts.outcome, words)))
        blocks.extend(_small(facts.outcome, words))
    elif facts.questions:
        blocks.append(kit.context(words.say("Class and time are shown here when the questions are answered.")))
    if facts.charging_clause:
        blocks.append(kit.context(_charging(facts.charging_clause, words)))
    blocks.extend(kit.small_quote(note) for note in facts.notes)
    return [*blocks, *_first_asked(facts, words)]


def _first_asked(facts: OpenFacts, words: Words) -> list[Block]:
    """Whom the customer's people ask first, and the button that asks them. Source: PI-11."""
    if not facts.first_asked:
        return []
    people = words.names(facts.first_asked)
    if facts.passed_on:
        sent = words.say(
            "Sent to {people}, who will answer you directly. Close this, or open a ticket all the same.", people=people
        )
        return [kit.context(sent)]
    message = words.say(
        "Your super users answer questions first: {people} ({clause}). Send it to them, or open a ticket here.",
        people=people,
        clause=facts.first_asked_clause,
    )
    label = words.count("Send to your super user", "Send to your super users", len(facts.first_asked))
    return [kit.context(message), kit.actions(kit.button(label, Action.SEND_TO_SUPER_USER, SEND))]


def _charging(clause: str, words: Words) -> Mrkdwn:
    return words.say(
        "Time on faults that our systems caused is ours; on faults caused by your environment or handling"
        " it may be charged ({clause}). Opening this is the order to look for the fault.",
        clause=clause,
    )


def outcome_line(outcome: OutcomeFact, words: Words) -> Mrkdwn:
    """ "→ Priority 2, proposed from your answers · work starts by Mon 13:40 · SO-11, SO-15"."""
    parts = [_class_part(outcome, words), *_times(outcome, words, words.moment), _clauses(outcome)]
    return Mrkdwn(f"→ {joined(*parts)}")


def _class_part(outcome: OutcomeFact, words: Words) -> Mrkdwn:
    if outcome.severity is None:
        return Mrkdwn("")
    name = severity_name(outcome.severity, words)
    return words.say(BASIS[outcome.basis], severity=name) if outcome.basis in BASIS else escape(name)


def _times(outcome: OutcomeFact, words: Words, moment: Moment) -> list[Mrkdwn]:
    if outcome.best_effort:
        return [words.say("best effort, no time is set")]
    if outcome.clocks:
        return [_time(clock, words, moment) for clock in outcome.clocks]
    if outcome.target_release:
        return [words.say("no time is set; usually in the next version")]
    return [words.say("the agreement sets no time for this")]


def _time(clock: ClockFacts, words: Words, moment: Moment) -> Mrkdwn:
    said = uncapital(promise(clock, words, moment))
    return said if clock.strength.binding else words.say(WEAKER[clock.strength], promise=said)


def _clauses(outcome: OutcomeFact) -> Mrkdwn:
    named = [outcome.severity.clause] if outcome.severity and outcome.severity.clause else []
    clauses = dict.fromkeys([*named, *[clock.clause for clock in outcome.clocks]])
    return Mrkdwn(", ".join(escape(clause) for clause in clauses))


def _small(outcome: OutcomeFact, words: Words) -> list[Block]:
    lines: list[Mrkdwn] = []
    if outcome.collected_until is not None:
        starts = words.moment(outcome.collected_until)
        lines.append(words.say("Received outside opening hours: the clock starts {starts}.", starts=starts))
    readings = dict.fromkeys(words.pick(clock.reading) for clock in outcome.clocks if clock.reading)
    lines.extend(words.say("Reading taken: {reading}", reading=one_line(reading, 400)) for reading in readings)
    return [kit.context(Mrkdwn("\n".join(lines)))] if lines else []


def opened_view(facts: OpenedFacts, words: Words) -> ViewDict:
    """The number and what is promised, after *Open*."""
    head = fill("*{number}* · {summary}", number=facts.number, summary=one_line(facts.summary))
    blocks = [kit.section(head), kit.section(outcome_line(facts.outcome, words))]
    blocks.extend(_small(facts.outcome, words))
    blocks.extend(kit.small_quote(note) for note in facts.notes)
    if facts.channel_id:
        channel = Mrkdwn(f"<#{facts.channel_id}>")
        blocks.append(kit.context(words.say("Follow it in {channel}; answers go in its thread.", channel=channel)))
    if facts.outside_agreement:
        blocks.append(kit.context(words.say("Registered as outside the agreement: the desk decides what happens.")))
    return kit.modal(View.OPENED, words.plain("Ticket opened"), blocks, close=words.plain("Close"))
