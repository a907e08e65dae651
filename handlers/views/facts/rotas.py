"""Rotas as people look at them: shifts, gaps, who is on call and who is next, and what is changed about it."""

from dataclasses import dataclass
from datetime import datetime

from handlers.views.facts.tickets import ClockFacts, PersonFact


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftFact:
    """One person on call in one layer, or nobody (`person` is None) over [since, until).

    `token` names it when it comes back with a press. `mine`: it is the reader's. `changed`: an override or a swap.
    """

    layer: str
    person: PersonFact | None
    since: datetime
    until: datetime
    token: str = ""
    mine: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFact:
    """A layer: whose it is now, and who comes next; None where nobody is, or nobody comes."""

    layer: str
    on_call: ShiftFact | None
    then: ShiftFact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaFact:
    """A rota at an instant. `mine` is the reader's own next shift in it. `unusable` says why it cannot be laid out."""

    key: str
    name: str
    layers: tuple[LayerFact, ...] = ()
    mine: ShiftFact | None = None
    may_change: bool = False
    unusable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallFacts:
    """Who is on call now, in some of the rotas there are."""

    rotas: tuple[RotaFact, ...]
    now: datetime
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFacts:
    """A page of the shifts of the next seven days, a day each at most; pages count from 0."""

    key: str
    name: str
    shifts: tuple[ShiftFact, ...]
    now: datetime
    may_change: bool = False
    page: int = 0
    pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFormFacts:
    """What the window of a take, an override or a swap offers. `chosen` is the token of a shift chosen before."""

    metadata: str
    name: str
    now: datetime
    shifts: tuple[ShiftFact, ...] = ()
    mine: tuple[ShiftFact, ...] = ()
    people: tuple[tuple[str, PersonFact], ...] = ()
    """Who may be put on call, each with the id that comes back."""
    layers: tuple[str, ...] = ()
    chosen: str | None = None
    reader: str | None = None
    """The id of the reader among `people`."""
    begin: datetime | None = None
    end: datetime | None = None
    overrides: tuple[ShiftFact, ...] = ()
    """Those that are not over; the token is the id by which each can be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFacts:
    """What was changed: who is on call instead, in one layer or (None) in every one, and what it lies over."""

    name: str
    person: PersonFact
    since: datetime
    until: datetime
    now: datetime
    layer: str | None
    by: PersonFact
    instead_of: tuple[PersonFact, ...] = ()
    over: tuple[ShiftFact, ...] = ()
    reader_is_on_call: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapFacts:
    """A swap that was asked for: `one` is the shift of who asks, `other` that of who is asked."""

    id: str
    name: str
    asker: PersonFact
    asked: PersonFact
    one: ShiftFact
    other: ShiftFact
    now: datetime
    state: str
    settled_at: datetime | None = None
    to_asker: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFacts:
    """Where a rota that has to be kept day and night has nobody in the days ahead."""

    name: str
    key: str
    gaps: tuple[tuple[datetime, datetime], ...]
    now: datetime
    desk: str
    contract: str
    clause: str
    """By which somebody is paged at any hour."""
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFact:
    """A ticket of which something falls due in a shift."""

    number: str
    summary: str
    customer: str
    clock: ClockFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverFacts:
    """A handover of a rota's first layer: who had it, who has it, and what falls due until the next one."""

    id: str
    name: str
    layer: str
    outgoing: PersonFact | None
    incoming: PersonFact
    until: datetime
    now: datetime
    due: tuple[DueFact, ...] = ()
    total: int = 0
    accepted_by: PersonFact | None = None
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """A calendar's secret address, shown once; None where there is one already."""

    name: str | None
    """The rota; None for the reader's own shifts."""
    key: str
    url: str | None
    made_at: datetime | None
    now: datetime
