"""The report after an outage, as Markdown; the window in which it is written, and the follow-ups to be opened."""

import re
from collections.abc import Iterable, Iterator

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered, ViewDict
from handlers.views.clocks import joined
from handlers.views.facts.incidents import (
    FollowUpFact,
    MomentFact,
    PromiseFact,
    ReportFacts,
    ReportFormFacts,
    ReportToldFact,
)
from handlers.views.names import Action, Field, View
from handlers.views.outage_desk import GRAVITIES, PROMISES, line_text
from handlers.views.outages import SCOPES
from handlers.views.typed import as_typed, clean, one_line
from handlers.views.words import Words, mark

WAYS = {"channel": mark("channel"), "direct": mark("direct message"), "mail": mark("mail")}
TOLD_LISTED = 300
"""Tellings that the report lists; the register has all of them."""

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")


def markdown(facts: ReportFacts, words: Words) -> str:
    """All of it. What people typed is escaped: it makes no heading, no link and no mention."""
    return "\n".join(_document(facts, words)).rstrip() + "\n"


def _document(facts: ReportFacts, words: Words) -> Iterator[str]:
    outage = facts.outage
    yield f"# {outage.name} · {_safe(outage.title)}"
    yield ""
    yield from (f"- **{name}:** {value}" for name, value in _summary(facts, words))
    yield ""
    yield from _heading(words.plain("Causes"))
    yield _paragraphs(facts.causes or outage.cause or words.plain("They are not written down yet."))
    yield ""
    yield from _part(words.plain("Follow-ups"), (_follow_up(each) for each in facts.follow_ups), words)
    yield from _part(words.plain("What was promised"), (_promise(each, words) for each in facts.promises), words)
    yield from _part(
        words.plain("Who was affected, by their own word"), (_affected(each, words) for each in facts.affected), words
    )
    yield from _part(words.plain("Timeline"), (_moment(each, words) for each in facts.timeline), words)
    yield from _told(facts, words)


def _summary(facts: ReportFacts, words: Words) -> Iterator[tuple[str, str]]:
    outage = facts.outage
    yield words.plain("Services"), _safe(", ".join(outage.services))
    yield words.plain("Kind"), words.plain(GRAVITIES.get(facts.gravity, facts.gravity))
    yield words.plain("Whom it kept out"), words.plain(SCOPES.get(outage.scope, outage.scope))
    yield words.plain("Cause"), _safe(outage.cause) if outage.cause else words.plain("not known")
    moments = (
        (words.plain("Began"), outage.began_at),
        (words.plain("Detected"), facts.detected_at),
        (words.plain("First reported by a customer"), facts.reported_at),
        (words.plain("Announced"), facts.announced_at),
        (words.plain("Ended"), outage.ended_at),
    )
    for name, at in moments:
        yield name, words.zoned(at) if at else words.plain("never")
    if outage.ended_at is not None:
        yield words.plain("Lasted"), words.duration(outage.ended_at - outage.began_at)
    people = (
        (words.plain("Lead"), facts.lead),
        (words.plain("Communications"), facts.communications),
        (words.plain("Scribe"), facts.scribe),
    )
    for role, person in people:
        if person is not None:
            yield role, _safe(words.name(person))
    if facts.tickets:
        yield words.plain("Tickets"), ", ".join(facts.tickets)
    if facts.written_at is not None:
        by = _safe(words.name(facts.written_by))
        yield words.plain("Report"), words.plain("{by}, {at}", by=by, at=words.zoned(facts.written_at))


def _heading(title: str) -> Iterator[str]:
    yield f"## {title}"
    yield ""


def _part(title: str, lines: Iterable[str], words: Words) -> Iterator[str]:
    yield from _heading(title)
    listed = [f"- {line}" for line in lines]
    yield from listed or [words.plain("None.")]
    yield ""


def _follow_up(each: FollowUpFact) -> str:
    return f"{_safe(each.text)} ({each.ticket})" if each.ticket else _safe(each.text)


def _promise(each: PromiseFact, words: Words) -> str:
    outcome = {True: mark("kept"), False: mark("not kept"), None: mark("open")}[each.kept]
    clause = f" ({each.clause})" if each.clause else ""
    return words.plain(
        "{promise} by {at}: {outcome}{clause}",
        promise=words.plain(PROMISES[each.promise]),
        at=words.zoned(each.at),
        outcome=words.plain(outcome),
        clause=clause,
    )


def _affected(each: MomentFact, words: Words) -> str:
    return words.plain(
        "{customer}, {at}, said by {by}",
        customer=_safe(each.text),
        at=words.zoned(each.at),
        by=_safe(words.name(each.by)),
    )


def _moment(each: MomentFact, words: Words) -> str:
    at = words.zoned(each.at)
    if each.line is not None:
        return f"{at}: {_safe(as_typed(line_text(each.line, words)))}"
    return f"{at}: {_safe(words.name(each.by))}: {_safe(each.text)}"


def _told(facts: ReportFacts, words: Words) -> Iterator[str]:
    yield from _heading(words.plain("Who was told"))
    if not facts.told:
        yield words.plain("Nobody outside.")
        return
    heads = (
        words.plain("Customer"),
        words.plain("Where"),
        words.plain("What"),
        words.plain("Language"),
        words.plain("When"),
    )
    yield f"| {' | '.join(heads)} |"
    yield "|" + " --- |" * len(heads)
    for each in facts.told[:TOLD_LISTED]:
        yield f"| {' | '.join(_telling(each, words))} |"
    if len(facts.told) > TOLD_LISTED:
        yield ""
        yield words.count("and {n} more", "and {n} more", len(facts.told) - TOLD_LISTED)


def _telling(each: ReportToldFact, words: Words) -> tuple[str, ...]:
    way = words.plain(WAYS.get(each.way, each.way))
    what = words.plain("announcement") if each.step == 0 else words.plain("update {number}", number=each.step)
    sent = words.zoned(each.sent_at) if each.sent_at else words.plain("not sent")
    return _safe(each.customer or "–"), f"{way} {_safe(each.receiver)}".strip(), what, each.language, sent


def _safe(text: str) -> str:
    """Typed text in the middle of a line of Markdown."""
    return _MARKS.sub(r"\\\1", " ".join(clean(text).split()))


def _paragraphs(text: str) -> str:
    return "\n\n".join(_safe(line) for line in clean(text).splitlines() if line.strip())


# In Slack


def report_view(facts: ReportFormFacts, words: Words) -> ViewDict:
    """What no history knows: contributing causes, and what is to be done."""
    causes = kit.text_input(Field.CAUSES, typed=facts.causes, lines=True, limit=3000, focus=True)
    todo = kit.text_input(Field.FOLLOW_UPS, typed="\n".join(facts.follow_ups), lines=True, limit=3000)
    blocks: list[Block] = [
        kit.context(joined(facts.outage.name, one_line(facts.outage.title, 120))),
        kit.field(
            Field.CAUSES,
            words.plain("Contributing causes"),
            causes,
            hint=words.plain("What made it possible, what made it last; not who."),
        ),
        kit.field(
            Field.FOLLOW_UPS,
            words.plain("Follow-ups"),
            todo,
            optional=True,
            hint=words.plain("One on each line. Each can be opened as a ticket afterwards."),
        ),
    ]
    return kit.modal(
        View.OUTAGE_REPORT,
        words.plain("Report"),
        blocks,
        submit=words.plain("Write it"),
        close=words.plain("Cancel"),
        metadata=facts.metadata,
    )


def canvas_title(name: str, words: Words) -> str:
    """What the report is called as a canvas of its own: written again it stays the same one."""
    return words.plain("{name}, report", name=name)


def title(name: str, revision: int, words: Words) -> str:
    """The file's title: another for each report, for the file is looked up by it."""
    return words.plain("{name}, report {number}", name=name, number=revision)


def comment(name: str, words: Words) -> str:
    """What stands beside the file."""
    return words.plain("The report of {name}.", name=name)


def with_follow_ups(said: Rendered, name: str, follow_ups: Iterable[FollowUpFact], words: Words) -> Rendered:
    """The line that says that the report was written, with what may be opened as tickets."""
    blocks = list(said.blocks)
    for each in follow_ups:
        shown = joined(one_line(each.text, 200), each.ticket or "")
        button = kit.button(words.plain("Open as a ticket"), Action.FOLLOW_UP, f"{name}:{each.id}")
        blocks.append(kit.section(shown, accessory=None if each.ticket else button))
    return kit.rendered(said.text, blocks)
