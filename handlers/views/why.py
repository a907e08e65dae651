"""Why?: each deadline as an account of what was counted and what was skipped, until it adds up."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered, ViewDict
from handlers.views.cards import no_clock_words
from handlers.views.clocks import CLOCK, STRENGTH, joined, severity_name, titled
from handlers.views.facts import CountedSpan, LedgerFacts, SkippedSpan, WhyFacts
from handlers.views.names import Action, View, block_for, numbered
from handlers.views.targets import target_words
from handlers.views.typed import Mrkdwn, escape, fill, one_line
from handlers.views.words import Words

ROWS = 12
"""Spans shown of one account on a page of its own; the rest are summed up in the middle."""
PER_PAGE = 3
"""Accounts on a page."""


def why_view(facts: WhyFacts, words: Words, page: int = 0) -> ViewDict:
    """The accounts in a modal, paged."""
    return kit.modal(View.WHY, words.plain("Why?"), why_blocks(facts, words, page), close=words.plain("Close"))


def why_message(facts: WhyFacts, words: Words) -> Rendered:
    """The same as a private answer to `/ticket why`."""
    return kit.rendered(_text(facts, words), why_blocks(facts, words, 0))


def _text(facts: WhyFacts, words: Words) -> Mrkdwn:
    dues = [_sum(ledger, words) for ledger in facts.ledgers[:PER_PAGE]]
    return joined(titled(facts.number, facts.summary), *dues)


def why_blocks(facts: WhyFacts, words: Words, page: int) -> list[Block]:
    """Title, class and evidence, then the accounts of that page."""
    shown = facts.ledgers[page * PER_PAGE : (page + 1) * PER_PAGE]
    blocks = [kit.header(titled(facts.number, facts.summary)), kit.section(_severity(facts, words))]
    if not facts.ledgers:
        blocks.append(kit.section(no_clock_words(words, best_effort=facts.best_effort)))
    for ledger in shown:
        blocks += [kit.divider(), *_account(ledger, words)]
    return blocks + _pages(facts, page, words)


def _severity(facts: WhyFacts, words: Words) -> Mrkdwn:
    name = severity_name(facts.severity, words)
    clause = facts.severity.clause if facts.severity else None
    head = fill("*{severity}* ({clause})", severity=name, clause=clause) if clause else fill("*{name}*", name=name)
    lines = [joined(head, _set_by(facts, words))]
    for number, (question, answer) in enumerate(facts.answers, start=1):
        asked = one_line(words.pick(question), 200)
        lines.append(
            fill(
                "{number}. {question} *{answer}*",
                number=str(number),
                question=asked,
                answer=one_line(words.pick(answer), 100),
            )
        )
    return Mrkdwn("\n".join(lines))


def _set_by(facts: WhyFacts, words: Words) -> Mrkdwn:
    if facts.severity_set_by is not None:
        person = words.name(facts.severity_set_by)
        said = words.say("set by {person}", person=person)
        reason = one_line(facts.severity_reason or "", 300)
        return Mrkdwn(f"{said}: {escape(reason)}") if reason else said
    if not facts.answers:
        return Mrkdwn("")
    return words.count("from the answer below", "from the {n} answers below", len(facts.answers))


def _account(ledger: LedgerFacts, words: Words) -> list[Block]:
    local = Words(words.language, ZoneInfo(ledger.clock.zone))
    blocks = [kit.section(_promise(ledger, local))]
    if ledger.counted or ledger.skipped:
        blocks.append(kit.fields(_counted(ledger, local), _skipped(ledger, local)))
    blocks.append(kit.section(Mrkdwn(f"*{_sum(ledger, local)}*")))
    reading = one_line(words.pick(ledger.clock.reading), 500)
    if reading:
        blocks.append(kit.context(words.say("Reading taken: {reading}", reading=reading)))
    return blocks


def _promise(ledger: LedgerFacts, words: Words) -> Mrkdwn:
    clock = ledger.clock
    name = fill("*{clock}*", clock=words.plain(CLOCK[clock.kind]))
    said = Mrkdwn(f"{name}: {escape(target_words(ledger.target, words))}") if ledger.target else name
    return joined(said, _chosen_by(ledger, words), words.plain(STRENGTH[clock.strength]), clock.clause)


def _chosen_by(ledger: LedgerFacts, words: Words) -> Mrkdwn:
    if ledger.chosen_by is None:
        return Mrkdwn("")
    return words.say("chosen by {person}", person=words.name(ledger.chosen_by))


def _counted(ledger: LedgerFacts, words: Words) -> Mrkdwn:
    rows = [_counted_row(span, words) for span in ledger.counted]
    return _column(words.say("*Counted*"), rows, words)


def _counted_row(span: CountedSpan, words: Words) -> Mrkdwn:
    return Mrkdwn(f"{_span(span.start, span.end, words)}   {words.duration(span.amount)}")


def _skipped(ledger: LedgerFacts, words: Words) -> Mrkdwn:
    rows = [_skipped_row(span, words) for span in ledger.skipped]
    return _column(words.say("*Skipped*"), rows or [words.say("nothing")], words)


def _skipped_row(span: SkippedSpan, words: Words) -> Mrkdwn:
    return Mrkdwn(f"{_span(span.start, span.end, words)}   {escape(one_line(span.reason, 60))}")


def _column(title: Mrkdwn, rows: list[Mrkdwn], words: Words) -> Mrkdwn:
    if len(rows) > ROWS:
        half = ROWS // 2
        left_out = len(rows) - ROWS
        between = words.count("… {n} more …", "… {n} more …", left_out)
        rows = [*rows[:half], between, *rows[-half:]]
    return Mrkdwn("\n".join([title, *rows]))


def _span(start: datetime, end: datetime | None, words: Words) -> str:
    """ "Fri 20 Nov 15:30–17:00", or "Fri 17:00 – Mon 08:00" over several days; open while it lasts."""
    if end is None:
        return f"{words.day(start)} {words.time(start)} –"
    first, last = words.local(start), words.local(end)
    if first.date() == last.date() or (last - first < timedelta(days=1) and last.time() == datetime.min.time()):
        ends = "24:00" if first.date() != last.date() else words.time(end)
        return f"{words.day(start)} {words.time(start)}–{ends}"
    return f"{words.day(start)} {words.time(start)} – {words.day(end)} {words.time(end)}"


def _sum(ledger: LedgerFacts, words: Words) -> Mrkdwn:
    """ "4 h → due Mon 23 Nov 11:20, Europe/Stockholm"."""
    clock = ledger.clock
    total = words.duration(ledger.total)
    if clock.due_at is None:
        return words.say("{total} counted so far; the clock stands", total=total)
    local = Words(words.language, ZoneInfo(clock.zone))
    due = f"{local.day(clock.due_at)} {local.time(clock.due_at)}"
    if not ledger.counted:
        return words.say("due {due}, {zone}", due=due, zone=clock.zone)
    return words.say("{total} → due {due}, {zone}", total=total, due=due, zone=clock.zone)


def _pages(facts: WhyFacts, page: int, words: Words) -> list[Block]:
    last = max((len(facts.ledgers) - 1) // PER_PAGE, 0)
    if last == 0:
        return []
    return [
        kit.actions(
            _page_button(words.plain("Previous page"), facts, page - 1) if page > 0 else None,
            _page_button(words.plain("Next page"), facts, page + 1) if page < last else None,
            block_id=block_for("why", facts.number),
        )
    ]


def _page_button(text: str, facts: WhyFacts, page: int) -> Block:
    return kit.button(text, numbered(Action.WHY_PAGE, page), f"{facts.number}:{page}")
