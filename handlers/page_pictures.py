"""Pages as views are told of them: the message, the loud word in a channel, and the receipts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from handlers import language, log_pictures, pictures, second_channels
from handlers.chain import Chain, Place
from handlers.page_calls import question
from handlers.paging import asked_so_far
from handlers.present import Present
from handlers.scene import NOBODY, Scene, person_fact, scene
from handlers.views.facts import PersonFact
from handlers.views.facts import paging as told
from handlers.views.words import Words
from models import typed_text
from models.desk import Desk, people_with_role
from models.escalation import ADDRESSED, GroupFault, Plan, StepKind, Why
from models.history import entry_at
from models.joining import MORE
from models.outbox import Kind, Outgoing, State
from models.page import Page, PageState, count_open_to, open_pages_to, pages_of_ticket
from models.person import Person
from models.record import with_ids
from models.sla.contract import Role
from models.store import Session
from models.ticket import Ticket, tickets_read
from models.typed_text import TypedText

STEPS_SHOWN = 3
"""How many of those who are paged next a page names."""

OTHERS_SHOWN = 10
"""How many of somebody's other open pages the newest one names."""


def page_facts(row: Outgoing, here: Present, person: Person) -> told.PageFacts | None:
    """The message of one call; None when its page was over before Slack had it: nobody is woken for nothing."""
    page = _page_of(here.session, row)
    if page is None:
        at = _scene(here, row.team_id, row.ticket_number)
        return _of_earlier_version(row, here, at, person) if at else None
    if page.state == PageState.ENDED and row.ts is None:
        return None
    facts = _call_facts(row, here, page, person)
    if page.calls[int(row.args["call"])]["until"] is not None:
        return facts
    others, count = _others(here, page.team_id, person, {page.id})
    return replace(facts, others=others, others_count=count)


def _call_facts(row: Outgoing, here: Present, page: Page, person: Person) -> told.PageFacts:
    call = page.calls[int(row.args["call"])]
    return replace(
        _about(here, page, _scene(here, row.team_id, page.ticket_number)),
        sent_at=datetime.fromisoformat(call["at"]),
        position=int(row.args["call"]) + 1,
        repeated=bool(row.args.get("repeated")),
        **_answered(here, page, call, person),
    )


def gathered_facts(
    first: Outgoing, joined: Sequence[Outgoing], here: Present, person: Person
) -> told.GatheredPagesFacts | None:
    """Several calls of the same person in one message; None when all their pages were over before Slack had it."""
    calls = [(row, page) for row in (first, *joined) if (page := _page_of(here.session, row)) is not None]
    if first.ts is None and all(page.state == PageState.ENDED for _, page in calls):
        return None
    others, count = _others(here, first.team_id, person, {page.id for _, page in calls})
    return told.GatheredPagesFacts(
        value=first.id,
        pages=tuple(replace(_call_facts(row, here, page, person), repeated=False) for row, page in calls),
        now=here.now,
        repeated=bool(first.args.get("repeated")),
        more=int(first.args.get(MORE, 0)) if first.ts is None else 0,
        others=others,
        others_count=count,
    )


def _page_of(session: Session, row: Outgoing) -> Page | None:
    return session.get(Page, (row.team_id, str(row.args.get("page"))))


def _about(here: Present, page: Page, at: Scene | None) -> told.PageFacts:
    """What the page is for."""
    if at is None:
        return told.PageFacts(
            number=page.name,
            summary=typed_text.read(here.session, page.team_id, page.text_id),
            customer="",
            severity=None,
            sent_at=page.started_at,
            now=here.now,
            ad_hoc=True,
            by=person_fact(here.session, page.team_id, page.started_by),
        )
    picture = pictures.ticket_facts(at)
    starts_at = picture.clock.starts_at if picture.clock else None
    return told.PageFacts(
        number=picture.number,
        summary=picture.summary,
        customer=picture.customer,
        severity=picture.severity,
        sent_at=page.started_at,
        now=here.now,
        started=page.ended_why == Why.STARTED,
        resolved=page.ended_why == Why.RESOLVED,
        reclassified=page.ended_why == Why.RECLASSIFIED,
        begun=at.ticket.work_started_at is not None,
        clock=picture.clock,
        clock_starts_at=starts_at if starts_at and starts_at > here.now else None,
        may_wait_until=log_pictures.next_opening_for_page(at),
        waits_because=log_pictures.why_it_waits(at) if page.ended_why == Why.NEXT_OPENING else None,
    )


def _answered(here: Present, page: Page, call: Mapping[str, Any], person: Person) -> dict[str, Any]:
    """What became of a call, and who is next."""
    acknowledged = page.acknowledged_by is not None
    facts: dict[str, Any] = {"asks_again": bool(call["again"]) and call["until"] is None}
    if acknowledged:
        facts |= {
            "acknowledged_by": person_fact(here.session, page.team_id, page.acknowledged_by),
            "acknowledged_by_reader": page.acknowledged_by == person.id,
            "acknowledged_at": page.acknowledged_at,
            "asked_again_at": page.next_at if page.asked_again_at is None else None,
        }
    elif call["until"] is not None and page.state == PageState.PAGING:
        people, at = _passed_on_to(here.session, page, call)
        facts |= {
            "declined": call["why"] == Why.DECLINED,
            "passed_on": Why(call["why"]) if call["why"] else Why.PASSED_ON,
            "passed_on_at": at,
            "passed_on_to": people,
        }
    if call["until"] is None and page.state == PageState.PAGING and page.next_at is not None:
        facts["next_steps"] = next_steps(here.session, page, page.next_at)
    return facts


def _passed_on_to(session: Session, page: Page, call: Mapping[str, Any]) -> tuple[tuple[PersonFact, ...], datetime]:
    """Who was called after that call, and when: people, an address, or a group whose members are being asked for."""
    after = page.calls[page.calls.index(dict(call)) + 1 :]
    at = min((each["at"] for each in after if each["at"] >= call["until"]), default=None)
    if at is not None:
        called = tuple(called_fact(session, page, each) for each in after if each["at"] == at)
        return called, datetime.fromisoformat(at)
    group = group_asked(session, page)
    return (PersonFact(None, group),) if group else (), datetime.fromisoformat(call["until"])


def group_asked(session: Session, page: Page) -> str | None:
    """The user group whose members are being asked for."""
    return Plan.of(page.plan).steps[page.step].shown if question(session, page) else None


def called_fact(session: Session, page: Page, call: Mapping[str, Any]) -> PersonFact:
    """Whom a call is to: somebody, or the address of its step."""
    if call["to"] is None:
        return PersonFact(None, Plan.of(page.plan).steps[call["step"]].shown)
    return person_fact(session, page.team_id, call["to"]) or NOBODY


def next_steps(session: Session, page: Page, at: datetime) -> tuple[tuple[str, datetime], ...]:
    """Who is paged after, and when, if nobody answers; channels and the last resort are nobody's."""
    desk = session.get(Desk, (page.team_id, page.desk_id))
    if desk is None:
        return ()
    chain = Chain(session, desk, Plan.of(page.plan))
    place = Place(page.round, page.step, tuple(page.waiting))
    shown = []
    for when, turn in chain.ahead(place, asked_so_far(page), at):
        shown += [(person.name or person.handle, when) for person in turn.people]
        shown += [(step.shown, when) for step in (turn.group, turn.address) if step]
        if len(shown) >= STEPS_SHOWN:
            break
    return tuple(shown[:STEPS_SHOWN])


def _others(
    here: Present, team_id: str, person: Person, shown: Collection[str]
) -> tuple[tuple[tuple[str, str], ...], int]:
    """The reader's other open pages, told in the newest message: the first few, and how many there are."""
    mine = open_pages_to(here.session, team_id, person.id, OTHERS_SHOWN + len(shown))
    if not mine or mine[0].id not in shown:
        return (), 0
    others = [page for page in mine if page.id not in shown][:OTHERS_SHOWN]
    if len(others) < OTHERS_SHOWN:
        return _named(here.session, others), len(others)
    open_here = sum(page.waits_for == person.id for page in with_ids(here.session, Page, team_id, shown))
    return _named(here.session, others), count_open_to(here.session, team_id, person.id) - open_here


def _named(session: Session, pages: Sequence[Page]) -> tuple[tuple[str, str], ...]:
    """What each is for: its ticket's name, if it has one, and the text; asked for together."""
    if not pages:
        return ()
    team_id, numbers = pages[0].team_id, [page.ticket_number for page in pages if page.ticket_number]
    tickets = {ticket.number: ticket for ticket in tickets_read(session, team_id, numbers)} if numbers else {}
    about = [(tickets.get(page.ticket_number or 0), page.text_id) for page in pages]
    told_by = [(ticket.name, ticket.summary_id) if ticket else ("", text_id) for ticket, text_id in about]
    texts = {each.id: each.body for each in with_ids(session, TypedText, team_id, {t for _, t in told_by if t})}
    return tuple((name, texts.get(text_id or "", "")) for name, text_id in told_by)


def _of_earlier_version(row: Outgoing, here: Present, at: Scene, person: Person) -> told.PageFacts | None:
    """A page of which there is no account: it was sent before there was one."""
    entry = entry_at(here.session, row.team_id, at.ticket.number, int(row.args.get("position", 0)))
    if entry is None:
        return None
    unsent = Page(team_id=row.team_id, desk_id=at.desk.id, started_at=entry.at, plan={})
    acknowledged = row.args.get("acknowledged_by")
    said_at = row.args.get("acknowledged_at")
    return replace(
        _about(here, unsent, at),
        started=at.ticket.work_started_at is not None,
        position=int(row.args.get("step", 1)),
        acknowledged_by=person_fact(here.session, row.team_id, acknowledged),
        acknowledged_by_reader=acknowledged == person.id,
        acknowledged_at=datetime.fromisoformat(said_at) if said_at else None,
        declined=bool(row.args.get("declined")),
        waits_because=log_pictures.why_it_waits(at) if row.args.get("waits") else None,
        repeated=bool(row.args.get("repeated")),
    )


def _scene(here: Present, team_id: str, number: int | None) -> Scene | None:
    ticket = here.ticket(team_id, number) if number else None
    return scene(here.session, here.agreements, ticket, here.now) if ticket else None


# Aloud


@dataclass(frozen=True, slots=True)
class CalledOut:
    """A loud word, and the words of the channel it is said in."""

    facts: told.CallOutFacts
    words: Words


def call_out_facts(row: Outgoing, here: Present) -> CalledOut | None:
    """What a channel is told; None when somebody has answered before Slack had it."""
    session, args = here.session, row.args
    page = session.get(Page, (row.team_id, str(args["page"])))
    desk = session.get(Desk, (row.team_id, page.desk_id)) if page else None
    if page is None or desk is None or (page.state != PageState.PAGING and row.ts is None):
        return None
    at = _scene(here, row.team_id, page.ticket_number)
    about = _about(here, page, at)
    aloud = row.conversation == desk.channel_id and at is not None and _is_private(session, at.ticket, desk)
    facts = told.CallOutFacts(
        number=None if about.ad_hoc else about.number,
        value=about.number,
        summary="" if aloud else about.summary,
        customer="" if aloud else about.customer,
        severity=None if aloud else about.severity,
        now=here.now,
        nobody=_nobody(session, page, args),
        last=bool(args["last"]),
        then=_instead(session, row),
        people=_mentioned(session, desk, everybody=bool(args["last"]) or bool(args["channel"])),
    )
    asker = here.person(row.team_id, row.conversation) if row.conversation[:1] in "UW" else None
    if asker is not None:
        return CalledOut(replace(facts, people=()), language.for_person(asker))
    words = language.for_desk_channel(at.contract, desk) if at else language.spoken(desk.language)
    return CalledOut(facts, words)


def _nobody(session: Session, page: Page, args: Mapping[str, Any]) -> tuple[told.StepFact, ...]:
    """The steps that reach nobody. Why a user group does not is known of the first."""
    steps = [step_fact(session, page, step) for step in args["nobody"]]
    if steps and args.get("fault"):
        steps[0] = replace(steps[0], fault=GroupFault(args["fault"]))
    return tuple(steps)


def _instead(session: Session, row: Outgoing) -> tuple[PersonFact, ...]:
    """Who is paged in their place: people, a group or an address."""
    if row.args.get("next"):
        return (PersonFact(None, row.args["next"]),)
    return tuple(person_fact(session, row.team_id, each) or NOBODY for each in row.args["then"])


@dataclass(frozen=True, slots=True)
class AddressTold:
    """A page for the address of a step, where that is, and the words of the desk."""

    facts: told.PageFacts
    address: str
    words: Words


def address_facts(row: Outgoing, page: Page, here: Present) -> AddressTold | None:
    """What the address of a step is told; of a private ticket the number alone."""
    desk = here.session.get(Desk, (row.team_id, page.desk_id))
    if desk is None:
        return None
    call, at = page.calls[int(row.args["call"])], _scene(here, row.team_id, page.ticket_number)
    facts = replace(
        _about(here, page, at),
        sent_at=datetime.fromisoformat(call["at"]),
        repeated=bool(row.args.get("repeated")),
        next_steps=next_steps(here.session, page, page.next_at) if page.next_at else (),
    )
    if at is not None and _is_private(here.session, at.ticket, desk):
        facts = replace(facts, summary="", customer="", severity=None)
    words = language.for_desk_channel(at.contract, desk) if at else language.spoken(desk.language)
    return AddressTold(facts, Plan.of(page.plan).steps[call["step"]].of, words)


def _is_private(session: Session, ticket: Ticket, desk: Desk) -> bool:
    """Whether the ticket's own card stands in no channel."""
    card = session.get(Outgoing, (ticket.team_id, ticket.desk_card_id or ""))
    return card is not None and card.conversation != desk.channel_id


def _mentioned(session: Session, desk: Desk, *, everybody: bool) -> tuple[PersonFact, ...]:
    """Everybody who works at the desk, those on call first; managers alone while somebody is still paged."""
    roles = (Role.ON_CALL, Role.MANAGER, Role.SENIOR, Role.AGENT, Role.ADMINISTRATOR) if everybody else (Role.MANAGER,)
    people = [person for role in roles for person in people_with_role(session, desk.team_id, desk.id, role)]
    return tuple(dict.fromkeys(PersonFact(person.slack_user, person.name) for person in people))


def step_fact(session: Session, page: Page, step: int) -> told.StepFact:
    """A step of a page's plan, for a view."""
    steps = Plan.of(page.plan).steps
    if not 0 <= step < len(steps):
        return told.StepFact(StepKind.CHANNEL, "")
    kind, of = steps[step].kind, steps[step].of
    if kind is StepKind.PERSON:
        person = session.get(Person, (page.team_id, of))
        return told.StepFact(kind, person.name if person else "?")
    if kind is StepKind.GROUP or kind in ADDRESSED:
        return told.StepFact(kind, steps[step].shown)
    return told.StepFact(kind, of)


# Receipts


def told_facts(at: Scene) -> told.ToldFacts:
    """Every page of a ticket with its receipts."""
    pages = pages_of_ticket(at.session, at.ticket.team_id, at.ticket.number)
    return told.ToldFacts(
        number=at.ticket.name, pages=tuple(account_facts(at.session, page) for page in pages), now=at.now
    )


def account_facts(session: Session, page: Page) -> told.AccountFacts:
    """One page with its receipts."""
    ids = [call["row"] for call in page.calls]
    rows = {row.id: row for row in with_ids(session, Outgoing, page.team_id, ids)}
    return told.AccountFacts(
        started_at=page.started_at,
        calls=tuple(_call(session, page, call, rows.get(call["row"])) for call in page.calls),
        acknowledged_by=person_fact(session, page.team_id, page.acknowledged_by),
        acknowledged_at=page.acknowledged_at,
        ended_at=page.ended_at,
        ended_by=person_fact(session, page.team_id, page.ended_by),
        ended_why=Why(page.ended_why) if page.ended_why else None,
        next_at=page.next_at,
    )


def _call(session: Session, page: Page, call: Mapping[str, Any], row: Outgoing | None) -> told.CallFacts:
    ts, quiet = (row.ts, row.args.get(second_channels.QUIET_UNTIL)) if row else (None, None)
    return told.CallFacts(
        person=called_fact(session, page, call),
        step=step_fact(session, page, call["step"]),
        round=call["round"],
        queued_at=datetime.fromisoformat(call["at"]),
        sent_at=_sent_at(call, row) if row and ts else None,
        ts=ts,
        refused=call.get("refused"),
        until=datetime.fromisoformat(call["until"]) if call["until"] else None,
        why=Why(call["why"]) if call["why"] else None,
        again=bool(call["again"]),
        quiet_until=datetime.fromisoformat(quiet) if quiet else None,
        beside=_beside(session, row, datetime.fromisoformat(call["at"])) if row else (),
    )


def _sent_at(call: Mapping[str, Any], row: Outgoing) -> datetime:
    """When Slack had it, by Slack's own stamp; an address by how long it took from when it was called."""
    if call["to"] is not None:
        return datetime.fromtimestamp(float(row.ts or 0), UTC)
    return datetime.fromisoformat(call["at"]) + ((row.sent_at or row.created_at) - row.created_at)


def _beside(session: Session, page: Outgoing, called_at: datetime) -> tuple[told.BesideFact, ...]:
    """By which second channels a page went, or is going to though Slack has it."""
    rows = second_channels.beside(session, page) if page.kind == Kind.PAGE else []
    return tuple(fact for row in rows if (fact := _beside_fact(row, called_at)) is not None)


def _beside_fact(row: Outgoing, called_at: datetime) -> told.BesideFact | None:
    """`called_at` is contract time; the row's own times are the machine's, and count from there."""
    way, goes_at = second_channels.WAY[Kind(row.kind)], called_at + (row.ready_at - row.created_at)
    if row.state == State.SENT and row.sent_at is not None:
        return told.BesideFact(way=way, at=called_at + (row.sent_at - row.created_at), sent=True)
    if row.state == State.REFUSED:
        return told.BesideFact(way=way, at=goes_at, sent=False, refused=row.reason)
    goes = row.state == State.WAITING and second_channels.BESIDES in row.args
    return told.BesideFact(way=way, at=goes_at, sent=False) if goes else None
