"""Vakt in this process, with a real database and a Slack that answers, to be sent anything."""

import itertools
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, settings
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import text
from sqlmodel import select
from structlog.testing import capture_logs

from bot.app import Vakt, build
from bot.contracts import read_contracts
from bot.doors.http_door import HttpDoor
from bot.machine import SystemClock
from bot.sending.rates import Rates
from bot.settings import Settings
from bot.workspace.file import Workspace
from bot.workspace.importing import import_workspace
from models.outbox import Kind, Outgoing
from sandbox.limits import message_problems, view_problems
from tests.fuzz import ours
from tests.fuzz.local_slack import LocalSlack
from tests.invariants import broken
from tests.stories.conftest import (  # noqa: F401 - fixtures
    DEMO,
    MONDAY,
    database_url,
    postgresql,
    sqlite_template,
    workspace,
)

SECRET = "fuzz"
ALL = 20_000 if os.environ.get("HYPOTHESIS_PROFILE") == "fuzz" else 1_000
"""How many inputs all the doors get together; `make fuzz` asks for the greater number."""

WRITTEN = text(
    "select (select count(*) from received), (select count(*) from ticket), (select count(*) from typed_text),"
    " (select count(*) from wait)"
)


def share(part: float) -> settings:
    """So much of all inputs. What fails is shown as it came: smaller ones would meet another database."""
    return settings(
        max_examples=int(ALL * part),
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )


@dataclass
class Fixed:
    """A clock that stands still."""

    def now(self) -> datetime:
        """The instant shown."""
        return MONDAY


@dataclass
class Answer:
    """What was answered, and what it was the answer to."""

    status: int
    body: str
    payload: Any
    logged: list[Any]
    acted: bool

    @property
    def told(self) -> Any:
        """The answer as JSON; None when it is empty or plain text."""
        return json.loads(self.body) if self.body.startswith("{") else None


@dataclass
class Target:
    """Everything there is to aim at."""

    vakt: Vakt
    slack: LocalSlack
    door: HttpDoor
    seeds: list[Any]
    sent: int = 0
    fresh: Iterator[int] = field(default_factory=lambda: itertools.count(100_000))
    cards: list[str] = field(default_factory=list)

    def send(self, payload: Any) -> Answer:
        """Let Slack send a payload, signed, to the HTTP door; what is fresh is made so."""
        # Without escapes: the digits of one are no number of a ticket.
        named = json.dumps(payload, ensure_ascii=False).replace(ours.FRESH, str(next(self.fresh)))
        named = named.replace(str(ours.LATEST), str(self._written()[1]))
        named = named.replace('"CARD"', json.dumps(self.cards[0] if self.cards else "1.0"))
        payload = json.loads(named)
        named = json.dumps(payload)
        if isinstance(payload, dict) and "command" in payload:
            kind, raw = "application/x-www-form-urlencoded", _form(payload)
        elif isinstance(payload, dict) and payload.get("type") == "event_callback":
            kind, raw = "application/json", named.encode()
        else:
            kind, raw = "application/x-www-form-urlencoded", urlencode({"payload": named}).encode()
        before = self._written()
        with capture_logs() as logged:
            status, body = self.request(raw, **signed(raw, kind))
            assert self.vakt.aside.idle(10), "the aside lane stands still"
        after = self._written()
        self.sent += 1
        acted = after[0] > before[0]
        assert acted or before == after, ("stored without a note of the delivery", payload)
        assert after[0] <= before[0] + 1
        return Answer(status, body, payload, logged, acted)

    def request(self, raw: bytes, method: str = "POST", path: str = "/slack/events", **headers: str) -> tuple[int, str]:
        """A request as waitress hands it on."""
        said: list[str] = []
        environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": BytesIO(raw)} | headers
        body = b"".join(self.door._answer(environ, lambda status, _: said.append(status)))  # noqa: SLF001
        return int(said[0].split()[0]), body.decode()

    def settles(self) -> None:
        """Send everything owed, then look at everything stored."""
        assert self.vakt.settle(120), "Vakt did not settle"
        with self.vakt.database.reading() as session:
            found = broken(session, self.vakt.desk.agreements)
            assert not found, found[:5]
            card = select(Outgoing.ts).where(Outgoing.kind == Kind.CUSTOMER_CARD, Outgoing.channel == "C0ACME")
            self.cards = [str(ts) for ts in session.exec(card) if ts]
        assert not self.slack.wrong, self.slack.wrong[:5]

    def _written(self) -> tuple[int, ...]:
        with self.vakt.database.reading() as session:
            return tuple(session.execute(WRITTEN).one())


def _form(payload: Any) -> bytes:
    def plain(value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value)

    pairs = {key: plain(value) for key, value in payload.items()}
    return urlencode(pairs, errors="replace").encode()


def signed(raw: bytes, kind: str, *, secret: str = SECRET, age: int = 0) -> dict[str, str]:
    """The headers of a request of Slack's own."""
    stamp = str(int(SystemClock().now().timestamp()) - age)
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=raw.decode(errors="replace"))
    return {
        "CONTENT_TYPE": kind,
        "HTTP_X_SLACK_REQUEST_TIMESTAMP": stamp,
        "HTTP_X_SLACK_SIGNATURE": str(signature),
    }


def problems(answer: Answer) -> list[str]:
    """What is wrong with an answer: nothing, when a person can act on it."""
    wrong = [f"a bug: {line}" for line in answer.logged if line.get("log_level") in {"error", "critical"}]
    if answer.status not in {200, 400, 404}:
        wrong.append(f"status {answer.status}")
    told = answer.told
    if answer.status != 200 or told is None:
        return wrong
    if "view" in told:
        wrong += [str(problem) for problem in view_problems(told["view"])]
    if told.get("response_action") == "errors":
        there = answer.payload["view"]["state"]["values"]
        wrong += [f"no field {block}" for block in told["errors"] if block not in there]
        wrong += ["an error without words" for words in told["errors"].values() if not words.strip()]
    if "blocks" in told:
        wrong += [str(one) for one in message_problems(text=told["text"], blocks=told["blocks"], attachments=None)]
    return wrong


@pytest.fixture(params=["sqlite", "postgresql"])
def wiring(request: pytest.FixtureRequest) -> str:
    """Which database."""
    return str(request.param)


@pytest.fixture
def target(database_url: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:  # noqa: F811
    """Vakt with five tickets, its loops turning, its door open to calls in this process."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    slack = LocalSlack()
    known = Settings(
        slack_bot_token="xoxb-fuzz",
        slack_signing_secret=SECRET,
        slack_api_url=f"{slack.address}/api/",
        vakt_database_url=database_url,
        vakt_http_port=0,
        vakt_hook_requests_per_second=100_000,
    )
    vakt = build(known, clock=Fixed(), rates=Rates(100_000, 100_000))
    with vakt.database.transaction() as session:
        import_workspace(session, vakt.team.team_id, workspace)
    door = HttpDoor(vakt, host="127.0.0.1")
    found = read_contracts(None)
    seeds = ours.payloads(workspace, found, f"{slack.address}/response_url")
    it = Target(vakt, slack, door, [*seeds, *ours.samples()])
    vakt.start()
    for opening in ours.opening_payloads(workspace, found):
        answer = it.send(opening)
        assert answer.acted, answer
    it.settles()
    yield it
    vakt.stop()
    door.stop()
    slack.stop()
