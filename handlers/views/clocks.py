"""A clock in words: what is promised by when, how much is left, how it ended.

The strength chooses the words: only a guarantee or a promise is ever "breached".
Source: docs/rules.md, 1.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from handlers.views.facts import ClockFacts, RoleFact, SeverityFact, Status
from handlers.views.typed import Mrkdwn, escape, fill, one_line
from handlers.views.words import Words, mark
from models.sla.contract import ClockKind, Role, Strength, TicketKind, WaitKind

Moment = Callable[[datetime], str]
"""How an instant is written: `words.moment` in blocks, `words.when` in notices."""

SEGMENTS = 10

BY: Mapping[ClockKind, str] = {
    ClockKind.FIRST_RESPONSE: mark("Answer by {due}"),
    ClockKind.START_OF_WORK: mark("Work starts by {due}"),
    ClockKind.RESOLUTION: mark("Solved by {due}"),
    ClockKind.NEXT_UPDATE: mark("Next update by {due}"),
    ClockKind.DELIVERY: mark("Delivered by {due}"),
}
DONE: Mapping[ClockKind, str] = {
    ClockKind.FIRST_RESPONSE: mark("Answered {at}"),
    ClockKind.START_OF_WORK: mark("Work started {at}"),
    ClockKind.RESOLUTION: mark("Solved {at}"),
    ClockKind.NEXT_UPDATE: mark("Updated {at}"),
    ClockKind.DELIVERY: mark("Delivered {at}"),
}
MISSED: Mapping[ClockKind, str] = {
    ClockKind.FIRST_RESPONSE: mark("not answered"),
    ClockKind.START_OF_WORK: mark("work not started"),
    ClockKind.RESOLUTION: mark("not solved"),
    ClockKind.NEXT_UPDATE: mark("no update given"),
    ClockKind.DELIVERY: mark("not delivered"),
}
CLOCK: Mapping[ClockKind, str] = {
    ClockKind.FIRST_RESPONSE: mark("First response"),
    ClockKind.START_OF_WORK: mark("Start of work"),
    ClockKind.RESOLUTION: mark("Resolution"),
    ClockKind.NEXT_UPDATE: mark("Next update"),
    ClockKind.DELIVERY: mark("Delivery"),
}
STRENGTH: Mapping[Strength, str] = {
    Strength.GUARANTEED: mark("guaranteed"),
    Strength.PROMISED: mark("promised"),
    Strength.AIM: mark("aim"),
    Strength.USUAL: mark("usual"),
    Strength.GUIDELINE: mark("guideline"),
}
AHEAD: Mapping[Strength, str] = {
    Strength.GUARANTEED: mark("{amount} ahead of the guarantee"),
    Strength.PROMISED: mark("{amount} ahead of the promise"),
    Strength.AIM: mark("{amount} ahead of the aim"),
    Strength.USUAL: mark("{amount} sooner than usual"),
    Strength.GUIDELINE: mark("{amount} ahead of the guideline"),
}
AFTER: Mapping[Strength, str] = {
    Strength.GUARANTEED: mark("{amount} after the guaranteed time"),
    Strength.PROMISED: mark("{amount} after the promised time"),
    Strength.AIM: mark("{amount} past the aim"),
    Strength.USUAL: mark("{amount} later than usual"),
    Strength.GUIDELINE: mark("{amount} past the guideline"),
}
LATE: Mapping[Strength, str] = {
    Strength.GUARANTEED: mark("Guarantee breached {due} by {late}: {missed}"),
    Strength.PROMISED: mark("Breached {due} by {late}: {missed}"),
    Strength.AIM: mark("{late} past the aim of {due}: {missed}"),
    Strength.USUAL: mark("{late} later than usual ({due}): {missed}"),
    Strength.GUIDELINE: mark("{late} past the guideline of {due}: {missed}"),
}
LATE_NOW: Mapping[Strength, str] = {
    Strength.GUARANTEED: mark("Guarantee breached {due}: {missed}"),
    Strength.PROMISED: mark("Breached {due}: {missed}"),
    Strength.AIM: mark("Past the aim of {due}: {missed}"),
    Strength.USUAL: mark("Later than usual ({due}): {missed}"),
    Strength.GUIDELINE: mark("Past the guideline of {due}: {missed}"),
}
WAITING: Mapping[WaitKind, str] = {
    WaitKind.CUSTOMER: mark("Waiting for the customer since {since}."),
    WaitKind.ACCESS: mark("Waiting for access since {since}."),
}
STATUS: Mapping[Status, str] = {
    Status.NEW: mark("new"),
    Status.IN_PROGRESS: mark("in progress"),
    Status.WAITING_CUSTOMER: mark("waiting for the customer"),
    Status.WAITING_ACCESS: mark("waiting for access"),
    Status.RESOLVED: mark("resolved"),
    Status.CLOSED: mark("closed"),
}
WAY: Mapping[str, str] = {"mail": mark("e-mail"), "webhook": mark("webhook")}
"""Second channels, in words."""

ROLE: Mapping[Role, str] = {
    Role.OWNER: mark("owner"),
    Role.AGENT: mark("agent"),
    Role.SENIOR: mark("senior"),
    Role.ON_CALL: mark("on call"),
    Role.MANAGER: mark("management"),
    Role.ADMINISTRATOR: mark("administrator"),
}
TOLD: Mapping[Role, str] = {
    Role.SENIOR: mark("senior staff"),
    Role.MANAGER: mark("the management"),
    Role.ON_CALL: mark("the person on call"),
}
"""Whom a customer hears of when it is escalated: never names, never who was where on the ladder."""
KIND: Mapping[TicketKind, str] = {
    TicketKind.FAULT: mark("Something fails"),
    TicketKind.QUESTION: mark("A question"),
    TicketKind.REQUEST: mark("A request"),
}


def promise(clock: ClockFacts, words: Words, moment: Moment) -> Mrkdwn:
    """ "Work starts by Mon 13:40", with "usually by …" when the contract expects it sooner."""
    if clock.due_at is None:
        return words.say(CLOCK[clock.kind])
    by = words.say(BY[clock.kind], due=_safe(moment(clock.due_at)))
    if clock.expected_at is None or clock.expected_at >= clock.due_at:
        return by
    return words.say("{promise}, usually by {expected}", promise=by, expected=_safe(moment(clock.expected_at)))


def clock_line(clock: ClockFacts, now: datetime, words: Words) -> Mrkdwn:
    """The line of a card: running, standing, late or done."""
    if clock.stopped_at is not None:
        return done(clock, now, words)
    if clock.paused is not None:
        return joined(standing(clock, now, words), uncapital(words.say(CLOCK[clock.kind])), tail(clock, words))
    if clock.breached:
        return joined(late(clock, words, words.moment), escalated(clock, words), tail(clock, words))
    head = Mrkdwn(f"*{_label(clock, words)}*  {bar(clock.spent)}")
    return joined(Mrkdwn(f"{head}  {left(clock, now, words)}"), tail(clock, words))


def _label(clock: ClockFacts, words: Words) -> Mrkdwn:
    return promise(clock, words, words.moment)


def left(clock: ClockFacts, now: datetime, words: Words) -> Mrkdwn:
    """ "at 11:35: 2 h 05 min of 4 h working time left": as of the picture, Slack does not tick."""
    if clock.starts_at is not None and clock.starts_at > now:
        return words.say("the clock starts {starts}", starts=words.moment(clock.starts_at))
    if clock.remaining is None or clock.budget is None:
        return Mrkdwn("")
    message = (
        mark("at {now}: {left} of {budget} left")
        if clock.elapsed
        else mark("at {now}: {left} of {budget} working time left")
    )
    spans = {"left": words.duration(_nearest(clock.remaining)), "budget": words.duration(clock.budget)}
    return words.say(message, now=words.clock_time(now), **spans)


def _nearest(amount: timedelta) -> timedelta:
    """To the nearest minute, as the wall clocks beside it are read: a second after the start all of it is left."""
    return timedelta(minutes=round(amount / timedelta(minutes=1)))


def remaining(clock: ClockFacts, words: Words) -> Mrkdwn:
    """ "1 h of working time left"."""
    amount = words.duration(_nearest(clock.remaining or timedelta(0)))
    message = mark("{left} left") if clock.elapsed else mark("{left} of working time left")
    return words.say(message, left=amount)


def bar(spent: float) -> str:
    """Ten segments, filled as the time is used; full only when all of it is."""
    filled = min(max(round(spent * SEGMENTS), 0), SEGMENTS)
    if spent < 1:
        filled = min(filled, SEGMENTS - 1)
    return "▰" * filled + "▱" * (SEGMENTS - filled)


def standing(clock: ClockFacts, now: datetime, words: Words) -> Mrkdwn:
    """ "Waiting for access since 10:30. The clock stands: 1 h 40 min left"."""
    wait = clock.paused or WaitKind.CUSTOMER
    since = words.say(WAITING[wait], since=words.moment_since(clock.paused_since or now, now))
    stands = words.say("The clock stands: {left} left", left=words.duration(_nearest(clock.remaining or timedelta(0))))
    return sentences(since, stands)


def late(clock: ClockFacts, words: Words, moment: Moment) -> Mrkdwn:
    """ "Breached Mon 13:40 by 25 min: work not started", or the weaker words; "by" after a minute."""
    late_by = clock.late_by or timedelta(0)
    return words.say(
        (LATE if late_by >= timedelta(minutes=1) else LATE_NOW)[clock.strength],
        due=_safe(moment(clock.due_at)) if clock.due_at else "",
        late=words.duration(late_by),
        missed=words.plain(MISSED[clock.kind]),
    )


def done(clock: ClockFacts, now: datetime, words: Words) -> Mrkdwn:
    """ "Work started 10:12, 3 h 28 min ahead of the promise"."""
    stopped_at = clock.stopped_at or now
    happened = words.say(DONE[clock.kind], at=words.moment_since(stopped_at, now))
    if clock.late_by:
        after = words.say(AFTER[clock.strength], amount=words.duration(clock.late_by))
        if clock.strength.binding:
            after = words.say("breached, {after}", after=after)
        return Mrkdwn(f"{happened}, {after}")
    if clock.ahead_by:
        ahead = words.say(AHEAD[clock.strength], amount=words.duration(clock.ahead_by))
        return Mrkdwn(f"{happened}, {ahead}")
    return happened


def clause_words(clock: ClockFacts, words: Words) -> str:
    """Where the agreement has it ("point 4"), else the clause's id."""
    return words.pick(clock.where) or clock.clause


def tail(clock: ClockFacts, words: Words) -> Mrkdwn:
    """ "promised · SO-15"."""
    return joined(words.say(STRENGTH[clock.strength]), escape(clock.clause))


def escalated(clock: ClockFacts, words: Words) -> Mrkdwn:
    """ "escalated to Per (senior)", empty when nobody was told."""
    if not clock.escalated_to:
        return Mrkdwn("")
    return words.say("escalated to {roles}", roles=words.listed([holders(role, words) for role in clock.escalated_to]))


def told_customer(clock: ClockFacts, words: Words) -> str:
    """ "senior staff and the management", "" when nobody the customer hears of was told."""
    roles = dict.fromkeys(role.role for role in clock.escalated_to)
    return words.listed([words.plain(TOLD[role]) for role in roles if role in TOLD])


def holders(role: RoleFact, words: Words) -> str:
    """ "Per (senior)", or the role alone when nobody is named."""
    name = words.plain(ROLE[role.role])
    return f"{words.names(role.people)} ({name})" if role.people else name


def severity_name(severity: SeverityFact | None, words: Words) -> str:
    """ "Priority 2", or "no class" for what the contract does not class."""
    return words.pick(severity.name) if severity else words.plain("no class")


def severity_line(severity: SeverityFact | None, words: Words) -> Mrkdwn:
    """ "Priority 2: business made considerably harder (SO-11)"."""
    name = fill("*{name}*", name=severity_name(severity, words))
    if severity is None:
        return name
    meaning = words.pick(severity.meaning)
    said = Mrkdwn(f"{name}: {escape(meaning)}") if meaning else name
    return Mrkdwn(f"{said} ({escape(severity.clause)})") if severity.clause else said


def titled(number: str, summary: str) -> str:
    """ "T-12 · Invoices will not send", plain, on one line."""
    return one_line(f"{number} · {summary}")


def joined(*parts: str) -> Mrkdwn:
    """Parts set apart by a middle dot; empty ones left out."""
    return Mrkdwn(" · ".join(escape(part) for part in parts if part))


def sentences(*parts: str) -> Mrkdwn:
    """Sentences after each other; empty ones left out."""
    return Mrkdwn(" ".join(escape(part) for part in parts if part))


def uncapital(text: str) -> Mrkdwn:
    """For the middle of a line. Our own sentences begin with no name."""
    return Mrkdwn(text[:1].lower() + text[1:])


def capital(text: str) -> Mrkdwn:
    """For the beginning of a line."""
    return Mrkdwn(text[:1].upper() + text[1:])


def when(words: Words, now: datetime) -> Moment:
    """Instants for plain text, seen from `now`."""
    return lambda at: words.when(at, now)


def _safe(text: str) -> Mrkdwn:
    return escape(text)
