"""Whoever is paged is looked up in Slack: is do-not-disturb on, the page goes by mail or webhook at once too.

Slack lets no app break it, and tells a bot of its hours, not of a snooze. The look-up begins when the page is stored,
beside the sending and never in its way: without an answer a page goes as it always does.
Source: https://docs.slack.dev/reference/methods/dnd.info
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import structlog

from bot.aside import Aside
from bot.gateway import Gateway, OutcomeUnknownError, SlackRefusedError, SlackUnavailableError
from bot.storage.database import Database, Lane
from handlers import second_channels
from models.outbox import Kind, Outgoing
from models.record import Record
from models.store import NotStoredError, UnknownOutcomeError

log = structlog.get_logger()

KNOWN_SECONDS = 60.0
"""For how long an answer is trusted."""

AFTER_FAILURE_SECONDS = 60.0
"""For how long nobody is asked about after Slack did not answer."""

AFTER_REFUSAL_SECONDS = 3600.0
"""The same after Slack refused to: a scope that the app does not have comes with a new installation only."""

KNOWN_PEOPLE = 1_000


class DoNotDisturb:
    """Looks up whoever a commit has paged."""

    def __init__(self, database: Database, gateway: Gateway, aside: Aside, now: Callable[[], datetime]) -> None:
        """`now` is the time that Slack's people live in."""
        self._database, self._gateway, self._aside, self._now = database, gateway, aside, now
        self._known: dict[tuple[str, str], tuple[float, datetime | None]] = {}
        self._silent_until = 0.0

    def look_for(self, written: Sequence[Record]) -> None:
        """Look up those who are paged by what a commit wrote, one after the other."""
        for row in written:
            if isinstance(row, Outgoing) and _is_new(row):
                self._aside.do("dnd", partial(self._look, row))

    def _look(self, row: Outgoing) -> None:
        until = self._until(row.team_id, row.conversation)
        if until is None or until <= self._now():
            return
        try:
            with self._database.transaction(Lane.LOOP) as session:
                second_channels.say_too(session, row.team_id, row.id, until, row.ready_at)
        except (NotStoredError, UnknownOutcomeError) as failure:
            log.info("do_not_disturb_not_noted", outbox=row.id, failure=str(failure))

    def _until(self, team_id: str, slack_user: str) -> datetime | None:
        """Until when somebody has it on; None for who has not, and when nobody can tell."""
        tick, key = time.monotonic(), (team_id, slack_user)
        asked_at, until = self._known.get(key, (0.0, None))
        if key in self._known and tick - asked_at < KNOWN_SECONDS:
            return until
        if tick < self._silent_until:
            return None
        try:
            until = on_until(self._gateway.do_not_disturb(team_id, slack_user), self._now())
        except SlackRefusedError as refused:
            log.info("do_not_disturb_not_told", failure=str(refused))
            if refused.error in {"user_not_found", "user_not_visible"}:
                return None
            self._silent_until = tick + AFTER_REFUSAL_SECONDS
            return None
        except (SlackUnavailableError, OutcomeUnknownError) as failure:
            log.info("do_not_disturb_not_told", failure=str(failure))
            self._silent_until = time.monotonic() + AFTER_FAILURE_SECONDS
            return None
        if len(self._known) >= KNOWN_PEOPLE:
            self._known.clear()
        self._known[key] = (tick, until)
        return until


def _is_new(row: Outgoing) -> bool:
    """Whether it is a page of which nobody has tried to say anything."""
    return row.kind == Kind.PAGE and row.ts is None and row.leased_until is None and row.attempts == 0


def on_until(told: object, now: datetime) -> datetime | None:
    """Until when it is on, by Slack's answer; None when it is off now, and when the answer has another shape."""
    if not isinstance(told, dict) or not told.get("dnd_enabled"):
        return None
    try:
        begins, ends = (datetime.fromtimestamp(float(told[f"next_dnd_{end}_ts"]), UTC) for end in ("start", "end"))
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
    return ends if begins <= now < ends else None
