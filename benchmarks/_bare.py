"""The two baselines: bare Bolt that only acknowledges, and bare Bolt that stores one row first.

Run by ``commands.py`` as a child process: ``_bare.py ack`` or ``_bare.py insert sqlite:///path``. Both are set up as
Vakt is: sync ``App`` with ``process_before_response=True`` and an ``authorize`` that asks nobody, and the builtin
Socket Mode handler with twenty workers. The row goes through Vakt's own engine: WAL, ``synchronous=FULL``, ``BEGIN
IMMEDIATE`` and one queue of writers.
"""

import os
import re
import sys
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlmodel import Field, SQLModel

from bot.storage.database import Database

Store = Callable[[dict[str, Any]], None]


class Submission(SQLModel, table=True):
    """One submitted view."""

    id: str = Field(primary_key=True)
    team_id: str
    person: str
    callback_id: str
    summary: str


def nothing(_body: dict[str, Any]) -> None:
    """Store nothing."""


def insert_into(url: str) -> Store:
    """Return what stores a submission as one row, in one transaction."""
    database = Database(url)
    SQLModel.metadata.create_all(database.engine)

    def insert(body: dict[str, Any]) -> None:
        view = body["view"]
        row = Submission(
            id=uuid.uuid4().hex,
            team_id=body["team"]["id"],
            person=body["user"]["id"],
            callback_id=view["callback_id"],
            summary=str(view["state"]["values"])[:200],
        )
        with database.transaction() as session:
            session.add(row)

    return insert


def application(store: Store) -> App:
    """Build a bare app that stores and then acknowledges every submitted view."""
    client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])

    def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T0BENCH", bot_token=client.token, bot_user_id="U0BOT")

    app = App(
        client=client,
        authorize=authorize,
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        process_before_response=True,
        listener_executor=ThreadPoolExecutor(20),
    )

    @app.view(re.compile(".*"))
    def submitted(ack: Ack, body: dict[str, Any]) -> None:
        store(body)
        ack()

    return app


def main(kind: str, *rest: str) -> None:
    """Run one baseline until it is ended."""
    app = application(insert_into(*rest) if kind == "insert" else nothing)
    handler = SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"], ping_interval=2, concurrency=20)
    handler.connect()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
