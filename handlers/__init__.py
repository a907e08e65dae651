"""What Vakt does when something happens: the table of everything that is listened to.

opening, buttons, submits   a ticket from the view to the number; the card's buttons; their modals
setting, registering        what an opening view is about; the ticket's rows, and its confirmation
super_users                 a question passed on to those who answer first
doing                       a person at work on a ticket; with it the acts:
  acts, waiting, classing, levels, said, pages   begun, answered, solved; waits; the class; who else
                            takes part; words in the thread; who is woken
commands, talk, hearing, home   `/ticket`; threads, and what is said in them; App Home
oncall, oncall_forms, feeds, hooks   `/oncall`, its buttons, its windows, its calendars, keys of hooks; with them
  rotas, rota_reach, rota_changes, oncall_pictures, oncall_news   who is on call; who may see and change
                            it; what is changed; rotas as facts; what people are told of it
maintenance, maintenance_forms   `/maintenance`, its buttons and windows; with them
  maintenance_drafts, maintenance_guard   a plan as it is filled in; judged by every agreement
  maintenance_doing, maintenance_acts, maintenance_telling, maintenance_running, maintenance_news   what is done with
                            it, what is told of it, what happens while it runs, and how that is drawn
  maintenance_series, components   what repeats: planned on, moved or cancelled from one on; parts of a service
  maintenance_pictures, maintenance_feed, alert_muting   maintenance as facts, as calendars; alerts meanwhile
sla, sla_acts, sla_pictures `/sla`, its buttons, its facts; with them
  availability, claims, claim_news   downtime as each contract counts it; the right to a credit; what is told of it
  reporting, reports, report_news   the reports that post themselves: when, whose, and as they are drawn
  claim_decisions, downtime_merges   granted, declined, taken back; intervals that are one, or two
outage_command, outage_declaring, outage_windows, outage_looking   `/outage`, its windows and lists; with them
  outages, outage_corrections, outage_audience, outage_promises, outage_handling   what is done about one, for whom,
                            and what is promised
  outage_news, outage_pictures, outage_drafts   what is told of it; outages as facts, as they are typed
  incident, incident_windows, incident_pins, incident_news, errand   an outage's own channel: what is owed of it, asked
                            for, pinned in it, what follows; what is owed that is no message
  outage_reports, outage_report_windows   the report after it, and its follow-ups
subscribing, registers, audiences, announcing   `/subscribe`; who hears of what; telling them, and the register of it
notice_forms, notice_review, notice_presses   `/announce`; what would come of a notice; what is pressed on it
  notice_acts, notice_reach   with them: what is done to one; which is meant, and who may
  notice_audience, notice_pictures, notice_news, mails   whom it is for by each agreement, as facts, as it is
                            drawn when sent; the mails that the desk sends itself
breach, breach_pictures, breach_news   a security breach told its main contact, and never a channel
members                     who left Slack, or is back
summons, paging, chain      `/page`; a page as it runs; whom its steps reach, and who is next; with them
  page_timers, page_news    what its timer asks; how what is owed of it is drawn
  page_groups               a user group's step: who is in it is asked of Slack, and what follows
timers, oncall_watch        ON_DUE: what a due timer asks, and what it answers; those of rotas
audit                       what the auditor found: set going again, and told
outgoing, undelivered       RENDER: how each owed message is drawn
following                   FOLLOW: what is stored once something owed was done
promises, owed              a ticket's clocks; messages owed
later                       what is loaded when it is first needed
counting, ladders           what a clock is counted by; what its ladder holds at an instant
scene, pictures, clock_pictures, log_pictures, list_pictures, page_pictures   records into facts for the views
access, language, agreements, shapes, forms, once, retrying, answers, errors, desk   what they all stand on
views                       what people see
"""

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from slack_bolt import App, BoltResponse

from handlers import answers, opening, talk
from handlers.desk import Body, Desk
from handlers.later import Later
from handlers.origins import about
from handlers.payloads import action_of, part_of
from handlers.retrying import retrying
from handlers.views.names import Action, Field, Shortcut, View, unnumbered

Handler = Callable[[Body, Desk], Any]

COMMANDS: Mapping[str, Handler] = {
    "/ticket": Later("commands", "ticket"),
    "/oncall": Later("oncall", "command"),
    "/page": Later("summons", "page"),
    "/outage": Later("outage_command", "command"),
    "/maintenance": Later("maintenance", "command"),
    "/sla": Later("sla", "command"),
    "/subscribe": Later("subscribing", "subscribe"),
    "/unsubscribe": Later("subscribing", "unsubscribe"),
    "/announce": Later("notice_forms", "command"),
}

SHORTCUTS: Mapping[str, Handler] = {
    Shortcut.OPEN: opening.from_shortcut,
    Shortcut.FROM_MESSAGE: opening.from_message,
}

VIEWS: Mapping[str, Handler] = {
    View.OPEN: opening.submitted,
    View.START: Later("submits", "start"),
    View.REPLY: Later("submits", "reply"),
    View.WAIT: Later("submits", "wait"),
    View.SEVERITY: Later("submits", "severity"),
    View.WORKAROUND: Later("submits", "workaround"),
    View.LEVEL_3: Later("submits", "level_3"),
    View.NEEDS_MORE_WORK: Later("submits", "needs_more_work"),
    View.RESOLVE: Later("submits", "resolve"),
    View.REOPEN: Later("submits", "reopen"),
    View.ACCEPT: Later("submits", "accept"),
    View.RELEASE: Later("submits", "release"),
    View.NEXT_OPENING: Later("submits", "next_opening"),
    View.TAKE: Later("oncall_forms", "taken"),
    View.OVERRIDE: Later("oncall_forms", "overridden"),
    View.SWAP: Later("oncall_forms", "swap_asked"),
    View.OUTAGE: Later("outage_declaring", "previewed"),
    View.OUTAGE_PREVIEW: Later("outage_declaring", "declared"),
    View.OUTAGE_UPDATE: Later("outage_windows", "updated"),
    View.OUTAGE_END: Later("outage_windows", "ended"),
    View.OUTAGE_EDIT: Later("outage_windows", "edited"),
    View.OUTAGE_ROLES: Later("outage_windows", "given_roles"),
    View.OUTAGE_LINK: Later("outage_windows", "linked"),
    View.MAINTENANCE: Later("maintenance_forms", "submitted"),
    View.MAINTENANCE_CANCEL: Later("maintenance_forms", "cancelled"),
    View.SLA_EXCLUDE: Later("sla_acts", "excluded"),
    View.CLAIM_GRANT: Later("claim_decisions", "granted"),
    View.CLAIM_DECLINE: Later("claim_decisions", "declined"),
    View.CLAIM_TAKE_BACK: Later("claim_decisions", "taken_back"),
    View.OUTAGE_CHANNEL: Later("incident_windows", "asked"),
    View.OUTAGE_REPORT: Later("outage_report_windows", "written"),
    View.NOTIFY: Later("notifying", "chosen"),
    View.SUBSCRIBE: Later("subscribing", "submitted"),
    View.REGISTER: Later("registers", "registered"),
    View.ANNOUNCE: Later("notice_forms", "composed"),
    View.ANNOUNCE_REVIEW: Later("notice_review", "reviewed"),
    View.NOTICE_CORRECT: Later("notice_presses", "corrected"),
    View.NOTICE_WITHDRAW: Later("notice_presses", "withdrawn"),
    View.NOTICE_OBJECT: Later("notice_presses", "objected"),
    View.NOTICE_OBJECTED: Later("notice_presses", "registered"),
    View.BREACH_NOTIFY: Later("breach", "notified"),
    View.BREACH_CHECKLIST: Later("breach", "checked"),
}

ACTIONS: Mapping[str, Handler] = {
    Action.START: Later("buttons", "start"),
    Action.REPLY: Later("asking", "reply"),
    Action.ASSIGN: Later("buttons", "assign"),
    Action.WAIT: Later("asking", "wait"),
    Action.RESUME: Later("buttons", "resume"),
    Action.STILL_WAITING: Later("buttons", "still_waiting"),
    Action.WORKAROUND: Later("asking", "workaround"),
    Action.SEVERITY: Later("asking", "severity"),
    Action.MORE: Later("asking", "more"),
    Action.RESOLVE: Later("asking", "resolve"),
    Action.REOPEN: Later("asking", "reopen"),
    Action.CONFIRM: Later("buttons", "confirm"),
    Action.WORKAROUND_WORKS: Later("buttons", "workaround_works"),
    Action.WORKAROUND_FAILS: Later("buttons", "workaround_fails"),
    Action.ACCEPT: Later("asking", "accept"),
    Action.RELEASE: Later("asking", "release"),
    Action.WHY: Later("looking", "why"),
    Action.SHOW: Later("looking", "show"),
    Action.OPEN: opening.from_shortcut,
    Action.ANSWER: opening.on_changed,
    Action.SEND_TO_SUPER_USER: opening.to_super_users,
    Action.ACKNOWLEDGE: Later("buttons", "acknowledge"),
    Action.ACKNOWLEDGE_ALL: Later("buttons", "acknowledge_all"),
    Action.DECLINE: Later("buttons", "decline"),
    Action.ESCALATE: Later("buttons", "escalate_page"),
    Action.WHO_TOLD: Later("looking", "who_told"),
    Action.NEXT_OPENING: Later("asking", "next_opening"),
    Action.LIST: Later("looking", "choose_list"),
    Action.LIST_PAGE: Later("looking", "list_page"),
    Action.DETAILS_PAGE: Later("looking", "details_page"),
    Action.WHY_PAGE: Later("looking", "why_page"),
    Action.HOME_PAGE: Later("home", "turned"),
    Action.HOME_ACKNOWLEDGE: Later("buttons", "acknowledge_at_home"),
    Action.NOTIFY: Later("notifying", "ask"),
    Action.ON_CALL_WEEK: Later("oncall", "week"),
    Action.ON_CALL_PAGE: Later("oncall", "week_page"),
    Action.ON_CALL_TAKE: Later("oncall_forms", "take"),
    Action.ON_CALL_SWAP: Later("oncall_forms", "swap"),
    Action.ON_CALL_OVERRIDE: Later("oncall_forms", "override"),
    Action.OVERRIDE_TAKE_BACK: Later("oncall_forms", "take_back"),
    Action.ON_CALL_FEED: Later("feeds", "new_address"),
    Action.HOOK_REVOKE: Later("hooks", "revoke"),
    Action.SWAP_ACCEPT: Later("oncall_forms", "accept_swap"),
    Action.SWAP_DECLINE: Later("oncall_forms", "decline_swap"),
    Action.HANDOVER_ACCEPT: Later("oncall_forms", "have_it"),
    Action.OUTAGE_DECLARE: Later("outage_declaring", "declare"),
    Action.OUTAGE_UPDATE: Later("outage_windows", "update"),
    Action.OUTAGE_END: Later("outage_windows", "end"),
    Action.OUTAGE_EDIT: Later("outage_windows", "edit"),
    Action.OUTAGE_ROLES: Later("outage_windows", "roles"),
    Action.OUTAGE_LINK: Later("outage_windows", "link"),
    Action.OUTAGE_SHOW: Later("outage_looking", "show"),
    Action.OUTAGE_CHANNEL: Later("incident_windows", "channel"),
    Action.OUTAGE_REPORT: Later("outage_report_windows", "report"),
    Action.FOLLOW_UP: Later("outage_report_windows", "follow_up"),
    Action.OUTAGE_AFFECTED: Later("outage_command", "affected"),
    Action.MAIL_SENT: Later("mails", "sent"),
    Action.REGISTER_REMOVE: Later("registers", "remove"),
    Action.MAINTENANCE_PLAN: Later("maintenance_forms", "open_plan"),
    Action.MAINTENANCE_USE: Later("maintenance_forms", "use"),
    Action.MAINTENANCE_SPLIT: Later("maintenance_forms", "split"),
    Action.MAINTENANCE_LEAVE_OUT: Later("maintenance_forms", "leave_out"),
    Action.MAINTENANCE_OVERRIDE: Later("maintenance_forms", "override"),
    Action.MAINTENANCE_MOVE: Later("maintenance_forms", "open_move"),
    Action.MAINTENANCE_CANCEL: Later("maintenance_forms", "open_cancel"),
    Action.MAINTENANCE_FEED: Later("maintenance_feed", "new_address"),
    Action.MAINTENANCE_APPROVE: Later("maintenance", "approve"),
    Action.MAINTENANCE_DECLINE: Later("maintenance", "decline"),
    Action.MAINTENANCE_TELL: Later("maintenance", "tell"),
    Action.MAINTENANCE_START: Later("maintenance", "start"),
    Action.MAINTENANCE_END: Later("maintenance", "end"),
    Action.SLA_PERIOD: Later("sla", "turned"),
    Action.SLA_EXCLUDE: Later("sla_acts", "exclude"),
    Action.SLA_COUNT: Later("sla_acts", "counted_again"),
    Action.SLA_MERGE: Later("downtime_merges", "merged"),
    Action.SLA_APART: Later("downtime_merges", "kept_apart"),
    Action.SLA_TAKE_APART: Later("downtime_merges", "taken_apart"),
    Action.SLA_CHART: Later("sla_files", "chart"),
    Action.SLA_CLAIM: Later("sla_acts", "claimed_here"),
    Action.CLAIM: Later("sla_acts", "claimed"),
    Action.CLAIM_EVIDENCE: Later("sla_files", "evidence"),
    Action.CLAIM_GRANT: Later("claim_decisions", "grant"),
    Action.CLAIM_DECLINE: Later("claim_decisions", "decline"),
    Action.CLAIM_TAKE_BACK: Later("claim_decisions", "take_back"),
    Action.NOTICE_OBJECT: Later("notice_presses", "ask_objection"),
    Action.NOTICE_MENDED: Later("notice_presses", "on_mended"),
    Action.NOTICE_REVIEW: Later("notice_review", "review"),
    Action.NOTICE_CHANGE: Later("notice_forms", "change"),
    Action.NOTICE_CORRECT: Later("notice_presses", "ask_correct"),
    Action.NOTICE_WITHDRAW: Later("notice_presses", "ask_withdraw"),
    Action.NOTICE_OBJECTED: Later("notice_presses", "ask_register"),
    Action.NOTICE_TOLD: Later("notice_forms", "told"),
    Action.BREACH_NOTIFY: Later("breach", "ask_notify"),
    Action.BREACH_CHECKLIST: Later("breach", "ask_checklist"),
    Action.MAILS_TO_SEND: Later("mails", "show"),
    Action.LINK: Later("buttons", "nothing"),
    Field.CUSTOMER: opening.on_changed,
    Field.INTAKE: opening.on_changed,
    Field.RECEIVED_AT: opening.on_changed,
    Field.KIND: opening.on_changed,
    Field.ITEM: opening.on_changed,
    **dict.fromkeys(
        (
            Field.ON_SERVICES,
            Field.WORK_KIND,
            Field.DOWNTIME,
            Field.STARTS,
            Field.ENDS,
            Field.ONLY_FOR,
            Field.AGREED,
            Field.APPROVER,
            Field.REPEATS,
        ),
        Later("maintenance_forms", "changed"),
    ),
}

OF_OLD_BUTTONS: Handler = Later("buttons", "old")
"""What is pressed and in no table: a button of a message that an earlier version posted."""

EVENTS: Mapping[str, Handler] = {
    "message": talk.on_message,
    "app_home_opened": Later("home", "opened"),
    "user_change": Later("members", "user_changed"),
    "pin_added": Later("incident_pins", "pinned"),
    "pin_removed": Later("incident_pins", "unpinned"),
}


def register(app: App, desk: Desk) -> None:
    """Listen to everything in the tables, and let every failure become an answer."""

    @app.error
    def on_failure(error: Exception, body: dict[str, Any]) -> BoltResponse:
        return answers.failed(error, body, desk)

    app.view(ANYTHING)(_listener(_submitted, desk))
    for name, handler in COMMANDS.items():
        app.command(name)(_listener(handler, desk))
    app.action(ANYTHING)(_listener(_pressed, desk))
    for name, handler in SHORTCUTS.items():
        app.shortcut(name)(_listener(handler, desk))
    for name, handler in EVENTS.items():
        app.event(name)(_listener(handler, desk))
    _answer_the_rest(app)


OF_TICKETS = ("commands", "buttons", "asking", "submits", "looking", "hearing", "home")
"""The modules behind a ticket's card, its thread, `/ticket` and App Home."""


def warm() -> None:
    """Load what a ticket's day needs, before somebody presses: a trigger lasts three seconds."""
    for name in OF_TICKETS:
        import_module(f"{__name__}.{name}")


ANYTHING = re.compile(".*")
"""Whatever it is called. Bolt asks its listeners one after the other, so what there are many of is looked up here."""


def _submitted(body: Body, desk: Desk) -> Any:  # noqa: ANN401 - what a view is answered with
    """A view was submitted; one that nobody knows closes."""
    handler = VIEWS.get(str(part_of(body, "view").get("callback_id")))
    return handler(body, desk) if handler is not None else None


def _pressed(body: Body, desk: Desk) -> Any:  # noqa: ANN401 - what a press is answered with
    """Something was pressed or chosen, one of several equal buttons perhaps; what nobody knows is an old button."""
    name = str(action_of(body).get("action_id"))
    handler = ACTIONS.get(name) or ACTIONS.get(unnumbered(name), OF_OLD_BUTTONS)
    return handler(body, desk)


def _listener(handler: Handler, desk: Desk) -> Callable[..., BoltResponse]:
    def listen(body: dict[str, Any]) -> BoltResponse:
        desk.notes(**about(body))
        return answers.done(body, retrying(lambda: handler(body, desk)))

    return listen


def _answer_the_rest(app: App) -> None:
    """Nothing that Slack sends is left without an ack."""

    def acknowledge() -> BoltResponse:
        return BoltResponse(status=200, body="")

    app.view_closed(ANYTHING)(acknowledge)
    app.shortcut(ANYTHING)(acknowledge)
    app.event(ANYTHING)(acknowledge)
