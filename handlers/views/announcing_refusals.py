"""Why something about an announcement is not done, and the way out."""

from collections.abc import Mapping

from handlers.views.facts import Refusal
from handlers.views.words import mark

TEXTS: Mapping[Refusal, tuple[str, str]] = {
    Refusal.NOT_YOUR_CHANNEL: (
        mark("What a channel hears of is said by the people of its customer and by the desk."),
        mark("Ask the desk to subscribe it."),
    ),
    Refusal.NOT_SUBSCRIBED: (
        mark("Nothing is announced in this channel."),
        mark("/subscribe begins it."),
    ),
    Refusal.SUBSCRIBE_WHAT: (
        mark("That is none of the commands."),
        mark("Type /subscribe help."),
    ),
    Refusal.NOBODY_NAMED: (
        mark("This needs one at least."),
        mark("Choose somebody of this Slack, or write a name and a mail address."),
    ),
    Refusal.NO_ENTRY: (
        mark("That entry has been removed already."),
        mark("Close the window and open it again."),
    ),
    Refusal.DESK_ONLY: (
        mark("Outages are declared by the people of a desk."),
        mark("Open a ticket with /ticket; who is on call sees it."),
    ),
    Refusal.NO_SERVICES: (
        mark("Your desk has no services yet."),
        mark("An administrator adds [[services]] to workspace.toml and runs vakt import."),
    ),
    Refusal.SERVICES_MISSING: (
        mark("An outage is of one service at least."),
        mark("Choose it here."),
    ),
    Refusal.COMPONENT_ELSEWHERE: (
        mark("That component is of a service that is not chosen, or is not there any more."),
        mark("Choose the service too, or take the component out."),
    ),
    Refusal.COMPONENTS_MANY: (
        mark("More than {count} components are chosen."),
        mark("Choose fewer, or none where the whole service is meant."),
    ),
    Refusal.SERVICES_OF_TWO_DESKS: (
        mark("These services are kept by different desks."),
        mark("Declare one for each desk."),
    ),
    Refusal.PROMISE_MISSING: (
        mark("Those who read it need to know when it ends, or when they hear again."),
        mark("Choose an expected end or the next update."),
    ),
    Refusal.PROMISE_PASSED: (
        mark("{at} has passed; this is a promise about the future."),
        mark("Choose a later moment."),
    ),
    Refusal.BEGAN_IN_FUTURE: (
        mark("{at} has not come yet."),
        mark("Choose a moment up to now; what is planned is a /maintenance."),
    ),
    Refusal.ENDED_IN_FUTURE: (
        mark("{at} has not come yet, so it cannot have ended then."),
        mark("Choose a moment up to now."),
    ),
    Refusal.ENDED_BEFORE_BEGAN: (
        mark("It began {began}, and cannot have ended before."),
        mark("Choose a later moment, or put the start right."),
    ),
    Refusal.UNKNOWN_OUTAGE: (
        mark("There is no outage {name} at your desks."),
        mark("/outage list shows those there are."),
    ),
    Refusal.OUTAGE_OVER: (
        mark("{name} ended {at}, and nothing was changed."),
        mark("Declare a new one with /outage."),
    ),
    Refusal.OUTAGE_LASTS: (
        mark("{name} lasts still; its report is written when it is over."),
        mark("End it first."),
    ),
    Refusal.OUTAGE_CHANGED: (
        mark("{person} changed {name} {at}, while this window was open, and nothing was stored."),
        mark("Look at the card, then submit again: your text is still here."),
    ),
    Refusal.OUTAGE_TWICE: (
        mark("{name} is open for the same service since {at}."),
        mark("Tick that this is another one, or close this window and update {name}."),
    ),
    Refusal.NOT_AFFECTED: (
        mark("This is pressed by the people of a customer that uses these services."),
        mark("Tell the desk in its channel."),
    ),
    Refusal.LINKED_ALREADY: (
        mark("{number} belongs to {name} already."),
        mark("Nothing more is needed."),
    ),
    Refusal.FIELD_NEEDED: (
        mark("The agreement with {customer} asks for this ({clause})."),
        mark("Write it here."),
    ),
}
