"""The socket to Slack: whatever kills it, another one is opened."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from typing import cast

import pytest
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler

from bot.app import Vakt, build
from bot.demo_seed import seed_of
from bot.doors.socket_door import SocketDoor
from bot.doors.socket_watch import Pace, end
from bot.settings import Settings
from bot.tally import RECONNECTS, Counted, Tally
from bot.workspace.file import Workspace
from bot.workspace.importing import import_workspace
from sandbox import Limits, Sandbox, load_seed
from tests.stories.conftest import ROOT

ALLOWED = 15.0
"""Seconds within which a dead socket must have been replaced."""

HURRIED = Pace(ping=0.2, look=0.1, silence=1.5, longest_pause=0.5)


class Heard(Tally):
    """Counts that can be waited for."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        super().__init__()
        self._changed = threading.Condition()

    def count(self, what: Counted, *labels: str) -> None:
        """One more; whoever waits looks again."""
        super().count(what, *labels)
        with self._changed:
            self._changed.notify_all()

    def reconnects(self, why: str) -> int:
        """How often a socket was opened anew for that reason."""
        return dict(self.counts()[RECONNECTS]).get((why,), 0)

    def waits_for(self, why: str) -> bool:
        """Wait until a socket was opened anew for that reason."""
        with self._changed:
            return self._changed.wait_for(lambda: self.reconnects(why) > 0, ALLOWED)


@dataclass
class Line:
    """Vakt at one end, Slack at the other."""

    slack: Sandbox
    tally: Heard
    vakt: Vakt
    door: SocketDoor

    def is_there(self) -> bool:
        """Whether a socket is open on which Slack speaks."""
        sockets = self.slack.world.dispatch.sockets.sockets
        return any(one.open and not one.deaf.is_set() for one in sockets)

    def comes_back(self, timeout: float = ALLOWED) -> None:
        """A socket is opened in time, and a command is answered over it."""
        assert self.slack.until(self.is_there, timeout)
        for one in list(self.slack.world.dispatch.sockets.sockets):
            if one.deaf.is_set():
                self.slack.do(one.cut)
        assert self.slack.until(self.is_alone, timeout)
        answer = self.slack.person("anna").types("/ticket help", in_="#acme")
        assert answer.error is None
        assert self.door.is_open

    def is_alone(self) -> bool:
        """Whether that is the only socket: none is left behind that nobody reads from."""
        return len(self.slack.world.dispatch.sockets.sockets) == 1


Opens = Callable[[Pace], Line]


@pytest.fixture
def opens(
    sqlite_template: Path, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Opens]:
    """Opens a line at that pace."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    shutil.copy(sqlite_template, tmp_path / "vakt.db")
    (tmp_path / "seed.json").write_text(json.dumps(seed_of(workspace)), "utf-8")
    limits = replace(Limits().lifted().hurried(), fault_timeout=1.0)
    slack = Sandbox(ROOT / "manifest.yml", seed=load_seed(tmp_path / "seed.json"), limits=limits)
    opened: list[Line] = []

    def opens_(pace: Pace) -> Line:
        vakt = build(
            Settings(
                slack_bot_token=slack.bot_token,
                slack_app_token=slack.app_token,
                slack_api_url=slack.api_url,
                vakt_database_url=f"sqlite:///{tmp_path / 'vakt.db'}",
            )
        )
        with vakt.database.transaction() as session:
            import_workspace(session, vakt.team.team_id, workspace)
        vakt.tally = tally = Heard()
        line = Line(slack, tally, vakt, SocketDoor(vakt, pace=pace))
        opened.append(line)
        return line

    with slack:
        yield opens_
        for line in opened:
            line.door.stop()
            line.vakt.stop()


def test_a_socket_that_falls_silent_is_replaced_within_fifteen_seconds(opens: Opens) -> None:
    """At the pace at which Vakt really runs."""
    line = opens(Pace())
    line.door.start()
    line.slack.waits_for_app()
    line.slack.drop_sockets(half_open=True)
    line.comes_back()
    assert line.tally.reconnects("dead") == 1


def test_a_socket_that_never_said_a_word_is_replaced_too(opens: Opens) -> None:
    """The SDK by itself begins to measure with the first pong, and would wait for ever."""
    line = opens(HURRIED)
    line.slack.fault("socket", kind="silent")
    line.door.start()
    line.comes_back()
    assert line.tally.reconnects("dead") == 1


def test_a_socket_whose_keeper_died_is_replaced(opens: Opens) -> None:
    """The SDK's own thread that pings and reconnects has ended: nobody else would notice."""
    line = opens(HURRIED)
    line.door.start()
    line.slack.waits_for_app()
    line.door.handler.client.current_app_monitor.event.set()
    assert line.tally.waits_for("dead")
    line.comes_back()


def test_a_cut_socket_is_opened_again_when_slack_is_back(opens: Opens) -> None:
    """Slack answers with errors for a while; the attempts go on, and one socket is open at the end."""
    line = opens(HURRIED)
    line.door.start()
    line.slack.waits_for_app()
    fault = line.slack.fault("apps.connections.open", kind="500", times=4)
    line.slack.drop_sockets()
    line.comes_back()
    assert len(fault.happened) == 4


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_a_socket_that_slack_wants_renewed_is_renewed(opens: Opens, reason: str) -> None:
    """That is no death: the SDK does it (and takes three seconds), and it is counted as what it is."""
    line = opens(replace(HURRIED, silence=7.0))
    line.door.start()
    line.slack.waits_for_app()
    line.slack.refresh_sockets(reason)
    assert line.tally.waits_for("refreshed")
    line.comes_back()
    assert line.tally.reconnects("dead") == 0


def test_a_process_that_was_stopped_itself_keeps_its_socket(opens: Opens) -> None:
    """However long it slept: it only counts what it could have heard."""
    line = opens(HURRIED)
    line.door.start()
    line.slack.waits_for_app()
    line.door._watch._look(3600.0)  # noqa: SLF001 - as after a stop of an hour, without stopping the tests
    assert line.door.is_open
    line.comes_back()
    assert line.tally.reconnects("dead") == 0


class Forgetful:
    """A client whose reader begins just after it was told to end, and forgets it: it ends when it is told again."""

    def __init__(self) -> None:
        self.client = self
        self.current_session_state = self
        self.current_session = None
        self.message_queue = SimpleQueue[None]()
        self._told = threading.Event()
        self._begun = False

    @property
    def terminated(self) -> bool:
        """Whether it knows."""
        return self._told.is_set()

    @terminated.setter
    def terminated(self, _: bool) -> None:
        if self._begun:
            self._told.set()

    def close(self) -> None:
        """As the SDK's: tells its reader once, then waits for it."""
        self.terminated = True
        self._begun = True
        self._told.wait()


def test_a_reader_that_begins_just_as_it_is_told_to_end_ends_all_the_same() -> None:
    """The SDK would wait for it without end, and so would whoever stops Vakt."""
    late = Forgetful()
    end(cast("SocketModeHandler", late))
    assert late.terminated


class Torn(Forgetful):
    """A client whose socket another thread closes while it does so itself: the SDK's breaks half-way, once."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def close(self) -> None:
        """As the SDK's, which asks for the socket before it holds the lock."""
        self.asked += 1
        if self.asked == 1:
            message = "'NoneType' object has no attribute 'close'"
            raise AttributeError(message)
        super().close()


def test_a_client_whose_socket_is_closed_meanwhile_ends_all_the_same() -> None:
    """Its threads would go on otherwise, and answer from a bot that was stopped."""
    torn = Torn()
    end(cast("SocketModeHandler", torn))
    assert torn.asked == 2
    assert torn.terminated
