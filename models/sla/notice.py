"""When a notice must be given: the earliest day on which it may take effect, and the latest moment to tell of it.

Days of notice are civil days in the agreement's zone: told at any time on one day, it may take effect
so many days later, from 00:00 there. Nothing here knows an agreement; each brings its own rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.sla.questions import Text

BREACH = "security_breach"
"""What an answer flags that makes a ticket a security breach."""


class TakesEffect(StrEnum):
    """How the day follows on which what is announced takes effect.

    GIVEN: somebody says. WHEN_PUBLISHED: on the day it is announced. FIRST_OF_NEXT_MONTH: on the first
    day of the month after that. Of the last two a later day may be said.
    """

    GIVEN = "given"
    WHEN_PUBLISHED = "when_published"
    FIRST_OF_NEXT_MONTH = "first_of_next_month"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRule:
    """What an agreement says of announcing one topic.

    `audiences` empty: all who subscribe. `lead_days` None: no notice is owed beforehand. `dated`: it takes
    effect on a day, which must be known. `held_when_reported`: what a customer reported is told once it is mended.
    """

    topic: str
    clause: str
    audiences: tuple[str, ...] = ()
    lead_days: int | None = None
    takes_effect: TakesEffect = TakesEffect.GIVEN
    dated: bool = False
    may_object: bool = False
    register: bool = False
    use_is_acceptance: bool = False
    held_when_reported: bool = False
    reading: Text | None = None


@dataclass(frozen=True, slots=True)
class BreachAsk:
    """One thing that must be known before a security breach is closed, in the order asked."""

    id: str
    label: Text
    hint: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachTerms:
    """What an agreement says of a security breach: its clause, what is found out, and the customer's own time."""

    clause: str
    asks: tuple[BreachAsk, ...]
    own_hours: timedelta | None = None
    """What the customer has, from being told, for its own duty to report: an aid."""
    reading: Text | None = None

    def blanks(self, written: Mapping[str, str]) -> tuple[BreachAsk, ...]:
        """What is not written yet."""
        return tuple(ask for ask in self.asks if not written.get(ask.id))


@dataclass(frozen=True, slots=True)
class NoticeTerms:
    """Everything an agreement says of telling its customers."""

    rules: Mapping[str, NoticeRule] = field(default_factory=dict)
    breach: BreachTerms | None = None


class Verdict(StrEnum):
    """Whether a day may be announced."""

    KEPT = "kept"
    TOO_SOON = "too_soon"
    DAY_MISSING = "day_missing"


@dataclass(frozen=True, slots=True)
class Timing:
    """What came of a wish: whether it keeps the rule, from which day it holds, and the earliest day that keeps it.

    `tell_by`: until when (exclusive) it may be told so that the wished day is kept; None where no notice is
    owed or no day is wished.
    """

    verdict: Verdict
    effective: date | None
    earliest: date
    tell_by: datetime | None = None


def earliest_day(rule: NoticeRule, zone: ZoneInfo, told_at: datetime) -> date:
    """The first day on which something told then may take effect. Source: PS-18, PS-21, SO-09, EM-22."""
    told_on = told_at.astimezone(zone).date()
    lead = told_on + timedelta(days=rule.lead_days or 0)
    if rule.takes_effect is TakesEffect.FIRST_OF_NEXT_MONTH:
        return max(lead, first_of_next_month(told_on))
    return lead


def latest_to_tell(rule: NoticeRule, zone: ZoneInfo, effective: date) -> datetime | None:
    """The end of the last day on which telling keeps the rule (24:00, exclusive); None where no notice is owed."""
    ends = []
    if rule.takes_effect is TakesEffect.FIRST_OF_NEXT_MONTH:
        ends.append(effective.replace(day=1))
    if rule.lead_days is not None:
        ends.append(effective - timedelta(days=rule.lead_days - 1))
    return datetime.combine(min(ends), time(), zone) if ends else None


def judged(rule: NoticeRule, zone: ZoneInfo, told_at: datetime, wished: date | None) -> Timing:
    """Whether a wished day keeps the rule when it is told then."""
    earliest = earliest_day(rule, zone, told_at)
    if wished is None:
        follows = rule.takes_effect is not TakesEffect.GIVEN
        missing = not follows and (rule.dated or rule.lead_days is not None)
        return Timing(Verdict.DAY_MISSING if missing else Verdict.KEPT, earliest if follows else None, earliest)
    verdict = Verdict.KEPT if wished >= earliest else Verdict.TOO_SOON
    return Timing(verdict, wished, earliest, latest_to_tell(rule, zone, wished))


def first_of_next_month(day: date) -> date:
    """The first day of the month after a day's. Source: SO-09."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
