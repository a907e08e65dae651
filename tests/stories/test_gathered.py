"""Pages that begin together for one person: the first goes at once, the others are one message and answered singly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import col, select

from bot.storage.database import Database
from handlers import paging
from handlers.owed import Ledger
from handlers.page_calls import Paging
from models import typed_text
from models.desk import Desk
from models.escalation import Plan, Step, StepKind
from models.history import Event
from models.ids import new_id
from models.joining import MOST
from models.outbox import Kind, Outgoing, State
from models.page import Page, PageState
from models.person import Person as PersonRecord
from sandbox import Message, Person
from sandbox.finding import button
from tests.stories.conftest import House, oslo
from tests.stories.hooked import Hooked, hooked
from tests.stories.scenes import presses_old, times
from tests.stories.test_alerts import ROUTE

ACKNOWLEDGE, ACKNOWLEDGE_ALL, DECLINE = "page.acknowledge", "page.acknowledge_all", "page.decline"
ESCALATE, SHOW = "page.escalate", "ticket.show"
IN_PRIVATE = "conversations.history"


@pytest.fixture
def begins_at() -> datetime:
    """A Saturday night."""
    return oslo("2026-11-28 23:00")


@dataclass
class Storm:
    """Alerts that come together, and whom they page."""

    house: House
    hook: Hooked

    def fires(self, *names: str) -> None:
        """One delivery: a ticket and a page for each."""
        assert self.hook.fires(*names).body == {"accepted": len(names)}

    @property
    def called(self) -> Person:
        """Who is on call for all of them."""
        with self.house.vakt.database.reading() as session:
            page = session.exec(select(Page).order_by(col(Page.id)).limit(1)).one()
            person = session.get_one(PersonRecord, (page.team_id, page.calls[0]["to"]))
        return self.house.person(person.handle)

    def hears(self, name: str) -> Message:
        """The direct message that names an alert."""
        heard: Message = self.house.slack.expects(f"{name} is wrong", to=self.called)
        return heard


@pytest.fixture
def storm(house: House) -> Iterator[Storm]:
    """A route that pages for every alert."""
    with hooked(house, routes=[ROUTE | {"page": True, "storm": 100}]) as hook:
        yield Storm(house, hook)


def rows(house: House) -> list[Outgoing]:
    """The messages owed to people, in the order in which they were."""
    with house.vakt.database.reading() as session:
        query = select(Outgoing).where(Outgoing.kind == Kind.PAGE).order_by(col(Outgoing.id))
        return list(session.exec(query))


def pages(house: House) -> list[Page]:
    """The pages, in the order in which they began."""
    with house.vakt.database.reading() as session:
        return list(session.exec(select(Page).order_by(col(Page.id))))


def presses(who: Person, action: str, message: Message, about: str) -> None:
    """Press a button of the part of a message that is about something."""

    def there(blocks: list[dict[str, Any]]) -> dict[str, Any]:
        place = next(n for n, block in enumerate(blocks) if about in str(block.get("text")))
        return button(blocks[place + 1 : place + 2], action)

    assert who.does(there, on=message) is None


def offered(message: Message) -> list[str]:
    """The buttons of a message."""
    found = [block.get("accessory") for block in message.blocks]
    found += [element for block in message.blocks for element in block.get("elements", ())]
    return [str(each["action_id"]) for each in found if each and each["type"] == "button"]


def direct(storm: Storm) -> list[str]:
    """The texts of everything that was said to whoever is called."""
    place = storm.house.slack.world.workspace
    return [
        str(post.body.get("text"))
        for where in place.conversations.values()
        if where.kind == "im" and storm.called.id in where.members
        for post in where.posts.values()
    ]


@pytest.mark.clause("EM-19")
def test_the_first_page_goes_at_once_and_those_that_begin_with_it_are_one_message(storm: Storm) -> None:
    """Each has its own lines and buttons, its own row with the place of the message, and its own receipt."""
    house = storm.house
    storm.fires("Alpha", "Bravo", "Charlie")
    first, both = storm.hears("Alpha"), storm.hears("Charlie")
    assert first.ts != both.ts
    assert "Bravo" in both.text
    assert "Bravo" not in first.words
    assert offered(first) == [ACKNOWLEDGE, DECLINE, ESCALATE, SHOW]
    assert offered(both) == [ACKNOWLEDGE_ALL, *[ACKNOWLEDGE, DECLINE, ESCALATE, SHOW] * 2]
    house.settles()
    alone, second, third = rows(house)
    assert (second.ts, third.ts) == (both.ts, both.ts) != (alone.ts, alone.ts)
    assert {row.state for row in (alone, second, third)} == {State.SENT}
    assert len(direct(storm)) == 2
    house.slack.forgets()
    house.is_quiet()


def test_a_button_acts_on_its_own_page_and_acknowledge_all_on_those_that_are_left(storm: Storm) -> None:
    """Who acknowledged is said there; when nothing can be taken any more there is nothing to press for all."""
    house = storm.house
    storm.fires("Alpha", "Bravo", "Charlie", "Delta")
    storm.hears("Alpha")
    message, called = storm.hears("Delta"), storm.called
    presses(called, ACKNOWLEDGE, message, "Charlie is wrong")
    house.settles()
    assert [page.state for page in pages(house)] == [PageState.PAGING] * 2 + [PageState.ACKNOWLEDGED, PageState.PAGING]
    assert offered(message).count(ACKNOWLEDGE) == 2
    assert called.clicks(ACKNOWLEDGE_ALL, on=message) is None
    house.settles()
    assert [page.state for page in pages(house)] == [PageState.PAGING] + [PageState.ACKNOWLEDGED] * 3
    assert [times(house, f"T-{number}", Event.ACKNOWLEDGED) for number in (1, 2, 3, 4)] == [0, 1, 1, 1]
    assert ACKNOWLEDGE_ALL not in offered(message)
    assert ACKNOWLEDGE not in offered(message)
    house.slack.forgets()
    house.is_quiet()


def test_acknowledge_all_is_refused_when_nothing_is_left_and_to_anybody_else(storm: Storm) -> None:
    house = storm.house
    storm.fires("Alpha", "Bravo", "Charlie")
    message, called = storm.hears("Charlie"), storm.called
    house.settles()
    block = message.blocks[0]
    stale = {"block": block["block_id"], "value": block["accessory"]["value"]}
    assert called.clicks(ACKNOWLEDGE_ALL, on=message) is None
    house.settles()
    before = [(page.state, page.acknowledged_at) for page in pages(house)]
    house.moves(minutes=1)
    presses_old(house, called, message, ACKNOWLEDGE_ALL, **stale)
    house.slack.expects_private("T-2", to=called)
    presses_old(house, house.person("ola"), storm.house.card("Bravo is wrong"), ACKNOWLEDGE_ALL, **stale)
    house.slack.expects_private("earlier version", to=house.person("ola"))
    assert [(page.state, page.acknowledged_at) for page in pages(house)] == before
    house.slack.forgets()


def test_what_happens_elsewhere_is_edited_in_place_and_at_the_end_no_button_is_left(storm: Storm) -> None:
    house, ola = storm.house, storm.house.person("ola")
    storm.fires("Alpha", "Bravo", "Charlie")
    message = storm.hears("Charlie")
    house.settles()
    ola.clicks("Start work", on=house.card("Bravo is wrong"))
    house.settles()
    assert [page.state for page in pages(house)] == [PageState.PAGING, PageState.ENDED, PageState.PAGING]
    assert offered(message) == [ACKNOWLEDGE, DECLINE, ESCALATE, SHOW]
    ola.clicks("Resolve", on=house.card("Charlie is wrong"))
    ola.modal().fill("Outcome", "It is up again").submit()
    house.settles()
    assert offered(message) == []
    house.slack.forgets()
    house.is_quiet()


def test_i_cannot_sends_that_page_to_the_next_who_is_told_of_it_alone(storm: Storm) -> None:
    house = storm.house
    storm.fires("Alpha", "Bravo", "Charlie")
    message, called = storm.hears("Charlie"), storm.called
    presses(called, DECLINE, message, "Bravo is wrong")
    house.settles()
    told = [len(page.calls) for page in pages(house)]
    assert told == [1, 2, 1]
    assert offered(message).count(DECLINE) == 1
    house.slack.forgets()
    house.is_quiet()


def test_what_slack_refuses_goes_on_to_the_next_page_by_page(storm: Storm) -> None:
    house = storm.house
    storm.fires("First")
    storm.hears("First")
    house.settles()
    whom = storm.called.id
    house.slack.fault("chat.postMessage", kind="user_disabled", times=9, where=lambda args: args.get("channel") == whom)
    storm.fires("Alpha", "Bravo", "Charlie")
    assert house.slack.until(lambda: all(len(page.calls) == 2 for page in pages(house)[1:]), 10)
    for page in pages(house)[1:]:
        assert [call.get("refused", "")[:32] for call in page.calls] == ["chat.postMessage: user_disabled", ""]
        assert page.waits_for != page.calls[0]["to"]
    house.settles()
    assert [row.state for row in rows(house) if row.conversation == whom] == [State.SENT, *[State.REFUSED] * 3]
    house.slack.forgets()
    house.is_quiet()


def test_a_message_that_slack_finds_too_much_is_said_page_by_page(storm: Storm) -> None:
    """Nobody is passed over for what was in it."""
    house = storm.house
    house.slack.fault(
        "chat.postMessage", kind="msg_blocks_too_long", where=lambda args: ACKNOWLEDGE_ALL in str(args.get("blocks"))
    )
    storm.fires("Alpha", "Bravo", "Charlie")
    for name in ("Alpha", "Bravo", "Charlie"):
        storm.hears(name)
    house.settles()
    assert len(direct(storm)) == 3
    assert [len(page.calls) for page in pages(house)] == [1, 1, 1]
    assert len({row.ts for row in rows(house)}) == 3
    house.slack.forgets()
    house.is_quiet()


@pytest.mark.parametrize("kind", ["500", "lost_answer", "timeout"])
def test_a_message_of_several_is_said_once_whatever_becomes_of_the_answer(storm: Storm, kind: str) -> None:
    """It is looked for by the key of the first, and then all of it is known to have been said."""
    house = storm.house
    house.slack.fault("chat.postMessage", kind=kind, where=lambda args: ACKNOWLEDGE_ALL in str(args.get("blocks")))
    storm.fires("Alpha", "Bravo", "Charlie")
    house.settles()
    message = storm.hears("Charlie")
    assert [row.ts == message.ts for row in rows(house)] == [False, True, True]
    assert {row.state for row in rows(house)} == {State.SENT}
    assert len(direct(storm)) == 2
    assert any(row["name"] == IN_PRIVATE for row in house.slack.requests)
    house.slack.forgets()
    house.is_quiet()


def test_where_nobody_can_look_it_is_said_again_and_says_so(storm: Storm) -> None:
    house = storm.house
    house.slack.fault("conversations.history", kind="missing_scope", times=9)
    house.slack.fault(
        "chat.postMessage", kind="lost_answer", where=lambda args: ACKNOWLEDGE_ALL in str(args.get("blocks"))
    )
    storm.fires("Alpha", "Bravo", "Charlie")
    house.settles()
    assert len(direct(storm)) == 3
    place = house.slack.world.workspace.conversations
    said = [post.body for where in place.values() if where.kind == "im" for post in where.posts.values()]
    assert sum("repeat" in str(body) or "gjentakelse" in str(body) or "upprepning" in str(body) for body in said) == 1
    assert {row.state for row in rows(house)} == {State.SENT}
    house.slack.forgets()
    house.is_quiet()


def test_more_than_a_message_holds_are_counted_and_follow_in_the_next(storm: Storm) -> None:
    """Thirty: one alone, then as many as there is room for, then the rest."""
    house = storm.house
    storm.fires(*(f"Alert{number:02}" for number in range(30)))
    house.settles()
    by_message: dict[str, int] = {}
    for row in rows(house):
        by_message[str(row.ts)] = by_message.get(str(row.ts), 0) + 1
    assert [by_message[ts] for ts in sorted(by_message)] == [1, MOST, 30 - 1 - MOST]
    full = next(post for post in _posts(storm) if len(post["blocks"]) > 2 * MOST)
    assert len(full["blocks"]) <= 50
    assert str(30 - 1 - MOST) in str(full["blocks"][-1])
    assert str(full["text"]).startswith(f"{MOST} ")
    called = storm.called
    message = Message(house.slack, full["channel"], full["ts"])
    assert called.clicks(ACKNOWLEDGE_ALL, on=message) is None
    house.settles()
    assert sum(page.state == PageState.ACKNOWLEDGED for page in pages(house)) == MOST
    house.slack.forgets()
    house.is_quiet()


def _posts(storm: Storm) -> list[dict[str, Any]]:
    """What was posted to whoever is called, as it was first."""
    return [
        {**row["request"], **row["response"]}
        for row in storm.house.slack.requests
        if row["name"] == "chat.postMessage" and row["request"].get("channel") == storm.called.id
    ]


@pytest.mark.parametrize(
    ("handle", "words"),
    [
        ("per", ("2 pages · ", "2 of them wait for you", "Acknowledge all")),
        ("ingrid", ("2 varsler · ", "2 av dem venter på deg", "Kvitter alle")),
        ("sara", ("2 larm · ", "2 av dem väntar på dig", "Kvittera alla")),
    ],
)
def test_pages_by_hand_join_too_in_the_words_of_whoever_reads_them(
    house: House, handle: str, words: tuple[str, ...]
) -> None:
    """They have no ticket to open, and an answer ends one."""
    by_hand(house, handle, "One", "Two", "Three")
    message = house.slack.expects("Three", to=house.person(handle))
    assert message.text.startswith(words[0])
    for said in words[1:]:
        assert said in message.words
    assert SHOW not in offered(message)
    presses(house.person(handle), ACKNOWLEDGE, message, "Two")
    house.settles()
    assert [page.state for page in pages(house)] == [PageState.PAGING, PageState.ENDED, PageState.PAGING]
    house.slack.forgets()
    house.is_quiet()


def test_whoever_is_asked_again_about_several_finds_the_questions_in_one_message(storm: Storm) -> None:
    house = storm.house
    storm.fires("Alpha", "Bravo", "Charlie")
    first, message, called = storm.hears("Alpha"), storm.hears("Charlie"), storm.called
    assert called.clicks(ACKNOWLEDGE, on=first) is None
    assert called.clicks(ACKNOWLEDGE_ALL, on=message) is None
    house.moves(minutes=15)
    again = [row for row in rows(house) if row.args["call"] == 1]
    assert len(again) == 3
    assert len({row.ts for row in again}) == 2
    assert {row.state for row in again} == {State.SENT}
    house.slack.forgets()
    house.is_quiet()


def test_a_page_that_is_over_before_slack_has_the_message_is_not_waited_for_in_it(storm: Storm) -> None:
    """Where all are over, nothing is said."""
    house = storm.house
    house.slack.fault("chat.postMessage", kind="503", times=99, where=lambda args: args.get("channel", "")[:1] == "U")
    storm.fires("Alpha", "Bravo")
    ola = house.person("ola")
    for name in ("Alpha", "Bravo"):
        ola.clicks("Start work", on=house.card(f"{name} is wrong"))
    house.slack.until(lambda: all(page.state == PageState.ENDED for page in pages(house)), 10)
    assert house.slack.until(lambda: {row.state for row in rows(house)} == {State.DROPPED}, 20)
    house.slack.forgets()
    house.is_quiet()


def by_hand(house: House, handle: str, *texts: str) -> None:
    """`/page` for each of these, stored together."""
    begin(house.vakt.database, handle, texts, house.vakt.desk.machine_now(), house.now())


def begin(database: Database, handle: str, texts: Sequence[str], machine_now: datetime, now: datetime) -> None:
    """Pages without a ticket to somebody, in one transaction."""
    with database.transaction() as session:
        desk = session.exec(select(Desk).limit(1)).one()
        ids = {person.handle: person.id for person in session.exec(select(PersonRecord))}
        plan = Plan(steps=(Step(kind=StepKind.PERSON, of=ids[handle], wait=5),))
        ledger = Ledger(session, machine_now)
        for text in texts:
            page = Page(
                team_id=desk.team_id,
                id=new_id(),
                desk_id=desk.id,
                text_id=typed_text.keep(session, desk.team_id, ids["ola"], text),
                started_at=now,
                started_by=ids["ola"],
                plan=plan.stored,
            )
            session.flush()
            paging.start(Paging(ledger, page, desk, None, now, ids["ola"]))
