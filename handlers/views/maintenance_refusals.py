"""Why something about maintenance is not done, and the way out."""

from collections.abc import Mapping

from handlers.views.facts import Refusal
from handlers.views.words import mark

TEXTS: Mapping[Refusal, tuple[str, str]] = {
    Refusal.MAINTENANCE_WHAT: (
        mark("That is none of the commands."),
        mark("Type /maintenance help."),
    ),
    Refusal.MAINTENANCE_DESK_ONLY: (
        mark("Maintenance is planned by the people of a desk."),
        mark("What concerns you is announced in your customer's channel; /subscribe list shows what it hears of."),
    ),
    Refusal.UNKNOWN_MAINTENANCE: (
        mark("There is no maintenance {name} at your desks."),
        mark("/maintenance list shows those there are."),
    ),
    Refusal.MAINTENANCE_OVER: (
        mark("{name} ended {at}, and nothing was changed."),
        mark("Plan another one with /maintenance plan."),
    ),
    Refusal.MAINTENANCE_RUNS: (
        mark("{name} has been under way since {at}, and nothing was changed."),
        mark("Press End on its card when it is over."),
    ),
    Refusal.MAINTENANCE_NOT_APPROVED: (
        mark("{name} waits for {person} to approve it."),
        mark("Ask for it, or cancel the maintenance."),
    ),
    Refusal.MAINTENANCE_TOLD: (
        mark("{name} was told {at} already."),
        mark("Nothing more is needed."),
    ),
    Refusal.MAINTENANCE_EARLY: (
        mark("{name} is planned for {at}, more than a day from now."),
        mark("Move it first, so that everybody who was told hears of the new time."),
    ),
    Refusal.WORK_SERVICES: (
        mark("Maintenance is of one service at least."),
        mark("Choose it here."),
    ),
    Refusal.WORK_OF_TWO_DESKS: (
        mark("These services are kept by different desks."),
        mark("Plan one maintenance for each desk."),
    ),
    Refusal.WORK_ENDS_BEFORE: (
        mark("It would end {ends}, which is not after its start, {starts}."),
        mark("Choose a later end."),
    ),
    Refusal.WORK_PAST: (
        mark("{at} has passed; what is planned is still to come."),
        mark("Choose a later moment, or the kind unplanned for work that has begun."),
    ),
    Refusal.WORK_LONG_PAST: (
        mark("{at} is too long ago for work that goes on."),
        mark("Choose a moment up to a day ago."),
    ),
    Refusal.WORK_REPEATS: (
        mark("The rule {why}."),
        mark("Correct it here, or leave it empty."),
    ),
    Refusal.WORK_TOO_OFTEN: (
        mark("An occurrence would begin before the one before it has ended."),
        mark("Choose a rule that leaves time between them."),
    ),
    Refusal.WORK_BREAKS: (
        mark("This breaks {clauses}."),
        mark("Take another time, or press Override."),
    ),
    Refusal.WORK_CONSENT: (
        mark("The agreement asks for the consent of each customer ({clauses})."),
        mark("Tick it here when you have it."),
    ),
    Refusal.WORK_APPROVER: (
        mark("The agreement asks for approved work ({clauses})."),
        mark("Choose who approves it."),
    ),
    Refusal.WORK_APPROVER_WHO: (
        mark("{person} does not approve maintenance here."),
        mark("Choose one of {anyone}."),
    ),
    Refusal.WORK_OVERRIDE_WHO: (
        mark("Only an administrator may break an agreement, with a reason that is logged."),
        mark("Ask {anyone}."),
    ),
    Refusal.WORK_PARTS_GONE: (
        mark("The parts shown do not keep everything any more, and nothing was stored."),
        mark("Close the window and plan it again."),
    ),
    Refusal.NOT_YOURS_TO_APPROVE: (
        mark("{name} is {person}'s to approve."),
        mark("An administrator may do so as well."),
    ),
}
