"""Escalations: whom a broken or urgent promise calls."""

from collections.abc import Callable, Mapping

from handlers.views import blocks as kit
from handlers.views.blocks import Rendered
from handlers.views.clocks import ROLE, Moment, joined, promise, uncapital, when
from handlers.views.clocks import late as late_words
from handlers.views.facts import EscalationFacts, EscalationReason
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
