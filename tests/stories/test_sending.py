"""What is owed is said, once, in order, whatever Slack does; and what falls due is looked at."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, cast

import pytest
from sqlalchemy import event
from sqlmodel import Session, select
from structlog.testing import capture_logs

from bot.app import build
from bot.gateway import Gateway, Message, OutcomeUnknownError, Posted, SlackRefusedError, SlackUnavailableError
from bot.machine import MachineClock, MovableClock
from bot.sending.breaker import PROBE_TAKES, TRIPS_AT, Breaker
from bot.sending.courier import LONGEST_WAIT, Pace, Ways, wait_before_attempt
from bot.sending.rates import Rates
from bot.sending.sender import Sender, Words
from bot.storage.database import Database
from bot.ticker import Handling, Ticker
from models import heartbeat, outbox, sending
from models.history import Event
from models.ids import new_id
from models.outbox import Kind, Outgoing, Priority, State
from models.sending import Ask, Held, Said
from models.store import NotStoredError
from models.timer import Timer, TimerKind, hold_back
from tests.stories.conftest import P2, House, Shared
from tests.stories.scenes import GUIDANCE, opened, times

NOW = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
TEAM = "T1"
LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)
GRACE = timedelta(seconds=4)


# With Slack as it is


def _said(house: House, channel: str, words: str) -> int:
    """How many messages in a channel say that, threads included."""
    where = house.slack.world.workspace.conversations[house.slack.channel_id(channel)]
    return sum(1 for post in where.posts.values() if words in str(post.body.get("text")))


def _calls(house: House, method: str) -> list[dict[str, Any]]:
    return [row for row in house.slack.requests if row["name"] == method]


@pytest.mark.parametrize("kind", ["500", "reset", "lost_answer", "timeout", "internal_error"])
def test_a_card_is_posted_once_whatever_becomes_of_the_answer(house: House, kind: str) -> None:
    """Before a second attempt the channel is searched for the message's key."""
    house.slack.fault("chat.postMessage", kind=kind, where=lambda args: "T-1" in str(args.get("text")), times=2)
    name = house.opens(house.person("anna"), "How are invoices sent", kind=GUIDANCE, card=False)
    house.settles()
    house.card(name)
    house.slack.expects(name, in_="#acme", thread=None)
    assert _said(house, "#desk", "T-1 · Priority 5") == 1
    assert _said(house, "#acme", "T-1 · ") == 1
    assert _calls(house, "conversations.history")
    house.is_quiet()


def test_a_look_up_that_is_refused_for_now_leaves_the_question_open(house: House) -> None:
    """Said, answer lost, look-up rate limited: it is looked up again and not said twice."""
    in_desk = house.slack.channel_id("#desk")
    house.slack.fault("chat.postMessage", kind="lost_answer", where=lambda args: args.get("channel") == in_desk)
    house.slack.fault("conversations.history", kind="ratelimited", retry_after=1)
    name = house.opens(house.person("anna"), "How are invoices sent", kind=GUIDANCE)
    house.settles()
    house.card(name)
    assert _said(house, "#desk", "T-1 · Priority 5") == 1
    house.is_quiet()


def test_a_rate_limit_is_waited_for_as_long_as_slack_says(house: House) -> None:
    """Then everything is said, once."""
    fault = house.slack.fault("chat.postMessage", kind="ratelimited", retry_after=2)
    begun = monotonic()
    name = house.opens(house.person("anna"), "How are invoices sent", kind=GUIDANCE)
    house.settles()
    assert len(fault.happened) == 1
    assert monotonic() - begun >= 2
    house.card(name)
    assert _said(house, "#desk", "T-1 · Priority 5") == 1
    house.is_quiet()


def test_a_rate_limit_of_edits_holds_up_no_message_in_their_channel(house: House) -> None:
    """Slack names the method that is to wait, and no other waits."""
    one, other = opened(house, *P2), opened(house, *P2)
    ola = house.person("ola")
    fault = house.slack.fault("chat.update", kind="ratelimited", retry_after=2)
    ola.clicks("Start work", on=one.card)
    assert house.slack.until(lambda: bool(fault.happened), 10)
    ola.clicks("Start work", on=other.card)
    house.settles()
    said = [row for row in house.slack.requests if row["name"] in {"chat.postMessage", "chat.update"}]
    limited = next(at for at, row in enumerate(said) if row["error"] == "ratelimited")
    done = [row["name"] for row in said[limited + 1 :] if row["request"]["channel"] == one.card.channel]
    assert done[-2:] == ["chat.update"] * 2
    assert "chat.update" not in done[:-2]
    assert done.count("chat.postMessage") >= 2
    house.slack.forgets()


def test_edits_of_a_card_coalesce_and_the_last_one_shows_the_present(house: House) -> None:
    """Five changes while one edit is under way are one more edit, not five."""
    it = opened(house, *P2)
    ola = house.person("ola")
    house.settles()
    before = len(_calls(house, "chat.update"))
    house.slack.fault("chat.update", kind="delay", seconds=1.0, where=lambda args: args["channel"] == it.card.channel)
    ola.clicks("Start work", on=it.card)
    for severity in ("P3", "P4", "P5"):
        ola.clicks("Severity…", on=it.card)
        ola.modal().choose("act.severity", severity).fill("act.reason", "Looked at again").submit()
    house.settles()
    here = {"ts": it.card.ts, "channel": it.card.channel}
    edits = [row for row in _calls(house, "chat.update")[before:] if here.items() <= row["request"].items()]
    assert len(edits) < 4
    assert "Priority 5" in it.card.words
    house.slack.forgets()


def test_the_order_in_a_thread_is_kept_when_one_has_to_wait(house: House) -> None:
    """The second answer fails at first; the third does not overtake it, cards and others do."""
    it = opened(house)
    ola = house.person("ola")
    house.slack.fault("chat.postMessage", kind="503", where=lambda args: "two" in str(args.get("text")))
    for answer in ("one", "two", "three"):
        ola.clicks("Reply", on=it.card)
        ola.modal().fill("Answer to the customer", f"Answer {answer}").submit()
    house.settles()
    said = [reply.text.rpartition(" ")[2] for reply in it.theirs.replies]
    assert said == ["one", "two", "three"]
    house.slack.forgets()


def test_a_channel_that_refuses_ends_its_rows_with_the_reason_and_no_others(house: House) -> None:
    """The desk's card stands; what hangs under the customer's card ends with it."""
    acme = house.slack.channel_id("#acme")
    house.slack.fault("chat.postMessage", kind="is_archived", where=lambda args: args.get("channel") == acme, times=99)
    name = house.opens(house.person("anna"), "How are invoices sent", kind=GUIDANCE, card=False)
    card = house.card(name)
    house.person("ola").clicks("Resolve", on=card)
    house.person("ola").modal().fill("Outcome", "Under Settings.").submit()
    house.slack.expects_edit(card, "Under Settings.")
    house.settles()
    ended = {row.kind: row for row in _rows(house) if row.state == State.REFUSED}
    assert "is_archived" in str(ended[Kind.CUSTOMER_CARD].reason)
    assert not [row for row in _rows(house) if row.state == State.WAITING]
    assert times(house, name, Event.RESOLVED) == 1
    told = house.slack.expects("Unarchive the channel", in_="#desk", thread=None)
    assert "is_archived" in told.text
    assert name in told.text
    house.is_quiet()


def test_what_the_desks_own_channel_refuses_is_told_to_an_administrator(house: House) -> None:
    """Directly, once a day and place, however much is refused."""
    desk = house.slack.channel_id("#desk")
    house.slack.fault(
        "chat.postMessage", kind="not_in_channel", where=lambda args: args.get("channel") == desk, times=99
    )
    for summary in ("How are invoices sent", "How are they printed"):
        house.opens(house.person("anna"), summary, kind=GUIDANCE)
    house.settles()
    told = [row for row in _rows(house) if row.kind == Kind.UNDELIVERED]
    administrators = {row.conversation for row in told}
    assert len(told) == len(administrators) >= 1
    assert desk not in administrators
    house.slack.forgets()


def _rows(house: House) -> list[Outgoing]:
    with house.vakt.database.reading() as session:
        return list(session.exec(select(Outgoing)))


def test_what_is_owed_when_vakt_stops_is_said_once_by_the_next_one(house: House) -> None:
    """Slack is away while a ticket is worked on; a new process on the same database says it all."""
    it = opened(house)
    ola = house.person("ola")
    house.settles()
    house.slack.fault("chat.postMessage", kind="503", times=99)
    fault = house.slack.fault("chat.update", kind="503", times=99)
    ola.clicks("Reply", on=it.card)
    ola.modal().fill("Answer to the customer", "Looking at it now.").submit()
    house.slack.until(lambda: bool(fault.happened), 5.0)
    house.vakt.stop()
    assert [row for row in _rows(house) if row.state == State.WAITING]
    house.slack.do(house.slack.world.faults.waiting.clear)
    second = build(house.vakt.settings, clock=Shared(house.slack.clock), rates=Rates(1000, 1000))
    second.start()
    try:
        assert second.settle()
        house.slack.expects("Looking at it now.", in_="#acme", thread=it.theirs)
        house.slack.expects_edit(it.card, "Owner: Ola Hansen")
        assert _said(house, "#acme", "Looking at it now.") == 1
        assert not [row for row in _rows(house) if row.state == State.WAITING]
    finally:
        second.stop()


# The sender alone, with the real database


@dataclass
class Script:
    """A gateway that does what it is told: each entry is an exception to raise, or None to go on."""

    failures: list[Exception | None] = field(default_factory=list)
    history: bool = True
    said: list[tuple[str, str, str | None]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    broken_after: bool = False
    refuses_edits: bool = False
    looks: Callable[[], None] = lambda: None
    """What happens while somebody looks for a message."""

    def post(
        self, team_id: str, conversation: str, message: Message, key: str, thread_ts: str | None, **_: Any
    ) -> Posted:
        """Say it, or fail before or after saying it."""
        assert team_id == TEAM
        self.texts.append(message.text)
        failure = self.failures.pop(0) if self.failures else None
        if failure is None or self.broken_after:
            self.said.append((conversation, key, thread_ts))
        if failure is not None:
            raise failure
        return Posted(conversation, f"{len(self.said)}.0")

    def update(self, _team_id: str, posted: Posted, _message: Message) -> None:
        """Edit it, or refuse."""
        if self.refuses_edits:
            raise SlackRefusedError("chat.update", "invalid_blocks")
        self.edited.append(posted.ts)

    def find(self, _team_id: str, conversation: str, key: str, _thread_ts: str | None) -> Posted | None:
        """Look it up, where that is possible."""
        if not self.history:
            raise SlackRefusedError("conversations.history", "not_in_channel")
        self.looks()
        found = [number for number, (where, said, _) in enumerate(self.said, 1) if (where, said) == (conversation, key)]
        return Posted(conversation, f"{found[0]}.0") if found else None


@dataclass
class Line:
    """A message that says its row's key."""

    text: str
    blocks: tuple[()] = ()


@dataclass
class Hands:
    """Machine time moved by hand."""

    at: datetime = NOW

    def now(self) -> datetime:
        """The instant shown."""
        return self.at

    def follow(self) -> None:
        """Nobody else is there."""

    def keep_up(self, at: datetime) -> None:
        """Never behind what is stored."""
        self.at = max(self.at, at)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The real database, without anything in it."""
    made = Database(database_url)
    yield made
    made.dispose()


@dataclass
class Bench:
    """A sender, its parts, and the means to look at its rows."""

    database: Database
    script: Script = field(default_factory=Script)
    machine: Hands = field(default_factory=Hands)
    holds: set[str] = field(default_factory=set)
    away: set[str] = field(default_factory=set)
    """Rows during whose drawing the database goes away."""
    told: list[str] = field(default_factory=list)
    rates: Rates = field(default_factory=lambda: Rates(1000, 1000))

    def owes(self, key: str, **values: Any) -> Outgoing:
        """Store a row."""
        at = self.machine.at
        given: dict[str, Any] = {"kind": Kind.LOG_LINE, "conversation": "C1", "ready_at": at, "created_at": at}
        given["args"] = {"positions": [values.get("position", 0)], "parts": [key]}
        row = Outgoing(key=key, **{"team_id": TEAM} | given | values)
        with self.database.transaction() as session:
            outbox.owe(session, row)
        return row

    def passes(self) -> None:
        """Send everything that may be sent at this instant, one at a time and in this thread."""
        sender = self.sender()
        while self._one(sender):
            pass
        sender.stop()

    def sender(self) -> Sender:
        """One that has not started."""
        return Sender(
            TEAM,
            self.database,
            Ways(cast("Gateway", self.script)),
            Words(lambda session, _rows, now: lambda row: self._render(session, row, now), self._tell),
            (MovableClock(NOW), cast("MachineClock", self.machine)),
            Pace(self.rates, LEASE, GRACE),
        )

    def key_of(self, row: tuple[str, str]) -> str:
        """The key of a row that is named by its team and id."""
        with self.database.reading() as session:
            return session.get_one(Outgoing, row).key

    def _one(self, sender: Sender) -> bool:
        """One row, in this thread: claimed, carried and marked."""
        with self.database.transaction() as session:
            rows = sending.claim(session, TEAM, self.machine.at, LEASE, token=new_id(), limit=1)
        for letter in sender._drawn(rows):  # noqa: SLF001 - without its threads
            sender._carry(letter)  # noqa: SLF001
        sender._turn([], self.machine.at)  # noqa: SLF001
        return bool(rows)

    def _tell(self, _session: Session, row: Outgoing, _machine_now: datetime) -> None:
        self.told.append(f"{row.key}: {row.reason}")

    def _render(self, _session: Session, row: Outgoing, _now: datetime) -> Message | None:
        if row.key in self.away:
            raise NotStoredError("away")
        again = ", perhaps again" if row.args.get("repeated") else ""
        return None if row.key in self.holds else cast("Message", Line(row.key + again))

    def row(self, key: str) -> Outgoing:
        """The row as stored now."""
        with self.database.reading() as session:
            return session.exec(select(Outgoing).where(Outgoing.key == key)).one()


@pytest.fixture
def bench(database: Database) -> Bench:
    """A sender on the real database."""
    return Bench(database)


def test_what_another_team_is_owed_is_left_to_who_has_its_token(bench: Bench) -> None:
    """Not said, not leased, and what its own process is sending stays leased when ours starts."""
    bench.owes("ours")
    theirs = bench.owes("theirs", team_id="T2")
    leased = bench.owes("leased", team_id="T2", leased_until=NOW + LEASE, lease_token="there")
    bench.passes()
    with bench.database.transaction() as session:
        assert outbox.end_leases(session, TEAM, NOW) == 0
        assert not sending.is_owed(session, TEAM, NOW)
        assert sending.next_ready(session, TEAM, NOW - timedelta(hours=1)) is None
        rows = [session.get_one(Outgoing, ("T2", each.id)) for each in (theirs, leased)]
        assert [(row.state, row.lease_token) for row in rows] == [(State.WAITING, None), (State.WAITING, "there")]
    assert [key for _, key, _ in bench.script.said] == ["ours"]


def test_the_wait_doubles_up_to_five_minutes() -> None:
    """1, 2, 4, 8, 16 s …"""
    waits = [wait_before_attempt(n).total_seconds() for n in range(1, 6)]
    assert waits == [1, 2, 4, 8, 16]
    assert wait_before_attempt(10) == wait_before_attempt(10_000) == LONGEST_WAIT == timedelta(minutes=5)


def test_the_most_urgent_goes_first_and_a_card_inherits_its_threads_urgency(bench: Bench) -> None:
    """A page before a reminder before a card; an urgent line pulls its card along."""
    bench.owes("card", kind=Kind.DESK_CARD, priority=Priority.CARD)
    bench.owes("reminder", kind=Kind.REMINDER, priority=Priority.REMINDER, conversation="U1")
    pulled = bench.owes("pulled", kind=Kind.DESK_CARD, priority=Priority.CARD)
    bench.owes("urgent", priority=Priority.PAGE, thread_of=pulled.id, position=1)
    bench.passes()
    assert [key for _, key, _ in bench.script.said] == ["pulled", "urgent", "reminder", "card"]
    assert bench.script.said[1][2] == "1.0"


def test_a_key_is_owed_once(bench: Bench) -> None:
    """However often somebody owes it, also after it was said."""
    bench.owes("T-1:log:1")
    bench.owes("T-1:log:1")
    bench.passes()
    bench.owes("T-1:log:1")
    bench.passes()
    assert len(bench.script.said) == 1


def test_look_ups_have_a_rate_of_their_own_and_a_limit_of_them_holds_up_what_is_new_nowhere(bench: Bench) -> None:
    """What may have been said waits for the look-up, what hangs in a thread for that of threads."""
    parent = bench.owes("parent", ts="1.0", channel="C1", state=State.SENT)
    bench.owes("doubtful", uncertain=True)
    bench.owes("doubtful answer", uncertain=True, thread_of=parent.id, position=1)
    bench.owes("new")
    sender = bench.sender()

    def granted() -> set[str]:
        return {bench.key_of(row) for row in sender._look(9, bench.machine.at)[0]}  # noqa: SLF001

    bench.rates.hold(TEAM, "conversations.history", 60)
    assert granted() == {"doubtful answer", "new"}
    bench.rates.hold(TEAM, "conversations.replies", 60)
    assert granted() == {"new"}
    bench.rates.hold(TEAM, "chat.postMessage", 60)
    assert granted() == set()
    sender.stop()


def test_methods_of_a_tier_are_called_as_often_as_the_tier_allows() -> None:
    """Ten at once, then one every 1.2 seconds; each counted by itself."""
    rates = Rates(1, 1000)
    look_up = ("conversations.history",)
    waits = [rates.take(TEAM, look_up, f"C{n}") for n in range(11)]
    assert waits[:10] == [0] * 10
    assert waits[10] == pytest.approx(1.2, abs=0.1)
    assert rates.take(TEAM, ("conversations.replies",), "C1") == 0
    assert rates.take(TEAM, (*look_up, "chat.postMessage"), "C1") > 1
    assert rates.take(TEAM, ("chat.postMessage",), "C1") == 0


def test_what_nobody_waits_for_is_called_as_often_as_its_own_tier_allows() -> None:
    """Channels are made 20 times a minute, people looked up 100 times; what has no tier is called at once."""
    rates = Rates(1, 1000)
    for method, seconds in (("conversations.create", 3.0), ("users.info", 0.6)):
        assert [rates.turn(TEAM, method) for _ in range(10)] == [0] * 10
        assert rates.turn(TEAM, method) == pytest.approx(seconds, abs=0.1)
    assert not any(rates.turn(TEAM, "chat.getPermalink") for _ in range(50))
    rates.hold(TEAM, "pins.add", 30)
    assert rates.turn(TEAM, "pins.add") == pytest.approx(30, abs=0.1)
    assert rates.turn("T2", "pins.add") == 0


def test_a_turn_that_is_soon_is_waited_for_and_a_far_one_is_as_if_slack_had_asked_to_wait(house: House) -> None:
    """Whoever makes several calls of one method gets to the end of them, though their turns come one by one."""
    team_id, ola, rates = house.vakt.team.team_id, house.person("ola"), Rates(1, 1000)
    house.settles()
    paced = house.vakt.gateway.paced(rates.turn)
    while not rates.turn(team_id, "users.info"):
        pass
    before, begun = len(_calls(house, "users.info")), monotonic()
    assert [paced.person(team_id, ola.id)["id"] for _ in range(2)] == [ola.id] * 2
    assert monotonic() - begun >= 1
    rates.hold(team_id, "users.info", 30)
    with pytest.raises(SlackUnavailableError) as caught:
        paced.person(team_id, ola.id)
    assert caught.value.retry_after == pytest.approx(30, abs=1)
    assert len(_calls(house, "users.info")) == before + 2


def test_an_unknown_outcome_is_looked_up_before_the_second_attempt(bench: Bench) -> None:
    """Said before the connection broke: found, and marked as said where it stands."""
    bench.script.failures, bench.script.broken_after = [OutcomeUnknownError("broken", answered=True)], True
    bench.owes("line")
    bench.passes()
    assert (bench.row("line").state, bench.row("line").uncertain) == (State.WAITING, True)
    bench.machine.at += timedelta(seconds=1)
    bench.passes()
    assert (bench.row("line").state, bench.row("line").ts) == (State.SENT, "1.0")
    assert len(bench.script.said) == 1


def test_what_was_said_and_no_longer_holds_is_marked_as_said(bench: Bench) -> None:
    """It stands there all the same: to call it dropped would be untrue."""
    bench.script.failures, bench.script.broken_after = [OutcomeUnknownError("broken", answered=True)], True
    bench.owes("line")
    bench.passes()
    bench.machine.at += timedelta(seconds=1)
    bench.holds.add("line")
    bench.passes()
    assert (bench.row("line").state, bench.row("line").ts) == (State.SENT, "1.0")


def test_a_refusal_for_now_does_not_settle_what_an_earlier_attempt_left_open(bench: Bench) -> None:
    """Unknown, then rate limited: still unknown."""
    bench.script.failures = [
        OutcomeUnknownError("broken", answered=True),
        SlackUnavailableError("chat.postMessage", "ratelimited", 3),
    ]
    bench.owes("line")
    bench.passes()
    bench.machine.at += timedelta(seconds=1)
    bench.passes()
    row = bench.row("line")
    assert (row.uncertain, row.attempts) == (True, 2)
    assert row.ready_at == bench.machine.at + timedelta(seconds=3)


@pytest.mark.parametrize(("kind", "said"), [(Kind.PAGE, 1), (Kind.REMINDER, 0)])
def test_where_history_cannot_be_read_a_page_is_repeated_and_the_rest_is_not(
    bench: Bench, kind: Kind, said: int
) -> None:
    """Waking somebody twice is better than not at all."""
    bench.script.failures, bench.script.history = [OutcomeUnknownError("broken", answered=True)], False
    bench.owes("direct", kind=kind, conversation="U1")
    bench.passes()
    bench.machine.at += timedelta(seconds=1)
    bench.passes()
    assert len(bench.script.said) == said
    assert bench.row("direct").state == (State.SENT if said else State.REFUSED)


def test_a_lease_that_ended_is_taken_over_and_the_slow_one_marks_nothing(bench: Bench) -> None:
    """The new holder looks first whether it was said; the old one's mark finds another token."""
    bench.owes("line")
    with bench.database.transaction() as session:
        [slow] = sending.claim(session, TEAM, bench.machine.at, LEASE, token="slow", limit=1)
        held = Held(slow.team_id, slow.id, "slow", slow.revision)
    bench.passes()
    assert bench.script.said == []
    bench.machine.at += timedelta(seconds=31)
    with bench.database.transaction() as session:
        [row] = sending.claim(session, TEAM, bench.machine.at, LEASE, token="next", limit=1)
        assert row.uncertain
        sending.mark(session, [Said(held, "C1", "9.9", bench.machine.at)])
    assert (bench.row("line").state, bench.row("line").ts) == (State.WAITING, None)


def test_nothing_is_sent_under_a_lease_that_is_nearly_over(bench: Bench) -> None:
    """The process stood still after it had claimed: somebody else may be at it."""
    bench.owes("line")
    with bench.database.transaction() as session:
        [row] = sending.claim(session, TEAM, bench.machine.at, LEASE, token="slow", limit=1)
    bench.machine.at += LEASE * 2 / 3 + timedelta(seconds=1)
    sender = bench.sender()
    [letter] = sender._drawn([row])  # noqa: SLF001 - without its threads
    sender._carry(letter)  # noqa: SLF001
    sender.stop()
    assert (bench.script.said, bench.row("line").state) == ([], State.WAITING)
    bench.machine.at += LEASE
    bench.passes()
    assert len(bench.script.said) == 1


def test_a_look_up_that_outlasts_the_lease_is_followed_by_no_second_saying(bench: Bench) -> None:
    """Whoever has the row by then may be saying it; it stays in question, and comes again."""

    def takes_long() -> None:
        bench.machine.at += LEASE * 2 / 3 + timedelta(seconds=1)

    bench.script.failures = [OutcomeUnknownError("broken", answered=True)]
    bench.owes("line")
    bench.passes()
    bench.script.looks = takes_long
    bench.machine.at += timedelta(seconds=1)
    bench.passes()
    row = bench.row("line")
    assert (bench.script.said, row.state, row.uncertain) == ([], State.WAITING, True)
    assert "lease" in str(row.reason)
    bench.script.looks = lambda: None
    bench.machine.at += timedelta(seconds=1)
    bench.passes()
    assert (len(bench.script.said), bench.row("line").state) == (1, State.SENT)


def test_each_message_goes_while_the_next_is_drawn(bench: Bench) -> None:
    """The database goes away in the middle: what was drawn is said, the rest is tried again a second later."""
    for key, conversation in (("one", "C1"), ("two", "C2"), ("three", "C3")):
        bench.owes(key, conversation=conversation)
    bench.away = {"two"}
    sender = bench.sender()
    with bench.database.transaction() as session:
        rows = sending.claim(session, TEAM, bench.machine.at, LEASE, token="here")
    for letter in sender._drawn(rows):  # noqa: SLF001 - without its threads
        sender._carry(letter)  # noqa: SLF001
    assert [said for _, said, _ in bench.script.said] == ["one"]
    sender._turn([], bench.machine.at)  # noqa: SLF001
    sender.stop()
    assert bench.row("one").state == State.SENT
    bench.away.clear()
    bench.machine.at += SECOND
    bench.passes()
    assert [said for _, said, _ in bench.script.said] == ["one", "two", "three"]


def test_a_card_that_changed_while_it_was_sent_is_edited_again(bench: Bench) -> None:
    """The revision that was sent is older than the one that is wanted."""
    bench.owes("T-1:desk_card", kind=Kind.DESK_CARD, ticket_number=1)
    with bench.database.transaction() as session:
        [row] = sending.claim(session, TEAM, bench.machine.at, LEASE, token="one", limit=1)
    with bench.database.transaction() as session:
        outbox.refresh_cards(session, TEAM, [1], bench.machine.at)
    with bench.database.transaction() as session:
        sending.mark(session, [Said(Held.of(row), "C1", "1.0", bench.machine.at)])
    assert bench.row("T-1:desk_card").state == State.WAITING
    bench.passes()
    after = bench.row("T-1:desk_card")
    assert (after.state, after.sent_revision, bench.script.edited) == (State.SENT, after.revision, ["1.0"])


def test_what_no_longer_holds_is_dropped_with_what_hangs_under_it(bench: Bench) -> None:
    """And what came too late to be worth saying expires; both keep their reason."""
    card = bench.owes("card", kind=Kind.DESK_CARD)
    bench.owes("under", thread_of=card.id, position=1)
    bench.owes("late", kind=Kind.REMINDER, conversation="U1", expires_at=bench.machine.at)
    bench.holds.add("card")
    bench.passes()
    assert [bench.row(key).state for key in ("card", "under", "late")] == [State.DROPPED, State.DROPPED, State.EXPIRED]
    assert all(bench.row(key).reason for key in ("card", "under", "late"))
    assert bench.script.said == []


def test_nothing_is_owed_under_a_message_that_could_not_be_posted(bench: Bench) -> None:
    """What comes later ends at once with the same reason, and keeps no sender awake."""
    bench.script.failures = [SlackRefusedError("chat.postMessage", "is_archived")]
    card = bench.owes("card", kind=Kind.CUSTOMER_CARD)
    bench.passes()
    bench.owes("under", thread_of=card.id, position=1)
    assert bench.row("under").state == State.REFUSED
    assert "is_archived" in str(bench.row("under").reason)
    with bench.database.reading() as session:
        assert not sending.is_owed(session, TEAM, bench.machine.at)


def test_an_edit_that_is_refused_ends_neither_the_thread_nor_the_next_edit(bench: Bench) -> None:
    """The card says something else next time, and Slack may take that."""
    card = bench.owes("T-1:desk_card", kind=Kind.DESK_CARD, ticket_number=1)
    bench.passes()
    bench.script.refuses_edits = True
    _refresh(bench)
    bench.passes()
    assert bench.row("T-1:desk_card").state == State.REFUSED
    bench.owes("under", thread_of=card.id, position=1)
    bench.script.refuses_edits = False
    _refresh(bench)
    bench.passes()
    assert [bench.row(key).state for key in ("T-1:desk_card", "under")] == [State.SENT, State.SENT]


def _refresh(bench: Bench) -> None:
    with bench.database.transaction() as session:
        outbox.refresh_cards(session, TEAM, [1], bench.machine.at)


def test_a_page_that_may_have_been_said_says_so_when_it_is_repeated(bench: Bench) -> None:
    """Its row is rendered again, as a repeat."""
    bench.script.failures, bench.script.history = [OutcomeUnknownError("broken", answered=True)], False
    bench.owes("direct", kind=Kind.PAGE, conversation="U1")
    bench.passes()
    bench.machine.at += timedelta(seconds=1)
    bench.passes()
    assert bench.script.texts == ["direct", "direct, perhaps again"]


def test_what_was_cut_off_is_looked_up_when_it_would_be_there(bench: Bench) -> None:
    """Slack may still be at it: half a time-out passes first. What Slack answered does nothing later."""
    for kind, wait in ((OutcomeUnknownError("reset"), GRACE), (OutcomeUnknownError("500", answered=True), SECOND)):
        bench.script.failures = [kind]
        row = bench.owes(str(kind))
        bench.passes()
        assert bench.row(row.key).ready_at - bench.machine.at == pytest.approx(wait, abs=timedelta(milliseconds=1))
        bench.machine.at += LEASE
        bench.passes()


def test_what_expired_is_not_said_but_known_to_have_been_said(bench: Bench) -> None:
    """One that may have been said before its time ran out is looked for."""
    ends = bench.machine.at + timedelta(seconds=5)
    bench.script.failures, bench.script.broken_after = [OutcomeUnknownError("broken", answered=True)], True
    bench.owes("said", expires_at=ends)
    bench.passes()
    bench.owes("unsaid", expires_at=ends, ready_at=ends)
    bench.machine.at = ends
    bench.passes()
    assert (bench.row("said").state, bench.row("unsaid").state) == (State.SENT, State.EXPIRED)
    assert [key for _, key, _ in bench.script.said] == ["said"]


def test_what_waited_long_is_gathered_in_its_thread_and_in_order(bench: Bench) -> None:
    """Lines of one ticket become one message; what is of another kind is not overtaken."""
    card = bench.owes("card", kind=Kind.DESK_CARD)
    bench.passes()
    for position in (1, 2, 3):
        bench.owes(f"line {position}", thread_of=card.id, position=position, args={"positions": [position]})
    bench.owes("escalation", kind=Kind.ESCALATION, thread_of=card.id, position=4)
    bench.owes("line 5", thread_of=card.id, position=5, args={"positions": [5]})
    bench.machine.at += sending.LATE
    bench.passes()
    assert [key for _, key, _ in bench.script.said] == ["card", "line 1", "escalation", "line 5"]
    assert bench.row("line 1").args == {"positions": [1, 2, 3]}
    assert {bench.row(f"line {n}").reason for n in (2, 3)} == {"said with line 1"}


def test_reminders_of_one_person_that_waited_long_are_gathered(bench: Bench) -> None:
    """And those of another person are not among them; what may have been said alone is looked up, and was not."""
    for who, key in (("U1", "a"), ("U1", "b"), ("U2", "c"), ("U1", "d")):
        bench.owes(key, kind=Kind.REMINDER, conversation=who, args={"parts": [key]})
    with bench.database.transaction() as session:
        first = sending.claim(session, TEAM, bench.machine.at, LEASE, token="gone", limit=1)
    assert [row.key for row in first] == ["a"]
    bench.machine.at += sending.LATE
    bench.passes()
    assert [(where, key) for where, key, _ in bench.script.said] == [("U1", "a"), ("U2", "c")]
    assert bench.row("a").args == {"parts": ["a", "b", "d"]}


@pytest.mark.parametrize("wiring", ["socket-sqlite"])
def test_late_reminders_are_found_by_whom_they_are_for_and_those_of_one_alone_at_once(bench: Bench) -> None:
    """After Slack was away thousands wait: each was looked for among all that was ever owed."""
    asked: list[tuple[str, Any]] = []
    event.listen(bench.database.engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    for number in range(20):
        bench.owes(f"alone {number}", kind=Kind.REMINDER, conversation=f"U{number}")
    for number in range(2):
        bench.owes(f"beside {number}", kind=Kind.REMINDER, conversation="U")
    bench.machine.at += sending.LATE
    asked.clear()
    with bench.database.transaction() as session:
        claimed = sending.claim(session, TEAM, bench.machine.at, LEASE, token="one")
        looks = [each for each in asked if "SELECT" in each[0]]
        plans = [
            str(step[3])
            for statement, values in looks[1:]
            for step in session.connection().exec_driver_sql(f"explain query plan {statement}", values)
        ]
    assert len(claimed) == 21
    led = [plan for plan in plans if plan.startswith(("SCAN", "SEARCH"))]
    assert len(led) == 3, led  # whom several wait for; which of those may have been said; which are said together
    assert all("outbox_reminders" in plan for plan in led), led


def test_reminders_that_may_all_have_been_said_are_looked_up_before_any_is_said(bench: Bench) -> None:
    """Neither was: they are said together, although one had still to wait for its next attempt."""
    bench.script.failures = [OutcomeUnknownError("500", answered=True), OutcomeUnknownError("500", answered=True)]
    for key in ("a", "b"):
        bench.owes(key, kind=Kind.REMINDER, conversation="U1", args={"parts": [key]})
    bench.passes()
    bench.machine.at += sending.LATE
    with bench.database.transaction() as session:
        session.merge(bench.row("b")).ready_at = bench.machine.at + timedelta(minutes=4)
    bench.passes()  # a is looked up, and waits for b
    assert bench.script.said == []
    bench.passes()
    assert [key for _, key, _ in bench.script.said] == ["b"]
    assert bench.row("b").args == {"parts": ["a", "b"]}
    assert bench.row("a").reason == "said with b"


def test_what_was_said_by_an_attempt_of_which_nobody_heard_stays_alone(bench: Bench) -> None:
    """The others are gathered without it."""
    for key in ("a", "b", "c"):
        bench.owes(key, kind=Kind.REMINDER, conversation="U1", args={"parts": [key]})
    bench.script.failures, bench.script.broken_after = [OutcomeUnknownError("cut off")], True
    with bench.database.transaction() as session:
        rows = sending.claim(session, TEAM, bench.machine.at, LEASE, token="gone", limit=1)
    sender = bench.sender()
    for letter in sender._drawn(rows):  # noqa: SLF001 - without its threads
        sender._carry(letter)  # noqa: SLF001
    sender.stop()
    bench.machine.at += sending.LATE
    bench.passes()
    assert [key for _, key, _ in bench.script.said] == ["a", "b"]
    assert (bench.row("a").args, bench.row("b").args) == ({"parts": ["a"]}, {"parts": ["b", "c"]})


def test_a_refusal_is_told_once_and_what_hangs_under_it_is_not_told_again(bench: Bench) -> None:
    """One news of the card that was refused."""
    bench.script.failures = [SlackRefusedError("chat.postMessage", "is_archived")]
    card = bench.owes("card", kind=Kind.DESK_CARD)
    bench.owes("under", thread_of=card.id, position=1)
    bench.passes()
    assert bench.told == ["card: chat.postMessage: is_archived"]


def test_a_sender_that_can_do_nothing_sleeps(bench: Bench) -> None:
    """While Slack is away the thread waits for its card, and the loop for the card's next attempt."""
    bench.script.failures = [SlackUnavailableError("chat.postMessage", "away")] * 50
    card = bench.owes("card", kind=Kind.DESK_CARD)
    bench.owes("under", thread_of=card.id, position=1)
    bench.passes()
    sender = bench.sender()
    assert sender._pass() == pytest.approx(1.0)  # noqa: SLF001 - what the loop would sleep
    sender.stop()


def test_what_is_owed_where_the_rate_is_used_up_wakes_nobody(bench: Bench) -> None:
    """Whoever rests is looked at when the rest is over; anything else, and whatever a statement changed, at once."""
    sender = bench.sender()
    bench.database.after_commit(sender.wake_for)

    def wakes(act: Callable[[], object]) -> bool:
        sender._loop.work_to_do = False  # noqa: SLF001 - nothing else tells
        act()
        return sender._loop.work_to_do  # noqa: SLF001

    def changes_cards() -> None:
        with bench.database.transaction() as session:
            outbox.refresh_cards(session, TEAM, [1], NOW)

    sender._resting = {("C1", Ask.POST): monotonic() + 60}  # noqa: SLF001
    assert not wakes(lambda: bench.owes("one", conversation="C1"))
    assert wakes(lambda: bench.owes("two", conversation="C2"))
    assert wakes(changes_cards)
    sender._resting = {("C1", Ask.POST): monotonic() - 1}  # noqa: SLF001
    assert wakes(lambda: bench.owes("three", conversation="C1"))
    sender.stop()


# The ticker alone, with the real database


def _ticker(
    database: Database, handle: Callable[[Session, Timer, datetime], None], now: datetime = NOW
) -> tuple[Ticker, list[tuple[int, datetime | None]]]:
    batches: list[tuple[int, datetime | None]] = []

    def finish(_session: Session, handled: Sequence[Timer], _now: datetime, down_since: datetime | None) -> None:
        batches.append((len(handled), down_since))

    clocks = (MovableClock(now), cast("MachineClock", Hands()))
    return Ticker(
        TEAM, database, Handling(lambda _session, _timers: None, handle, lambda _session: None, finish), clocks
    ), batches


def _timer(database: Database, number: int, due_at: datetime = NOW - timedelta(minutes=1)) -> None:
    with database.transaction() as session:
        session.add(Timer(team_id=TEAM, kind=TimerKind.CLOCK, ticket_number=number, due_at=due_at))


def _timers(database: Database) -> list[Timer]:
    with database.reading() as session:
        return list(session.exec(select(Timer).order_by(Timer.ticket_number)))  # type: ignore[arg-type]


def test_a_process_turns_the_timers_of_its_own_team_only(database: Database) -> None:
    """Others have the token that what follows is said with."""
    _timer(database, 1, NOW + timedelta(minutes=5))
    with database.transaction() as session:
        session.add(Timer(team_id="T2", kind=TimerKind.CLOCK, ticket_number=2, due_at=NOW - timedelta(minutes=1)))
    ticker, batches = _ticker(database, lambda _session, _timer, _now: None)
    ticker.catch_up()
    assert batches == []
    assert ticker.next_due() == NOW + timedelta(minutes=5)
    assert [timer.team_id for timer in _timers(database)] == [TEAM, "T2"]


def test_a_timer_that_fails_is_held_back_and_stops_no_other(database: Database) -> None:
    """What it had written is undone; it comes again after 1, 2, 4 minutes of machine time."""
    for number in (1, 2, 3):
        _timer(database, number)
    seen = []

    def handle(session: Session, timer: Timer, _now: datetime) -> None:
        seen.append(timer.ticket_number)
        if timer.ticket_number == 2:
            session.add(Timer(team_id=TEAM, kind=TimerKind.ACCESS, ticket_number=99, due_at=NOW))
            session.flush()
            message = "nobody foresaw this"
            raise RuntimeError(message)

    ticker, batches = _ticker(database, handle)
    ticker.catch_up()
    assert set(seen) == {1, 2, 3}
    assert batches == [(2, None)]
    [left] = _timers(database)
    assert (left.ticket_number, left.attempts) == (2, 1)
    assert left.held_until == NOW + timedelta(minutes=1)
    assert "nobody foresaw" in str(left.failure)


def test_only_what_is_due_is_handled_in_the_order_in_which_it_fell_due(database: Database) -> None:
    """More than one batch is one catch-up; what is not due waits."""
    for number in range(1, 131):
        _timer(database, number, NOW - timedelta(minutes=number))
    _timer(database, 500, NOW + timedelta(minutes=5))
    seen: list[int] = []
    ticker, batches = _ticker(database, lambda _session, timer, _now: seen.append(timer.ticket_number))
    ticker.catch_up()
    assert seen == sorted(range(1, 131), reverse=True)
    assert [size for size, _ in batches] == [100, 30]
    assert [timer.ticket_number for timer in _timers(database)] == [500]
    assert ticker.next_due() == NOW + timedelta(minutes=5)


def test_coming_back_after_a_while_says_since_when_vakt_was_down(database: Database) -> None:
    """By the stored pulse, in machine time; a short stop is none."""
    with database.transaction() as session:
        heartbeat.beat(session, "ticker", NOW - timedelta(minutes=29), NOW - timedelta(minutes=29))
    _timer(database, 1)
    ticker, batches = _ticker(database, lambda _session, _timer, _now: None)
    ticker.catch_up()
    assert batches == [(1, NOW - timedelta(minutes=29))]
    _timer(database, 2)
    again, later = _ticker(database, lambda _session, _timer, _now: None)
    again.catch_up()
    assert later == [(1, None)]


def test_what_fell_due_while_vakt_was_down_is_gathered_until_it_is_caught_up_with(database: Database) -> None:
    """More than one batch of it; what falls due afterwards is not."""
    with database.transaction() as session:
        heartbeat.beat(session, "ticker", NOW - timedelta(minutes=29), NOW - timedelta(minutes=29))
    for number in range(1, 131):
        _timer(database, number)
    ticker, batches = _ticker(database, lambda _session, _timer, _now: None)
    ticker.catch_up()
    _timer(database, 500)
    ticker.catch_up()
    assert batches == [(100, NOW - timedelta(minutes=29)), (30, NOW - timedelta(minutes=29)), (1, None)]


def test_a_timer_whose_hold_is_over_comes_again_by_itself(database: Database) -> None:
    """Also when nothing else falls due; and each time it waits longer."""
    _timer(database, 1)
    machine, waited = Hands(), []

    def handle(_session: Session, _timer: Timer, _now: datetime) -> None:
        message = "it fails each time"
        raise RuntimeError(message)

    handling = Handling(lambda *_: None, handle, lambda *_: None, lambda *_: None)
    ticker = Ticker(TEAM, database, handling, (MovableClock(NOW), cast("MachineClock", machine)))
    for _ in range(3):
        with capture_logs():
            ticker.catch_up()
        [timer] = _timers(database)
        assert timer.held_until is not None
        waited.append((timer.held_until - machine.at) / timedelta(minutes=1))
        machine.at = timer.held_until
    assert waited == [1, 2, 4]


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (5, 32), (6, 60), (1000, 60)])
def test_the_hold_of_a_failing_timer_grows_to_an_hour(attempts: int, minutes: int) -> None:
    """And stays there, however often it has failed."""
    timer = Timer(team_id=TEAM, kind=TimerKind.CLOCK, ticket_number=1, due_at=NOW, attempts=attempts)
    hold_back(timer, NOW, "broken")
    assert (timer.attempts, timer.held_until) == (attempts + 1, NOW + timedelta(minutes=minutes))


def test_a_commit_wakes_the_ticker_before_its_sleep_is_over(database: Database) -> None:
    """A timer due at once is not left until the loop looks by itself."""
    seen = threading.Event()
    ticker, _ = _ticker(database, lambda _session, _timer, _now: seen.set())
    database.after_commit(ticker.wake_for)
    ticker.start()
    try:
        _timer(database, 1)
        assert seen.wait(3)
    finally:
        ticker.stop()


def test_while_slack_is_away_one_message_asks_for_all_and_less_and_less_often() -> None:
    """Three calls in a row that fail; then one at a time, until one is answered."""
    breaker, at = Breaker(), NOW
    for _ in range(TRIPS_AT):
        assert not breaker.wait("T1", at)
        breaker.failed("T1", at)
    assert breaker.wait("T1", at) == timedelta(seconds=1)
    assert not breaker.wait("T2", at)
    breaker.failed("T1", at)  # was under way already
    waits = []
    for _ in range(7):
        waits.append(breaker.wait("T1", at))
        at += waits[-1]
        assert not breaker.wait("T1", at)
        assert breaker.wait("T1", at) == PROBE_TAKES
        breaker.failed("T1", at)
    assert [wait.total_seconds() for wait in waits] == [1, 2, 4, 8, 16, 30, 30]
    breaker.answered("T1")
    assert not breaker.wait("T1", at)


def test_a_probe_that_was_never_made_does_not_close_the_workspace_for_ever() -> None:
    """Another may ask at once when it is known, and after half a minute when it is not."""
    breaker = Breaker()
    for _ in range(TRIPS_AT):
        breaker.failed("T1", NOW)
    later = NOW + timedelta(seconds=1)
    assert not breaker.wait("T1", later)
    breaker.not_called("T1")
    assert not breaker.wait("T1", later)
    assert breaker.wait("T1", later)
    assert not breaker.wait("T1", later + PROBE_TAKES)


def test_a_row_that_cannot_be_drawn_does_not_ask_for_the_others_while_slack_is_away(bench: Bench) -> None:
    """It is put off by its own wait, and the next most urgent one asks at once."""
    row, sender = bench.owes("broken"), bench.sender()
    for _ in range(TRIPS_AT):
        sender._courier.breaker.failed(TEAM, bench.machine.at)  # noqa: SLF001
    bench.machine.at += timedelta(seconds=5)
    row.attempts = 4
    assert not sender._courier.breaker.wait(TEAM, bench.machine.at)  # noqa: SLF001
    sender._put_off([row], "it cannot be drawn")  # noqa: SLF001
    [later] = sender._outcomes  # noqa: SLF001
    assert isinstance(later, sending.Later)
    assert later.ready_at == bench.machine.at + timedelta(seconds=16)
    assert not sender._courier.breaker.wait(TEAM, bench.machine.at)  # noqa: SLF001
    sender._outcomes.clear()  # noqa: SLF001
    sender.stop()
