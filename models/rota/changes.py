"""What people changed about a rota: overrides, accepted swaps, departures, and the shifts of an imported calendar."""

from dataclasses import dataclass
from datetime import datetime

from models.rota.shift import RotaError, Shift, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person on call over [since, until), whoever else would be or nobody: in one layer, or in every one.

    Where overrides overlap, the one with the later `made_at` wins; of two made at once the one given later.
    """

    id: str
    person: str
    since: datetime
    until: datetime
    made_at: datetime
    layer: str | None = None
    reason: str = ""
    why: Why = Why.OVERRIDE

    def __post_init__(self) -> None:
        """Refuse an override that ends before it begins, or that does not say which instants it means."""
        _check(f"override {self.id}", self.since, self.until)
        _check_aware(f"override {self.id}", self.made_at)


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's shift as a swap names it."""

    person: str
    layer: str
    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        """As for an override."""
        _check(f"the shift of {self.person}", self.since, self.until)

    @classmethod
    def of(cls, shift: Shift) -> "Turn":
        """The turn that a shift is."""
        return cls(shift.person, shift.layer, shift.since, shift.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Two people take each other's shift. It changes nothing before it was accepted."""

    id: str
    one: Turn
    other: Turn
    accepted_at: datetime
    reason: str = ""

    @property
    def overrides(self) -> tuple[Override, ...]:
        """What the swap amounts to: two overrides, fewer when a shift was over."""
        taken = ((self.one, self.other.person), (self.other, self.one.person))
        return tuple(self._taken(turn, person) for turn, person in taken if turn.until > self.accepted_at)

    def _taken(self, turn: Turn, person: str) -> Override:
        return Override(
            id=self.id,
            person=person,
            since=max(turn.since, self.accepted_at),
            until=turn.until,
            made_at=self.accepted_at,
            layer=turn.layer,
            reason=self.reason,
            why=Why.SWAP,
        )


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody is no longer there from that instant on.

    Their turns go to the next in the rotation who is; nobody else's turns move. Their overrides end.
    """

    person: str
    at: datetime

    def __post_init__(self) -> None:
        """Refuse an instant without a zone."""
        _check_aware(f"the departure of {self.person}", self.at)


@dataclass(frozen=True, slots=True)
class FixedShift:
    """A shift of a layer `from_calendar`. Where two overlap, the one that begins later wins."""

    person: str
    layer: str
    since: datetime
    until: datetime
    uid: str = ""

    def __post_init__(self) -> None:
        """As for an override."""
        _check(f"the shift {self.uid} of {self.person}", self.since, self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Everything that stands beside a rota's document."""

    overrides: tuple[Override, ...] = ()
    swaps: tuple[Swap, ...] = ()
    departures: tuple[Departure, ...] = ()
    fixed: tuple[FixedShift, ...] = ()

    @property
    def in_order(self) -> tuple[Override, ...]:
        """All overrides, those of swaps included, as they were made."""
        every = [*self.overrides, *(override for swap in self.swaps for override in swap.overrides)]
        return tuple(sorted(every, key=lambda override: override.made_at))


def _check(what: str, since: datetime, until: datetime) -> None:
    _check_aware(what, since)
    _check_aware(what, until)
    if until <= since:
        raise RotaError(f"{what}: until is {until.isoformat()}; it must be after {since.isoformat()}")


def _check_aware(what: str, at: datetime) -> None:
    if at.utcoffset() is None:
        raise RotaError(f"{what}: {at.isoformat()} has no zone; give an offset such as +01:00 or Z")
