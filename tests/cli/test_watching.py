"""Watching a process from outside: its health, its metrics, and a log that tells nothing it should not."""

import json
import re
import signal
from http.client import HTTPConnection
from typing import Any

import pytest

from sandbox import Sandbox
from tests.cli.conftest import Running, Vakt
from tests.stories.conftest import P2


def page(port: int | str, path: str) -> tuple[int, str]:
    """What is answered at a path."""
    connection = HTTPConnection("127.0.0.1", int(port), timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def told(port: int | str, path: str) -> tuple[int, dict[str, Any]]:
    """What is answered at a path, read as JSON."""
    status, body = page(port, path)
    found: dict[str, Any] = json.loads(body)
    return status, found


def watched(running: Running) -> str:
    """The port on which a process is watched."""
    running.waits_for('"event": "watched"')
    return str(json.loads(running.lines[-1])["port"])


def test_a_process_on_a_socket_tells_how_it_is_on_a_port_of_its_own(well: Vakt) -> None:
    well.settings["VAKT_WATCH_PORT"] = "0"
    with well.running("run") as running:
        port = watched(running)
        running.waits_for("ready")
        status, health = told(port, "/healthz")
        assert (status, health["ok"]) == (200, True), health
        assert set(health["parts"]) == {"ticker", "sender", "door", "database"}
        assert all(part["age_seconds"] >= 0 for part in health["parts"].values())
        assert told(port, "/readyz") == (
            200,
            {
                "ok": True,
                "parts": {
                    "schema": {"ok": True},
                    "door": told(port, "/readyz")[1]["parts"]["door"],
                    "going": {"ok": True},
                },
            },
        )
        assert "vakt_database_up 1.0" in page(port, "/metrics")[1]
        assert page(port, "/slack/events")[0] == 404
        assert running.stops(signal.SIGTERM) == 0


def test_without_slack_it_is_neither_well_nor_ready_and_says_why(well: Vakt, slack: Sandbox) -> None:
    slack.stop()
    well.settings["VAKT_WATCH_PORT"] = "0"
    with well.running("run") as running:
        port = watched(running)
        running.waits_for("socket_not_opened")
        for path in ("/healthz", "/readyz"):
            status, said = told(port, path)
            assert (status, said["ok"]) == (503, False)
            assert "not open" in said["parts"]["door"]["why"]
        assert running.stops(signal.SIGTERM) == 0


def test_in_http_mode_it_is_watched_on_the_port_that_takes_requests(well: Vakt) -> None:
    with well.running("run", "--http") as running:
        port = running.waits_for(r"http, port (\d+)").group(1)
        assert told(port, "/healthz")[0] == 200
        assert told(port, "/readyz")[0] == 200
        assert "vakt_ack_seconds" in page(port, "/metrics")[1]
        assert page(port, "/nothing")[0] == 404
        assert running.stops(signal.SIGTERM) == 0


def test_a_watch_port_that_is_taken_is_named(well: Vakt) -> None:
    well.settings["VAKT_WATCH_PORT"] = "0"
    with well.running("run") as running:
        port = watched(running)
        well.settings |= {"VAKT_WATCH_PORT": port, "VAKT_DATABASE_URL": f"sqlite:///{well.folder / 'other.db'}"}
        assert f"Port {port} is taken. Stop what listens there, or set VAKT_WATCH_PORT" in well.refuses("run")
        assert running.stops(signal.SIGTERM) == 0


TYPED = ("Quixotic zebra invoices", "Narwhal details follow", "Yonder answer to you", "Umbrella in the thread")
"""What people type in the story below; none of it may stand in the log."""


@pytest.mark.parametrize("door", ["socket", "http"])
def test_the_log_of_the_main_job_holds_ids_and_nothing_that_anybody_typed(
    well: Vakt, slack: Sandbox, door: str
) -> None:
    """Every line of a request carries its id and team, and the ticket once it is known."""
    with well.running("run", *(["--http"] if door == "http" else [])) as running:
        running.waits_for("ready")
        if door == "http":
            port = re.search(r"http, port (\d+)", running.lines[-1])
            assert port is not None
            slack.deliver_by_http(f"http://127.0.0.1:{port[1]}/slack/events")
        _the_main_job(slack)
        assert running.stops(signal.SIGTERM) == 0
    whole, lines = "".join(running.lines), [json.loads(line) for line in running.lines]
    for secret in (*TYPED, slack.bot_token, slack.app_token, slack.signing_secret, *_passing_secrets(slack)):
        assert secret not in whole, secret
    requests = [line for line in lines if line["event"] == "request"]
    assert not [line for line in lines if line["event"] == "watched"], "no port was set"
    assert {line["kind"] for line in requests} == {"command", "click", "view", "event"}
    assert {line["outcome"] for line in requests} >= {"done", "refused"}
    assert not [line for line in requests if not line["request"] or line.get("team") != slack.team_id]
    assert len({line["request"] for line in requests}) == len(requests)
    about = {kind: [line.get("ticket") for line in requests if line["kind"] == kind] for kind in ("click", "view")}
    assert 1 in about["click"]
    assert about["view"] == [1, 1]
    assert [line for line in lines if line["event"] == "aside_failed" and line["request"]]
    refused = [line for line in lines if line["event"] == "outbox_ended"]
    assert refused
    assert all(line["outbox"] and line["ticket"] == 1 for line in refused)


def _the_main_job(slack: Sandbox) -> None:
    """A ticket opened, answered and talked about; a window that comes too late, a post that is refused."""
    anna, ola = slack.person("anna"), slack.person("ola")
    anna.types(f"/ticket {TYPED[0]}", in_="#acme")
    modal = anna.modal()
    modal.fill("More", TYPED[1])
    for question, answer in P2:
        modal.waits_for(question)
        modal.choose(question, answer)
    modal.waits_for("Priority 2")
    modal.submit()
    card, theirs = slack.expects("T-1", in_="#desk"), slack.expects("T-1", in_="#acme", thread=None)
    ola.clicks("Start work", on=card)
    slack.expects_edit(card, "Owner: Ola Hansen")
    slack.fault("views.open", kind="expired_trigger_id")
    ola.clicks("Reply", on=card)
    slack.expects_private("three seconds", to=ola, in_="#desk")
    ola.clicks("Reply", on=card)
    ola.modal().fill("Answer to the customer", TYPED[2])
    ola.modal().submit()
    slack.expects(TYPED[2], in_="#acme", thread=theirs)
    refused = slack.fault("chat.postMessage", kind="restricted_action")
    anna.types(TYPED[3], in_="#acme", thread=theirs)
    anna.types("/ticket T-77", in_="#acme")
    assert slack.until(lambda: refused.happened, 20)
    slack.idle()


def _passing_secrets(slack: Sandbox) -> set[str]:
    """Every trigger id and every address to answer at that Slack has sent."""
    sent = json.dumps([row["request"] for row in slack.requests])
    found = set(re.findall(r'"(?:trigger_id|response_url)": "([^"]+)"', sent))
    assert len(found) > 5, "the workspace's inspector shows the requests"
    return found
