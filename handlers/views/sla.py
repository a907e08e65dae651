"""`/sla`: how available a customer's services were, what counted and what did not, and the credit. Always private."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from handlers.views import blocks as kit
from handlers.views import dates
from handlers.views.blocks import Block, Option, Rendered, ViewDict
from handlers.views.clocks import STRENGTH, joined, sentences
from handlers.views.facts.sla import (
    ClaimBrief,
    CreditFact,
    ExclusionFormFacts,
    IntervalFact,
    MergeFact,
    OverviewFacts,
    PeriodFact,
    SlaFacts,
)
from handlers.views.names import Action, Field, View, numbered
from handlers.views.typed import Mrkdwn, escape, fill, one_line, shorten
from handlers.views.words import Words, mark
from models.sla.availability import Why, floored
from models.sla.contract import MaintenanceDowntime, PeriodKind, Scope

SHOWN = {1: 12, 2: 5, 3: 2, 4: 1}
"""Intervals listed of each kind, by how many services are shown; the rest are counted."""
SERVICES = 4
MERGES = 2
CLAIMS = 3
LOCALES = {"en": "en_GB", "nb": "nb_NO", "sv": "sv_SE"}

COMMANDS = (
    ("/sla", mark("how available the services were in the agreement's own period, and the credit")),
    ("/sla 2026-11", mark("in a month; a year such as 2026, or the last twelve months as 12m")),
    ("/sla CUSTOMER 2026-11", mark("of a customer of the desk, by its key")),
    ("/sla claim", mark("claim the credit; the desk names customer and month: /sla claim CUSTOMER 2026-11")),
    ("/sla affected CUSTOMER O-3 2026-11-23T10:30", mark("for the desk: a customer reported an outage another way")),
    ("/sla help", mark("this")),
)
SCOPE: Mapping[Scope, str] = {
    Scope.ALL_USERS: mark("nobody could use it"),
    Scope.SOME_USERS: mark("some could not use it"),
    Scope.DEGRADED: mark("slower, or in part"),
}
MAINTENANCE: Mapping[MaintenanceDowntime, str] = {
    MaintenanceDowntime.IN_WINDOW: mark("maintenance in an agreed window"),
    MaintenanceDowntime.MAJOR_UPGRADE: mark("a major upgrade"),
    MaintenanceDowntime.PLANNED: mark("planned maintenance"),
    MaintenanceDowntime.UNPLANNED: mark("unplanned maintenance"),
}


def percent(share: Fraction, words: Words, places: int = 3) -> str:
    """ "99.256 %" as the reader writes it, rounded down: what is below a border never reads as being at it."""
    pattern = f"#,##0.{'#' * places}"
    return f"{format_decimal(floored(share, places), format=pattern, locale=LOCALES.get(words.language, 'en_GB'))} %"


def period_name(period: PeriodFact, words: Words, zone: ZoneInfo) -> str:
    """ "November 2026", "2026", "the last 12 months"."""
    if period.kind is PeriodKind.ROLLING_12_MONTHS:
        return words.plain("the last 12 months")
    if period.kind is PeriodKind.CALENDAR_YEAR:
        return period.key
    return dates.month(period.begins.astimezone(zone), words.language)


def help_message(words: Words) -> Rendered:
    """What may be typed."""
    lines = [fill("`{command}` · {what}", command=command, what=words.say(what)) for command, what in COMMANDS]
    return kit.rendered(words.plain("Availability and credit"), [kit.section(Mrkdwn("\n".join(lines)))])


def sla_message(rows: Sequence[SlaFacts], words: Words) -> Rendered:
    """A customer's availability: of all its services, or of one after the other."""
    blocks: list[Block] = []
    limit = SHOWN[min(len(rows), SERVICES)]
    under = [_small(facts, words) for facts in rows[:SERVICES]]
    for place, facts in enumerate(rows[:SERVICES]):
        blocks += _account(facts, limit, Words(words.language, ZoneInfo(facts.zone)))
        if under[place] not in under[place + 1 :]:
            blocks.append(kit.context(*under[place]))
        blocks.append(kit.divider())
    if len(rows) > SERVICES:
        blocks.append(kit.context(Mrkdwn("\n".join(_headline(facts, words) for facts in rows[SERVICES:]))))
    blocks += [_turning(rows[0], words), *_claiming(rows, words)]
    return kit.rendered(Mrkdwn("\n".join(_headline(facts, words) for facts in rows)), blocks)


def _headline(facts: SlaFacts, words: Words) -> Mrkdwn:
    zone = ZoneInfo(facts.zone)
    return words.say(
        "{customer}, {period}: {share} available, target {target}",
        customer=whose(facts),
        period=period_name(facts.period, words, zone),
        share=percent(facts.share, words),
        target=percent(facts.target, words),
    )


def whose(facts: SlaFacts) -> str:
    """The customer, with the service where each is measured."""
    name = one_line(facts.customer, 80)
    return f"{name} · {one_line(facts.service, 80)}" if facts.service else name


def _account(facts: SlaFacts, limit: int, words: Words) -> list[Block]:
    name = period_name(facts.period, words, words.zone)
    blocks = [
        kit.header(f"{whose(facts)}: {name}"),
        kit.section(verdict_words(facts, words)),
        *interval_blocks(facts, limit, words),
    ]
    if facts.credit is not None:
        blocks.append(kit.section(credit_words(facts.credit, facts.share, words, provisional=facts.provisional)))
    blocks += [block for each in facts.claims[-CLAIMS:] for block in _claim(each, facts, words)]
    blocks += [block for each in facts.merges[:MERGES] for block in _merge(each, words)]
    return blocks


def _small(facts: SlaFacts, words: Words) -> list[Mrkdwn]:
    """How it was counted and the readings taken: once for all services of one agreement."""
    small = joined(words.say("{zone}, every second counted", zone=facts.zone), _of(facts, words))
    return [small, *(reading_words(words, each) for each in facts.readings[:3])]


def _of(facts: SlaFacts, words: Words) -> str:
    return one_line(words.pick(facts.agreement), 150)


def reading_words(words: Words, reading: Mapping[str, str]) -> Mrkdwn:
    """A reading that was taken where the agreement is silent."""
    return words.say("Reading taken: {reading}", reading=one_line(words.pick(reading), 500))


def verdict_words(facts: SlaFacts, words: Words) -> Mrkdwn:
    """The figure with its target, strength and clause, and what it comes from."""
    share = fill("*{share}*", share=percent(facts.share, words))
    kept = words.say("kept") if facts.met else words.say("below")
    lines = [
        joined(
            words.say("{share} available", share=share),
            words.say("target {target}: {kept}", target=percent(facts.target, words), kept=kept),
            words.plain(STRENGTH[facts.strength]),
            facts.clause,
        ),
        _down(facts, words),
    ]
    if facts.provisional:
        so_far = percent(facts.so_far, words)
        lines.append(
            words.say("Provisional: the period is not over, or something lasts. So far {share}.", share=so_far)
        )
    if facts.with_maintenance is not None and facts.without_maintenance is not None:
        lines.append(
            words.say(
                "With all maintenance counted {all}, with none {none}",
                all=percent(facts.with_maintenance, words),
                none=percent(facts.without_maintenance, words),
            )
        )
    return Mrkdwn("\n".join(lines))


def _down(facts: SlaFacts, words: Words) -> Mrkdwn:
    total = exact(facts.total, words)
    if not facts.down:
        return words.say("No downtime in {total}", total=total)
    return words.say("Down {down} of {total}", down=exact(facts.down, words), total=total)


def exact(amount: timedelta, words: Words) -> str:
    """ "3 h 36 min 01 s": seconds are shown where there are any."""
    seconds = int(amount.total_seconds()) % 60
    whole = amount - timedelta(seconds=seconds, microseconds=amount.microseconds)
    if not seconds and not amount.microseconds:
        return words.duration(amount) if amount else words.plain("nothing")
    rest = words.plain("{seconds} s", seconds=f"{seconds:02}")
    return f"{words.duration(whole)} {rest}" if whole else rest


def interval_blocks(facts: SlaFacts, limit: int, words: Words) -> list[Block]:
    """What counted and what did not, each with its reason."""
    counted = [each for each in facts.intervals if each.counts]
    left = [each for each in facts.intervals if not each.counts]
    if not facts.intervals:
        return [kit.section(words.say("No downtime was noted."))]
    blocks: list[Block] = []
    for title, some in ((words.say("*Counted*"), counted), (words.say("*Not counted*"), left)):
        if some:
            blocks.append(kit.section(title))
            blocks += [_row(each, facts, words) for each in some[:limit]]
            if len(some) > limit:
                left_out = len(some) - limit
                blocks.append(kit.context(words.count("… {n} more …", "… {n} more …", left_out)))
    return blocks


def _row(each: IntervalFact, facts: SlaFacts, words: Words) -> Block:
    said = Mrkdwn(f"{interval_words(each, words)}\n{why_words(each, words)}")
    return kit.section(said, accessory=_way(each, facts, words))


def interval_words(each: IntervalFact, words: Words) -> Mrkdwn:
    """ "Tue 10 Nov 09:00–13:00 · 4 h · Portal · O-3"; the day twice where it is another."""
    begins = f"{words.day(each.begins)} {words.time(each.begins)}"
    same_day = words.local(each.begins).date() == words.local(each.ends).date()
    ends = words.plain("lasts") if each.lasts else f"{words.day(each.ends)} {words.time(each.ends)}"
    span = f"{begins}–{words.time(each.ends)}" if same_day and not each.lasts else f"{begins} – {ends}"
    services = ", ".join(one_line(name, 60) for name in each.services)
    return joined(span, exact(each.length, words), services, each.outage or "")


def why_words(each: IntervalFact, words: Words) -> Mrkdwn:
    """Why it counts or not, with the clause."""
    kind = words.plain(MAINTENANCE[each.maintenance]) if each.maintenance else ""
    if each.why is Why.EXCLUDED:
        said = one_line(words.pick(each.reason), 300)
    elif each.why is Why.MERGED:
        said = _merged(each, words)
    elif each.why is Why.MAINTENANCE:
        said = kind
    else:
        said = joined(words.plain(SCOPE[each.scope]), kind)
    return joined(said, each.clause or "")


def _merged(each: IntervalFact, words: Words) -> str:
    said = words.plain("another interval stands for it")
    if each.merged_at is None:
        return said
    by = words.plain("merged {at} by {person}", at=words.zoned(each.merged_at), person=words.name(each.merged_by))
    return joined(said, by)


def _way(each: IntervalFact, facts: SlaFacts, words: Words) -> Block | None:
    """An agent leaves an interval out, or counts it again."""
    if facts.for_desk and each.why is Why.MERGED:
        return kit.button(words.plain("Take apart"), numbered(Action.SLA_TAKE_APART, 0), each.id)
    if not facts.for_desk or not facts.excludable:
        return None
    value = f"{facts.customer_id}:{facts.period.key}:{each.id}"
    if each.why is Why.EXCLUDED:
        return kit.button(words.plain("Count it"), numbered(Action.SLA_COUNT, 0), value)
    if each.counts:
        return kit.button(words.plain("Leave out"), numbered(Action.SLA_EXCLUDE, 0), value)
    return None


def credit_words(credit: CreditFact, share: Fraction, words: Words, *, provisional: bool) -> Mrkdwn:
    """The credit with its arithmetic."""
    if not credit.given:
        return joined(words.say("Nothing is credited."), credit.clause)
    fee = fill("*{fee}*", fee=percent(credit.fee, words, 1))
    text = (
        mark("Provisional credit: {fee} of the monthly fee")
        if provisional
        else mark("Credit: {fee} of the monthly fee")
    )
    lines = [joined(words.say(text, fee=fee), credit.clause)]
    if credit.below is not None:
        lines.append(
            words.say("{share} is below {below}.", share=percent(share, words, 6), below=percent(credit.below, words))
        )
    if credit.points is not None and credit.beside is not None:
        lines.append(
            words.count(
                "{n} point lost; counted the other way {beside}.",
                "{n} points lost; counted the other way {beside}.",
                credit.points,
                beside=percent(credit.beside, words, 1),
            )
        )
    if credit.before:
        lines.append(
            words.say(
                "{whole} in all, of which {before} was claimed before.",
                whole=percent(credit.fee + credit.before, words, 1),
                before=percent(credit.before, words, 1),
            )
        )
    if credit.capped_by:
        lines.append(joined(words.say("More than that is not given back."), credit.capped_by))
    if credit.fee and credit.one_off:
        lines.append(joined(words.say("One-off fees give nothing back."), credit.one_off))
    return Mrkdwn("\n".join(lines))


CLAIM_STANDS: Mapping[str, str] = {
    "open": mark("*Claimed* {at} by {person}: waits for the desk"),
    "granted": mark("*Granted* {at} by {person}"),
    "declined": mark("*Declined* {at} by {person}"),
}


def _claim(each: ClaimBrief, facts: SlaFacts, words: Words) -> list[Block]:
    """A claim as it stands, with what those of the desk who may can do about it."""
    if each.state == "lapsed":
        return [kit.section(words.say("The right to claim this credit has lapsed."))]
    last = each.last if each.outcome != "open" else None
    at, by = (last.at, last.by) if last else (each.claimed_at or facts.period.ends, each.claimed_by)
    said = words.say(CLAIM_STANDS[each.outcome], at=words.zoned(at), person=words.name(by))
    share = last.fee if last else each.fee
    figure = words.say("{fee} of the monthly fee", fee=percent(share, words, 4)) if share else ""
    lines = [joined(said, figure, one_line(last.amount, 100) if last else "")]
    if last and last.text:
        lines.append(escape(shorten(last.text, 500)))
    shown = kit.section(Mrkdwn("\n".join(lines)))
    return [shown, kit.actions(*deciding(each.id, each.outcome, words))] if facts.for_desk else [shown]


def deciding(claim_id: str, outcome: str, words: Words) -> list[Block]:
    """What those of the desk who may can do about a claim."""
    if outcome != "open":
        return [kit.button(words.plain("Take back…"), Action.CLAIM_TAKE_BACK, claim_id)]
    return [
        kit.button(words.plain("Grant…"), Action.CLAIM_GRANT, claim_id, style="primary"),
        kit.button(words.plain("Decline…"), Action.CLAIM_DECLINE, claim_id),
    ]


def _merge(each: MergeFact, words: Words) -> list[Block]:
    """Two that overlap: what is proposed, or what somebody answered and may be changed."""
    named = {"one": interval_words(each.one, words), "other": interval_words(each.other, words)}
    said = words.say("These two overlap and may be one: {one} and {other}.", **named)
    if each.apart_at is not None:
        at, person = words.zoned(each.apart_at), words.name(each.apart_by)
        said = words.say("Kept apart {at} by {person}: {one} and {other}.", at=at, person=person, **named)
    asked = kit.confirm(
        words.plain("Merge"),
        words.plain("The first one then stands for both, from the earlier beginning to the later end."),
        words.plain("Merge"),
        words.plain("Cancel"),
    )
    value = f"{each.one.id}:{each.other.id}"
    buttons = [kit.button(words.plain("Merge"), numbered(Action.SLA_MERGE, 0), value, confirm=asked)]
    if each.apart_at is None:
        buttons.append(kit.button(words.plain("Keep apart"), numbered(Action.SLA_APART, 0), value))
    return [kit.section(said), kit.actions(*buttons)]


def _turning(facts: SlaFacts, words: Words) -> Block:
    previous, following = facts.period.previous, facts.period.following
    return kit.actions(
        _turn(words.plain("Earlier"), facts, previous, 0) if previous else None,
        _turn(words.plain("Later"), facts, following, 1) if following else None,
        _turn(words.plain("Last 12 months"), facts, "12m", 2),
        kit.button(words.plain("Chart"), Action.SLA_CHART, facts.customer_id),
    )


def _turn(text: str, facts: SlaFacts, key: str, index: int) -> Block:
    return kit.button(text, numbered(Action.SLA_PERIOD, index), f"{facts.customer_id}:{key}")


def _claiming(rows: Sequence[SlaFacts], words: Words) -> list[Block]:
    claimable = [facts for facts in rows if facts.may_claim]
    if not claimable:
        return []
    first = claimable[0]
    value = f"{first.customer_id}:{first.period.key}"
    return [kit.actions(kit.button(words.plain("Claim"), Action.SLA_CLAIM, value, style="primary"))]


def overview_message(facts: OverviewFacts, words: Words) -> Rendered:
    """Every customer of the desk in a line, the worst first."""
    lines = [_line(row, words) for row in facts.rows]
    if facts.more:
        lines.append(words.count("… {n} more …", "… {n} more …", facts.more))
    small = [words.say("Name one with its key: /sla CUSTOMER 2026-11")]
    if facts.unmeasured:
        names = words.listed([one_line(name, 60) for name in facts.unmeasured])
        small.append(words.say("Nothing is promised about availability to {customers}.", customers=names))
    blocks = [kit.section(Mrkdwn("\n".join(lines[at : at + 15]))) for at in range(0, len(lines), 15)]
    text = words.say("Availability of {customers}", customers=", ".join(row.customer for row in facts.rows[:5]))
    return kit.rendered(text, [*blocks, kit.context(*small)])


def _line(facts: SlaFacts, words: Words) -> Mrkdwn:
    kept = words.plain("kept") if facts.met else words.plain("below")
    return joined(
        fill("*{customer}*", customer=whose(facts)),
        period_name(facts.period, words, ZoneInfo(facts.zone)),
        percent(facts.share, words),
        words.say("target {target}: {kept}", target=percent(facts.target, words), kept=kept),
    )


def exclusion_view(facts: ExclusionFormFacts, words: Words) -> ViewDict:
    """Why an interval does not count for a customer."""
    local = Words(words.language, ZoneInfo(facts.zone))
    options = [Option(one_line(f"{words.pick(says)} ({clause})", 75), key) for key, says, clause in facts.reasons]
    blocks = [
        kit.section(sentences(words.say("For {customer}", customer=one_line(facts.customer, 80)))),
        kit.section(interval_words(facts.interval, local)),
        kit.field(Field.EXCLUSION, words.plain("The agreement's reason"), kit.radio(Field.EXCLUSION, options)),
        kit.field(
            Field.REASON,
            words.plain("What happened, for the record"),
            kit.text_input(Field.REASON, lines=True),
        ),
    ]
    return kit.modal(
        View.SLA_EXCLUDE,
        words.plain("Leave out"),
        blocks,
        submit=words.plain("Leave out"),
        close=words.plain("Cancel"),
        metadata=facts.metadata,
    )


def excluded_view(customer: str, words: Words) -> ViewDict:
    """What was stored, in place of the window that asked."""
    said = words.say("It is left out for {customer}; who and why is kept.", customer=one_line(customer, 80))
    return kit.modal(View.CHANGED, words.plain("Saved"), [kit.section(said)], close=words.plain("Close"))


def counted_message(customer: str, words: Words) -> Rendered:
    """An exclusion was taken back."""
    said = words.say("It counts again for {customer}.", customer=one_line(customer, 80))
    return kit.rendered(said, [kit.section(said)])


def affected_message(customer: str, outage: str, at: datetime, words: Words) -> Rendered:
    """A report was noted for a customer."""
    named = {"customer": one_line(customer, 80), "outage": outage, "at": words.zoned(at)}
    said = words.say("Noted: {customer} reported {outage} {at}. The first report counts; each is kept.", **named)
    return kit.rendered(said, [kit.section(said)])


def chart_message(customer: str, words: Words) -> Rendered:
    """Above a chart, in a direct message."""
    said = words.say(
        "Availability of {customers}, the last 12 months: the chart is in the thread.", customers=one_line(customer, 80)
    )
    return kit.rendered(said, [kit.section(said)])


def chart_on_its_way(words: Words) -> Rendered:
    """Where the button was pressed: where the chart is to be found."""
    said = words.say("The chart comes to you in a direct message.")
    return kit.rendered(said, [kit.section(said)])


def apart_message(words: Words) -> Rendered:
    """Two intervals stay two."""
    said = words.say("They stay two, and it is not proposed again. /sla shows who said so; Merge changes it.")
    return kit.rendered(said, [kit.section(said)])


def taken_apart_message(words: Words) -> Rendered:
    """What was merged is two again."""
    said = words.say("They are two again, each as it was before.")
    return kit.rendered(said, [kit.section(said)])


def merged_message(words: Words) -> Rendered:
    """Two intervals are one now."""
    said = words.say("They are one now; both stay in the record.")
    return kit.rendered(said, [kit.section(said)])
