"""The small modals behind the card's buttons: one act, what it needs, nothing else."""

from collections.abc import Sequence

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Option, ViewDict
from handlers.views.clocks import severity_line, severity_name, titled
from handlers.views.facts import ActFacts, SeverityFact
from handlers.views.names import (
    CANNOT_BEGIN,
    DEVELOPMENT,
    EARLIER,
    MANAGEMENT,
    NOW,
    START_AND_WAIT,
    TEXT_LIMIT,
    YES,
    Field,
    View,
)
from handlers.views.typed import Mrkdwn, fill
from handlers.views.words import Words

REASON_LIMIT = 500
TOP = 3
"""The level of development."""


def start_view(facts: ActFacts, words: Words) -> ViewDict:
    """Start work earlier, with a reason; the card's own button starts it now."""
    options = [Option(words.plain("Now"), NOW), Option(words.plain("Earlier"), EARLIER)]
    blocks = [
        kit.field(Field.WHEN, words.plain("When did work start?"), kit.radio(Field.WHEN, options, EARLIER)),
        kit.field(
            Field.STARTED_AT,
            words.plain("Started at"),
            kit.moment_input(Field.STARTED_AT, facts.ticket.now),
            optional=True,
            hint=words.plain("Only when earlier: after the ticket was received, and logged."),
        ),
        _reason(words.plain("How, when earlier"), placeholder=words.plain("By phone with Kari"), optional=True),
    ]
    return _act(View.START, words.plain("Start work"), blocks, facts, words, submit=words.plain("Start work"))


def reply_view(facts: ActFacts, words: Words) -> ViewDict:
    """Reply, with *work has started* ticked."""
    blocks = [_text(words.plain("Answer to the customer"), facts)]
    if not facts.work_already_started:
        blocks.append(_work_started(words))
    return _act(View.REPLY, words.plain("Reply"), blocks, facts, words, submit=words.plain("Send"))


def _work_started(words: Words) -> Block:
    box = kit.tick(Field.WORK_STARTED, Option(words.plain("Work has started"), YES), ticked=True)
    return kit.field(Field.WORK_STARTED, words.plain("Start of work"), box, optional=True)


def wait_view(facts: ActFacts, words: Words) -> ViewDict:
    """A wait before the start: start and wait, or cannot begin without access. Metadata carries which wait."""
    options = [
        Option(words.plain("Start work and wait"), START_AND_WAIT, words.plain("Work has begun: the start is kept")),
        Option(words.plain("Cannot begin without it"), CANNOT_BEGIN, words.plain("Nothing can be done until it comes")),
    ]
    choice = kit.radio(Field.BEFORE_START, options, START_AND_WAIT)
    blocks = [
        kit.field(Field.BEFORE_START, words.plain("Work has not started yet"), choice),
        _text(words.plain("What is asked of the customer"), facts, optional=True),
    ]
    return _act(View.WAIT, words.plain("Wait"), blocks, facts, words, submit=words.plain("Wait"))


def severity_view(facts: ActFacts, words: Words) -> ViewDict:
    """Confirm or change the class, with a reason."""
    current = facts.ticket.severity
    options = [_class(severity, words) for severity in facts.severities]
    choice = kit.radio(Field.SEVERITY, options, current.id if current else None)
    hint = words.plain("Needed when the class changes; the customer is told.")
    blocks = [
        kit.section(severity_line(current, words)),
        kit.field(Field.SEVERITY, words.plain("Class"), choice),
        _reason(words.plain("Reason"), optional=True, hint=hint),
        *_answers(facts, words),
    ]
    return _act(View.SEVERITY, words.plain("Severity"), blocks, facts, words, submit=words.plain("Save"))


def _class(severity: SeverityFact, words: Words) -> Option:
    name = severity_name(severity, words)
    text = f"{name} ({severity.clause})" if severity.clause else name
    return Option(text, severity.id, words.pick(severity.meaning) or None)


def _answers(facts: ActFacts, words: Words) -> list[Block]:
    lines = [
        fill("{question} *{answer}*", question=words.pick(q), answer=words.pick(a)) for q, a in facts.ticket.answers
    ]
    return [kit.context(Mrkdwn("\n".join(lines)))] if lines else []


def workaround_view(facts: ActFacts, words: Words) -> ViewDict:
    """A way round for the customer to try."""
    blocks = [
        _text(words.plain("The way round"), facts),
        kit.context(words.say("The class changes only when the customer confirms that it works.")),
    ]
    return _act(View.WORKAROUND, words.plain("Workaround"), blocks, facts, words, submit=words.plain("Send"))


def level_3_view(facts: ActFacts, words: Words) -> ViewDict:
    """To development, or to management, with a reason. Source: PI-11, PI-16."""
    options = [
        Option(words.plain("Development (level 3)"), DEVELOPMENT),
        Option(words.plain("Management"), MANAGEMENT),
    ]
    if facts.ticket.level >= TOP:
        options = options[1:]
    choice = kit.radio(Field.WHERE_TO, options, options[0].value)
    blocks = [kit.field(Field.WHERE_TO, words.plain("Where to"), choice), _reason(words.plain("Why it is needed"))]
    return _act(View.LEVEL_3, words.plain("Escalate"), blocks, facts, words, submit=words.plain("Hand over"))


def release_view(facts: ActFacts, words: Words) -> ViewDict:
    """The version that it comes in, or another one with a reason. Source: PI-08."""
    planned = facts.ticket.target_release
    release = kit.text_input(Field.RELEASE, typed=planned or "", limit=60, focus=True)
    hint = words.plain("Needed when it is moved; the customer is told.")
    blocks = [
        kit.field(Field.RELEASE, words.plain("Planned for release"), release),
        _reason(words.plain("Reason"), optional=planned is None, hint=hint),
    ]
    return _act(View.RELEASE, words.plain("Release"), blocks, facts, words, submit=words.plain("Save"))


def next_opening_view(facts: ActFacts, words: Words) -> ViewDict:
    """Whoever is on call leaves it until the next opening, and says why. Source: PI-06."""
    blocks = [_reason(words.plain("Why it can wait until the next opening"))]
    return _act(View.NEXT_OPENING, words.plain("Next opening"), blocks, facts, words, submit=words.plain("Save"))


def needs_more_work_view(facts: ActFacts, words: Words) -> ViewDict:
    """What takes more work, and when the customer hears next."""
    next_update = kit.moment_input(Field.NEXT_UPDATE, facts.ticket.next_update_at)
    blocks = [
        _text(words.plain("What the customer is told"), facts),
        kit.field(Field.NEXT_UPDATE, words.plain("Next update by"), next_update, optional=True),
    ]
    return _act(View.NEEDS_MORE_WORK, words.plain("Needs more work"), blocks, facts, words, submit=words.plain("Send"))


def resolve_view(facts: ActFacts, words: Words) -> ViewDict:
    """Resolve: the outcome is required."""
    box = kit.tick(Field.CALL_BACK, Option(words.plain("Call back as well"), YES), ticked=False)
    hint = words.plain("The customer reads this.")
    blocks = [
        _text(words.plain("Outcome"), facts, hint=hint),
        kit.field(Field.CALL_BACK, words.plain("To do"), box, optional=True),
    ]
    return _act(View.RESOLVE, words.plain("Resolve"), blocks, facts, words, submit=words.plain("Resolve"))


def reopen_view(facts: ActFacts, words: Words) -> ViewDict:
    """Reopen, with a reason."""
    blocks = [_reason(words.plain("What is not solved"))]
    return _act(View.REOPEN, words.plain("Reopen"), blocks, facts, words, submit=words.plain("Reopen"))


def accept_view(facts: ActFacts, words: Words) -> ViewDict:
    """Accept what is outside the agreement, with a reason."""
    blocks = [_reason(words.plain("Why it is accepted"))]
    if facts.ticket.outside_agreement:
        blocks.insert(0, kit.quote(facts.ticket.outside_agreement))
    return _act(View.ACCEPT, words.plain("Accept"), blocks, facts, words, submit=words.plain("Accept"))


def _text(label: str, facts: ActFacts, *, optional: bool = False, hint: str | None = None) -> Block:
    element = kit.text_input(Field.TEXT, typed=facts.text, lines=True, limit=TEXT_LIMIT, focus=True)
    return kit.field(Field.TEXT, label, element, optional=optional, hint=hint)


def _reason(label: str, *, optional: bool = False, hint: str | None = None, placeholder: str | None = None) -> Block:
    element = kit.text_input(Field.REASON, lines=True, limit=REASON_LIMIT, placeholder=placeholder)
    return kit.field(Field.REASON, label, element, optional=optional, hint=hint)


def _act(view: View, title: str, blocks: Sequence[Block], facts: ActFacts, words: Words, *, submit: str) -> ViewDict:
    head = kit.context(titled(facts.ticket.number, facts.ticket.summary))
    return kit.modal(view, title, [head, *blocks], submit=submit, close=words.plain("Cancel"), metadata=facts.metadata)
