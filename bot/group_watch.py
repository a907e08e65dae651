"""A rota's Slack user group is kept equal to who is on call; looked at each minute, told to Slack when it differs.

What Slack was told last is stored, so of several replicas one tells it. Whoever is about to tell holds
the row for a while; one that dies meanwhile is followed by another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.gateway import Gateway, OutcomeUnknownError, SlackRefusedError, SlackUnavailableError
from bot.machine import ContractClock, MachineClock
from bot.storage.database import Database, Lane
from handlers.later import Later
from models import outbox
from models.desk import a_desk, desks_with_rota
from models.outbox import Kind, Outgoing, Priority
from models.received import Received
from models.rota.shift import RotaError
from models.store import ConflictError
from models.stored_rota import StoredRota, rotas_of

log = structlog.get_logger()

PEOPLE_ON_CALL = Later("rotas", "people_on_call")

HELD = timedelta(seconds=90)
"""How long whoever is about to tell Slack may take, in machine time: a call's time-out, and room."""

LONG_AGO = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to be in a rota's user group, by Slack id."""

    rota_id: str
    rota: str
    group: str
    people: tuple[str, ...]

    @property
    def key(self) -> str:
        """Of the row that holds what Slack was told last."""
        return f"group:{self.rota_id}"

    @property
    def told(self) -> dict[str, object]:
        """As it is kept in that row."""
        return {"group": self.group, "people": list(self.people)}


@dataclass(slots=True)
class GroupWatch:
    """Looks at the rotas that have a user group."""

    database: Database
    gateway: Gateway
    team_id: str
    clocks: tuple[ContractClock, MachineClock]

    def look(self) -> int:
        """Tell Slack where somebody else is on call; gives in how many groups. A group is never emptied."""
        with self.database.reading() as session:
            wanted = [each for each in self._wanted(session) if each.people and not self._is_told(session, each)]
        return sum(self._tell(each) for each in wanted if self._take(each))

    def _wanted(self, session: Session) -> list[Wanted]:
        now = self.clocks[0].now()
        return [
            Wanted(rota.id, rota.key, str(rota.document["user_group"]), self._on_call(session, rota, now))
            for rota in rotas_of(session, self.team_id)
            if rota.document.get("user_group")
        ]

    def _on_call(self, session: Session, rota: StoredRota, now: datetime) -> tuple[str, ...]:
        try:
            people = PEOPLE_ON_CALL(session, self.team_id, rota.key, now)
        except RotaError as error:
            log.warning("group_not_kept", rota=rota.key, why=str(error))
            return ()
        return tuple(sorted(person.slack_user for person in people))

    def _is_told(self, session: Session, wanted: Wanted, *, lock: bool = False) -> bool:
        """Whether Slack was told so, or is being told by somebody."""
        row = session.get(Received, (self.team_id, wanted.key), with_for_update=lock or None, populate_existing=lock)
        if row is None or {name: row.answer[name] for name in wanted.told} != wanted.told:
            return False
        return bool(row.answer["done"]) or row.stored_at > self.clocks[1].now() - HELD

    def _take(self, wanted: Wanted) -> bool:
        """Hold what is about to be told; False when another process does."""
        try:
            with self.database.transaction(Lane.LOOP) as session:
                if self._is_told(session, wanted, lock=True):
                    return False
                self._note(session, wanted, self.clocks[1].now(), done=False)
        except ConflictError:
            return False
        return True

    def _note(self, session: Session, wanted: Wanted, at: datetime, *, done: bool) -> None:
        row = session.get(Received, (self.team_id, wanted.key))
        if row is None:
            row = Received(team_id=self.team_id, key=wanted.key, stored_at=at)
            session.add(row)
        row.stored_at, row.answer = at, {**wanted.told, "done": done}

    def _tell(self, wanted: Wanted) -> bool:
        now = self.clocks[1].now
        try:
            self.gateway.set_group(self.team_id, wanted.group, wanted.people)
        except (SlackUnavailableError, OutcomeUnknownError) as failure:
            log.info("group_not_told", rota=wanted.rota, failure=str(failure))
            with self.database.transaction(Lane.LOOP) as session:
                self._note(session, wanted, now() - LONG_AGO, done=False)  # again in a minute, whoever does it
            return False
        except SlackRefusedError as refused:
            log.warning("group_refused", rota=wanted.rota, group=wanted.group, error=refused.error)
            with self.database.transaction(Lane.LOOP) as session:
                self._note(session, wanted, now(), done=True)  # asked again at the next handover
                self._say(session, wanted, refused.error)
            return False
        with self.database.transaction(Lane.LOOP) as session:
            self._note(session, wanted, now(), done=True)
        log.info("group_told", rota=wanted.rota, group=wanted.group)
        return True

    def _say(self, session: Session, wanted: Wanted, error: str) -> None:
        """Tell the desk, once for each reason: until it is mended people are mentioned by name."""
        machine_now = self.clocks[1].now()
        rota = session.get(StoredRota, (self.team_id, wanted.rota_id))
        desks = desks_with_rota(session, self.team_id, rota.key) if rota else []
        desk = desks[0] if desks else a_desk(session, self.team_id)
        if desk is None:
            return
        outbox.owe(
            session,
            Outgoing(
                team_id=self.team_id,
                key=f"rota:{wanted.rota_id}:group:{wanted.group}:{error}",
                kind=Kind.GROUP_REFUSED,
                conversation=desk.channel_id,
                args={"rota": wanted.rota_id, "desk": desk.id, "group": wanted.group, "error": error},
                priority=Priority.REMINDER,
                ready_at=machine_now,
                created_at=machine_now,
            ),
        )
