"""One `vakt run` on one SQLite file, and what it takes over from one that was killed."""

import signal
import sqlite3
from contextlib import closing

from sandbox import Sandbox
from tests.cli.conftest import Vakt

GUIDANCE = "A question about how something works"
PATIENCE = 30.0


def test_a_second_one_on_the_same_file_refuses_in_plain_words(well: Vakt) -> None:
    with well.running("run") as first:
        first.waits_for("ready")
        said = well.refuses("run")
        assert f"Another process ({first.child.pid}) already works on vakt.db. Stop it first" in said
        assert first.stops(signal.SIGTERM) == 0
    with well.running("run") as second:
        second.waits_for("ready")
        assert second.stops(signal.SIGTERM) == 0


def test_the_lock_ends_with_a_killed_process(well: Vakt) -> None:
    with well.running("run") as first:
        first.waits_for("ready")
        first.stops(signal.SIGKILL)
    with well.running("run") as second:
        second.waits_for("ready")


def test_what_a_killed_process_was_sending_is_said_soon_and_once(well: Vakt, slack: Sandbox) -> None:
    """Both cards were on their way, under leases that would have lasted ten minutes."""
    well.settings |= {"VAKT_LEASE_SECONDS": "600", "VAKT_SLACK_TIMEOUT_SECONDS": "1"}
    anna = slack.person("anna")
    with well.running("run") as first:
        first.waits_for("ready")
        slack.waits_for_app()
        anna.types("/ticket How are invoices sent", in_="#acme")
        anna.modal().choose("What is it?", GUIDANCE)
        anna.modal().waits_for("Priority 5")
        posting = slack.fault("chat.postMessage", kind="timeout", times=8)
        assert not anna.modal().submit().errors
        assert slack.until(lambda: len(posting.happened) == 2, PATIENCE)
        first.stops(signal.SIGKILL)
    posting.times = 0
    with well.running("run") as second:
        second.waits_for("leases_of_predecessor_ended")
        slack.expects("T-1", in_="#desk", timeout=PATIENCE)
        slack.expects("T-1", in_="#acme", thread=None, timeout=PATIENCE)
        assert slack.until(lambda: not _waiting(well), PATIENCE)
        second.stops(signal.SIGTERM)
    cards = [
        one.channel
        for one in slack.world.heard
        if one.private_to is None and one.body.get("thread_ts", one.body["ts"]) == one.body["ts"]
    ]
    assert len(cards) == len(set(cards)) == 2


def _waiting(well: Vakt) -> int:
    """How many messages are owed."""
    with closing(sqlite3.connect(well.folder / "vakt.db")) as database:
        found = database.execute("select count(*) from outbox where state = 'waiting'").fetchone()
    return int(found[0])
