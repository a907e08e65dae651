"""What must hold of the database after anything at all: bad input, a crash, two at once.

`broken(session, agreements)` gives every breach as a sentence, and nothing when all is well. It only
reads, and it may be asked at any moment, also while Vakt works: each sentence is about what one
transaction wrote, so it holds after every commit, on either database.

    with vakt.database.reading() as session:
        assert not broken(session, vakt.desk.agreements)

With `tidied=True` it leaves out what is only true until old rows are tidied away: the thread's line
of every event, and the answer that every opened ticket was given.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from sqlmodel import SQLModel, col, select

from handlers import counting, ladders
from handlers.agreements import Agreements
from handlers.incident import ARCHIVE
from handlers.opening import OPENED
from models.clock import Clock, ClockState
from models.customer import Customer
from models.history import Event, HistoryEntry
from models.notice import Notice, NoticeEntry, NoticeState
from models.outage import Outage, OutageEntry, OutageEvent
from models.outbox import CARDS, Kind, Outgoing, State
from models.page import Page, PageState
from models.person import Person, sender_name
from models.queue import place_of
from models.received import Received
from models.sla.contract import Contract
from models.sla.plan import Facts, promises_for
from models.store import Session
from models.ticket import Status, Team, Ticket
from models.timer import OF_ROTAS, Timer, TimerKind
from models.typed_text import TypedText
from models.wait import Wait

TICKETLESS = frozenset(
    {TimerKind.PAGE, TimerKind.HEARTBEAT, TimerKind.ANNOUNCED, TimerKind.CLAIM, TimerKind.REPORT, *OF_ROTAS}
)
CARDS_OF_ALL = CARDS | {
    Kind.ANNOUNCEMENT,
    Kind.ANNOUNCED_DESK,
    Kind.INCIDENT_STEP,
    Kind.REPORT_LIST,
    Kind.REPORT,
}
"""Timers that need no ticket."""

Row = TypeVar("Row", bound=SQLModel)
Of = tuple[str, int]
"""A ticket: its team and its number."""


def broken(session: Session, agreements: Agreements, *, tidied: bool = False) -> list[str]:
    """Every breach, said in words; none when all is well."""
    stored = Stored(session, agreements)
    asked = ALWAYS if tidied else (*ALWAYS, *UNTIL_TIDIED)
    return [f"{name.__name__}: {breach}" for name in asked for breach in name(stored)]


@dataclass(frozen=True)
class Stored:
    """Everything that is stored, read at one moment."""

    session: Session
    agreements: Agreements

    def _all(self, table: type[Row]) -> list[Row]:
        return list(self.session.exec(select(table)))

    @cached_property
    def tickets(self) -> dict[Of, Ticket]:
        """Tickets."""
        return {(row.team_id, row.number): row for row in self._all(Ticket)}

    @cached_property
    def history(self) -> dict[Of, list[HistoryEntry]]:
        """Events of each ticket, in order."""
        return _by_ticket(sorted(self._all(HistoryEntry), key=lambda row: row.position))

    @cached_property
    def clocks(self) -> dict[Of, list[Clock]]:
        """Clocks of each ticket."""
        return _by_ticket(self._all(Clock))

    @cached_property
    def timers(self) -> list[Timer]:
        """Timers."""
        return self._all(Timer)

    @cached_property
    def pages(self) -> list[Page]:
        """Pages."""
        return self._all(Page)

    @cached_property
    def outages(self) -> list[Outage]:
        """Outages."""
        return self._all(Outage)

    @cached_property
    def notices(self) -> list[Notice]:
        """Notices."""
        return self._all(Notice)

    @cached_property
    def notice_history(self) -> list[NoticeEntry]:
        """Events of notices."""
        return self._all(NoticeEntry)

    @cached_property
    def outage_history(self) -> dict[Of, list[OutageEntry]]:
        """Events of each outage, in order."""
        found: dict[Of, list[OutageEntry]] = defaultdict(list)
        for entry in sorted(self._all(OutageEntry), key=lambda row: row.position):
            found[entry.team_id, entry.number].append(entry)
        return found

    @cached_property
    def waits(self) -> dict[Of, list[Wait]]:
        """Waits of each ticket."""
        return _by_ticket(self._all(Wait))

    @cached_property
    def outbox(self) -> dict[tuple[str, str], Outgoing]:
        """Messages owed, by id."""
        return {(row.team_id, row.id): row for row in self._all(Outgoing)}

    @cached_property
    def keys(self) -> set[tuple[str, str]]:
        """The unique keys of messages owed."""
        return {(row.team_id, row.key) for row in self.outbox.values()} | self._told_together

    @property
    def _told_together(self) -> set[tuple[str, str]]:
        """What the keys of lines would be that stand in the message of another: those of an opening."""
        return {
            (row.team_id, f"T-{row.ticket_number}:log:{position}")
            for row in self.outbox.values()
            if row.kind == Kind.LOG_LINE
            for position in row.args["positions"]
        }

    @cached_property
    def people(self) -> set[tuple[str, str]]:
        """People, by id."""
        return {(row.team_id, row.id) for row in self._all(Person)}

    @cached_property
    def texts(self) -> set[tuple[str, str]]:
        """Typed texts, by id."""
        found = select(TypedText.team_id, TypedText.id)
        return {(team, key) for team, key in self.session.exec(found)}

    def contract_of(self, ticket: Ticket) -> Contract | None:
        """The ticket's contract; None when its customer is not there."""
        customer = self.session.get(Customer, (ticket.team_id, ticket.customer_id))
        return self.agreements.of_ticket(self.session, ticket, customer) if customer else None


def _by_ticket(rows: Iterable[Any]) -> dict[Of, list[Any]]:
    found: dict[Of, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.team_id, row.ticket_number].append(row)
    return found


def numbers_are_given_once_and_in_a_row(stored: Stored) -> Iterator[str]:
    """A number is taken only together with its ticket."""
    for team in stored.session.exec(select(Team)):
        numbers = sorted(number for team_id, number in stored.tickets if team_id == team.team_id)
        if numbers != list(range(1, team.next_number)):
            yield f"{team.team_id} gives {team.next_number} next, and has {numbers}"


def history_counts_to_the_tickets_entries(stored: Stored) -> Iterator[str]:
    """It begins with the opening, has no gap, and ends at `entries`."""
    for of, ticket in stored.tickets.items():
        entries = stored.history.get(of, [])
        if [entry.position for entry in entries] != list(range(1, ticket.entries + 1)):
            yield f"{ticket.name} has {ticket.entries} entries, and rows {[entry.position for entry in entries]}"
        elif not entries or entries[0].event != Event.OPENED:
            yield f"{ticket.name} does not begin with its opening"


def everything_belongs_to_a_ticket(stored: Stored) -> Iterator[str]:
    """No event, clock, wait, timer or message of a ticket that is not there."""
    for name, owners in (
        ("history", stored.history),
        ("clock", stored.clocks),
        ("wait", stored.waits),
        (
            "timer",
            {(t.team_id, t.ticket_number) for t in stored.timers if t.ticket_number or t.kind not in TICKETLESS},
        ),
        ("page", {(page.team_id, page.ticket_number) for page in stored.pages if page.ticket_number is not None}),
        ("outbox", {(r.team_id, r.ticket_number) for r in stored.outbox.values() if r.ticket_number is not None}),
    ):
        for of in owners:
            if of not in stored.tickets:
                yield f"{name} has rows of {of}"


def a_ticket_has_its_cards(stored: Stored) -> Iterator[str]:
    """The desk's always, the customer's where it has a place."""
    for ticket in stored.tickets.values():
        for kind, row_id in ((Kind.DESK_CARD, ticket.desk_card_id), (Kind.CUSTOMER_CARD, ticket.customer_card_id)):
            row = stored.outbox.get((ticket.team_id, row_id or ""))
            if row_id is None and kind is Kind.CUSTOMER_CARD:
                continue
            if row is None or (row.kind, row.ticket_number) != (kind, ticket.number):
                yield f"{ticket.name} has no {kind} {row_id}"


def a_ticket_has_the_clocks_it_was_opened_with(stored: Stored) -> Iterator[str]:
    """Clocks are stopped or withdrawn, never taken away."""
    for of, ticket in stored.tickets.items():
        contract = stored.contract_of(ticket)
        if contract is None:
            yield f"{ticket.name} has no customer {ticket.customer_id}"
            continue
        facts = Facts(
            kind=counting.facts_of(ticket).kind,
            severity=ticket.proposed_severity,
            intake=ticket.intake,
            item=ticket.item,
        )
        owed = {promise.id for promise in promises_for(contract, facts)}
        there = {c.promise_id for c in stored.clocks.get(of, []) if c.severity == ticket.proposed_severity}
        if owed - there:
            yield f"{ticket.name} lacks the clocks {sorted(owed - there)}"


def an_ended_ticket_runs_no_clock(stored: Stored) -> Iterator[str]:
    """And it says since when, unless it is open again."""
    for of, ticket in stored.tickets.items():
        if ticket.ended != (ticket.resolved_at is not None):
            yield f"{ticket.name} is {ticket.status} and resolved at {ticket.resolved_at}"
        running = [clock.kind for clock in stored.clocks.get(of, []) if clock.counting]
        if ticket.ended and running:
            yield f"{ticket.name} is {ticket.status} and runs {running}"
        if not _ended_by_itself(stored, of) and (ticket.status == Status.NEW) != (ticket.work_started_at is None):
            yield f"{ticket.name} is {ticket.status} and began at {ticket.work_started_at}"


def _ended_by_itself(stored: Stored, of: Of) -> bool:
    """Whether what reported it ended it: then nobody need have begun."""
    ended = [entry.actor_id for entry in stored.history.get(of, []) if entry.event == Event.RESOLVED]
    return bool(ended) and ":" in str(ended[-1])


def a_ticket_waits_as_its_waits_say(stored: Stored) -> Iterator[str]:
    """One wait is open while it waits, none otherwise."""
    for of, ticket in stored.tickets.items():
        open_ = [wait.kind for wait in stored.waits.get(of, []) if wait.ended_at is None]
        if open_ != ([ticket.waiting] if ticket.waiting else []):
            yield f"{ticket.name} waits for {ticket.waiting}, its open waits are {open_}"
        if (ticket.waiting is None) != (ticket.waiting_since is None):
            yield f"{ticket.name} waits for {ticket.waiting} since {ticket.waiting_since}"


def a_clock_with_a_rung_to_come_has_one_timer(stored: Stored) -> Iterator[str]:
    """A due instant without a timer would be missed; two would be looked at twice."""
    armed = Counter((timer.team_id, timer.clock_id) for timer in stored.timers if timer.kind == TimerKind.CLOCK)
    for of, clocks in stored.clocks.items():
        ticket = stored.tickets.get(of)
        contract = stored.contract_of(ticket) if ticket else None
        if ticket is None or contract is None:
            continue
        waits = sorted(stored.waits.get(of, []), key=lambda wait: (wait.began_at, wait.id))
        for clock in clocks:
            rungs = ladders.rungs_of(contract, ticket, clock, waits)
            owed = 1 if ladders.pending(ticket, clock, rungs) else 0
            has = armed[clock.team_id, clock.id]
            if has < owed or has > 1:
                yield f"{ticket.name}: {clock.kind} ({clock.state}) has {has} timers, {owed} is owed"


def a_timer_is_about_a_clock(stored: Stored) -> Iterator[str]:
    """Of its own ticket."""
    known = {(of, clock.id) for of, clocks in stored.clocks.items() for clock in clocks}
    for timer in stored.timers:
        if timer.kind == TimerKind.CLOCK and ((timer.team_id, timer.ticket_number), timer.clock_id) not in known:
            yield f"the timer {timer.id} of T-{timer.ticket_number} is about {timer.clock_id}"


def a_page_that_runs_has_one_timer(stored: Stored) -> Iterator[str]:
    """At the instant it goes on; one that is over has none, and a ticket has at most one that runs."""
    timers: dict[tuple[str, str | None], list[datetime]] = defaultdict(list)
    for timer in stored.timers:
        if timer.kind == TimerKind.PAGE and timer.clock_id is not None:  # without, it is about to begin
            timers[timer.team_id, timer.clock_id].append(timer.due_at)
    for page in stored.pages:
        found = timers.pop((page.team_id, page.id), [])
        wanted = [] if page.state == PageState.ENDED else [page.next_at]
        if found != wanted:
            yield f"the page {page.id} ({page.state}) has timers at {found}, and goes on at {wanted}"
        if (page.ended_at is None) != (page.state != PageState.ENDED):
            yield f"the page {page.id} is {page.state} and ended at {page.ended_at}"
    for team_id, page_id in timers:
        yield f"a timer of {team_id} is about the page {page_id}"
    running = Counter((p.team_id, p.ticket_number) for p in stored.pages if p.ended_at is None and p.ticket_number)
    yield from (f"T-{of[1]} has {count} running pages" for of, count in running.items() if count > 1)


def a_page_is_waited_for_or_was_taken(stored: Stored) -> Iterator[str]:
    """Each call has the message that was owed with it, once; whoever is waited for has not been passed over."""
    called = {Kind.PAGE, Kind.STEP_MAIL, Kind.STEP_WEBHOOK}
    owed = {(row.team_id, row.id): row for row in stored.outbox.values() if row.kind in called}
    for page in stored.pages:
        rows = [owed.get((page.team_id, call["row"])) for call in page.calls]
        if len({call["row"] for call in page.calls}) != len(rows):
            yield f"the page {page.id} counts a message twice"
        if page.ended_at is None and None in rows:
            yield f"the page {page.id} has calls of which no message was owed"
        if page.ended_at is not None and page.open_calls:
            yield f"the page {page.id} is over and still waits for {page.open_calls}"
        ticket = stored.tickets.get((page.team_id, page.ticket_number or 0))
        if page.ended_at is None and ticket is not None and ticket.ended:
            yield f"{ticket.name} is {ticket.status} and paged"


def a_page_is_said_where_it_was_joined(stored: Stored) -> Iterator[str]:
    """In the message of a page to the same person, which is said by itself and names it; it stands where that does."""
    for row in stored.outbox.values():
        if row.thread_of is None or row.kind != Kind.PAGE:
            continue
        first = stored.outbox.get((row.team_id, row.thread_of))
        if first is None or first.kind != Kind.PAGE or first.conversation != row.conversation or first.thread_of:
            yield f"{row.key} is said with {row.thread_of}"
        elif row.id not in first.args.get("joined", ()):
            yield f"{row.key} is said with {first.key}, which does not name it"
        elif row.state == State.SENT and (row.channel, row.ts) != (first.channel, first.ts):
            yield f"{row.key} stands at {row.ts} and is said with {first.key} at {first.ts}"
        elif row.state == State.WAITING and first.state == State.SENT:
            yield f"{row.key} waits, and {first.key} with which it is said was sent"


SAID_ALOUD = {Event.ESCALATED: "escalation", Event.CALLED_OUT: "call_out"}
"""Events whose line in the thread is a message of another kind."""


def a_message_hangs_under_one_that_is_there(stored: Stored) -> Iterator[str]:
    """Under a card of its own ticket."""
    for row in stored.outbox.values():
        if row.thread_of is None or row.kind == Kind.PAGE:
            continue
        parent = stored.outbox.get((row.team_id, row.thread_of))
        if parent is None or parent.kind not in CARDS_OF_ALL or parent.ticket_number != row.ticket_number:
            yield f"{row.key} hangs under {row.thread_of}"
        elif not row.conversation:
            yield f"{row.key} has no conversation"
        elif parent.args.get("about") != row.args.get("about"):
            yield f"{row.key} hangs under {parent.key}"


def what_is_announced_is_there(stored: Stored) -> Iterator[str]:
    """Each message names an outage that is stored, whose history has no gap; over, it has no timer of a promise."""
    outages = {(outage.team_id, outage.name): outage for outage in stored.outages}
    named = {(row.team_id, row.args["about"]): row.key for row in stored.outbox.values() if "about" in row.args}
    announced = [timer for timer in stored.timers if timer.kind == TimerKind.ANNOUNCED]
    armed = {(timer.team_id, str(timer.args["about"])) for timer in announced if timer.args["what"] != ARCHIVE}
    for key, what in named.items():
        if key[1].startswith("O-") and key not in outages:
            yield f"{what} is about {key}"
    for key, outage in outages.items():
        rows = [entry.position for entry in stored.outage_history.get((outage.team_id, outage.number), [])]
        if rows != list(range(1, outage.entries + 1)):
            yield f"{outage.name} has {outage.entries} entries, and rows {rows}"
        if outage.is_over and key in armed:
            yield f"{outage.name} is over and has a timer"
        lasting = outage.announced_at is not None and not outage.is_over
        events = {entry.event for entry in stored.outage_history.get((outage.team_id, outage.number), [])}
        if lasting and key not in armed and OutageEvent.PROMISE_BROKEN not in events:
            yield f"{outage.name} promises something and has no timer"


def a_notice_is_whole(stored: Stored) -> Iterator[str]:
    """Its history has no gap; one that is planned has a timer, any other none; what is told names one that is there."""
    notices = {(notice.team_id, notice.name): notice for notice in stored.notices}
    armed = {(t.team_id, str(t.args["about"])) for t in stored.timers if t.kind == TimerKind.ANNOUNCED}
    for row in stored.outbox.values():
        about = str(row.args.get("about", ""))
        if about.startswith("N-") and (row.team_id, about) not in notices:
            yield f"{row.key} is about {about}"
    for key, notice in notices.items():
        rows = sorted(each.position for each in stored.notice_history if (each.team_id, f"N-{each.number}") == key)
        if rows != list(range(1, notice.entries + 1)):
            yield f"{notice.name} has {notice.entries} entries, and rows {rows}"
        if key in armed and notice.state != NoticeState.PLANNED:
            yield f"{notice.name} is {notice.state} and has a timer"
        told = {NoticeState.SENT: True, NoticeState.WITHDRAWN: notice.sent_at is not None}.get(
            NoticeState(notice.state), False
        )
        if (notice.sent_at is not None) is not told:
            yield f"{notice.name} is {notice.state}, told {notice.sent_at}"


def a_message_is_marked_whole(stored: Stored) -> Iterator[str]:
    """A lease has token and end; what was said has its place; nothing is ahead of its revision."""
    for row in stored.outbox.values():
        if (row.lease_token is None) != (row.leased_until is None):
            yield f"{row.key} is leased by {row.lease_token} until {row.leased_until}"
        if row.state == State.SENT and (row.ts is None or row.channel is None):
            yield f"{row.key} was sent and stands nowhere"
        if row.sent_revision > row.revision:
            yield f"{row.key} sent revision {row.sent_revision} of {row.revision}"


def who_and_what_is_named_is_there(stored: Stored) -> Iterator[str]:
    """People and texts that tickets and events refer to."""
    for of, ticket in stored.tickets.items():
        named = [("person", key) for key in (ticket.opened_by, ticket.requester_id, ticket.owner_id) if key]
        texts = (ticket.summary_id, ticket.details_id, ticket.outcome_id, ticket.workaround_id, *ticket.asked.values())
        named += [("text", key) for key in texts if key]
        for entry in stored.history.get(of, []):
            named += [("person", entry.actor_id)] if entry.actor_id else []
            named += [("text", entry.text_id)] if entry.text_id else []
        for what, key in named:
            if what == "person" and sender_name(key) is not None:
                continue
            if (ticket.team_id, key) not in (stored.people if what == "person" else stored.texts):
                yield f"{ticket.name} names the {what} {key}"


def a_ticket_stands_where_its_clocks_put_it(stored: Stored) -> Iterator[str]:
    """Its place in the queue is what falls due first."""
    for of, ticket in stored.tickets.items():
        place = place_of(stored.clocks.get(of, []))
        if ticket.queue_at != place:
            yield f"{ticket.name} stands at {ticket.queue_at}, its clocks put it at {place}"


def a_clock_that_stopped_says_when(stored: Stored) -> Iterator[str]:
    """And by whom."""
    for clocks in stored.clocks.values():
        for clock in clocks:
            if (clock.stopped_at is None) != (clock.stopped_by is None):
                yield f"{clock.kind} of T-{clock.ticket_number} stopped at {clock.stopped_at} by {clock.stopped_by}"
            if clock.stopped_at is not None and clock.state not in {ClockState.STOPPED, ClockState.WITHDRAWN}:
                yield f"{clock.kind} of T-{clock.ticket_number} is {clock.state} and stopped at {clock.stopped_at}"


def every_event_has_its_line(stored: Stored) -> Iterator[str]:
    """In the desk's thread."""
    for (team_id, number), entries in stored.history.items():
        for entry in entries:
            if entry.event == Event.CALENDAR_CORRECTED:  # thousands at once: the history alone tells of it
                continue
            line = SAID_ALOUD.get(Event(entry.event), "log")
            if (team_id, f"T-{number}:{line}:{entry.position}") not in stored.keys:
                yield f"T-{number} has no line for {entry.position}, {entry.event}"


def every_opened_ticket_was_answered_once(stored: Stored) -> Iterator[str]:
    """The delivery that opened it keeps its number, by which whoever asks again is answered."""
    answered = select(Received).where(col(Received.answer).is_not(None), col(Received.key).startswith("view:"))
    numbered = ((row.team_id, row.answer.get(OPENED)) for row in stored.session.exec(answered))
    told = Counter(of for of in numbered if of[1] is not None)
    for of, ticket in stored.tickets.items():
        if told[of] != (0 if sender_name(ticket.opened_by) else 1):
            yield f"{ticket.name} was told {told[of]} times"


Invariant = Callable[[Stored], Iterator[str]]

ALWAYS: tuple[Invariant, ...] = (
    numbers_are_given_once_and_in_a_row,
    history_counts_to_the_tickets_entries,
    everything_belongs_to_a_ticket,
    a_ticket_has_its_cards,
    a_ticket_has_the_clocks_it_was_opened_with,
    an_ended_ticket_runs_no_clock,
    a_ticket_waits_as_its_waits_say,
    a_clock_with_a_rung_to_come_has_one_timer,
    a_timer_is_about_a_clock,
    a_page_that_runs_has_one_timer,
    a_page_is_waited_for_or_was_taken,
    a_message_hangs_under_one_that_is_there,
    a_page_is_said_where_it_was_joined,
    what_is_announced_is_there,
    a_notice_is_whole,
    a_message_is_marked_whole,
    who_and_what_is_named_is_there,
    a_ticket_stands_where_its_clocks_put_it,
    a_clock_that_stopped_says_when,
)
"""What holds for ever."""

UNTIL_TIDIED: tuple[Invariant, ...] = (every_event_has_its_line, every_opened_ticket_was_answered_once)
"""What holds until old rows are tidied away."""
