"""What is told of maintenance: to those who use the services, to the desk, and to who planned it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered
from handlers.views.clocks import joined, sentences
from handlers.views.facts.maintenance import MaintenanceFacts, MaintenanceLine
from handlers.views.maintenance import next_step
from handlers.views.maintenance_words import STAGES, kind_name, off_by, plain_slot, slot
from handlers.views.names import Action
from handlers.views.typed import Mrkdwn, escape, fill, one_line, shorten
from handlers.views.words import Words, mark

NOTICED = 600
MAILED = 10
MAIL = 2_900

# To those who use the services


def announcement(work: MaintenanceFacts, words: Words) -> Rendered:
    """The message that is edited in place. While services are away a customer may say that it is affected."""
    head = fill("*{kind}: {title}*", kind=kind_name(work.kind, words), title=one_line(work.title, 150))
    lines = [head, _time_line(work, words), _services_line(work, words)]
    blocks = [kit.section(Mrkdwn("\n".join(lines)))]
    if work.noticed:
        blocks += [kit.context(words.say("What you will notice:")), kit.quote(shorten(work.noticed, NOTICED))]
    if work.stage == "running" and work.downtime:
        label = words.plain("We are affected by {name}", name=work.name)
        affected = kit.button(words.plain("We are affected"), Action.OUTAGE_AFFECTED, work.name, label=label)
        blocks.append(kit.actions(affected))
    return kit.rendered(announcement_text(work, words), blocks)


def announcement_text(work: MaintenanceFacts, words: Words) -> str:
    """All of it in plain text: for notifications, mails and the register."""
    when, services = plain_slot(work.slot, words), ", ".join(work.services)
    said = f"{summary(work, words)} · {when} · {services} · {away(work, words)}"
    if work.stage in {"running", "ended", "cancelled"}:
        said = f"{said} · {words.plain(STAGES[work.stage])}"
    return f"{said}\n{shorten(work.noticed, NOTICED)}" if work.noticed else said


def summary(work: MaintenanceFacts, words: Words) -> str:
    """ "Major upgrade: Portal upgrade", in plain text."""
    return f"{kind_name(work.kind, words)}: {one_line(work.title, 150)}"


def away(work: MaintenanceFacts, words: Words) -> str:
    """Whether it can be used meanwhile, in plain text."""
    return words.plain("not available meanwhile") if work.downtime else words.plain("available meanwhile")


def _services_line(work: MaintenanceFacts, words: Words) -> Mrkdwn:
    services = ", ".join(one_line(each, 60) for each in work.services)
    said = words.say("Services: {services}", services=services)
    return joined(said, away(work, words))


def _time_line(work: MaintenanceFacts, words: Words) -> Mrkdwn:
    planned = slot(work.slot, words)
    if work.stage == "cancelled":
        return joined(words.say("*Cancelled*: it does not take place"), Mrkdwn(f"~{planned}~"))
    if work.ended_at is not None and work.began_at is not None:
        lasted = words.duration(work.ended_at - work.began_at)
        ended = words.say("*Ended* {at}, after {lasted}", at=words.moment(work.ended_at), lasted=lasted)
        return joined(planned, ended)
    if work.began_at is not None:
        began = words.say("*Under way* since {at}", at=words.moment_since(work.began_at, work.now))
        over = ""
        if work.now >= work.slot.ends_at:
            over = words.say("it takes longer than announced")
        return joined(planned, began, over)
    return planned


def line(facts: MaintenanceLine, words: Words) -> Rendered:
    """One update, in the thread of that message."""
    return kit.rendered(line_text(facts, words))


def line_text(facts: MaintenanceLine, words: Words) -> Mrkdwn:
    """The same in words."""
    drawn = LINES.get(facts.event)
    return drawn(facts, words) if drawn else Mrkdwn("")


def _again(facts: MaintenanceLine, words: Words) -> Mrkdwn:
    return words.say("A reminder: it begins {at}.", at=words.moment(facts.work.slot.starts_at))


def _moved(facts: MaintenanceLine, words: Words) -> Mrkdwn:
    now = words.say("*Moved* to {slot}.", slot=slot(facts.work.slot, words))
    was = words.say("It was planned for {slot}.", slot=slot(facts.slot, words)) if facts.slot else ""
    return sentences(now, was)


def _cancelled(facts: MaintenanceLine, words: Words) -> Mrkdwn:
    return sentences(words.say("*Cancelled*: it does not take place."), escape(one_line(facts.text, 400)))


def _started(facts: MaintenanceLine, words: Words) -> Mrkdwn:
    began = words.say("It began {at}", at=words.clock_time(facts.at))
    return joined(began, off_by(facts.off, words))


def _not_started(facts: MaintenanceLine, words: Words) -> Mrkdwn:
    del facts
    return words.say("It has not begun at the time announced. You hear of it here when it does.")


def _overrun(facts: MaintenanceLine, words: Words) -> Mrkdwn:
    until = words.clock_time(facts.work.slot.ends_at)
    return words.say("It takes longer than announced ({until}). You hear of it here when it ends.", until=until)


def _ended(facts: MaintenanceLine, words: Words) -> Mrkdwn:
    return joined(words.say("It ended {at}", at=words.clock_time(facts.at)), off_by(facts.off, words))


LINES: Mapping[str, Callable[[MaintenanceLine, Words], Mrkdwn]] = {
    "told_again": _again,
    "moved": _moved,
    "cancelled": _cancelled,
    "started": _started,
    "not_started": _not_started,
    "overrun": _overrun,
    "ended": _ended,
}
"""What those who use the services read of each event."""


# To the desk


def desk_card(work: MaintenanceFacts, words: Words) -> Rendered:
    """The desk's own card, with what can be done."""
    head = fill("*{name} · {title}*", name=work.name, title=one_line(work.title, 150))
    stage = words.plain(STAGES[work.stage])
    customers = words.count("{n} customer", "{n} customers", work.customers)
    services = ", ".join(one_line(each, 60) for each in work.services)
    down = words.plain("with downtime") if work.downtime else words.plain("without downtime")
    lines = [
        head,
        _time_line(work, words) if work.began_at is not None else joined(slot(work.slot, words), stage),
        joined(kind_name(work.kind, words), down, services, customers),
        *_by_whom(work, words),
    ]
    if work.stage in {"asked", "planned"}:
        lines.append(next_step(work, words))
    if work.overridden:
        lines.append(_overridden(work, words))
    if work.muted:
        lines.append(words.count("{n} alert was muted", "{n} alerts were muted", work.muted))
    text = joined(f"{work.name} · {one_line(work.title, 80)}", plain_slot(work.slot, words), stage)
    return kit.rendered(text, [kit.section(Mrkdwn("\n".join(lines))), *_buttons(work, words)])


def _by_whom(work: MaintenanceFacts, words: Words) -> list[Mrkdwn]:
    said = [words.say("planned by {person}", person=words.name(work.planned_by))]
    if work.approved_at is not None and work.approver is not None:
        approver = words.name(work.approver)
        said.append(words.say("approved by {person} {at}", person=approver, at=words.moment(work.approved_at)))
    if work.series:
        said.append(words.say("one of the series of {name}", name=work.series))
    return [joined(*said)]


def _overridden(work: MaintenanceFacts, words: Words) -> Mrkdwn:
    return words.say(
        "*Overridden* by {person}: {clauses}. {reason}",
        person=words.name(work.override_by),
        clauses=", ".join(work.overridden),
        reason=one_line(work.override_reason, 400),
    )


def _buttons(work: MaintenanceFacts, words: Words) -> list[Block]:
    if work.stage in {"ended", "cancelled"}:
        return []
    if work.stage == "running":
        return [kit.actions(kit.button(words.plain("End"), Action.MAINTENANCE_END, work.name, style="primary"))]
    move = kit.button(words.plain("Move…"), Action.MAINTENANCE_MOVE, work.name)
    cancel = kit.button(words.plain("Cancel…"), Action.MAINTENANCE_CANCEL, work.name)
    if work.stage == "asked":
        return [kit.actions(move, cancel)]
    start = kit.button(words.plain("Start"), Action.MAINTENANCE_START, work.name, style="primary")
    tell = kit.button(words.plain("Tell now"), Action.MAINTENANCE_TELL, work.name) if work.told_at is None else None
    return [kit.actions(start, tell, move, cancel)]


def log_line(facts: MaintenanceLine, words: Words) -> Rendered:
    """One event, in the thread of the desk's card."""
    when = words.moment(facts.at)
    said = joined(LOG[facts.event](facts, words), words.name(facts.by) if facts.by else "", when)
    return kit.rendered(said, [kit.section(said), *_mails(facts, words)])


def _mails(facts: MaintenanceLine, words: Words) -> list[Block]:
    """What the desk has to mail, as a ready text, and the button that says it did."""
    if not facts.mails:
        return []
    to = ", ".join(one_line(each, 80) for each in facts.mails[:MAILED])
    blocks = [
        kit.section(words.say("*To be mailed by the desk{clause}:* {to}", clause="", to=to)),
        kit.quote(shorten(facts.mail_text, MAIL)),
    ]
    if facts.mails_sent:
        return [*blocks, kit.context(words.say("They were sent."))]
    value = f"{facts.work.name}:{facts.mail_step}"
    return [*blocks, kit.actions(kit.button(words.plain("Sent"), Action.MAIL_SENT, value))]


def _log_planned(facts: MaintenanceLine, words: Words) -> Mrkdwn:
    return words.say("Planned for {slot}", slot=slot(facts.slot or facts.work.slot, words))


def _log_overridden(facts: MaintenanceLine, words: Words) -> Mrkdwn:
    clauses = ", ".join(facts.clauses)
    return words.say("Overridden: {clauses}. {reason}", clauses=clauses, reason=one_line(facts.text, 600))


def _log_told(facts: MaintenanceLine, words: Words) -> Mrkdwn:
    said = words.count("Told in {n} place", "Told in {n} places", facts.count)
    if not facts.off:
        return said
    return joined(said, words.say("{amount} after the latest moment to tell", amount=words.duration(facts.off)))


def _log_text(message: str) -> Callable[[MaintenanceLine, Words], Mrkdwn]:
    def drawn(facts: MaintenanceLine, words: Words) -> Mrkdwn:
        return sentences(words.say(message), escape(one_line(facts.text, 600)))

    return drawn


def _log_off(message: str) -> Callable[[MaintenanceLine, Words], Mrkdwn]:
    def drawn(facts: MaintenanceLine, words: Words) -> Mrkdwn:
        flagged = [off_by(facts.off, words), ", ".join(facts.clauses)] if facts.off else []
        return joined(words.say(message), *flagged)

    return drawn


def _log_extended(facts: MaintenanceLine, words: Words) -> Mrkdwn:
    return words.count("{n} more of the series is planned.", "{n} more of the series are planned.", facts.count)


def _skipped(facts: MaintenanceLine, words: Words) -> Mrkdwn:
    at = slot(facts.slot, words) if facts.slot else ""
    return words.say("{at} is not planned: it would break {clauses}.", at=at, clauses=words.listed(facts.clauses))


LOG: Mapping[str, Callable[[MaintenanceLine, Words], Mrkdwn]] = {
    "planned": _log_planned,
    "overridden": _log_overridden,
    "approved": _log_text(mark("Approved.")),
    "declined": _log_text(mark("Not approved, so it does not take place.")),
    "told": _log_told,
    "told_again": _log_text(mark("Reminded those who were told.")),
    "moved": _moved,
    "cancelled": _log_text(mark("Cancelled.")),
    "started": _log_off(mark("Started")),
    "ended": _log_off(mark("Ended")),
    "not_started": _log_off(mark("Not started at the time announced")),
    "overrun": _log_off(mark("Runs over the time announced")),
    "mailed": _log_text(mark("The mails went out.")),
    "extended": _log_extended,
    "skipped": _skipped,
}
"""What the desk reads of each event."""


# To who planned it, or has to approve it


def reminder(work: MaintenanceFacts, what: str, words: Words) -> Rendered:
    """A direct message about it; `what` is the key of `REMINDERS`."""
    said = REMINDERS[what](work, words)
    return kit.rendered(said, [kit.section(said), *_reminder_buttons(work, what, words)])


def _head(work: MaintenanceFacts, words: Words) -> Mrkdwn:
    return joined(f"{work.name} · {one_line(work.title, 100)}", slot(work.slot, words))


def _approve(work: MaintenanceFacts, words: Words) -> Mrkdwn:
    person = words.name(work.planned_by)
    return sentences(
        words.say("{person} asks you to approve maintenance: {head}.", person=person, head=_head(work, words)),
        _overridden(work, words) if work.overridden else "",
    )


def _tell_soon(work: MaintenanceFacts, words: Words) -> Mrkdwn:
    at = _moment(work.notice_at, words)
    latest = words.say("Latest moment to tell: {at}.", at=_moment(work.latest_at, words)) if work.latest_at else ""
    return sentences(_head(work, words) + ".", words.say("Customers are told {at}.", at=at), latest)


def _answered(message: str) -> Callable[[MaintenanceFacts, Words], Mrkdwn]:
    def drawn(work: MaintenanceFacts, words: Words) -> Mrkdwn:
        return words.say(message, person=words.name(work.approver), head=_head(work, words))

    return drawn


def _about(message: str) -> Callable[[MaintenanceFacts, Words], Mrkdwn]:
    def drawn(work: MaintenanceFacts, words: Words) -> Mrkdwn:
        return words.say(message, head=_head(work, words))

    return drawn


def _moment(at: datetime | None, words: Words) -> Mrkdwn:
    return words.moment(at) if at else Mrkdwn("–")


REMINDERS: Mapping[str, Callable[[MaintenanceFacts, Words], Mrkdwn]] = {
    "approve": _approve,
    "approved": _answered(mark("{person} approved {head}.")),
    "declined": _answered(mark("{person} did not approve {head}, so it does not take place.")),
    "unapproved": _answered(mark("{person} has not approved {head} yet, and customers should be told soon.")),
    "tell_soon": _tell_soon,
    "start": _about(mark("{head} was to begin now. Press Start when it does, or move it.")),
    "not_started": _about(mark("{head} has not begun; those who were told have heard so.")),
    "overrun": _about(mark("{head} runs over; those who were told have heard so. Press End when it is over.")),
    "never_started": _about(mark("{head} is past and was never started. Cancel it, or start it now.")),
}
"""What somebody of the desk is told directly."""


def skipped(facts: MaintenanceLine, words: Words) -> Rendered:
    """To who planned a series: an occurrence that would break an agreement, and what to do."""
    said = sentences(
        _head(facts.work, words) + ".",
        _skipped(facts, words),
        words.say("Plan it at another time, or leave it out: /maintenance plan."),
    )
    plan = kit.actions(kit.button(words.plain("Plan maintenance"), Action.MAINTENANCE_PLAN, "yes"))
    return kit.rendered(said, [kit.section(said), plan])


def _reminder_buttons(work: MaintenanceFacts, what: str, words: Words) -> list[Block]:
    if what == "approve" and work.stage == "asked":
        yes = kit.button(words.plain("Approve"), Action.MAINTENANCE_APPROVE, work.name, style="primary")
        no = kit.button(words.plain("Decline"), Action.MAINTENANCE_DECLINE, work.name)
        return [kit.actions(yes, no)]
    if what in {"unapproved", "tell_soon", "start", "not_started", "overrun", "never_started"}:
        return _buttons(work, words)
    return []
