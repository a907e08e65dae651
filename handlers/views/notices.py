"""What the customer is told in its thread, and short prompts with one button.

Said in the channel's language. Money and blame are never mentioned in a channel.
"""

from collections.abc import Callable
from datetime import datetime

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered
from handlers.views.cards import REFERENCE
from handlers.views.clocks import (
    Moment,
    clause_words,
    joined,
    promise,
    sentences,
    severity_name,
    told_customer,
    uncapital,
    when,
)
from handlers.views.facts import ClockFacts, LogFacts, PassedOnFacts, TicketFacts
from handlers.views.names import Action, block_for
from handlers.views.typed import Mrkdwn, clean, escape, one_line, shorten
from handlers.views.words import Words, mark
from models.sla.contract import ClockKind, Strength, WaitKind

NOT_KEPT = {
    ClockKind.FIRST_RESPONSE: mark("{number} should have been answered by {due}. It has not been."),
    ClockKind.START_OF_WORK: mark("Work on {number} should have started by {due}. It has not."),
    ClockKind.RESOLUTION: mark("{number} should have been solved by {due}. It is not."),
    ClockKind.NEXT_UPDATE: mark("You should have heard about {number} by {due}. You have not."),
    ClockKind.DELIVERY: mark("{number} should have been delivered by {due}. It has not been."),
}
WHOSE = {
    Strength.GUARANTEED: mark("That breaks the guarantee in the agreement ({clause})."),
    Strength.PROMISED: mark("That breaks the agreement ({clause})."),
    Strength.AIM: mark("That is past the aim in the agreement ({clause})."),
    Strength.USUAL: mark("That is later than usual ({clause})."),
    Strength.GUIDELINE: mark("That is past the guideline in the agreement ({clause})."),
}


def promises(ticket: TicketFacts, words: Words, moment: Moment) -> list[Mrkdwn]:
    """What is promised now, with its clause; at most two clocks."""
    if ticket.best_effort:
        return [words.say("best effort, no time is set")]
    running = [clock for clock in ticket.clocks if clock.stopped_at is None and clock.due_at is not None]
    return [promised(clock, words, moment) for clock in running[:2]]


def promised(clock: ClockFacts, words: Words, moment: Moment) -> Mrkdwn:
    """ "work starts by Mon 13:40 (the agreement, SO-15)"."""
    said = uncapital(promise(clock, words, moment))
    return words.say(REFERENCE[clock.strength], promise=said, clause=clause_words(clock, words))


def class_changed(line: LogFacts, ticket: TicketFacts, words: Words) -> Rendered:
    """The class changed, why, and what it means for the time."""
    return _both(lambda moment: _class_changed(line, ticket, words, moment), words, line.now)


def _class_changed(line: LogFacts, ticket: TicketFacts, words: Words, moment: Moment) -> Mrkdwn:
    said = words.say(
        "{number} is now {after}, before {before}.",
        number=line.number,
        after=severity_name(line.after, words),
        before=severity_name(line.before, words),
    )
    if line.text:
        said = sentences(said, words.say("Reason: {reason}", reason=one_line(line.text, 500)))
    elif line.other:
        said = sentences(said, words.say("Reason: the way round works ({clause}).", clause=line.other))
    return joined(said, *promises(ticket, words, moment))


def release_planned(line: LogFacts, words: Words) -> Rendered:
    """Which version it comes in, and why it was moved."""
    said = words.say(
        "{number} is planned for release {release}.", number=line.number, release=one_line(line.other or "", 60)
    )
    if line.text:
        said = sentences(said, words.say("Reason: {reason}", reason=one_line(line.text, 500)))
    return kit.rendered(said, [kit.section(said)])


def reply(line: LogFacts, words: Words) -> Rendered:
    """The desk's answer, in the customer's thread."""
    person = words.name(line.by)
    said = words.say("{person} answers:", person=person)
    text = clean(line.text or "")
    return kit.rendered(Mrkdwn(f"{said} {escape(one_line(text, 1000))}"), [kit.context(said), kit.quote(text)])


def waiting_notice(ticket: TicketFacts, question: str, words: Words) -> Rendered:
    """What is asked of the customer: an answer or access."""
    message = (
        mark("{number}: we need access to go on. Answer here when it is given.")
        if ticket.wait is WaitKind.ACCESS
        else mark("{number}: we need an answer from you to go on. Write it here.")
    )
    said = words.say(message, number=ticket.number)
    blocks = [kit.section(said)]
    if clean(question):
        blocks.append(kit.quote(question))
    if ticket.clock_stands:
        blocks.append(kit.context(words.say("Until then the clock stands.")))
    text = Mrkdwn(f"{said} {escape(one_line(question, 500))}") if clean(question) else said
    return kit.rendered(text, blocks)


def workaround_notice(ticket: TicketFacts, words: Words) -> Rendered:
    """A way round, with *It works* and *It does not*."""
    said = words.say("{number}: here is a way round for now. Does it work for you?", number=ticket.number)
    text = ticket.workaround or ""
    row = kit.actions(
        kit.button(words.plain("It works"), Action.WORKAROUND_WORKS, ticket.number, style="primary"),
        kit.button(words.plain("It does not"), Action.WORKAROUND_FAILS, ticket.number),
        block_id=block_for("workaround", ticket.number),
    )
    return kit.rendered(Mrkdwn(f"{said} {escape(one_line(text, 500))}"), [kit.section(said), kit.quote(text), row])


def needs_more_work(line: LogFacts, ticket: TicketFacts, words: Words) -> Rendered:
    """It takes more work; when they hear next."""
    return _both(lambda moment: _more_work(line, ticket, words, moment), words, line.now)


def _more_work(line: LogFacts, ticket: TicketFacts, words: Words, moment: Moment) -> Mrkdwn:
    said = words.say("{number} takes more work.", number=ticket.number)
    if line.text:
        said = sentences(said, one_line(line.text, 1000))
    hears = words.say("You hear from us when it is solved.")
    if line.next_update_at is not None:
        at = escape(moment(line.next_update_at))
        hears = words.say("You hear from us by {at}, and when it is solved.", at=at)
    return sentences(said, hears)


def resolved_notice(ticket: TicketFacts, words: Words) -> Rendered:
    """The outcome, with *Confirm* and *Reopen*."""
    person = words.name(ticket.resolved_by)
    said = words.say("{number} is resolved by {person}.", number=ticket.number, person=person)
    outcome = shorten(clean(ticket.outcome or ""), kit.TEXT)
    small = [words.say("Not solved? Press Reopen.")]
    if ticket.call_back:
        small.insert(0, words.say("You will also be called back."))
    blocks = [kit.section(said), kit.quote(outcome), kit.context(*small), _after(ticket, words)]
    return kit.rendered(Mrkdwn(f"{said} {escape(one_line(outcome, 1000))}"), blocks)


def _after(ticket: TicketFacts, words: Words) -> Block:
    return kit.actions(
        kit.button(words.plain("Confirm"), Action.CONFIRM, ticket.number, style="primary"),
        kit.button(words.plain("Reopen"), Action.REOPEN, ticket.number),
        block_id=block_for("resolved", ticket.number),
    )


def reopened_notice(line: LogFacts, ticket: TicketFacts, words: Words) -> Rendered:
    """It is open again."""
    return _both(lambda moment: _reopened(line, ticket, words, moment), words, line.now)


def _reopened(line: LogFacts, ticket: TicketFacts, words: Words, moment: Moment) -> Mrkdwn:
    person = words.name(line.by)
    said = words.say("{number} is open again, reopened by {person}.", number=ticket.number, person=person)
    if line.text:
        said = sentences(said, words.say("Reason: {reason}", reason=one_line(line.text, 500)))
    return joined(said, *promises(ticket, words, moment))


def late_notice(ticket: TicketFacts, clock: ClockFacts, words: Words) -> Rendered:
    """A promise was broken: said plainly, with what happens now."""
    return _both(lambda moment: _late(ticket, clock, words, moment), words, ticket.now)


def _late(ticket: TicketFacts, clock: ClockFacts, words: Words, moment: Moment) -> Mrkdwn:
    due = escape(moment(clock.due_at or ticket.now))
    missed = words.say(NOT_KEPT[clock.kind], number=ticket.number, due=due)
    broken = words.say(WHOSE[clock.strength], clause=clause_words(clock, words))
    return sentences(missed, broken, _what_now(clock, words))


def _what_now(clock: ClockFacts, words: Words) -> Mrkdwn:
    roles = told_customer(clock, words)
    if not roles:
        return words.say("It now goes before other tickets; this thread says when that changes.")
    return words.say("It is escalated to {roles} and goes before other tickets.", roles=roles)


def after_resolution(ticket: TicketFacts, words: Words) -> Rendered:
    """Something was written after the resolution: reopen by a press."""
    said = words.say(
        "{number} is resolved, and a message does not reopen it. If it is not solved, press Reopen.",
        number=ticket.number,
    )
    reopen = kit.button(words.plain("Reopen"), Action.REOPEN, ticket.number)
    row = kit.actions(reopen, block_id=block_for("after", ticket.number))
    return kit.rendered(said, [kit.section(said), row])


def question_passed_on(facts: PassedOnFacts, words: Words) -> Rendered:
    """To a super user: what a colleague asks, as typed. Source: PI-11."""
    said = words.say(
        "{person} at {customer} asks you:", person=words.mention(facts.by), customer=one_line(facts.customer, 80)
    )
    asked = one_line(facts.summary, 300)
    small = words.say(
        "Super users answer questions first ({clause}). Answer {person} directly;"
        " what you cannot answer, open as a ticket with /ticket.",
        clause=facts.clause,
        person=words.name(facts.by),
    )
    blocks = [kit.section(Mrkdwn(f"{said}\n*{escape(asked)}*"))]
    if clean(facts.details):
        blocks.append(kit.quote(shorten(clean(facts.details), kit.TEXT)))
    return kit.rendered(Mrkdwn(f"{said} {escape(asked)}"), [*blocks, kit.context(small)])


def wait_ended(line: LogFacts, words: Words) -> Rendered:
    """To the desk: the customer wrote, the wait is over; *Still waiting* undoes it."""
    person = words.name(line.by)
    message = (
        mark("{person} wrote, so the wait for access is over")
        if line.wait is WaitKind.ACCESS
        else mark("{person} wrote, so the wait for the customer is over")
    )
    return _both(
        lambda moment: joined(words.say(message, person=person), *_runs(line, words, moment)),
        words,
        line.now,
        _still(line, words),
    )


def _runs(line: LogFacts, words: Words, moment: Moment) -> list[Mrkdwn]:
    if line.clock is None or line.clock.due_at is None:
        return []
    return [uncapital(promise(line.clock, words, moment))]


def _still(line: LogFacts, words: Words) -> Block:
    still = kit.button(words.plain("Still waiting"), Action.STILL_WAITING, line.number)
    return kit.actions(still, block_id=block_for("wait", line.number))


def _both(say: Callable[[Moment], Mrkdwn], words: Words, now: datetime, *more: Block) -> Rendered:
    """The same sentence twice: instants in plain text for the notice, as tokens in the block."""
    return kit.rendered(say(when(words, now)), [kit.section(say(words.moment)), *more])
