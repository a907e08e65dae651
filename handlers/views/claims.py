"""What a customer reads about its right to a credit, and what the desk reads when it is claimed.

The customer's message is direct: money is never mentioned in a channel. The desk's names no figure.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered, ViewDict
from handlers.views.clocks import joined, sentences
from handlers.views.facts.sla import ClaimFacts, DecisionFact, RightFact
from handlers.views.names import Action, Field, View
from handlers.views.sla import credit_words, deciding, interval_words, percent, period_name
from handlers.views.typed import Mrkdwn, fill, one_line
from handlers.views.words import LANGUAGES, Words, mark
from models.sla.credit import Standing

SHOWN = 10

STANDING: Mapping[Standing, str] = {
    Standing.CLAIMABLE: mark("may be claimed"),
    Standing.NOT_REPORTED: mark("was not reported when it happened"),
    Standing.REPORTED_LATE: mark("was reported too late"),
    Standing.LAPSED: mark("has lapsed"),
}


def claim_message(facts: ClaimFacts, words: Words) -> Rendered:
    """To the customer: the provisional credit and until when it may be claimed; what became of it afterwards."""
    local = Words(words.language, ZoneInfo(facts.zone))
    head = _head(facts, local)
    lines = [kit.section(head), kit.section(_figure(facts, local))]
    blocks: list[Block] = [*lines, *(kit.section(_right(each, local)) for each in facts.rights[:SHOWN])]
    if facts.state == "offered":
        value = facts.id
        blocks.append(kit.actions(kit.button(words.plain("Claim"), Action.CLAIM, value, style="primary")))
    if facts.state == "claimed":
        blocks += [*_decided(facts, local, figures=True), _evidence(facts, words)]
    blocks.append(kit.context(_small(facts, local)))
    return kit.rendered(head, blocks)


DECIDED: Mapping[str, str] = {
    "granted": mark("*Granted* {at} by {person}"),
    "declined": mark("*Declined* {at} by {person}"),
    "open": mark("Decision taken back {at} by {person}"),
}


def _decided(facts: ClaimFacts, words: Words, *, figures: bool) -> list[Block]:
    """What was made of it, with what was said: everything that was ever decided."""
    blocks: list[Block] = []
    for each in facts.decisions:
        blocks.append(kit.section(decision_words(each, words, figures=figures)))
        if each.text:
            blocks.append(kit.small_quote(each.text))
    return blocks


def decision_words(each: DecisionFact, words: Words, *, figures: bool) -> Mrkdwn:
    """ "Granted Thu 3 Dec 09:00 CET by Ingrid · 25 % of the monthly fee · 12 500 kr"."""
    said = words.say(DECIDED[each.outcome], at=moment(each.at, words), person=words.name(each.by))
    return joined(said, granted_words(each, words) if figures else "")


def granted_words(each: DecisionFact, words: Words) -> Mrkdwn:
    """How much was granted; nothing where nothing was."""
    if each.fee is None:
        return Mrkdwn("")
    share = words.say("{fee} of the monthly fee", fee=percent(each.fee, words, 4))
    return joined(share, one_line(each.amount, 100))


def _head(facts: ClaimFacts, words: Words) -> Mrkdwn:
    named = {"customer": one_line(facts.customer, 80), "period": _period(facts, words)}
    if facts.state == "claimed":
        at = moment(facts.claimed_at, words)
        text = mark("The credit of {customer} for {period} is claimed, {at} by {person}.")
        said = words.say(text, at=at, person=words.name(facts.claimed_by), **named)
        return sentences(said, words.say("Your desk has it in writing.")) if not facts.on_behalf else said
    if facts.state == "lapsed":
        return words.say("The right of {customer} to a credit for {period} has lapsed.", **named)
    said = words.say("{customer} may claim a credit for {period}.", **named)
    until = facts.last_lapse
    if until is None:
        return said
    lapse = words.say("The right lapses {day} at 24:00.", day=last_day(until, words))
    return sentences(said, words.say("A reminder:") if facts.reminded else "", lapse)


def _period(facts: ClaimFacts, words: Words) -> str:
    name = period_name(facts.period, words, ZoneInfo(facts.zone))
    return f"{name} · {one_line(facts.service, 80)}" if facts.service else name


def last_day(lapses_at: datetime, words: Words) -> str:
    """The day at whose 24:00 something lapses: the instant itself is the next day's beginning."""
    return words.day(lapses_at - timedelta(microseconds=1))


def last_days(lapses_at: datetime, zone: ZoneInfo) -> Mapping[str, str]:
    """The same in every language, for a refusal."""
    return {language: last_day(lapses_at, Words(language, zone)) for language in LANGUAGES}


def moment(at: datetime | None, words: Words) -> str:
    """An instant in the contract's zone, as evidence has it."""
    return words.zoned(at) if at else ""


def _figure(facts: ClaimFacts, words: Words) -> Mrkdwn:
    uptime = joined(
        words.say("{share} available", share=percent(facts.uptime, words)),
        words.say("target {target}", target=percent(facts.target, words)),
    )
    lines = [uptime, credit_words(facts.credit, facts.covered, words, provisional=facts.provisional)]
    if facts.covered != facts.uptime:
        share = percent(facts.covered, words)
        lines.insert(1, words.say("What may be claimed alone leaves {share}.", share=share))
    return Mrkdwn("\n".join(lines))


def _right(each: RightFact, words: Words) -> Mrkdwn:
    said = words.plain(STANDING[each.standing])
    if each.standing is Standing.CLAIMABLE and each.lapses_at is not None:
        said = words.plain("may be claimed until {day} 24:00", day=last_day(each.lapses_at, words))
    if each.standing is Standing.LAPSED and each.lapses_at is not None:
        said = words.plain("lapsed {day} at 24:00", day=last_day(each.lapses_at, words))
    return Mrkdwn(f"{interval_words(each.interval, words)}\n{joined(said)}")


def _small(facts: ClaimFacts, words: Words) -> Mrkdwn:
    reported = words.say("reported {at}", at=moment(facts.reported_at, words)) if facts.reported_at else ""
    return joined(one_line(words.pick(facts.agreement), 150), facts.clause, reported)


def claimed_message(facts: ClaimFacts, words: Words) -> Rendered:
    """To the desk, in its channel: that it was claimed, without any figure."""
    named = {"customer": one_line(facts.customer, 80), "period": _period(facts, words)}
    said = words.say("{customer} claims its credit for {period} ({clause}).", clause=facts.clause, **named)
    local = Words(words.language, ZoneInfo(facts.zone))
    by = words.say("By {person}, {at}.", person=words.name(facts.claimed_by), at=moment(facts.claimed_at, local))
    small = words.say("/sla shows the figures privately; vakt claims export {id} writes the evidence.", id=facts.id)
    evidence = kit.button(words.plain("Evidence"), Action.CLAIM_EVIDENCE, facts.id)
    blocks: list[Block] = [
        kit.section(sentences(said, by)),
        *_decided(facts, local, figures=False),
        kit.actions(*deciding(facts.id, facts.outcome, words), evidence),
        kit.context(small),
    ]
    return kit.rendered(said, blocks)


def _evidence(facts: ClaimFacts, words: Words) -> Block:
    return kit.actions(kit.button(words.plain("Evidence"), Action.CLAIM_EVIDENCE, facts.id))


TOLD: Mapping[str, str] = {
    "granted": mark("The claim of {customer} for {period} is *granted*, {at} by {person}."),
    "declined": mark("The claim of {customer} for {period} is *declined*, {at} by {person}."),
    "open": mark("What was decided about the claim of {customer} for {period} was *taken back*, {at} by {person}."),
}


def decided_message(facts: ClaimFacts, place: int, words: Words) -> Rendered:
    """To the customer, in its channel: what became of its claim. Figures it reads privately."""
    each = facts.decisions[place]
    local = Words(words.language, ZoneInfo(facts.zone))
    named = {"customer": one_line(facts.customer, 80), "period": _period(facts, words)}
    said = words.say(TOLD[each.outcome], at=moment(each.at, local), person=words.name(each.by), **named)
    small = joined(words.say("/sla {period} shows the figures privately.", period=facts.period.key), facts.clause)
    quoted = [kit.quote(each.text)] if each.text else []
    return kit.rendered(said, [kit.section(said), *quoted, kit.context(small)])


# The windows in which it is decided


def grant_view(facts: ClaimFacts, metadata: str, words: Words) -> ViewDict:
    """How much is granted; the computed share stands there."""
    share = percent(facts.credit.fee, words, 4).removesuffix(" %")
    blocks = [
        kit.section(_about(facts, words)),
        kit.section(_figure(facts, words)),
        kit.field(
            Field.GRANTED_SHARE,
            words.plain("Share of the monthly fee, in percent"),
            kit.text_input(Field.GRANTED_SHARE, typed=share, limit=20),
        ),
        kit.field(
            Field.GRANTED_AMOUNT,
            words.plain("Amount"),
            kit.text_input(Field.GRANTED_AMOUNT, limit=100),
            optional=True,
            hint=words.plain("As it stands on the credit note. Whoever claimed reads it, and /sla shows it."),
        ),
        _why(words, optional=True, hint=words.plain("Needed where the share is another one than was computed.")),
    ]
    return _window(View.CLAIM_GRANT, words.plain("Grant the claim"), words.plain("Grant"), blocks, metadata, words)


def decline_view(facts: ClaimFacts, metadata: str, words: Words) -> ViewDict:
    """Why it is declined."""
    blocks = [kit.section(_about(facts, words)), kit.section(_figure(facts, words)), _why(words)]
    title, submit = words.plain("Decline the claim"), words.plain("Decline it")
    return _window(View.CLAIM_DECLINE, title, submit, blocks, metadata, words)


def take_back_view(facts: ClaimFacts, metadata: str, words: Words) -> ViewDict:
    """Why a decision does not hold any more."""
    last = [kit.section(decision_words(each, words, figures=True)) for each in facts.decisions[-1:]]
    blocks = [kit.section(_about(facts, words)), *last, _why(words)]
    title, submit = words.plain("Take back"), words.plain("Take back")
    return _window(View.CLAIM_TAKE_BACK, title, submit, blocks, metadata, words)


def _about(facts: ClaimFacts, words: Words) -> Mrkdwn:
    return fill("*{customer}* · {period}", customer=one_line(facts.customer, 80), period=_period(facts, words))


def _why(words: Words, *, optional: bool = False, hint: str = "") -> Block:
    read = words.plain("The customer reads it in its channel: write no amounts.")
    element = kit.text_input(Field.REASON, lines=True)
    return kit.field(Field.REASON, words.plain("Why"), element, optional=optional, hint=f"{hint} {read}".strip())


def _window(callback: View, title: str, submit: str, blocks: list[Block], metadata: str, words: Words) -> ViewDict:
    return kit.modal(callback, title, blocks, submit=submit, close=words.plain("Cancel"), metadata=metadata)


def evidence_message(customer: str, period: str, words: Words) -> Rendered:
    """Above the files of a claim, in a direct message."""
    named = {"customer": one_line(customer, 80), "period": period}
    said = words.say("The evidence of the claim of {customer} for {period}: two files in the thread.", **named)
    return kit.rendered(said, [kit.section(said)])
