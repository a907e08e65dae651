"""Notices as subscribers read them, in Slack and as plain text."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from handlers.views import blocks as kit
from handlers.views import dates
from handlers.views.blocks import Block, Rendered
from handlers.views.clocks import joined, sentences
from handlers.views.facts import Texts
from handlers.views.facts.announcements import NoticeFacts, ObjectionFact
from handlers.views.names import Action
from handlers.views.typed import Mrkdwn, clean, escape, fill, one_line, shorten
from handlers.views.words import LANGUAGES, Words, mark

TOPIC: Mapping[str, str] = {
    "release": mark("Release"),
    "security": mark("Security advisory"),
    "vulnerability": mark("Vulnerability"),
    "terms": mark("Changed terms"),
    "sub_processor": mark("Sub-processor"),
    "transfer": mark("Transfer of the agreement"),
}


def civil_day(day: date, words: Words) -> str:
    """ "26 December 2026"."""
    return dates.long_day(day, words.language)


def day_texts(day: date) -> Texts:
    """The same in each language, for a refusal."""
    return {language: dates.long_day(day, language) for language in LANGUAGES}


def topic_of(topic: str, words: Words) -> str:
    """ "Sub-processor"."""
    return words.plain(TOPIC[topic]) if topic in TOPIC else topic


# What subscribers read


def announcement(facts: NoticeFacts, words: Words) -> Rendered:
    """The notice, as it stands now; edited in place."""
    head = _head(facts, words)
    blocks = [kit.section(fill("*{head}*", head=head))]
    if facts.withdrawn_at is None:
        blocks += [kit.quote(shorten(clean(facts.text), kit.TEXT)), *_terms(facts, words)]
    else:
        blocks.append(kit.section(_withdrawn(facts, words)))
    if facts.repeated:
        blocks.append(kit.context(words.say("This may be a repeat: nobody could find out whether it was posted.")))
    if facts.may_object and facts.withdrawn_at is None:
        value = f"{facts.name}:{facts.customer}"
        blocks.append(kit.actions(kit.button(words.plain("Object"), Action.NOTICE_OBJECT, value)))
    return kit.rendered(joined(head, _from_when(facts, words)), blocks)


def _head(facts: NoticeFacts, words: Words) -> Mrkdwn:
    title = one_line(facts.title, 150)
    if facts.withdrawn_at is not None:
        return words.say("Withdrawn: {title}", title=title)
    if facts.topic in TOPIC:
        return words.say("{topic}: {title}", topic=topic_of(facts.topic, words), title=title)
    return escape(title)


def _withdrawn(facts: NoticeFacts, words: Words) -> Mrkdwn:
    at = words.moment_since(facts.withdrawn_at or facts.now, facts.now)
    return words.say(
        "This notice was withdrawn {at} and does not hold: {reason}", at=at, reason=shorten(facts.withdrawal, 1500)
    )


def _terms(facts: NoticeFacts, words: Words) -> list[Block]:
    """When it takes effect, what the reader may do about it, and what it is about."""
    lines = list(_said_of_it(facts, words))
    blocks = [kit.section(Mrkdwn("\n".join(lines)))] if lines else []
    small = []
    if facts.services:
        services = ", ".join(one_line(each, 60) for each in facts.services)
        small.append(words.say("Services: {services}", services=services))
    if facts.corrected_at is not None:
        small.append(words.say("Corrected {at}", at=words.moment_since(facts.corrected_at, facts.now)))
    return [*blocks, kit.context(*small)] if small else blocks


def _said_of_it(facts: NoticeFacts, words: Words) -> Iterable[Mrkdwn]:
    if from_when := _from_when(facts, words):
        yield from_when
    if facts.use_is_acceptance:
        yield words.say(
            "Using the service from that day on accepts the change ({clause}).", clause=_clause(facts, words)
        )
    if facts.may_object:
        yield words.say("You may object ({clause}).", clause=_clause(facts, words))
    for each in facts.objections:
        yield objection_line(each, facts.now, words)


def _from_when(facts: NoticeFacts, words: Words) -> Mrkdwn:
    if facts.effective is None or facts.withdrawn_at is not None:
        return Mrkdwn("")
    day = civil_day(facts.effective, words)
    if facts.clause is None:
        return words.say("Takes effect on {day}.", day=day)
    return words.say("Takes effect on {day} (the agreement, {clause}).", day=day, clause=_clause(facts, words))


def _clause(facts: NoticeFacts, words: Words) -> str:
    return one_line(words.pick(facts.clause), 60)


def objection_line(each: ObjectionFact, now: datetime, words: Words) -> Mrkdwn:
    """ "Nina Moe objected Mon 10:12: …"."""
    at, reason = words.moment_since(each.at, now), one_line(each.reason, 500)
    if each.by is not None:
        return words.say(
            "{customer} objected {at}, registered by {agent}: {reason}",
            customer=one_line(each.customer, 80),
            at=at,
            agent=words.name(each.by),
            reason=reason,
        )
    return words.say("{person} objected {at}: {reason}", person=words.name(each.person), at=at, reason=reason)


def in_plain_words(facts: NoticeFacts, words: Words) -> str:
    """All of it as plain text: what the register keeps, and what a mail says."""
    title = one_line(facts.title, 150)
    parts = [f"{topic_of(facts.topic, words)}: {title}", clean(facts.text)]
    parts += [str(_plainly(line)) for line in _said_of_it(facts, words)]
    if facts.may_object:
        parts.append(words.plain("To object, answer this message."))
    return "\n\n".join(part for part in parts if part)


def _plainly(line: Mrkdwn) -> str:
    """A line without marks: what stands in it was escaped."""
    return line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def corrected_line(facts: NoticeFacts, words: Words) -> Rendered:
    """A correction, in the thread."""
    said = sentences(words.say("This notice was corrected; above it stands as it is now."), _from_when(facts, words))
    return kit.rendered(said, [kit.section(said)])


def withdrawn_line(facts: NoticeFacts, words: Words) -> Rendered:
    """That it does not hold any more, in the thread."""
    said = _withdrawn(facts, words)
    return kit.rendered(said, [kit.section(said)])


def withdrawn_words(facts: NoticeFacts, words: Words) -> str:
    """The same as plain text."""
    title = words.plain("Withdrawn: {title}", title=one_line(facts.title, 150))
    return f"{title}\n\n{clean(facts.withdrawal)}"


def corrected_words(facts: NoticeFacts, words: Words) -> str:
    """A correction as plain text."""
    head = words.plain("Corrected: {title}", title=one_line(facts.title, 150))
    return "\n\n".join(part for part in (head, clean(facts.text), _plainly(_from_when(facts, words))) if part)
