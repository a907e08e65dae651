"""The windows in which shifts are taken, swapped and overridden."""

from collections.abc import Sequence

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Option, ViewDict
from handlers.views.facts.rotas import ChangeFormFacts, ShiftFact
from handlers.views.names import EVERY_LAYER, Action, Field, View
from handlers.views.oncall import SPAN, layer_words, span
from handlers.views.typed import Mrkdwn, fill, one_line
from handlers.views.words import Words
from models.rota.shift import label


def take_view(facts: ChangeFormFacts, words: Words) -> ViewDict:
    """Take a shift: the one that was pressed, else one of those there are."""
    chosen = next((each for each in facts.shifts if each.token == facts.chosen), None)
    if facts.chosen is not None and chosen is not None:
        blocks = [kit.section(_sure(chosen, words)), kit.context(words.say("Both of you are told."))]
    else:
        menu = _shift_menu(Field.SHIFT, facts.shifts, facts, words)
        blocks = [kit.field(Field.SHIFT, words.plain("Which shift"), menu)]
    return _window(View.TAKE, words.plain("Take a shift"), blocks, facts, words, words.plain("Take"))


def _sure(shift: ShiftFact, words: Words) -> Mrkdwn:
    when, layer = span(shift.since, shift.until, words), label(shift.layer)
    if shift.person is None:
        return words.say("Nobody is on call {when} ({layer}). Take it?", when=when, layer=layer)
    return words.say(
        "*{person}* is on call {when} ({layer}). Take it?", person=words.name(shift.person), when=when, layer=layer
    )


def override_view(facts: ChangeFormFacts, words: Words) -> ViewDict:
    """Put somebody on call from one moment to another."""
    people = [Option(words.name(person), key) for key, person in facts.people]
    layers = [Option(words.plain("Every layer"), EVERY_LAYER), *(Option(label(each), each) for each in facts.layers)]
    first = facts.layers[0] if facts.layers else EVERY_LAYER
    blocks = [
        kit.field(Field.WHO, words.plain("Who"), kit.menu(Field.WHO, words.plain("Choose"), people, facts.reader)),
        kit.field(Field.FROM, words.plain("From"), kit.moment_input(Field.FROM, facts.begin)),
        kit.field(Field.UNTIL, words.plain("Until"), kit.moment_input(Field.UNTIL, facts.end)),
        kit.field(Field.LAYER, words.plain("Layer"), kit.menu(Field.LAYER, words.plain("Choose"), layers, first)),
        kit.context(words.say("Where two overlap, the later one holds. Those whom it concerns are told.")),
        *_overrides(facts, words),
    ]
    return _window(View.OVERRIDE, words.plain("Override"), blocks, facts, words, words.plain("Save"))


def _overrides(facts: ChangeFormFacts, words: Words) -> list[Block]:
    """Those that there are, each to be taken back."""
    rows = []
    for each in facts.overrides:
        who, when, layer = words.name(each.person), span(each.since, each.until, words), each.layer or None
        said = words.say("*{person}*, {when} ({layer})", person=who, when=when, layer=layer_words(layer, words))
        spoken = words.plain("Take {person} back", person=one_line(who, 40))
        button = kit.button(words.plain("Take back"), Action.OVERRIDE_TAKE_BACK, each.token, label=spoken)
        rows.append(kit.section(said, accessory=button))
    return [kit.header(words.plain("Overrides so far")), *rows] if rows else []


def swap_view(facts: ChangeFormFacts, words: Words) -> ViewDict:
    """My shift against one of somebody else's, who has to accept."""
    mine = _shift_menu(Field.MY_SHIFT, facts.mine, facts, words)
    theirs = _shift_menu(Field.SHIFT, facts.shifts, facts, words)
    blocks = [
        kit.field(Field.MY_SHIFT, words.plain("Your shift"), mine),
        kit.field(Field.SHIFT, words.plain("The other shift"), theirs),
        kit.context(words.say("The other is asked in a direct message; until they accept, nothing is changed.")),
    ]
    return _window(View.SWAP, words.plain("Swap shifts"), blocks, facts, words, words.plain("Ask"))


def _shift_menu(field: Field, shifts: Sequence[ShiftFact], facts: ChangeFormFacts, words: Words) -> Block:
    options = [Option(_short(each, facts, words), each.token) for each in shifts]
    return kit.menu(field, words.plain("Choose"), options, facts.chosen)


def _short(each: ShiftFact, facts: ChangeFormFacts, words: Words) -> str:
    """ "Mon 08:00 to Mon 7 Dec 08:00 · Kari", on one line of a menu."""
    since, until = words.when(each.since, facts.now), words.when(each.until, facts.now)
    when = words.plain(SPAN, since=since, until=until)
    who = "" if each.mine else f" · {one_line(words.name(each.person), 20)}"
    return f"{when}{who} · {one_line(label(each.layer), 14)}"


def _window(
    view: View, title: str, blocks: Sequence[Block], facts: ChangeFormFacts, words: Words, submit: str
) -> ViewDict:
    head = kit.context(fill("{name}", name=one_line(facts.name, 80)))
    return kit.modal(view, title, [head, *blocks], submit=submit, close=words.plain("Cancel"), metadata=facts.metadata)
