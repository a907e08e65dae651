"""App Home: an agent's queue, a contact's tickets. Nothing is more than two presses away."""

from collections.abc import Sequence

from handlers.views import blocks as kit
from handlers.views.blocks import Block, ViewDict
from handlers.views.facts import AgentHomeFacts, ContactHomeFacts, PersonFact, RowFact
from handlers.views.lists import pages, ticket_row
from handlers.views.names import Action, View
from handlers.views.typed import Mrkdwn, escape, one_line
from handlers.views.words import Words

ROWS = 20
"""Tickets shown in one part of a home; a home takes a hundred blocks in all."""


def agent_home(facts: AgentHomeFacts, words: Words) -> ViewDict:
    """An agent's tickets and the desk's queue."""
    blocks = [
        _top(words),
        *_part(words.plain("My tickets"), facts.mine, words.say("No tickets are yours now."), words),
        *_part(words.plain("Late"), facts.late, words.say("Nothing is late."), words),
        *_part(words.plain("Due today"), facts.due_today, words.say("Nothing more is due today."), words),
        *_part(words.plain("The rest"), facts.rest, words.say("Nothing else is open."), words),
        *pages("", facts.page, facts.pages, words, Action.HOME_PAGE),
        *_on_call(facts, words),
    ]
    return kit.home(View.HOME, blocks)


def _top(words: Words) -> Block:
    return kit.actions(
        kit.button(words.plain("Open a ticket"), Action.OPEN, style="primary"),
        kit.button(words.plain("All open tickets"), Action.LIST, "open"),
    )


def _part(title: str, rows: Sequence[RowFact], nothing: Mrkdwn, words: Words) -> list[Block]:
    if not rows:
        return [kit.header(title), kit.context(nothing)]
    shown = [kit.header(title), *(ticket_row(row, words) for row in rows[:ROWS])]
    hidden = len(rows) - ROWS
    if hidden > 0:
        shown.append(kit.context(words.count("and {n} more", "and {n} more", hidden)))
    return shown


def _on_call(facts: AgentHomeFacts, words: Words) -> list[Block]:
    now = _people(facts.on_call, words)
    said = words.say("*On call now:* {people}", people=now)
    if facts.on_call_next:
        following = words.say("*Next:* {people}", people=_people(facts.on_call_next, words))
        said = Mrkdwn(f"{said}\n{following}")
    return [kit.divider(), kit.section(said)]


def _people(people: tuple[PersonFact, ...], words: Words) -> str:
    return words.names(people) or words.plain("nobody")


def contact_home(facts: ContactHomeFacts, words: Words) -> ViewDict:
    """A contact's tickets and its contract in five lines."""
    lines = [escape(one_line(line, 200)) for line in facts.contract_lines[:5]]
    title = words.plain("Tickets of {customer}", customer=one_line(facts.customer, 80))
    blocks = [
        kit.actions(kit.button(words.plain("Open a ticket"), Action.OPEN, style="primary")),
        *_part(title, facts.rows, words.say("No tickets are open."), words),
        *pages("", facts.page, facts.pages, words, Action.HOME_PAGE),
        kit.header(words.plain("{vendor} agreement", vendor=one_line(facts.contract, 80))),
        *([kit.section(Mrkdwn("\n".join(f"• {line}" for line in lines)))] if lines else []),
    ]
    return kit.home(View.HOME, blocks)


def stranger_home(words: Words) -> ViewDict:
    """For someone who is neither: what Vakt is and whom to ask."""
    said = words.say(
        "Vakt keeps the desk's service agreements: tickets, what is promised by when, and why."
        " To open tickets here, ask an administrator of the desk to add you as a contact."
    )
    return kit.home(View.HOME, [kit.section(said)])
