"""The account of one deadline: every span counted, every span skipped and why, to the microsecond.

Built on request from the tables that counted, so it cannot tell another story than the deadline.
Source: docs/counting.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from models.sla.calendar import Calendar
from models.sla.clock import (
    FOREVER,
    Measure,
    Pause,
    Target,
    budget_us,
    measure_of,
    pause_spans,
    prolonged_us,
    unpaused_us,
)
from models.sla.day_table import Span, instant, microseconds, minus
from models.sla.reasons import Reason, ReasonKind, words

__all__ = ["Counted", "Ledger", "Reason", "ReasonKind", "Skipped", "ledger", "words"]

_TELLING = (
    ReasonKind.HOLIDAY,
    ReasonKind.CLOSURE,
    ReasonKind.HALF_DAY,
    ReasonKind.WEEKEND,
    ReasonKind.LUNCH,
    ReasonKind.PAUSE,
    ReasonKind.EXTRA,
    ReasonKind.CLOSED,
)


_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """A span in which the clock ran, in UTC, and how long that is."""

    start: datetime
    end: datetime
    amount: timedelta


@dataclass(frozen=True, slots=True)
class Skipped:
    """A span in which the clock stood, in UTC. `end` is None while a wait lasts.

    From one closing to the next opening is one span: "closed, weekend, 2. pinsedag" has three
    reasons, in the order in which they begin. `text` is all of them for the reader.
    """

    start: datetime
    end: datetime | None
    reasons: tuple[Reason, ...]
    text: str

    @property
    def reason(self) -> Reason:
        """The reason that says most: a holiday before a closure, a half day, a weekend, closed hours."""
        return min(self.reasons, key=lambda reason: _TELLING.index(reason.kind))


@dataclass(frozen=True, slots=True)
class Ledger:
    """One clock's account. `total` is the sum of `counted`, and the whole `budget` once `due` is known.

    While a wait lasts `due` is None and the account ends where the wait began. Instants are in UTC, to
    be shown in `zone`: inside a repeated hour a zoned datetime equals no other one.
    """

    start: datetime
    due: datetime | None
    budget: timedelta
    total: timedelta
    counted: tuple[Counted, ...]
    skipped: tuple[Skipped, ...]
    zone: ZoneInfo

    @property
    def remaining(self) -> timedelta:
        """What the wait that still lasts has left of the promise."""
        return self.budget - self.total

    @property
    def in_minutes(self) -> tuple[timedelta, ...]:
        """The amounts of `counted` in whole minutes, for a reader who sees wall clocks without seconds.

        They are what those show (13:40:05–17:00 is 3 h 20 min), each within a minute of its amount, and they sum to
        `total` in whole minutes: cut off one by one they would not.
        """
        passed = timedelta(microseconds=microseconds(self.counted[0].start)) % _MINUTE if self.counted else timedelta()
        minutes = [0]
        for each in self.counted:
            passed += each.amount
            minutes.append(passed // _MINUTE)
        return tuple((later - sooner) * _MINUTE for sooner, later in pairwise(minutes))


def ledger(
    calendar: Calendar, start: datetime, target: Target, pauses: Sequence[Pause] = (), *, language: str
) -> Ledger:
    """The account from `start` to the due instant, its reasons in the words of `language`."""
    begins = microseconds(start)
    waits = pause_spans(pauses)
    measure = measure_of(calendar, target)
    due = prolonged_us(measure, begins, unpaused_us(calendar, begins, target), waits)
    ends = _still_waiting_since(waits, begins) if due is None else due
    counted, skips = _account(calendar, measure, (begins, ends), _labelled(pauses))
    if due is None:
        skips.append(((ends, FOREVER), (_last_label(pauses),)))
    total = sum(end - low for low, end in counted)
    return Ledger(
        start=instant(begins),
        due=None if due is None else instant(due),
        budget=timedelta(microseconds=budget_us(calendar, begins, target)),
        total=timedelta(microseconds=total),
        counted=tuple(_counted(span) for span in counted),
        skipped=tuple(_skipped(span, reasons, language) for span, reasons in skips),
        zone=calendar.zone,
    )


Skip = tuple[Span, tuple[Reason, ...]]


def _still_waiting_since(waits: Sequence[Span], begins: int) -> int:
    return max(next(low for low, high in waits if high == FOREVER), begins)


def _account(
    calendar: Calendar, measure: Measure, whole: Span, waits: Sequence[tuple[Span, Reason]]
) -> tuple[list[Span], list[Skip]]:
    """What was counted of the whole span, and what was skipped, each in order.

    Hours that are closed anyway are told as closed, also while somebody waits.
    """
    spans = measure.spans_us(*whole)
    counted: list[Span] = []
    skips: list[Skip] = [(gap, calendar.closed_reasons_us(*gap)) for gap in minus(whole, spans)]
    for span in spans:
        counted += minus(span, [wait for wait, _ in waits])
        skips += [(cut, (why,)) for wait, why in waits if (cut := _cut(wait, span)) is not None]
    return counted, _joined(sorted(skips, key=lambda skip: skip[0]))


def _cut(span: Span, by: Span) -> Span | None:
    low, high = max(span[0], by[0]), min(span[1], by[1])
    return (low, high) if low < high else None


def _joined(skips: Iterable[Skip]) -> list[Skip]:
    """Adjacent skips for the same reason as one: a wait over a border that nothing closes."""
    joined: list[Skip] = []
    for (low, high), reasons in skips:
        if joined and joined[-1][0][1] == low and joined[-1][1] == reasons:
            joined[-1] = ((joined[-1][0][0], high), reasons)
        else:
            joined.append(((low, high), reasons))
    return joined


def _labelled(pauses: Sequence[Pause]) -> list[tuple[Span, Reason]]:
    """The waits with their labels. Where two overlap the one that began first gives its label."""
    labelled: list[tuple[Span, Reason]] = []
    for pause in sorted(pauses, key=lambda pause: microseconds(pause.start)):
        for wait in pause_spans([pause]):
            fresh = minus(wait, [span for span, _ in labelled])
            labelled += [(span, Reason(ReasonKind.PAUSE, pause.label)) for span in fresh]
            labelled.sort(key=lambda one: one[0])
    return labelled


def _last_label(pauses: Sequence[Pause]) -> Reason:
    """What the wait that still lasts is for; of several the one that began first."""
    lasting = min((pause for pause in pauses if pause.end is None), key=lambda pause: microseconds(pause.start))
    return Reason(ReasonKind.PAUSE, lasting.label)


def _counted(span: Span) -> Counted:
    low, high = span
    return Counted(instant(low), instant(high), timedelta(microseconds=high - low))


def _skipped(span: Span, reasons: tuple[Reason, ...], language: str) -> Skipped:
    low, high = span
    return Skipped(
        start=instant(low),
        end=None if high == FOREVER else instant(high),
        reasons=reasons,
        text=words(reasons, language),
    )
