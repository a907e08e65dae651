"""Pages as views are told of them: the message, the loud word in a channel, and the receipts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from handlers import language, log_pictures, pictures
from handlers.chain import Chain, Place
from handlers.paging import asked_so_far
from handlers.present import Present
from handlers.scene import NOBODY, Scene, person_fact, scene
from handlers.views import facts as told
from handlers.views.words import Words
from models import typed_text
from models.desk import Desk, people_with_role
from models.escalation import Plan, StepKind, Why
from models.history import entry_at
from models.outbox import Outgoing
from models.page import Page, PageState, count_open_to, open_pages_to, pages_of_ticket
from models.person import Person
from models.record import with_ids
from models.sla.contract import Role
from models.store import Session
from models.ticket import Ticket

STEPS_SHOWN = 3
"""How many of those who are paged next a page names."""

OTHERS_SHOWN = 10
"""How many of somebody's other open pages the newest one names."""


def page_facts(row: Outgoing, here: Present, person: Person) -> told.PageFacts | None:
    """The message of one call; None when its page was over before Slack had it: nobody is woken for nothing."""
    page = here.session.get(Page, (row.team_id, str(row.args.get("page"))))
    at = _scene(here, row.team_id, row.ticket_number)
    if page is None:
        return _of_earlier_version(row, here, at, person) if at else None
    if page.state == PageState.ENDED and row.ts is None:
        return None
    call = page.calls[int(row.args["call"])]
    facts = replace(
        _about(here, page, at),
        sent_at=datetime.fromisoformat(call["at"]),
        position=int(row.args["call"]) + 1,
        repeated=bool(row.args.get("repeated")),
        **_answered(here, page, call, person),
    )
    if call["until"] is not None:
        return facts
    others = _others(here, page, person)
    if len(others) < OTHERS_SHOWN:
        return replace(facts, others=others, others_count=len(others))
    return replace(facts, others=others, others_count=count_open_to(here.session, page.team_id, person.id) - 1)


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
        at = datetime.fromisoformat(call["until"])
        facts |= {
            "declined": call["why"] == Why.DECLINED,
            "passed_on": Why(call["why"]) if call["why"] else Why.PASSED_ON,
            "passed_on_at": at,
            "passed_on_to": tuple(
                person_fact(here.session, page.team_id, each["to"]) or NOBODY
                for each in page.calls
                if each["at"] == call["until"]
            ),
        }
    if call["until"] is None and page.state == PageState.PAGING and page.next_at is not None:
        facts["next_steps"] = next_steps(here.session, page, page.next_at)
    return facts


def next_steps(session: Session, page: Page, at: datetime) -> tuple[tuple[str, datetime], ...]:
    """Who is paged after, and when, if nobody answers; channels and the last resort are not persons."""
    desk = session.get(Desk, (page.team_id, page.desk_id))
    if desk is None:
        return ()
    chain = Chain(session, desk, Plan.of(page.plan))
    place = Place(page.round, page.step, tuple(page.waiting))
    shown = []
    for when, turn in chain.ahead(place, asked_so_far(page), at):
        shown += [(person.name or person.handle, when) for person in turn.people]
        if len(shown) >= STEPS_SHOWN:
            break
    return tuple(shown[:STEPS_SHOWN])


def _others(here: Present, page: Page, person: Person) -> tuple[tuple[str, str], ...]:
    """The reader's other open pages, told in the newest message."""
    mine = open_pages_to(here.session, page.team_id, person.id, OTHERS_SHOWN + 1)
    if not mine or mine[0].id != page.id:
        return ()
    return tuple(_named(here, each) for each in mine[1:])


def _named(here: Present, page: Page) -> tuple[str, str]:
    ticket = here.ticket(page.team_id, page.ticket_number) if page.ticket_number else None
    if ticket is None:
        return "", typed_text.read(here.session, page.team_id, page.text_id)
    return ticket.name, typed_text.read(here.session, page.team_id, ticket.summary_id)


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
        nobody=tuple(step_fact(session, page, step) for step in args["nobody"]),
        last=bool(args["last"]),
        then=tuple(person_fact(session, row.team_id, each) or NOBODY for each in args["then"]),
        people=_mentioned(session, desk, everybody=bool(args["last"]) or bool(args["channel"])),
    )
    words = language.for_desk_channel(at.contract, desk) if at else language.spoken(desk.language)
    return CalledOut(facts, words)


def _is_private(session: Session, ticket: Ticket, desk: Desk) -> bool:
    """Whether the ticket's own card stands in no channel."""
    card = session.get(Outgoing, (ticket.team_id, ticket.desk_card_id or ""))
    return card is not None and card.conversation != desk.channel_id


def _mentioned(session: Session, desk: Desk, *, everybody: bool) -> tuple[told.PersonFact, ...]:
    """Everybody who works at the desk, those on call first; managers alone while somebody is still paged."""
    roles = (Role.ON_CALL, Role.MANAGER, Role.SENIOR, Role.AGENT, Role.ADMINISTRATOR) if everybody else (Role.MANAGER,)
    people = [person for role in roles for person in people_with_role(session, desk.team_id, desk.id, role)]
    return tuple(dict.fromkeys(told.PersonFact(person.slack_user, person.name) for person in people))


def step_fact(session: Session, page: Page, step: int) -> told.StepFact:
    """A step of a page's plan, for a view."""
    steps = Plan.of(page.plan).steps
    if not 0 <= step < len(steps):
        return told.StepFact(StepKind.CHANNEL, "")
    kind, of = steps[step].kind, steps[step].of
    if kind is StepKind.PERSON:
        person = session.get(Person, (page.team_id, of))
        return told.StepFact(kind, person.name if person else "?")
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
    ts = row.ts if row else None
    return told.CallFacts(
        person=person_fact(session, page.team_id, call["to"]),
        step=step_fact(session, page, call["step"]),
        round=call["round"],
        queued_at=datetime.fromisoformat(call["at"]),
        sent_at=datetime.fromtimestamp(float(ts), UTC) if ts else None,
        ts=ts,
        refused=call.get("refused"),
        until=datetime.fromisoformat(call["until"]) if call["until"] else None,
        why=Why(call["why"]) if call["why"] else None,
        again=bool(call["again"]),
    )
