"""People as a test speaks of them: `kari.types("/ticket printer", in_="#acme")`, `kari.clicks("Start work", on=card)`.

Every act goes the way of `acts.py`, which the page uses too. Elements are found by what a person sees (label, button
text, option) or, failing that, by `action_id` or `block_id`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox import acts
from sandbox.finding import NotOnScreen, button, chosen, field_named
from sandbox.interactions import ActError, Surface, surface
from sandbox.modals import View
from sandbox.places import Channel, Message
from sandbox.screens import PATIENCE, Home, Modal, Screen
from sandbox.words import visible
from sandbox.workspace import Json, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox


@dataclass(frozen=True)
class CommandAnswer:
    """How a command went: acknowledged or not, what the answer said, and what the person is shown on failure."""

    acked: bool
    text: str = ""
    blocks: tuple[Json, ...] = ()
    error: str | None = None
    words: str = ""


class Person:
    """Someone who uses the workspace."""

    def __init__(self, sandbox: "Sandbox", identity: str) -> None:
        """Speak for the person with that user id."""
        self.sandbox = sandbox
        self.id = identity

    def __repr__(self) -> str:
        """Name the person."""
        return f"Person({self.handle!r})"

    @property
    def user(self) -> User:
        """The person's record."""
        return self.sandbox.world.workspace.users[self.id]

    @property
    def handle(self) -> str:
        """The handle without @."""
        return self.user.name

    @property
    def name(self) -> str:
        """The real name."""
        return self.user.real_name

    def is_quiet(self, *, hours: float) -> None:
        """Have do-not-disturb on, from now for so long."""
        begins = int(self.sandbox.do(self.sandbox.world.clock.seconds))
        self.sandbox.do(lambda: setattr(self.user, "quiet", (begins, begins + int(hours * 3600))))

    def mention(self) -> str:
        """Return the token that names this person."""
        return f"<@{self.id}>"

    def direct(self) -> Channel:
        """Return the direct message between this person and the bot."""
        return Channel(
            self.sandbox, self.sandbox.do(lambda: self.sandbox.world.direct(self.sandbox.bot_user_id, self.id)).id
        )

    def _where(self, in_: str | Channel | None) -> str:
        return self.direct().id if in_ is None else self.sandbox.channel_id(in_)

    def types(self, text: str, in_: str | Channel | None = None, *, thread: Message | None = None) -> Any:  # noqa: ANN401 - see below
        """Type into the composer. A text that begins with / is a command and gives a CommandAnswer, others a Message.

        `in_` None is the direct message with the bot. Raises ActError as Slack's client would refuse.
        """
        channel = self._where(in_)
        if text.startswith("/"):
            return self._commands(text, channel)
        parent = thread.ts if thread else None
        post = self.sandbox.run(acts.post(self.sandbox.world, self.user, channel, text, thread_ts=parent))
        return Message(self.sandbox, channel, post.ts)

    def _commands(self, text: str, channel: str) -> CommandAnswer:
        result = self.sandbox.run(acts.command(self.sandbox.world, self.user, channel, text))
        body = result.body or {}
        return CommandAnswer(
            acked=result.error is None,
            text=str(body.get("text", "")),
            blocks=tuple(body.get("blocks", ())),
            error=result.error,
            words=visible(body),
        )

    def edits(self, message: Message, text: str) -> None:
        """Change one's own message."""
        self.sandbox.run(acts.edit(self.sandbox.world, self.user, message.channel, message.ts, text))

    def deletes(self, message: Message) -> None:
        """Remove one's own message."""
        self.sandbox.run(acts.delete(self.sandbox.world, self.user, message.channel, message.ts))

    def reacts(self, name: str, on: Message) -> None:
        """Put a reaction on a message, or take it off again."""
        self.sandbox.run(acts.react(self.sandbox.world, self.user, on.channel, on.ts, name))

    def pins(self, message: Message) -> None:
        """Pin a message to its channel."""
        self.sandbox.run(acts.pin(self.sandbox.world, self.user, message.channel, message.ts))

    def unpins(self, message: Message) -> None:
        """Take a pinned message off."""
        self.sandbox.run(acts.pin(self.sandbox.world, self.user, message.channel, message.ts, add=False))

    def uploads(
        self, name: str, in_: str | Channel | None = None, *, content: bytes = b"x", thread: Message | None = None
    ) -> Message:
        """Share a file."""
        channel = self._where(in_)
        parent = thread.ts if thread else None
        post = self.sandbox.run(acts.upload(self.sandbox.world, self.user, channel, name, content, thread_ts=parent))
        return Message(self.sandbox, channel, post.ts)

    def clicks(self, what: str, on: Message | Screen) -> str | None:
        """Press a button (or an overflow option); returns what the person is shown when the app did not acknowledge."""
        return self.does(lambda blocks: button(blocks, what), on=on)

    def chooses(self, what: str, *options: "str | Person | Channel", on: Message | Screen) -> str | None:
        """Choose in a menu, radio group or picker: `kari.chooses("Assign", "Ola Hansen", on=card)`."""
        names = [_plain(one) for one in options]
        return self.does(lambda blocks: chosen(self.sandbox.world, field_named(blocks, what), names), on=on)

    def does(self, find: Callable[[list[Json]], Json], *, on: Message | Screen) -> str | None:
        """Do to an element what `find` returns, given the blocks as they are then: an action as in `acts.act`."""

        async def there() -> str | None:
            place = self.looks_at(on)
            return await acts.act(self.sandbox.world, self.user, place, find(place.blocks))

        return self.sandbox.run(there())

    def looks_at(self, on: Message | Screen) -> Surface:
        """Return the message or view acted on; for use on the sandbox's loop. Raises ActError."""
        if isinstance(on, Message):
            return surface(self.sandbox.world, self.user, channel=on.channel, ts=on.ts)
        return surface(self.sandbox.world, self.user, view_id=on.view_id)

    def suggestions(self, what: str, typed: str, on: Message | Screen) -> list[str]:
        """Return the options an external select offers for what was typed."""

        async def there() -> Json:
            place = self.looks_at(on)
            block, element = field_named(place.blocks, what)
            asked = {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed}
            return await acts.suggest(self.sandbox.world, self.user, place, asked)

        return [one["text"]["text"] for one in self.sandbox.run(there()).get("options", [])]

    def uses_shortcut(self, name: str, on: Message | None = None) -> str | None:
        """Use a shortcut by name or callback id, on a message when it is a message shortcut."""
        known = next(
            (one for one in self.sandbox.world.manifest.shortcuts if name in {one.name, one.callback_id}), None
        )
        if known is None:
            raise ActError("unknown_shortcut")
        if on is None:
            return self.sandbox.run(acts.shortcut(self.sandbox.world, self.user, known.callback_id))
        return self.sandbox.run(
            acts.message_shortcut(self.sandbox.world, self.user, known.callback_id, on.channel, on.ts)
        )

    def modal(self, timeout: float = PATIENCE) -> Modal:
        """Return the modal this person sees, waiting for one to open; raises NotOnScreen."""
        view = self.sandbox.until(lambda: self.sandbox.world.views.top(self.id), timeout)
        if view is None:
            message = f"no modal opened for {self.handle} within {timeout} s"
            raise NotOnScreen(message)
        return Modal(self, view.id)

    def has_modal(self) -> bool:
        """Say whether a modal is open now."""
        return self.sandbox.do(lambda: self.sandbox.world.views.top(self.id)) is not None

    def opens_home(self, timeout: float = PATIENCE) -> Home:
        """Open the App Home and wait for the app to publish it, briefly if it did before; raises NotOnScreen."""
        world = self.sandbox.world
        before = self.sandbox.do(
            lambda: (world.views.homes.get(self.id), getattr(world.views.homes.get(self.id), "revision", -1))
        )
        self.sandbox.run(acts.open_home(world, self.user))

        def fresh() -> View | None:
            view = world.views.homes.get(self.id)
            return view if view is not None and (view, view.revision) != before else None

        patience = timeout if before[0] is None else min(timeout, 0.5)
        view = self.sandbox.until(fresh, patience) or world.views.homes.get(self.id)
        if view is None:
            message = f"the app published no home for {self.handle} within {timeout} s"
            raise NotOnScreen(message)
        return Home(self, view.id)

    def opens_messages(self) -> Channel:
        """Open the direct message with the bot."""
        return Channel(
            self.sandbox, self.sandbox.run(acts.open_direct(self.sandbox.world, self.user, self.sandbox.bot_user_id)).id
        )

    def private_answers(self, in_: str | Channel | None = None) -> list[Message]:
        """Return what only this person sees in a conversation, oldest first."""
        where = self.sandbox.world.workspace.conversations[self._where(in_)]
        return self.sandbox.do(
            lambda: [
                Message(self.sandbox, where.id, ts)
                for ts, one in sorted(where.ephemerals.items())
                if one.user == self.id and not one.deleted
            ]
        )

    def joins(self, channel: str | Channel) -> None:
        """Join a channel."""
        self.sandbox.run(acts.join(self.sandbox.world, self.user, self.sandbox.channel_id(channel)))

    def leaves(self, channel: str | Channel) -> None:
        """Leave a channel."""
        self.sandbox.run(acts.leave(self.sandbox.world, self.user, self.sandbox.channel_id(channel)))

    def invites_bot(self, channel: str | Channel) -> None:
        """Invite the app's bot into a channel."""
        self.sandbox.run(acts.invite_bot(self.sandbox.world, self.user, self.sandbox.channel_id(channel)))


def _plain(one: "str | Person | Channel") -> str:
    return one if isinstance(one, str) else one.id
