"""Pages to one person that begin together: the first goes at once, those after it are said in one message.

A page that is said in another's message hangs under that one's row (`thread_of`), which lists it (`JOINED`), and
stands where that one stands once Slack has it. It is never sent by itself: what hangs under a row waits for it.
Source: docs/decisions/0048.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from sqlalchemy import bindparam, exists, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, func, select

from models.outbox import ENDED, Kind, Outgoing, Priority, State
from models.record import with_ids

WITHIN = timedelta(seconds=2)
"""How soon after another page to the same person one must begin to wait for company."""

WAITS = timedelta(seconds=1)
"""How long it waits then. Slack is to have it two seconds after it began, also while much else is owed."""

AWAY = timedelta(seconds=10)
"""How late the first to a person takes others along: Slack was away, not just this machine busy."""

MOST = 20
"""Pages in a message: each takes two of the fifty blocks that Slack takes, and there is something around them."""

JOINED = "joined"
"""In a page's arguments: the ids of the rows that are said in its message."""

MORE = "more"
"""How many pages there was no room for in it: they follow in a message of their own."""

AT = "at"
"""The instant of contract time at which a page was owed. Time that is moved goes from page to page in no time."""

ALONE = "alone"
"""A page whose message Slack refused because of what was in it: it is said by itself."""

OF_THE_MESSAGE = frozenset(
    {"invalid_blocks", "invalid_metadata_format", "metadata_too_large", "msg_blocks_too_long", "msg_too_long"}
)
"""Slack's words for a message that it does not take; whoever reads it has no part in that."""


class Begun(Protocol):
    """A page that nobody has tried to say yet."""

    @property
    def team_id(self) -> str:
        """The workspace."""
        ...

    @property
    def id(self) -> str:
        """The row."""
        ...

    @property
    def conversation(self) -> str:
        """To whom."""
        ...

    @property
    def created_at(self) -> datetime:
        """Since when it is owed, in machine time."""
        ...


class _Near(NamedTuple):
    """A page to the same person, as far as it decides whether another waits."""

    id: str
    conversation: str
    args: dict[str, Any]
    is_said: bool


def held_back(session: Session, pages: Sequence[Begun]) -> dict[tuple[str, str], datetime]:
    """Until when each of these is to wait for company, by team and id; the first to a person is not held back.

    That may have passed when a busy machine first looks at one: it has waited then.

    It is held back when another to the same person began in the two seconds before, and was not refused or dropped;
    or after it, and is said or being said already. Only looked at.
    """
    held: dict[tuple[str, str], datetime] = {}
    for team_id in sorted({page.team_id for page in pages}):
        mine = [page for page in pages if page.team_id == team_id]
        there = _near(session, team_id, mine)
        by_id = {each.id: each for each in there}
        for page in mine:
            own = by_id.get(page.id)
            if own is not None and any(_came_first(other, own) for other in there):
                held[team_id, page.id] = page.created_at + WAITS
    return held


def _near(session: Session, team_id: str, pages: Sequence[Begun]) -> list[_Near]:
    """Ids sort by time, so those of the last seconds are a stretch of the table's own key."""
    since = min(_milliseconds(page.id) for page in pages) - _WITHIN_MILLISECONDS
    asked = {"team": team_id, "since": f"{since:012x}", "to": sorted({page.conversation for page in pages})}
    rows = session.execute(_BEGUN, asked)
    return [
        _Near(row_id, to, args, ts is not None or leased_until is not None)
        for row_id, to, args, ts, leased_until in rows
    ]


_WITHIN_MILLISECONDS = int(WITHIN.total_seconds() * 1000)

_BEGUN = select(Outgoing.id, Outgoing.conversation, Outgoing.args, Outgoing.ts, Outgoing.leased_until).where(  # type: ignore[call-overload]
    Outgoing.team_id == bindparam("team"),
    Outgoing.id >= bindparam("since"),
    Outgoing.kind == Kind.PAGE,
    col(Outgoing.conversation).in_(bindparam("to", expanding=True)),
    col(Outgoing.state).not_in(sorted(ENDED)),
)


def _came_first(other: _Near, own: _Near) -> bool:
    if other.id == own.id or other.conversation != own.conversation or not (other.id < own.id or other.is_said):
        return False
    if abs(_milliseconds(other.id) - _milliseconds(own.id)) > _WITHIN_MILLISECONDS:
        return False
    instants = [datetime.fromisoformat(args[AT]) for args in (other.args, own.args) if AT in args]
    return max(instants, default=None) is None or max(instants) - min(instants) <= WITHIN


def _milliseconds(row_id: str) -> int:
    """When a row was made, by its id. Source: RFC 9562, UUID version 7."""
    return int(row_id[:12], 16)


def hold(session: Session, held: Mapping[tuple[str, str], datetime]) -> None:
    """Let these pages wait, unless somebody has begun to say them; one that somebody else holds is asked for again."""
    if not held:
        return
    asked = {"teams": sorted({team_id for team_id, _ in held}), "ids": sorted({row_id for _, row_id in held})}
    free = [tuple(row) for row in session.execute(_FREE, asked)]
    if told := [{"of_team": row[0], "of_id": row[1], "until": until} for row, until in held.items() if row in free]:
        session.connection().execute(_HELD, told)


_ALONE_YET = and_(
    col(Outgoing.state) == State.WAITING,
    col(Outgoing.ts).is_(None),
    col(Outgoing.thread_of).is_(None),
    col(Outgoing.leased_until).is_(None),
    col(Outgoing.uncertain).is_(False),
)

_FREE = (
    select(Outgoing.team_id, Outgoing.id)
    .where(
        col(Outgoing.team_id).in_(bindparam("teams", expanding=True)),
        col(Outgoing.id).in_(bindparam("ids", expanding=True)),
        _ALONE_YET,
    )
    .with_for_update(skip_locked=True)
)
"""Whoever marks what was sent in the same transaction waits for nobody."""

_HELD = (
    update(Outgoing)
    .where(col(Outgoing.team_id) == bindparam("of_team"), col(Outgoing.id) == bindparam("of_id"))
    .values(ready_at=bindparam("until"))
)


def takes_along(row: Outgoing, machine_now: datetime) -> bool:
    """Whether a page that is leased has waited for company, so that those to the same person are said with it."""
    age = machine_now - row.created_at
    return (
        row.kind == Kind.PAGE
        and row.ts is None
        and row.thread_of is None
        and not row.uncertain
        and ALONE not in row.args
        and (age >= AWAY or (age >= WAITS and row.ready_at > row.created_at))
    )


def join(session: Session, row: Outgoing) -> set[str]:
    """Let a page's message say what else waits for the same person, as far as there is room; gives the ids of those.

    Stored with the lease, so a second attempt says the same. Rows that another process holds are left to it.
    """
    joined = list(row.args.get(JOINED, ()))
    waiting = _waiting_beside(row)
    query = (
        select(Outgoing).where(*waiting).order_by(col(Outgoing.priority), col(Outgoing.created_at), col(Outgoing.id))
    )
    found = session.exec(query.limit(2 * MOST).with_for_update(skip_locked=True))
    taken = [each.id for each in found if JOINED not in each.args and ALONE not in each.args][: MOST - 1 - len(joined)]
    if not taken:
        return set()
    session.execute(
        update(Outgoing)
        .where(col(Outgoing.team_id) == row.team_id, col(Outgoing.id).in_(taken))
        .values(thread_of=row.id)
        .execution_options(synchronize_session=False)
    )
    row.args = {**row.args, JOINED: [*joined, *taken]}
    if len(joined) + len(taken) == MOST - 1:
        row.args = {**row.args, MORE: int(session.exec(select(func.count()).where(*_waiting_beside(row))).one())}
    return set(taken)


def _waiting_beside(row: Outgoing) -> tuple[Any, ...]:
    return (
        Outgoing.priority == Priority.PAGE,
        Outgoing.team_id == row.team_id,
        Outgoing.conversation == row.conversation,
        Outgoing.kind == Kind.PAGE,
        Outgoing.id != row.id,
        _ALONE_YET,
    )


def joined_to(session: Session, row: Outgoing) -> list[Outgoing]:
    """The pages that are said in a page's message beside its own, in their order."""
    ids = row.args.get(JOINED, ())
    found = with_ids(session, Outgoing, row.team_id, ids) if ids else []
    said = [each for each in found if each.thread_of == row.id and each.state not in ENDED]
    return sorted(said, key=lambda each: (each.created_at, each.id))


_FIRST = aliased(Outgoing)

SAID_TOO = (
    update(Outgoing)
    .where(
        col(Outgoing.team_id) == bindparam("of_team"),
        col(Outgoing.thread_of) == bindparam("of_id"),
        col(Outgoing.kind) == Kind.PAGE,
        col(Outgoing.state) == State.WAITING,
        exists().where(
            col(_FIRST.team_id) == bindparam("of_team"),
            col(_FIRST.id) == bindparam("of_id"),
            col(_FIRST.ts) == bindparam("with_ts"),
        ),
    )
    .values(
        channel=bindparam("in_channel"),
        ts=bindparam("with_ts"),
        state=State.SENT,
        sent_revision=Outgoing.revision,
        ready_at=bindparam("said_at"),
        sent_at=bindparam("said_at"),
        attempts=0,
        uncertain=False,
    )
)
"""What is said with a page stands where that one was marked to stand."""


def end_joined(session: Session, row: Outgoing) -> list[Outgoing]:
    """What was to be said in a message that will never be ends as that did, each by itself; gives those."""
    ended = [each for each in _locked(session, row) if each.state == State.WAITING]
    for each in ended:
        each.state, each.reason = row.state, row.reason
    return ended


def is_too_much(row: Outgoing) -> bool:
    """Whether Slack refused a message because of what is in it, and each of its pages may still be said alone."""
    return row.state == State.REFUSED and row.ts is None and JOINED in row.args and row.refused_with in OF_THE_MESSAGE


def part(session: Session, row: Outgoing, machine_now: datetime) -> None:
    """Let each page of a message be said by itself."""
    for each in [row, *loosen(session, row)]:
        each.args = {**each.args, ALONE: True}
        each.state, each.ready_at, each.attempts, each.reason = State.WAITING, machine_now, 0, None


def loosen(session: Session, row: Outgoing) -> list[Outgoing]:
    """Let a page that was never said go its own way, and those that were to be said with it; gives those."""
    if row.kind != Kind.PAGE or row.ts is not None:
        return []
    others = _locked(session, row)
    for each in [row, *others]:
        each.thread_of = None
    row.args = {name: value for name, value in row.args.items() if name not in {JOINED, MORE}}
    return others


def _locked(session: Session, row: Outgoing) -> list[Outgoing]:
    if JOINED not in row.args:
        return []
    query = select(Outgoing).where(
        Outgoing.team_id == row.team_id, Outgoing.thread_of == row.id, Outgoing.kind == Kind.PAGE
    )
    return list(session.exec(query.order_by(col(Outgoing.id)).with_for_update()))
