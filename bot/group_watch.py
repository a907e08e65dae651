"""A rota's Slack user group is kept equal to who is on call; looked at each minute, told to Slack when it differs."""

from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlmodel import Session

from bot.database import Database, Lane
from bot.gateway import Gateway, OutcomeUnknownError, SlackRefusedError, SlackUnavailableError
from bot.machine import ContractClock, MachineClock
from handlers.rotas import people_on_call
from models import outbox
from models.desk import a_desk, desks_with_rota
from models.outbox import Kind, Outgoing, Priority
from models.rota.shift import RotaError
from models.stored_rota import StoredRota, rotas_of

log = structlog.get_logger()


@dataclass(slots=True)
class GroupWatch:
    """Looks at the rotas that have a user group. `told` is what Slack was told last, or refused."""

    database: Database
    gateway: Gateway
    team_id: str
    clocks: tuple[ContractClock, MachineClock]
    told: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def look(self) -> int:
        """Tell Slack where somebody else is on call; gives in how many groups. A group is never emptied."""
        now = self.clocks[0].now()
        with self.database.reading() as session:
            wanted = [
                (rota.id, rota.key, str(rota.document["user_group"]), self._on_call(session, rota, now))
                for rota in rotas_of(session, self.team_id)
                if rota.document.get("user_group")
            ]
        return sum(self._tell(*each) for each in wanted if each[3] and self.told.get(each[0]) != each[3])

    def _on_call(self, session: Session, rota: StoredRota, now: datetime) -> tuple[str, ...]:
        try:
            people = people_on_call(session, self.team_id, rota.key, now)
        except RotaError as error:
            log.warning("group_not_kept", rota=rota.key, why=str(error))
            return ()
        return tuple(sorted(person.slack_user for person in people))

    def _tell(self, rota_id: str, key: str, group: str, people: tuple[str, ...]) -> bool:
        try:
            self.gateway.set_group(self.team_id, group, people)
        except (SlackUnavailableError, OutcomeUnknownError) as failure:
            log.info("group_not_told", rota=key, failure=str(failure))
            return False
        except SlackRefusedError as refused:
            self.told[rota_id] = people  # asked again at the next handover
            log.warning("group_refused", rota=key, group=group, error=refused.error)
            self._say(rota_id, group, refused.error)
            return False
        self.told[rota_id] = people
        log.info("group_told", rota=key, group=group)
        return True

    def _say(self, rota_id: str, group: str, error: str) -> None:
        """Tell the desk, once for each reason: until it is mended people are mentioned by name."""
        machine_now = self.clocks[1].now()
        with self.database.transaction(Lane.LOOP) as session:
            rota = session.get(StoredRota, (self.team_id, rota_id))
            desks = desks_with_rota(session, self.team_id, rota.key) if rota else []
            desk = desks[0] if desks else a_desk(session, self.team_id)
            if desk is None:
                return
            outbox.owe(
                session,
                Outgoing(
                    team_id=self.team_id,
                    key=f"rota:{rota_id}:group:{group}:{error}",
                    kind=Kind.GROUP_REFUSED,
                    conversation=desk.channel_id,
                    args={"rota": rota_id, "desk": desk.id, "group": group, "error": error},
                    priority=Priority.REMINDER,
                    ready_at=machine_now,
                    created_at=machine_now,
                ),
            )
