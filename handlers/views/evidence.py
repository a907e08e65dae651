"""The evidence of a claim as two files: Markdown to read, CSV to compute with. Every instant in the contract's zone."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.views.claims import STANDING, decision_words, last_day, moment
from handlers.views.facts.evidence import EvidenceFacts
from handlers.views.facts.sla import RightFact
from handlers.views.sla import credit_words, exact, percent, period_name, why_words
from handlers.views.typed import one_line
from handlers.views.words import Words, mark

COLUMNS = (
    "id",
    "begins",
    "ends",
    "seconds",
    "scope",
    "services",
    "outage",
    "clause",
    "standing",
    "report_until",
    "lapses_at",
)
SAID = {
    "message": mark("to the customer: the right to a credit, and what became of it"),
    "reminder": mark("to the customer: a reminder before it lapses"),
    "desk": mark("to the desk: that it was claimed, and what became of it"),
    "decided": mark("to the customer: what was decided"),
    "channel": mark("in a channel"),
    "direct": mark("in a direct message"),
    "mail": mark("by mail"),
}
HEADINGS = (mark("From"), mark("To"), mark("Length"), mark("What"), mark("Outage"), mark("Right"))


def markdown(facts: EvidenceFacts, words: Words) -> str:
    """The claim for whoever settles it, in one file."""
    local = Words(words.language, ZoneInfo(facts.claim.zone))
    return "\n".join(
        [
            *_head(facts, local),
            *_arithmetic(facts, local),
            *_decisions(facts, local),
            *_intervals(facts, local),
            *_told(facts, local),
        ]
    )


def _head(facts: EvidenceFacts, words: Words) -> Iterator[str]:
    claim = facts.claim
    service = f" · {claim.service}" if claim.service else ""
    period = period_name(claim.period, words, ZoneInfo(claim.zone))
    yield f"# {_cell(claim.customer)}{_cell(service)}: {period}"
    yield ""
    yield _item(words.pick(claim.agreement))
    if claim.claimed_at is not None:
        at, person = moment(claim.claimed_at, words), words.name(claim.claimed_by)
        yield _item(words.plain("Claimed {at} by {person}", at=at, person=person))
    for report in facts.reports:
        at, person = moment(report.at, words), words.name(report.registered_by or report.person)
        yield _item(words.plain("{what} reported {at} by {person}", what=report.happening, at=at, person=person))
    yield _item(words.plain("Written {at}", at=moment(facts.made_at, words)))
    yield ""


def _arithmetic(facts: EvidenceFacts, words: Words) -> Iterator[str]:
    claim = facts.claim
    yield _title(words.plain("Arithmetic"))
    yield ""
    yield _item(words.plain("Down {down} of {total}", down=exact(claim.down, words), total=exact(claim.total, words)))
    yield _item(words.plain("{share} available", share=percent(claim.uptime, words, 6)))
    yield _item(words.plain("target {target}", target=percent(claim.target, words)))
    if claim.covered != claim.uptime:
        alone = percent(claim.covered, words, 6)
        yield _item(words.plain("What may be claimed alone leaves {share}.", share=alone))
    for line in credit_words(claim.credit, claim.covered, words, provisional=claim.provisional).splitlines():
        yield _item(line.replace("*", ""))
    yield ""
    for clause, says in facts.clauses:
        yield _item(f"{clause}: {words.pick(says)}")
    yield ""


def _decisions(facts: EvidenceFacts, words: Words) -> Iterator[str]:
    """What became of it; a claim that waits says so."""
    if facts.claim.claimed_at is None:
        return
    yield _title(words.plain("What became of it"))
    yield ""
    if not facts.claim.decisions:
        yield _item(words.plain("not decided yet"))
    for each in facts.claim.decisions:
        said = decision_words(each, words, figures=True).replace("*", "")
        yield _item(f"{said}: {one_line(each.text, 500)}" if each.text else said)
    yield ""


def _title(text: str) -> str:
    return f"## {text}"


def _item(text: str) -> str:
    return f"- {_cell(text)}"


def _intervals(facts: EvidenceFacts, words: Words) -> Iterator[str]:
    yield _title(words.plain("Downtime that counts"))
    yield ""
    yield _line([words.plain(heading) for heading in HEADINGS])
    yield _line(["---"] * len(HEADINGS))
    for each in facts.claim.rights:
        interval = each.interval
        yield _line(
            [
                moment(interval.begins, words),
                words.plain("lasts") if interval.lasts else moment(interval.ends, words),
                exact(interval.length, words),
                f"{', '.join(interval.services)}: {why_words(interval, words)}",
                interval.outage or "",
                _standing(each, words),
            ]
        )
    yield ""


def _standing(each: RightFact, words: Words) -> str:
    said = words.plain(STANDING[each.standing])
    return f"{said} ({last_day(each.lapses_at, words)} 24:00)" if each.lapses_at else said


def _told(facts: EvidenceFacts, words: Words) -> Iterator[str]:
    yield _title(words.plain("Messages sent"))
    yield ""
    if not facts.said:
        yield words.plain("nothing")
    for each in facts.said:
        when = moment(each.sent_at, words) if each.sent_at else words.plain("not sent")
        way = words.plain(SAID[each.way]) if each.way in SAID else each.way
        head = " · ".join(part for part in (when, each.about, way) if part)
        yield _item(f"{head}: {one_line(each.text, 500)}" if each.text else head)
    yield ""


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    """On one line, and no end of a cell; a spreadsheet reads no formula of Markdown."""
    return one_line(text, 600).replace("|", "\\|")


def table(facts: EvidenceFacts) -> str:
    """The intervals as CSV, one a row; instants in UTC, names of columns the same in every language."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    for each in facts.claim.rights:
        interval = each.interval
        rows.writerow(
            [
                interval.id,
                _iso(interval.begins),
                "" if interval.lasts else _iso(interval.ends),
                f"{interval.length.total_seconds():g}",
                interval.scope.value,
                _inert(" ".join(interval.services)),
                interval.outage or "",
                interval.clause or "",
                each.standing.value,
                _iso(each.report_until),
                _iso(each.lapses_at),
            ]
        )
    return written.getvalue()


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _inert(text: str) -> str:
    """No formula, whatever a spreadsheet takes for one."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
