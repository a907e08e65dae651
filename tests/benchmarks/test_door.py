"""The benchmark's door lets requests in and acknowledgements out, and says so when a bot fails."""

from pathlib import Path

import pytest

from benchmarks._database import count
from benchmarks._door import NotAcknowledgedError
from benchmarks._process import READY_SECONDS, DiedError, python, start
from benchmarks.commands import submission
from tests.loops import in_a_loop

BARE = Path(__file__).parents[2] / "benchmarks" / "_bare.py"
REFUSING = """
import os, threading
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

client = WebClient(token="xoxb-bench", base_url=os.environ["SLACK_API_URL"])
known = AuthorizeResult(enterprise_id=None, team_id="T0BENCH", bot_token="xoxb-bench")
app = App(client=client, authorize=lambda: known, signing_secret="bench", process_before_response=True)

@app.view("ticket_open")
def refuse(ack):
    ack(response_action="errors", errors={"summary": "too short"})

SocketModeHandler(app, "xapp-bench", ping_interval=2).connect()
threading.Event().wait()
"""


def test_a_row_is_stored_before_the_view_is_acknowledged(tmp_path: Path) -> None:
    rows = tmp_path / "insert.db"

    async def story() -> int:
        bot = await start(python(str(BARE), "insert", f"sqlite:///{rows}"), {}, tmp_path / "log")
        try:
            acked = await bot.door.submit(submission(1))
            assert acked.answer == {}
            assert 0 < acked.seconds < READY_SECONDS
            assert bot.pss_megabytes() > 1
            assert 0 <= await bot.idle_share(0.2) < 2
            return count(f"sqlite:///{rows}", "submission")
        finally:
            await bot.stop()

    assert in_a_loop(story()) == 1


def test_a_refused_view_is_no_result(tmp_path: Path) -> None:
    async def story() -> None:
        bot = await start(python("-c", REFUSING), {}, tmp_path / "log")
        try:
            await bot.door.submit(submission(1))
        finally:
            await bot.stop()

    with pytest.raises(NotAcknowledgedError, match="too short"):
        in_a_loop(story())


def test_a_bot_that_dies_at_once_is_quoted(tmp_path: Path) -> None:
    async def story() -> None:
        await start(python("-c", "raise SystemExit('no such policy')"), {}, tmp_path / "log")

    with pytest.raises(DiedError, match="no such policy"):
        in_a_loop(story())
