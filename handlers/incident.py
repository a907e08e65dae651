"""An outage's own channel: asked for, furnished, kept up to date, closed. All of it is owed through the outbox.

Making it is a row under a key of its own. What furnishes it hangs under that row, in order, and is owed
when the channel is there; `handlers.incident_news` says what follows from each row.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from handlers import announcing
from handlers.announcing import About
from handlers.errand import WAY, Step
from handlers.owed import Ledger
from handlers.rotas import desk_rota, people_on_call
from models import outbox
from models.desk import Desk, people_with_role
from models.outage import Outage, OutageEvent, outage_entries
from models.outbox import Kind, Outgoing, Priority, State
from models.person import Person
from models.record import with_ids
from models.rota.shift import RotaError
from models.sla.contract import Role
from models.store import Session

ARCHIVE = "archive"
"""What the timer that closes it looks at."""

OPEN_AFTER = timedelta(hours=24)
"""How long after its end the channel stays: whoever writes the report is there."""

LONGEST_NAME = 80
MOST_INVITED = 100

PLACES = {Step.TOPIC: 1, Step.INVITE: 2, Step.BOOKMARK: 3, Step.PIN: 4}
"""The order of what furnishes it. What comes later is numbered after it, and the end comes last."""
LATER, LAST = 10, 1_000_000

_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ä": "a", "ö": "o", "ß": "ss", "ð": "d", "þ": "th"})


def channel_name(number: int, title: str) -> str:
    """A name as Slack takes it: "inc-3-signing-in-fails".

    Source: docs.slack.dev/reference/methods/conversations.create: lower case letters, digits, - and _, at most 80.
    """
    plain = unicodedata.normalize("NFKD", title.casefold().translate(_LETTERS)).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return f"inc-{number}-{slug}"[:LONGEST_NAME].rstrip("-")


def step_key(outage: Outage, step: str) -> str:
    """The unique key of a step."""
    return f"{outage.name}:step:{step}"


def card_key(outage: Outage) -> str:
    """The unique key of the outage's card in its channel."""
    return f"{outage.name}:incident"


def who_belongs(session: Session, outage: Outage, now: datetime, ticked: Iterable[str] = ()) -> list[str]:
    """Whom to invite: lead, communications, scribe, whoever is on call, and those ticked. Ids, each once."""
    roles = [outage.lead_id, outage.communications_id, outage.scribe_id]
    named = [each for each in roles if each] + [person.id for person in on_call(session, outage, now)]
    return list(dict.fromkeys([*named, *ticked]))[:MOST_INVITED]


def on_call(session: Session, outage: Outage, now: datetime) -> Sequence[Person]:
    """Who is on call for its desk: by the desk's rota, else by the desk's own list."""
    desk = session.get(Desk, (outage.team_id, outage.desk_id))
    rota = desk_rota(session, desk) if desk else None
    if rota is not None:
        try:
            return people_on_call(session, outage.team_id, rota, now)
        except RotaError:
            return ()  # `/oncall` says why
    return people_with_role(session, outage.team_id, outage.desk_id, Role.ON_CALL)[:1]


def slack_ids(session: Session, team_id: str, people: Sequence[str]) -> tuple[str, ...]:
    """Their Slack ids, without those who left."""
    found = {person.id: person for person in with_ids(session, Person, team_id, people)}
    return tuple(found[each].slack_user for each in people if each in found and found[each].left_at is None)


# Asked for


def ask(ledger: Ledger, outage: Outage, people: Sequence[str], by: str) -> None:
    """Owe the channel; what was refused of it before is tried again."""
    root = outbox.row_of_key(ledger.session, outage.team_id, step_key(outage, Step.CREATE))
    if root is None:
        owe_step(ledger, outage, Step.CREATE, people=list(people), by=by)
        return
    root.args = {**root.args, "people": list(dict.fromkeys([*root.args["people"], *people]))}
    for row in outbox.rows_of(ledger.session, outage.team_id, f"{outage.name}:step:", lock=True):
        outbox.try_again(row, ledger.machine_now)


def is_asked_for(session: Session, outage: Outage) -> bool:
    """Whether it is being made, and was not refused."""
    row = outbox.seen_of_key(session, outage.team_id, step_key(outage, Step.CREATE))
    return row is not None and row.state not in outbox.ENDED


def is_archived(session: Session, outage: Outage) -> bool:
    """Whether its channel is closed, or just being closed."""
    row = outbox.seen_of_key(session, outage.team_id, step_key(outage, Step.ARCHIVE))
    if row is not None:
        return row.state not in outbox.ENDED
    # What was done long ago is tidied away; the history stays.
    entries = outage_entries(session, outage.team_id, outage.number) if outage.is_over else []
    return any(entry.event == OutageEvent.ARCHIVED for entry in entries)


# When it is there


def furnish(ledger: Ledger, outage: Outage, people: Sequence[str]) -> None:
    """Owe what belongs to a new channel: topic, people, bookmark, the card."""
    owe_step(ledger, outage, Step.TOPIC)
    owe_step(ledger, outage, Step.INVITE, people=list(people))
    owe_step(ledger, outage, Step.BOOKMARK)
    outbox.owe(ledger.session, _message(ledger, outage, Kind.INCIDENT_CARD, card_key(outage)))


def invite(ledger: Ledger, outage: Outage, people: Sequence[str], position: int) -> None:
    """Owe an invitation of more people; `position` is that of the event in the outage's history."""
    if people:
        owe_step(ledger, outage, Step.INVITE, position, people=list(people))


def keep_up(ledger: Ledger, outage: Outage) -> None:
    """What its channel shows is another now: owe an edit of the card there."""
    if outage.channel_id is None or is_archived(ledger.session, outage):
        return
    card = outbox.row_of_key(ledger.session, outage.team_id, card_key(outage))
    if card is not None:
        outbox.redraw(card, {}, ledger.machine_now)


def say(ledger: Ledger, outage: Outage, position: int) -> None:
    """Owe its channel a line about an event: an edited card alone reaches nobody who looks elsewhere."""
    if outage.channel_id is None or is_archived(ledger.session, outage):
        return
    row = _message(ledger, outage, Kind.INCIDENT_LINE, f"{outage.name}:incident:{position}")
    row.args = {**row.args, "position": position}
    outbox.owe(ledger.session, row)


def new_roles(ledger: Ledger, outage: Outage, people: Sequence[str], position: int) -> None:
    """Somebody else leads, tells or writes: the topic says so, and whoever it is is invited."""
    if outage.channel_id is not None:
        owe_step(ledger, outage, Step.TOPIC, position)
        invite(ledger, outage, people, position)


# The end


def close(ledger: Ledger, outage: Outage, now: datetime) -> None:
    """It is over: owe the summary, and have the channel archived a day later."""
    if outage.channel_id is None:
        return
    archived_at = now + OPEN_AFTER
    said = _message(ledger, outage, Kind.INCIDENT_SUMMARY, f"{outage.name}:summary")
    said.args = {**said.args, "archived_at": archived_at.isoformat()}
    outbox.owe(ledger.session, said)
    announcing.look_again(ledger.session, About(outage.team_id, outage.name, outage.desk_id), ARCHIVE, archived_at)


# Rows


def owe_step(ledger: Ledger, outage: Outage, step: Step, position: int | None = None, **args: object) -> None:
    """Owe one step, once under its key; `position` for one that comes again, as that of an event in the history."""
    again = "" if position is None else f":{position}"
    row = Outgoing(
        team_id=outage.team_id,
        key=f"{step_key(outage, step)}{again}",
        kind=Kind.INCIDENT_STEP,
        conversation=f"{WAY}:{outage.name}",
        args={"about": outage.name, "step": step, **args},
        priority=Priority.PAGE,  # it takes nothing of what posts may take, and people wait for it
        ready_at=ledger.machine_now,
        created_at=ledger.machine_now,
    )
    root = outbox.seen_of_key(ledger.session, outage.team_id, step_key(outage, Step.CREATE))
    if root is not None and root.state == State.SENT:
        row.thread_of = root.id
        row.position = LAST if step is Step.ARCHIVE else PLACES[step] if position is None else LATER + position
    outbox.owe(ledger.session, row)


def _message(ledger: Ledger, outage: Outage, kind: Kind, key: str) -> Outgoing:
    return Outgoing(
        team_id=outage.team_id,
        key=key,
        kind=kind,
        conversation=outage.channel_id or "",
        args={"about": outage.name},
        priority=Priority.ANNOUNCEMENT,
        ready_at=ledger.machine_now,
        created_at=ledger.machine_now,
    )
