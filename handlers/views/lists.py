"""Lists, a ticket in full, and help."""

from collections.abc import Sequence

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Option, Rendered, ViewDict
from handlers.views.cards import desk_lines, desk_remarks, ended, intake_words
from handlers.views.clocks import (
    KIND,
    STATUS,
    capital,
    joined,
    late,
    promise,
    severity_line,
    severity_name,
    titled,
    uncapital,
)
from handlers.views.customer_cards import customer_promises, customer_status
from handlers.views.facts import DetailsFacts, ListFacts, Listing, RowFact, TicketFacts
from handlers.views.log import CUSTOMER_SEES, dated_log_text
from handlers.views.names import Action, View, block_for, numbered
from handlers.views.typed import Mrkdwn, fill, one_line, shorten
from handlers.views.words import Words, mark

ROWS = 15
"""Tickets on a page of a list: the fact's maker cuts, the view trusts no one and cuts again."""

TITLES = {
    Listing.MINE: mark("My tickets"),
    Listing.OPEN: mark("Open tickets"),
    Listing.BREACHING: mark("Late, or late soon"),
}
NOTHING = {
    Listing.MINE: mark("No tickets are yours now."),
    Listing.OPEN: mark("No tickets are open."),
    Listing.BREACHING: mark("Nothing is late, and nothing will be soon."),
}
COMMANDS = (
    ("/ticket", mark("open a ticket")),
    ("/ticket Invoices will not send", mark("the same, with the line filled in")),
    ("/ticket list", mark("open tickets; also: mine, breaching")),
    ("/ticket T-12", mark("one ticket in full")),
    ("/ticket why T-12", mark("why its deadline is what it is")),
    ("/ticket help", mark("this")),
)
FOR_DESK = (("/page @Kari", mark("page somebody, or a rota or role by its key; then what it is about")),)
"""What only a desk's people can type."""


def list_message(facts: ListFacts, words: Words) -> Rendered:
    """A list as a private answer."""
    return kit.rendered(_title(facts, words), list_blocks(facts, words))


def list_view(facts: ListFacts, words: Words) -> ViewDict:
    """A list in a modal."""
    return kit.modal(View.LIST, words.plain("Tickets"), list_blocks(facts, words), close=words.plain("Close"))


def list_blocks(facts: ListFacts, words: Words) -> list[Block]:
    """Title, rows, pages."""
    blocks = [kit.section(Mrkdwn(f"*{_title(facts, words)}*"), accessory=_choose(facts, words))]
    if not facts.rows:
        blocks.append(kit.section(words.say(NOTHING[facts.listing])))
    blocks += [ticket_row(each, words) for each in facts.rows[:ROWS]]
    return blocks + pages(facts.listing, facts.page, facts.pages, words, Action.LIST_PAGE)


def _title(facts: ListFacts, words: Words) -> Mrkdwn:
    title = words.plain(TITLES[facts.listing])
    total = f"{facts.total}+" if facts.more else facts.total
    if facts.pages > 1:
        return words.say(
            "{title}: {total}, page {page} of {pages}",
            title=title,
            total=total,
            page=facts.page + 1,
            pages=facts.pages,
        )
    return fill("{title}: {total}", title=title, total=str(total))


def _choose(facts: ListFacts, words: Words) -> Block:
    options = [Option(words.plain(text), listing) for listing, text in TITLES.items()]
    return kit.menu(Action.LIST, words.plain("Choose a list"), options, facts.listing)


def ticket_row(each: RowFact, words: Words) -> Block:
    """ "T-12 · Invoices will not send" over "Acme · Priority 2 · work starts by … · new · Ola"."""
    owner = words.name(each.owner) if each.owner else words.plain("nobody yet")
    head = fill("*{number}* · {summary}", number=each.number, summary=one_line(each.summary))
    small = joined(
        one_line(each.customer, 80),
        severity_name(each.severity, words),
        due_words(each, words),
        words.plain(STATUS[each.status]),
        owner,
    )
    show = kit.button(
        words.plain("Open"), Action.SHOW, each.number, label=words.plain("Open {number}", number=each.number)
    )
    return kit.section(Mrkdwn(f"{head}\n{small}"), accessory=show)


def due_words(each: RowFact, words: Words) -> Mrkdwn:
    """The clock to watch, short."""
    clock = each.clock
    if clock is None or clock.stopped_at is not None:
        return Mrkdwn("")
    if clock.breached and clock.paused is None:
        return uncapital(late(clock, words, words.moment))
    if clock.paused is not None:
        return words.say("the clock stands")
    return uncapital(promise(clock, words, words.moment))


def pages(prefix: str, page: int, count: int, words: Words, action: Action) -> list[Block]:
    """Buttons to the neighbouring pages; nothing when there is one page."""
    if count <= 1:
        return []
    before = kit.button(words.plain("Previous page"), numbered(action, page - 1), _page(prefix, page - 1))
    after = kit.button(words.plain("Next page"), numbered(action, page + 1), _page(prefix, page + 1))
    return [kit.actions(before if page > 0 else None, after if page + 1 < count else None)]


def _page(prefix: str, page: int) -> str:
    return f"{prefix}:{page}" if prefix else str(page)


# One ticket in full


def details_message(facts: DetailsFacts, words: Words) -> Rendered:
    """A ticket in full, as a private answer."""
    ticket = facts.ticket
    text = joined(titled(ticket.number, ticket.summary), words.plain(STATUS[ticket.status]))
    return kit.rendered(text, details_blocks(facts, words))


def details_view(facts: DetailsFacts, words: Words) -> ViewDict:
    """A ticket in full, in a modal."""
    title = one_line(facts.ticket.number, kit.TITLE)
    return kit.modal(View.DETAILS, title, details_blocks(facts, words), close=words.plain("Close"))


def details_blocks(facts: DetailsFacts, words: Words) -> list[Block]:
    """What it is, where it stands, what was said of it; the desk's remarks only for the desk."""
    ticket = facts.ticket
    blocks = [kit.header(titled(ticket.number, ticket.summary)), kit.fields(*_facts(ticket, words))]
    blocks.append(kit.section(Mrkdwn("\n".join(_standing(facts, words)))))
    if ticket.details:
        blocks.append(kit.quote(shorten(ticket.details, kit.TEXT)))
    remarks = desk_remarks(ticket, words) if facts.for_desk else []
    if remarks:
        blocks.append(kit.context(Mrkdwn("\n".join(remarks))))
    blocks += _log(facts, words)
    return [*blocks, *_buttons(facts, words)]


def _facts(ticket: TicketFacts, words: Words) -> list[Mrkdwn]:
    asker = ticket.ordered_by or (ticket.on_behalf_of or ticket.opened_by).name
    owner = words.name(ticket.owner) if ticket.owner else words.plain("nobody yet")
    received = joined(words.moment(ticket.reported_at), intake_words(ticket.intake, words))
    return [
        words.say(
            "*Customer:* {customer}", customer=joined(one_line(ticket.customer, 80), one_line(ticket.contract, 80))
        ),
        words.say("*Asked by:* {person}", person=one_line(asker, 80)),
        words.say("*Kind:* {kind}", kind=words.plain(KIND[ticket.kind])),
        words.say("*Received:* {received}", received=received),
        words.say("*Class:* {severity}", severity=severity_line(ticket.severity, words)),
        words.say("*Owner:* {person}", person=owner),
    ]


def _standing(facts: DetailsFacts, words: Words) -> Sequence[Mrkdwn]:
    ticket = facts.ticket
    if facts.for_desk:
        return [words.say("Status: {status}", status=words.plain(STATUS[ticket.status])), *desk_lines(ticket, words)]
    promised = [capital(each) for each in customer_promises(ticket, words)]
    return [customer_status(ticket, words), *promised, *([ended(ticket, words)] if ticket.status.done else [])]


def _log(facts: DetailsFacts, words: Words) -> list[Block]:
    shown = [line for line in facts.log if facts.for_desk or line.kind in CUSTOMER_SEES]
    lines = [dated_log_text(line, words) for line in shown[-40:]]
    return [kit.context(Mrkdwn("\n".join(lines[i : i + 8]))) for i in range(0, len(lines), 8)]


def _buttons(facts: DetailsFacts, words: Words) -> list[Block]:
    number = facts.ticket.number
    open_link = None
    if facts.link is not None:
        open_link = kit.button(words.plain("Go to the card"), Action.LINK, url=facts.link.url)
    buttons = kit.actions(
        kit.button(words.plain("Why?"), Action.WHY, number),
        kit.button(words.plain("Who was told?"), Action.WHO_TOLD, number) if facts.paged else None,
        open_link,
        _declare(facts, words),
        block_id=block_for("details", number),
    )
    return [buttons, *pages(number, facts.page, facts.pages, words, Action.DETAILS_PAGE)]


def _declare(facts: DetailsFacts, words: Words) -> Block | None:
    """What one customer reports may be an outage for all."""
    if not facts.for_desk or facts.ticket.status.done:
        return None
    return kit.button(words.plain("Declare an outage"), Action.OUTAGE_DECLARE, facts.ticket.number)


def help_message(for_desk: bool, words: Words) -> Rendered:  # noqa: FBT001 - every view is (facts, words)
    """What can be typed, as a private answer."""
    commands = COMMANDS + FOR_DESK if for_desk else COMMANDS
    lines = [Mrkdwn(f"`{command}`  {words.say(meaning)}") for command, meaning in commands]
    small = [words.say("On a message: the menu ⋯, Ticket from message. The ticket counts from that message.")]
    if for_desk:
        small.append(words.say("On a card: the buttons. Your own words in the customer's thread count as a reply."))
    text = words.say("What can be typed: {commands}", commands=", ".join(c for c, _ in commands))
    return kit.rendered(text, [kit.section(Mrkdwn("\n".join(lines))), kit.context(*small)])
