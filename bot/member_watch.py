"""Whoever is named in a rota is looked up in Slack once a day: an event about it may have been missed."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import Session

from bot.gateway import Gateway, OutcomeUnknownError, SlackRefusedError, SlackUnavailableError
from bot.storage.database import Database, Lane
from handlers.later import Later
from models.person import Person
from models.record import with_ids
from models.stored_rota import rotas_of

log = structlog.get_logger()

NOTE_MEMBER = Later("members", "note_member")

NOT_THERE = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
"""What Slack says of somebody who cannot be seen from here."""

TRIES = 3
"""How often somebody is asked about whom Slack puts off."""

LONGEST_WAIT = 120.0
"""Seconds for which Slack may put us off."""


class MemberWatch:
    """Looks up the people of the rotas."""

    def __init__(self, database: Database, gateway: Gateway, team_id: str, now: Callable[[], datetime]) -> None:
        """`now` is contract time: somebody left when we learned it."""
        self._database = database
        self._gateway = gateway
        self._team_id = team_id
        self._now = now
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Wait no longer for Slack; who was not asked about waits for the next look."""
        self._stopping.set()

    def look(self) -> int:
        """Ask Slack about each of them; gives how many have left or are back. What cannot be asked waits a day.

        A hundred may be asked about in a minute (Slack's tier of the method), so many people take some minutes.
        """
        with self._database.reading() as session:
            people = self._people(session)
        return sum(self._look_at(slack_user) for slack_user in people)

    def _people(self, session: Session) -> list[str]:
        ids = {person for rota in rotas_of(session, self._team_id) for person in rota.people}
        return [person.slack_user for person in with_ids(session, Person, self._team_id, sorted(ids))]

    def _look_at(self, slack_user: str) -> bool:
        try:
            found = {**self._asked(slack_user), "id": slack_user}
        except SlackRefusedError as refused:
            if refused.error not in NOT_THERE:
                log.info("member_not_looked_up", failure=str(refused))
                return False
            found = {"id": slack_user, "deleted": True}
        except (SlackUnavailableError, OutcomeUnknownError) as failure:
            log.info("member_not_looked_up", failure=str(failure))
            return False
        with self._database.transaction(Lane.LOOP) as session:
            changed: bool = NOTE_MEMBER(session, self._team_id, found, self._now())
        if changed:
            log.info("member_changed", slack_user=slack_user)
        return changed

    def _asked(self, slack_user: str) -> Mapping[str, Any]:
        """What Slack says, when it is our turn."""
        for _ in range(TRIES - 1):
            try:
                return self._gateway.person(self._team_id, slack_user)
            except SlackUnavailableError as failure:
                if failure.retry_after is None or self._stopping.wait(min(failure.retry_after, LONGEST_WAIT)):
                    raise
        return self._gateway.person(self._team_id, slack_user)
