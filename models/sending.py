"""How the outbox is emptied: what may be sent now, whose it is while it is sent, what became of it.

Statements are made once: a statement with outer joins that is built at every look costs more than
running it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice, takewhile
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, case, exists, func, text, tuple_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, or_, select

from models import joining
from models.outbox import CARDS, Kind, Outgoing, State, end_under

LATE = timedelta(minutes=1)
"""How long a notice has waited when it is gathered with those that wait behind it."""

TOGETHER = 10
"""How many notices are gathered into one message at most."""

HELD_UP = timedelta(seconds=1)
"""After which a notice is looked at again that waits for another to be looked up."""


GATHERED: Mapping[Kind, str] = {Kind.REMINDER: "parts", Kind.LOG_LINE: "positions"}
"""Kinds that are gathered when they are late, and the argument that lists what is said."""


class Ask(StrEnum):
    """What a row asks of Slack next; each has a rate of its own."""

    POST = "post"
    EDIT = "edit"
    FIND = "find"
    """Whether it was said, in a conversation; then, perhaps, to post it."""
    FIND_IN_THREAD = "find_in_thread"


class Candidate(NamedTuple):
    """A row that may be sent: as much of it as decides whether its rate allows that."""

    team_id: str
    id: str
    conversation: str
    kind: str
    created_at: datetime
    ready_at: datetime
    ask: str


_PARENT, _EARLIER = aliased(Outgoing), aliased(Outgoing)

_IN_DOUBT = or_(col(Outgoing.uncertain), col(Outgoing.leased_until).is_not(None))
_ASK = case(
    (col(Outgoing.ts).is_not(None), Ask.EDIT),
    (and_(_IN_DOUBT, col(Outgoing.thread_of).is_not(None)), Ask.FIND_IN_THREAD),
    (_IN_DOUBT, Ask.FIND),
    else_=Ask.POST,
).label("ask")

_IN_ORDER = ~exists().where(
    col(_EARLIER.team_id) == Outgoing.team_id,
    col(_EARLIER.thread_of) == Outgoing.thread_of,
    col(_EARLIER.position) < Outgoing.position,
    col(_EARLIER.state) == State.WAITING,
)


def _sendable(query: Select[Any]) -> Select[Any]:
    """Narrow to what may be sent of a `team` `at` an instant, the most urgent first.

    A notice waits for the message it hangs under, and for the notices before it in that thread. A
    card's edit stands outside that order.
    """
    return (
        query.outerjoin(_PARENT, and_(_PARENT.team_id == Outgoing.team_id, _PARENT.id == Outgoing.thread_of))
        .where(
            col(Outgoing.team_id) == bindparam("team"),
            col(Outgoing.state) == State.WAITING,
            col(Outgoing.ready_at) <= bindparam("at"),
            or_(col(Outgoing.leased_until).is_(None), col(Outgoing.leased_until) <= bindparam("at")),
            or_(col(Outgoing.thread_of).is_(None), and_(col(_PARENT.ts).is_not(None), _IN_ORDER)),
        )
        .order_by(col(Outgoing.priority), col(Outgoing.created_at), col(Outgoing.id))
    )


_CANDIDATES = _sendable(
    select(*(_ASK if name == "ask" else getattr(Outgoing, name) for name in Candidate._fields)),
).limit(bindparam("limit"))
_BESIDE = _CANDIDATES.where(tuple_(col(Outgoing.conversation), _ASK).not_in(bindparam("resting", expanding=True)))
_CLAIMED = _sendable(select(Outgoing)).with_for_update(skip_locked=True, of=Outgoing)
_CLAIMED_ONLY = _CLAIMED.where(col(Outgoing.id).in_(bindparam("only", expanding=True))).order_by(None)
# Unordered: asked for an order, SQLite walks through all that waits in that order instead of going to these few.


def candidates(
    session: Session, team_id: str, machine_now: datetime, limit: int, resting: Collection[tuple[str, str]] = ()
) -> list[Candidate]:
    """A team's rows that may be sent now, the most urgent first; only looked at.

    `resting` are the conversations and asks whose rate is used up.
    """
    asked: dict[str, Any] = {"team": team_id, "at": machine_now, "limit": limit}
    if resting:
        asked["resting"] = sorted(resting)
    rows = session.execute(_BESIDE if resting else _CANDIDATES, asked)
    return [Candidate(*row) for row in rows]


def claim(
    session: Session,
    team_id: str,
    machine_now: datetime,
    lease: timedelta,
    *,
    token: str,
    only: Collection[str] | None = None,
    limit: int | None = None,
) -> list[Outgoing]:
    """Lease a team's rows that may be sent now, the most urgent first; `only` these, by id, when they are named.

    Rows that another process holds are left to it. A notice that is late takes along those that
    wait behind it, and first lets those be looked up of which nobody knows whether they were said.
    So does a page that has waited, with those to the same person.
    """
    asked: dict[str, Any] = {"team": team_id, "at": machine_now}
    query = _CLAIMED if only is None else _CLAIMED_ONLY
    if only is not None:
        asked["only"] = sorted(only)
    if limit is not None:
        query = query.limit(limit)
    rows: list[Outgoing] = sorted(session.execute(query, asked).scalars(), key=_in_order_of_urgency)
    late = _late_beside_others(session, rows, machine_now)
    taken: set[str] = set()
    for row in rows:
        if row.id in taken or (row.id in late and _is_held_up(session, row, machine_now)):
            taken.add(row.id)
            continue
        row.uncertain = row.uncertain or row.leased_until is not None
        row.leased_until = machine_now + lease
        row.lease_token = token
        if row.id in late and not row.uncertain:
            taken |= _gather(session, row, machine_now)
        elif joining.takes_along(row, machine_now):
            taken |= joining.join(session, row)
    return [row for row in rows if row.id not in taken]


def _late_beside_others(session: Session, rows: Sequence[Outgoing], machine_now: datetime) -> set[str]:
    """The late ones that others may be said with, or have to be looked up before; asked once for all reminders."""
    late = [row for row in rows if is_gathered(row, machine_now)]
    reminders = [row for row in late if row.kind == Kind.REMINDER]
    if not reminders:
        return {row.id for row in late}
    teams, people = ({getattr(row, name) for row in reminders} for name in ("team_id", "conversation"))
    asked = {"of_teams": sorted(teams), "of_people": sorted(people)}
    crowded = {tuple(found) for found in session.execute(_CROWDED, asked)}
    return {row.id for row in late if row.kind != Kind.REMINDER or (row.team_id, row.conversation) in crowded}


_CROWDED = (
    select(Outgoing.team_id, Outgoing.conversation)
    .where(
        col(Outgoing.team_id).in_(bindparam("of_teams", expanding=True)),
        col(Outgoing.conversation).in_(bindparam("of_people", expanding=True)),
        Outgoing.kind == Kind.REMINDER,
        Outgoing.state == State.WAITING,
    )
    .group_by(col(Outgoing.team_id), col(Outgoing.conversation))
    .having(func.count() > 1)
)


def _in_order_of_urgency(row: Outgoing) -> tuple[int, datetime, str]:
    return row.priority, row.created_at, row.id


def is_gathered(row: Outgoing, machine_now: datetime) -> bool:
    """Whether a row is late, and of a kind that is then said together with what waits behind it."""
    return row.kind in GATHERED and machine_now - row.created_at >= LATE


def _gather(session: Session, row: Outgoing, machine_now: datetime) -> set[str]:
    """Let a late notice say what waits behind it too; those rows end, and say with which they were said.

    Stored with the lease, so a second attempt says the same.
    """
    behind = (
        _beside(row)
        .where(
            col(Outgoing.leased_until).is_(None),
            col(Outgoing.uncertain).is_(False),
            or_(col(Outgoing.ready_at) <= machine_now, col(Outgoing.attempts) > 0),
        )
        .order_by(col(Outgoing.position), col(Outgoing.created_at), col(Outgoing.id))
        .limit(TOGETHER)
        .with_for_update(skip_locked=True)
    )
    waiting = takewhile(lambda each: each.kind == row.kind, session.exec(behind))
    taken = list(islice(waiting, max(0, TOGETHER - len(_says(row)))))
    for each in taken:
        each.state, each.reason = State.DROPPED, f"said with {row.key}"
    if taken:
        in_order = sorted([row, *taken], key=lambda each: (each.position or 0, each.created_at, each.id))
        row.args = {**row.args, GATHERED[Kind(row.kind)]: [said for each in in_order for said in _says(each)]}
    return {each.id for each in taken}


def _is_held_up(session: Session, row: Outgoing, machine_now: datetime) -> bool:
    """Whether what is late and said together waits for one that may have been said; that one is looked up at once."""
    if row.uncertain or row.leased_until is not None or row.thread_of is not None:
        return False
    unsure = session.exec(_beside(row).where(col(Outgoing.uncertain).is_(True))).all()
    for each in unsure:
        each.ready_at = min(each.ready_at, machine_now)
    if unsure:
        row.ready_at = machine_now + HELD_UP
    return bool(unsure)


def _beside(row: Outgoing) -> Any:  # noqa: ANN401 - a query
    """What may be said together with a row: of a thread what hangs in it, else what is of its kind."""
    in_thread = (
        [col(Outgoing.thread_of).is_(None), Outgoing.kind == row.kind]
        if row.thread_of is None
        else [Outgoing.thread_of == row.thread_of]
    )
    return select(Outgoing).where(
        Outgoing.team_id == row.team_id,
        Outgoing.conversation == row.conversation,
        Outgoing.state == State.WAITING,
        Outgoing.id != row.id,
        col(Outgoing.ts).is_(None),
        *in_thread,
    )


def _says(row: Outgoing) -> list[Any]:
    return list(row.args[GATHERED[Kind(row.kind)]])


@dataclass(frozen=True, slots=True)
class Held:
    """A row as it was claimed: enough to send it and to mark it."""

    team_id: str
    id: str
    token: str
    revision: int

    @classmethod
    def of(cls, row: Outgoing) -> "Held":
        """As a row was claimed."""
        return cls(row.team_id, row.id, row.lease_token or "", row.revision)


@dataclass(frozen=True, slots=True)
class Said:
    """Slack has it. `joined`: and with it, for the first time, the pages that its message says too."""

    held: Held
    channel: str
    ts: str
    at: datetime
    followed: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """To be tried again from `ready_at`; `sure` when Slack certainly did nothing this time."""

    held: Held
    ready_at: datetime
    reason: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Anew:
    """It was looked for and Slack does not have it: it may be said as if nobody had tried."""

    held: Held
    ready_at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """Never to be said, as was found at a machine instant: refused, expired or no longer true."""

    held: Held
    state: State
    reason: str
    at: datetime


Outcome = Said | Later | Anew | Ended
"""What became of a row that was sent. It is marked only while its lease is held."""


_THERE = select(Outgoing.id).where(
    col(Outgoing.team_id).in_(bindparam("of_teams", expanding=True)),
    col(Outgoing.id).in_(bindparam("only", expanding=True)),
)
_FREE = _THERE.with_for_update(skip_locked=True)
_WITH_THEM = select(Outgoing.id, Outgoing.thread_of).where(
    col(Outgoing.team_id).in_(bindparam("of_teams", expanding=True)),
    col(Outgoing.thread_of).in_(bindparam("only", expanding=True)),
    col(Outgoing.kind) == Kind.PAGE,
)
_FREE_WITH_THEM = _WITH_THEM.with_for_update(skip_locked=True)


SHORT_WAIT = timedelta(milliseconds=200)
"""Less than PostgreSQL takes to look for a deadlock: the loop gives way, and no person waits for that."""


def free(session: Session, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Of these, the ones whose rows nobody else holds now: they are locked, or gone.

    The others are marked another time. Whoever marks many rows at once must wait for none of them: somebody who
    changes two messages of one page, in an order of their own, would wait for the first in turn. Where more follows
    from a row than its mark, what that needs is waited for shortly.
    """
    if not outcomes:
        return []
    more_follows = any(isinstance(each, Ended) or (isinstance(each, Said) and each.followed) for each in outcomes)
    if more_follows:
        session.execute(text(f"SET LOCAL lock_timeout = {SHORT_WAIT.total_seconds() * 1000:.0f}"))
    held = [each.held for each in outcomes]
    asked = {"of_teams": sorted({each.team_id for each in held}), "only": sorted({each.id for each in held})}
    locked = set(session.execute(_FREE, asked).scalars())
    others = set() if len(locked) == len(held) else set(session.execute(_THERE, asked).scalars()) - locked
    if any(isinstance(each, Ended) or (isinstance(each, Said) and each.joined) for each in outcomes):
        others |= _whose_pages_are_held(session, asked)
    return [each for each in outcomes if each.held.id not in others]


def _whose_pages_are_held(session: Session, asked: Mapping[str, Any]) -> set[str]:
    """Of these the rows whose messages say pages, too, that somebody else holds; the other pages are locked."""
    locked = {tuple(row) for row in session.execute(_FREE_WITH_THEM, asked)}
    return {row[1] for row in session.execute(_WITH_THEM, asked) if tuple(row) not in locked}


def mark(session: Session, outcomes: Sequence[Outcome]) -> list[Outgoing]:
    """Note what became of rows; gives those that ended now and will never be said, and those that something follows."""
    session.flush()  # a claim of this very transaction comes first
    said = [each for each in outcomes if isinstance(each, Said)]
    if said:
        session.connection().execute(_SAID, [_said(each) for each in said])
    if joined := [each for each in said if each.joined]:
        session.connection().execute(joining.SAID_TOO, [_said_too(each) for each in joined])
    ended = []
    for each in outcomes:
        if isinstance(each, Later):
            _mark_later(session, each)
        elif isinstance(each, Anew):
            session.connection().execute(_ANEW, _held(each.held) | {"again_at": each.ready_at})
        elif isinstance(each, Ended):
            ended += _mark_ended(session, each)
    return ended + [row for each in said if each.followed for row in _followed(session, each)]


def _followed(session: Session, said: Said) -> list[Outgoing]:
    """The row, if it was marked: its lease may have been another's by then."""
    row = session.get(Outgoing, (said.held.team_id, said.held.id), populate_existing=True)
    return [row] if row is not None and row.sent_at == said.at and row.ts == said.ts else []


_HELD = and_(
    col(Outgoing.team_id) == bindparam("of_team"),
    col(Outgoing.id) == bindparam("of_id"),
    col(Outgoing.lease_token) == bindparam("of_token"),
)

_SAID = (
    update(Outgoing)
    .where(_HELD)
    .values(
        leased_until=None,
        lease_token=None,
        channel=bindparam("in_channel"),
        ts=bindparam("with_ts"),
        sent_revision=bindparam("of_revision"),
        # A card that moved on meanwhile stays waiting.
        state=case((col(Outgoing.revision) > bindparam("of_revision"), State.WAITING), else_=State.SENT),
        ready_at=bindparam("said_at"),
        sent_at=bindparam("said_at"),
        attempts=0,
        uncertain=False,
    )
)


_ANEW = (
    update(Outgoing)
    .where(_HELD)
    .values(leased_until=None, lease_token=None, ready_at=bindparam("again_at"), uncertain=False)
)


def _held(held: Held) -> dict[str, Any]:
    return {"of_team": held.team_id, "of_id": held.id, "of_token": held.token}


def _said(each: Said) -> dict[str, Any]:
    told = {"in_channel": each.channel, "with_ts": each.ts, "of_revision": each.held.revision, "said_at": each.at}
    return _held(each.held) | told


def _said_too(each: Said) -> dict[str, Any]:
    return {name: value for name, value in _said(each).items() if name not in {"of_token", "of_revision"}}


def _mark_later(session: Session, later: Later) -> None:
    """What an earlier attempt left open stays open: that this one was refused does not tell."""
    statement = update(Outgoing).where(_HELD)
    values = {
        "leased_until": None,
        "lease_token": None,
        "ready_at": later.ready_at,
        "attempts": Outgoing.attempts + 1,
        "uncertain": Outgoing.uncertain if later.sure else True,
        "reason": later.reason,
    }
    session.connection().execute(statement.values(**values), _held(later.held))


def _mark_ended(session: Session, ended: Ended) -> list[Outgoing]:
    """What hangs under it ends with it, unless it was posted and only its edit is refused.

    Several pages that Slack does not take in one message are said each by itself.
    """
    held = ended.held
    row = session.get(Outgoing, (held.team_id, held.id), with_for_update=True, populate_existing=True)
    if row is None or row.lease_token != held.token:
        return []
    before, row.leased_until, row.lease_token = row.reason, None, None
    row.state, row.reason = ended.state, ended.reason
    if _was_deleted(session, row, before):
        return []
    if joining.is_too_much(row):
        joining.part(session, row, ended.at)
        return []
    joined = []
    if row.ts is None:
        session.flush()
        joined = joining.end_joined(session, row)
        session.flush()
        end_under(session, row)
    return [row, *joined]


STANDING = CARDS | {Kind.ANNOUNCEMENT, Kind.ANNOUNCED_DESK}
"""Kinds that stand where their readers look for them: one that somebody deleted is posted anew."""

DELETED = frozenset({"message_not_found", "thread_not_found", "cannot_reply_to_message"})
"""Slack's words for a message that is not there any more, to be edited or to be replied to."""


def _was_deleted(session: Session, row: Outgoing, before: str | None) -> bool:
    """Have a message posted anew that somebody deleted, where an edit or a line under it found that out.

    The line is said under the new one; refused for the same reason again (`before`), it ends.
    """
    if row.state != State.REFUSED or row.refused_with not in DELETED:
        return False
    if row.ts is not None and row.kind in STANDING:
        _post_anew(row, row.ready_at)
        return True
    if row.thread_of is None or row.ts is not None or row.reason == before:
        return False
    parent = session.get(Outgoing, (row.team_id, row.thread_of), with_for_update=True, populate_existing=True)
    if parent is None or parent.kind not in STANDING:
        return False
    if parent.ts is not None:
        _post_anew(parent, row.ready_at)
    row.state = State.WAITING
    return True


def _post_anew(row: Outgoing, ready_at: datetime) -> None:
    """As if it had never been posted; an edit that is on its way is not waited for."""
    row.state, row.ready_at, row.attempts, row.uncertain = State.WAITING, ready_at, 0, False
    row.leased_until = row.lease_token = row.channel = row.ts = None
    row.sent_revision = 0


def next_ready(session: Session, team_id: str, machine_now: datetime) -> datetime | None:
    """The machine instant after this one at which a waiting row of a team may be tried first."""
    found: datetime | None = session.execute(_NEXT_READY, {"team": team_id, "at": machine_now}).scalar_one_or_none()
    return found


_NEXT_READY = (
    select(col(Outgoing.ready_at))
    .where(
        col(Outgoing.team_id) == bindparam("team"),
        col(Outgoing.state) == State.WAITING,
        col(Outgoing.ready_at) > bindparam("at"),
    )
    .order_by(col(Outgoing.ready_at))
    .limit(1)
)


def is_owed(session: Session, team_id: str, machine_now: datetime) -> bool:
    """Whether a team is owed anything that may be tried by then, what is being sent included."""
    query = select(Outgoing.id).where(
        Outgoing.team_id == team_id, Outgoing.state == State.WAITING, Outgoing.ready_at <= machine_now
    )
    return session.exec(query.limit(1)).first() is not None


def count_ended(session: Session, team_id: str, conversation: str, since: datetime) -> int:
    """How many messages to a conversation were refused since a machine instant."""
    query = select(func.count()).where(
        Outgoing.team_id == team_id,
        Outgoing.conversation == conversation,
        Outgoing.state == State.REFUSED,
        Outgoing.created_at >= since,
    )
    return int(session.exec(query).one())
