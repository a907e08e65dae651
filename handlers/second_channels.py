"""Second channels: the same page by mail or webhook, for when Slack does not take it, or wakes nobody with it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from models import outbox
from models.escalation import Step, StepKind
from models.outbox import Kind, Outgoing, Priority, State
from models.page import Page
from models.person import Person
from models.record import Adds
from models.store import Session

PATIENCE = timedelta(seconds=60)
"""Machine time in which Slack may take a page before it goes another way."""

ADDRESS: Mapping[Kind, Callable[[Person], str | None]] = {
    Kind.PAGE_MAIL: lambda person: person.email,
    Kind.PAGE_WEBHOOK: lambda person: person.webhook,
}
"""Where somebody is reached beside Slack."""

STEPS: Mapping[StepKind, Kind] = {StepKind.MAIL: Kind.STEP_MAIL, StepKind.WEBHOOK: Kind.STEP_WEBHOOK}
"""What is owed to the address of a step, which is no person's."""

WAY: Mapping[Kind, str] = {
    Kind.PAGE_MAIL: "mail",
    Kind.PAGE_WEBHOOK: "webhook",
    Kind.STEP_MAIL: "mail",
    Kind.STEP_WEBHOOK: "webhook",
}
"""How such a conversation is called: its way, and the person's id, so that addresses stand with the person alone."""


BESIDES = "besides"
"""In the arguments of what goes beside a page: why it goes though Slack has the page."""


class Besides(StrEnum):
    """Why a page goes another way beside Slack: nobody is woken by that, or whoever is paged wants it so."""

    QUIET = "quiet"
    RULE = "rule"


LATER = ":later"
"""How the key of a row ends that goes some minutes after the page, unless it was answered or went that way before."""


def owe_beside(rows: Adds, page: Outgoing, person: Person, machine_now: datetime) -> None:
    """Owe a page by each of the person's second channels too.

    It is dropped there once Slack has it, unless the person's own rules want it: at once, or some minutes later.
    """
    for kind, address_of in ADDRESS.items():
        if not address_of(person):
            continue
        minutes = (person.notify or {}).get(WAY[kind])
        first = _row(page, kind, person, machine_now)
        if minutes == 0:
            first.ready_at, first.args = machine_now, {**first.args, BESIDES: Besides.RULE}
        rows.add(first)
        if minutes:
            later = _row(page, kind, person, machine_now)
            later.key, later.args = f"{later.key}{LATER}", {**later.args, BESIDES: Besides.RULE}
            later.ready_at = machine_now + timedelta(minutes=minutes)
            rows.add(later)


def owe_step(page: Page, step: Step, key: str, machine_now: datetime) -> Outgoing:
    """A page to a step's address, now. Its conversation tells one address from another, and says none."""
    kind = STEPS[step.kind]
    return Outgoing(
        team_id=page.team_id,
        key=key,
        kind=kind,
        conversation=f"{WAY[kind]}:step:{sha256(step.of.encode()).hexdigest()[:16]}",
        ticket_number=page.ticket_number,
        priority=Priority.PAGE,
        ready_at=machine_now,
        created_at=machine_now,
    )


def _row(page: Outgoing, kind: Kind, person: Person, machine_now: datetime) -> Outgoing:
    way = WAY[kind]
    return Outgoing(
        team_id=page.team_id,
        key=f"{page.key}:{way}",
        kind=kind,
        conversation=f"{way}:{person.id}",
        ticket_number=page.ticket_number,
        args={"page": page.id},
        priority=Priority.PAGE,
        ready_at=machine_now + PATIENCE,
        created_at=machine_now,
    )


def _went_before(session: Session, page: Outgoing, row: Outgoing) -> bool:
    """Whether the page has gone that way already, long before."""
    if not row.key.endswith(LATER):
        return False
    return any(each.kind == row.kind and each.state == State.SENT for each in beside(session, page))


def hasten(session: Session, page: Outgoing, machine_now: datetime) -> None:
    """Slack refused a page: what goes beside it goes now."""
    for row in outbox.waiting_with_keys(session, page.team_id, [f"{page.key}:{WAY[kind]}" for kind in ADDRESS]):
        row.ready_at = min(row.ready_at, machine_now)


QUIET_UNTIL = "quiet_until"
"""In a page's arguments: until when whoever is paged has Slack's do-not-disturb on."""


def say_too(session: Session, team_id: str, page_id: str, until: datetime, machine_now: datetime) -> None:
    """Slack wakes nobody with a page: note until when, and let what goes beside it go at once."""
    page = outbox.row_of_id(session, team_id, page_id)
    if page is None:
        return
    page.args = {**page.args, QUIET_UNTIL: until.isoformat()}
    for row in beside(session, page, lock=True):
        if row.state == State.WAITING and not row.key.endswith(LATER):
            row.args = {BESIDES: Besides.QUIET, **row.args}
            row.ready_at = min(row.ready_at, machine_now)


def beside(session: Session, page: Outgoing, *, lock: bool = False) -> list[Outgoing]:
    """What is owed beside a page, or was."""
    return outbox.rows_of(session, page.team_id, f"{page.key}:", lock=lock)


def reader_of(session: Session, row: Outgoing) -> Person | None:
    """Whom a row of a second channel is for."""
    return session.get(Person, (row.team_id, row.conversation.partition(":")[2]))


def page_of(session: Session, row: Outgoing) -> Outgoing | None:
    """The page that a row goes beside, as long as Slack does not have it, or the row is to go nevertheless."""
    page = session.get(Outgoing, (row.team_id, str(row.args["page"])))
    if page is not None and BESIDES in row.args:
        return None if _went_before(session, page, row) else page
    return None if page is None or page.state in {State.SENT, State.DROPPED} or page.ts is not None else page
