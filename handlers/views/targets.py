"""A contract's target in words: "within 4 h of working time"."""

from handlers.views.words import Words
from models.sla.clock import AtOnce, ClockTime, NextWorkingDay, SameWorkingDay, Target, Until, WorkingDays, WorkingTime


def target_words(target: Target, words: Words) -> str:
    """What is asked for, as the agreement counts it."""
    match target:
        case WorkingTime(amount):
            return words.plain("within {amount} of working time", amount=words.duration(amount))
        case ClockTime(amount):
            return words.plain("within {amount}, day and night", amount=words.duration(amount))
        case AtOnce(late_after):
            return words.plain("at once, late after {amount}", amount=words.duration(late_after))
        case Until(at):
            return words.plain("by {at}", at=f"{words.day(at)} {words.time(at)}")
        case _:
            return _by_day(target, words)


def _by_day(target: SameWorkingDay | NextWorkingDay | WorkingDays, words: Words) -> str:
    match target:
        case SameWorkingDay():
            return words.plain("the same working day")
        case NextWorkingDay():
            return words.plain("at the latest the next working day")
        case WorkingDays(days, mode):
            return _days(days, words, same_time=mode == "same_time")


def _days(days: int, words: Words, *, same_time: bool) -> str:
    if same_time:
        return words.count("the same time on the next working day", "the same time {n} working days later", days)
    return words.count("within a working day", "within {n} working days", days)
