"""Notices as the desk sees them: the card, its log, reminders, lists and the account of who was told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from handlers.views import blocks as kit
from handlers.views.announcements import civil_day, objection_line, topic_of
from handlers.views.blocks import Block, Rendered
from handlers.views.clocks import joined
from handlers.views.facts.announcements import (
    NoticeAccountFacts,
    NoticeDeskFacts,
    NoticeLineFacts,
    NoticeRowFact,
    TellingFact,
    TermsFact,
)
from handlers.views.names import Action
from handlers.views.typed import Mrkdwn, clean, escape, fill, one_line, shorten
from handlers.views.words import Words, mark
from models.sla.notice import Verdict

STATES: Mapping[str, str] = {
    "draft": mark("still being written"),
    "planned": mark("planned"),
    "held": mark("held until it is mended"),
    "sent": mark("told"),
    "withdrawn": mark("withdrawn"),
}
WAYS: Mapping[str, str] = {
    "channel": mark("in the channel"),
    "direct": mark("directly"),
    "mail": mark("by mail"),
}
NAMED = 12
"""Names in one line."""


def desk_card(facts: NoticeDeskFacts, words: Words) -> Rendered:
    """The desk's card with its buttons."""
    head = fill("{name} · {topic}: {title}", name=facts.name, topic=topic_of(facts.topic, words), title=facts.title)
    lines = list(_desk_lines(facts, words))
    blocks = [
        kit.header(f"{facts.name} · {one_line(facts.title, 120)}"),
        kit.section(Mrkdwn("\n".join(lines))),
        *([kit.context(*[terms_line(each, words) for each in facts.terms[:NAMED]])] if facts.terms else []),
        kit.small_quote(shorten(clean(facts.text), 600)),
    ]
    buttons = _desk_buttons(facts, words)
    if buttons:
        blocks.append(kit.actions(*buttons, block_id=f"notice:{facts.name}"))
    return kit.rendered(joined(one_line(head, 200), lines[0]), blocks)


def _desk_lines(facts: NoticeDeskFacts, words: Words) -> Iterable[Mrkdwn]:
    yield _standing(facts, words)
    by = words.say("by {person}", person=words.name(facts.made_by))
    services = ", ".join(one_line(each, 60) for each in facts.services)
    yield joined(topic_of(facts.topic, words), *([services] if services else []), by)
    if facts.sent_at is not None:
        yield words.count("Told in {n} place", "Told in {n} places", facts.told)
    if facts.mails_left:
        yield words.count("*To do:* {n} mail to send", "*To do:* {n} mails to send", facts.mails_left)
    if facts.overridden_by is not None:
        yield words.say(
            "Told against an agreement, decided by {person}: {reason}",
            person=words.name(facts.overridden_by),
            reason=one_line(facts.override, 300),
        )
    for each in facts.objections[:NAMED]:
        yield words.say("*{customer}:* {line}", customer=each.customer, line=objection_line(each, facts.now, words))
    if len(facts.objections) > NAMED:
        yield words.count("and {n} more objection", "and {n} more objections", len(facts.objections) - NAMED)


def _standing(facts: NoticeDeskFacts, words: Words) -> Mrkdwn:
    if facts.state == "held":
        clause = facts.held_by or "–"
        return words.say("*Held* until it is mended ({clause}): a customer reported it.", clause=clause)
    if facts.state == "planned":
        return words.say("*Planned:* told {at}", at=words.moment(facts.send_at or facts.now))
    if facts.state == "withdrawn":
        return words.say(
            "*Withdrawn* {at}: {reason}",
            at=words.moment_since(facts.withdrawn_at or facts.now, facts.now),
            reason=one_line(facts.withdrawal, 300),
        )
    told = words.say("*Told* {at}", at=words.moment_since(facts.sent_at or facts.now, facts.now))
    if facts.corrected_at is None:
        return told
    return joined(told, words.say("corrected {at}", at=words.moment_since(facts.corrected_at, facts.now)))


def _desk_buttons(facts: NoticeDeskFacts, words: Words) -> list[Block]:
    """Only what makes sense as it stands."""
    name = facts.name
    row = []
    if facts.state == "held":
        row.append(kit.button(words.plain("Mended"), Action.NOTICE_MENDED, name, style="primary"))
    if facts.state == "planned":
        row.append(kit.button(words.plain("Look again"), Action.NOTICE_REVIEW, name))
    if facts.state == "sent":
        row.append(kit.button(words.plain("Correct"), Action.NOTICE_CORRECT, name))
    if facts.state != "withdrawn":
        row.append(kit.button(words.plain("Withdraw"), Action.NOTICE_WITHDRAW, name))
    if facts.state == "sent" and facts.may_object:
        row.append(kit.button(words.plain("Register an objection"), Action.NOTICE_OBJECTED, name))
    if facts.mails_left:
        row.append(kit.button(words.plain("Mails to send"), Action.MAILS_TO_SEND, name))
    if facts.sent_at is not None:
        row.append(kit.button(words.plain("Who was told"), Action.NOTICE_TOLD, name))
    return row


def terms_line(each: TermsFact, words: Words) -> Mrkdwn:
    """Whether an agreement is kept, and the earliest day that keeps it."""
    who = words.count("{contract}, {n} customer", "{contract}, {n} customers", each.customers, contract=each.contract)
    earliest = civil_day(each.earliest, words)
    if each.held:
        said = words.say("told once it is mended ({clause})", clause=each.clause)
    elif each.verdict == Verdict.TOO_SOON:
        said = words.say("*not kept:* at the earliest {day} ({clause})", day=earliest, clause=each.clause)
    elif each.effective is None:
        said = words.say("kept ({clause})", clause=each.clause)
    else:
        day = civil_day(each.effective, words)
        said = words.say("kept, takes effect on {day} ({clause})", day=day, clause=each.clause)
    return fill("{who}: {said}", who=who, said=said)


# Its log


def log_line(line: NoticeLineFacts, words: Words) -> Rendered:
    """A line in the thread of the desk's card."""
    said = LINES[line.event](line, words)
    return kit.rendered(said, [kit.section(said)])


def _by(line: NoticeLineFacts, words: Words) -> str:
    return words.name(line.by)


def _planned(line: NoticeLineFacts, words: Words) -> Mrkdwn:
    return words.say("{person} planned it for {at}", person=_by(line, words), at=words.moment(line.send_at or line.at))


def _held(line: NoticeLineFacts, words: Words) -> Mrkdwn:
    return words.say(
        "{person} wrote it; it is held until it is mended ({clause})", person=_by(line, words), clause=line.clause or ""
    )


def _mended(line: NoticeLineFacts, words: Words) -> Mrkdwn:
    return words.say("Mended, says {person}; it is told now", person=_by(line, words))


def _overridden(line: NoticeLineFacts, words: Words) -> Mrkdwn:
    return words.say(
        "{person} decided to tell it against an agreement ({clause}): {reason}",
        person=_by(line, words),
        clause=line.clause or "",
        reason=one_line(line.text, 500),
    )


def _sent(line: NoticeLineFacts, words: Words) -> Mrkdwn:
    return words.count("Told in {n} place", "Told in {n} places", line.count)


def _not_sent(line: NoticeLineFacts, words: Words) -> Mrkdwn:
    day = civil_day(line.day, words) if line.day else "–"
    return words.say(
        "Not told: its moment came too late to keep the agreement ({clause})."
        " At the earliest it may take effect on {day}; press Look again.",
        clause=line.clause or "",
        day=day,
    )


def _corrected(line: NoticeLineFacts, words: Words) -> Mrkdwn:
    return words.say("{person} corrected it; everybody who was told is told", person=_by(line, words))


def _was_withdrawn(line: NoticeLineFacts, words: Words) -> Mrkdwn:
    return words.say("{person} withdrew it: {reason}", person=_by(line, words), reason=one_line(line.text, 500))


def _objected(line: NoticeLineFacts, words: Words) -> Mrkdwn:
    return words.say(
        "*{customer} objects:* {person}: {reason}",
        customer=line.customer,
        person=_by(line, words),
        reason=one_line(line.text, 1000),
    )


def _mailed(line: NoticeLineFacts, words: Words) -> Mrkdwn:
    return words.say("{person} sent the mail to {customer}", person=_by(line, words), customer=line.customer)


LINES: Mapping[str, Callable[[NoticeLineFacts, Words], Mrkdwn]] = {
    "planned": _planned,
    "held": _held,
    "mended": _mended,
    "overridden": _overridden,
    "sent": _sent,
    "not_sent": _not_sent,
    "corrected": _corrected,
    "withdrawn": _was_withdrawn,
    "objected": _objected,
    "mailed": _mailed,
}
"""How each event is said; a test holds it complete."""


def reminder(line: NoticeLineFacts, words: Words) -> Rendered:
    """To whoever wrote it: it was not told."""
    said = fill("*{name}* {line}", name=line.name, line=LINES[line.event](line, words))
    review = kit.button(words.plain("Look again"), Action.NOTICE_REVIEW, line.name)
    return kit.rendered(said, [kit.section(said), kit.actions(review)])


# Lists


COMMANDS = (
    ("/announce", mark("write a notice: release, security, terms, sub-processor, transfer")),
    ("/announce list", mark("the notices of your desks")),
    ("/announce N-4", mark("who was told of it, when and with which text")),
)


def help_message(words: Words) -> Rendered:
    """What may be typed."""
    lines = [fill("`{command}` · {what}", command=command, what=words.say(what)) for command, what in COMMANDS]
    return kit.rendered(words.plain("Notices"), [kit.section(Mrkdwn("\n".join(lines)))])


def list_message(rows: Sequence[NoticeRowFact], now: datetime, words: Words) -> Rendered:
    """The notices of a desk."""
    if not rows:
        said = words.say("Nothing was announced yet. /announce begins it.")
        return kit.rendered(said, [kit.section(said)])
    lines = [row_line(row, now, words) for row in rows]
    return kit.rendered(joined(words.plain("Notices"), *lines[:3]), [kit.section(line) for line in lines[:40]])


def row_line(row: NoticeRowFact, now: datetime, words: Words) -> Mrkdwn:
    """ "*N-4* · Sub-processor: New hosting · told 10:12 · 1 objection"."""
    head = fill("*{name}*", name=row.name)
    title = words.say("{topic}: {title}", topic=topic_of(row.topic, words), title=one_line(row.title, 120))
    state = words.say("{state} {at}", state=words.plain(STATES[row.state]), at=words.moment_since(row.at, now))
    parts = [head, title, state]
    if row.objections:
        parts.append(words.count("{n} objection", "{n} objections", row.objections))
    return joined(*parts)


def account_blocks(facts: NoticeAccountFacts, words: Words) -> list[Block]:
    """Who was told, when and with which text."""
    blocks = [kit.section(row_line(facts.row, facts.now, words))]
    blocks += [kit.section(objection_line(each, facts.now, words)) for each in facts.objections[:NAMED]]
    lines = [_telling(each, facts.now, words) for each in facts.tellings]
    blocks += [kit.section(Mrkdwn("\n".join(lines[at : at + 15]))) for at in range(0, len(lines), 15)]
    if not lines:
        blocks.append(kit.section(words.say("Nobody was told yet.")))
    if facts.more:
        blocks.append(
            kit.context(
                words.count(
                    "and {n} more; vakt announcements show lists all",
                    "and {n} more; vakt announcements show lists all",
                    facts.more,
                )
            )
        )
    for number, text in enumerate(facts.texts[:NAMED], start=1):
        blocks += [kit.context(words.say("Text {n}", n=number)), kit.quote(shorten(text, 1500))]
    return blocks


def account_message(facts: NoticeAccountFacts, words: Words) -> Rendered:
    """The same as a private answer."""
    return kit.rendered(row_line(facts.row, facts.now, words), account_blocks(facts, words))


def _telling(each: TellingFact, now: datetime, words: Words) -> Mrkdwn:
    to = Mrkdwn(f"<#{each.to}>") if each.way == "channel" else escape(one_line(each.to, 120))
    when = words.moment_since(each.sent_at, now) if each.sent_at else words.say("not yet")
    step = words.say("text {n}", n=each.text)
    parts = [to, *([one_line(each.customer, 60)] if each.customer else []), words.plain(WAYS[each.way]), when, step]
    return joined(*parts)
