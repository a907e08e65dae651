"""A customer's availability in a period that is over, posted by itself. No share of the fee stands in a channel."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from handlers.views import blocks as kit
from handlers.views import dates
from handlers.views.blocks import Block, Rendered
from handlers.views.clocks import joined, sentences
from handlers.views.facts.sla import ClaimBrief, SlaFacts
from handlers.views.names import Action, numbered
from handlers.views.sla import (
    CLAIM_STANDS,
    interval_blocks,
    percent,
    period_name,
    reading_words,
    verdict_words,
    whose,
)
from handlers.views.typed import Mrkdwn, fill, one_line
from handlers.views.words import Words
from models.sla.contract import PeriodKind
from models.sla.periods import INSTANT

LISTED = 40
"""Lines above the reports; the rest is counted."""
SHOWN = {1: 15, 2: 6, 3: 3}
"""Intervals of each kind, by how many services are reported on."""
SERVICES = 3


def list_message(rows: Sequence[SlaFacts], words: Words, *, more: int = 0, charts: bool = True) -> Rendered:
    """Above the reports of a morning: each customer in a line, the worst first."""
    said = words.count(
        "Availability of {n} customer: the report is in the thread.",
        "Availability of {n} customers: the reports are in the thread.",
        len({row.customer_id for row in rows}) + more,
    )
    lines = [_line(row, words) for row in sorted(rows, key=lambda row: (row.met, row.share, row.customer))]
    blocks: list[Block] = [kit.section(Mrkdwn(f"*{said}*"))]
    blocks += [kit.section(Mrkdwn("\n".join(lines[at : at + 10]))) for at in range(0, len(lines), 10)]
    if more:
        blocks.append(kit.context(words.count("… {n} more …", "… {n} more …", more)))
    if not charts:
        blocks.append(kit.context(words.say('There are no charts: pip install "vakt[charts]" where Vakt runs.')))
    return kit.rendered(said, blocks)


def _line(facts: SlaFacts, words: Words) -> Mrkdwn:
    kept = words.plain("kept") if facts.met else words.plain("below")
    return joined(
        fill("*{customer}*", customer=whose(facts)),
        report_name(facts, words),
        percent(facts.share, words),
        words.say("target {target}: {kept}", target=percent(facts.target, words), kept=kept),
    )


def report_name(facts: SlaFacts, words: Words) -> str:
    """ "November 2026", "12 months to November 2026"."""
    zone = ZoneInfo(facts.zone)
    if facts.period.kind is not PeriodKind.ROLLING_12_MONTHS:
        return period_name(facts.period, words, zone)
    last = (facts.period.ends - INSTANT).astimezone(zone)
    month = dates.month(last, words.language)
    return words.plain("12 months to {month}", month=month)


def report_message(rows: Sequence[SlaFacts], words: Words, *, for_desk: bool) -> Rendered:
    """One customer's: the figure, the target, what counted and what did not, whether a credit comes of it."""
    limit = SHOWN[min(len(rows), SERVICES)]
    blocks: list[Block] = []
    for facts in rows[:SERVICES]:
        blocks += _account(facts, limit, Words(words.language, ZoneInfo(facts.zone)))
    if len(rows) > SERVICES:
        blocks.append(
            kit.section(Mrkdwn("\n".join(_line(facts, words) for facts in rows[SERVICES : LISTED + SERVICES])))
        )
    if for_desk:
        first = rows[0]
        value = f"{first.customer_id}:{first.period.key}"
        blocks.append(kit.actions(kit.button(words.plain("Figures"), numbered(Action.SLA_PERIOD, 0), value)))
    return kit.rendered(Mrkdwn("\n".join(_line(facts, words) for facts in rows)), blocks)


def _account(facts: SlaFacts, limit: int, words: Words) -> list[Block]:
    blocks = [
        kit.header(f"{whose(facts)}: {report_name(facts, words)}"),
        kit.section(verdict_words(facts, words)),
        *interval_blocks(facts, limit, words),
    ]
    credit = _credit(facts, words)
    if credit:
        blocks.append(kit.section(credit))
    small = joined(
        words.say("{zone}, every second counted", zone=facts.zone), one_line(words.pick(facts.agreement), 150)
    )
    blocks.append(kit.context(small, *(reading_words(words, each) for each in facts.readings[:3])))
    return blocks


def _credit(facts: SlaFacts, words: Words) -> Mrkdwn:
    """Whether a credit comes of it and what became of that, without how much."""
    credit = facts.credit
    if credit is None:
        return Mrkdwn("")
    if not credit.given:
        return joined(words.say("Nothing is credited."), credit.clause)
    if not credit.fee:
        return joined(words.say("No credit comes of it."), credit.clause)
    how = words.say("/sla {period} shows how much, privately.", period=facts.period.key)
    said = joined(sentences(words.say("A credit comes of it."), how), credit.clause)
    claims = [_claim(each, words) for each in facts.claims]
    if not facts.claims and facts.may_claim:
        claims = [words.say("It has not been claimed yet.")]
    return Mrkdwn("\n".join([said, *claims]))


def _claim(each: ClaimBrief, words: Words) -> Mrkdwn:
    if each.state == "lapsed":
        return words.say("The right to claim this credit has lapsed.")
    last = each.last if each.outcome != "open" else None
    at, by = (last.at, last.by) if last else (each.claimed_at, each.claimed_by)
    return words.say(CLAIM_STANDS[each.outcome], at=words.zoned(at) if at else "", person=words.name(by))


def chart_title(facts: SlaFacts, words: Words) -> str:
    """What the file is called: one name for each customer and period, so that it is found again."""
    return words.plain("Availability: {customer}, {period}", customer=whose(facts), period=report_name(facts, words))
