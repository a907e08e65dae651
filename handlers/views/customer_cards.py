"""The card of a ticket in the customer's channel: number, status, what is promised by when, the outcome."""

from handlers.views import blocks as kit
from handlers.views.blocks import Rendered
from handlers.views.cards import REFERENCE, next_due
from handlers.views.clocks import (
    KIND,
    STATUS,
    clause_words,
    joined,
    late,
    promise,
    severity_name,
    standing,
    titled,
    told_customer,
    uncapital,
)
from handlers.views.facts import ClockFacts, Status, TicketFacts
from handlers.views.names import Action, block_for
from handlers.views.typed import Mrkdwn, escape, fill, one_line, shorten
from handlers.views.words import Words


def customer_card(ticket: TicketFacts, words: Words) -> Rendered:
    """The customer's card: number, status, what is promised by when, outcome."""
    shown = [
        kit.header(titled(ticket.number, ticket.summary)),
        kit.section(Mrkdwn("\n".join(_customer_lines(ticket, words)))),
        kit.context(Mrkdwn("\n".join([*_customer_notes(ticket, words), _customer_foot(ticket, words)]))),
    ]
    if ticket.status is Status.RESOLVED:
        reopen = kit.button(words.plain("Reopen"), Action.REOPEN, ticket.number)
        shown.append(kit.actions(reopen, block_id=block_for("customer", ticket.number)))
    return kit.rendered(customer_text(ticket, words), shown)


def customer_text(ticket: TicketFacts, words: Words) -> Mrkdwn:
    """The card in one sentence."""
    head = fill("{number} · {summary}", number=ticket.number, summary=one_line(ticket.summary))
    return joined(head, next_due(ticket, words), words.say(STATUS[ticket.status]))


def _customer_lines(ticket: TicketFacts, words: Words) -> list[Mrkdwn]:
    lines = [joined(_customer_class(ticket, words), *_promises(ticket, words)), customer_status(ticket, words)]
    if ticket.status.done and not ticket.duplicate_of and ticket.outcome:
        lines.append(words.say("Outcome: {outcome}", outcome=shorten(ticket.outcome, 1500)))
    return lines


def _customer_class(ticket: TicketFacts, words: Words) -> Mrkdwn:
    if ticket.severity is None:
        return words.say(KIND[ticket.kind])
    return escape(severity_name(ticket.severity, words))


def _promises(ticket: TicketFacts, words: Words) -> list[Mrkdwn]:
    return customer_promises(ticket, words)[:1]


def customer_promises(ticket: TicketFacts, words: Words) -> list[Mrkdwn]:
    """Every promise that runs, the next first; late ones say so. Nothing once it is done."""
    if ticket.status.done:
        return []
    if ticket.best_effort:
        return [words.say("best effort, no time is set")]
    running = [clock for clock in ticket.clocks if clock.stopped_at is None]
    if running:
        return [customer_promise(clock, ticket, words) for clock in running]
    if ticket.target_release:
        return [words.say("planned for release {release}", release=one_line(ticket.target_release, 60))]
    return []


def customer_promise(clock: ClockFacts, ticket: TicketFacts, words: Words) -> Mrkdwn:
    """ "work starts by Mon 13:40 (the agreement, SO-15)"; standing or late, said plainly."""
    if clock.paused is not None:
        return uncapital(standing(clock, ticket.now, words))
    if clock.breached:
        return joined(uncapital(late(clock, words, words.moment)), _who_was_told(clock, words))
    promised = uncapital(promise(clock, words, words.moment))
    return words.say(REFERENCE[clock.strength], promise=promised, clause=clause_words(clock, words))


def _who_was_told(clock: ClockFacts, words: Words) -> Mrkdwn:
    roles = told_customer(clock, words)
    return words.say("escalated to {roles}", roles=roles) if roles else Mrkdwn("")


def customer_status(ticket: TicketFacts, words: Words) -> Mrkdwn:
    """ "Status: in progress since 10:12, Ola Hansen"."""
    status = words.plain(STATUS[ticket.status])
    if ticket.duplicate_of:
        return words.say("Status: continued in {number}", number=ticket.duplicate_of)
    if ticket.status is Status.IN_PROGRESS and ticket.started_at is not None:
        return _in_progress(ticket, words)
    if ticket.status.waiting and ticket.waiting_since is not None:
        since = words.moment_since(ticket.waiting_since, ticket.now)
        return words.say("Status: {status} since {since}", status=status, since=since)
    if ticket.resolved_at is not None and ticket.status.done:
        at = words.moment_since(ticket.resolved_at, ticket.now)
        return words.say("Status: {status} {at}", status=status, at=at)
    return words.say("Status: {status}", status=status)


def _in_progress(ticket: TicketFacts, words: Words) -> Mrkdwn:
    since = words.moment_since(ticket.started_at or ticket.now, ticket.now)
    who = ticket.owner or ticket.started_by
    if who is None:
        return words.say("Status: in progress since {since}", since=since)
    return words.say("Status: in progress since {since}, {person}", since=since, person=words.name(who))


def _customer_notes(ticket: TicketFacts, words: Words) -> list[Mrkdwn]:
    """What the contract wants said beside the time, while it is open."""
    if ticket.status.done:
        return []
    return [escape(one_line(words.pick(note), 300)) for note in ticket.customer_notes]


def _customer_foot(ticket: TicketFacts, words: Words) -> Mrkdwn:
    if ticket.status is Status.CLOSED:
        return words.say("Closed. Open a new ticket with /ticket.")
    if ticket.status is Status.WAITING_CUSTOMER:
        return words.say("We need your answer: write it in the thread.")
    if ticket.status is Status.WAITING_ACCESS:
        return words.say("We need access to go on: answer in the thread.")
    return words.say("Answer in the thread.")
