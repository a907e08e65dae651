"""What a rota says by itself: gaps that are coming, and a shift that is handed over."""

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered
from handlers.views.clocks import joined, late, promise, uncapital
from handlers.views.facts.rotas import DueFact, GapFacts, HandoverFacts
from handlers.views.names import Action
from handlers.views.oncall import span
from handlers.views.typed import Mrkdwn, fill, one_line
from handlers.views.words import Words
from models.rota.shift import label

ROWS = 10


def gaps_message(facts: GapFacts, words: Words) -> Rendered:
    """Where nobody is on call, and why somebody has to be."""
    said = words.say("Nobody is on call by the rota {rota}:", rota=one_line(facts.name, 80))
    lines = [span(since, until, words) for since, until in facts.gaps]
    if facts.more:
        lines.append(words.count("and {n} more time", "and {n} more times", facts.more))
    why = words.say(
        "{desk} has customers under {contract}, for whom somebody is paged day and night ({clause}).",
        desk=one_line(facts.desk, 80),
        contract=one_line(facts.contract, 80),
        clause=facts.clause,
    )
    way = words.say("Press Override to put somebody on call. This is said once a day.")
    button = kit.actions(kit.button(words.plain("Override"), Action.ON_CALL_OVERRIDE, facts.key))
    listed = Mrkdwn("\n".join([said, *lines]))
    return kit.rendered(Mrkdwn(f"{listed}\n{why}"), [kit.section(listed), kit.context(why, way), button])


def group_refused(rota: str, error: str, words: Words) -> Rendered:
    """Why a rota's user group is not kept, and what to do about it."""
    said = words.say(
        "Slack does not let the user group of {rota} follow who is on call: {error}.",
        rota=one_line(rota, 80),
        error=one_line(error, 60),
    )
    way = words.say(
        "It needs a paid plan and the scope usergroups:write; until then people are mentioned by name. Said once."
    )
    return kit.rendered(Mrkdwn(f"{said} {way}"), [kit.section(said), kit.context(way)])


def handover_message(facts: HandoverFacts, words: Words) -> Rendered:
    """Who has it from now on, who had it, what falls due; with a button until it is accepted."""
    head = _head(facts, words)
    blocks: list[Block] = [kit.section(head)]
    due = _due(facts, words)
    blocks.append(kit.section(Mrkdwn("\n".join(due))))
    if facts.accepted_by is not None and facts.accepted_at is not None:
        accepted = words.say(
            "{person} has it since {at}.",
            person=words.name(facts.accepted_by),
            at=words.moment_since(facts.accepted_at, facts.now),
        )
        blocks.append(kit.context(accepted))
    else:
        blocks.append(
            kit.actions(kit.button(words.plain("I have it"), Action.HANDOVER_ACCEPT, facts.id, style="primary"))
        )
    return kit.rendered(Mrkdwn("\n".join([head, *due])), blocks)


def _head(facts: HandoverFacts, words: Words) -> Mrkdwn:
    values = {
        "rota": one_line(facts.name, 80),
        "layer": label(facts.layer),
        "incoming": words.mention(facts.incoming),
        "until": words.moment(facts.until),
    }
    if facts.outgoing is None:
        return words.say("*{rota}* ({layer}): {incoming} is on call until {until}.", **values)
    outgoing = words.name(facts.outgoing)
    text = "*{rota}* ({layer}): {outgoing} hands over to {incoming}, on call until {until}."
    return words.say(text, outgoing=outgoing, **values)


def _due(facts: HandoverFacts, words: Words) -> list[Mrkdwn]:
    if not facts.total:
        return [words.say("Nothing falls due in this shift.")]
    lines = [words.count("{n} ticket falls due in this shift:", "{n} tickets fall due in this shift:", facts.total)]
    lines += [_due_line(each, words) for each in facts.due[:ROWS]]
    more = facts.total - min(len(facts.due), ROWS)
    if more > 0:
        lines.append(words.count("and {n} more", "and {n} more", more))
    return lines


def _due_line(each: DueFact, words: Words) -> Mrkdwn:
    clock = each.clock
    if clock.stopped_at is not None:
        stands = words.say("done")
    elif clock.breached and clock.paused is None:
        stands = uncapital(late(clock, words, words.moment))
    elif clock.paused is not None:
        stands = words.say("the clock stands")
    else:
        stands = uncapital(promise(clock, words, words.moment))
    return joined(
        fill("*{number}*", number=each.number), one_line(each.summary, 80), one_line(each.customer, 40), stands
    )
