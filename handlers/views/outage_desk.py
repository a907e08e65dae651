"""Outages as their desk sees them: the card, its log, reminders, lists, and all of one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered, ViewDict
from handlers.views.clocks import joined, sentences
from handlers.views.facts.outages import OutageDeskFacts, OutageFacts, OutageLineFacts, OutageRowFact, ToldFact
from handlers.views.names import Action, View
from handlers.views.outages import ended, lines, promise_or_end
from handlers.views.subscribing import LANGUAGES
from handlers.views.typed import Mrkdwn, fill, one_line, shorten
from handlers.views.words import Words, mark

COMMANDS = (
    ("/outage Signing in fails", mark("declare one; it is shown before anybody is told")),
    ("/outage T-12", mark("declare the one that a ticket tells of")),
    ("/outage list", mark("those that last, and the latest that ended")),
    ("/outage O-3", mark("what happened, and who was told when")),
    ("/outage update O-3", mark("tell those affected what is new; also: end, channel, report")),
    ("/outage link O-3 T-12", mark("the ticket's customer hears of every update")),
)
GRAVITIES: Mapping[str, str] = {
    "outage": mark("Outage"),
    "emergency": mark("Emergency"),
    "lesser": mark("Lesser failure"),
}
ROLES: Mapping[str, str] = {
    "lead": mark("Lead"),
    "communications": mark("Communications"),
    "scribe": mark("Scribe"),
}
AT_HOME = 4
"""Outages in App Home, where much else stands."""
NAMED = 12
"""Customers named in one line."""


# The desk's card


def desk_card(facts: OutageDeskFacts, words: Words) -> Rendered:
    """The outage as its desk sees it: what is known, what is promised, whom it reached, what can be done."""
    outage = facts.outage
    head = words.say("{name} · {title}", name=outage.name, title=one_line(outage.title, 150))
    blocks = [
        kit.section(fill("*{head}*", head=head)),
        kit.section(Mrkdwn("\n".join([*lines(outage, words), *_desk_lines(facts, words)]))),
        kit.context(*_small(facts, words)),
        *_desk_actions(facts, words),
    ]
    return kit.rendered(joined(head, promise_or_end(outage, words)), blocks)


def _desk_lines(facts: OutageDeskFacts, words: Words) -> Iterable[Mrkdwn]:
    outage = facts.outage
    if not facts.announced and outage.ended_at is None:
        yield words.say("*Nobody outside has been told yet.*")
        if facts.tell_by is not None:
            at = words.moment_since(facts.tell_by, outage.now)
            yield words.say("Usually told by {at} ({clause}).", at=at, clause=facts.tell_clause or "")
    if facts.affected:
        yield words.say("*Affected, by their own word:* {names}", names=_names(facts.affected))
    if facts.tickets:
        yield words.say("*Tickets:* {tickets}", tickets=", ".join(facts.tickets[:NAMED]))
    if facts.channel:
        yield words.say("*Channel:* {channel}", channel=Mrkdwn(f"<#{facts.channel}>"))


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(one_line(name, 40) for name in names[:NAMED])
    return f"{shown} …" if len(names) > NAMED else shown


def _small(facts: OutageDeskFacts, words: Words) -> Iterable[Mrkdwn]:
    outage = facts.outage
    yield words.say("{gravity} · lead {person}", gravity=_gravity(facts, words), person=words.name(facts.lead))
    if facts.communications:
        yield words.say("communications {person}", person=words.name(facts.communications))
    if facts.scribe:
        yield words.say("scribe {person}", person=words.name(facts.scribe))
    at = words.moment_since(facts.detected_at, outage.now)
    yield words.say("detected {at}", at=at)
    if facts.reported_at is not None:
        first = words.moment_since(facts.reported_at, outage.now)
        yield words.say("first reported by a customer {at}", at=first)
    if facts.announced:
        yield words.count("told in {n} place", "told in {n} places", facts.places)
    if facts.refused:
        yield words.count("{n} place refused it", "{n} places refused it", facts.refused)


def _gravity(facts: OutageDeskFacts, words: Words) -> str:
    return words.plain(GRAVITIES.get(facts.gravity, facts.gravity))


def _desk_actions(facts: OutageDeskFacts, words: Words) -> list[Block]:
    name = facts.outage.name
    if facts.outage.ended_at is not None:
        report = kit.button(words.plain("Report"), Action.OUTAGE_REPORT, name)
        everything = kit.button(words.plain("Everything about it"), Action.OUTAGE_SHOW, name)
        return [kit.actions(report, kit.button(words.plain("Times"), Action.OUTAGE_EDIT, name), everything)]
    update = words.plain("Update") if facts.announced else words.plain("Announce")
    channel = words.plain("Join channel") if facts.channel else words.plain("Channel")
    return [
        kit.actions(
            kit.button(update, Action.OUTAGE_UPDATE, name, style="primary"),
            kit.button(words.plain("End"), Action.OUTAGE_END, name),
            kit.button(words.plain("Link tickets"), Action.OUTAGE_LINK, name),
            kit.button(words.plain("Times"), Action.OUTAGE_EDIT, name),
            kit.button(words.plain("Roles"), Action.OUTAGE_ROLES, name),
            kit.button(channel, Action.OUTAGE_CHANNEL, name),
            kit.button(words.plain("Everything about it"), Action.OUTAGE_SHOW, name),
        )
    ]


# Its log


def log_line(facts: OutageLineFacts, words: Words) -> Rendered:
    """One event, in the thread of the desk's card; with mails to be sent, where the desk sends them."""
    said = line_text(facts, words)
    blocks = [kit.section(said)]
    if facts.mails:
        blocks += _mails(facts, words)
    return kit.rendered(said, blocks)


def _mails(facts: OutageLineFacts, words: Words) -> Iterable[Block]:
    to = ", ".join(one_line(each, 80) for each in facts.mails[:NAMED])
    clause = f" ({facts.clause})" if facts.clause else ""
    yield kit.section(words.say("*To be mailed by the desk{clause}:* {to}", clause=clause, to=to))
    yield kit.quote(shorten(facts.mail_text or "", 2900))
    if facts.mails_sent:
        yield kit.context(words.say("They were sent."))
    else:
        value = f"{facts.name}:{facts.mail_step or 0}"
        yield kit.actions(kit.button(words.plain("Sent"), Action.MAIL_SENT, value))


def dated_line(facts: OutageLineFacts, words: Words) -> Mrkdwn:
    """An event with when it was."""
    return fill("{at} · {line}", at=words.moment(facts.at), line=line_text(facts, words))


def line_text(facts: OutageLineFacts, words: Words) -> Mrkdwn:
    """An event in a line."""
    by = words.name(facts.by) if facts.by else words.plain("Vakt")
    pattern = LINES[facts.event]
    at = words.moment_since(facts.promised_at, facts.now) if facts.promised_at else Mrkdwn("–")
    said = words.say(
        pattern,
        by=by,
        name=facts.name,
        text=shorten(facts.text or "–", 2000),
        places=facts.places,
        languages=", ".join(f"{language} {count}" for language, count in facts.languages) or "–",
        customer=one_line(facts.customer or "–", 60),
        ticket=facts.ticket or "–",
        promise=words.plain(PROMISES.get(facts.promise or "", "–")),
        at=at,
        clause=facts.clause or "–",
        late=words.plain(facts.late) if facts.late else "",
        roles=_roles(facts, words),
        changes=_changes(facts, words),
        channel=Mrkdwn(f"<#{facts.channel}>") if facts.channel else Mrkdwn("–"),
        what=words.plain(WHAT.get(facts.step or "", facts.step or "–")),
        error=facts.error or "–",
    )
    said = Mrkdwn(said[:1].upper() + said[1:])
    if facts.unreached:
        said = sentences(said, words.say("Nobody is reached for {names}.", names=_names(facts.unreached)))
    return said


WHAT: Mapping[str, str] = {
    "create": mark("the channel"),
    "topic": mark("the channel's topic"),
    "invite": mark("the invitation to the channel"),
    "bookmark": mark("the channel's bookmark"),
    "pin": mark("the pin on the card"),
    "archive": mark("archiving the channel"),
    "upload": mark("the report's file"),
    "canvas": mark("the report as a canvas"),
    "incident_card": mark("the card in the channel"),
    "incident_summary": mark("the summary in the channel"),
}
"""What Slack may refuse of a channel or a report."""

PROMISES: Mapping[str, str] = {
    "next_update": mark("the next update"),
    "expected_end": mark("the expected end"),
    "tell": mark("telling those affected"),
}
LATE: Mapping[str, str] = {
    "breached": mark("breached"),
    "past_aim": mark("past the aim"),
    "later_than_usual": mark("later than usual"),
}

LINES: Mapping[str, str] = {
    "declared": mark("{by} declared {name}."),
    "announced": mark("{by} announced it in {places} places ({languages})."),
    "updated": mark("Update from {by}: {text}"),
    "corrected": mark("{by} put times right: {changes}. Reason: {text}"),
    "roles": mark("{by} set roles: {roles}."),
    "affected": mark("{customer} is affected, says {by}."),
    "linked": mark("{by} linked {ticket}."),
    "reminded": mark("{promise} was promised by {at}; the lead was reminded."),
    "promise_broken": mark("{promise} was promised by {at}, and it has passed."),
    "mailed": mark("{by} sent the mails."),
    "ended": mark("{by} ended it. {text}"),
    "channel": mark("{by} opened {channel} for it."),
    "joined": mark("{by} joined {channel}."),
    "not_done": mark("Slack refused {what} ({error})."),
    "pinned": mark("{by} put into the timeline: {text}"),
    "unpinned": mark("{by} took out of the timeline: {text}"),
    "archived": mark("{channel} was archived."),
    "reported": mark("{by} wrote the report."),
    "followed_up": mark("{by} opened {ticket} for: {text}"),
}

TIMES: Mapping[str, str] = {
    "began_at": mark("began"),
    "detected_at": mark("detected"),
    "reported_at": mark("first reported"),
    "ended_at": mark("ended"),
}


def _changes(facts: OutageLineFacts, words: Words) -> str:
    def shown(at: datetime | None) -> str:
        return words.zoned(at) if at else "–"

    return ", ".join(
        words.plain("{what} {before} → {after}", what=words.plain(TIMES[what]), before=shown(a), after=shown(b))
        for what, a, b in facts.changes
    )


def _roles(facts: OutageLineFacts, words: Words) -> str:
    return ", ".join(
        f"{words.plain(ROLES[role])}: {words.name(person) if person else '–'}" for role, person in facts.roles
    )


# Reminders


def reminder(facts: OutageFacts, promise: str, at: datetime, words: Words) -> Rendered:
    """To the lead: something was promised by an instant that comes, or has passed."""
    values = {
        "name": facts.name,
        "promise": words.plain(PROMISES[promise]),
        "at": words.moment_since(at, facts.now),
        "title": one_line(facts.title, 100),
    }
    if at > facts.now:
        said = words.say("{name}: {promise} is promised by {at} · {title}", **values)
    else:
        said = words.say("{name}: {promise} was promised by {at} · {title}", **values)
    buttons = kit.actions(
        kit.button(words.plain("Update"), Action.OUTAGE_UPDATE, facts.name, style="primary"),
        kit.button(words.plain("End"), Action.OUTAGE_END, facts.name),
    )
    return kit.rendered(said, [kit.section(said), buttons])


# Lists, and all of one


def list_message(rows: Sequence[OutageRowFact], words: Words) -> Rendered:
    """The outages of a desk, the newest first."""
    if not rows:
        said = words.say("There was no outage. /outage declares one.")
        return kit.rendered(said, [kit.section(said)])
    blocks = [kit.section(_row(row, words), accessory=_show(row, words)) for row in rows]
    return kit.rendered(joined(*[_row(row, words) for row in rows[:3]]), blocks)


def help_message(words: Words) -> Rendered:
    """What may be typed."""
    said = [fill("`{command}` · {what}", command=command, what=words.say(what)) for command, what in COMMANDS]
    text = words.say("What can be typed: {commands}", commands=", ".join(command for command, _ in COMMANDS))
    return kit.rendered(text, [kit.section(Mrkdwn("\n".join(said)))])


def home_part(rows: Sequence[OutageRowFact], words: Words) -> list[Block]:
    """Those that last, in App Home."""
    shown = [kit.section(_row(row, words), accessory=_show(row, words)) for row in rows[:AT_HOME]]
    more = len(rows) - AT_HOME
    rest = [kit.context(words.count("and {n} more", "and {n} more", more))] if more > 0 else []
    return [kit.header(words.plain("Outages")), *shown, *rest]


def _row(row: OutageRowFact, words: Words) -> Mrkdwn:
    facts = row.outage
    state = (
        ended(facts, words)
        if facts.ended_at
        else words.say("since {at}", at=words.moment_since(facts.began_at, facts.now))
    )
    return joined(facts.name, one_line(facts.title, 100), ", ".join(facts.services), state)


def _show(row: OutageRowFact, words: Words) -> Block:
    return kit.button(words.plain("Show"), Action.OUTAGE_SHOW, row.outage.name)


def details_view(
    facts: OutageDeskFacts, lines: Sequence[OutageLineFacts], told: Sequence[ToldFact], words: Words
) -> ViewDict:
    """All of an outage: as it stands, what happened, and who was told when."""
    title = one_line(facts.outage.name, kit.TITLE)
    return kit.modal(View.OUTAGE_DETAILS, title, details_blocks(facts, lines, told, words), close=words.plain("Close"))


def details_message(
    facts: OutageDeskFacts, lines: Sequence[OutageLineFacts], told: Sequence[ToldFact], words: Words
) -> Rendered:
    """The same as a private answer."""
    card = desk_card(facts, words)
    return kit.rendered(card.text, details_blocks(facts, lines, told, words))


LINES_SHOWN, TOLD_SHOWN = 25, 15


def details_blocks(
    facts: OutageDeskFacts, lines: Sequence[OutageLineFacts], told: Sequence[ToldFact], words: Words
) -> list[Block]:
    card = desk_card(facts, words)
    blocks = [block for block in card.blocks if block["type"] != "actions"]
    blocks.append(kit.header(words.plain("What happened")))
    blocks += [kit.context(dated_line(line, words)) for line in lines[-LINES_SHOWN:]]
    blocks.append(kit.header(words.plain("Who was told")))
    blocks += [kit.context(_told(each, words)) for each in told[:TOLD_SHOWN]]
    if len(told) > TOLD_SHOWN:
        more = len(told) - TOLD_SHOWN
        blocks.append(kit.context(words.count("and {n} more", "and {n} more", more)))
    return blocks


def _told(fact: ToldFact, words: Words) -> Mrkdwn:
    """ "#acme · announcement · Svenska · Today 09:40 · posted"."""
    where = Mrkdwn(f"<#{fact.channel}>") if fact.channel else one_line(fact.name, 60)
    what = words.plain("update {n}", n=fact.step) if fact.step else words.plain("announcement")
    state = words.plain("posted") if fact.sent else words.plain("waiting")
    if fact.refused:
        state = words.plain("refused: {why}", why=one_line(fact.refused, 80))
    return joined(where, what, LANGUAGES.get(fact.language, fact.language), words.moment(fact.at), state)
