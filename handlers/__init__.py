"""What Vakt does when something happens: the table of everything that is listened to.

opening, buttons, submits   a ticket from the view to the number; the card's buttons; their modals
setting, registering        what an opening view is about; the ticket's rows, and its confirmation
super_users                 a question passed on to those who answer first
doing                       a person at work on a ticket; with it the acts:
  acts, waiting, classing, levels, said, pages   begun, answered, solved; waits; the class; who else
                            takes part; words in the thread; who is woken
commands, talk, home        `/ticket`; threads; App Home
oncall, oncall_forms, feeds `/oncall`, its buttons, its windows, its calendars; with them
  rotas, rota_reach, rota_changes, oncall_pictures, oncall_news   who is on call; who may see and change
                            it; what is changed; rotas as facts; what people are told of it
members                     who left Slack, or is back
summons, paging, chain      `/page`; a page as it runs; whom its steps reach, and who is next
timers, oncall_watch        ON_DUE: what a due timer asks, and what it answers; those of rotas
audit                       what the auditor found: set going again, and told
outgoing, undelivered       RENDER: how each owed message is drawn
promises, owed              a ticket's clocks; messages owed
later                       what is loaded when it is first needed
counting, ladders           what a clock is counted by; what its ladder holds at an instant
scene, pictures, clock_pictures, log_pictures, list_pictures, page_pictures   records into facts for the views
access, language, agreements, shapes, forms, once, retrying, answers, errors, desk   what they all stand on
views                       what people see
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import App, BoltResponse

from handlers import (
    answers,
    asking,
    buttons,
    commands,
    home,
    looking,
    members,
    opening,
    submits,
    talk,
)
from handlers.desk import Body, Desk
from handlers.later import Later
from handlers.origins import about
from handlers.retrying import retrying
from handlers.views.names import Action, Field, Shortcut, View, heard

Handler = Callable[[Body, Desk], Any]

COMMANDS: Mapping[str, Handler] = {
    "/ticket": commands.ticket,
    "/oncall": Later("oncall", "command"),
    "/page": Later("summons", "page"),
}

SHORTCUTS: Mapping[str, Handler] = {
    Shortcut.OPEN: opening.from_shortcut,
    Shortcut.FROM_MESSAGE: opening.from_message,
}

VIEWS: Mapping[str, Handler] = {
    View.OPEN: opening.submitted,
    View.START: submits.start,
    View.REPLY: submits.reply,
    View.WAIT: submits.wait,
    View.SEVERITY: submits.severity,
    View.WORKAROUND: submits.workaround,
    View.LEVEL_3: submits.level_3,
    View.NEEDS_MORE_WORK: submits.needs_more_work,
    View.RESOLVE: submits.resolve,
    View.REOPEN: submits.reopen,
    View.ACCEPT: submits.accept,
    View.RELEASE: submits.release,
    View.NEXT_OPENING: submits.next_opening,
    View.TAKE: Later("oncall_forms", "taken"),
    View.OVERRIDE: Later("oncall_forms", "overridden"),
    View.SWAP: Later("oncall_forms", "swap_asked"),
}

ACTIONS: Mapping[str, Handler] = {
    Action.START: buttons.start,
    Action.REPLY: asking.reply,
    Action.ASSIGN: buttons.assign,
    Action.WAIT: asking.wait,
    Action.RESUME: buttons.resume,
    Action.STILL_WAITING: buttons.still_waiting,
    Action.WORKAROUND: asking.workaround,
    Action.SEVERITY: asking.severity,
    Action.MORE: asking.more,
    Action.RESOLVE: asking.resolve,
    Action.REOPEN: asking.reopen,
    Action.CONFIRM: buttons.confirm,
    Action.WORKAROUND_WORKS: buttons.workaround_works,
    Action.WORKAROUND_FAILS: buttons.workaround_fails,
    Action.ACCEPT: asking.accept,
    Action.RELEASE: asking.release,
    Action.WHY: looking.why,
    Action.SHOW: looking.show,
    Action.OPEN: opening.from_shortcut,
    Action.ANSWER: opening.on_changed,
    Action.SEND_TO_SUPER_USER: opening.to_super_users,
    Action.ACKNOWLEDGE: buttons.acknowledge,
    Action.DECLINE: buttons.decline,
    Action.ESCALATE: buttons.escalate_page,
    Action.WHO_TOLD: looking.who_told,
    Action.NEXT_OPENING: asking.next_opening,
    Action.LIST: looking.choose_list,
    Action.LIST_PAGE: looking.list_page,
    Action.DETAILS_PAGE: looking.details_page,
    Action.WHY_PAGE: looking.why_page,
    Action.HOME_PAGE: home.turned,
    Action.ON_CALL_WEEK: Later("oncall", "week"),
    Action.ON_CALL_PAGE: Later("oncall", "week_page"),
    Action.ON_CALL_TAKE: Later("oncall_forms", "take"),
    Action.ON_CALL_SWAP: Later("oncall_forms", "swap"),
    Action.ON_CALL_OVERRIDE: Later("oncall_forms", "override"),
    Action.ON_CALL_FEED: Later("feeds", "new_address"),
    Action.SWAP_ACCEPT: Later("oncall_forms", "accept_swap"),
    Action.SWAP_DECLINE: Later("oncall_forms", "decline_swap"),
    Action.HANDOVER_ACCEPT: Later("oncall_forms", "have_it"),
    Action.LINK: buttons.nothing,
    Field.CUSTOMER: opening.on_changed,
    Field.INTAKE: opening.on_changed,
    Field.RECEIVED_AT: opening.on_changed,
    Field.KIND: opening.on_changed,
    Field.ITEM: opening.on_changed,
}

EVENTS: Mapping[str, Handler] = {
    "message": talk.on_message,
    "app_home_opened": home.opened,
    "user_change": members.user_changed,
}


def register(app: App, desk: Desk) -> None:
    """Listen to everything in the tables, and let every failure become an answer."""

    @app.error
    def on_failure(error: Exception, body: dict[str, Any]) -> BoltResponse:
        return answers.failed(error, body, desk)

    for name, handler in VIEWS.items():
        app.view(name)(_listener(handler, desk))
    for name, handler in COMMANDS.items():
        app.command(name)(_listener(handler, desk))
    for name, handler in ACTIONS.items():
        known = name in set(Action)
        app.action(heard(Action(name)) if known else name)(_listener(handler, desk))
    for name, handler in SHORTCUTS.items():
        app.shortcut(name)(_listener(handler, desk))
    for name, handler in EVENTS.items():
        app.event(name)(_listener(handler, desk))
    _answer_the_rest(app, desk)


def _listener(handler: Handler, desk: Desk) -> Callable[..., BoltResponse]:
    def listen(body: dict[str, Any]) -> BoltResponse:
        desk.notes(**about(body))
        return answers.done(body, retrying(lambda: handler(body, desk)))

    return listen


def _answer_the_rest(app: App, desk: Desk) -> None:
    """Nothing that Slack sends is left without an ack; an old button says that it is one."""
    anything = re.compile(".*")

    def acknowledge() -> BoltResponse:
        return BoltResponse(status=200, body="")

    app.action(anything)(_listener(buttons.old, desk))
    app.view(anything)(acknowledge)
    app.view_closed(anything)(acknowledge)
    app.shortcut(anything)(acknowledge)
    app.event(anything)(acknowledge)
