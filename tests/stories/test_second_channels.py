"""Pages by mail and webhook: when Slack does not take one in time, and never beside one that it took."""

import base64
import hashlib
import hmac
import json
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Letter
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from sqlmodel import col, select

from bot.do_not_disturb import on_until
from bot.machine import MachineClock
from handlers.second_channels import PATIENCE
from models.outbox import Kind, Outgoing, State
from models.person import Person
from tests.stories.conftest import House, oslo
from tests.stories.hooked import hooked
from tests.stories.scenes import opened
from tests.stories.test_alerts import ROUTE
from tests.stories.test_pindena import STOPPED
from tests.stories.test_time import NOW, Steady, steady  # noqa: F401 - a fixture

KEY = b"the key of the story, 32 bytes.."
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


@dataclass
class Postbox:
    """A real mail server: it keeps what it takes, and answers what it is told to."""

    letters: "queue.Queue[Letter]" = field(default_factory=queue.Queue)
    answers: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Take a mail, or answer what was asked for."""
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.put(message_from_bytes(content, policy=default))
        return "250 taken"

    def next(self) -> Letter:
        """The next mail, once it is there."""
        return self.letters.get(timeout=10)


class OnAnyPort(Controller):
    """aiosmtpd's controller on a port that is free."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@dataclass
class Hook:
    """A receiver of webhooks."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    got: "queue.Queue[tuple[dict[str, str], bytes]]" = field(default_factory=queue.Queue)


@pytest.fixture(autouse=True)
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """The mail server that Vakt is told of."""
    box = Postbox()
    controller = OnAnyPort(box, hostname="127.0.0.1", port=0)
    controller.start()
    monkeypatch.setenv("VAKT_SMTP_URL", f"smtp://127.0.0.1:{controller.port}")
    monkeypatch.setenv("VAKT_MAIL_FROM", "vakt@desk.example")
    monkeypatch.setenv("VAKT_WEBHOOK_SECRET", SECRET)
    yield box
    controller.stop()


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A real HTTP server that takes webhooks."""
    made = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.put(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(made.answers.pop(0) if made.answers else 204)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/page"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def machine(steady: Steady) -> MachineClock:  # noqa: F811 - the fixture
    """The real machine clock on a steady clock that can be made to jump."""
    return MachineClock(NOW, steady)


@pytest.fixture
def begins_at() -> Any:  # noqa: ANN401 - an instant
    """Saturday, 23:00."""
    return oslo("2026-11-28 23:00")


def reached(house: House, handle: str, *, email: str | None = None, webhook: str | None = None) -> str:
    """Give somebody second channels; gives the Slack id."""
    slack_user: str = house.person(handle).id
    with house.vakt.database.transaction() as session:
        person = session.exec(select(Person).where(Person.slack_user == slack_user)).one()
        person.email, person.webhook = email, webhook
    return slack_user


def beside(house: House) -> list[Outgoing]:
    """What is owed, or was, by second channels."""
    with house.vakt.database.reading() as session:
        query = select(Outgoing).where(col(Outgoing.kind).in_([Kind.PAGE_MAIL, Kind.PAGE_WEBHOOK]))
        return list(session.exec(query))


def jumps(house: House, steady: Steady) -> None:  # noqa: F811 - the fixture
    """Let Slack's time to take a page pass."""
    steady.slept += PATIENCE.total_seconds() + 1
    house.vakt.sender.wake()


def pages_sara(house: House) -> None:
    """A critical fault at night."""
    ticket = opened(house, *STOPPED, by="kari", in_="#nordkonf")
    house.slack.expects("goes to you at once", in_="#desk", thread=ticket.card)


def passed_on(house: House) -> None:
    """The desk hears of what Slack refused, and the next on call is paged at once."""
    house.slack.expects("user_disabled", in_="#desk", thread=None)
    house.slack.expects("T-1", to=house.person("ingrid"))


def test_a_page_that_slack_takes_goes_no_other_way(house: House, postbox: Postbox, steady: Steady) -> None:  # noqa: F811
    reached(house, "sara", email="sara@desk.example")
    pages_sara(house)
    house.slack.expects("T-1", to=house.person("sara"))
    house.settles()
    jumps(house, steady)
    assert house.slack.until(lambda: [row.state for row in beside(house)] == [State.DROPPED], 10)
    assert postbox.letters.empty()
    house.is_quiet()


def test_a_page_that_slack_does_not_take_in_time_goes_by_mail(
    house: House,
    postbox: Postbox,
    steady: Steady,  # noqa: F811
) -> None:
    """It says what the page says; when Slack is back the page comes there too, and no second mail."""
    sara = reached(house, "sara", email="sara@desk.example")
    fault = house.slack.fault("chat.postMessage", kind="503", where=lambda args: args.get("channel") == sara, times=99)
    pages_sara(house)
    jumps(house, steady)
    letter = postbox.next()
    assert letter["To"] == "sara@desk.example"
    assert letter["From"] == "vakt@desk.example"
    assert letter["Subject"].startswith("Larm: T-1 · Kritisk")
    text = letter.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "Slack har inte tagit emot det här larmet" in text
    assert "<!date" not in text
    house.slack.do(lambda: setattr(fault, "times", 0))
    jumps(house, steady)
    house.slack.expects("T-1", to=house.person("sara"))
    assert postbox.letters.empty()
    house.is_quiet()


def test_pages_that_wait_to_be_said_together_each_go_by_mail_and_come_in_one_message_when_slack_is_back(
    house: House,
    postbox: Postbox,
    steady: Steady,  # noqa: F811
) -> None:
    """A mail each: it can be dropped when its page is answered, and carries the page's own id."""
    sara = reached(house, "sara", email="sara@desk.example")
    fault = house.slack.fault("chat.postMessage", kind="503", where=lambda args: args.get("channel") == sara, times=99)
    with hooked(house, routes=[ROUTE | {"page": True}]) as hook:
        hook.fires("Alpha", "Bravo", "Charlie")
        jumps(house, steady)
        letters = [postbox.next() for _ in range(3)]
        assert sorted(str(each["Subject"])[:10] for each in letters) == [f"Larm: T-{number} " for number in (1, 2, 3)]
        assert len({each["Message-ID"] for each in letters}) == 3
        house.slack.do(lambda: setattr(fault, "times", 0))
        jumps(house, steady)
        message = house.slack.expects("Charlie is wrong", to=house.person("sara"))
        house.settles()
        with house.vakt.database.reading() as session:
            said = {row.ts for row in session.exec(select(Outgoing).where(Outgoing.kind == Kind.PAGE))}
        assert message.ts in said
        assert len(said) <= 2
        assert postbox.letters.empty()
    house.slack.forgets()
    house.is_quiet()


def test_a_page_that_slack_refuses_goes_by_mail_at_once(house: House, postbox: Postbox) -> None:
    sara = reached(house, "sara", email="sara@desk.example")
    house.slack.fault("chat.postMessage", kind="user_disabled", where=lambda args: args.get("channel") == sara)
    pages_sara(house)
    assert "T-1" in postbox.next()["Subject"]
    passed_on(house)
    house.is_quiet()


def test_what_the_mail_server_puts_off_is_sent_later_under_the_same_id(house: House, postbox: Postbox) -> None:
    sara = reached(house, "sara", email="sara@desk.example")
    postbox.answers = ["451 try later"]
    house.slack.fault("chat.postMessage", kind="user_disabled", where=lambda args: args.get("channel") == sara)
    pages_sara(house)
    assert postbox.next()["Message-ID"].endswith("@desk.example>")
    passed_on(house)
    house.is_quiet()


def test_a_mailbox_that_does_not_exist_is_told_to_the_desk(house: House, postbox: Postbox) -> None:
    sara = reached(house, "sara", email="nobody@desk.example")
    postbox.answers = ["550 no such user"]
    house.slack.fault("chat.postMessage", kind="user_disabled", where=lambda args: args.get("channel") == sara)
    pages_sara(house)
    passed_on(house)
    house.slack.expects("A page by e-mail to", in_="#desk", thread=None)
    assert [row.state for row in beside(house)] == [State.REFUSED]
    house.is_quiet()


def test_a_webhook_is_signed_and_repeated_under_the_same_id(house: House, hook: Hook) -> None:
    """Source: standardwebhooks.com, the specification."""
    sara = reached(house, "sara", webhook=hook.url)
    hook.answers = [500]
    house.slack.fault("chat.postMessage", kind="user_disabled", where=lambda args: args.get("channel") == sara)
    pages_sara(house)
    first, second = (hook.got.get(timeout=10) for _ in range(2))
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    headers, body = second
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(KEY, signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert "T-1" in json.loads(body)["subject"]
    passed_on(house)
    house.is_quiet()


def test_a_page_that_somebody_answered_meanwhile_goes_no_other_way(
    house: House,
    postbox: Postbox,
    steady: Steady,  # noqa: F811
) -> None:
    """Nor by Slack, once that is back: nobody is woken for what is being worked on."""
    sara = reached(house, "sara", email="sara@desk.example")
    fault = house.slack.fault("chat.postMessage", kind="503", where=lambda args: args.get("channel") == sara, times=99)
    ticket = opened(house, *STOPPED, by="kari", in_="#nordkonf")
    house.slack.expects("goes to you at once", in_="#desk", thread=ticket.card)
    house.person("ingrid").clicks("Start work", on=ticket.card)
    house.slack.expects_edit(ticket.card, "Work started")
    jumps(house, steady)
    assert house.slack.until(lambda: [row.state for row in beside(house)] == [State.DROPPED], 10)
    assert postbox.letters.empty()
    house.slack.do(lambda: setattr(fault, "times", 0))
    jumps(house, steady)
    house.is_quiet()


def who_was_told(house: House) -> str:
    """What a colleague reads there."""
    ola = house.person("ola")
    ola.types("/ticket T-1", in_="#desk")
    shown = house.slack.expects_private("T-1", to=ola, in_="#desk")
    ola.clicks("Who was told?", on=shown)
    said: str = ola.modal().waits_for("queued").text
    ola.modal().close()
    return said


def test_somebody_in_do_not_disturb_is_paged_by_mail_at_once_too_and_the_receipts_say_so(
    house: House, postbox: Postbox
) -> None:
    """Slack lets no app break it. Where no other way is known, that is said."""
    reached(house, "sara", email="sara@desk.example")
    for handle in ("sara", "ingrid"):
        house.person(handle).is_quiet(hours=8)
    ticket = opened(house, *STOPPED, by="kari", in_="#nordkonf")
    house.slack.expects("goes to you at once", in_="#desk", thread=ticket.card)
    house.slack.expects("T-1", to=house.person("sara"))
    text = postbox.next().get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "Stör ej är på i din Slack" in text
    house.settles()
    told = who_was_told(house)
    assert "do-not-disturb is on until" in told
    assert "by e-mail too" in told
    house.moves(minutes=6)
    house.slack.expects("T-1", to=house.person("ingrid"))
    house.settles()
    assert "and no other way is known" in who_was_told(house)
    assert postbox.letters.empty()


def test_do_not_disturb_that_is_over_or_that_nobody_can_look_up_changes_nothing(
    house: House,
    postbox: Postbox,
    steady: Steady,  # noqa: F811
) -> None:
    reached(house, "sara", email="sara@desk.example")
    house.person("sara").is_quiet(hours=8)
    house.slack.fault("dnd.info", kind="503", times=9)
    pages_sara(house)
    house.slack.expects("T-1", to=house.person("sara"))
    house.settles()
    jumps(house, steady)
    assert house.slack.until(lambda: [row.state for row in beside(house)] == [State.DROPPED], 10)
    assert postbox.letters.empty()
    house.is_quiet()


@pytest.mark.parametrize(("begins", "ends", "on"), [(-10, 10, True), (10, 20, False), (-20, -10, False)])
def test_do_not_disturb_is_on_between_its_two_moments(begins: int, ends: int, *, on: bool) -> None:
    now = oslo("2026-11-28 23:00")
    told = {"dnd_enabled": True} | {
        f"next_dnd_{end}_ts": int(now.timestamp()) + seconds for end, seconds in (("start", begins), ("end", ends))
    }
    assert (on_until(told, now) is not None) is on
    assert on_until(told | {"dnd_enabled": False}, now) is None
    for shapeless in ({}, None, told | {"next_dnd_end_ts": "soon"}, {"dnd_enabled": True}):
        assert on_until(shapeless, now) is None


def test_ones_own_rule_sends_a_mail_at_once_and_a_webhook_after_minutes_without_an_answer(
    house: House,
    postbox: Postbox,
    hook: Hook,
    steady: Steady,  # noqa: F811
) -> None:
    reached(house, "sara", email="sara@desk.example", webhook=hook.url)
    wants(house, "sara", {"mail": 0, "webhook": 3})
    ticket = opened(house, *STOPPED, by="kari", in_="#nordkonf")
    house.slack.expects("goes to you at once", in_="#desk", thread=ticket.card)
    house.slack.expects("T-1", to=house.person("sara"))
    text = postbox.next().get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "för att du vill det" in text
    house.settles()
    jumps(house, steady)
    assert hook.got.empty()
    told = who_was_told(house)
    assert "by e-mail too" in told
    assert "unless answered" in told
    steady.slept += 180
    house.vakt.sender.wake()
    assert "T-1" in json.loads(hook.got.get(timeout=10)[1])["subject"]
    house.is_quiet()


def test_whoever_has_acknowledged_gets_nothing_by_ones_own_rule(
    house: House,
    postbox: Postbox,
    steady: Steady,  # noqa: F811
) -> None:
    reached(house, "sara", email="sara@desk.example")
    wants(house, "sara", {"mail": 3})
    pages_sara(house)
    page = house.slack.expects("T-1", to=house.person("sara"))
    house.person("sara").clicks("Kvittera", on=page)
    house.settles()
    steady.slept += 240
    house.vakt.sender.wake()
    assert house.slack.until(lambda: {row.state for row in beside(house)} == {State.DROPPED}, 10)
    assert postbox.letters.empty()


def wants(house: House, handle: str, rules: dict[str, int]) -> None:
    """Somebody's own rules."""
    with house.vakt.database.transaction() as session:
        person = session.exec(select(Person).where(Person.slack_user == house.person(handle).id)).one()
        person.notify = rules


def test_ones_own_rules_are_chosen_in_a_window(house: House) -> None:
    sara, ola = house.person("sara"), house.person("ola")
    ola.types("/oncall notify", in_="#desk")
    ola.modal().waits_for("No other way to you is known")
    ola.modal().close()
    reached(house, "sara", email="sara@desk.example")
    sara.types("/oncall notify", in_="#desk")
    modal = sara.modal()
    modal.waits_for("sara@desk.example")
    modal.choose("Med e-post", "efter 5 minuter utan svar")
    modal.submit()
    sara.modal().waits_for("efter 5 minuter utan svar")
    with house.vakt.database.reading() as session:
        assert session.exec(select(Person).where(Person.slack_user == sara.id)).one().notify == {"mail": 5}
    house.is_quiet()
