"""Pages: the direct message, the loud word in the desk's channel, and who was told."""

from collections.abc import Mapping

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered, ViewDict
from handlers.views.clocks import ROLE, WAY, joined, promise, sentences, severity_name
from handlers.views.facts.paging import (
    AccountFacts,
    BesideFact,
    CallFacts,
    CallOutFacts,
    GatheredPagesFacts,
    PageFacts,
    SentFacts,
    StepFact,
    ToldFacts,
)
from handlers.views.names import Action, View, block_for
from handlers.views.reminders import subject
from handlers.views.typed import Mrkdwn, one_line
from handlers.views.words import Words, mark
from models.escalation import ADDRESSED, GroupFault, StepKind, Why
from models.sla.contract import Role

REASON: Mapping[Why, str] = {
    Why.NO_ANSWER: mark("no answer"),
    Why.DECLINED: mark("cannot"),
    Why.PASSED_ON: mark("passed on"),
    Why.NO_PROGRESS: mark("acknowledged, but work did not start"),
    Why.REFUSED: mark("Slack did not take the message"),
    Why.LEFT: mark("left Slack"),
    Why.ACKNOWLEDGED: mark("acknowledged"),
    Why.STARTED: mark("work has started"),
    Why.RESOLVED: mark("resolved"),
    Why.NEXT_OPENING: mark("left until the next opening"),
    Why.RECLASSIFIED: mark("the class pages nobody any more"),
}
"""Why a page went on from somebody, or ended; a test holds it complete."""

FAULT: Mapping[GroupFault, str] = {
    GroupFault.EMPTY: mark("{group}: nobody is in that user group"),
    GroupFault.STRANGERS: mark("{group}: nobody in that user group works at a desk and can be paged"),
    GroupFault.UNKNOWN: mark("{group}: Slack knows no such user group"),
    GroupFault.NOT_ALLOWED: mark("{group}: Slack does not let Vakt read who is in it; `vakt doctor` says why"),
    GroupFault.AWAY: mark("{group}: Slack did not say in time who is in it"),
}
"""Why a user group reaches nobody; a test holds it complete."""

PEOPLE_MENTIONED = 20
CALLS_SHOWN = 60


def step_words(step: StepFact, words: Words) -> str:
    """Whom a step reaches, in words: "on call", "rota drift", "@night"; of a group that reaches nobody why."""
    if step.fault is not None:
        return words.plain(FAULT[step.fault], group=one_line(step.of, 80))
    if step.kind is StepKind.ROLE:
        return words.plain(ROLE[Role(step.of)])
    if step.kind is StepKind.ROTA:
        return words.plain("rota {rota}", rota=one_line(step.of, 60))
    return words.plain("the channel") if step.kind is StepKind.CHANNEL else one_line(step.of, 80)


def page(facts: PageFacts, words: Words) -> Rendered:
    """A page, by direct message; edited as it is answered."""
    head = _head(facts, words)
    lines = [_bold(head), *_page_lines(facts, words)]
    text = joined(head, words.when(facts.sent_at, facts.now))
    blocks = [kit.section(Mrkdwn("\n".join(lines))), *_page_buttons(facts, words)]
    if facts.others and _is_open(facts):
        blocks.append(kit.context(_others(facts, words)))
    return kit.rendered(text, blocks)


def gathered(facts: GatheredPagesFacts, words: Words) -> Rendered:
    """Several pages that began together, by direct message: each with its own lines and its own buttons."""
    heads = [_head(each, words) for each in facts.pages]
    several = words.say("{n} pages", n=len(facts.pages))
    text = joined(several, Mrkdwn("; ".join(heads)))
    blocks = [_summary(facts, several, words)]
    for place, (head, each) in enumerate(zip(heads, facts.pages, strict=True)):
        blocks.append(kit.section(Mrkdwn("\n".join([_bold(head), *_page_lines(each, words)]))))
        blocks += [] if _is_over(each) else _page_buttons(each, words, f"page{place}")
    if facts.more:
        blocks.append(kit.context(_follow(facts, words)))
    elif facts.others and any(_is_open(each) for each in facts.pages):
        blocks.append(kit.context(_others(facts, words)))
    return kit.rendered(text, blocks)


def _summary(facts: GatheredPagesFacts, several: Mrkdwn, words: Words) -> Block:
    """How many, how many of them wait, and a button for those that can be taken."""
    waiting = sum(_is_open(each) for each in facts.pages)
    open_ones = words.count("{n} of them waits for you", "{n} of them wait for you", waiting)
    if not waiting:
        open_ones = words.say("none of them waits for you any more")
    again = [words.say("This may be a repeat: nobody could find out whether it reached you before.")]
    lines = [joined(several, open_ones), *(again if facts.repeated else ())]
    takes = sum(not (_is_over(each) or _is_answered(each)) for each in facts.pages)
    take = kit.button(words.plain("Acknowledge all"), Action.ACKNOWLEDGE_ALL, facts.value) if takes > 1 else None
    return kit.section(Mrkdwn("\n".join(lines)), accessory=take)


def _follow(facts: GatheredPagesFacts, words: Words) -> Mrkdwn:
    return words.count(
        "{n} more page for you follows in the next message. All of them are in the Home tab.",
        "{n} more pages for you follow in the next message. All of them are in the Home tab.",
        facts.more,
    )


def to_address(facts: PageFacts, words: Words) -> Rendered:
    """A page for the address of a step, which nobody can answer there."""
    again = [words.say("This may be a repeat: nobody could find out whether it reached you before.")]
    lines = [_head(facts, words), *(again if facts.repeated else ()), *_contract_clock(facts, words)]
    if facts.next_steps:
        lines.append(_next_steps(facts, words))
    return kit.rendered(lines[0], [kit.section(Mrkdwn("\n".join(lines)))])


def _bold(head: Mrkdwn) -> Mrkdwn:
    return Mrkdwn(f"*{head}*")


def _head(facts: PageFacts, words: Words) -> Mrkdwn:
    if facts.ad_hoc:
        return words.say("Page from {person}: {text}", person=words.name(facts.by), text=one_line(facts.summary, 500))
    if not facts.summary:
        return words.say("Page: {text}", text=facts.number)
    told = subject(facts.severity, facts.customer, facts.summary, words)
    return words.say("Page: {number} · {subject}", number=facts.number, subject=told)


def _is_open(facts: PageFacts) -> bool:
    """Whether the reader is waited for."""
    return not (_is_over(facts) or _is_answered(facts) or facts.passed_on)


def _page_lines(facts: PageFacts, words: Words) -> list[Mrkdwn]:
    sent = words.moment_since(facts.sent_at, facts.now)
    over = _over(facts, sent, words)
    if over is not None:
        return [over]
    if facts.acknowledged_at is not None and not facts.asks_again:
        return [_acknowledged(facts, words), *_runs_on(facts, words)]
    if facts.declined:
        said = words.say("Sent {sent}. You said that you cannot; the next is paged.", sent=sent)
        return [sentences(said, _passed_on_to(facts, words)) if facts.passed_on_to else said]
    if facts.passed_on is not None:
        return [_passed_on(facts, words), *_contract_clock(facts, words)]
    again = [words.say("This may be a repeat: nobody could find out whether it reached you before.")]
    return [*(again if facts.repeated else ()), _position(facts, words), *_contract_clock(facts, words)]


def _over(facts: PageFacts, sent: Mrkdwn, words: Words) -> Mrkdwn | None:
    if facts.resolved:
        return words.say("Sent {sent}. The ticket is resolved.", sent=sent)
    if facts.started:
        return words.say("Sent {sent}. Work has started.", sent=sent)
    if facts.reclassified:
        name = severity_name(facts.severity, words) if facts.severity else ""
        return words.say("Sent {sent}. The class is {name} now, which pages nobody.", sent=sent, name=name)
    if facts.waits_because is None:
        return None
    because = one_line(facts.waits_because, 300)
    return words.say("Sent {sent}. Left until the next opening: {reason}", sent=sent, reason=because)


def _acknowledged(facts: PageFacts, words: Words) -> Mrkdwn:
    sent = words.moment_since(facts.sent_at, facts.now)
    at = words.moment_since(facts.acknowledged_at or facts.now, facts.now)
    if facts.acknowledged_by_reader or facts.acknowledged_by is None:
        return words.say("Sent {sent}, acknowledged by you {at}.", sent=sent, at=at)
    person = words.name(facts.acknowledged_by)
    return words.say("Sent {sent}, acknowledged by {person} {at}.", sent=sent, person=person, at=at)


def _runs_on(facts: PageFacts, words: Words) -> list[Mrkdwn]:
    """That acknowledging is not starting work: the clock runs on, and somebody asks. Source: PS-16, PI-06."""
    if facts.ad_hoc:
        return []
    clock = _contract_clock(facts, words)
    said = words.say("The ticket's clock runs on until someone starts work.") if clock else ""
    if facts.asked_again_at is not None:
        at = words.moment_since(facts.asked_again_at, facts.now)
        message = (
            mark("Without that you are asked again {at}.")
            if clock
            else mark("Start work, or you are asked again {at}.")
        )
        said = sentences(said, words.say(message, at=at))
    return [*([Mrkdwn(said)] if said else []), *clock]


def _passed_on(facts: PageFacts, words: Words) -> Mrkdwn:
    sent = words.moment_since(facts.sent_at, facts.now)
    reason = words.plain(REASON[facts.passed_on or Why.PASSED_ON])
    said = words.say("Sent {sent}, then {reason}.", sent=sent, reason=reason)
    return sentences(said, _passed_on_to(facts, words))


def _passed_on_to(facts: PageFacts, words: Words) -> Mrkdwn:
    at = words.moment_since(facts.passed_on_at or facts.now, facts.now)
    if not facts.passed_on_to:
        return words.say("Nobody was left, and the desk's channel was told {at}.", at=at)
    return words.say("{person} was paged {at}.", person=words.names(facts.passed_on_to), at=at)


def _contract_clock(facts: PageFacts, words: Words) -> list[Mrkdwn]:
    if facts.clock_starts_at is not None:
        return [words.say("The agreement's clock starts {at}.", at=words.moment(facts.clock_starts_at))]
    if facts.clock is None or facts.clock.due_at is None:
        return []
    return [joined(promise(facts.clock, words, words.moment), facts.clock.clause)]


def _position(facts: PageFacts, words: Words) -> Mrkdwn:
    if facts.asks_again:
        at = words.moment_since(facts.acknowledged_at or facts.sent_at, facts.now)
        said = words.say("You acknowledged this {at}, and work has not started. Are you on it?", at=at)
    elif facts.position <= 1:
        said = words.say("You are first on call.")
    else:
        said = words.say("You are number {position} on call.", position=facts.position)
    if facts.ad_hoc:
        return _next_steps(facts, words) if facts.next_steps else words.say("You are the last one.")
    return sentences(said, _next_steps(facts, words)) if facts.next_steps else said


def _next_steps(facts: PageFacts | SentFacts, words: Words) -> Mrkdwn:
    """The next few, each with when: "Paged next: Ola at 23:09, management at 23:24"."""
    shown = [
        words.say("{who} at {at}", who=one_line(who, 80), at=words.moment_since(at, facts.now))
        for who, at in facts.next_steps
    ]
    return words.say("Paged next: {steps}.", steps=Mrkdwn(", ".join(shown)))


def _others(facts: PageFacts | GatheredPagesFacts, words: Words) -> Mrkdwn:
    listed = Mrkdwn("; ".join(joined(number, one_line(summary, 80)) for number, summary in facts.others))
    count = max(facts.others_count, len(facts.others))
    return words.count("Also open for you: {pages}", "Also open for you ({n}): {pages}", count, pages=listed)


def _page_buttons(facts: PageFacts, words: Words, part: str = "page") -> list[Block]:
    shown = [*_answers(facts, words), *([] if facts.ad_hoc else _ticket_buttons(facts, words))]
    return [kit.actions(*shown, block_id=block_for(part, facts.number))] if shown else []


def _is_over(facts: PageFacts) -> bool:
    return facts.started or facts.resolved or facts.reclassified or facts.waits_because is not None


def _is_answered(facts: PageFacts) -> bool:
    return facts.declined or (facts.acknowledged_at is not None and not facts.asks_again)


def _answers(facts: PageFacts, words: Words) -> list[Block]:
    """What can be answered: everything while the reader is waited for; later it can still be taken."""
    if _is_over(facts) or _is_answered(facts):
        return []
    take = kit.button(words.plain("Acknowledge"), Action.ACKNOWLEDGE, facts.number, style="primary")
    if facts.passed_on is not None:
        return [take]
    cannot = kit.button(words.plain("I can't"), Action.DECLINE, facts.number)
    return [take, cannot, kit.button(words.plain("Escalate now"), Action.ESCALATE, facts.number)]


def _ticket_buttons(facts: PageFacts, words: Words) -> list[Block]:
    shown = []
    told = _is_answered(facts) or facts.passed_on is not None or facts.asks_again or facts.waits_because is not None
    if told and not (facts.begun or facts.started or facts.resolved):
        shown.append(kit.button(words.plain("Start work"), Action.START, facts.number))
    if facts.may_wait_until is not None and not _is_over(facts):
        shown.append(kit.button(words.plain("Next opening…"), Action.NEXT_OPENING, facts.number))
    return [*shown, kit.button(words.plain("Open ticket"), Action.SHOW, facts.number)]


# Aloud


def call_out(facts: CallOutFacts, words: Words) -> Rendered:
    """In the desk's channel, with a mention of whoever there is: a page never ends in silence."""
    about = _about(facts, words)
    said = joined(_called(facts, words), about)
    take = kit.button(words.plain("Acknowledge"), Action.ACKNOWLEDGE, facts.value, style="primary")
    show = kit.button(words.plain("Open ticket"), Action.SHOW, facts.value) if facts.number else None
    block = kit.actions(take, show, block_id=block_for("call_out", facts.value))
    return kit.rendered(said, [kit.section(said), block])


def _about(facts: CallOutFacts, words: Words) -> Mrkdwn:
    if facts.number is None:
        return words.say("Page: {text}", text=one_line(facts.summary, 500))
    if not facts.summary:
        return Mrkdwn(facts.number)
    return joined(facts.number, subject(facts.severity, facts.customer, facts.summary, words))


def _called(facts: CallOutFacts, words: Words) -> Mrkdwn:
    people = [words.mention(person) for person in facts.people[:PEOPLE_MENTIONED]]
    mentioned = Mrkdwn(" ".join(people))
    steps = ", ".join(step_words(step, words) for step in facts.nobody)
    nobody = words.say("Nobody is on call ({steps}).", steps=steps) if facts.nobody else Mrkdwn("")
    if facts.last:
        said = words.say("Nobody is left to page: whoever reads this, take it or call somebody")
    elif facts.then:
        said = words.say("{person} is paged instead", person=words.names(facts.then))
    else:
        said = words.say("This needs somebody now")
    return Mrkdwn(" ".join(part for part in (mentioned, nobody, said) if part))


# Who was told


def told_view(facts: ToldFacts, words: Words) -> ViewDict:
    """Who was told of a ticket, when, what they answered, and why it went on."""
    blocks: list[Block] = []
    for number, each in enumerate(facts.pages, start=1):
        blocks.append(kit.section(_account_head(number, each, facts, words)))
        lines = [_call_line(call, facts, words) for call in each.calls[-CALLS_SHOWN:]]
        blocks += [kit.context(Mrkdwn("\n".join(lines[i : i + 8]))) for i in range(0, len(lines), 8)]
    if not blocks:
        blocks = [kit.section(words.say("Nobody was paged."))]
    return kit.modal(View.TOLD, words.plain("Who was told?"), blocks, close=words.plain("Close"))


def _account_head(number: int, each: AccountFacts, facts: ToldFacts, words: Words) -> Mrkdwn:
    began = words.say("*Page {n}*, {at}", n=number, at=words.moment_since(each.started_at, facts.now))
    return joined(began, _stands(each, facts, words))


def _stands(each: AccountFacts, facts: ToldFacts, words: Words) -> Mrkdwn:
    if each.ended_at is not None:
        reason = words.plain(REASON[each.ended_why or Why.RESOLVED])
        at = words.moment_since(each.ended_at, facts.now)
        return words.say("ended {at}: {reason} ({person})", at=at, reason=reason, person=words.name(each.ended_by))
    goes_on = words.moment_since(each.next_at or facts.now, facts.now)
    if each.acknowledged_at is not None:
        at = words.moment_since(each.acknowledged_at, facts.now)
        person = words.name(each.acknowledged_by)
        return words.say(
            "acknowledged by {person} {at}; asked again {next} unless work starts", person=person, at=at, next=goes_on
        )
    return words.say("nobody has answered; goes on {at}", at=goes_on)


def _call_line(call: CallFacts, facts: ToldFacts, words: Words) -> Mrkdwn:
    who = words.say("{person}, asked again", person=words.name(call.person)) if call.again else words.name(call.person)
    step = _step_told(call.step, words) if call.step else ""
    turn = words.say("round {n}", n=call.round) if call.round > 1 else ""
    queued = words.say("queued {at}", at=words.moment_since(call.queued_at, facts.now))
    quiet = _quiet(call, facts, words)
    beside = [_beside(each, facts, words) for each in call.beside]
    return joined(who, step, turn, queued, _receipt(call, facts, words), quiet, *beside, _became(call, facts, words))


def _step_told(step: StepFact, words: Words) -> str:
    """The step of a call; of an address, which stands before it, the way."""
    return words.plain(WAY[step.kind]) if step.kind in ADDRESSED else step_words(step, words)


def _quiet(call: CallFacts, facts: ToldFacts, words: Words) -> Mrkdwn | str:
    if call.quiet_until is None:
        return ""
    at = words.moment_since(call.quiet_until, facts.now)
    if not call.beside:
        return words.say("do-not-disturb is on until {at}, and no other way is known", at=at)
    return words.say("do-not-disturb is on until {at}", at=at)


def _beside(each: BesideFact, facts: ToldFacts, words: Words) -> Mrkdwn:
    way, at = words.plain(WAY[each.way]), words.moment_since(each.at, facts.now)
    if each.sent:
        return words.say("by {way} too {at}", way=way, at=at)
    if each.refused:
        return words.say("refused by {way}: {reason}", way=way, reason=one_line(each.refused, 120))
    return words.say("by {way} too {at} unless answered", way=way, at=at)


def _receipt(call: CallFacts, facts: ToldFacts, words: Words) -> Mrkdwn:
    if call.sent_at is not None:
        return words.say("sent {at} ({ts})", at=words.moment_since(call.sent_at, facts.now), ts=call.ts or "")
    if call.refused and call.step is not None and call.step.kind in ADDRESSED:
        way = words.plain(WAY[call.step.kind])
        return words.say("refused by {way}: {reason}", way=way, reason=one_line(call.refused, 120))
    if call.refused:
        return words.say("refused by Slack: {reason}", reason=one_line(call.refused, 120))
    return words.say("not sent yet") if call.until is None else words.say("not sent")


def _became(call: CallFacts, facts: ToldFacts, words: Words) -> Mrkdwn:
    if call.until is None:
        return words.say("waited for")
    reason = words.plain(REASON[call.why]) if call.why else words.plain("over")
    return words.say("{reason} {at}", reason=reason, at=words.moment_since(call.until, facts.now))


def sent(facts: SentFacts, words: Words) -> Rendered:
    """The private answer to `/page`."""
    if facts.group:
        said = words.say(
            "Whoever is in {group} is paged now. If that is nobody, you and the desk's channel are told.",
            group=one_line(facts.group, 80),
        )
    elif facts.people:
        said = words.say("{person} is paged now.", person=words.names(facts.people))
    else:
        said = words.say("Nobody could be paged by that; the desk's channel was told.")
    if facts.next_steps:
        said = sentences(said, _next_steps(facts, words))
    return kit.rendered(said, [kit.section(said)])
