"""What people do, and what each of them saw come of it: acknowledged, or not.

A person presses again when nothing answered, as people do, unless the ticket shows that it was done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import Random

from sqlmodel import Session, and_, col, select

from handlers.origins import origin_of
from models.history import Event
from models.outage import OutageEvent
from models.outbox import Outgoing
from models.person import Person as PersonRecord
from models.received import Received
from models.ticket import Ticket
from models.typed_text import TypedText
from sandbox import ActError, Message, Modal, NotOnScreen, Person
from tests.chaos.arena import Arena, is_delivery, was_heard
from tests.chaos.plan import Act, Opening

TRIES = 8
OPENS_WITHIN = 2.0
"""Seconds a person looks for the window that a press should have opened."""

TOLD_WITHIN = 2.0
"""Seconds within which Slack shows why nothing came of a press."""


@dataclass
class Deed:
    """One thing somebody did. `keys` are those under which Vakt remembers its deliveries."""

    event: Event | OutageEvent
    who: str
    ticket: int | None = None
    token: str = ""
    gone: tuple[str, str] | None = None
    """Where the message stood that was deleted: channel and time stamp."""
    keys: set[str] = field(default_factory=set)
    acknowledged: bool = False


@dataclass
class Written:
    """A message that somebody wrote under a customer's card."""

    who: Person
    ticket: int
    message: Message


@dataclass
class Hands:
    """Does in the workspace what the plan asks, and writes down what came of it."""

    arena: Arena
    deeds: list[Deed] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    left_undone: int = 0
    """Acts that nobody could do: the button was not there, or its window did not open."""

    def __post_init__(self) -> None:
        self._tokens = count(1)

    def opens(self, opening: Opening) -> None:
        """A customer opens a ticket."""
        token, who = self.token(), self._person(opening.who)
        for _ in range(TRIES):
            modal = self.window(who, lambda: who.types(f"/ticket {token}", in_=opening.where).error)
            if modal is not None and self._answers(modal, opening):
                deed = Deed(Event.OPENED, opening.who, token=token)
                if self.submits(deed, who, modal):
                    deed.ticket = self._number(token)
                    return
        self.left_undone += 1

    def _answers(self, modal: Modal, opening: Opening) -> bool:
        try:
            if opening.kind is not None:
                modal.choose("open.kind", opening.kind)
            for question, answer in opening.answers:
                modal.waits_for(question, OPENS_WITHIN)
                modal.choose(question, answer)
        except (NotOnScreen, ActError):
            return False
        return True

    def does(self, act: Act, which: float) -> None:
        """Somebody does that to one of the tickets on which it is possible now, or else what comes next to it."""
        others = [each for each in Act if each is not act]
        Random(which).shuffle(others)
        ready = self._ready()
        for _ in range(TRIES):
            if not ready:
                self.arena.rests(0.3)
                ready = self._ready()
        for each in (act, *others):
            able = [found for found in ready if POSSIBLE[each](self, found[0])]
            if able:
                self._tries(each, *able[int(which * len(able))])
                return
        self.left_undone += 1

    def _ready(self) -> list[tuple[Ticket, Message, Message]]:
        """The tickets whose cards both stand."""
        with self.arena.looking() as session:
            tickets = [(each, *self._cards(session, each)) for each in session.exec(select(Ticket))]
        return [(ticket, desk, theirs) for ticket, desk, theirs in tickets if desk and theirs]

    def _tries(self, act: Act, ticket: Ticket, desk: Message, theirs: Message) -> None:
        """A card that still shows what was is looked at again in a moment."""
        for _ in range(TRIES):
            try:
                ACTS[act](self, ticket, desk, theirs)
            except (NotOnScreen, ActError):
                self.arena.rests(0.3)
            else:
                return
        self.left_undone += 1

    def _cards(self, session: Session, ticket: Ticket) -> tuple[Message | None, Message | None]:
        ids = (ticket.desk_card_id, ticket.customer_card_id)
        desk, theirs = (session.get(Outgoing, (ticket.team_id, each)) if each else None for each in ids)
        return self._message(desk), self._message(theirs)

    def _message(self, row: Outgoing | None) -> Message | None:
        return Message(self.arena.slack, row.channel, row.ts) if row and row.channel and row.ts else None

    # Each act

    def starts(self, ticket: Ticket, desk: Message, _: Message) -> None:
        ola = self._person("ola")
        self.presses(Deed(Event.WORK_STARTED, "ola", ticket.number), ola, lambda: ola.clicks("Start work", on=desk))

    def assigns(self, ticket: Ticket, desk: Message, _: Message) -> None:
        ola, ingrid = self._person("ola"), self._person("ingrid")
        deed = Deed(Event.ASSIGNED, "ola", ticket.number)
        self.presses(deed, ola, lambda: ola.chooses("Assign", ingrid, on=desk))

    def presses_in_vain(self, _: Ticket, desk: Message, __: Message) -> None:
        """Nobody can be assigned who does not belong to the desk. It is no deed: nothing is stored."""
        ola, anna = self._person("ola"), self._person("anna")
        self._until_heard()
        ola.chooses("Assign", anna, on=desk)

    def waits(self, ticket: Ticket, desk: Message, _: Message) -> None:
        ola = self._person("ola")
        kind = "For access" if ticket.number % 3 == 0 else "For the customer"
        self.presses(Deed(Event.WAITING, "ola", ticket.number), ola, lambda: ola.chooses("Wait", kind, on=desk))

    def resumes(self, ticket: Ticket, desk: Message, _: Message) -> None:
        ola = self._person("ola")
        self.presses(Deed(Event.RESUMED, "ola", ticket.number), ola, lambda: ola.clicks("Resume", on=desk))
        self.deeds = [each for each in self.deeds if not self._came_too_late(each)]

    def _came_too_late(self, deed: Deed) -> bool:
        """Whether the wait had ended by then: words of the customer's, on their way for long, were first.

        Whoever presses is told so, and a resumption that was done all the same is in the history.
        """
        if deed.event is not Event.RESUMED or self.is_stored(deed):
            return False
        with self.arena.looking() as session:
            ticket = session.exec(select(Ticket).where(Ticket.number == deed.ticket)).one()
        return ticket.waiting is None

    def replies(self, ticket: Ticket, desk: Message, _: Message) -> None:
        self._fills(Event.REPLIED, ticket, desk, "Reply", "act.text")

    def resolves(self, ticket: Ticket, desk: Message, _: Message) -> None:
        self._fills(Event.RESOLVED, ticket, desk, "Resolve", "act.text")

    def reopens(self, ticket: Ticket, desk: Message, _: Message) -> None:
        self._fills(Event.REOPENED, ticket, desk, "Reopen", "act.reason")

    def changes_severity(self, ticket: Ticket, desk: Message, _: Message) -> None:
        others = [each for each in self.classes(ticket) if each != ticket.severity]
        wanted = others[ticket.entries % len(others)]
        self._fills(Event.SEVERITY_CHANGED, ticket, desk, "Severity…", "act.reason", (("act.severity", wanted),))

    def classes(self, ticket: Ticket) -> list[str]:
        """The classes of its contract."""
        with self.arena.looking() as session:
            return [each.id for each in self.arena.contract_of(session, ticket).severities]

    def _fills(
        self,
        event: Event,
        ticket: Ticket,
        desk: Message,
        button: str,
        field_: str,
        choices: Sequence[tuple[str, str]] = (),
    ) -> None:
        ola, token = self._person("ola"), self.token()
        for _ in range(TRIES):
            modal = self.window(ola, lambda: ola.clicks(button, on=desk))
            if modal is None:
                continue
            for name, value in choices:
                modal.choose(name, value)
            modal.fill(field_, token)
            self.submits(Deed(event, "ola", ticket.number, token), ola, modal)
            return
        self.left_undone += 1

    def customer_writes(self, ticket: Ticket, _: Message, theirs: Message) -> None:
        with self.arena.looking() as session:
            requester = session.get_one(PersonRecord, (ticket.team_id, ticket.requester_id))
        self._writes(Event.CUSTOMER_WROTE, Person(self.arena.slack, requester.slack_user), ticket, theirs)

    def agent_writes(self, ticket: Ticket, _: Message, theirs: Message) -> None:
        self._writes(Event.AGENT_WROTE, self._person("ola"), ticket, theirs)

    def _writes(self, event: Event, who: Person, ticket: Ticket, theirs: Message) -> None:
        token = self.token()
        said: Message = who.types(token, in_=theirs.channel, thread=theirs)
        self.written.append(Written(who, ticket.number, said))
        self.deeds.append(Deed(event, who.handle, ticket.number, token))

    def edits(self, ticket: Ticket, _: Message, __: Message) -> None:
        each = self._last_written(ticket)
        token = self.token()
        each.who.edits(each.message, token)
        self.deeds.append(Deed(Event.MESSAGE_EDITED, each.who.handle, ticket.number, token))

    def deletes(self, ticket: Ticket, _: Message, __: Message) -> None:
        each = self._last_written(ticket)
        each.who.deletes(each.message)
        place = each.message.channel, each.message.ts
        self.deeds.append(Deed(Event.MESSAGE_DELETED, each.who.handle, ticket.number, gone=place))

    def _last_written(self, ticket: Ticket) -> Written:
        return next(each for each in reversed(self.written) if self._stands(each, ticket))

    def has_written(self, ticket: Ticket) -> bool:
        """Whether there is something under its card that can be edited or deleted."""
        return any(self._stands(each, ticket) for each in self.written)

    def _stands(self, each: Written, ticket: Ticket) -> bool:
        return each.ticket == ticket.number and each.message.exists

    def is_ingrids(self, ticket: Ticket) -> bool:
        """Whether it is hers already."""
        with self.arena.looking() as session:
            owner = session.get(PersonRecord, (ticket.team_id, ticket.owner_id or ""))
        return owner is not None and owner.slack_user == self._person("ingrid").id

    # How

    def presses(self, deed: Deed, who: Person, press: Callable[[], str | None]) -> None:
        """Press until it is acknowledged, or until it was done all the same.

        A press of which nobody heard may have been done a moment later: then the next one is told so, and does nothing.
        Who is told in private that nothing was stored presses again.
        """
        unheard: list[Deed] = []
        for _ in range(TRIES):
            each, told = Deed(deed.event, deed.who, deed.ticket), self._told(who)
            each.acknowledged = self._delivers(each, who, lambda: press() is None)
            if self.is_stored(each):
                return
            if each.acknowledged:
                was_done = any(map(self.is_stored, unheard))
                was_told = not was_done and self.arena.slack.until(partial(self._is_told, who, told), TOLD_WITHIN)
                if was_done or was_told:
                    self.deeds = [other for other in self.deeds if other is not each]
                if not was_told:
                    return
            else:
                unheard.append(each)

    def _is_told(self, who: Person, before: int) -> bool:
        return self._told(who) > before

    def _told(self, who: Person) -> int:
        """How often somebody was told something in private."""
        places = self.arena.slack.world.workspace.conversations.values()
        return sum(one.user == who.id for where in places for one in where.ephemerals.values())

    def window(self, who: Person, press: Callable[[], str | None]) -> Modal | None:
        """The window that opens when that is pressed; None when it does not, and one tries again."""
        if who.has_modal():
            who.modal().close(everything=True)
        self._until_heard()
        if press() is not None:
            return None
        try:
            return who.modal(OPENS_WITHIN)
        except NotOnScreen:
            return None

    def submits(self, deed: Deed, who: Person, modal: Modal) -> bool:
        """Submit the same window until it is acknowledged; False when it was sent back, and nothing was done."""
        refused: list[dict[str, str]] = []
        for _ in range(TRIES):
            deed.acknowledged = self._delivers(deed, who, lambda: self._submitted(modal, refused))
            if refused:
                self.deeds = [each for each in self.deeds if each is not deed]
                return False
            if deed.acknowledged:
                break
        if who.has_modal():
            who.modal().close(everything=True)
        return True

    def _submitted(self, modal: Modal, refused: list[dict[str, str]]) -> bool:
        try:
            done = modal.submit()
        except NotOnScreen:
            return False
        if done.errors:
            refused.append(done.errors)
        return done.error is None

    def _delivers(self, deed: Deed, who: Person, act: Callable[[], bool]) -> bool:
        """Act, and note under which keys it went out."""
        self._until_heard()
        before = self.arena.last_row()
        heard = act()
        for row in self.arena.rows(after=before):
            told = row.request if is_delivery(row) else {}
            if told.get("type") in {"block_actions", "view_submission"} and told["user"]["id"] == who.id:
                deed.keys.add(origin_of(told).key)
        if deed.keys and not any(each is deed for each in self.deeds):
            self.deeds.append(deed)
        return heard

    def _until_heard(self) -> None:
        self.arena.waits(self.arena.hears, 30, lambda: "nobody takes requests")

    def is_stored(self, deed: Deed) -> bool:
        """Whether Vakt remembers it."""
        with self.arena.looking() as session:
            return any(session.get(Received, (self.arena.team, key)) for key in deed.keys)

    def _number(self, token: str) -> int | None:
        with self.arena.looking() as session:
            return number_of(session, token)

    def _person(self, handle: str) -> Person:
        return self.arena.slack.person(handle)

    def token(self) -> str:
        """A word that nobody said before."""
        return f"word-{next(self._tokens)}-said"

    def finds_keys_of_messages(self) -> None:
        """Events go out by themselves: what was written finds its deliveries afterwards."""
        by_text: dict[str, list[Deed]] = {}
        by_gone = {deed.gone: deed for deed in self.deeds if deed.gone is not None}
        for deed in self.deeds:
            if deed.event in {Event.CUSTOMER_WROTE, Event.AGENT_WROTE, Event.MESSAGE_EDITED}:
                by_text.setdefault(deed.token, []).append(deed)
        for row in self.arena.rows():
            if not is_delivery(row) or row.request.get("type") != "event_callback":
                continue
            event = row.request["event"]
            said = event.get("message", event) if event.get("subtype") != "message_deleted" else {}
            found = by_text.get(str(said.get("text")), [])
            gone = by_gone.get((str(event.get("channel")), str(event.get("deleted_ts"))))
            for deed in [*found, *([gone] if gone else [])]:
                deed.keys.add(f"event:{row.request['event_id']}")
                deed.acknowledged = deed.acknowledged or was_heard(row)


def number_of(session: Session, token: str) -> int | None:
    """The first ticket whose summary that is."""
    query = (
        select(Ticket.number)
        .join(TypedText, and_(TypedText.team_id == Ticket.team_id, TypedText.id == Ticket.summary_id))
        .where(TypedText.body == token)
        .order_by(col(Ticket.number))
    )
    return session.exec(query).first()


POSSIBLE: dict[Act, Callable[[Hands, Ticket], bool]] = {
    Act.START: lambda _, ticket: not ticket.ended and ticket.work_started_at is None,
    Act.REPLY: lambda _, ticket: not ticket.ended,
    Act.ASSIGN: lambda hands, ticket: not ticket.ended and not hands.is_ingrids(ticket),
    Act.CUSTOMER_WRITES: lambda *_: True,
    Act.AGENT_WRITES: lambda _, ticket: not ticket.ended,
    Act.EDIT: Hands.has_written,
    Act.DELETE: Hands.has_written,
    Act.WAIT: lambda _, ticket: not ticket.ended and not ticket.waiting and ticket.work_started_at is not None,
    Act.RESUME: lambda _, ticket: not ticket.ended and ticket.waiting is not None,
    Act.SEVERITY: lambda hands, ticket: not ticket.ended and len(hands.classes(ticket)) > 1,
    Act.RESOLVE: lambda _, ticket: not ticket.ended,
    Act.REOPEN: lambda _, ticket: ticket.ended,
    Act.IN_VAIN: lambda _, ticket: not ticket.ended,
}

ACTS: dict[Act, Callable[[Hands, Ticket, Message, Message], None]] = {
    Act.START: Hands.starts,
    Act.REPLY: Hands.replies,
    Act.ASSIGN: Hands.assigns,
    Act.CUSTOMER_WRITES: Hands.customer_writes,
    Act.AGENT_WRITES: Hands.agent_writes,
    Act.EDIT: Hands.edits,
    Act.DELETE: Hands.deletes,
    Act.WAIT: Hands.waits,
    Act.RESUME: Hands.resumes,
    Act.SEVERITY: Hands.changes_severity,
    Act.RESOLVE: Hands.resolves,
    Act.REOPEN: Hands.reopens,
    Act.IN_VAIN: Hands.presses_in_vain,
}
