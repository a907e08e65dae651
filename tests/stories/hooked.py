"""Hooks in stories: a door that takes them, and what sends to it over real sockets."""

import base64
import hashlib
import hmac
import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlmodel import select

from bot.doors.hook_door import HookDoor, HookPlace
from bot.workspace.alerts import import_alerts
from bot.workspace.file import Workspace
from models.alert import AlertRoutes
from models.hook import hooks_of, new_hook
from tests.stories.conftest import TEAM, House


@dataclass(frozen=True)
class Answer:
    """What was answered."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Hooked:
    """A house whose hooks can be reached, and a hook of it."""

    house: House
    port: int
    key: str
    secret: str | None = None

    def send(
        self,
        kind: str,
        body: object = None,
        *,
        method: str = "POST",
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request, over a socket of its own."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, f"/hooks/{kind}/{key or self.key}", raw, dict(headers or {}))
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        return Answer(
            answer.status,
            json.loads(said) if said else {},
            {name.lower(): value for name, value in answer.getheaders()},
        )

    def fires(self, *names: str, status: str = "firing", **labels: str) -> Answer:
        """Alertmanager sends alerts of these names."""
        return self.send("alertmanager", delivery(*names, status=status, **labels))

    def revoke(self) -> None:
        """Take its key back."""
        with self.house.vakt.database.transaction() as session:
            for hook in hooks_of(session, TEAM):
                hook.revoked_at = self.house.now()

    def reroute(self, key: str, **values: object) -> None:
        """Change a stored route, past the checks of an import."""
        with self.house.vakt.database.transaction() as session:
            row = session.exec(select(AlertRoutes)).one()
            row.routes = [each | values if each["key"] == key else each for each in row.routes]
            row.revision = "changed"

    def signed(self, body: bytes, stamp: int, name: str = "msg_1") -> dict[str, str]:
        """The headers of a signed delivery."""
        secret = base64.b64decode((self.secret or "").removeprefix("whsec_"))
        mac = hmac.new(secret, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
        return {
            "webhook-id": name,
            "webhook-timestamp": str(stamp),
            "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
        }


def delivery(*names: str, status: str = "firing", note: str = "", **labels: str) -> dict[str, Any]:
    """What Alertmanager sends. `note` makes another body of the same alerts, as another time in it would."""
    alerts = [
        {
            "status": status,
            "labels": {"alertname": name, **labels},
            "annotations": {"summary": f"{name} is wrong", "description": f"Look at {name}"},
            "startsAt": "2026-11-23T08:40:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://prometheus.example/graph",
            "fingerprint": hashlib.sha256(f"{name}{sorted(labels.items())}".encode()).hexdigest()[:16],
        }
        for name in names
    ]
    return {
        "version": "4",
        "groupKey": f"{{}}:{note}",
        "status": status,
        "receiver": "vakt",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "https://alertmanager.example",
        "truncatedAlerts": 0,
        "alerts": alerts,
    }


@contextmanager
def hooked(
    house: House,
    *,
    routes: list[dict[str, Any]] | None = None,
    heartbeats: list[dict[str, Any]] | None = None,
    signed: bool = False,
    heartbeat: str | None = None,
    name: str = "prometheus",
) -> Iterator[Hooked]:
    """A house with these routes and beats, whose hooks are listened for."""
    workspace = Workspace.model_validate(
        {
            **house.workspace.model_dump(exclude_defaults=True, by_alias=True),
            "routes": routes,
            "heartbeats": heartbeats,
        }
    )
    opened = new_hook(TEAM, name, house.now(), heartbeat=heartbeat, signed=signed)
    with house.vakt.database.transaction() as session:
        list(import_alerts(session, TEAM, workspace))
        session.add(opened.hook)
    door = HookDoor(HookPlace(house.vakt), "127.0.0.1", 0)
    door.start()
    try:
        yield Hooked(house, door.port, opened.key, opened.secret)
    finally:
        door.stop()
