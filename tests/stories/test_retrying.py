"""Work is done again while the database breaks it off; an unknown outcome stays unknown until it is found."""

from collections.abc import Callable, Iterator

import pytest

from handlers.retrying import retrying
from models.store import BrokenOffError, BusyError, FullError, UnknownOutcomeError


def _going(*ends: Exception | str) -> tuple[Callable[[], str], list[int]]:
    """Work whose attempts end like that, the last one for ever; and how many there were."""
    attempts: list[int] = []

    def endings() -> Iterator[Exception | str]:
        yield from ends
        while True:
            yield ends[-1]

    next_end = endings()

    def work() -> str:
        attempts.append(1)
        end = next(next_end)
        if isinstance(end, Exception):
            raise end
        return end

    return work, attempts


def test_what_was_broken_off_is_done_again() -> None:
    work, attempts = _going(BrokenOffError("deadlock"), BrokenOffError("cut"), "done")
    assert retrying(work, 5) == "done"
    assert len(attempts) == 3


def test_when_the_time_is_over_it_is_said_that_nothing_was_stored() -> None:
    work, attempts = _going(BrokenOffError("cut"))
    with pytest.raises(BrokenOffError):
        retrying(work, 0.1)
    assert len(attempts) > 1


@pytest.mark.parametrize("end", [BusyError("locked"), FullError("full")])
def test_what_trying_again_does_not_mend_is_tried_once(end: Exception) -> None:
    work, attempts = _going(end)
    with pytest.raises(type(end)):
        retrying(work, 5)
    assert len(attempts) == 1


def test_a_loop_tries_again_when_the_database_is_only_busy() -> None:
    work, attempts = _going(BusyError("locked"), "done")
    assert retrying(work, 5, when=BusyError) == "done"
    assert len(attempts) == 2


@pytest.mark.parametrize("after", [BrokenOffError("cut"), BusyError("locked"), FullError("full")])
def test_after_an_unknown_outcome_nobody_says_that_nothing_was_stored(after: Exception) -> None:
    work, _ = _going(UnknownOutcomeError("cut at the commit"), after)
    with pytest.raises(UnknownOutcomeError):
        retrying(work, 0.1)


def test_an_attempt_that_ends_well_settles_an_unknown_outcome() -> None:
    work, _ = _going(UnknownOutcomeError("cut at the commit"), BrokenOffError("away"), "done")
    assert retrying(work, 5) == "done"
