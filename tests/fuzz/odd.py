"""What nobody sends on purpose, put in the place of what was to be there."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]
GONE = object()

DEEP: Any = "bottom"
for _ in range(200):
    DEEP = [DEEP]

ODD: list[Any] = [
    GONE,
    GONE,
    GONE,
    None,
    None,
    "",
    " ",
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"id": None},
    {"id": 1},
    {"value": []},
    True,
    False,
    0,
    -1,
    1,
    3.5,
    1e308,
    2**31,
    2**63,
    -(2**63),
    10**400,
    "nan",
    "NaN",
    "-1",
    "0",
    "1e9",
    "-62135596801",
    "99999999999",
    "253402300800",
    "0.0",
    "1795000000.000001",
    "1795000000",
    "12345678901234567890",
    "a" * 300,
    "å" * 3001,
    "x" * 40_000,
    "\x00",
    "a\x00b",
    "\ud800",
    "x\udfffy",
    "\u202egnp.exe",
    "\u200b\ufeff",
    "\x1b[31mred",
    "\r\n\r\nHTTP/1.1 200 OK",
    "<!channel>",
    "<@U0ANNA|anna> & <#C0DESK>",
    "' or 1=1 --",
    "%s%n{0}{x}",
    "T-1",
    "T-2",
    "T-3",
    "T-0",
    "T--1",
    "T-99999999999",
    "T-999999999",
    "t1",
    "T-\u0661",
    "T-1:1",
    "T-1:999999",
    "T-1:-1",
    "open:0",
    "open:99999999",
    "late:2",
    "resolve:T-1",
    "why:T-2",
    "details:T-99999999999",
    "level_3:T-1",
    "nothing:T-1",
    "U0NOBODY",
    "U0OLA",
    "U0ANNA",
    "U0KARI",
    "C0DESK",
    "C0ACME",
    "D0ANNA",
    "T0ELSEWHERE",
    "E0ORG",
    "ticket_open",
    "ticket_reply",
    "ticket_severity",
    "ticket.start",
    "ticket.more",
    "open.summary",
    "act.text",
    "block_actions",
    "view_submission",
    "view_closed",
    "shortcut",
    "message_action",
    "event_callback",
    "message",
    "url_verification",
    "block_suggestion",
    "customer",
    "access",
    "yes",
    "earlier",
    "P1",
    "P9",
    "blocker",
    "{}",
    "[]",
    "null",
    "not json",
    '{"nonce":1}',
    '{"nonce":"n","ticket":"T-1"}',
    '{"nonce":"n","ticket":1e400}',
    '{"nonce":"FRESH","ticket":2,"severity":"P2","wait":"customer"}',
    '{"nonce":"FRESH","ticket":99999999999}',
    '{"nonce":"FRESH","reported_at":"0001-01-01T00:00:00+00:00"}',
    '{"nonce":"FRESH","reported_at":"9999-12-31"}',
    '{"nonce":"FRESH","source":{"channel":1}}',
    "[" * 100_000,
    "file:///etc/passwd",
    "http://127.0.0.1:1/x",
    "https://",
    {"type": "plain_text_input", "value": 1},
    {"selected_option": "x"},
    {"selected_options": [1, None, {"value": None}]},
    {"selected_date_time": -5},
    {"selected_date_time": 10**12},
    {"selected_user": {"id": "U1"}},
    DEEP,
]
"""Wrong types, missing keys, deep nesting, long texts, odd characters, other people's names."""


def places(part: Any, at: Path = ()) -> Iterator[Path]:
    """Every place in a payload."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield (*at, key)
        yield from places(value, (*at, key))


def put(payload: Any, at: Path, odd: Any) -> None:
    """Put something odd in a place of a payload, or take away what is there."""
    for key in at[:-1]:
        payload = payload[key]
    if odd is GONE:
        del payload[at[-1]]
    else:
        payload[at[-1]] = copy.deepcopy(odd)


@st.composite
def spoiled(draw: st.DrawFn, payloads: list[Any], most: int = 3) -> Any:
    """One of the payloads, with up to so many places spoiled."""
    payload = copy.deepcopy(draw(st.sampled_from(payloads)))
    for _ in range(draw(st.integers(0, most))):
        there = list(places(payload))
        if there:
            odd = draw(st.sampled_from(ODD) | st.text(max_size=20) | st.integers())
            put(payload, draw(st.sampled_from(there)), odd)
    return payload


@st.composite
def scrambled(draw: st.DrawFn, texts: list[str]) -> bytes:
    """One of the texts, with pieces cut out, doubled or put elsewhere, as bytes."""
    raw = draw(st.sampled_from(texts)).encode()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        end = min(len(raw), at + draw(st.integers(0, 60)))
        put_in = draw(
            st.sampled_from([b"", raw[at:end] * 2, b"\x00", b"\xff", b"[", b'"', b"\n", b"= ", b"'''", b"9" * 40])
        )
        raw = raw[:at] + put_in + raw[end:]
    return raw
