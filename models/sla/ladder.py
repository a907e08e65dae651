"""The rungs of a clock: reminders, warnings, the due instant and who is told after it.

Pure: a ladder is a value computed from the promise, the calendar and the pauses. Whoever keeps
timers says what `passed` when a clock is made, stores one timer for `next_rungs`, and asks again
when it falls. A rung's key is the same every time, so that each is said once.
Source: docs/counting.md, when Vakt may speak.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from models.sla.calendar import Calendar, NeverClosesError
from models.sla.clock import AtOnce, Pause, at_share, deadline
from models.sla.contract import LANGUAGES, ClockKind, Contract, EscalationStep, Role, Strength
from models.sla.plan import Planned
from models.sla.questions import Text
from models.sla.reasons import ReasonKind

_JUST_AFTER = timedelta(microseconds=1)
_NAMED = frozenset({ReasonKind.HOLIDAY, ReasonKind.CLOSURE})


class RungKind(StrEnum):
    """What a rung says."""

    REMINDER = "reminder"
    WARNING = "warning"
    EXPECTED = "expected"
    PAGE = "page"
    DUE = "due"
    ESCALATION = "escalation"


GRAVITY = tuple(RungKind)
"""The kinds in order of gravity: of those that fall together a graver one makes reminders needless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One thing to be said about a clock.

    `happens_at` is the exact instant of the fact, `say_at` when Vakt may speak of it (both UTC).
    `key` names it within the clock and severity, so that it is said once. `until` is the act
    that makes it moot. `reason_day` and `reason` say why a warning comes early: the day on which
    it is closed, and what that day is ("2. pinsedag", "weekend"); None before a plain night.
    `day_and_night`: it is said at its instant, open or closed.
    """

    kind: RungKind
    key: str
    happens_at: datetime
    say_at: datetime
    clause: str
    until: ClockKind
    share: Fraction | None = None
    role: Role | None = None
    strength: Strength | None = None
    reason_day: date | None = None
    reason: Text | None = None
    day_and_night: bool = False


@dataclass(frozen=True, slots=True)
class Folded:
    """Rungs that are said together: `says` is what to say, in order, the rest is implied by it."""

    says: tuple[Rung, ...]
    implied: tuple[Rung, ...]


def ladder(
    contract: Contract,
    planned: Planned,
    *,
    severity: str,
    pauses: Sequence[Pause] = (),
    night_work_from: datetime | None = None,
) -> tuple[Rung, ...]:
    """All rungs of the clock in the order they are said; past and future alike.

    `pauses` are those the promise allows, as given to `plan`. `night_work_from`: since when
    someone works on it outside hours (PI-09). A clock that stands still has only the rungs that
    do not wait for its due instant.
    """
    rungs = [
        *_page(contract, planned),
        *_reminders(contract, planned, pauses),
        *_warning(contract, planned),
        *_expected(contract, planned),
        *_due(contract, planned),
        *_steps(contract, planned, severity, pauses, night_work_from),
    ]
    return tuple(sorted(rungs, key=lambda rung: (rung.say_at, rung.happens_at, GRAVITY.index(rung.kind))))


def passed(rungs: Sequence[Rung], now: datetime, done: Collection[ClockKind] = ()) -> tuple[Rung, ...]:
    """The rungs that may be said by `now`, those that an act in `done` made moot left out."""
    return tuple(rung for rung in rungs if rung.say_at <= now and rung.until not in done)


def next_rungs(rungs: Sequence[Rung], after: datetime, done: Collection[ClockKind] = ()) -> tuple[Rung, ...]:
    """The rungs said next, strictly after `after`: all that share the earliest `say_at`."""
    ahead = [rung for rung in rungs if rung.say_at > after and rung.until not in done]
    earliest = min((rung.say_at for rung in ahead), default=None)
    return tuple(rung for rung in ahead if rung.say_at == earliest)


def folded(rungs: Sequence[Rung]) -> Folded:
    """What to say when several rungs fall together or were missed: one line, not five.

    Of reminders, warning, expected and due only the gravest is said, the latest of its kind; of
    escalations each role's latest; a page always.
    """
    ranked = sorted(rungs, key=lambda rung: (GRAVITY.index(rung.kind), rung.happens_at))
    pages = [rung for rung in ranked if rung.kind is RungKind.PAGE][-1:]
    about = [rung for rung in ranked if rung.kind not in {RungKind.PAGE, RungKind.ESCALATION}][-1:]
    told = {rung.role: rung for rung in ranked if rung.kind is RungKind.ESCALATION}
    says = (*pages, *about, *told.values())
    return Folded(says, tuple(rung for rung in rungs if rung not in says))


def may_speak_at(instant: datetime, calendar: Calendar, contract: Contract, *, day_and_night: bool = False) -> datetime:
    """The earliest instant at which Vakt may speak of what happened at `instant`.

    At once while it is open, and until a quarter of an hour (the contract's `after_closing`) past
    a closing; otherwise at the next opening.
    """
    if day_and_night or calendar.is_open(instant):
        return instant
    closing = _last_closing(calendar, instant + _JUST_AFTER)
    if closing is not None and instant - closing <= contract.speak_after_closing:
        return instant
    return calendar.next_opening(instant)


def _last_closing(calendar: Calendar, before: datetime) -> datetime | None:
    try:
        return calendar.last_closing_before(before)
    except NeverClosesError:
        return None


def _rung(  # noqa: PLR0913 - the one place where a rung is put together
    contract: Contract,
    planned: Planned,
    kind: RungKind,
    happens_at: datetime,
    *,
    key: str = "",
    day_and_night: bool = False,
    clause: str | None = None,
    until: ClockKind | None = None,
    share: Fraction | None = None,
    role: Role | None = None,
    strength: Strength | None = None,
    reason_day: date | None = None,
) -> Rung:
    promise = planned.promise
    aloud = day_and_night or promise.day_and_night
    return Rung(
        kind=kind,
        key=key or kind.value,
        happens_at=happens_at,
        say_at=may_speak_at(happens_at, planned.calendar, contract, day_and_night=aloud),
        clause=clause or promise.clause,
        until=until or promise.clock,
        share=share,
        role=role,
        strength=strength or promise.strength,
        reason_day=reason_day,
        reason=_reason(planned.calendar, reason_day),
        day_and_night=aloud,
    )


def _page(contract: Contract, planned: Planned) -> Iterator[Rung]:
    """On-call is paged at once, day and night. Source: docs/counting.md, 7, PI-06."""
    if planned.paged or isinstance(planned.promise.target, AtOnce):
        at = planned.started_at
        yield _rung(contract, planned, RungKind.PAGE, at, role=Role.ON_CALL, day_and_night=True)


def _reminders(contract: Contract, planned: Planned, pauses: Sequence[Pause]) -> Iterator[Rung]:
    promise = planned.promise
    if planned.due is None or isinstance(promise.target, AtOnce):
        return
    used = [
        (share, at_share(planned.calendar, planned.started_at, promise.target, pauses, share))
        for share in promise.reminders
    ]
    yield from (
        _rung(contract, planned, RungKind.REMINDER, at, key=f"share:{share}", share=share) for share, at in used if at
    )


def _warning(contract: Contract, planned: Planned) -> Iterator[Rung]:
    """Said before closing when it falls due while closed, or so soon after an opening that a reminder is late."""
    due, calendar = planned.due, planned.calendar
    closing = None if due is None else _last_closing(calendar, due)
    if due is None or closing is None or closing <= planned.started_at:
        return
    opening = calendar.next_opening(closing)
    last_day, next_day = calendar.civil_day(closing), calendar.civil_day(opening)
    if last_day == next_day or due > opening + contract.warn_within_opening:
        return
    at = max(closing - contract.warn_before_closing, planned.started_at)
    day = _closed_day(calendar, last_day, next_day)
    yield _rung(contract, planned, RungKind.WARNING, at, reason_day=day)


def warned_from(contract: Contract, planned: Planned) -> datetime | None:
    """The earliest instant at which the due instant can be warned of; None where it never closes before."""
    closing = None if planned.due is None else _last_closing(planned.calendar, planned.due)
    return None if closing is None else closing - contract.warn_before_closing


def _closed_day(calendar: Calendar, last: date, opening: date) -> date | None:
    """The day between two openings that best says why it is closed: a holiday before a weekend."""
    between = [last + timedelta(days=n) for n in range(1, (opening - last).days)]
    named = [day for day in between if _NAMED & {reason.kind for reason in calendar.reasons(day)}]
    workdays = [day for day in named if ReasonKind.WEEKEND not in {reason.kind for reason in calendar.reasons(day)}]
    return next(iter([*workdays, *named, *between]), None)


def _reason(calendar: Calendar, day: date | None) -> Text | None:
    if day is None:
        return None
    return {language: calendar.day(day, language).text for language in LANGUAGES}


def _expected(contract: Contract, planned: Planned) -> Iterator[Rung]:
    """The earlier of a promise's two instants has passed. Source: PI-07."""
    if planned.expected is not None and planned.due is not None and planned.expected < planned.due:
        strength = planned.promise.expected_strength
        yield _rung(contract, planned, RungKind.EXPECTED, planned.expected, strength=strength)


def _due(contract: Contract, planned: Planned) -> Iterator[Rung]:
    if planned.due is not None:
        yield _rung(contract, planned, RungKind.DUE, planned.due)


def _steps(
    contract: Contract,
    planned: Planned,
    severity: str,
    pauses: Sequence[Pause],
    night_work_from: datetime | None,
) -> Iterator[Rung]:
    for index, step in enumerate(planned.promise.steps):
        if step.severities and severity not in step.severities:
            continue
        at, at_night = _step_at(contract, planned, step, pauses, night_work_from)
        if at is not None:
            yield _rung(
                contract,
                planned,
                RungKind.ESCALATION,
                at,
                key=f"step:{index}:{step.role}",
                role=step.role,
                until=step.until,
                clause=step.clause,
                day_and_night=step.day_and_night or at_night,
            )


def _step_at(
    contract: Contract,
    planned: Planned,
    step: EscalationStep,
    pauses: Sequence[Pause],
    night_work_from: datetime | None,
) -> tuple[datetime | None, bool]:
    """When the step falls, and whether it is counted by the clock because someone works at night."""
    if step.at_once:
        return planned.started_at, False
    if step.after is None:
        return planned.due, False
    calendar = contract.calendar(step.calendar, planned.region) if step.calendar else planned.calendar
    stopping = pauses if step.until is None else ()
    by_day = deadline(calendar, planned.started_at, step.after, stopping)
    if step.after_at_night is None or night_work_from is None:
        return by_day, False
    by_night = night_work_from + step.after_at_night
    return (by_night, True) if by_day is None or by_night < by_day else (by_day, False)
