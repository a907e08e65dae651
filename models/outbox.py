"""The outbox: every message that is owed, as a row, until Slack has it.

A *card* lives: it is posted once and edited whenever its `revision` runs ahead of what was sent.
A *notice* is said once, under a unique key. Rows say what is owed; the text is rendered when it
is sent, from the state of that moment.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    UniqueConstraint,
    case,
    update,
)
from sqlmodel import Field, Session, col, or_, select

from models.ids import new_id
from models.record import BY_KEY, Adds, Record, written_in


class Kind(StrEnum):
    """What a message is. `handlers.outgoing.RENDER` draws each."""

    DESK_CARD = "desk_card"
    CUSTOMER_CARD = "customer_card"
    LOG_LINE = "log_line"
    CUSTOMER_LINE = "customer_line"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    PAGE = "page"
    PAGE_MAIL = "page_mail"
    PAGE_WEBHOOK = "page_webhook"
    STEP_MAIL = "step_mail"
    """To the address that a step of an escalation names, as with the next."""
    STEP_WEBHOOK = "step_webhook"
    PAGE_GROUP = "page_group"
    """No message: a user group's members are asked for when its step is reached."""
    CALL_OUT = "call_out"
    UNDELIVERED = "undelivered"
    FINDING = "finding"
    QUESTION = "question"
    SHIFT_CHANGED = "shift_changed"
    SWAP = "swap"
    HANDOVER = "handover"
    GAPS = "gaps"
    GROUP_REFUSED = "group_refused"
    UNROUTED = "unrouted"
    ANNOUNCEMENT = "announcement"
    """What a subscriber reads: edited in place. `args["about"]` names it, as "O-3"."""
    ANNOUNCED = "announced"
    """One line in its thread."""
    ANNOUNCED_DESK = "announced_desk"
    """The desk's card of it."""
    ANNOUNCED_LOG = "announced_log"
    ANNOUNCED_REMINDER = "announced_reminder"
    CLAIM = "claim"
    """To the customer, directly: what it may claim, and what became of it."""
    CLAIMED = "claimed"
    """To the desk: that a credit was claimed, and what became of it."""
    CLAIM_DECIDED = "claim_decided"
    """To the customer, in its channel: what the desk made of its claim."""
    REPORT_LIST = "report_list"
    """To the desk: whose availability was reported on, above the reports in its thread."""
    REPORT = "report"
    """A customer's availability in a period that is over."""
    REPORT_CHART = "report_chart"
    """No message: the chart under such a report."""
    INCIDENT_STEP = "incident_step"
    """No message: something to be done in Slack for an outage. `args["step"]` says what."""
    INCIDENT_CARD = "incident_card"
    """The outage's card in its own channel."""
    INCIDENT_SUMMARY = "incident_summary"
    INCIDENT_LINE = "incident_line"
    """An update, as a message in the outage's own channel."""


CARDS = frozenset({Kind.DESK_CARD, Kind.CUSTOMER_CARD})
ANNOUNCES = frozenset({Kind.ANNOUNCEMENT, Kind.ANNOUNCED, Kind.ANNOUNCED_DESK})
"""Kinds that tell an audience: evidence of when it was told."""
LIVING = CARDS | {
    Kind.PAGE,
    Kind.SWAP,
    Kind.HANDOVER,
    Kind.ANNOUNCEMENT,
    Kind.ANNOUNCED_DESK,
    Kind.CLAIM,
    Kind.CLAIMED,
    Kind.INCIDENT_CARD,
}
"""Kinds that are edited in place instead of said once."""


FOLLOWED = frozenset({Kind.INCIDENT_STEP, Kind.INCIDENT_CARD, Kind.INCIDENT_SUMMARY, Kind.PAGE_GROUP})
"""Kinds after which something follows, in the transaction that notes what became of them."""


class Priority(IntEnum):
    """What goes first when much is owed at once."""

    PAGE = 0
    ANNOUNCEMENT = 1
    REMINDER = 2
    CARD = 3


class State(StrEnum):
    """Owed, said, or never to be said, with the reason kept."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    EXPIRED = "expired"
    DROPPED = "dropped"


NEVER = datetime(9000, 1, 1, tzinfo=UTC)

ENDED = frozenset({State.REFUSED, State.EXPIRED, State.DROPPED})
"""Never to be said."""


class Outgoing(Record, table=True):
    """One message owed. Times here are machine time; leases are ended by token and by time.

    `conversation` is a channel id, or a Slack user id for a direct message; `channel` and `ts` say
    where it stands once it was posted. `thread_of` is the row whose message it hangs under, and
    `position` its place among the notices there; a page's is the page in whose message it is said
    (`models.joining`).
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("team_id", "key"),
        CheckConstraint("state in ('waiting', 'sent', 'refused', 'expired', 'dropped')", name="outbox_state"),
        BY_KEY,
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    key: str
    kind: str
    conversation: str
    thread_of: str | None = None
    position: int = 0
    ticket_number: int | None = None
    args: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    priority: int = Priority.CARD
    state: str = State.WAITING
    ready_at: datetime
    expires_at: datetime | None = None
    leased_until: datetime | None = None
    lease_token: str | None = None
    attempts: int = 0
    uncertain: bool = False
    revision: int = 1
    sent_revision: int = 0
    channel: str | None = None
    ts: str | None = None
    reason: str | None = None
    created_at: datetime
    sent_at: datetime | None = None

    @property
    def is_card(self) -> bool:
        """Whether it is edited in place instead of said once."""
        return self.kind in LIVING

    @property
    def refused_with(self) -> str:
        """Slack's own word out of a reason such as "chat.postMessage: is_archived …"; "unknown" where there is none."""
        words = (self.reason or "").partition(": ")[2].split()
        return words[0] if words else "unknown"


def owe(session: Session, row: Outgoing) -> None:
    """Store a message that is owed, unless the same key is owed or was said already.

    The first card of a thread inherits the priority of what waits for it. Under one that could not
    be posted nothing can be said either.
    """
    already = select(Outgoing.id).where(Outgoing.team_id == row.team_id, Outgoing.key == row.key)
    if session.exec(already).first() is not None:
        return
    owe_new(session, row, session.get(Outgoing, (row.team_id, row.thread_of)) if row.thread_of else None)


def owe_new(rows: Adds, row: Outgoing, parent: Outgoing | None) -> None:
    """As `owe`, for a key that cannot be there yet: it names a line of history that is just being written."""
    rows.add(row)
    if row.thread_of is not None:
        _hang_under(row, parent)


def _hang_under(row: Outgoing, parent: Outgoing | None) -> None:
    """What is owed under a message that was never posted: it makes haste, or will never be."""
    if parent is None or parent.ts is not None:
        return
    if parent.state in ENDED:
        row.state, row.reason = parent.state, _under(parent.reason)
    elif parent.priority > row.priority:
        parent.priority = row.priority


UNDER = "the message it hangs under"


def _under(reason: str | None) -> str:
    return f"{UNDER}: {reason}"


def hangs(row: Outgoing) -> bool:
    """Whether a row ended because of the message it hangs under."""
    return (row.reason or "").startswith(UNDER)


def card_key(number: int, kind: Kind) -> str:
    """The unique key of a ticket's card."""
    return f"T-{number}:{kind}"


def refresh_cards(session: Session, team_id: str, numbers: Iterable[int], machine_now: datetime) -> None:
    """Owe an edit of these tickets' cards: what they show has changed.

    A card that stands but whose last edit was refused is tried again: it says something else now.
    One atomic statement: a sender that marks the row at the same moment compares revisions and
    leaves the row waiting, whichever of the two comes first.
    """
    session.execute(
        update(Outgoing)
        .where(
            col(Outgoing.team_id) == team_id,
            col(Outgoing.key).in_([card_key(number, kind) for number in numbers for kind in sorted(CARDS)]),
            or_(col(Outgoing.state).in_([State.WAITING, State.SENT]), col(Outgoing.ts).is_not(None)),
        )
        .values(
            revision=Outgoing.revision + 1,
            ready_at=case((col(Outgoing.state) == State.WAITING, Outgoing.ready_at), else_=machine_now),
            state=State.WAITING,
        )
        .execution_options(synchronize_session=False)
    )
    note_changed(session)


def note_changed(session: Session) -> None:
    """Note for whoever sends that a statement changed what is owed: no record of the session tells of it."""
    anywhere = Outgoing(team_id="", key="", kind="", conversation="", ready_at=NEVER, created_at=NEVER)
    written_in(session).append(anywhere)


def rows_with_ids(session: Session, team_id: str, ids: Collection[str]) -> list[Outgoing]:
    """These messages, locked, in order; nothing is asked when there are none."""
    if not ids:
        return []
    query = select(Outgoing).where(Outgoing.team_id == team_id, col(Outgoing.id).in_(sorted(ids)))
    query = query.order_by(col(Outgoing.id)).with_for_update().execution_options(populate_existing=True)
    return list(session.exec(query))


def messages_of(session: Session, team_id: str, ids: Collection[str]) -> list[Outgoing]:
    """The rows whose messages say these, locked: a page may be said in another one's."""
    rows = rows_with_ids(session, team_id, ids)
    alone = [row for row in rows if row.thread_of is None]
    others = {row.thread_of for row in rows if row.thread_of is not None} - {row.id for row in alone}
    return [*alone, *rows_with_ids(session, team_id, others)]


def redraw(row: Outgoing, args: dict[str, Any], machine_now: datetime) -> None:
    """Owe an edit of one message that lives, with something more to show."""
    row.args = {**row.args, **args}
    row.revision += 1
    if row.state == State.SENT:
        row.state, row.ready_at = State.WAITING, machine_now


def try_again(row: Outgoing, machine_now: datetime) -> None:
    """Owe once more what was refused; whether an attempt of before did it stays as open as it was."""
    if row.state in ENDED:
        row.state, row.ready_at, row.reason, row.attempts = State.WAITING, machine_now, None, 0


def keys_there(session: Session, team_id: str, keys: Collection[str]) -> set[str]:
    """Which of these keys are owed or were said already."""
    query = select(Outgoing.key).where(Outgoing.team_id == team_id, col(Outgoing.key).in_(keys))
    return set(session.exec(query))


def waiting_with_keys(session: Session, team_id: str, keys: Collection[str]) -> list[Outgoing]:
    """The rows with these keys that still wait."""
    query = select(Outgoing).where(
        Outgoing.team_id == team_id, col(Outgoing.key).in_(keys), Outgoing.state == State.WAITING
    )
    return list(session.exec(query.with_for_update()))


def row_of_key(session: Session, team_id: str, key: str) -> Outgoing | None:
    """The row of a unique key, for whoever is about to change it."""
    query = select(Outgoing).where(Outgoing.team_id == team_id, Outgoing.key == key).with_for_update()
    return session.exec(query).first()


def seen_of_key(session: Session, team_id: str, key: str) -> Outgoing | None:
    """The row of a unique key, for whoever only looks."""
    return session.exec(select(Outgoing).where(Outgoing.team_id == team_id, Outgoing.key == key)).first()


def seen_of_id(session: Session, team_id: str, row_id: str) -> Outgoing | None:
    """The row of an id, for whoever only looks."""
    return session.get(Outgoing, (team_id, row_id))


def row_of_id(session: Session, team_id: str, row_id: str) -> Outgoing | None:
    """The row of an id, for whoever is about to change it."""
    query = select(Outgoing).where(Outgoing.team_id == team_id, Outgoing.id == row_id).with_for_update()
    return session.exec(query).first()


def row_of_message(session: Session, team_id: str, channel: str, ts: str) -> Outgoing | None:
    """The row that became a Slack message."""
    query = select(Outgoing).where(Outgoing.team_id == team_id, Outgoing.channel == channel, Outgoing.ts == ts)
    return session.exec(query).first()


def rows_of(session: Session, team_id: str, prefix: str, *, lock: bool = False) -> list[Outgoing]:
    """The rows whose key begins so, in the order of their keys; `prefix` ends in a colon."""
    query = select(Outgoing).where(
        Outgoing.team_id == team_id, Outgoing.key >= prefix, Outgoing.key < prefix[:-1] + AFTER_COLON
    )
    query = query.order_by(col(Outgoing.key))
    return list(session.exec(query.with_for_update() if lock else query))


AFTER_COLON = chr(ord(":") + 1)


def end_leases(session: Session, team_id: str, ends_at: datetime) -> int:
    """End every lease of a team at `ends_at` at the latest; gives how many that was. Only for whoever is alone.

    What was leased may have been said: whoever claims it next looks before it says it again. So `ends_at`
    must leave Slack the time to show what was still on its way to it.
    """
    ended = session.execute(
        update(Outgoing)
        .where(
            col(Outgoing.team_id) == team_id,
            col(Outgoing.leased_until) > ends_at,
            col(Outgoing.state) == State.WAITING,
        )
        .values(leased_until=ends_at, uncertain=True)
        .execution_options(synchronize_session=False)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def doubt_waiting(session: Session) -> int:
    """After a backup was restored: whatever waits may have been said since; gives how many do."""
    doubted = session.execute(
        update(Outgoing)
        .where(col(Outgoing.state) == State.WAITING)
        .values(leased_until=None, lease_token=None, uncertain=True)
        .execution_options(synchronize_session=False)
    )
    return int(doubted.rowcount)  # type: ignore[attr-defined]


def end_under(session: Session, row: Outgoing) -> None:
    """End what hangs under a message that will never be posted, with its reason."""
    session.execute(
        update(Outgoing)
        .where(
            col(Outgoing.team_id) == row.team_id,
            col(Outgoing.thread_of) == row.id,
            col(Outgoing.state) == State.WAITING,
        )
        .values(state=row.state, reason=_under(row.reason))
        .execution_options(synchronize_session=False)
    )


def is_being_posted(session: Session, team_id: str, conversations: Collection[str]) -> bool:
    """Whether a first card is on its way to one of these, so that its ts is not known yet."""
    query = select(Outgoing.id).where(
        Outgoing.team_id == team_id,
        col(Outgoing.conversation).in_(conversations),
        Outgoing.state == State.WAITING,
        col(Outgoing.ts).is_(None),
        col(Outgoing.kind).in_(CARDS),
    )
    # In the order of what waits: SQLite then looks at that alone, and not at everything that was ever sent.
    query = query.order_by(col(Outgoing.ready_at)).limit(1)
    return session.exec(query).first() is not None
