"""What is about to fall due, and what has."""

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered
from handlers.views.clocks import (
    CLOCK,
    Moment,
    escalated,
    joined,
    left,
    remaining,
    sentences,
    severity_name,
    tail,
    uncapital,
    when,
)
from handlers.views.clocks import late as late_words
from handlers.views.facts import Gathered, GatheredFacts, ReminderFacts, SeverityFact
from handlers.views.names import Action, block_for, numbered
from handlers.views.typed import Mrkdwn, escape, fill, one_line
from handlers.views.words import Words

SHOWN = 20
"""Tickets named in one gathered reminder; the rest are counted."""


def subject(severity: SeverityFact | None, customer: str, summary: str, words: Words) -> Mrkdwn:
    """ "Priority 2 · Acme: Invoices will not send"."""
    return fill(
        "{severity} · {customer}: {summary}",
        severity=severity_name(severity, words),
        customer=one_line(customer, 80),
        summary=one_line(summary),
    )


def reminder(facts: ReminderFacts, words: Words) -> Rendered:
    """Due soon: to the owner, or to the thread."""
    about = subject(facts.severity, facts.customer, facts.summary, words)
    said = joined(_due(facts, words, words.moment), about)
    text = joined(_due(facts, words, when(words, facts.now)), about)
    return kit.rendered(text, [kit.section(said), _small(facts, words), _buttons(facts, words)])


def _due_soon(facts: ReminderFacts, words: Words, moment: Moment) -> Mrkdwn:
    about = subject(facts.severity, facts.customer, facts.summary, words)
    return joined(_due(facts, words, moment), about)


def _due(facts: ReminderFacts, words: Words, moment: Moment) -> Mrkdwn:
    clock = facts.clock
    if clock.due_at is None:
        return words.say("{number} waits", number=facts.number)
    return words.say(
        "{number} due {due}, {left}",
        number=facts.number,
        due=escape(moment(clock.due_at)),
        left=remaining(clock, words),
    )


def _small(facts: ReminderFacts, words: Words) -> Block:
    clock = facts.clock
    what = joined(words.plain(CLOCK[clock.kind]), tail(clock, words))
    return kit.context(joined(what, left(clock, facts.now, words)))


def _buttons(facts: ReminderFacts, words: Words) -> Block:
    return kit.actions(
        kit.button(words.plain("Open"), Action.SHOW, facts.number),
        None if facts.started else kit.button(words.plain("Start work"), Action.START, facts.number),
        block_id=block_for("reminder", facts.number),
    )


def gathered(facts: GatheredFacts, words: Words) -> Rendered:
    """Several at once: together, before closing, after downtime."""
    if len(facts.reminders) == 1 and facts.why is Gathered.TOGETHER:
        return reminder(facts.reminders[0], words)
    blocks = [kit.section(GATHERED[facts.why](facts, words, words.moment)), *_rows(facts, words)]
    blocks.append(_gathered_buttons(facts, words))
    return kit.rendered(GATHERED[facts.why](facts, words, when(words, facts.now)), blocks)


def _rows(facts: GatheredFacts, words: Words) -> list[Block]:
    row = _due_row if facts.why is Gathered.WHILE_DOWN else _subject_row
    rows = [row(each, words) for each in facts.reminders[:SHOWN]]
    hidden = len(facts.reminders) - len(rows)
    if hidden:
        rows.append(words.count("and {n} more", "and {n} more", hidden))
    return [kit.section(Mrkdwn("\n".join(rows[i : i + 5]))) for i in range(0, len(rows), 5)]


def _due_row(each: ReminderFacts, words: Words) -> Mrkdwn:
    if each.clock.breached:
        return _late(each, words, words.moment)
    return _due_soon(each, words, words.moment)


def _subject_row(each: ReminderFacts, words: Words) -> Mrkdwn:
    """The sentence above says when each is due."""
    return joined(each.number, subject(each.severity, each.customer, each.summary, words))


def _gathered_buttons(facts: GatheredFacts, words: Words) -> Block:
    if facts.why is Gathered.WHILE_DOWN:
        return kit.actions(kit.button(words.plain("Show"), Action.LIST, "mine"))
    numbers = list(dict.fromkeys(each.number for each in facts.reminders))[:5]
    shown = [
        kit.button(words.plain("Open {number}", number=number), numbered(Action.SHOW, index), number)
        for index, number in enumerate(numbers)
    ]
    return kit.actions(*shown)


def _listed(facts: GatheredFacts, words: Words, moment: Moment) -> Mrkdwn:
    """ "T-14 08:20, T-15 08:45"."""
    shown = [_number_due(each, moment) for each in facts.reminders[:SHOWN]]
    hidden = len(facts.reminders) - len(shown)
    if hidden:
        shown.append(words.count("and {n} more", "and {n} more", hidden))
    return Mrkdwn(", ".join(shown))


def _number_due(each: ReminderFacts, moment: Moment) -> Mrkdwn:
    if each.clock.due_at is None:
        return escape(each.number)
    return Mrkdwn(f"{escape(each.number)} {escape(moment(each.clock.due_at))}")


def _together(facts: GatheredFacts, words: Words, moment: Moment) -> Mrkdwn:
    return words.count(
        "{n} ticket falls due soon: {tickets}",
        "{n} tickets fall due soon: {tickets}",
        len(facts.reminders),
        tickets=_listed(facts, words, moment),
    )


def _after_opening(facts: GatheredFacts, words: Words, moment: Moment) -> Mrkdwn:
    opening = facts.opening_at or facts.now
    dues = [each.clock.due_at for each in facts.reminders]
    spans = {"day": words.weekday(opening), "why": _closed(facts, words), "tickets": _listed(facts, words, moment)}
    if all(due is not None and due < opening for due in dues):
        said = words.count(
            "{n} ticket falls due before {day}'s opening{why}: {tickets}.",
            "{n} tickets fall due before {day}'s opening{why}: {tickets}.",
            len(facts.reminders),
            **spans,
        )
    else:
        said = words.count(
            "{n} ticket falls due soon after {day}'s opening{why}: {tickets}.",
            "{n} tickets fall due soon after {day}'s opening{why}: {tickets}.",
            len(facts.reminders),
            **spans,
        )
    if facts.closing_at is None:
        return said
    return sentences(said, words.say("Closing is in {left}.", left=words.duration(facts.closing_at - facts.now)))


def _closed(facts: GatheredFacts, words: Words) -> Mrkdwn:
    if not facts.closed_because or facts.closed_on is None:
        return Mrkdwn("")
    day = words.weekday(facts.closed_on)
    return words.say(" ({day} is {name})", day=day, name=one_line(facts.closed_because, 80))


def _while_down(facts: GatheredFacts, words: Words, moment: Moment) -> Mrkdwn:
    del moment  # the span is on one day as a rule; times are enough, and tickets need no due here
    return words.count(
        "While Vakt was down ({start}–{end}) {n} reminder fell due: {tickets}.",
        "While Vakt was down ({start}–{end}) {n} reminders fell due: {tickets}.",
        len(facts.reminders),
        start=words.since(facts.down_from or facts.now, facts.now),
        end=words.since(facts.down_to or facts.now, facts.now),
        tickets=", ".join(each.number for each in facts.reminders[:SHOWN]),
    )


GATHERED = {
    Gathered.TOGETHER: _together,
    Gathered.AFTER_OPENING: _after_opening,
    Gathered.WHILE_DOWN: _while_down,
}


def late(facts: ReminderFacts, words: Words) -> Rendered:
    """Breached, past the aim or later than usual: the strength chooses."""
    return kit.rendered(
        _late(facts, words, when(words, facts.now)),
        [kit.section(_late(facts, words, words.moment)), _late_small(facts, words), _buttons(facts, words)],
    )


def _late(facts: ReminderFacts, words: Words, moment: Moment) -> Mrkdwn:
    said = fill("{number}: {late}", number=facts.number, late=uncapital(late_words(facts.clock, words, moment)))
    return joined(said, subject(facts.severity, facts.customer, facts.summary, words))


def _late_small(facts: ReminderFacts, words: Words) -> Block:
    clock = facts.clock
    return kit.context(joined(tail(clock, words), escalated(clock, words)))


def expected_passed(facts: ReminderFacts, words: Words) -> Rendered:
    """The expected instant is past, the latest is not."""
    text = _expected(facts, words, when(words, facts.now))
    return kit.rendered(text, [kit.section(_expected(facts, words, words.moment)), _buttons(facts, words)])


def _expected(facts: ReminderFacts, words: Words, moment: Moment) -> Mrkdwn:
    clock = facts.clock
    if clock.due_at is None:
        return subject(facts.severity, facts.customer, facts.summary, words)
    said = words.say(
        "{number}: later than usual, at the latest {due} ({clause})",
        number=facts.number,
        due=escape(moment(clock.due_at)),
        clause=clock.clause,
    )
    return joined(said, subject(facts.severity, facts.customer, facts.summary, words))
