"""A process that stands still: stopped for longer than its lease in the middle of a call, and let go on."""

import signal
from contextlib import closing
from datetime import UTC, datetime
from sqlite3 import connect
from threading import Event

from bot.machine import SystemClock
from sandbox import Person, Sandbox
from tests.cli.conftest import Vakt

LEASE = 8
"""Seconds: the shortest that the settings allow."""


def _opens_a_ticket(who: Person, slack: Sandbox, summary: str) -> None:
    assert who.types(f"/ticket {summary}", in_="#acme").error is None
    modal = who.modal()
    modal.choose("open.kind", "A question about how something works")
    modal.waits_for("Priority 5")
    slack.idle()
    assert not modal.submit().errors


def _asks(vakt: Vakt, query: str) -> list[tuple[str | None, ...]]:
    with closing(connect(vakt.folder / "vakt.db")) as database:
        return database.execute(query).fetchall()


def _lease_ends(vakt: Vakt) -> datetime:
    [[until]] = _asks(vakt, "select max(leased_until) from outbox")
    assert until is not None
    return datetime.fromisoformat(until).replace(tzinfo=UTC)


def test_what_was_being_sent_when_it_stood_still_is_said_once(well: Vakt, slack: Sandbox) -> None:
    """Slack has taken the first card, Vakt does not know yet; the lease is over when it goes on."""
    well.settings |= {"VAKT_LEASE_SECONDS": str(LEASE), "VAKT_SLACK_TIMEOUT_SECONDS": "2"}
    in_desk = slack.channel_id("#desk")
    with well.running("run") as running:
        running.waits_for("ready")
        slow = slack.fault(
            "chat.postMessage", kind="delay", seconds=1.0, where=lambda args: args.get("channel") == in_desk
        )
        _opens_a_ticket(slack.person("anna"), slack, "Invoices will not send")
        assert slack.until(lambda: bool(slow.happened), 20.0)
        running.child.send_signal(signal.SIGSTOP)
        ends, waiting = _lease_ends(well), Event()
        while SystemClock().now() <= ends:
            waiting.wait(0.1)
        running.child.send_signal(signal.SIGCONT)
        card = slack.expects("T-1", in_="#desk", timeout=20.0)
        theirs = slack.expects("T-1", in_="#acme", timeout=20.0)
        slack.expects("Opened by Anna", in_="#desk", thread=card, timeout=20.0)
        slack.person("anna").types("Any news?", in_="#acme", thread=theirs)
        slack.expects("Any news?", in_="#desk", thread=card, timeout=20.0)
        assert running.stops(signal.SIGTERM) == 0
    slack.sees_nothing_more()
    assert _asks(well, "select key from outbox where state != 'sent'") == []
