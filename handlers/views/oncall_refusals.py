"""Why something about a rota is not done, and the way out."""

from collections.abc import Mapping

from handlers.views.facts import Refusal
from handlers.views.words import mark

TEXTS: Mapping[Refusal, tuple[str, str]] = {
    Refusal.NO_ROTAS_FOR_YOU: (
        mark("Who is on call is shown to the desk and to those who are named in a rota."),
        mark("Write in your customer's channel; what is urgent reaches whoever is on call."),
    ),
    Refusal.NO_ROTAS: (
        mark("There is no rota yet."),
        mark("An administrator adds one to workspace.toml and runs vakt import."),
    ),
    Refusal.UNKNOWN_ROTA: (
        mark("There is no rota {rota}."),
        mark("There is {rotas}."),
    ),
    Refusal.WHICH_ROTA: (
        mark("There are several rotas: {rotas}."),
        mark("Type one of them after the command."),
    ),
    Refusal.UNUSABLE_ROTA: (
        mark("The rota cannot be read as it is stored: {why}."),
        mark("An administrator mends it in workspace.toml and runs vakt import."),
    ),
    Refusal.NOT_YOUR_ROTA: (
        mark("The rota {rota} is changed by those who are named in it and by the desk that it serves."),
        mark("Ask {anyone}."),
    ),
    Refusal.SHIFT_OVER: (
        mark("That shift ended {at}."),
        mark("Choose one that has not."),
    ),
    Refusal.SHIFT_GONE: (
        mark("That shift is not {person}'s any more, and nothing was changed."),
        mark("Type /oncall week and choose again."),
    ),
    Refusal.SHIFT_YOURS: (
        mark("That shift is yours already."),
        mark("Nothing more is needed."),
    ),
    Refusal.HOOK_USAGE: (
        mark("That is not understood."),
        mark("Type /oncall hooks, /oncall hooks create NAME [heartbeat KEY] [signed], or /oncall hooks revoke NAME."),
    ),
    Refusal.HOOK_NAME: (
        mark('"{name}" is no name for a hook.'),
        mark("Write up to 41 of a-z, 0-9, - and _, such as prometheus."),
    ),
    Refusal.HOOK_TAKEN: (
        mark("There is a hook {name} already, or was."),
        mark("A name is used once, since histories tell by it: choose another."),
    ),
    Refusal.HOOK_BEAT: (
        mark("No heartbeat {heartbeat} is expected; there is {there}."),
        mark("An administrator adds one to workspace.toml and runs vakt import."),
    ),
    Refusal.HOOK_UNKNOWN: (
        mark("There is no hook {name}."),
        mark("Type /oncall hooks to see those there are."),
    ),
    Refusal.HOOK_REVOKED: (
        mark("The hook {name} was revoked {at}."),
        mark("Nothing more is needed."),
    ),
    Refusal.SHIFT_MISSING: (
        mark("A shift is needed."),
        mark("Choose one here."),
    ),
    Refusal.NO_SHIFT_TO_TAKE: (
        mark("Nobody else has a shift in {rota} in the next seven days."),
        mark("/oncall week shows who has."),
    ),
    Refusal.NO_SHIFT_TO_SWAP: (
        mark("A swap in {rota} needs a shift of yours and one of somebody else in the next four weeks."),
        mark("Press Override to have somebody else take over."),
    ),
    Refusal.SHIFTS_OVERLAP: (
        mark("The two shifts overlap, and one person cannot have both."),
        mark("Choose another one."),
    ),
    Refusal.NOT_OF_THIS_ROTA: (
        mark("{person} is not named in {rota} and has no role at a desk that it serves."),
        mark("Choose one of {anyone}."),
    ),
    Refusal.LEFT_SLACK: (
        mark("{person} is no full member of this Slack workspace: deactivated, a guest, or from another one."),
        mark("Choose somebody who is."),
    ),
    Refusal.MOMENT_MISSING: (
        mark("A moment is needed."),
        mark("Choose it here."),
    ),
    Refusal.UNTIL_BEFORE_FROM: (
        mark("It would end {until}, which is not after its beginning, {since}."),
        mark("Choose a later end."),
    ),
    Refusal.OVERRIDE_OVER: (
        mark("{at} has passed; nobody can be put on call for what is over."),
        mark("Choose a later end."),
    ),
    Refusal.SWAP_SETTLED: (
        mark("{person} was first: this swap was answered {at}."),
        mark("/oncall week shows who has which shift."),
    ),
    Refusal.SWAP_NOT_YOURS: (
        mark("This swap is {person}'s to answer."),
        mark("Ask for one of your own with /oncall swap."),
    ),
    Refusal.SWAP_GONE: (
        mark("This swap is not stored any more."),
        mark("Ask for a new one with /oncall swap."),
    ),
    Refusal.HANDOVER_TAKEN: (
        mark("{person} was first and has it since {at}."),
        mark("Nothing more is needed."),
    ),
    Refusal.HANDOVER_NOT_YOURS: (
        mark("{person} is on call now, and says so."),
        mark("/oncall take makes the shift yours."),
    ),
    Refusal.NO_FEEDS: (
        mark("Calendars need an address under which they are read, and VAKT_PUBLIC_URL is not set."),
        mark("Ask an administrator."),
    ),
}
