"""Doing a piece of work again when the database broke it off: the one place that does so.

The work is a function that may be run again from its beginning: it does nothing outside the
database before its transaction has ended well.
"""

import time
from collections.abc import Callable
from itertools import count
from typing import TypeVar

from models.store import BrokenOffError, BusyError, NotStoredError, UnknownOutcomeError

SECONDS = 1.25
"""No attempt but the second begins later than this after the first.

The last one may wait for a lock as long as any other, which still ends within the three seconds
that Slack gives.
"""

FIRST_PAUSE = 0.02
LONGEST_PAUSE = 0.2

Result = TypeVar("Result")


def retrying(work: Callable[[], Result], seconds: float = SECONDS, *, when: type[BusyError] = BrokenOffError) -> Result:
    """What the work gives, run again while the database breaks it off and there is time.

    A loop, for which nobody waits, also tries again `when` the database is only busy.

    Once a commit has ended without an answer, only an attempt that ends well, or one that finds
    the key of the first stored, says what became of it; until then nobody may say that nothing was
    stored.

    Raises:
        NotStoredError: there was no time for another attempt, or it would not help; nothing was stored.
        UnknownOutcomeError: it may be stored, and could not be looked up in time.
    """
    deadline, pause = time.monotonic() + seconds, FIRST_PAUSE
    unknown: UnknownOutcomeError | None = None
    for attempt in count(1):
        try:
            return work()
        except UnknownOutcomeError as error:
            unknown = error
            failure: Exception = error
        except NotStoredError as error:
            failure = unknown or error
            if not isinstance(error, when):
                raise failure from error
        if attempt > 1 and time.monotonic() + pause > deadline:
            raise failure
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
    raise AssertionError("counting does not end")
