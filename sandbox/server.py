"""`Sandbox`: everything a test says to the workspace as a whole; `running.py` is how it runs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sandbox import events
from sandbox.expectations import ANY, AnyThread, Wanted, describe, first_fitting, says
from sandbox.faults import Fault
from sandbox.http_door import HttpDoor
from sandbox.people import Person
from sandbox.places import Channel, Message
from sandbox.running import Running
from sandbox.screens import Words
from sandbox.workspace import Json


class Unexpected(AssertionError):  # noqa: N818 - pytest reads it as a failed assertion
    """The app said something nobody expected, or kept silent when something was; the message quotes it all."""


class Sandbox(Running):
    """A local Slack workspace with one app installed.

    Use it as a context manager, or `start()` and `stop()` it. All methods are for other threads than its own.
    `http_target` delivers by signed HTTP to that address instead of sockets; it must be on this machine.
    """

    # people and places
    def add_person(self, handle: str, **facts: Any) -> Person:
        """Add someone; `facts` are `name` (the real one), `title`, `tz`, `locale`, `email`, `is_admin` …."""
        team_id = facts.pop("team_id", None)
        user = self.do(lambda: self.world.add_user(handle, **facts))
        if team_id is not None:
            user.team_id = team_id
        return Person(self, user.id)

    def changes_account(self, who: Person, *, tells: bool = True, **facts: Any) -> None:
        """Change someone's account as an administrator does: `deleted`, `is_restricted` …; the app is told, or not."""

        def there() -> None:
            for name, value in facts.items():
                setattr(who.user, name, value)
            if tells:
                events.user_changed(self.world, who.user)

        self.do(there)

    def person(self, handle: str) -> Person:
        """Return someone by handle; raises KeyError."""
        user = self.world.workspace.user_named(handle.removeprefix("@"))
        if user is None:
            raise KeyError(handle)
        return Person(self, user.id)

    def add_channel(
        self,
        name: str,
        members: list[str | Person] | tuple[str | Person, ...] = (),
        *,
        private: bool = False,
        bot: bool = True,
        **facts: Any,
    ) -> Channel:
        """Add a channel with these people (handles) and, unless `bot=False`, the app's bot in it."""
        ids = [self.person(one).id if isinstance(one, str) else one.id for one in members]
        if bot:
            ids.append(self.bot_user_id)
        kind = "private" if private else "channel"
        where = self.do(lambda: self.world.add_conversation(name.removeprefix("#"), kind, ids, **facts))  # type: ignore[arg-type]
        return Channel(self, where.id)

    def channel(self, name: str) -> Channel:
        """Return a channel by name (with or without #) or id; raises KeyError."""
        place = self.world.workspace
        where = place.conversations.get(name) or place.channel_named(name.removeprefix("#"))
        if where is None:
            raise KeyError(name)
        return Channel(self, where.id)

    # what the app says

    def expects(
        self,
        words: Words,
        *,
        in_: str | Channel | None = None,
        to: Person | None = None,
        thread: Message | AnyThread | None = ANY,
        timeout: float = 15.0,
    ) -> Message:
        """Wait for a message by the bot that contains `words`, in a channel or in the direct message with `to`.

        `thread` is the parent it must hang under, None for "in no thread". It and its later edits count as expected.
        Raises Unexpected, quoting what was said instead.
        """
        parent = thread if isinstance(thread, AnyThread) or thread is None else thread.ts
        return self._heard(Wanted(words, self._place(in_, to), parent), timeout)

    def expects_private(
        self, words: Words, *, to: Person, in_: str | Channel | None = None, timeout: float = 15.0
    ) -> Message:
        """Wait for an answer that only `to` sees. An answer inside an acknowledgement counts too."""
        place = self.channel_id(in_) if in_ is not None else None
        wanted = Wanted(words, place, ANY, private_to=to.id)
        self.until(lambda: any(wanted.fits(one) for one in self.world.heard), timeout)
        known = self.do(lambda: next((one for one in self.world.heard if one.expected and wanted.fits(one)), None))
        fresh = self.do(lambda: first_fitting(self.world.heard, wanted))
        found = fresh or known
        if found is None:
            raise self._missed(wanted)
        return Message(self, found.channel, found.body["ts"])

    def _heard(self, wanted: Wanted, timeout: float) -> Message:
        found = self.until(lambda: first_fitting(self.world.heard, wanted), timeout)
        if found is None:
            raise self._missed(wanted)
        return Message(self, found.channel, found.body["ts"])

    def _missed(self, wanted: Wanted) -> Unexpected:
        said = self.do(lambda: [describe(self.world, one) for one in self.world.heard if not one.expected])
        lines = "\n".join(said) or "- nothing that was not expected"
        return Unexpected(f"the app did not say {wanted.words!r}; it said:\n{lines}")

    def _place(self, in_: str | Channel | None, to: Person | None) -> str | None:
        if to is not None:
            return to.direct().id
        return self.channel_id(in_) if in_ is not None else None

    def channel_id(self, named: str | Channel) -> str:
        """Return a channel's id from its name, id or handle object."""
        return named.id if isinstance(named, Channel) else self.channel(named).id

    def expects_edit(self, message: Message, words: Words, timeout: float = 15.0) -> Message:
        """Wait until `message` contains `words`; returns it."""
        if not self.until(lambda: says(message.now(), words), timeout):
            text = self.do(message.now)
            raise Unexpected(f"the message did not come to say {words!r}; it says:\n{text}")
        return message

    def sees_nothing_more(self, timeout: float = 15.0) -> None:
        """Wait until nothing is under way, then fail with every message that nobody expected."""
        self.idle(timeout)
        said = self.do(lambda: [describe(self.world, one) for one in self.world.heard if not one.expected])
        if said:
            raise Unexpected("the app said what nobody expected:\n" + "\n".join(said))

    def forgets(self) -> None:
        """Take everything said so far as expected."""

        def forget() -> None:
            for one in self.world.heard:
                one.expected = True

        self.do(forget)

    def idle(self, timeout: float = 15.0) -> None:
        """Wait until every delivery is acknowledged and no call is in progress.

        Raises TimeoutError, and whatever went wrong inside the sandbox itself.
        """
        world = self.world
        if world.failures:
            raise world.failures[0]
        if not self.until(lambda: world.busy == 0 and world.dispatch.unacknowledged == 0, timeout):
            counts = f"{world.dispatch.unacknowledged} un-acknowledged, {world.busy} under way"
            message = f"the sandbox is still busy after {timeout} s: {counts}"
            raise TimeoutError(message)

    def waits_for_app(self, sockets: int = 1, timeout: float = 10.0) -> None:
        """Wait until the app has this many sockets open; raises TimeoutError."""
        door = self.world.dispatch.sockets
        if not self.until(lambda: sum(one.open for one in door.sockets) >= sockets, timeout):
            message = f"the app did not open {sockets} socket(s) within {timeout} s"
            raise TimeoutError(message)

    # trouble

    def fault(
        self,
        method: str = "*",
        *,
        kind: str,
        times: int = 1,
        retry_after: int = 1,
        seconds: float = 1.0,
        where: Callable[[Json], bool] | None = None,
    ) -> Fault:
        """Ask for trouble with the next `times` calls; see `faults.py` for the kinds."""
        fault = Fault(method, kind, times, retry_after, seconds, where)
        return self.do(lambda: self.world.faults.add(fault))

    def drop_sockets(self, *, half_open: bool = False) -> None:
        """Cut every socket, or leave them open and never answer again."""
        self.do(lambda: self.world.dispatch.sockets.drop(half_open=half_open))

    def refresh_sockets(self, reason: str = "refresh_requested") -> None:
        """Ask the app to reconnect: "warning", "refresh_requested", "link_disabled"."""
        self.run(self.world.dispatch.sockets.refresh(reason))

    def redeliver(self) -> bool:
        """Deliver the last command, interaction or event once more; says whether it was acknowledged."""
        last = self.world.dispatch.last
        if last is None:
            message = "nothing was delivered yet"
            raise RuntimeError(message)
        return self.run(self.world.dispatch.again(last)).ok

    @property
    def requests(self) -> list[Json]:
        """Every request and delivery so far, oldest first, as the inspector shows it."""
        return self.do(lambda: [row.shown() for row in self.world.inspector.rows])

    def deliver_by_http(self, url: str) -> None:
        """Deliver to this address, signed, instead of by sockets; raises ValueError unless it is on this machine."""
        self.deliver_by(HttpDoor(self.world, url))

    def deliver_by_sockets(self) -> None:
        """Deliver by sockets again."""
        self.deliver_by(None)

    def verifies_url(self) -> bool:
        """Send `url_verification` to the HTTP address; says whether the app answered the challenge."""
        door = self.world.dispatch.http
        return door is not None and self.run(door.verify())

    def moves_clock(self, by: timedelta) -> None:
        """Move the workspace's clock and post the scheduled messages that became due."""
        self.clock.move(by)
        self.do(self.world.post_scheduled)
