"""The HTTP door: who is not let in, that it is counted, and that the slow starve nobody."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.doors.http_door import LARGEST_BODY, HttpDoor
from tests.fuzz.conftest import Target, share, signed
from tests.fuzz.odd import scrambled

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
HELP = urlencode({"command": "/ticket", "text": "help", "team_id": "T0VAKT", "user_id": "U0ANNA", "trigger_id": "t"})
pytestmark = pytest.mark.parametrize("wiring", ["sqlite"])


STRANGERS = [
    ({"HTTP_X_SLACK_SIGNATURE": "v0=" + "0" * 64}, 401, "signature"),
    ({"HTTP_X_SLACK_SIGNATURE": "v0=\u00e5"}, 401, "signature"),
    ({"HTTP_X_SLACK_SIGNATURE": ""}, 401, "signature"),
    ({"HTTP_X_SLACK_REQUEST_TIMESTAMP": "1"}, 401, "timestamp"),
    ({"HTTP_X_SLACK_REQUEST_TIMESTAMP": "yesterday"}, 401, "timestamp"),
    ({"HTTP_X_SLACK_REQUEST_TIMESTAMP": "9" * 400}, 401, "timestamp"),
    ({"CONTENT_TYPE": "text/plain"}, 415, "content_type"),
    ({"CONTENT_TYPE": ""}, 415, "content_type"),
    ({"method": "GET"}, 405, "method"),
    ({"method": "DELETE"}, 405, "method"),
    ({"path": "/slack/events/"}, 404, "path"),
    ({"path": "/../etc/passwd"}, 404, "path"),
]


def test_what_is_not_slacks_is_refused_and_counted(target: Target) -> None:
    raw = HELP.encode()
    assert target.request(raw, **signed(raw, FORM))[0] == 200
    for changed, status, reason in STRANGERS:
        before = target.door.refused
        assert target.request(raw, **signed(raw, FORM) | changed)[0] == status, changed
        assert target.door.refused - before == {reason: 1}, changed


UNREADABLE = [
    (b"\xff\xfe", FORM, 400, "encoding"),
    (b"payload=%ff", FORM, 400, "encoding"),
    (b"", FORM, 400, "body"),
    (b"", JSON, 400, "body"),
    (b"payload=", FORM, 400, "body"),
    (b"payload=null", FORM, 400, "body"),
    (b"[]", JSON, 400, "body"),
    (b"{", JSON, 400, "body"),
    (b"[" * 200_000, JSON, 400, "body"),
    (b"1" * 5_000, JSON, 400, "body"),
    (b"a=1&" * 1_000, FORM, 400, "body"),
    (b"{}", JSON, 400, "body"),
    (b'{"type":"event_callback"}', JSON, 400, "body"),
    (b'{"type":"view_submission","view":{"type":"modal"}}', JSON, 400, "body"),
    (b"payload=%7B%22type%22%3A%22block_actions%22%2C%22actions%22%3A%5B%5D%7D", FORM, 400, "body"),
    (b"command=%2Fnothing", FORM, 404, "payload"),
]


def test_what_cannot_be_read_is_refused_and_counted(target: Target) -> None:
    for raw, kind, status, reason in UNREADABLE:
        before = target.door.refused
        assert target.request(raw, **signed(raw, kind))[0] == status, raw[:100]
        assert target.door.refused - before == {reason: 1}, raw[:100]


def test_a_request_that_is_too_old_is_refused_though_it_is_signed(target: Target) -> None:
    raw = HELP.encode()
    assert target.request(raw, **signed(raw, FORM, age=299))[0] == 200
    assert target.request(raw, **signed(raw, FORM, age=302))[0] == 401
    assert target.request(raw, **signed(raw, FORM, age=-310))[0] == 401
    assert target.door.refused == {"timestamp": 2}


def test_a_request_that_is_played_again_gets_the_same_answer_and_does_nothing(target: Target) -> None:
    opening = target.seeds[0] | {"view": {**target.seeds[0]["view"], "private_metadata": '{"nonce":"once"}'}}
    opening["view"]["private_metadata"] = json.dumps({"nonce": "once", "channel": "C0ACME"})
    raw = urlencode({"payload": json.dumps(opening)}).encode()
    headers = signed(raw, FORM)
    first = target.request(raw, **headers)
    stored = target._written()  # noqa: SLF001
    assert target.request(raw, **headers) == first
    assert first[0] == 200
    assert "T-6" in first[1]
    assert target._written() == stored  # noqa: SLF001
    target.settles()


def test_no_body_breaks_the_door(target: Target) -> None:
    """Bytes without sense, and bodies of ours with pieces put elsewhere, all of them signed."""
    texts = [urlencode({"payload": json.dumps(seed)}) for seed in target.seeds[::7]] + [HELP]
    texts += [json.dumps(seed) for seed in target.seeds if seed.get("type") == "event_callback"]

    @share(0.15)
    @given(raw=st.deferred(lambda: st.binary(max_size=60) | scrambled(texts)), kind=st.sampled_from([FORM, JSON]))
    def shoot(raw: bytes, kind: str) -> None:
        status, body = target.request(raw, **signed(raw, kind))
        assert status in {200, 400, 404}, (status, body)
        assert target.vakt.aside.idle(10)

    shoot()
    target.settles()


# Over a real socket


@contextmanager
def _listening(target: Target, **given: float) -> Iterator[HttpDoor]:
    door = HttpDoor(target.vakt, host="127.0.0.1", **given)
    door.start()
    try:
        yield door
    finally:
        door.stop()


def _connect(door: HttpDoor) -> socket.socket:
    return socket.create_connection(("127.0.0.1", door.port), timeout=30)


def _asks(door: HttpDoor, said: bytes) -> bytes:
    with _connect(door) as client:
        client.sendall(said)
        return client.recv(100)


def _head(length: object, *more: str) -> bytes:
    lines = ["POST /slack/events HTTP/1.1", "host: x", f"content-length: {length}", *more]
    return "\r\n".join([*lines, "", ""]).encode()


NO_REQUESTS = [
    (_head(LARGEST_BODY + 1), b"413", "too_large"),
    (_head("many"), b"400", "http"),
    (_head(-1), b"400", "http"),
    (b"POST /slack/events HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n", b"400", "http"),
    (b"POST /slack/events HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n", b"501", "http"),
    (b"POST /slack/events HTTP/1.1\r\nx: " + b"y" * 300_000 + b"\r\n\r\n", b"431", "http"),
    (b"\x16\x03\x01\x02\x00\r\n\r\n", b"400", "http"),
]


def test_what_is_no_request_is_refused_and_counted(target: Target) -> None:
    with _listening(target) as door:
        for said, status, reason in NO_REQUESTS:
            before = door.refused
            assert _asks(door, said).split(b" ")[1] == status, said[:100]
            assert door.refused - before == {reason: 1}, said[:100]


def test_who_sends_a_byte_at_a_time_is_cut_off_and_starves_nobody(target: Target) -> None:
    """More of them than there are workers; all the while others are answered."""
    many = 30
    with _listening(target, read_seconds=0.5) as door, ExitStack() as clients:
        slow = [clients.enter_context(_connect(door)) for _ in range(many)]
        for client in slow:
            client.sendall(_head(1_000))
        dripping = [threading.Thread(target=_drips, args=(client,)) for client in slow]
        for thread in dripping:
            thread.start()
        raw = HELP.encode()
        named = {name.removeprefix("HTTP_").replace("_", "-"): value for name, value in signed(raw, FORM).items()}
        head = _head(len(raw), *(f"{name}: {value}" for name, value in named.items()))
        assert _asks(door, head + raw).startswith(b"HTTP/1.1 200")
        for thread in dripping:
            thread.join(60)
        assert not any(thread.is_alive() for thread in dripping)
        assert door.refused == {"too_slow": many}


def _drips(client: socket.socket) -> None:
    """A byte whenever nothing is said, until the other end is closed."""
    client.settimeout(0.05)
    while True:
        try:
            if client.recv(1) == b"":
                return
        except TimeoutError:
            try:
                client.sendall(b"x")
            except OSError:
                return
        except OSError:
            return
