"""What is about to fall due, has fallen due, and who must know of it."""

from collections.abc import Callable, Mapping

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered
from handlers.views.clocks import (
    CLOCK,
    ROLE,
    Moment,
    escalated,
    joined,
    left,
    promise,
    remaining,
    sentences,
    severity_name,
    tail,
    uncapital,
    when,
)
from handlers.views.clocks import (
    late as late_words,
)
from handlers.views.facts import (
    EscalationFacts,
    EscalationReason,
    Gathered,
    GatheredFacts,
    PageFacts,
    ReminderFacts,
    SeverityFact,
)
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
    said = _due_soon(facts, words, words.moment)
    text = _due_soon(facts, words, when(words, facts.now))
    return kit.rendered(text, [kit.section(said), _small(facts, words), _buttons(facts, words)])


def _due_soon(facts: ReminderFacts, words: Words, moment: Moment) -> Mrkdwn:
    clock = facts.clock
    if clock.due_at is None:
        due = words.say("{number} waits", number=facts.number)
    else:
        due = words.say(
            "{number} due {due}, {left}",
            number=facts.number,
            due=escape(moment(clock.due_at)),
            left=remaining(clock, words),
        )
    return joined(due, subject(facts.severity, facts.customer, facts.summary, words))


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


# Escalation


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
