"""App Home: an agent's queue, a contact's tickets. Nothing is more than two presses away."""

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module

from handlers.views import blocks as kit
from handlers.views.blocks import Block, ViewDict
from handlers.views.clocks import joined
from handlers.views.facts import AgentHomeFacts, ContactHomeFacts, OpenPageFact, OpenPagesFacts, PersonFact, RowFact
from handlers.views.lists import pages, ticket_row
from handlers.views.names import Action, View
from handlers.views.typed import Mrkdwn, escape, fill, one_line
from handlers.views.words import Words

MAINTENANCE = 5
ROWS = 20
"""Tickets shown in the part of a home that is turned over; a home takes a hundred blocks in all."""
FEWER = 15
"""The same in the others of an agent's home."""


def agent_home(facts: AgentHomeFacts, words: Words) -> ViewDict:
    """An agent's tickets and the desk's queue."""
    blocks = [
        _top(words),
        *_open_pages(facts.open_pages, facts.now, words),
        *_outages(facts, words),
        *_part(words.plain("My tickets"), facts.mine, words.say("No tickets are yours now."), words, FEWER),
        *_part(words.plain("Late"), facts.late, words.say("Nothing is late."), words, FEWER),
        *_part(words.plain("Due today"), facts.due_today, words.say("Nothing more is due today."), words, FEWER),
        *_part(words.plain("The rest"), facts.rest, words.say("Nothing else is open."), words),
        *pages("", facts.page, facts.pages, words, Action.HOME_PAGE),
        *_on_call(facts, words),
        *_maintenance(facts, words),
    ]
    return kit.home(View.HOME, blocks)


def _maintenance(facts: AgentHomeFacts, words: Words) -> list[Block]:
    if not facts.maintenance:
        return []
    # Loaded by whoever has any.
    row = import_module("handlers.views.maintenance").list_row
    shown = [kit.section(row(work, words)) for work in facts.maintenance[:MAINTENANCE]]
    return [kit.header(words.plain("Maintenance this week")), *shown]


def _top(words: Words) -> Block:
    return kit.actions(
        kit.button(words.plain("Open a ticket"), Action.OPEN, style="primary"),
        kit.button(words.plain("All open tickets"), Action.LIST, "open"),
        kit.button(words.plain("How you are paged…"), Action.NOTIFY),
    )


def _outages(facts: AgentHomeFacts, words: Words) -> list[Block]:
    """Those that last, above everything else; what draws them is loaded when there are any."""
    if not facts.outages:
        return []
    drawn: list[Block] = import_module("handlers.views.outage_desk").home_part(facts.outages, words)
    return drawn


PAGES = "pages"
"""What is turned over when it is not the tickets."""


def _open_pages(facts: OpenPagesFacts, now: datetime, words: Words) -> list[Block]:
    """What somebody is waited for in, and what somebody is on; nothing while no page runs."""
    if not facts.rows:
        return []
    rows = [_open_page(each, now, words) for each in facts.rows]
    return [
        kit.header(words.plain("Open pages")),
        *rows,
        *pages(PAGES, facts.page, facts.pages, words, Action.HOME_PAGE),
    ]


def _open_page(each: OpenPageFact, now: datetime, words: Words) -> Block:
    about = one_line(each.summary, 120)
    head = (
        fill("*{number}* · {about}", number=each.number, about=about) if each.number else fill("*{about}*", about=about)
    )
    small = joined(_where_it_stands(each, words), words.say("since {at}", at=words.moment_since(each.started_at, now)))
    if each.goes_on_at is not None:
        small = joined(small, words.say("goes on {at}", at=words.moment_since(each.goes_on_at, now)))
    return kit.section(Mrkdwn(f"{head}\n{small}"), accessory=_open_page_button(each, words))


def _where_it_stands(each: OpenPageFact, words: Words) -> Mrkdwn:
    if each.acknowledged_by is not None:
        return words.say("acknowledged by {person}", person=words.name(each.acknowledged_by))
    if each.waits_for is None:
        return words.say("nobody is left to page")
    if each.mine:
        return words.say("waits for *you*")
    return words.say("waits for {person}", person=words.name(each.waits_for))


def _open_page_button(each: OpenPageFact, words: Words) -> Block | None:
    name = each.number or one_line(each.summary, 40)
    if each.acknowledged_by is None:
        style = "primary" if each.mine else None
        label = words.plain("Acknowledge {page}", page=name)
        return kit.button(words.plain("Acknowledge"), Action.HOME_ACKNOWLEDGE, each.value, style=style, label=label)
    if each.number is None:
        return None
    label = words.plain("Open {number}", number=each.number)
    return kit.button(words.plain("Open"), Action.SHOW, each.number, label=label)


def _part(title: str, rows: Sequence[RowFact], nothing: Mrkdwn, words: Words, most: int = ROWS) -> list[Block]:
    if not rows:
        return [kit.header(title), kit.context(nothing)]
    shown = [kit.header(title), *(ticket_row(row, words) for row in rows[:most])]
    hidden = len(rows) - most
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
        *_open_pages(facts.open_pages, facts.now, words),
        *_part(title, facts.rows, words.say("No tickets are open."), words),
        *pages("", facts.page, facts.pages, words, Action.HOME_PAGE),
        kit.header(words.plain("{vendor} agreement", vendor=one_line(facts.contract, 80))),
        *([kit.section(Mrkdwn("\n".join(f"• {line}" for line in lines)))] if lines else []),
    ]
    return kit.home(View.HOME, blocks)


def stranger_home(open_pages: OpenPagesFacts, now: datetime, words: Words) -> ViewDict:
    """For someone who is neither: what Vakt is and whom to ask; and what they are paged for all the same."""
    said = words.say(
        "Vakt keeps the desk's service agreements: tickets, what is promised by when, and why."
        " To open tickets here, ask an administrator of the desk to add you as a contact."
    )
    return kit.home(View.HOME, [*_open_pages(open_pages, now, words), kit.section(said)])
