"""What an agreement asks of maintenance, as frozen values that the policy files are parsed into.

A rule limits one thing, for the kinds of maintenance it names. Unplanned maintenance is never
refused, so nothing but telling at once may be asked of it. `models.sla.maintenance` judges a plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from models.sla.calendar_spec import Window
from models.sla.questions import Text


class MaintenanceKind(StrEnum):
    """What sort of maintenance it is."""

    PLANNED = "planned"
    UNPLANNED = "unplanned"
    UPGRADE_MAJOR = "upgrade_major"
    UPGRADE_MINOR = "upgrade_minor"


FORESEEN = frozenset(MaintenanceKind) - {MaintenanceKind.UNPLANNED}
"""The kinds that a rule is about which names none."""


class Limit(StrEnum):
    """What a rule limits."""

    PLANNED_DAYS = "planned_days"
    TOLD_DAYS = "told_days"
    TOLD_WORKING_DAYS = "told_working_days"
    LONGEST = "longest"
    PER_QUARTER = "per_quarter"
    OUTSIDE = "outside"
    WINDOWS = "windows"
    APPROVAL = "approval"
    AGREED = "agreed"
    TOLD_AT_ONCE = "told_at_once"
    PUNCTUAL = "punctual"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceRule:
    """One thing the agreement asks, and the clause that asks it.

    `downtime` None: with and without. `kept_by`: kinds that keep the rule by being what they are
    (PS-11). `number` is days or times, `amount` a duration, `calendar` whose hours or working days.
    """

    id: str
    clause: str
    limit: Limit
    kinds: frozenset[MaintenanceKind] = FORESEEN
    downtime: bool | None = None
    kept_by: frozenset[MaintenanceKind] = frozenset()
    number: int = 0
    amount: timedelta = timedelta()
    calendar: str | None = None
    reading: Text | None = None


@dataclass(frozen=True, slots=True)
class MaintenanceTerms:
    """All that an agreement asks of maintenance. `windows` maps a weekday (Monday is 0) to the agreed hours."""

    rules: tuple[MaintenanceRule, ...] = ()
    windows: Mapping[int, tuple[Window, ...]] = field(default_factory=dict)

    def rule(self, rule_id: str) -> MaintenanceRule | None:
        """The rule with that id; None when there is none."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
