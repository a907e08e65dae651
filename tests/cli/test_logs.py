"""What the log never holds."""

import pytest

from bot.logs import strike_out

SECRETS = [
    "xoxb-1234-abcd",
    "xapp-1-A0-9-deadbeef",
    "https://hooks.slack.com/commands/T1/2/abc",
    "https://hooks.slack.com/actions/T1/2/abc",
    "wss://wss-primary.slack.com/link/?ticket=abc&app_id=1",
    "xoxe.xoxb-1-abc",
    "https://slack.example/commands/T1/2/abc",
    "9876543210.1234567890.0123456789abcdef0123",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_tokens_and_addresses_are_struck_out(secret: str) -> None:
    line = strike_out(None, "", {"event": "failed", "why": f"POST {secret} ended", "port": 7})
    assert line == {"event": "failed", "why": "POST … ended", "port": 7}


def test_a_statements_values_are_left_out() -> None:
    error = (
        "UNIQUE failed\n[SQL: insert into typed_text …]\n[parameters: ('T0', 'my\nsecret [x] words')]\n(Background on)"
    )
    line = strike_out(None, "", {"event": "bug", "exception": error})
    assert "secret" not in line["exception"]
    assert "(Background on)" in line["exception"]
    assert "[SQL: insert" in line["exception"]


def test_what_bolt_quotes_of_a_request_is_left_out() -> None:
    assert strike_out(None, "", {"event": "Unhandled request ({'text': 'my words'})"}) == {"event": "Unhandled request"}


def test_what_holds_no_secret_stands_as_it_is() -> None:
    line = {"event": "request", "at": "2026-11-28T11:00:00.123456Z", "request": "019abc-7", "ms": 4.2, "ok": True}
    assert strike_out(None, "", dict(line)) == line
