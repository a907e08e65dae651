"""Somebody of the desk at work on an outage: locked, allowed, and every change written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers import announcing, incident
from handlers.access import WORKING_ROLES, Viewer
from handlers.agreements import Agreements
from handlers.announcing import About
from handlers.errors import UserError
from handlers.once import Work
from handlers.owed import Ledger
from handlers.views.facts import PersonFact, Refusal
from models import typed_text
from models.chronicle import Happening
from models.outage import (
    Outage,
    OutageEntry,
    OutageEvent,
    change_outage,
    outage_by_number,
    outage_entries,
)
from models.person import Person
from models.store import Session


@dataclass(frozen=True, slots=True)
class Handling:
    """Somebody of the desk at work on an outage, which is locked."""

    work: Work
    outage: Outage
    agreements: Agreements

    @property
    def session(self) -> Session:
        """Where all of it is stored."""
        return self.work.session

    @property
    def ledger(self) -> Ledger:
        """What is owed after it."""
        return self.work.ledger

    @property
    def about(self) -> About:
        """As an announcement."""
        return about(self.outage)

    def keep(self, text: str) -> str | None:
        """Store what was typed."""
        return typed_text.keep(self.session, self.outage.team_id, self.work.viewer.person.id, text)

    def note(
        self, event: OutageEvent, *, text_id: str | None = None, facts: dict[str, Any] | None = None, **changes: Any
    ) -> OutageEntry:
        """Write it down, and owe its line and the desk's card."""
        happening = Happening(
            event=event,
            at=self.work.now,
            actor_id=self.work.viewer.person.id,
            text_id=text_id,
            facts=facts or {},
        )
        return write(self.ledger, self.outage, happening, **changes)


def about(outage: Outage) -> About:
    """An outage as an announcement."""
    return About(outage.team_id, outage.name, outage.desk_id)


def write(ledger: Ledger, outage: Outage, happening: Happening, **changes: Any) -> OutageEntry:
    """Change an outage: its history, the line in the desk's thread and the desk's card are one act."""
    if happening.event in PROMISING:
        happening.facts["promised"] = _promised(outage, changes)
    entry = change_outage(ledger.session, outage, happening, **changes)
    urgent = happening.event == OutageEvent.PROMISE_BROKEN
    announcing.log_line(ledger, about(outage), entry.position, urgent=urgent)
    announcing.redraw_desk(ledger, about(outage))
    incident.keep_up(ledger, outage)
    if happening.event == OutageEvent.UPDATED:
        incident.say(ledger, outage, entry.position)
    return entry


PROMISING = frozenset({OutageEvent.ANNOUNCED, OutageEvent.UPDATED})
"""Events that tell those affected by when they hear more; the report says which promises were kept."""


def _promised(outage: Outage, changes: Mapping[str, Any]) -> dict[str, str]:
    """What is promised from here, by its name."""
    promised = {"next_update": "next_update_at", "expected_end": "expected_end"}
    found = {name: changes.get(column, getattr(outage, column)) for name, column in promised.items()}
    return {name: at.isoformat() for name, at in found.items() if at is not None}


def demand_desk(viewer: Viewer, desk_id: str | None = None) -> None:
    """Whether somebody works at that desk, or at any.

    Raises:
        UserError: they do not; a manager looks only.
    """
    desks = [desk_id] if desk_id is not None else list(viewer.roles)
    if not any(viewer.roles_at(desk) & WORKING_ROLES for desk in desks):
        raise UserError(Refusal.DESK_ONLY)


def handle(work: Work, agreements: Agreements, number: int, *, over: bool = False) -> Handling:
    """Lock an outage for somebody of its desk; one that is over only where that is said.

    Raises:
        UserError: there is none at the viewer's desks, or it has ended.
    """
    outage = outage_by_number(work.session, work.viewer.team_id, number, lock=True)
    if outage is None or outage.desk_id not in work.viewer.roles:
        raise UserError(Refusal.UNKNOWN_OUTAGE, name=f"O-{number}")
    demand_desk(work.viewer, outage.desk_id)
    if outage.ended_at is not None and not over:
        raise UserError(Refusal.OUTAGE_OVER, name=outage.name, at=outage.ended_at)
    return Handling(work, outage, agreements)


def in_charge(outage: Outage) -> tuple[str | None, ...]:
    """Who answers for it, by id, the first first: its lead, and where that one has left its other roles."""
    return outage.lead_id, outage.communications_id, outage.scribe_id, outage.declared_by


EDITING = frozenset(
    {OutageEvent.ANNOUNCED, OutageEvent.UPDATED, OutageEvent.CORRECTED, OutageEvent.ROLES, OutageEvent.ENDED}
)
"""Events after which a window that was opened before shows what is no longer so."""


def last_edit(session: Session, outage: Outage) -> OutageEntry | None:
    """Who last changed what windows show."""
    entries = outage_entries(session, outage.team_id, outage.number)
    return next((entry for entry in reversed(entries) if entry.event in EDITING), None)


def refuse_changed(at: Handling, seen: object) -> None:
    """Two people at once: the second is told who was first, and its text is kept.

    Raises:
        UserError: it was changed since the window was opened.
    """
    entry = last_edit(at.session, at.outage)
    if entry is None or entry.position == seen:
        return
    person = at.session.get(Person, (at.outage.team_id, entry.actor_id or ""))
    who = PersonFact(person.slack_user, person.name) if person else PersonFact(None, "Vakt")
    raise UserError(Refusal.OUTAGE_CHANGED, name=at.outage.name, person=who, at=entry.at)
