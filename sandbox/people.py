"""People as a test speaks of them: `kari.types("/ticket printer", in_="#acme")`, `kari.clicks("Start work", on=card)`.

Every act goes the way of `acts.py`, which the page uses too. Elements are found by what a person sees (label, button
text, option) or, failing that, by `action_id` or `block_id`.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sandbox import acts
from sandbox.finding import NotOnScreen, button, chosen, field_named, typed_value
from sandbox.interactions import ActError, Surface, remember, surface
from sandbox.modals import View
from sandbox.submissions import Submitted
from sandbox.words import visible
from sandbox.workspace import Conversation, Json, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox

Words: TypeAlias = str | re.Pattern[str]
PATIENCE = 3.0


@dataclass(frozen=True)
class CommandAnswer:
    """How a command went: acknowledged or not, what the answer said, and what the person is shown on failure."""

    acked: bool
    text: str = ""
    blocks: tuple[Json, ...] = ()
    error: str | None = None
    words: str = ""


@dataclass(frozen=True)
class Channel:
    """A conversation, by id."""

    sandbox: "Sandbox"
    id: str

    @property
    def _place(self) -> Conversation:
        return self.sandbox.world.workspace.conversations[self.id]

    @property
    def name(self) -> str:
        """Its name without #; empty for direct messages."""
        return self._place.name

    @property
    def messages(self) -> list["Message"]:
        """Everything in it that everyone there sees, oldest first, replies included."""
        return self.sandbox.do(lambda: [Message(self.sandbox, self.id, ts) for ts in sorted(self._place.posts)])

    def mention(self) -> str:
        """Return the token that names it."""
        return f"<#{self.id}>"


@dataclass(frozen=True)
class Message:
    """A message or private answer, as it stands at the moment it is asked."""

    sandbox: "Sandbox"
    channel: str
    ts: str

    def body(self) -> Json:
        """Return the message's JSON; raises KeyError when it was deleted."""
        return self.sandbox.do(self._body)

    def _body(self) -> Json:
        where = self.sandbox.world.workspace.conversations[self.channel]
        return where.posts[self.ts].body if self.ts in where.posts else where.ephemerals[self.ts].body

    def now(self) -> str:
        """Return all its words; for use on the sandbox's loop."""
        return visible(self._body())

    @property
    def words(self) -> str:
        """All words a reader sees, blocks included."""
        return self.sandbox.do(self.now)

    @property
    def text(self) -> str:
        """The top-level text (what notifications and screen readers say)."""
        return str(self.body().get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        return list(self.body().get("blocks", []))

    @property
    def thread_ts(self) -> str | None:
        """The parent's timestamp, or None outside threads."""
        return self.body().get("thread_ts")

    @property
    def metadata(self) -> Json | None:
        """The metadata it was posted with."""
        where = self.sandbox.world.workspace.conversations[self.channel]
        return where.posts[self.ts].metadata if self.ts in where.posts else None

    @property
    def exists(self) -> bool:
        """Whether it is still there."""
        where = self.sandbox.world.workspace.conversations[self.channel]
        whispered = where.ephemerals.get(self.ts)
        return self.ts in where.posts or bool(whispered and not whispered.deleted)

    @property
    def replies(self) -> list["Message"]:
        """The messages under it, oldest first."""
        where = self.sandbox.world.workspace.conversations[self.channel]
        return self.sandbox.do(
            lambda: [Message(self.sandbox, self.channel, one.ts) for one in where.thread(self.ts)[1:]]
        )


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

    def mention(self) -> str:
        """Return the token that names this person."""
        return f"<@{self.id}>"

    def direct(self) -> Channel:
        """Return the direct message between this person and the bot."""
        return Channel(
            self.sandbox, self.sandbox.do(lambda: self.sandbox.world.direct(self.sandbox.bot_user_id, self.id)).id
        )

    def _where(self, in_: "str | Channel | None") -> str:
        return self.direct().id if in_ is None else self.sandbox.channel_id(in_)

    def types(self, text: str, in_: "str | Channel | None" = None, *, thread: Message | None = None) -> Any:  # noqa: ANN401 - see below
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

    def uploads(
        self, name: str, in_: "str | Channel | None" = None, *, content: bytes = b"x", thread: Message | None = None
    ) -> Message:
        """Share a file."""
        channel = self._where(in_)
        parent = thread.ts if thread else None
        post = self.sandbox.run(acts.upload(self.sandbox.world, self.user, channel, name, content, thread_ts=parent))
        return Message(self.sandbox, channel, post.ts)

    def clicks(self, what: str, on: "Message | Modal | Home") -> str | None:
        """Press a button (or an overflow option); returns what the person is shown when the app did not acknowledge."""
        return self._act(on, lambda blocks: button(blocks, what))

    def chooses(self, what: str, *options: "str | Person | Channel", on: "Message | Modal | Home") -> str | None:
        """Choose in a menu, radio group or picker: `kari.chooses("Assign", "Ola Hansen", on=card)`."""
        return self._act(
            on, lambda blocks: chosen(self.sandbox.world, field_named(blocks, what), [_plain(one) for one in options])
        )

    def _act(self, on: "Message | Modal | Home", find: Any) -> str | None:  # noqa: ANN401 - blocks to action
        async def there() -> str | None:
            place = self._surface(on)
            return await acts.act(self.sandbox.world, self.user, place, find(place.blocks))

        return self.sandbox.run(there())

    def _surface(self, on: "Message | Modal | Home") -> Surface:
        if isinstance(on, Message):
            return surface(self.sandbox.world, self.user, channel=on.channel, ts=on.ts)
        return surface(self.sandbox.world, self.user, view_id=on.view_id)

    def suggestions(self, what: str, typed: str, on: "Message | Modal | Home") -> list[str]:
        """Return the options an external select offers for what was typed."""

        async def there() -> Json:
            place = self._surface(on)
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

    def modal(self, timeout: float = PATIENCE) -> "Modal":
        """Return the modal this person sees, waiting for one to open; raises NotOnScreen."""
        view = self.sandbox.until(lambda: self.sandbox.world.views.top(self.id), timeout)
        if view is None:
            message = f"no modal opened for {self.handle} within {timeout} s"
            raise NotOnScreen(message)
        return Modal(self, view.id)

    def has_modal(self) -> bool:
        """Say whether a modal is open now."""
        return self.sandbox.do(lambda: self.sandbox.world.views.top(self.id)) is not None

    def opens_home(self, timeout: float = PATIENCE) -> "Home":
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

    def private_answers(self, in_: "str | Channel | None" = None) -> list[Message]:
        """Return what only this person sees in a conversation, oldest first."""
        where = self.sandbox.world.workspace.conversations[self._where(in_)]
        return self.sandbox.do(
            lambda: [
                Message(self.sandbox, where.id, ts)
                for ts, one in sorted(where.ephemerals.items())
                if one.user == self.id and not one.deleted
            ]
        )

    def joins(self, channel: "str | Channel") -> None:
        """Join a channel."""
        self.sandbox.run(acts.join(self.sandbox.world, self.user, self.sandbox.channel_id(channel)))

    def leaves(self, channel: "str | Channel") -> None:
        """Leave a channel."""
        self.sandbox.run(acts.leave(self.sandbox.world, self.user, self.sandbox.channel_id(channel)))

    def invites_bot(self, channel: "str | Channel") -> None:
        """Invite the app's bot into a channel."""
        self.sandbox.run(acts.invite_bot(self.sandbox.world, self.user, self.sandbox.channel_id(channel)))


def _plain(one: "str | Person | Channel") -> str:
    return one if isinstance(one, str) else one.id


class Screen:
    """A view as its person sees it. It reads the view as it is now, so updates by the app show at once."""

    def __init__(self, person: Person, view_id: str) -> None:
        """Look at one view."""
        self.person = person
        self.view_id = view_id

    def _find(self) -> View | None:
        return self.person.sandbox.world.views.find(self.view_id)

    @property
    def view(self) -> View:
        """The view; raises NotOnScreen when it was closed."""
        view = self.person.sandbox.do(self._find)
        if view is None:
            message = "this view is closed"
            raise NotOnScreen(message)
        return view

    @property
    def text(self) -> str:
        """All visible words, top to bottom."""
        view = self.view
        return self.person.sandbox.do(lambda: visible(view.body))

    @property
    def blocks(self) -> list[Json]:
        """The view's blocks."""
        return self.view.blocks

    def click(self, what: str) -> str | None:
        """Press a button on it."""
        return self.person.clicks(what, on=self)  # type: ignore[arg-type]

    def waits_for(self, words: Words, timeout: float = PATIENCE) -> "Screen":
        """Wait until the view says `words`; raises NotOnScreen."""
        found = self.person.sandbox.until(lambda: self._says(words), timeout)
        if not found:
            message = f"the view did not come to say {words!r}; it says:\n{self.text}"
            raise NotOnScreen(message)
        return self

    def _says(self, words: Words) -> bool:
        view = self._find()
        if view is None:
            return False
        text = visible(view.body)
        return bool(words.search(text)) if isinstance(words, re.Pattern) else words in text


class Home(Screen):
    """A person's App Home."""


class Modal(Screen):
    """A modal."""

    @property
    def title(self) -> str:
        """The title."""
        return str(self.view.body["title"]["text"])

    @property
    def errors(self) -> dict[str, str]:
        """What stands under the fields in red, by block id."""
        return dict(self.view.errors)

    @property
    def closed(self) -> bool:
        """Whether it is no longer on the screen."""
        return self.person.sandbox.do(self._find) is None

    @property
    def values(self) -> Json:
        """`state.values` as it stands."""
        view = self.view
        return self.person.sandbox.do(view.state)

    def refresh(self) -> "Modal":
        """Look at whatever is on top of the person's stack now."""
        return self.person.modal()

    def fill(self, label: str, text: str) -> "Modal":
        """Type into a field, found by label or block id."""

        async def there() -> None:
            place = self.person._surface(self)  # noqa: SLF001 - one thing in two classes
            block, element = field_named(place.blocks, label)
            value = typed_value(element, text)
            remember(
                self.person.sandbox.world, self.person.user, place, {block["block_id"]: {element["action_id"]: value}}
            )

        self.person.sandbox.run(there())
        return self

    def choose(self, label: str, *options: "str | Person | Channel") -> "Modal":
        """Choose in a menu, radio group, checkboxes or picker, found by label or block id."""
        self.person.chooses(label, *options, on=self)
        return self

    def presses_enter(self, label: str) -> "Modal":
        """Press Enter in a text field; the app hears of it when the block dispatches actions."""

        def find(blocks: list[Json]) -> Json:
            block, element = field_named(blocks, label)
            given = self.view.given.get(block["block_id"], {}).get(element["action_id"], {})
            return {"action_id": element["action_id"], "block_id": block["block_id"], **given}

        self.person._act(self, find)  # noqa: SLF001 - one thing in two classes
        return self

    def submit(self) -> Submitted:
        """Press the submit button and wait for the app's answer."""

        async def there() -> Submitted:
            view = self._find()
            if view is None:
                message = "this modal is closed"
                raise NotOnScreen(message)
            return await acts.submit(self.person.sandbox.world, self.person.user, view)

        return self.person.sandbox.run(there())

    def close(self, *, everything: bool = False) -> None:
        """Press Cancel, or the x that closes the whole stack (`everything`)."""
        view = self.view
        self.person.sandbox.run(acts.close(self.person.sandbox.world, self.person.user, view, everything=everything))

    def waits_until_closed(self, timeout: float = PATIENCE) -> None:
        """Wait until it is gone; raises NotOnScreen."""
        if not self.person.sandbox.until(lambda: self._find() is None, timeout):
            message = f"the modal is still open and says:\n{self.text}"
            raise NotOnScreen(message)
