"""`vakt outbox`: what is owed is shown, sent again, or dropped."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.demo_seed import TEAM
from bot.storage.database import Database
from models import outbox
from models.outbox import Kind, Outgoing, State
from tests.cli.conftest import Vakt

NOW = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)


def owes(well: Vakt, key: str, **values: Any) -> Outgoing:
    """Store a message that is owed."""
    given: dict[str, Any] = {"kind": Kind.LOG_LINE, "conversation": "C1", "ready_at": NOW, "created_at": NOW, **values}
    row = Outgoing(team_id=TEAM["id"], key=key, args={"positions": [1]}, **given)
    database = Database(well.database_url)
    with database.transaction() as session:
        outbox.owe(session, row)
    database.dispose()
    return row


def states(well: Vakt) -> dict[str, str]:
    """Every message with what became of it, as a program reads it."""
    rows = [json.loads(line) for line in well.says("outbox", "list", "--all", "--json").stdout.splitlines()]
    return {row["key"]: row["state"] for row in rows}


def test_an_empty_outbox_says_so(well: Vakt) -> None:
    assert well.says("outbox", "list").stdout.strip() == "Nothing waits and nothing was refused."


def test_what_was_refused_is_listed_with_its_reason_and_sent_again_with_what_hangs_under_it(well: Vakt) -> None:
    why = "chat.postMessage: is_archived"
    card = owes(well, "card", state=State.REFUSED, reason=why)
    owes(well, "line", thread_of=card.id, position=1)
    owes(well, "said", state=State.SENT, ts="1.0")
    listed = well.says("outbox", "list").stdout
    assert f"card to C1, refused: {why}" in listed
    assert f"line to C1, refused: the message it hangs under: {why}" in listed
    assert "said" not in listed
    assert well.says("outbox", "retry").stdout.strip() == "2 messages are owed again."
    assert states(well) == {"card": "waiting", "line": "waiting", "said": "sent"}


def test_what_is_dropped_takes_along_what_hangs_under_it_and_leaves_what_is_being_sent(well: Vakt) -> None:
    card = owes(well, "card")
    owes(well, "line", thread_of=card.id, position=1)
    owes(well, "flying", lease_token="x", leased_until=NOW + timedelta(minutes=1))
    dropped = well.says("outbox", "drop", "card", "flying")
    assert dropped.stdout.strip() == "1 dropped. 1 left alone: said, ended, or being sent."
    assert states(well) == {"card": "dropped", "line": "dropped", "flying": "waiting"}


@pytest.mark.parametrize("verb", ["retry", "drop"])
def test_a_name_that_is_not_there_changes_nothing(well: Vakt, verb: str) -> None:
    owes(well, "line", state=State.REFUSED, reason="x")
    assert "Nothing in the outbox is called nothing." in well.refuses("outbox", verb, "line", "nothing")
    assert states(well) == {"line": "refused"}
