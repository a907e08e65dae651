"""The account at the end: what was lost, what was doubled, what nobody expected."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlmodel import Session, col, select

from bot.sending.carriers import ERRAND, route_of
from handlers.origins import origin_of
from models.history import Event, HistoryEntry
from models.outage import OutageEntry, OutageEvent
from models.outbox import Kind, Outgoing, State
from models.page import Page
from models.person import Person
from models.received import Received
from models.sending import GATHERED
from models.ticket import Ticket
from models.typed_text import TypedText
from tests.chaos.arena import Arena, is_delivery
from tests.chaos.deeds import Deed, Hands
from tests.chaos.due import Watch
from tests.invariants import broken

ASIDE = "aside"
"""The key of what is only polite and had to be said directly."""

LOOK_UPS = frozenset({"conversations.history", "conversations.replies"})

OURS = re.compile("[a-z_]+")
"""How Vakt names what it logs; libraries log sentences, of Slack not answering among other things."""

IMPLIED = frozenset({Event.WORK_STARTED, Event.RESUMED})
"""Events that another act of a person may bring along: an answer begins the work, a word ends the wait."""

WITH = "said with "
"""How the reason of a message begins that another one says too."""

MAY_BE_DROPPED = frozenset({Kind.CUSTOMER_LINE, Kind.REMINDER, Kind.PAGE, Kind.CALL_OUT})
"""Kinds that may no longer hold when they are sent: nobody is woken for what somebody has begun by then."""


Happened: TypeAlias = Counter[tuple[int | None, str]]
"""How often what happened to which ticket, or to which outage."""

OUTAGE_DEEDS = (OutageEvent.DECLARED, OutageEvent.UPDATED, OutageEvent.AFFECTED, OutageEvent.ENDED)
"""What people do about outages here."""


@dataclass
class Ledger:
    """Counts, by DESIGN's three classes, and every single thing that is wrong."""

    deeds: int = 0
    acknowledged: int = 0
    stored: int = 0
    stored_unacknowledged: int = 0
    deeds_lost: int = 0
    deeds_doubled: int = 0
    left_undone: int = 0
    tickets: int = 0
    rungs_due: int = 0
    rungs_said: int = 0
    said_by_kind: str = ""
    owed: int = 0
    posted: int = 0
    posts_lost: int = 0
    posts_doubled: int = 0
    no_longer_true: int = 0
    gathered: int = 0
    joined: int = 0
    tried: int = 0
    looked_up: int = 0
    asides: int = 0
    asides_doubled: int = 0
    unexpected: int = 0
    busy: int = 0
    bugs: int = 0
    deaths: int = 0
    wrong: list[str] = field(default_factory=list)

    def says(self, why: str) -> None:
        """Note something that is wrong."""
        self.wrong.append(why)

    def text(self) -> str:
        """For whoever reads it."""
        lines = {
            "kills": f"{self.deaths}",
            "acts of people": f"{self.deeds}, acknowledged {self.acknowledged}; {self.left_undone} could not be done",
            "stored": f"{self.stored}, {self.stored_unacknowledged} of them unheard;"
            f" lost {self.deeds_lost}, doubled {self.deeds_doubled}",
            "tickets and rungs": f"{self.tickets} tickets; {self.rungs_due} rungs fell due,"
            f" {self.rungs_said} said, the rest implied by them",
            "said by itself": self.said_by_kind,
            "messages owed": f"{self.owed}; posted {self.posted}, {self.joined} of them in another page's message,"
            f" said with others {self.gathered},"
            f" no longer true {self.no_longer_true};"
            f" lost {self.posts_lost}, doubled {self.posts_doubled}",
            "uncertain outcomes": f"{self.looked_up} looked up; {self.tried} posts were tried",
            "asides": f"{self.asides} shown; doubled {self.asides_doubled}",
            "unexpected": f"{self.unexpected}; database busy {self.busy}; bugs {self.bugs}",
        }
        said = [f"  {name:<20} {line}" for name, line in lines.items()]
        return "\n".join([*said, *(f"  {'WRONG':<20} {each}" for each in self.wrong)])


def judged(arena: Arena, hands: Hands, watch: Watch) -> Ledger:
    """The account of a run that has settled."""
    ledger = Ledger(left_undone=hands.left_undone, deaths=arena.fleet.deaths)
    hands.finds_keys_of_messages()
    with arena.looking() as session:
        _deeds(ledger, session, arena, hands.deeds)
        _history(ledger, session, arena, hands.deeds)
        _outages(ledger, session, arena, hands.deeds)
        _whole(ledger, session, arena)
        _owners(ledger, session)
        _pages(ledger, session)
        _posts(ledger, session, arena)
    _look_ups(ledger, arena)
    _logs(ledger, arena)
    ledger.rungs_due, ledger.rungs_said = watch.rungs_due, watch.rungs_said
    ledger.wrong += [*watch.wrong, *arena.fleet.fell]
    return ledger


def _deeds(ledger: Ledger, session: Session, arena: Arena, deeds: list[Deed]) -> None:
    """State and intent: every act that was acknowledged is stored; none twice."""
    for deed in deeds:
        stored = [key for key in deed.keys if session.get(Received, (arena.team, key))]
        ledger.deeds += 1
        ledger.acknowledged += deed.acknowledged
        ledger.stored += bool(stored)
        ledger.stored_unacknowledged += bool(stored) and not deed.acknowledged
        if deed.acknowledged and not stored:
            ledger.deeds_lost += 1
            ledger.says(f"lost: {deed}")
        if deed.token:
            _token_said_once(ledger, session, deed, bool(stored))


def _token_said_once(ledger: Ledger, session: Session, deed: Deed, stored: bool) -> None:
    times = len(session.exec(select(TypedText.id).where(TypedText.body == deed.token)).all())
    if times > stored:
        ledger.deeds_doubled += 1
        ledger.says(f"{times} times in place of {int(stored)}: {deed}")
    elif times < stored:
        ledger.deeds_lost += 1
        ledger.says(f"noted, and not stored: {deed}")


def _history(ledger: Ledger, session: Session, arena: Arena, deeds: list[Deed]) -> None:
    """What people did to each ticket is what its history says they did."""
    done = _done(session, arena, deeds, Event)
    entries = session.exec(select(HistoryEntry).where(col(HistoryEntry.actor_id).is_not(None)))
    said: Happened = Counter((entry.ticket_number, entry.event) for entry in entries)
    _compare(ledger, "T", done, said)
    for (ticket, event), times in said.items():
        if event == Event.WORK_STARTED and times > 1:
            ledger.deeds_doubled += 1
            ledger.says(f"T-{ticket}: work was started {times} times")


def _outages(ledger: Ledger, session: Session, arena: Arena, deeds: list[Deed]) -> None:
    """What people did about each outage is what its history says they did."""
    done = _done(session, arena, deeds, OutageEvent)
    entries = session.exec(select(OutageEntry).where(col(OutageEntry.event).in_(OUTAGE_DEEDS)))
    said: Happened = Counter((entry.number, entry.event) for entry in entries)
    _compare(ledger, "O", done, said)


def _done(session: Session, arena: Arena, deeds: list[Deed], kind: type[Event | OutageEvent]) -> Happened:
    """How often people did what to which ticket, or about which outage, of all that was stored."""
    return Counter(
        (deed.ticket, str(deed.event))
        for deed in deeds
        if isinstance(deed.event, kind) and any(session.get(Received, (arena.team, key)) for key in deed.keys)
    )


def _compare(ledger: Ledger, letter: str, done: Happened, said: Happened) -> None:
    for number, event in sorted(done.keys() | said.keys(), key=str):
        one, other = done[number, event], said[number, event]
        if one != other and not (event in IMPLIED and other > one):
            ledger.deeds_doubled += other > one
            ledger.deeds_lost += other < one
            ledger.says(f"{letter}-{number}: {event} was done {one} times and is in the history {other} times")


def _whole(ledger: Ledger, session: Session, arena: Arena) -> None:
    """Nothing is half there."""
    ledger.tickets = len(session.exec(select(Ticket.number)).all())
    kinds = Counter(entry.event for entry in session.exec(select(HistoryEntry)) if entry.facts.get("rung"))
    ledger.said_by_kind = ", ".join(f"{kind} {times}" for kind, times in sorted(kinds.items()))
    ledger.wrong += broken(session, arena.agreements)


def _owners(ledger: Ledger, session: Session) -> None:
    """Whose ticket it was when a reminder fell due is owed that reminder, alone or among others."""
    rows = session.exec(select(Outgoing).where(Outgoing.kind == Kind.REMINDER)).all()
    owed = {(row.conversation, part["clock"], part["rung"]) for row in rows for part in row.args["parts"]}
    for entry in session.exec(select(HistoryEntry).where(col(HistoryEntry.event).in_([Event.REMINDED, Event.WARNED]))):
        if entry.facts.get("to"):
            owner = session.get_one(Person, (entry.team_id, entry.facts["to"]))
            if (owner.slack_user, entry.facts["clock"], entry.facts["rung"]) not in owed:
                ledger.posts_lost += 1
                ledger.says(f"{owner.name} was never owed {entry.facts} of T-{entry.ticket_number}")


def _pages(ledger: Ledger, session: Session) -> None:
    """Whoever a ticket's history says was paged was owed one message for it, and nobody else was."""
    for page in session.exec(select(Page).where(col(Page.ticket_number).is_not(None))):
        told_of = select(HistoryEntry).where(HistoryEntry.ticket_number == page.ticket_number)
        entries = session.exec(told_of.order_by(col(HistoryEntry.position))).all()
        mine = [entry for entry in entries if entry.facts.get("page") == page.id and not entry.facts.get("runs")]
        asked = [entry.facts for entry in mine if entry.event in {Event.PAGED, Event.ASKED_AGAIN}]
        told = [each for facts in asked for each in facts.get("people", [facts["to"]])]
        owed = [call["to"] for call in page.calls]
        rows = [session.get(Outgoing, (page.team_id, call["row"])) for call in page.calls]
        if told != owed or None in rows or len({row.key for row in rows if row}) != len(owed):
            ledger.posts_lost += len(told) > len(owed)
            ledger.posts_doubled += len(told) < len(owed)
            ledger.says(f"T-{page.ticket_number}: paged were {told}, owed was {owed}")


def _posts(ledger: Ledger, session: Session, arena: Arena) -> None:
    """Every message owed was posted, and once; nothing else was."""
    rows = {row.key: row for row in session.exec(select(Outgoing))}
    ids = {row.id: row.key for row in rows.values()}
    files = {str(row.ts): row.key for row in rows.values() if route_of(row.conversation) == ERRAND}
    said, private = _said(arena, ids | files)
    ledger.owed, ledger.posted, ledger.asides = len(rows), sum(said[key] for key in rows), said[ASIDE] + private.total()
    gathered = {key for key, row in rows.items() if _said_with(row, rows, said)}
    ledger.gathered = len(gathered)
    ledger.joined = sum(row.kind == Kind.PAGE and row.thread_of is not None for row in rows.values())
    for key, row in rows.items():
        if key not in gathered:
            _row(ledger, row, said[key])
    for key in said.keys() - rows.keys() - {ASIDE}:
        ledger.unexpected += said[key]
        ledger.says(f"said, and never owed: {key!r} ({said[key]} times)")
    asked = _asked(session, arena)
    for who, times in private.items():
        ledger.asides_doubled += max(0, times - asked[who])
        if times > asked[who]:
            ledger.says(f"{who} was told {times} times in private, after {asked[who]} deliveries that stored nothing")


def _asked(session: Session, arena: Arena) -> Counter[str]:
    """How often each person asked for something that was not stored: the most there can be to say in private."""
    kept = set(session.exec(select(Received.key)))
    asked: Counter[str] = Counter()
    for row in arena.rows():
        if is_delivery(row) and row.request.get("type") != "event_callback":
            origin = origin_of(row.request)
            asked[origin.slack_user] += origin.key not in kept
    return asked


def _said(arena: Arena, keys: Mapping[str, str]) -> tuple[Counter[str], Counter[str]]:
    """How often each key was said by the bot, and how often each person was told something in private.

    A message may name further rows, by id, that are said in it too: pages that began together. A file names none: its
    row names the file.
    """
    place = arena.slack.world.workspace
    said: Counter[str] = Counter()
    private: Counter[str] = Counter()
    for where in place.conversations.values():
        for post in where.posts.values():
            if post.body.get("bot_id") != place.bot_id:
                continue
            if files := post.body.get("files"):
                said.update(keys.get(file["id"], f"a file {file['id']}, {file['title']}") for file in files)
            else:
                told = (post.metadata or {}).get("event_payload", {})
                said[str(told.get("key"))] += 1
                said.update(keys.get(each, each) for each in str(told.get("joined", "")).split())
        private.update(one.user for one in where.ephemerals.values())
    return said, private


def _said_with(row: Outgoing, rows: Mapping[str, Outgoing], said: Counter[str]) -> bool:
    """Whether it waited so long that another message says what it says."""
    into: Outgoing | None = row
    while into is not None and into.state == State.DROPPED and str(into.reason).startswith(WITH):
        into = rows.get(str(into.reason).removeprefix(WITH))
    if into is None or into is row or said[row.key] or said[into.key] != 1:
        return False
    parts = GATHERED[Kind(row.kind)]
    return all(part in into.args[parts] for part in row.args[parts])


def _row(ledger: Ledger, row: Outgoing, times: int) -> None:
    if times > 1:
        ledger.posts_doubled += 1
        ledger.says(f"doubled: {row.key} stands {times} times in {row.conversation}")
    if row.state == State.DROPPED and row.kind in MAY_BE_DROPPED and times == 0:
        ledger.no_longer_true += 1
    elif times == 0:
        ledger.posts_lost += 1
        ledger.says(f"lost: {row.key} is {row.state} ({row.reason})")
    elif row.state != State.SENT or row.sent_revision != row.revision:
        ledger.says(f"{row.key} was posted and is {row.state}, {row.sent_revision} of {row.revision}: {row.reason}")


def _look_ups(ledger: Ledger, arena: Arena) -> None:
    for row in arena.rows():
        if row.door == "web_api" and row.name in LOOK_UPS:
            ledger.looked_up += 1
        ledger.tried += row.door == "web_api" and row.name == "chat.postMessage"


def _logs(ledger: Ledger, arena: Arena) -> None:
    for line in arena.fleet.log().splitlines():
        said = _parsed(line)
        ledger.busy += said.get("event") == "busy"
        if said.get("level") in {"error", "critical"} and OURS.fullmatch(said["event"]):
            ledger.bugs += 1
            ledger.says(f"logged: {line[:1500]}")


def _parsed(line: str) -> dict[str, Any]:
    """A line of the log; one that is none is a traceback's, or a warning of a library."""
    try:
        said: dict[str, Any] = json.loads(line)
    except ValueError:
        return {"level": "error", "event": "traceback"} if line.startswith("Traceback") else {}
    return said
