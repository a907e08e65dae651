"""Who is on call, the week ahead, and what people are told when somebody changes it."""

from collections.abc import Sequence
from datetime import datetime

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered, ViewDict
from handlers.views.clocks import joined, sentences
from handlers.views.facts.rotas import (
    ChangedFacts,
    FeedFacts,
    LayerFact,
    OnCallFacts,
    RotaFact,
    ShiftFact,
    SwapFacts,
    WeekFacts,
)
from handlers.views.lists import pages
from handlers.views.names import Action, View
from handlers.views.typed import Mrkdwn, fill, one_line
from handlers.views.words import Words, mark
from models.rota.shift import label

COMMANDS = (
    ("/oncall", mark("who is on call now, until when, and who is next")),
    ("/oncall next", mark("the next shifts, and your own")),
    ("/oncall week", mark("every shift of the next seven days")),
    ("/oncall take", mark("take somebody's shift")),
    ("/oncall swap", mark("ask somebody to swap shifts")),
    ("/oncall override", mark("put somebody on call for a time")),
    ("/oncall feed", mark("your shifts as a calendar; with a rota's name, everybody's")),
    ("/oncall notify", mark("by which other ways a page reaches you, and when")),
    ("/oncall hooks", mark("for administrators: the keys with which alerts and heartbeats come in")),
    ("/oncall help", mark("this")),
)
SPAN = mark("{since} to {until}")


def layer_words(layer: str | None, words: Words) -> str:
    """A layer as it is read: "Primary"."""
    return words.plain("every layer") if layer is None else label(layer)


def span(since: datetime, until: datetime, words: Words) -> Mrkdwn:
    """ "Fri 27 Nov 08:00 to Sat 28 Nov 08:00", on the reader's own clock."""
    return words.say(SPAN, since=words.moment(since), until=words.moment(until))


def on_call_message(facts: OnCallFacts, words: Words) -> Rendered:
    """`/oncall`: each rota with its layers."""
    blocks: list[Block] = []
    for rota in facts.rotas:
        blocks += [kit.section(_now_words(rota, words)), *_ways(rota, words)]
    if facts.more:
        more = words.count("{n} more rota; name it: /oncall NAME", "{n} more rotas; name one: /oncall NAME", facts.more)
        blocks.append(kit.context(more))
    return kit.rendered(Mrkdwn("\n".join(_now_words(rota, words) for rota in facts.rotas)), blocks)


def _now_words(rota: RotaFact, words: Words) -> Mrkdwn:
    if rota.unusable is not None:
        said = words.say("The rota cannot be read as it is stored: {why}.", why=one_line(rota.unusable, 300))
        return Mrkdwn(f"{_titled(rota, words)}\n{said}")
    return Mrkdwn("\n".join([_titled(rota, words), *(_layer_words(each, words) for each in rota.layers)]))


def _titled(rota: RotaFact, words: Words) -> Mrkdwn:
    del words
    return fill("*{name}* ({key})", name=one_line(rota.name, 80), key=rota.key)


def _layer_words(layer: LayerFact, words: Words) -> Mrkdwn:
    name = label(layer.layer)
    if layer.on_call is None:
        said = words.say("{layer}: nobody", layer=name)
    else:
        person, until = words.name(layer.on_call.person), words.moment(layer.on_call.until)
        said = words.say("{layer}: *{person}* until {until}", layer=name, person=person, until=until)
    if layer.then is None:
        return said
    then = words.name(layer.then.person)
    return joined(said, words.say("then {person} from {since}", person=then, since=words.moment(layer.then.since)))


def _ways(rota: RotaFact, words: Words) -> list[Block]:
    if rota.unusable is not None:
        return []
    return [
        kit.actions(
            kit.button(words.plain("Week"), Action.ON_CALL_WEEK, rota.key),
            kit.button(words.plain("Swap"), Action.ON_CALL_SWAP, rota.key) if rota.may_change else None,
            kit.button(words.plain("Override"), Action.ON_CALL_OVERRIDE, rota.key) if rota.may_change else None,
        )
    ]


def next_message(facts: OnCallFacts, words: Words) -> Rendered:
    """`/oncall next`: who comes next in each layer, and when the reader does."""
    blocks = [kit.section(_next_words(rota, words)) for rota in facts.rotas]
    return kit.rendered(Mrkdwn("\n".join(_next_words(rota, words) for rota in facts.rotas)), blocks)


def _next_words(rota: RotaFact, words: Words) -> Mrkdwn:
    lines = [_titled(rota, words)]
    for layer in rota.layers:
        if layer.then is None:
            lines.append(words.say("{layer}: nobody in the weeks ahead", layer=label(layer.layer)))
        else:
            person, when = words.name(layer.then.person), span(layer.then.since, layer.then.until, words)
            lines.append(words.say("{layer}: *{person}*, {when}", layer=label(layer.layer), person=person, when=when))
    if rota.mine is not None:
        mine = span(rota.mine.since, rota.mine.until, words)
        lines.append(words.say("Your next shift: {layer}, {when}", layer=label(rota.mine.layer), when=mine))
    return Mrkdwn("\n".join(lines))


def week_message(facts: WeekFacts, words: Words) -> Rendered:
    """`/oncall week`: a line a shift and day, each with its button."""
    title = words.say("{rota}: on call in the next seven days", rota=one_line(facts.name, 80))
    blocks = [kit.section(Mrkdwn(f"*{title}*")), *(_shift_row(each, facts, words) for each in facts.shifts)]
    if not facts.shifts:
        blocks.append(kit.section(words.say("Nobody is on call in these days.")))
    if facts.may_change:
        blocks.append(
            kit.actions(
                kit.button(words.plain("Swap"), Action.ON_CALL_SWAP, facts.key),
                kit.button(words.plain("Override"), Action.ON_CALL_OVERRIDE, facts.key),
            )
        )
    blocks += pages(facts.key, facts.page, facts.pages, words, Action.ON_CALL_PAGE)
    return kit.rendered(Mrkdwn("\n".join([title, *(_plain_row(each, words) for each in facts.shifts)])), blocks)


def _plain_row(each: ShiftFact, words: Words) -> Mrkdwn:
    who = words.name(each.person) if each.person else words.plain("nobody")
    return joined(span(each.since, each.until, words), label(each.layer), who)


def _shift_row(each: ShiftFact, facts: WeekFacts, words: Words) -> Block:
    who = words.name(each.person) if each.person else words.plain("nobody")
    changed = words.plain("changed") if each.changed else ""
    small = joined(span(each.since, each.until, words), label(each.layer), changed)
    head = joined(fill("*{who}*", who=who), words.weekday(each.since))
    return kit.section(Mrkdwn(f"{head}\n{small}"), accessory=_way(each, facts, words))


def _way(each: ShiftFact, facts: WeekFacts, words: Words) -> Block | None:
    """One's own shift is swapped, any other taken."""
    if not facts.may_change:
        return None
    if each.mine:
        return kit.button(words.plain("Swap"), Action.ON_CALL_SWAP, each.token)
    who = words.name(each.person) if each.person else words.plain("nobody")
    spoken = words.plain("Take {when} from {person}", when=words.when(each.since, facts.now), person=one_line(who, 40))
    return kit.button(words.plain("Take"), Action.ON_CALL_TAKE, each.token, label=spoken)


def help_message(words: Words) -> Rendered:
    """What can be typed after `/oncall`."""
    lines = [Mrkdwn(f"`{command}`  {words.say(meaning)}") for command, meaning in COMMANDS]
    text = words.say("What can be typed: {commands}", commands=", ".join(c for c, _ in COMMANDS))
    small = words.say("Where there are several rotas, its name comes last: /oncall week drift.")
    return kit.rendered(text, [kit.section(Mrkdwn("\n".join(lines))), kit.context(small)])


def changed_message(facts: ChangedFacts, words: Words) -> Rendered:
    """To those whom a change concerns: who is on call instead of whom."""
    said = _changed_words(facts, words)
    return kit.rendered(said, [kit.section(said)])


def _changed_words(facts: ChangedFacts, words: Words) -> Mrkdwn:
    values = {
        "rota": one_line(facts.name, 80),
        "layer": layer_words(facts.layer, words),
        "when": span(facts.since, facts.until, words),
        "person": words.name(facts.person),
        "by": words.name(facts.by),
    }
    own = facts.by == facts.person
    if facts.reader_is_on_call:
        mine = mark("You are on call for {rota} ({layer}), {when}.")
        said = words.say(mine, **{name: values[name] for name in ("rota", "layer", "when")})
        return said if own else sentences(said, words.say("{by} put you there.", by=values["by"]))
    text = mark("{person} has taken {rota} ({layer}) from you, {when}.")
    if own:
        return words.say(text, **{name: values[name] for name in ("person", "rota", "layer", "when")})
    return words.say("{by} put {person} on call for {rota} ({layer}) instead of you, {when}.", **values)


def taken_back_message(facts: ChangedFacts, words: Words) -> Rendered:
    """To those whom it concerns that an override is taken back."""
    values = {"rota": one_line(facts.name, 80), "layer": layer_words(facts.layer, words)}
    values |= {"when": span(facts.since, facts.until, words), "by": words.name(facts.by)}
    if facts.reader_is_on_call:
        said = words.say("You are on call for {rota} ({layer}) again, {when}: {by} took a change back.", **values)
    else:
        said = words.say("You are not on call for {rota} ({layer}) any more, {when}: {by} took it back.", **values)
    return kit.rendered(said, [kit.section(said)])


def taken_back_view(facts: ChangedFacts, words: Words) -> ViewDict:
    """That it is taken back, and who is on call again, in place of the window that asked."""
    values = {"rota": one_line(facts.name, 80), "layer": layer_words(facts.layer, words)}
    when, person = span(facts.since, facts.until, words), words.name(facts.person)
    gone = mark("*{person}* is not on call for {rota} ({layer}) any more, {when}.")
    lines = [words.say(gone, person=person, when=when, **values)]
    if facts.instead_of:
        lines.append(words.say("On call again: {people}. All are told.", people=words.names(facts.instead_of)))
    blocks = [kit.section(Mrkdwn("\n".join(lines)))]
    return kit.modal(View.CHANGED, words.plain("Taken back"), blocks, close=words.plain("Close"))


def changed_view(facts: ChangedFacts, words: Words) -> ViewDict:
    """What was stored, and what it lies over, in place of the window that asked."""
    values = {"rota": one_line(facts.name, 80), "layer": layer_words(facts.layer, words)}
    when = span(facts.since, facts.until, words)
    person = words.name(facts.person)
    lines = [words.say("*{person}* is on call for {rota} ({layer}), {when}.", person=person, when=when, **values)]
    if facts.instead_of:
        lines.append(words.say("Instead of {people}, who is told.", people=words.names(facts.instead_of)))
    lines += [
        words.say(
            "It lies over what was changed before: {person}, {when}. The later one holds.",
            person=words.name(each.person),
            when=span(each.since, each.until, words),
        )
        for each in facts.over
    ]
    blocks = [kit.section(Mrkdwn("\n".join(lines)))]
    return kit.modal(View.CHANGED, words.plain("Saved"), blocks, close=words.plain("Close"))


STATES = {
    "holds": mark("{asked} accepted {at}: the shifts are swapped."),
    "declined": mark("{asked} declined {at}; nothing was changed."),
}


def swap_message(facts: SwapFacts, words: Words) -> Rendered:
    """To who is asked, with the buttons while it is open; to who asked, once it is answered."""
    asker, asked = words.name(facts.asker), words.name(facts.asked)
    head = words.say("{asker} asks {asked} to swap shifts in {rota}.", asker=asker, asked=asked, rota=facts.name)
    lines = [head, _swapped(facts.one, words), _swapped(facts.other, words)]
    if facts.state != "asked":
        at = words.moment(facts.settled_at or facts.now)
        lines.append(words.say(STATES[facts.state], asked=asked, at=at))
    blocks = [kit.section(Mrkdwn("\n".join(lines)))]
    if facts.state == "asked" and not facts.to_asker:
        blocks.append(
            kit.actions(
                kit.button(words.plain("Accept"), Action.SWAP_ACCEPT, facts.id, style="primary"),
                kit.button(words.plain("Decline"), Action.SWAP_DECLINE, facts.id),
            )
        )
    return kit.rendered(Mrkdwn("\n".join(lines)), blocks)


def _swapped(shift: ShiftFact, words: Words) -> Mrkdwn:
    person = words.name(shift.person)
    return joined(fill("*{person}*", person=person), label(shift.layer), span(shift.since, shift.until, words))


def swap_asked_view(facts: SwapFacts, words: Words) -> ViewDict:
    """The question is on its way."""
    said = words.say(
        "{asked} is asked in a direct message. Until they accept, nothing is changed.", asked=words.name(facts.asked)
    )
    lines: Sequence[Mrkdwn] = [said, _swapped(facts.one, words), _swapped(facts.other, words)]
    return kit.modal(
        View.CHANGED, words.plain("Asked"), [kit.section(Mrkdwn("\n".join(lines)))], close=words.plain("Close")
    )


def feed_message(facts: FeedFacts, words: Words) -> Rendered:
    """A calendar's address, shown this once; or that there is one, and a button for another."""
    whose = words.say("The rota {rota}", rota=one_line(facts.name, 80)) if facts.name else words.say("Your shifts")
    button = kit.actions(kit.button(words.plain("New address"), Action.ON_CALL_FEED, facts.key))
    if facts.url is None:
        at = words.moment(facts.made_at or facts.now)
        said = words.say(
            "{what}: an address was made {at}. It is shown only once; a new one ends it.", what=whose, at=at
        )
        return kit.rendered(said, [kit.section(said), button])
    said = words.say("{what} as a calendar, for whoever has this address:", what=whose)
    small = words.say("It is shown only this once. Subscribe to it in your calendar, and keep it to yourself.")
    address = fill("`{url}`", url=facts.url)
    return kit.rendered(Mrkdwn(f"{said} {address}"), [kit.section(said), kit.section(address), kit.context(small)])
