"""Views: each person's stack of modals, and her App Home.

Source: https://docs.slack.dev/surfaces/modals
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox import block_kit, payloads
from sandbox.ids import nonce
from sandbox.workspace import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.world import World

DEEPEST = 3


@dataclass
class View:
    """A modal or home view as one person has it open. `given` is what she typed or chose, by block and action id."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    channel: str | None = None
    given: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    revision: int = 0

    @property
    def blocks(self) -> list[Json]:
        """The view's blocks, as kept."""
        blocks: list[Json] = self.body["blocks"]
        return blocks

    def state(self) -> Json:
        """Return `state.values`."""
        return block_kit.state_values(self.blocks, self.given)


class Views:
    """All open views. Every change shows on the person's open pages."""

    def __init__(self, world: "World") -> None:
        """Begin with none."""
        self._world = world
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """Return the modals `user` has open, top last."""
        return self.stacks.setdefault(user, [])

    def top(self, user: str) -> View | None:
        """Return the modal `user` sees, or None."""
        stack = self.stack(user)
        return stack[-1] if stack else None

    def find(self, view_id: str) -> View | None:
        """Return the open modal or home with that id, or None."""
        return next((one for one in self._all() if one.id == view_id), None)

    def with_external_id(self, external_id: str) -> View | None:
        """Return the open view with that external id, or None."""
        return next((one for one in self._all() if external_id and one.body.get("external_id") == external_id), None)

    def _all(self) -> list[View]:
        return [*self.homes.values(), *(one for stack in self.stacks.values() for one in stack)]

    def open(self, user: str, body: "Mapping[str, Any]", *, channel: str | None = None) -> View:
        """Show `body` to `user` as the first modal, in place of whatever was open."""
        identity = self._world.ids.new("V")
        view = View(identity, user, kept(body), new_hash(self._world), identity, channel=channel)
        self.stacks[user] = [view]
        self.show(user)
        return view

    def push(self, user: str, body: "Mapping[str, Any]") -> View:
        """Put `body` on top of what is open; the caller has checked the depth."""
        below = self.stack(user)[-1]
        view = View(
            self._world.ids.new("V"), user, kept(body), new_hash(self._world), below.root_id, below.id, below.channel
        )
        self.stack(user).append(view)
        self.show(user)
        return view

    def update(self, view: View, body: "Mapping[str, Any]") -> None:
        """Change a view in place; what was typed stays where block id and action id are unchanged."""
        new = kept(body)
        view.given = block_kit.still_there(view.blocks, new["blocks"], view.given)
        view.body = new
        view.hash = new_hash(self._world)
        view.errors = {}
        view.revision += 1
        self.show(view.user, home=view.body["type"] == "home")

    def publish(self, user: str, body: "Mapping[str, Any]") -> View:
        """Put a home view in place."""
        if user in self.homes:
            self.update(self.homes[user], body)
            return self.homes[user]
        identity = self._world.ids.new("V")
        self.homes[user] = View(identity, user, kept(body), new_hash(self._world), identity)
        self.show(user, home=True)
        return self.homes[user]

    def close(self, view: View) -> None:
        """Close one modal, and those above it."""
        stack = self.stack(view.user)
        if view in stack:
            del stack[stack.index(view) :]
        self.show(view.user)

    def clear(self, user: str) -> None:
        """Close every modal of `user`."""
        self.stacks[user] = []
        self.show(user)

    def show_errors(self, view: View, errors: dict[str, str]) -> None:
        """Show words under the fields named."""
        view.errors = errors
        view.revision += 1
        self._world.live.tell({"type": "view_errors", "view_id": view.id, "errors": errors}, to={view.user})

    def show(self, user: str, *, home: bool = False) -> None:
        """Send the person's open pages what she sees now."""
        if home:
            note: Json = {"type": "home", "view": payloads.view(self._world, self.homes[user])}
        else:
            note = {"type": "view", "stack": [payloads.view(self._world, one) for one in self.stack(user)]}
        self._world.live.tell(note, to={user})


def kept(body: "Mapping[str, Any]") -> Json:
    """Return a view as Slack keeps it."""
    return {**body, "blocks": block_kit.as_kept(body.get("blocks") or [])}


def new_hash(world: "World") -> str:
    """Draw the hash of a view's new state."""
    return f"{int(world.clock.seconds())}.{nonce()[:8]}"
