"""Why something about a notice is not done, and the way out."""

from collections.abc import Mapping

from handlers.views.facts import Refusal
from handlers.views.words import mark

TEXTS: Mapping[Refusal, tuple[str, str]] = {
    Refusal.NOTICE_DESK_ONLY: (
        mark("Notices are announced by the agents of a desk."),
        mark("Ask one of them."),
    ),
    Refusal.NOTICE_WHAT: (
        mark("That is none of the commands."),
        mark("Type /announce help."),
    ),
    Refusal.UNKNOWN_NOTICE: (
        mark("There is no notice {name} at your desks."),
        mark("/announce list shows those there are."),
    ),
    Refusal.NOTICE_TITLE_MISSING: (
        mark("A notice needs one line that says what it is about."),
        mark("Write it here."),
    ),
    Refusal.NOTICE_TEXT_MISSING: (
        mark("A notice needs its text in one language at least."),
        mark("Write it here, or in one of the others."),
    ),
    Refusal.NOTICE_DAY_MISSING: (
        mark(
            "The agreement with {contract} needs the day on which it takes effect ({clause}):"
            " {earliest} at the earliest."
        ),
        mark("Choose it here."),
    ),
    Refusal.NOTICE_DAY_PASSED: (
        mark("{day} has passed."),
        mark("Choose today or a later day."),
    ),
    Refusal.NOTICE_DAY_FORWARD: (
        mark("It was announced for {day}; a correction may put that off, not bring it forward."),
        mark("Choose that day or a later one, or withdraw it and announce it anew."),
    ),
    Refusal.NOTICE_MOMENT_PASSED: (
        mark("{at} has passed."),
        mark("Choose a later moment, or leave it empty to tell it now."),
    ),
    Refusal.NOTICE_TOO_SOON: (
        mark("The agreement with {contract} asks for more notice: at the earliest {earliest} ({clause})."),
        mark("Choose that day; only an administrator may announce it all the same, with a reason."),
    ),
    Refusal.NOTICE_NOBODY: (
        mark("Nobody would be told: no channel, person or mail address hears of this."),
        mark("Choose other services or another audience."),
    ),
    Refusal.NOTICE_MOVED_ON: (
        mark("{name} stands otherwise by now, and nothing was changed."),
        mark("Look at its card."),
    ),
    Refusal.OBJECT_NOT_YOURS: (
        mark("For {customer} those may object who speak for it: {people}."),
        mark("Ask {anyone}."),
    ),
    Refusal.OBJECTED_ALREADY: (
        mark("You objected {at}, and the desk was told."),
        mark("Write in the thread if there is more to say."),
    ),
    Refusal.BREACH_BLANK: (
        mark("{number} is a security breach, and this is blank in its checklist: {blanks} ({clause})."),
        mark("Fill it in first; everything else can be done meanwhile."),
    ),
    Refusal.BREACH_NOBODY: (
        mark("Nobody is known to tell: the register names no signatory, and nobody speaks for the customer."),
        mark("Type /subscribe register in the customer's channel."),
    ),
    Refusal.NO_MAIL: (
        mark("That mail is marked as sent already, or is none of your desk's."),
        mark("Close the window and open it again."),
    ),
}
