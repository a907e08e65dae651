"""Why not, and the way out; mistakes and bugs.

Every refusal names the rule and the way out, and blames nobody.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from string import Formatter

from handlers.views import (
    announcing_refusals,
    maintenance_refusals,
    notice_refusals,
    oncall_refusals,
    sla_refusals,
)
from handlers.views import blocks as kit
from handlers.views.blocks import Block, Rendered, ViewDict
from handlers.views.clocks import ROLE
from handlers.views.facts import PersonFact, Refusal, RefusalFacts, Value
from handlers.views.names import View
from handlers.views.typed import Mrkdwn, escape, one_line
from handlers.views.words import Words, mark

CONTACT = mark("contact of the customer")
ROLES: Mapping[str, str] = {str(role): text for role, text in ROLE.items()}
EITHER = "anyone"
"""The place whose people are joined with "or"; all others are joined with "and"."""

TEXTS: Mapping[Refusal, tuple[str, str]] = {
    Refusal.NO_RIGHT: (
        mark("This needs the role {role}."),
        mark("Ask {anyone}."),
    ),
    Refusal.NOT_A_CONTACT: (
        mark("The contacts of {customer} for {contract} are {people} ({clause})."),
        mark("Ask {anyone}, or send it to one of them."),
    ),
    Refusal.STRANGER: (
        mark("Tickets are opened by the contacts of a customer and by the desk."),
        mark("Ask in your customer's channel; an administrator of the desk adds people."),
    ),
    Refusal.NO_CUSTOMER_HERE: (
        mark("This channel belongs to no customer, so no agreement holds here."),
        mark("Use /ticket in the customer's channel; an administrator adds channels with vakt import."),
    ),
    Refusal.UNKNOWN_TICKET: (
        mark("There is no {number} among the tickets you may see."),
        mark("/ticket list shows them."),
    ),
    Refusal.CLOSED: (
        mark("{number} is closed, and nothing was changed."),
        mark("Open a new one with /ticket."),
    ),
    Refusal.RESOLVED: (
        mark("{number} is resolved, and nothing was changed."),
        mark("Reopen it first."),
    ),
    Refusal.NOT_RESOLVED: (
        mark("{number} is not resolved, so there is nothing to reopen or confirm."),
        mark("Write in its thread instead."),
    ),
    Refusal.ALREADY_STARTED: (
        mark("{person} was first: work on {number} started {at}."),
        mark("Its clock has stopped; nothing more is needed."),
    ),
    Refusal.ALREADY_OWNED: (
        mark("{person} owns {number} already."),
        mark("Choose someone else to hand it over."),
    ),
    Refusal.ALREADY_WAITING: (
        mark("{number} has been waiting since {at}, set by {person}."),
        mark("Press Resume to end the wait."),
    ),
    Refusal.NOT_WAITING: (
        mark("{number} is not waiting."),
        mark("The card shows how it stands."),
    ),
    Refusal.ALREADY_LEVEL_3: (
        mark("{number} is at level 3 already, by {person} {at}."),
        mark("Its thread says why."),
    ),
    Refusal.ALREADY_ACKNOWLEDGED: (
        mark("{person} was first: the page for {number} was acknowledged {at}."),
        mark("The clock runs until work starts; anyone may start it."),
    ),
    Refusal.PAGE_ACKNOWLEDGED: (
        mark("{person} was first: that page was acknowledged {at}."),
        mark("Nobody is waited for any more."),
    ),
    Refusal.PAGE_OVER: (
        mark("That page ended {at}, and nobody is waited for any more."),
        mark("The ticket's log says why."),
    ),
    Refusal.PAGE_GONE_ON: (
        mark("That page has gone on from you already."),
        mark("Nothing more is needed; you can still acknowledge it."),
    ),
    Refusal.PAGE_WHOM: (
        mark('Nobody is reached by "{whom}".'),
        mark(
            "Write /page, then @somebody of a desk, a @user-group, the key of a rota or a role such as on_call, "
            "then what it is about."
        ),
    ),
    Refusal.PAGE_ABOUT: (
        mark("A page says what it is about."),
        mark("Write /page {whom}, then a few words."),
    ),
    Refusal.PAGE_TEXT: (
        mark("What a page says may have {limit} characters."),
        mark("Say it shorter, or open a ticket."),
    ),
    Refusal.ALREADY_ANSWERED: (
        mark("{person} was first: this was answered {at}."),
        mark("The thread shows what came of it."),
    ),
    Refusal.SAME_SEVERITY: (
        mark("{number} has that class already, confirmed by {person}."),
        mark("Choose another one, or close the window."),
    ),
    Refusal.CHANGED: (
        mark("{number} has changed since this was opened, and nothing was stored."),
        mark("Look at the card, then press again; your text is still here."),
    ),
    Refusal.NOT_AN_AGENT: (
        mark("{person} is not an agent of this desk."),
        mark("Choose one of {anyone}."),
    ),
    Refusal.SENIOR_ONLY: (
        mark("{severity} is owned by senior staff ({clause}); starting work is open to all."),
        mark("Choose one of {anyone}."),
    ),
    Refusal.WINDOW_EXPIRED: (
        mark("Slack keeps a window open for three seconds only, and they had passed. Nothing was stored."),
        mark("Press or type it again."),
    ),
    Refusal.BUSY: (
        mark("It could not be stored in time, so nothing was changed."),
        mark("Try again in a moment."),
    ),
    Refusal.FULL: (
        mark("The disk that Vakt stores on is full, so nothing was changed."),
        mark("Tell an administrator, and try again when there is room."),
    ),
    Refusal.UNWRITABLE: (
        mark("Vakt's database cannot be written, so nothing was changed."),
        mark("Tell an administrator; Vakt's log says why."),
    ),
    Refusal.UNCERTAIN: (
        mark("The connection to the database broke while this was being stored; it may be stored, or not."),
        mark("Look at the ticket before you do it again."),
    ),
    Refusal.NOT_IN_CHANNEL: (
        mark("Vakt is not a member of this channel."),
        mark("Type /invite @Vakt there, then try again."),
    ),
    Refusal.OLD_BUTTON: (
        mark("This button belongs to an earlier version and does nothing now."),
        mark("Use the card's own buttons, or /ticket help."),
    ),
    Refusal.OLD_WINDOW: (
        mark("This window belongs to an earlier version, and nothing was stored."),
        mark("Close it and open it again from the card."),
    ),
    Refusal.UNREADABLE: (
        mark("What Slack sent could not be read, and nothing was changed."),
        mark("Try again; if it happens twice, tell an administrator."),
    ),
    Refusal.NO_MOMENT: (
        mark("This is no moment that the calendar has."),
        mark("Choose it here again."),
    ),
    Refusal.TOO_LONG_AGO: (
        mark("{at} is more than a year ago; nothing is counted from so far back."),
        mark("Choose a later moment, or open a ticket with /ticket."),
    ),
    Refusal.TOO_FAR_AHEAD: (
        mark("{at} is more than a year ahead; nothing is promised so far."),
        mark("Choose an earlier moment."),
    ),
    Refusal.NO_SUCH_CHOICE: (
        mark("This choice is not part of the agreement."),
        mark("Choose one here."),
    ),
    Refusal.SUMMARY_MISSING: (
        mark("A ticket needs one line that says what it is about."),
        mark("Write it here."),
    ),
    Refusal.SUMMARY_TOO_LONG: (
        mark("This has {length} characters; the line takes {limit}."),
        mark("Move the rest to the field below."),
    ),
    Refusal.TEXT_MISSING: (
        mark("This field cannot be empty."),
        mark("Write it here."),
    ),
    Refusal.TEXT_TOO_LONG: (
        mark("This has {length} characters; Slack takes {limit}."),
        mark("Shorten it, and write the rest in the thread."),
    ),
    Refusal.REASON_MISSING: (
        mark("This is logged with a reason."),
        mark("Write it here."),
    ),
    Refusal.OUTCOME_MISSING: (
        mark("Resolving needs an outcome: the customer reads it."),
        mark("Write it here."),
    ),
    Refusal.CUSTOMER_MISSING: (
        mark("A ticket belongs to a customer."),
        mark("Choose one here."),
    ),
    Refusal.KIND_MISSING: (
        mark("The clocks follow from what it is."),
        mark("Choose one here."),
    ),
    Refusal.ANSWER_MISSING: (
        mark("The class follows from this answer."),
        mark("Choose one here."),
    ),
    Refusal.SEVERITY_MISSING: (
        mark("A class is needed."),
        mark("Choose one here."),
    ),
    Refusal.RECEIVED_IN_FUTURE: (
        mark("{at} has not come yet; a ticket counts from when it was received."),
        mark("Choose a moment up to now."),
    ),
    Refusal.STARTED_AT_MISSING: (
        mark("Earlier needs a moment."),
        mark("Choose it here, or choose Now."),
    ),
    Refusal.STARTED_IN_FUTURE: (
        mark("{at} has not come yet; work starts when someone starts it."),
        mark("Choose a moment up to now."),
    ),
    Refusal.STARTED_BEFORE_RECEIVED: (
        mark("The ticket was received {received}; work cannot have started before."),
        mark("Choose a later moment."),
    ),
    Refusal.UPDATE_IN_PAST: (
        mark("{at} has passed; the next update is a promise about the future."),
        mark("Choose a later moment."),
    ),
    **oncall_refusals.TEXTS,
    **announcing_refusals.TEXTS,
    **maintenance_refusals.TEXTS,
    **sla_refusals.TEXTS,
    **notice_refusals.TEXTS,
}


def needs(key: Refusal) -> frozenset[str]:
    """The places in the text that `RefusalFacts.values` has to fill."""
    return frozenset(name for text in TEXTS[key] for _, name, _, _ in Formatter().parse(text) if name)


def refusal_text(facts: RefusalFacts, words: Words) -> Mrkdwn:
    """One or two sentences: the rule, the way out. Raises KeyError when a value is missing."""
    values = {name: escape(one_line(_word(name, value, facts, words), 300)) for name, value in facts.values.items()}
    return Mrkdwn(" ".join(words.say(text, **values) for text in TEXTS[facts.key]))


def field_error(facts: RefusalFacts, words: Words) -> str:
    """As plain text under a field (`errors`)."""
    values = {name: one_line(_word(name, value, facts, words), 300) for name, value in facts.values.items()}
    return " ".join(words.plain(text, **values) for text in TEXTS[facts.key])


def _word(name: str, value: Value, facts: RefusalFacts, words: Words) -> str:
    if name == "role":
        return words.plain(ROLES.get(str(value), CONTACT))
    if isinstance(value, datetime):
        return words.since(value, facts.now)
    if isinstance(value, timedelta):
        return words.duration(value)
    if isinstance(value, PersonFact):
        return words.name(value)
    if isinstance(value, tuple):
        return words.names(value, either=name == EITHER) or words.plain("an administrator")
    return str(value) if isinstance(value, int) else words.pick(value)


def refusal_message(facts: RefusalFacts, words: Words) -> Rendered:
    """As a private answer, with the way out as a button where there is one."""
    said = refusal_text(facts, words)
    return kit.rendered(said, [kit.section(said), *_way_out(facts, words)])


def refusal_view(facts: RefusalFacts, words: Words) -> ViewDict:
    """As a modal that replaces the one submitted."""
    blocks = [kit.section(refusal_text(facts, words)), *_way_out(facts, words)]
    return kit.modal(View.REFUSAL, words.plain("Not done"), blocks, close=words.plain("Close"))


def _way_out(facts: RefusalFacts, words: Words) -> list[Block]:
    if facts.action is None:
        return []
    return [kit.actions(kit.button(_label(facts, words), facts.action, facts.value))]


def _label(facts: RefusalFacts, words: Words) -> str:
    if facts.contact is not None:
        return words.plain("Send to {person}", person=one_line(facts.contact.name, 40))
    return words.plain("Reopen") if facts.key is Refusal.RESOLVED else words.plain("Open")


def bug_text(reference: str, words: Words) -> Mrkdwn:
    """Something broke here: the reference that is also in the log."""
    return words.say(
        "Something broke in Vakt, and nothing was changed. Reference {reference}; the log has it too."
        " Try again, and give the reference to an administrator if it happens twice.",
        reference=one_line(reference, 60),
    )


def bug_message(reference: str, words: Words) -> Rendered:
    """The same as a private answer."""
    said = bug_text(reference, words)
    return kit.rendered(said, [kit.section(said)])


def bug_view(reference: str, words: Words) -> ViewDict:
    """The same as a modal."""
    blocks = [kit.section(bug_text(reference, words))]
    return kit.modal(View.BUG, words.plain("Not done"), blocks, close=words.plain("Close"))
