"""Escalations and pages: whom a broken or urgent promise calls."""

from collections.abc import Callable, Mapping

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered
from handlers.views.clocks import ROLE, Moment, joined, promise, sentences, uncapital, when
from handlers.views.clocks import late as late_words
from handlers.views.facts import EscalationFacts, EscalationReason, PageFacts
from handlers.views.names import Action, block_for
from handlers.views.reminders import subject
from handlers.views.typed import Mrkdwn, escape, fill, one_line
from handlers.views.words import Words


def escalation(facts: EscalationFacts, words: Words) -> Rendered:
    """A role is mentioned, in the desk's thread."""
    said = _escalation(facts, words, words.moment)
    blocks = [kit.section(said)]
    small = joined(_owner(facts, words), facts.clause or "")
    if small:
        blocks.append(kit.context(small))
    return kit.rendered(_escalation(facts, words, when(words, facts.now)), blocks)


def _escalation(facts: EscalationFacts, words: Words, moment: Moment) -> Mrkdwn:
    told = words.mention_role(facts.role)
    role = words.plain(ROLE[facts.role.role])
    called = fill("{people} ({role})", people=told, role=role) if told else escape(role)
    why = WHY[facts.why](facts, words, moment)
    said = fill("{called}: {number} {why}", called=called, number=facts.number, why=why)
    return joined(said, subject(facts.severity, facts.customer, facts.summary, words))


def _owner(facts: EscalationFacts, words: Words) -> Mrkdwn:
    if facts.owner is None:
        return words.say("Owner: nobody yet")
    return words.say("Owner: {person}", person=words.name(facts.owner))


def _why_late(facts: EscalationFacts, words: Words, moment: Moment) -> Mrkdwn:
    if facts.clock is None:
        return words.say("is late")
    return words.say("is late. {late}", late=late_words(facts.clock, words, moment))


def _why_untouched(facts: EscalationFacts, words: Words, moment: Moment) -> Mrkdwn:
    if facts.clock is None:
        return words.say("is not yet solved")
    return words.say("is not yet done: {promise}", promise=uncapital(promise(facts.clock, words, moment)))


def _why_urgent(facts: EscalationFacts, words: Words, moment: Moment) -> Mrkdwn:
    if facts.clock is None or facts.clock.due_at is None:
        return words.say("came in and goes to you at once")
    due = uncapital(promise(facts.clock, words, moment))
    return words.say("came in and goes to you at once: {promise}", promise=due)


def _why_manual(facts: EscalationFacts, words: Words, moment: Moment) -> Mrkdwn:
    del moment
    by = words.name(facts.by)
    said = words.say("was escalated by {person}", person=by)
    return Mrkdwn(f"{said}: {escape(one_line(facts.text, 500))}") if facts.text else said


WHY: Mapping[EscalationReason, Callable[[EscalationFacts, Words, Moment], Mrkdwn]] = {
    EscalationReason.LATE: _why_late,
    EscalationReason.UNTOUCHED: _why_untouched,
    EscalationReason.URGENT: _why_urgent,
    EscalationReason.MANUAL: _why_manual,
}


# Pages


def page(facts: PageFacts, words: Words) -> Rendered:
    """A page, by direct message; edited as it is answered."""
    head = words.say(
        "Page: {number} · {subject}",
        number=facts.number,
        subject=subject(facts.severity, facts.customer, facts.summary, words),
    )
    lines = [head, *_page_lines(facts, words)]
    text = joined(head, words.when(facts.sent_at, facts.now))
    return kit.rendered(text, [kit.section(Mrkdwn("\n".join(lines))), _page_buttons(facts, words)])


def _page_lines(facts: PageFacts, words: Words) -> list[Mrkdwn]:
    sent = words.moment_since(facts.sent_at, facts.now)
    if facts.started:
        return [words.say("Sent {sent}. Work has started.", sent=sent)]
    if facts.waits_because is not None:
        return [
            words.say(
                "Sent {sent}. Left until the next opening: {reason}",
                sent=sent,
                reason=one_line(facts.waits_because, 300),
            )
        ]
    if facts.acknowledged_at is not None:
        return [_acknowledged(facts, words), _runs_on(facts, words)]
    if facts.declined:
        return [words.say("Sent {sent}. You said that you cannot; the next is paged.", sent=sent)]
    again = [words.say("This may be a repeat: nobody could find out whether it reached you before.")]
    return [*(again if facts.repeated else ()), _position(facts, words), *_contract_clock(facts, words)]


def _acknowledged(facts: PageFacts, words: Words) -> Mrkdwn:
    sent = words.moment_since(facts.sent_at, facts.now)
    at = words.moment_since(facts.acknowledged_at or facts.now, facts.now)
    if facts.acknowledged_by_reader or facts.acknowledged_by is None:
        return words.say("Sent {sent}, acknowledged by you {at}.", sent=sent, at=at)
    person = words.name(facts.acknowledged_by)
    return words.say("Sent {sent}, acknowledged by {person} {at}.", sent=sent, person=person, at=at)


def _runs_on(facts: PageFacts, words: Words) -> Mrkdwn:
    starts = _contract_clock(facts, words)
    return starts[0] if starts else words.say("The ticket's clock runs on until someone starts work.")


def _contract_clock(facts: PageFacts, words: Words) -> list[Mrkdwn]:
    if facts.clock_starts_at is not None:
        return [words.say("The agreement's clock starts {at}.", at=words.moment(facts.clock_starts_at))]
    if facts.clock is None or facts.clock.due_at is None:
        return []
    return [joined(promise(facts.clock, words, words.moment), facts.clock.clause)]


def _position(facts: PageFacts, words: Words) -> Mrkdwn:
    said = (
        words.say("You are first on call.")
        if facts.position <= 1
        else words.say("You are number {position} on call.", position=facts.position)
    )
    if not facts.next_steps:
        return said
    return sentences(said, _next_steps(facts, words))


def _next_steps(facts: PageFacts, words: Words) -> Mrkdwn:
    shown = [
        words.say("{who} at {at}", who=one_line(who, 80), at=words.moment_since(at, facts.now))
        for who, at in facts.next_steps
    ]
    return words.say("Paged next: {steps}.", steps=Mrkdwn(", ".join(shown)))


def _page_buttons(facts: PageFacts, words: Words) -> Block:
    number = facts.number
    open_ticket = kit.button(words.plain("Open ticket"), Action.SHOW, number)
    start = None if facts.started else kit.button(words.plain("Start work"), Action.START, number)
    later = None
    if facts.may_wait_until is not None and not facts.started and facts.waits_because is None:
        later = kit.button(words.plain("Next opening…"), Action.NEXT_OPENING, number)
    if facts.acknowledged_at is not None or facts.started or facts.declined:
        return kit.actions(start, later, open_ticket, block_id=block_for("page", number))
    return kit.actions(
        kit.button(words.plain("Acknowledge"), Action.ACKNOWLEDGE, number, style="primary"),
        kit.button(words.plain("I can't"), Action.DECLINE, number),
        kit.button(words.plain("Escalate now"), Action.ESCALATE, number),
        later,
        open_ticket,
        block_id=block_for("page", number),
    )
