"""How stories begin: a ticket with both its cards, told in few words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import select

from models.clock import Clock, clocks_of
from models.history import Event, history_of
from models.ticket import Ticket
from sandbox import Message, Person, posts
from sandbox.interactions import payload
from sandbox.submissions import told
from tests.stories.conftest import OSLO, House

GUIDANCE = "A question about how something works"
"""A kind under SoftOne's agreement that asks nothing more: Priority 5, 48 working hours to start."""


@dataclass(frozen=True)
class Opened:
    """A ticket that is open: its number, the desk's card and the customer's."""

    name: str
    card: Message
    theirs: Message

    @property
    def number(self) -> int:
        """The number without its letter."""
        return int(self.name.removeprefix("T-"))


def opened(
    house: House,
    *answers: tuple[str, str],
    by: str = "anna",
    in_: str = "#acme",
    kind: str | None = None,
    summary: str = "How are invoices sent",
) -> Opened:
    """A ticket, opened by its customer; without answers one that asks none."""
    chosen = kind or (None if answers else GUIDANCE)
    name = house.opens(house.person(by), summary, *answers, in_=in_, kind=chosen, card=False)
    return Opened(name, house.card(name), house.slack.expects(name, in_=in_, thread=None))


def stored(house: House, name: str) -> Ticket:
    """The ticket as stored now."""
    with house.vakt.database.reading() as session:
        query = select(Ticket).where(Ticket.number == int(name.removeprefix("T-")))
        return session.exec(query).one()


def events(house: House, name: str) -> list[str]:
    """Everything that happened to it, in order."""
    with house.vakt.database.reading() as session:
        entries = history_of(session, house.slack.team_id, int(name.removeprefix("T-")))
        return [entry.event for entry in entries]


def times(house: House, name: str, event: Event) -> int:
    """How often that happened to it."""
    return events(house, name).count(event)


def clocks(house: House, name: str) -> dict[str, Clock]:
    """Its clocks by kind, the latest of each."""
    with house.vakt.database.reading() as session:
        number = int(name.removeprefix("T-"))
        return {clock.kind: clock for clock in clocks_of(session, house.slack.team_id, number)}


def in_oslo(at: datetime | None) -> str:
    """An instant as a wall clock in Oslo shows it."""
    return at.astimezone(OSLO).strftime("%Y-%m-%d %H:%M") if at else "never"


def presses_old(house: House, who: Person, on: Message, action: str, *, block: str, **given: Any) -> str | None:
    """Press what stood on a message before it was redrawn, as a person's slow screen still shows it.

    `given` is what the element carries: `value`, `selected_option`, `selected_user`. The sandbox
    itself refuses to press what is not there any more.
    """
    pressed = {"type": "button", "action_id": action, "block_id": block, "action_ts": "1.0", **given}

    async def there() -> str | None:
        world = house.slack.world
        shape = payload(world, who.user, who.looks_at(on))
        shape["actions"] = [pressed]
        return await told(world, who.user, await world.dispatch.ask("interactive", shape))

    return house.slack.run(there())


def option(value: str) -> dict[str, Any]:
    """What is chosen in a menu, as Slack tells it."""
    return {"text": {"type": "plain_text", "text": value}, "value": value}


def hears(house: House, who: Person, words: str, *, in_: str) -> Message:
    """The one private answer that is new to somebody in a channel; it says `words`."""
    house.slack.idle()
    assert house.vakt.aside.idle(5)
    here = (house.slack.channel_id(in_), who.id)
    new = [one for one in house.slack.world.heard if not one.expected and (one.channel, one.private_to) == here]
    assert [words in one.words for one in new] == [True], [one.words for one in new]
    new[0].expected = True
    return Message(house.slack, new[0].channel, str(new[0].body["ts"]))


def deletes(house: House, message: Message) -> None:
    """An owner of the workspace deletes a message of Vakt's; one that was answered leaves a stone in its place."""
    world = house.slack.world

    def there() -> None:
        where = world.workspace.conversations[message.channel]
        posts.delete(world, where, where.posts[message.ts])

    house.slack.do(there)


def forget(house: House) -> None:
    """Take everything said so far as expected, so that the next answer is not taken for an old one."""
    house.slack.idle()
    assert house.vakt.aside.idle(5)
    house.slack.forgets()
