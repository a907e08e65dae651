"""`vakt why T-1`: the same account as the card's *Why?*, from what is stored."""

import json
import signal

from sandbox import Person, Sandbox
from tests.cli.conftest import Vakt

ANSWERS = (
    ("Does GO start, with all its essential parts available?", "Yes"),
    ("Your business is", "considerably harder"),
    ("Is there another way to get it done for now?", "No"),
)
"""They come to Priority 2."""


def _opens_a_ticket(who: Person, slack: Sandbox) -> None:
    assert who.types("/ticket Invoices will not send", in_="#acme").error is None
    modal = who.modal()
    for question, answer in ANSWERS:
        modal.waits_for(question)
        modal.choose(question, answer)
    modal.waits_for("Priority 2")
    slack.idle()
    assert not modal.submit().errors


def test_a_tickets_deadline_is_explained_from_the_database(well: Vakt, slack: Sandbox) -> None:
    with well.running("run") as running:
        running.waits_for("ready")
        _opens_a_ticket(slack.person("anna"), slack)
        slack.expects("T-1", in_="#desk")
        running.stops(signal.SIGTERM)
    account, page = well.says("why", "T-1", "--json"), well.says("why", "t1").stdout
    (row,) = [json.loads(line) for line in account.stdout.splitlines()]
    assert (row["ticket"], row["clock"], row["clause"], row["state"]) == ("T-1", "start_of_work", "SO-15", "running")
    assert sum(each["seconds"] for each in row["counted"]) == row["budget_seconds"] == 4 * 3600
    assert "T-1 · Invoices will not send · Acme" in page
    assert "Your business is considerably harder" in page
    assert "4 h 00 min → due" in page
    assert well.refuses("why", "T-7") == "There is no ticket T-7.\n"
