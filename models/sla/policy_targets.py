"""From a target as a policy file writes it to the one that is counted by."""

from models.sla.clock import (
    AtOnce,
    ClockTime,
    NextWorkingDay,
    SameWorkingDay,
    Target,
    WorkingDays,
    WorkingTime,
)
from models.sla.policy_schema import (
    AtOnceFile,
    ClockTimeFile,
    NextWorkingDayFile,
    SameWorkingDayFile,
    TargetFile,
    WorkingTimeFile,
)
from models.sla.policy_values import parse_amount


def build_target(target: TargetFile) -> Target:
    """The target a file describes."""
    match target:
        case WorkingTimeFile():
            return WorkingTime(parse_amount(target.amount))
        case ClockTimeFile():
            return ClockTime(parse_amount(target.amount))
        case SameWorkingDayFile():
            return SameWorkingDay()
        case NextWorkingDayFile():
            return NextWorkingDay(anchor=target.anchor)
        case AtOnceFile():
            return AtOnce(parse_amount(target.late_after))
        case _:
            return WorkingDays(target.days, target.mode, anchor=target.anchor)
