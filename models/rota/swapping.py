"""Trading two shifts: what may be swapped, and the two overrides that a swap amounts to."""

from datetime import datetime
from enum import StrEnum

from models.rota.changes import Override, Swap, Turn
from models.rota.questions import shifts
from models.rota.rota import Rota
from models.rota.shift import RotaError


class Hindrance(StrEnum):
    """What is in the way of a swap."""

    ONESELF = "oneself"
    OVER = "over"
    GIVEN_AWAY = "given_away"
    OVERLAP = "overlap"


class SwapError(RotaError):
    """These shifts cannot be swapped; the message says why, `turn` names the shift that is in the way."""

    def __init__(self, message: str, hindrance: Hindrance, turn: Turn) -> None:
        """Keep what it is, for whoever says it in other words."""
        super().__init__(message)
        self.hindrance = hindrance
        self.turn = turn


def accepted(rota: Rota, swap: Swap) -> tuple[Override, ...]:
    """The two overrides of a swap that is accepted now, at `swap.accepted_at`.

    A shift that has begun is taken over from now on. `rota` is asked as it is without this swap, so a swap that
    was accepted before is refused: the shifts are no longer theirs.

    Raises:
        SwapError: when both are one person's, when a shift is over or not that person's, or when the shifts overlap.
    """
    one, other = swap.one, swap.other
    if one.person == other.person:
        raise SwapError(
            f"{one.person} cannot swap with themselves; choose a shift of somebody else", Hindrance.ONESELF, one
        )
    for turn in (one, other):
        if turn.until <= swap.accepted_at:
            raise SwapError(f"{_shown(turn)} is over; choose one that is not", Hindrance.OVER, turn)
        _check_theirs(rota, turn, swap)
    if one.since < other.until and other.since < one.until:
        raise SwapError(
            f"{_shown(one)} and {_shown(other)} overlap; one person cannot have both", Hindrance.OVERLAP, one
        )
    return swap.overrides


def _check_theirs(rota: Rota, turn: Turn, swap: Swap) -> None:
    """Whether all that is left of the turn belongs to that person, as the rota is now."""
    if not all_theirs(rota, turn, swap.accepted_at):
        message = f"{_shown(turn)} is not all {turn.person}'s any more; look at the rota and choose again"
        raise SwapError(message, Hindrance.GIVEN_AWAY, turn)


def all_theirs(rota: Rota, turn: Turn, now: datetime) -> bool:
    """Whether all that is left of a turn is that person's in that layer, as the rota is now."""
    at = max(turn.since, now)
    for shift in shifts(rota, at, turn.until, turn.layer):
        if shift.person != turn.person or shift.since > at:
            break
        at = shift.until
    return at >= turn.until


def _shown(turn: Turn) -> str:
    return f"the shift of {turn.person} in {turn.layer} from {turn.since.isoformat()} to {turn.until.isoformat()}"
