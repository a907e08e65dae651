"""One running workspace: its state and everything that acts on it, in one place that the parts share."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox import ids, page_shapes, posts
from sandbox.clock import Clock
from sandbox.dispatch import Dispatch
from sandbox.expectations import Heard
from sandbox.faults import Faults
from sandbox.ids import Ids
from sandbox.inspector import Inspector, Row
from sandbox.live import Live
from sandbox.manifest import Manifest
from sandbox.modals import Views
from sandbox.pace import Limits
from sandbox.rates import Rates
from sandbox.response_urls import ResponseUrls
from sandbox.triggers import Triggers
from sandbox.workspace import COLOURS, Conversation, Json, Kind, Team, User, Workspace

if TYPE_CHECKING:
    from sandbox.interactions import Surface


@dataclass(frozen=True)
class Tokens:
    """The app's secrets in this workspace, drawn anew for every one."""

    bot: str = field(default_factory=ids.bot_token)
    app: str = field(default_factory=ids.app_token)
    signing: str = field(default_factory=ids.signing_secret)


class World:
    """A workspace with one app installed. Only the sandbox's loop may touch it."""

    def __init__(self, manifest: Manifest, clock: Clock, limits: Limits, team: Team | None = None) -> None:
        """Make an empty workspace with the app's bot in it."""
        self.manifest = manifest
        self.clock = clock
        self.limits = limits
        self.ids = Ids()
        self.tokens = Tokens()
        self.url = ""
        self.workspace = self._workspace(team)
        self.live = Live()
        self.inspector = Inspector(clock)
        self.faults = Faults()
        self.rates = Rates(limits)
        self.views = Views(self)
        self.triggers = Triggers(self)
        self.response_urls = ResponseUrls(self)
        self.dispatch = Dispatch(self)
        self.heard: list[Heard] = []
        self.codes: set[str] = set()
        self.busy = 0
        self.failures: list[BaseException] = []
        self._given: dict[tuple[str, str, str], dict[str, dict[str, Json]]] = {}
        self.undocumented: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[Any]] = set()

    def _workspace(self, team: Team | None) -> Workspace:
        place = Workspace(team or Team(self.ids.new("T")), self.ids.new("A"), self.ids.new("B"), self.ids.new("U"))
        handle = self.manifest.bot_name.lower().replace(" ", "_")
        bot = User(place.bot_user_id, handle, self.manifest.bot_name, place.team.id, is_bot=True, tz="UTC")
        bot.updated = int(self.clock.seconds())
        place.users[bot.id] = bot
        return place

    def add_user(self, handle: str, **facts: Any) -> User:
        """Add a person; `facts` are the fields of User, `id` and `name` (the real name) among them."""
        place = self.workspace
        identity = facts.pop("id", None) or self.ids.new("U")
        real_name = facts.pop("name", None) or handle.capitalize()
        facts.setdefault("color", COLOURS[len(place.users) % len(COLOURS)])
        facts.setdefault("email", f"{handle}@{place.team.domain}.example")
        one = User(identity, handle, real_name, place.team.id, updated=int(self.clock.seconds()), **facts)
        place.users[one.id] = one
        self.live.stir()
        return one

    def add_conversation(
        self, name: str, kind: Kind, members: list[str], *, creator: str = "", **facts: Any
    ) -> Conversation:
        """Add a channel or direct message with these members (user ids)."""
        prefix = "D" if kind == "im" else "C"
        identity = facts.pop("id", None) or self.ids.new(prefix)
        created = int(self.clock.seconds())
        creator = creator or (members[0] if members else self.workspace.bot_user_id)
        one = Conversation(identity, name, kind, created, creator, members=list(members), **facts)
        self.workspace.conversations[one.id] = one
        page_shapes.show_channel(self, one)
        self.live.stir()
        return one

    def direct(self, first: str, second: str) -> Conversation:
        """Return the direct message between two people, opened if need be."""
        found = self.workspace.direct({first, second})
        if found is not None:
            return found
        return self.add_conversation("", "im", list(dict.fromkeys((first, second))), creator=first)

    def given_in_message(self, user: str, on: "Surface") -> dict[str, dict[str, Json]]:
        """Return what `user` filled in or chose in a message's own inputs; the caller may add to it."""
        channel, ts = (on.where.id, on.body["ts"]) if on.where and on.body else ("", "")
        return self._given.setdefault((user, channel, ts), {})

    def in_background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Begin `work` on the loop; it counts as under way until it ends."""
        self.busy += 1
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failures.append(error)
        self.busy -= 1
        self.live.stir()

    async def scheduled_posts(self) -> None:
        """Post scheduled messages as the clock reaches them, for as long as the sandbox runs."""
        self.busy -= 1  # a watch, not work
        try:
            while True:
                await asyncio.sleep(1)
                self.post_scheduled()
        finally:
            self.busy += 1

    def post_scheduled(self) -> None:
        """Post every scheduled message that is due; one with metadata is dropped, as Slack does."""
        now = self.clock.seconds()
        due = [one for one in self.workspace.scheduled.values() if one.post_at <= now]
        for one in sorted(due, key=lambda each: each.post_at):
            del self.workspace.scheduled[one.id]
            if not one.has_metadata:
                posts.publish(self, self.workspace.conversations[one.channel], posts.as_bot(self, one.body))

    async def rest(self) -> None:
        """Give up everything under way (the sandbox is closing)."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def new_code(self) -> str:
        """Return a code that oauth.v2.access exchanges once."""
        code = ids.nonce()
        self.codes.add(code)
        return code

    def begin(self, door: str, name: str, request: object) -> Row:
        """Note in the inspector that a request or delivery begins."""
        return self.inspector.begin(door, name, request)

    def end(
        self, row: Row, *, status: int | None = 200, error: str | None = None, response: Json | str | None = None
    ) -> None:
        """Note its end and show the row to every open page."""
        self.inspector.end(row, status=status, error=error, response=response)
        self.live.tell({"type": "request", "row": row.shown()})
