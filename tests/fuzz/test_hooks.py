"""Whatever a hook is sent: no bug, no 500, nothing stored by halves, an answer that says what would be right."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.demo_seed import TEAM
from bot.doors.hook_signature import secret_bytes, signed
from bot.machine import SystemClock
from bot.workspace.alerts import import_alerts
from bot.workspace.file import Workspace
from models.hook import Opened, new_hook
from tests.fuzz.conftest import Target, share
from tests.fuzz.odd import ODD, scrambled, spoiled
from tests.stories.conftest import MONDAY
from tests.stories.hooked import delivery

pytestmark = pytest.mark.parametrize("wiring", ["sqlite"])

BATCH = 100
"""After so many deliveries everything stored is looked at."""
REFUSED = frozenset({400, 401, 404, 405, 413, 422})
HELD = text(
    "select (select count(*) from received), (select count(*) from ticket), (select count(*) from typed_text),"
    " (select count(*) from alert)"
)
ROUTES = [
    {"key": "short", "customer": "nordkonf", "severity": "minor", "resolves": True, "match": {"alertname": "Short"}},
    {"key": "paging", "customer": "acme", "severity": "P1", "page": True, "match": {"severity": "critical"}},
    {"key": "rest", "customer": "acme", "severity": "P3"},
]
BEAT = {"key": "backup", "name": "The backup", "every": "3h", "grace": "30m", "customer": "talentia"}
GENERIC = {
    "dedup_key": "disk",
    "status": "firing",
    "summary": "Disk is full",
    "details": "On db1\n*now*",
    "labels": {"instance": "db1"},
    "severity": "critical",
    "link": "https://grafana.example/d/1",
}
SEEDS: Mapping[str, list[Any]] = {
    "alertmanager": [
        delivery("HighLatency", instance="db1"),
        delivery("Short", "Long", severity="critical"),
        delivery("Short", status="resolved"),
    ],
    "generic": [GENERIC, GENERIC | {"status": "resolved"}, {"dedup_key": "x", "summary": "x"}],
    "heartbeat": [{}, {"status": "ok"}],
}
BODIES = {
    kind: spoiled(seeds).map(lambda document: json.dumps(document).encode())
    | scrambled([json.dumps(seed) for seed in seeds])
    | st.binary(max_size=40)
    for kind, seeds in SEEDS.items()
}
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
ODD_WORDS = [odd for odd in ODD if isinstance(odd, str) and len(odd) < 1_000]


@dataclass(frozen=True)
class Aimed:
    """Hooks of every sort, and where to send to them."""

    target: Target
    plain: Opened
    sealed: Opened
    beating: Opened

    def send(self, kind: str, key: str, raw: bytes, method: str = "POST", headers: Mapping[str, str] = {}) -> int:
        """One request. What is refused is refused in words, and stores nothing."""
        named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        before = self._held()
        with capture_logs() as logged:
            status, body = self.target.request(raw, method, f"/hooks/{kind}/{key}", **named)
        told = json.loads(body)
        assert not [line for line in logged if line.get("log_level") in {"error", "critical"}], (logged, raw)
        assert status == 202 or status in REFUSED, (status, body, raw)
        if status != 202:
            assert told["error"], raw
            assert told["message"].strip(), raw
            assert self._held() == before, (status, body, raw)
        return status

    def _held(self) -> tuple[int, ...]:
        with self.target.vakt.database.reading() as session:
            return tuple(session.execute(HELD).one())


@pytest.fixture
def aimed(target: Target, workspace: Workspace) -> Aimed:
    routed = Workspace.model_validate(
        {**workspace.model_dump(exclude_defaults=True, by_alias=True), "routes": ROUTES, "heartbeats": [BEAT]}
    )
    hooks = [
        new_hook(TEAM["id"], "plain", MONDAY),
        new_hook(TEAM["id"], "sealed", MONDAY, signed=True),
        new_hook(TEAM["id"], "beating", MONDAY, heartbeat="backup"),
    ]
    with target.vakt.database.transaction() as session:
        list(import_alerts(session, TEAM["id"], routed))
        session.add_all(each.hook for each in hooks)
    target.settles()
    return Aimed(target, *hooks)


def test_no_alert_breaks_a_hook(aimed: Aimed) -> None:
    taken: list[int] = []

    @share(0.08)
    @given(
        told=st.sampled_from(["alertmanager", "generic"]).flatmap(lambda kind: st.tuples(st.just(kind), BODIES[kind]))
    )
    def shoot(told: tuple[str, bytes]) -> None:
        kind, raw = told
        taken.append(aimed.send(kind, aimed.plain.key, raw))
        if len(taken) % BATCH == 0:
            aimed.target.settles()

    shoot()
    aimed.target.settles()
    assert taken.count(202) > len(taken) // 10


def test_no_address_method_or_signature_breaks_a_hook(aimed: Aimed) -> None:
    """What is signed is taken; with a header spoiled it is not, and neither is anything at another address."""
    secret = secret_bytes(aimed.sealed.secret or "")
    keys = [aimed.plain.key, aimed.sealed.key, aimed.beating.key, "nobodys", "", "a/b"]
    raw, stamp = json.dumps(GENERIC).encode(), str(int(SystemClock().now().timestamp()))
    right = dict(zip(HEADERS, ("msg_1", stamp, signed(secret, "msg_1", stamp, raw)), strict=True))
    assert aimed.send("generic", aimed.sealed.key, raw, headers=right) == 202

    @share(0.02)
    @given(spoiled=st.sampled_from(HEADERS), odd=st.sampled_from(ODD_WORDS))
    def forge(spoiled: str, odd: str) -> None:
        assert aimed.send("generic", aimed.sealed.key, raw, headers=right | {spoiled: odd}) == 401

    @share(0.05)
    @given(
        kind=st.sampled_from([*SEEDS, "nothing", ""]),
        key=st.sampled_from(keys) | st.sampled_from(ODD_WORDS),
        method=st.sampled_from(["POST", "GET", "HEAD", "PUT", "DELETE", ""]),
        headers=st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(ODD_WORDS)),
        raw=st.sampled_from([raw, b"", b"{}"]),
    )
    def wander(kind: str, key: str, method: str, headers: Mapping[str, str], raw: bytes) -> None:
        taken = aimed.send(kind, key, raw, method, headers) == 202
        assert not taken or key in {aimed.plain.key, aimed.beating.key}

    forge()
    wander()
    aimed.target.settles()
