"""A security breach as the desk and the customer's main contact see it. Never in a channel. Source: PS-17."""

from collections.abc import Iterable
from datetime import datetime

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered, ViewDict
from handlers.views.clocks import sentences
from handlers.views.facts import BreachFact
from handlers.views.facts.breach import BreachNoticeFacts, ChecklistFacts, NotifyFormFacts
from handlers.views.names import TEXT_LIMIT, Action, Field, View, block_for, extra_block
from handlers.views.typed import Mrkdwn, clean, fill, one_line, shorten
from handlers.views.words import Words

ASK_LIMIT = 2000

# On the desk's card


def card_lines(breach: BreachFact, now: datetime, words: Words) -> Iterable[Mrkdwn]:
    """Whether the customer is told, its own time, and what is blank."""
    if breach.first_told_at is None:
        yield words.say(
            "*Security breach:* the customer's main contact is not told yet ({clause}).", clause=breach.clause
        )
    else:
        at = words.moment_since(breach.first_told_at, now)
        yield words.say("*Security breach:* the customer was told {at} ({clause}).", at=at, clause=breach.clause)
    if breach.own_until is not None:
        yield own_time(breach.own_until, now, words)
    if breach.blanks:
        names = ", ".join(words.pick(each) for each in breach.blanks)
        yield words.say("Blank in the checklist: {names}. It cannot be resolved before.", names=names)


def own_time(until: datetime, now: datetime, words: Words) -> Mrkdwn:
    """An aid: until when the customer has to report it itself, and what is left of that."""
    if now >= until:
        return words.say("The customer's own time to report it to its authority ended {at}.", at=words.moment(until))
    return words.say(
        "The customer's own time to report it to its authority ends {at}: {left} left.",
        at=words.moment(until),
        left=words.duration(until - now),
    )


def card_buttons(breach: BreachFact, number: str, words: Words, *, done: bool) -> Block:
    """To tell the customer, and to write down what is found out."""
    style = "primary" if breach.first_told_at is None and not breach.notices else None
    mails = kit.button(words.plain("Mails to send"), Action.MAILS_TO_SEND, number) if breach.mails_left else None
    return kit.actions(
        kit.button(words.plain("Notify the customer"), Action.BREACH_NOTIFY, number, style=style),
        None if done else kit.button(words.plain("Checklist"), Action.BREACH_CHECKLIST, number),
        mails,
        block_id=block_for("breach", number),
    )


# The windows


def notify_view(facts: NotifyFormFacts, words: Words) -> ViewDict:
    """Tell the main contact what is known."""
    said = [
        words.say("{name}, by mail: a ready text and a task", name=name)
        if by_mail
        else words.say("{name}, by direct message", name=name)
        for name, by_mail in facts.to
    ]
    what = (
        words.say("The first notice goes out with what is known by now ({clause}).", clause=facts.clause)
        if facts.first
        else words.say("A further notice ({clause}).", clause=facts.clause)
    )
    typed = kit.text_input(Field.TEXT, typed=facts.known, lines=True, limit=TEXT_LIMIT, focus=True)
    blocks = [
        kit.section(what),
        kit.section(Mrkdwn("\n".join(said))),
        kit.field(Field.TEXT, words.plain("What the customer reads"), typed),
        kit.context(words.say("Nothing of this is said in a channel.")),
    ]
    return kit.modal(
        View.BREACH_NOTIFY,
        words.plain("Notify the customer"),
        blocks,
        submit=words.plain("Notify"),
        close=words.plain("Cancel"),
        metadata=facts.metadata,
    )


def checklist_view(facts: ChecklistFacts, words: Words) -> ViewDict:
    """What is to be found out; blanks may stay until the ticket is resolved."""
    blocks = [
        kit.context(
            words.say(
                "Blanks may stay for now; the ticket is resolved once none is left ({clause}).", clause=facts.clause
            )
        )
    ]
    for ask, label, hint, text in facts.asks:
        field = extra_block(ask)
        typed = kit.text_input(field, typed=text, lines=True, limit=ASK_LIMIT)
        hinted = words.pick(hint) if hint else None
        blocks.append(kit.field(field, words.pick(label), typed, optional=True, hint=hinted))
    return kit.modal(
        View.BREACH_CHECKLIST,
        words.plain("Checklist"),
        blocks,
        submit=words.plain("Save"),
        close=words.plain("Cancel"),
        metadata=facts.metadata,
    )


# What the main contact reads


def notice(facts: BreachNoticeFacts, words: Words) -> Rendered:
    """A notice as a direct message."""
    head = _head(facts, words)
    blocks = [kit.section(fill("*{head}*", head=head)), kit.quote(shorten(clean(facts.text), kit.TEXT))]
    if aid := _aid(facts, words):
        blocks.append(kit.context(aid))
    if facts.repeated:
        blocks.append(kit.context(words.say("This may be a repeat: nobody could find out whether it was posted.")))
    return kit.rendered(sentences(head, one_line(facts.text, 300)), blocks)


def _head(facts: BreachNoticeFacts, words: Words) -> Mrkdwn:
    said = {"customer": facts.customer, "number": facts.number, "clause": words.pick(facts.clause)}
    if facts.first:
        return words.say("Security breach at {customer} ({number}; the agreement, {clause})", **said)
    return words.say("More on the security breach at {customer} ({number}; the agreement, {clause})", **said)


def _aid(facts: BreachNoticeFacts, words: Words) -> Mrkdwn:
    """Your own time to report: until when, and what is left."""
    if facts.own_time is None:
        return Mrkdwn("")
    hours = words.duration(facts.own_time)
    if facts.until is None:
        return words.say(
            "As an aid: where you have to report it to your authority yourselves,"
            " {hours} count from when you read this.",
            hours=hours,
        )
    if facts.until <= facts.now:
        return words.say(
            "As an aid: your own {hours} to report it ended {at}.", hours=hours, at=words.moment(facts.until)
        )
    return words.say(
        "As an aid: where you have to report it to your authority yourselves, your own {hours} end {at}; {left} left.",
        hours=hours,
        at=words.moment(facts.until),
        left=words.duration(facts.until - facts.now),
    )


def in_plain_words(facts: BreachNoticeFacts, words: Words) -> str:
    """The same as plain text: what a mail says and what the register keeps."""
    aid = _aid(facts, words)
    if facts.until is not None:
        aid = Mrkdwn(aid.replace(words.moment(facts.until), words.zoned(facts.until)))
    parts = (_plainly(_head(facts, words)), clean(facts.text), _plainly(aid))
    return "\n\n".join(part for part in parts if part)


def _plainly(line: Mrkdwn) -> str:
    return line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
