"""A request from Slack, from taken to answered: its id in every line of the log, its end counted."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from bot.tally import Tally
from handlers.answers import kind_of

log = structlog.get_logger()

CONCURRENCY = 20
"""Requests that are answered at once, by either door."""

UNANSWERED = 0
UNSIGNED = 401
DONE = "done"
BY_STATUS: Mapping[int, str] = {200: DONE, UNSIGNED: "unsigned", 404: "unheard"}
"""How a request ended, where no handler said so."""


@dataclass(slots=True)
class Taken:
    """A request in hand; `status` is the HTTP status it was answered with, 0 as long as it is not."""

    status: int = UNANSWERED


@contextmanager
def taken(tally: Tally, request_id: str, body: object) -> Iterator[Taken]:
    """Everything between taking a request and having answered it.

    Each thread that answers has its own context, so what is bound here is in this request's lines only.
    """
    clear_contextvars()
    bind_contextvars(request=request_id)
    it, since = Taken(), time.monotonic()
    try:
        yield it
    finally:
        seconds, known = time.monotonic() - since, get_contextvars()
        kind = str(kind_of(body)) if isinstance(body, Mapping) else "unreadable"
        outcome = _outcome(it.status, known.get("outcome"))
        tally.acknowledged(kind, outcome, seconds)
        # Slack sends our own posts back as events; those that no handler looked at are only counted.
        if "team" in known or outcome != DONE:
            told = {"team": _team(body, it.status), **known, "kind": kind, "outcome": outcome}
            log.info("request", **told, ms=round(seconds * 1000, 1))
        clear_contextvars()


def _team(body: object, status: int) -> str | None:
    """The team of a request that no handler looked at; what is not signed says nothing."""
    if status == UNSIGNED or not isinstance(body, Mapping):
        return None
    team = body.get("team")
    found = body.get("team_id") or (team.get("id") if isinstance(team, Mapping) else None)
    return str(found) if found else None


def _outcome(status: int, said: str | None) -> str:
    if status == UNANSWERED:
        return "unanswered"
    return said or BY_STATUS.get(status, f"http_{status}")
