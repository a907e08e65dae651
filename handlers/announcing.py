"""Telling an audience: one message a place, edited in place, its updates in the thread; and the register of it.

What is told is drawn from present state when it is sent, by the module that `DRAWN_BY` names for the
first letter of its name ("O-3"): `announcement`, `announced`, `desk_card`, `log_line` and
`reminder`, each taking the row and the present. Its timers ask that module's `on_due`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from handlers import language
from handlers.audiences import Reader
from handlers.later import DRAWN_BY
from handlers.owed import Ledger
from handlers.present import Present
from handlers.views.blocks import Rendered
from handlers.views.words import Words
from models import outbox, typed_text
from models.desk import Desk
from models.outbox import ENDED, Kind, Outgoing, Priority, State
from models.person import Person
from models.record import Fresh
from models.store import Session
from models.timer import Timer, TimerKind, disarm_announced
from models.told import Told, Way
from models.told import mailed as told_by_mail

TextOf = Callable[[Words], str]
"""What is told, in a reader's words, as plain text: what the register keeps."""


@dataclass(frozen=True, slots=True)
class About:
    """An announcement: whose, its name, and the desk that makes it."""

    team_id: str
    name: str
    desk_id: str

    def card_key(self, conversation: str) -> str:
        """The unique key of its message in a place."""
        return f"{self.cards}{conversation}"

    @property
    def cards(self) -> str:
        """How the keys of its messages begin."""
        return f"{self.name}:card:"

    @property
    def desk_key(self) -> str:
        """The unique key of the desk's own card."""
        return f"{self.name}:desk"


def announce(ledger: Ledger, about: About, readers: Sequence[Reader], text_of: TextOf, now: datetime) -> None:
    """Owe the announcement to every reader, and note it in the register. Those who have it already get none."""
    there = outbox.keys_there(ledger.session, about.team_id, [about.card_key(each.address) for each in readers])
    texts, fresh = _Texts(ledger, about, text_of, now), Fresh()
    mailed = told_by_mail(ledger.session, about.team_id, about.name)
    for reader in readers:
        if reader.receiver in mailed if reader.way is Way.MAIL else about.card_key(reader.address) in there:
            continue
        row = None if reader.way is Way.MAIL else _card(ledger, about, reader)
        if row is not None:
            fresh.add(row)
        fresh.add(texts.told(0, reader, row))
    ledger.session.flush()
    fresh.store(ledger.session)


@dataclass(frozen=True, slots=True)
class Update:
    """What is told next: its place in the thread, and its text."""

    step: int
    text_of: TextOf


def tell_on(ledger: Ledger, about: About, update: Update, readers: Sequence[Reader], now: datetime) -> None:
    """Owe an update: a line in the thread of every message of it, the message itself edited, mails once more.

    A message that was refused is tried again: a channel that works again is taken up by itself. `readers`
    are those of the audience as it is now; whoever came to it since the announcement gets the announcement.
    """
    session, step, text_of = ledger.session, update.step, update.text_of
    session.flush()
    mailed = told_by_mail(session, about.team_id, about.name)
    announce(ledger, about, readers, text_of, now)
    texts, fresh = _Texts(ledger, about, text_of, now), Fresh()
    by_place = {reader.address: reader for reader in readers}
    for card in outbox.rows_of(session, about.team_id, about.cards, lock=True):
        _redraw(card, ledger.machine_now)
        reader = by_place.get(card.conversation) or _reader_of(card)
        row = _line(ledger, about, step, card)
        fresh.add(row)
        fresh.add(texts.told(step, reader, row))
    for reader in readers:
        if reader.way is Way.MAIL and reader.receiver in mailed:
            fresh.add(texts.told(step, reader, None))
    session.flush()
    fresh.store(session)
    redraw_desk(ledger, about)


def redraw(ledger: Ledger, about: About, customer_id: str | None = None) -> None:
    """Owe an edit of every message of it, or of one customer's: what they show has changed."""
    ledger.session.flush()
    for card in outbox.rows_of(ledger.session, about.team_id, about.cards, lock=True):
        if customer_id is None or card.args.get("customer") == customer_id:
            _redraw(card, ledger.machine_now)
    redraw_desk(ledger, about)


def _redraw(card: Outgoing, machine_now: datetime) -> None:
    card.revision += 1
    if card.state == State.SENT or (card.state in ENDED and card.ts is None):
        card.state, card.ready_at, card.reason, card.attempts = State.WAITING, machine_now, None, 0


# The desk's own card, its log and its reminders


def owe_desk_card(ledger: Ledger, about: About, channel: str) -> None:
    """Owe the desk's card of it."""
    row = _row(ledger, about, Kind.ANNOUNCED_DESK, about.desk_key, channel, {})
    outbox.owe(ledger.session, row)


def redraw_desk(ledger: Ledger, about: About) -> None:
    """Owe an edit of the desk's card."""
    ledger.session.flush()
    card = outbox.row_of_key(ledger.session, about.team_id, about.desk_key)
    if card is not None:
        outbox.redraw(card, {}, ledger.machine_now)


def log_line(ledger: Ledger, about: About, position: int, *, urgent: bool = False) -> None:
    """Owe the line of one entry of its history in the thread of the desk's card."""
    ledger.session.flush()
    card = outbox.row_of_key(ledger.session, about.team_id, about.desk_key)
    if card is None:
        return
    key = f"{about.name}:log:{position}"
    row = _row(ledger, about, Kind.ANNOUNCED_LOG, key, card.conversation, {"position": position})
    row.thread_of, row.position = card.id, position
    row.priority = Priority.REMINDER if urgent else Priority.CARD
    outbox.owe_new(ledger.session, row, card)


def remind(ledger: Ledger, about: About, person_ids: Sequence[str | None], key: str, args: Mapping[str, Any]) -> None:
    """Owe the first of these who has not left a direct message about it, once under its key; else the desk."""
    conversation = _reached(ledger.session, about, person_ids)
    if conversation is None:
        return
    row = _row(ledger, about, Kind.ANNOUNCED_REMINDER, f"{about.name}:{key}:{conversation}", conversation, args)
    row.priority = Priority.REMINDER
    outbox.owe(ledger.session, row)


def _reached(session: Session, about: About, person_ids: Sequence[str | None]) -> str | None:
    people = (session.get(Person, (about.team_id, each)) for each in person_ids if each)
    there = next((person for person in people if person is not None and person.left_at is None), None)
    if there is not None:
        return there.slack_user
    desk = session.get(Desk, (about.team_id, about.desk_id))
    return desk.channel_id if desk else None


def words_for(here: Present, about: About, conversation: str) -> Words:
    """The words of whoever is reminded: a person of the desk, or its channel."""
    person = here.person(about.team_id, conversation)
    if person is not None:
        return language.for_person(person)
    desk = here.session.get(Desk, (about.team_id, about.desk_id))
    return language.spoken(desk.language) if desk else language.UNKNOWN_READER


# Timers


def look_again(session: Session, about: About, what: str, due_at: datetime, **args: Any) -> None:
    """Have the announcement looked at, at an instant of contract time: one timer for each `what`."""
    disarm_announced(session, about.team_id, about.name, what)
    timer = Timer(
        team_id=about.team_id,
        kind=TimerKind.ANNOUNCED,
        ticket_number=0,
        clock_id=timer_name(about.name, what),
        due_at=due_at,
        args={"about": about.name, "what": what, **args},
    )
    session.add(timer)


def forget(session: Session, about: About, *whats: str) -> None:
    """Have it looked at for these reasons no more."""
    for what in whats:
        disarm_announced(session, about.team_id, about.name, what)


def timer_name(name: str, what: str) -> str:
    """What a timer of an announcement is called."""
    return f"{name}:{what}"


def on_due(session: Session, timer: Timer, now: datetime, batch: Any) -> None:  # noqa: ANN401 - a `timers.Batch`
    """A timer of an announcement fell due."""
    _of(str(timer.args["about"])).on_due(session, timer, now, batch)


# Drawing


def _of(name: str) -> Any:  # noqa: ANN401 - a module
    return import_module(f"handlers.{DRAWN_BY[name[0]]}")


def drawn(row: Outgoing, here: Present) -> Rendered | None:
    """A row of an announcement, by the module that draws it."""
    module = _of(str(row.args["about"]))
    found: Rendered | None = getattr(module, FUNCTIONS[Kind(row.kind)])(row, here)
    return found


FUNCTIONS: Mapping[Kind, str] = {
    Kind.ANNOUNCEMENT: "announcement",
    Kind.ANNOUNCED: "announced",
    Kind.ANNOUNCED_DESK: "desk_card",
    Kind.ANNOUNCED_LOG: "log_line",
    Kind.ANNOUNCED_REMINDER: "reminder",
}


def words_of(row: Outgoing) -> Words:
    """The words of whoever reads a message or a line of an announcement."""
    return Words(str(row.args["language"]), ZoneInfo(str(row.args["zone"])))


# Rows


def _card(ledger: Ledger, about: About, reader: Reader) -> Outgoing:
    args = {
        "customer": reader.customer_id,
        "language": reader.language,
        "zone": reader.zone,
        "way": reader.way,
        "receiver": reader.receiver,
    }
    key = about.card_key(reader.address)
    return _row(ledger, about, Kind.ANNOUNCEMENT, key, reader.address, args)


def _line(ledger: Ledger, about: About, step: int, card: Outgoing) -> Outgoing:
    args = {**card.args, "step": step}
    key = f"{about.name}:line:{step}:{card.conversation}"
    row = _row(ledger, about, Kind.ANNOUNCED, key, card.conversation, args)
    row.thread_of, row.position = card.id, step
    return row


def _row(ledger: Ledger, about: About, kind: Kind, key: str, conversation: str, args: Mapping[str, Any]) -> Outgoing:
    return Outgoing(
        team_id=about.team_id,
        key=key,
        kind=kind,
        conversation=conversation,
        args={**args, "about": about.name},
        priority=Priority.ANNOUNCEMENT,
        ready_at=ledger.machine_now,
        created_at=ledger.machine_now,
    )


def _reader_of(card: Outgoing) -> Reader:
    """Whoever reads a message, as it was when it was first owed."""
    args = card.args
    return Reader(
        Way(args["way"]), args["receiver"], card.conversation, args["customer"], args["language"], args["zone"]
    )


class _Texts:
    """What the register keeps, once for each language and zone."""

    def __init__(self, ledger: Ledger, about: About, text_of: TextOf, now: datetime) -> None:
        self._ledger, self._about, self._text_of, self._now = ledger, about, text_of, now
        self._ids: dict[tuple[str, str], str] = {}

    def told(self, step: int, reader: Reader, row: Outgoing | None) -> Told:
        """The register's line of one telling."""
        return Told(
            team_id=self._about.team_id,
            about=self._about.name,
            step=step,
            customer_id=reader.customer_id,
            way=reader.way,
            receiver=reader.receiver,
            language=reader.language,
            text_id=self._id_for(reader),
            owed_at=self._now,
            row_id=row.id if row else None,
        )

    def _id_for(self, reader: Reader) -> str:
        spoken = (reader.language, reader.zone)
        if spoken not in self._ids:
            body = self._text_of(Words(reader.language, ZoneInfo(reader.zone))) or "–"
            kept = typed_text.keep(self._ledger.session, self._about.team_id, None, body)
            self._ids[spoken] = str(kept)
        return self._ids[spoken]
