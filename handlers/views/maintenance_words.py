"""Maintenance in words: its kinds, its time, and what each agreement makes of it."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from handlers.views.clocks import joined
from handlers.views.facts.maintenance import ClauseRow, SlotFact
from handlers.views.typed import Mrkdwn, one_line
from handlers.views.words import Words, mark
from models.sla.maintenance_rules import Limit, MaintenanceKind

KINDS: Mapping[str, str] = {
    MaintenanceKind.PLANNED: mark("Planned maintenance"),
    MaintenanceKind.UNPLANNED: mark("Unplanned maintenance"),
    MaintenanceKind.UPGRADE_MAJOR: mark("Major upgrade"),
    MaintenanceKind.UPGRADE_MINOR: mark("Minor upgrade"),
}
KIND_IN_A_LINE: Mapping[str, str] = {
    MaintenanceKind.PLANNED: mark("planned maintenance"),
    MaintenanceKind.UNPLANNED: mark("unplanned maintenance"),
    MaintenanceKind.UPGRADE_MAJOR: mark("major upgrade"),
    MaintenanceKind.UPGRADE_MINOR: mark("minor upgrade"),
}

STAGES: Mapping[str, str] = {
    "asked": mark("waits for approval"),
    "planned": mark("planned"),
    "running": mark("under way"),
    "ended": mark("ended"),
    "cancelled": mark("cancelled"),
}

A_WEEK = 7
SPAN_OF_A_DAY = mark("{since}–{until}")
SPAN_OF_DAYS = mark("{since} to {until}")


def slot(found: SlotFact, words: Words) -> Mrkdwn:
    """ "Sat 12 Dec 20:00–22:00", on the reader's own device."""
    since = words.moment(found.starts_at)
    if words.local(found.starts_at).date() == words.local(found.ends_at).date():
        return words.say(SPAN_OF_A_DAY, since=since, until=words.clock_time(found.ends_at))
    return words.say(SPAN_OF_DAYS, since=since, until=words.moment(found.ends_at))


def plain_slot(found: SlotFact, words: Words) -> str:
    """The same in plain text, with the zone: for notifications, mails and the register."""
    there = words.local(found.starts_at)
    since = f"{words.day(found.starts_at)} {there:%H:%M}"
    if there.date() == words.local(found.ends_at).date():
        until = f"{words.local(found.ends_at):%H:%M %Z}"
        return words.plain(SPAN_OF_A_DAY, since=since, until=until)
    return words.plain(SPAN_OF_DAYS, since=since, until=words.zoned(found.ends_at))


def kind_name(kind: str, words: Words) -> str:
    """ "Major upgrade"."""
    return words.plain(KINDS.get(kind, kind))


# The table of clauses


def row_line(row: ClauseRow, words: Words) -> Mrkdwn:
    """ "Easymeeting · planned at least 2 weeks ahead · 5 days · EM-03"."""
    several = ""
    if 0 < row.broken_for < row.customers:
        several = words.say("{n} of {all} customers", n=row.broken_for, all=row.customers)
    return joined(one_line(row.vendor, 40), asked(row, words), figure(row, words), several, row.clause)


def asked(row: ClauseRow, words: Words) -> Mrkdwn:
    """ "at most 30 min"."""
    return ASKED[Limit(row.limit)](row, words)


def figure(row: ClauseRow, words: Words) -> Mrkdwn:
    """ "2 h": what was found, or the kind that keeps it by itself."""
    if row.by_kind:
        return _nothing(words, row.kinds)
    drawn = FIGURES.get(Limit(row.limit))
    return drawn(row, words) if drawn else Mrkdwn("")


def _nothing(words: Words, kinds: tuple[str, ...]) -> Mrkdwn:
    names = [words.plain(KIND_IN_A_LINE.get(kind, kind)) for kind in kinds]
    return Mrkdwn(", ".join(names))


def _planned(row: ClauseRow, words: Words) -> Mrkdwn:
    weeks, rest = divmod(row.number, A_WEEK)
    if not rest:
        return words.count("planned at least {n} week ahead", "planned at least {n} weeks ahead", weeks)
    return words.count("planned at least {n} day ahead", "planned at least {n} days ahead", row.number)


def _told(row: ClauseRow, words: Words) -> Mrkdwn:
    weeks, rest = divmod(row.number, A_WEEK)
    if not rest:
        return words.count("told at least {n} week ahead", "told at least {n} weeks ahead", weeks)
    return words.count("told at least {n} day ahead", "told at least {n} days ahead", row.number)


def _told_working(row: ClauseRow, words: Words) -> Mrkdwn:
    return words.count("told at least {n} working day ahead", "told at least {n} working days ahead", row.number)


def _longest(row: ClauseRow, words: Words) -> Mrkdwn:
    return words.say("at most {amount}", amount=words.duration(row.amount))


def _per_quarter(row: ClauseRow, words: Words) -> Mrkdwn:
    return words.count("at most once a quarter", "at most {n} times a quarter", row.number)


def _windows(row: ClauseRow, words: Words) -> Mrkdwn:
    if row.kinds:
        return words.say("in an agreed window, or a {kinds}", kinds=_nothing(words, row.kinds))
    return words.say("in an agreed window")


def _said(message: str) -> Callable[[ClauseRow, Words], Mrkdwn]:
    def said(row: ClauseRow, words: Words) -> Mrkdwn:
        del row
        return words.say(message)

    return said


ASKED: Mapping[Limit, Callable[[ClauseRow, Words], Mrkdwn]] = {
    Limit.PLANNED_DAYS: _planned,
    Limit.TOLD_DAYS: _told,
    Limit.TOLD_WORKING_DAYS: _told_working,
    Limit.LONGEST: _longest,
    Limit.PER_QUARTER: _per_quarter,
    Limit.OUTSIDE: _said(mark("outside working hours")),
    Limit.WINDOWS: _windows,
    Limit.APPROVAL: _said(mark("approved")),
    Limit.AGREED: _said(mark("agreed with the customer")),
    Limit.TOLD_AT_ONCE: _said(mark("told at once")),
    Limit.PUNCTUAL: _said(mark("begins and ends as announced")),
}
"""What each rule asks."""


def _days(row: ClauseRow, words: Words) -> Mrkdwn:
    return words.count("{n} day", "{n} days", max(row.count, 0))


def _working_days(row: ClauseRow, words: Words) -> Mrkdwn:
    return words.count("{n} working day", "{n} working days", row.count)


def _length(row: ClauseRow, words: Words) -> Mrkdwn:
    return Mrkdwn(words.duration(row.found))


def _others(row: ClauseRow, words: Words) -> Mrkdwn:
    if not row.count:
        return words.say("first this quarter")
    return words.count("{n} other this quarter", "{n} others this quarter", row.count)


def _inside(row: ClauseRow, words: Words) -> Mrkdwn:
    return words.say("{amount} inside them", amount=words.duration(row.found)) if row.found else Mrkdwn("")


def _beyond(row: ClauseRow, words: Words) -> Mrkdwn:
    return words.say("{amount} outside", amount=words.duration(row.found)) if row.found else Mrkdwn("")


def _named(row: ClauseRow, words: Words) -> Mrkdwn:
    return words.say("nobody is named") if row.verdict == "broken" else Mrkdwn("")


def _consent(row: ClauseRow, words: Words) -> Mrkdwn:
    return words.say("not yet") if row.verdict == "broken" else Mrkdwn("")


FIGURES: Mapping[Limit, Callable[[ClauseRow, Words], Mrkdwn]] = {
    Limit.PLANNED_DAYS: _days,
    Limit.TOLD_DAYS: _days,
    Limit.TOLD_WORKING_DAYS: _working_days,
    Limit.LONGEST: _length,
    Limit.PER_QUARTER: _others,
    Limit.OUTSIDE: _inside,
    Limit.WINDOWS: _beyond,
    Limit.APPROVAL: _named,
    Limit.AGREED: _consent,
}
"""What was found."""


def off_by(off: timedelta, words: Words) -> Mrkdwn:
    """ "6 min later than announced"; nothing when it was on time."""
    if not off:
        return Mrkdwn("")
    amount = words.duration(off)
    if off < timedelta():
        return words.say("{amount} earlier than announced", amount=amount)
    return words.say("{amount} later than announced", amount=amount)
