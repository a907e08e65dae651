"""The thread as the log: one line a change, in the desk's language.

What a customer wrote stands below its line as typed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, time

from handlers.views import blocks as kit
from handlers.views.blocks import Rendered
from handlers.views.cards import intake_words
from handlers.views.clocks import CLOCK, ROLE, WAY, joined, late, promise, remaining, severity_name, uncapital
from handlers.views.facts import LinkFact, LogFacts, LogKind
from handlers.views.paging import REASON
from handlers.views.typed import Mrkdwn, clean, escape, one_line, shorten
from handlers.views.words import Words, mark
from models.sla.contract import WaitKind

QUOTED = frozenset({LogKind.MESSAGE, LogKind.MESSAGE_EDITED, LogKind.REPLIED})
"""Kinds whose text is shown in full below the line, as typed."""

CUSTOMER_SEES = frozenset(LogKind) - {
    LogKind.ASSIGNED,
    LogKind.SEVERITY_PROPOSED,
    LogKind.SEVERITY_CONFIRMED,
    LogKind.STILL_WAITING,
    LogKind.TO_LEVEL_3,
    LogKind.REMINDED,
    LogKind.BREACHED,
    LogKind.EXPECTED_PASSED,
    LogKind.ESCALATED,
    LogKind.OUTSIDE_AGREEMENT,
    LogKind.ACCEPTED,
    LogKind.PAGED,
    LogKind.CALLED_OUT,
    LogKind.ASKED_AGAIN,
    LogKind.ACKNOWLEDGED,
    LogKind.NEXT_OPENING,
    LogKind.CALENDAR_CORRECTED,
    LogKind.MERGED,
    LogKind.ALERTED_AGAIN,
    LogKind.ALERT_ENDED,
    LogKind.BREACH_TOLD,
    LogKind.BREACH_CHECKED,
}
"""The desk's own doings stay inside; a customer is told of lateness by its notice and its card."""

MEMBERS_NAMED = 20
"""How many of a user group's members a line names."""

TRUSTED = ("https://", "http://127.0.0.1:")
"""How an address begins that Slack, or a workspace on this machine, gives to a file."""

NOBODY = mark("someone")


def log_line(line: LogFacts, words: Words) -> Rendered:
    """A line in the desk's thread, everything in it."""
    said = log_text(line, words)
    blocks = [kit.section(said)]
    if line.kind in QUOTED and line.text:
        blocks.append(kit.quote(shorten(clean(line.text), kit.TEXT)))
    if line.kind in QUOTED and line.text and line.links:
        blocks.append(kit.context(links_of(line)))
    return kit.rendered(_with_quote(said, line), blocks)


def _with_quote(said: Mrkdwn, line: LogFacts) -> Mrkdwn:
    if line.kind not in QUOTED or not line.text:
        return said
    return Mrkdwn(f"{said} {escape(one_line(line.text, 300))}")


def log_text(line: LogFacts, words: Words) -> Mrkdwn:
    """The change in one line of mrkdwn, without a relayed message's text."""
    return LINES[line.kind](line, words)


def dated_log_text(line: LogFacts, words: Words) -> Mrkdwn:
    """For lists of events: the time, then the line."""
    return Mrkdwn(f"{words.moment_since(line.at, line.now)}  {log_text(line, words)}")


def _by(line: LogFacts, words: Words) -> str:
    return words.name(line.by)


def _to(line: LogFacts, words: Words) -> str:
    return words.name(line.to)


def _reasoned(said: Mrkdwn, line: LogFacts) -> Mrkdwn:
    """The reason behind it, when one was given."""
    return Mrkdwn(f"{said}: {escape(one_line(line.text, 500))}") if line.text else said


def _opened(line: LogFacts, words: Words) -> Mrkdwn:
    if line.to is not None:
        return words.say(
            "Opened by {person} for {customer}, received {intake} {at}",
            person=_by(line, words),
            customer=_to(line, words),
            intake=intake_words(line.intake or "slack", words),
            at=words.moment_since(line.at, line.now),
        )
    return words.say("Opened by {person}", person=_by(line, words))


def _started(line: LogFacts, words: Words) -> Mrkdwn:
    at = words.moment_since(line.at, line.now)
    return _reasoned(words.say("Work started {at} by {person}", at=at, person=_by(line, words)), line)


def _replied(line: LogFacts, words: Words) -> Mrkdwn:
    if line.links and not line.text:
        return _file(line, words)
    return words.say("{person} answered the customer:", person=_by(line, words))


def _assigned(line: LogFacts, words: Words) -> Mrkdwn:
    if line.to is None:
        return words.say("Nobody owns it now, said {person}", person=_by(line, words))
    if line.by is None and line.other:
        return words.say(
            "Owner: {person}, specialist for {product} ({clause})",
            person=words.mention(line.to),
            product=one_line(line.other, 60),
            clause=line.clause or "",
        )
    if line.by is None or line.by == line.to:
        return words.say("Owner: {person}", person=words.mention(line.to))
    return words.say("Owner: {person}, assigned by {by}", person=words.mention(line.to), by=_by(line, words))


def _waiting(line: LogFacts, words: Words) -> Mrkdwn:
    message = (
        mark("Waiting for access, set by {person}")
        if line.wait is WaitKind.ACCESS
        else mark("Waiting for the customer, set by {person}")
    )
    return _reasoned(_standing(words.say(message, person=_by(line, words)), line, words), line)


def _standing(said: Mrkdwn, line: LogFacts, words: Words) -> Mrkdwn:
    if line.clock is None:
        return joined(said, words.say("no clock stops for it"))
    stands = words.say(
        "the clock stands, {left} ({clause})", left=remaining(line.clock, words), clause=line.clock.clause
    )
    return Mrkdwn(f"{said} · {stands}")


def _resumed(line: LogFacts, words: Words) -> Mrkdwn:
    return _promised(words.say("The wait was ended by {person}", person=_by(line, words)), line, words)


def _still_waiting(line: LogFacts, words: Words) -> Mrkdwn:
    return words.say("Still waiting, says {person}: the wait goes on as if not interrupted", person=_by(line, words))


def _workaround_offered(line: LogFacts, words: Words) -> Mrkdwn:
    return _reasoned(words.say("Way round sent to the customer by {person}", person=_by(line, words)), line)


def _workaround_confirmed(line: LogFacts, words: Words) -> Mrkdwn:
    return words.say("The way round works, says {person}", person=_by(line, words))


def _workaround_refused(line: LogFacts, words: Words) -> Mrkdwn:
    return _reasoned(words.say("The way round does not work, says {person}", person=_by(line, words)), line)


def _severity_proposed(line: LogFacts, words: Words) -> Mrkdwn:
    said = words.say("Proposed from the answers: {severity}", severity=severity_name(line.after, words))
    return Mrkdwn(f"{said} ({escape(line.after.clause)})") if line.after and line.after.clause else said


def _severity_confirmed(line: LogFacts, words: Words) -> Mrkdwn:
    said = words.say(
        "{severity} confirmed by {person}", severity=severity_name(line.after, words), person=_by(line, words)
    )
    return _reasoned(said, line)


def _severity_changed(line: LogFacts, words: Words) -> Mrkdwn:
    said = words.say(
        "Class changed from {before} to {after} by {person}",
        before=severity_name(line.before, words),
        after=severity_name(line.after, words),
        person=_by(line, words),
    )
    return _promised(_reasoned(said, line), line, words)


def _promised(said: Mrkdwn, line: LogFacts, words: Words) -> Mrkdwn:
    if line.clock is None or line.clock.due_at is None:
        return said
    return Mrkdwn(f"{said} · {uncapital(promise(line.clock, words, words.moment))} ({escape(line.clock.clause)})")


def _to_level_3(line: LogFacts, words: Words) -> Mrkdwn:
    said = words.say("To level 3 by {person}", person=_by(line, words))
    if line.other:
        said = words.say("{change}, development case {case}", change=said, case=one_line(line.other, 100))
    return _reasoned(said, line)


def _needs_more_work(line: LogFacts, words: Words) -> Mrkdwn:
    said = _reasoned(words.say("Needs more work, says {person}", person=_by(line, words)), line)
    if line.next_update_at is None:
        return said
    hears = words.say("the customer hears again by {at}", at=words.moment(line.next_update_at))
    return Mrkdwn(f"{said} · {hears}")


def _resolved(line: LogFacts, words: Words) -> Mrkdwn:
    return _reasoned(words.say("Resolved by {person}", person=_by(line, words)), line)


def _confirmed(line: LogFacts, words: Words) -> Mrkdwn:
    return words.say("{person} confirmed that it is solved", person=_by(line, words))


def _reopened(line: LogFacts, words: Words) -> Mrkdwn:
    return _promised(_reasoned(words.say("Reopened by {person}", person=_by(line, words)), line), line, words)


def _closed(line: LogFacts, words: Words) -> Mrkdwn:
    if line.by is None:
        return words.say("Closed")
    return _reasoned(words.say("Closed by {person}", person=_by(line, words)), line)


def _message(line: LogFacts, words: Words) -> Mrkdwn:
    if line.links and not line.text:
        return _file(line, words)
    return words.say("{person} wrote:", person=_by(line, words))


def _message_edited(line: LogFacts, words: Words) -> Mrkdwn:
    return words.say("{person} changed a message; it now says:", person=_by(line, words))


def _message_deleted(line: LogFacts, words: Words) -> Mrkdwn:
    return words.say("{person} deleted a message", person=_by(line, words))


def _file(line: LogFacts, words: Words) -> Mrkdwn:
    return words.say("{person} shared {links}", person=_by(line, words), links=links_of(line))


def links_of(line: LogFacts) -> Mrkdwn:
    """The files shared, as links."""
    return Mrkdwn(", ".join(link(each) for each in line.links))


def link(target: LinkFact) -> Mrkdwn:
    """A link that Slack gave us, its title escaped; a `|` or `>` in the address is encoded."""
    url = target.url.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E")
    title = escape(one_line(target.title, 100)).replace("|", "∣")
    return Mrkdwn(f"<{url}|{title}>") if url.startswith(TRUSTED) else Mrkdwn(title)


def _reminded(line: LogFacts, words: Words) -> Mrkdwn:
    if line.clock is None:
        return words.say("Reminder sent")
    due = uncapital(promise(line.clock, words, words.moment))
    who = words.say("to {person}", person=_to(line, words)) if line.to else words.say("nobody owns it")
    left = remaining(line.clock, words)
    said = words.say("Reminder ({who}): {due}, {left}", who=who, due=due, left=left)
    if line.closed is None:
        return said
    closing, opening = line.closed
    return words.say(
        "{said}; closed from {closing} to {opening}{why}",
        said=said,
        closing=words.clock_time(closing),
        opening=words.moment(opening),
        why=_closed_because(line, words),
    )


def _closed_because(line: LogFacts, words: Words) -> Mrkdwn:
    if not line.closed_because or line.closed_on is None:
        return Mrkdwn("")
    day = words.weekday(datetime.combine(line.closed_on, time(12), words.zone))
    return words.say(" ({day} is {name})", day=day, name=one_line(words.pick(line.closed_because), 80))


def _breached(line: LogFacts, words: Words) -> Mrkdwn:
    if line.clock is None:
        return words.say("Late")
    return Mrkdwn(f"{late(line.clock, words, words.moment)} · {escape(line.clock.clause)}")


def _expected_passed(line: LogFacts, words: Words) -> Mrkdwn:
    if line.clock is None:
        return words.say("Later than usual")
    said = words.say("Later than usual: {clock}", clock=words.plain(CLOCK[line.clock.kind]).lower())
    if line.clock.due_at is None:
        return said
    latest = words.say("at the latest {due}", due=words.moment(line.clock.due_at))
    return Mrkdwn(f"{said} · {latest} ({escape(line.clock.clause)})")


def _escalated(line: LogFacts, words: Words) -> Mrkdwn:
    if line.role is None:
        return _reasoned(words.say("Escalated"), line)
    role = words.plain(ROLE[line.role.role])
    told = words.mention_role(line.role)
    said = words.say("Escalated to {people} ({role})", people=told, role=role) if told else _unheld(role, words)
    return _reasoned(said, line)


def _unheld(role: str, words: Words) -> Mrkdwn:
    return words.say("Escalated to {role}, a role that nobody holds", role=role)


def _outside(line: LogFacts, words: Words) -> Mrkdwn:
    return _reasoned(words.say("Registered as outside the agreement"), line)


def _accepted(line: LogFacts, words: Words) -> Mrkdwn:
    return _reasoned(words.say("Accepted by {person} though outside the agreement", person=_by(line, words)), line)


def _paged(line: LogFacts, words: Words) -> Mrkdwn:
    if line.way is not None:
        return joined(_addressed(line, words), _in_place_of(line, words))
    if line.group is not None:
        return joined(_group_paged(line, words), _in_place_of(line, words))
    if line.to is None:
        return words.say("Nobody is left to page: whoever reads this, take it or call somebody")
    person, at = words.mention(line.to), words.moment_since(line.at, line.now)
    if line.goes_on:
        return words.say("Paging was asked for again {at}; {person} is paged already", person=person, at=at)
    said = words.say("{person} was paged {at}", person=person, at=at)
    return joined(said, _in_place_of(line, words))


def _in_place_of(line: LogFacts, words: Words) -> Mrkdwn | str:
    if line.passed_on is None:
        return ""
    reason = words.plain(REASON[line.passed_on])
    return words.say("{people}: {reason}", people=words.names(line.passed_on_from), reason=reason)


def _addressed(line: LogFacts, words: Words) -> Mrkdwn:
    way, at = words.plain(WAY[str(line.way)]), words.moment_since(line.at, line.now)
    return words.say("{address} was paged by {way} {at}", address=one_line(line.other or "", 120), way=way, at=at)


def _group_paged(line: LogFacts, words: Words) -> Mrkdwn:
    """The group, mentioned, and who of it."""
    group, at = Mrkdwn(f"<!subteam^{line.group}>"), words.moment_since(line.at, line.now)
    shown = line.members[:MEMBERS_NAMED]
    said = words.say("{group} was paged {at}: {people}", group=group, at=at, people=words.names(shown))
    more = len(line.members) - len(shown)
    further = words.count("and {n} more", "and {n} more", more) if more else ""
    if not line.left_out:
        return joined(said, further)
    left_out = words.count(
        "{n} member is not paged: gone, or without a role at a desk",
        "{n} members are not paged: gone, or without a role at a desk",
        line.left_out,
    )
    return joined(said, further, left_out)


def _called_out(line: LogFacts, words: Words) -> Mrkdwn:
    if line.last:
        return words.say("Nobody is left to page; the desk's channel was told")
    return words.say("The desk's channel was told that nobody is on call, or that it is its turn")


def _asked_again(line: LogFacts, words: Words) -> Mrkdwn:
    return words.say("{person} acknowledged, work has not started: asked again", person=_to(line, words))


def _acknowledged(line: LogFacts, words: Words) -> Mrkdwn:
    at = words.moment_since(line.at, line.now)
    return words.say(
        "{person} acknowledged the page {at}; the clock runs until work starts", person=_by(line, words), at=at
    )


def _target_release(line: LogFacts, words: Words) -> Mrkdwn:
    said = words.say("Planned for release {release}", release=one_line(line.other or "", 60))
    return _reasoned(said, line)


def _next_opening(line: LogFacts, words: Words) -> Mrkdwn:
    return _reasoned(words.say("Left until the next opening by {person}", person=_by(line, words)), line)


def _calendar_corrected(line: LogFacts, words: Words) -> Mrkdwn:
    said = _reasoned(words.say("Opening hours corrected"), line)
    moves = [
        words.say("due {after}, before {before}", after=words.moment(after), before=words.moment(before))
        for before, after in line.moved
    ]
    return joined(said, *moves)


def _merged(line: LogFacts, words: Words) -> Mrkdwn:
    return words.say("Merged into {number} by {person}", number=one_line(line.other or "", 40), person=_by(line, words))


def _alerted_again(line: LogFacts, words: Words) -> Mrkdwn:
    return words.count(
        "The alert has come {n} time by now, says {sender}",
        "The alert has come {n} times by now, says {sender}",
        line.count,
        sender=_by(line, words),
    )


def _alert_ended(line: LogFacts, words: Words) -> Mrkdwn:
    return words.say("The alert is over, says {person}", person=_by(line, words))


def _breach_told(line: LogFacts, words: Words) -> Mrkdwn:
    said = words.say(
        "{person} told the customer's main contact ({clause})", person=_by(line, words), clause=line.clause or ""
    )
    return _reasoned(said, line)


def _breach_checked(line: LogFacts, words: Words) -> Mrkdwn:
    if not line.count:
        return words.say("{person} filled in the checklist; nothing is blank", person=_by(line, words))
    return words.count(
        "{person} filled in the checklist; {n} thing is blank",
        "{person} filled in the checklist; {n} things are blank",
        line.count,
        person=_by(line, words),
    )


LINES: Mapping[LogKind, Callable[[LogFacts, Words], Mrkdwn]] = {
    LogKind.OPENED: _opened,
    LogKind.STARTED: _started,
    LogKind.REPLIED: _replied,
    LogKind.ASSIGNED: _assigned,
    LogKind.WAITING: _waiting,
    LogKind.RESUMED: _resumed,
    LogKind.STILL_WAITING: _still_waiting,
    LogKind.WORKAROUND_OFFERED: _workaround_offered,
    LogKind.WORKAROUND_CONFIRMED: _workaround_confirmed,
    LogKind.WORKAROUND_REFUSED: _workaround_refused,
    LogKind.SEVERITY_PROPOSED: _severity_proposed,
    LogKind.SEVERITY_CONFIRMED: _severity_confirmed,
    LogKind.SEVERITY_CHANGED: _severity_changed,
    LogKind.TO_LEVEL_3: _to_level_3,
    LogKind.NEEDS_MORE_WORK: _needs_more_work,
    LogKind.RESOLVED: _resolved,
    LogKind.CONFIRMED: _confirmed,
    LogKind.REOPENED: _reopened,
    LogKind.CLOSED: _closed,
    LogKind.MESSAGE: _message,
    LogKind.MESSAGE_EDITED: _message_edited,
    LogKind.MESSAGE_DELETED: _message_deleted,
    LogKind.FILE: _file,
    LogKind.REMINDED: _reminded,
    LogKind.BREACHED: _breached,
    LogKind.EXPECTED_PASSED: _expected_passed,
    LogKind.ESCALATED: _escalated,
    LogKind.OUTSIDE_AGREEMENT: _outside,
    LogKind.ACCEPTED: _accepted,
    LogKind.PAGED: _paged,
    LogKind.CALLED_OUT: _called_out,
    LogKind.ASKED_AGAIN: _asked_again,
    LogKind.ACKNOWLEDGED: _acknowledged,
    LogKind.TARGET_RELEASE: _target_release,
    LogKind.NEXT_OPENING: _next_opening,
    LogKind.CALENDAR_CORRECTED: _calendar_corrected,
    LogKind.MERGED: _merged,
    LogKind.ALERTED_AGAIN: _alerted_again,
    LogKind.ALERT_ENDED: _alert_ended,
    LogKind.BREACH_TOLD: _breach_told,
    LogKind.BREACH_CHECKED: _breach_checked,
}
"""How each kind of change is said; a test holds it complete."""
