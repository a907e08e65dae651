"""`/hooks/alertmanager/KEY`, `/hooks/generic/KEY`, `/hooks/heartbeat/KEY`: who may, what is taken, what is answered.

202 is answered only when everything is stored. Nothing of a body is parsed before key, rate and signature hold.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from slack_sdk.signature import Clock

from bot.app import Vakt
from bot.doors.hook_door import HOOKS, LARGEST
from bot.doors.hook_intake import Intake
from bot.doors.hook_limits import Limit, TooManyError
from bot.doors.hook_signature import STALE_SECONDS, Signature, SignatureError
from bot.doors.listening import StartResponse, reply
from bot.tally import TURNED_AWAY
from handlers import heartbeats
from handlers.alert_tickets import Remembered
from handlers.alerts import Delivery, take_in
from models.alerting.alert import READ, Alert, AlertError
from models.hook import Hook, hook_of_key, secret_of
from models.ids import hash_of
from models.store import ConflictError, NotStoredError, UnknownOutcomeError

HEARTBEAT = "heartbeat"
METHODS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(READ, frozenset({"POST"})),
    HEARTBEAT: frozenset({"GET", "HEAD", "POST"}),
}
LONGEST_KEY = 200
AGAIN_SECONDS = 5
"""After how many seconds a delivery that could not be stored is best sent again."""


class TurnedDownError(Exception):
    """A request that is not taken: its status, a word for it, what is wrong, and headers that say more."""

    def __init__(self, status: int, reason: str, message: str, **headers: str) -> None:
        """Name all of it."""
        super().__init__(message)
        self.status, self.reason, self.message = status, reason, message
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True, slots=True)
class _Request:
    """A request's own facts."""

    method: str
    kind: str
    key: str
    body: bytes
    headers: Mapping[str, str]


class Hooks:
    """Answers hooks for a process."""

    def __init__(self, vakt: Vakt) -> None:
        """`vakt` says which workspace, and has the database."""
        self._desk, self._team_id = vakt.desk, vakt.team.team_id
        self._count = vakt.tally.count
        self._limit = Limit(vakt.settings.vakt_hook_requests_per_second, vakt.desk.machine_now)
        remembered = Remembered()
        self._intake = Intake(lambda deliveries: take_in(deliveries, self._team_id, self._desk, remembered))

    def answer(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            told = self._taken(_read(environ))
        except TurnedDownError as turned:
            self._count(TURNED_AWAY, f"hook_{turned.reason}")
            return _reply(start, turned.status, {"error": turned.reason, "message": turned.message}, turned.headers)
        return _reply(start, HTTPStatus.ACCEPTED, told, {})

    def _taken(self, request: _Request) -> Mapping[str, object]:
        hook = self._hook(request)
        if request.kind == HEARTBEAT:
            return self._beat(hook)
        alerts = _alerts(request)
        signature = request.headers.get("webhook-id") if hook.sealed else None
        key = f"id:{hash_of(signature)}" if signature else f"body:{hash_of(request.kind + request.body.decode())}"
        self._stored(lambda: self._intake.take(Delivery(hook.name, key, alerts, named=signature is not None)))
        return {"accepted": len(alerts)}

    def _hook(self, request: _Request) -> Hook:
        """The hook whose key it is, if it may be used for that, so often, and unsigned."""
        with self._desk.reading() as session:
            hook = hook_of_key(session, self._team_id, request.key)
        if hook is None or (hook.heartbeat is not None) != (request.kind == HEARTBEAT):
            message = f"no hook for {request.kind} has this key; vakt hooks list names them"
            raise TurnedDownError(404, "unknown_key", message)
        try:
            self._limit.take(hook.name)
        except TooManyError as error:
            raise TurnedDownError(429, "too_many", str(error), retry_after=str(error.seconds)) from error
        _verify(request, hook)
        return hook

    def _beat(self, hook: Hook) -> Mapping[str, object]:
        found: list[bool] = []
        self._stored(lambda: found.append(heartbeats.beat(hook.heartbeat or "", self._team_id, self._desk)))
        if not found[-1]:
            message = f"no heartbeat {hook.heartbeat} is expected; add it to workspace.toml and import that"
            raise TurnedDownError(404, "not_expected", message)
        return {"heartbeat": hook.heartbeat}

    def _stored(self, store: Callable[[], None]) -> None:
        """Store; a replica that stored the same first is tried once more, and then found."""
        try:
            try:
                store()
            except ConflictError:
                store()
        except (NotStoredError, UnknownOutcomeError, ConflictError) as error:
            message = "it could not be stored; send it again"
            raise TurnedDownError(503, "not_stored", message, retry_after=str(AGAIN_SECONDS)) from error


def _read(environ: Mapping[str, Any]) -> _Request:
    """The request, if its address, method and size are right."""
    kind, _, key = environ["PATH_INFO"].removeprefix(HOOKS).partition("/")
    if kind not in METHODS or not key or "/" in key or len(key) > LONGEST_KEY or not key.isascii():
        kinds = ", ".join(f"{HOOKS}{each}/KEY" for each in METHODS)
        raise TurnedDownError(404, "unknown_address", f"there is {kinds}")
    method = str(environ["REQUEST_METHOD"])
    if method not in METHODS[kind]:
        allowed = ", ".join(sorted(METHODS[kind]))
        raise TurnedDownError(405, "method", f"{method} is not taken here; send {allowed}", allow=allowed)
    body = environ["wsgi.input"].read(LARGEST + 1)
    if len(body) > LARGEST:
        raise TurnedDownError(413, "too_large", f"the body is larger than {LARGEST} bytes")
    return _Request(method, kind, key, body, _headers(environ))


def _verify(request: _Request, hook: Hook) -> None:
    secret = secret_of(hook, request.key)
    if secret is None:
        return
    try:
        Signature.of(request.headers).verify(secret, request.body, Clock().now())
    except SignatureError as error:
        raise TurnedDownError(401, error.reason, f"{error} ({STALE_SECONDS // 60} minutes at most)") from error


def _alerts(request: _Request) -> tuple[Alert, ...]:
    try:
        return READ[request.kind](json.loads(request.body.decode()))
    except UnicodeDecodeError as error:
        raise TurnedDownError(400, "malformed", "the body is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise TurnedDownError(400, "malformed", f"the body is not JSON: {str(error)[:200]}") from error
    except AlertError as error:
        raise TurnedDownError(422, "not_an_alert", str(error)) from error


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    return {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}


def _reply(
    start: StartResponse, status: int, told: Mapping[str, object], headers: Mapping[str, str]
) -> Iterable[bytes]:
    body = json.dumps(told, ensure_ascii=False) + "\n"
    return reply(start, status, body, {**headers, "content-type": "application/json", "cache-control": "no-store"})
