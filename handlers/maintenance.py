"""`/maintenance`, and the presses on its cards."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from handlers import maintenance_acts, maintenance_forms, maintenance_running, maintenance_telling
from handlers.access import Viewer, viewer_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.later import Later
from handlers.maintenance_doing import Doing
from handlers.maintenance_drafts import demand_desk, to_change, work_named
from handlers.maintenance_pictures import work_facts
from handlers.once import once
from handlers.origins import origin_of
from handlers.readers import words_for
from handlers.views import maintenance as views
from handlers.views import maintenance_cards as cards
from handlers.views.blocks import Rendered
from handlers.views.facts import PersonFact, Refusal
from handlers.views.facts.maintenance import MaintenanceListFacts
from handlers.views.names import SUMMARY_LIMIT
from models.maintenance import Maintenance, Stage, maintenance_to_come
from models.person import Person
from models.sla.contract import Role

SHOWN = 25
EARLIEST = timedelta(days=1)
"""How long before the time announced it may begin."""


def command(body: Body, desk: Desk) -> Rendered | None:
    """The command: a subcommand, or the name of one."""
    text = str(body.get("text") or "").strip()
    subcommand = SUBCOMMANDS.get(text.lower())
    if subcommand is not None:
        return subcommand(body, desk)
    first, _, rest = text.partition(" ")
    if first.lower() == "plan":
        maintenance_forms.open_plan(body, desk, " ".join(rest.split())[:SUMMARY_LIMIT])
        return None
    if text[:1].lower() == "m" and text[1:].removeprefix("-").isdecimal():
        return _one(body, text, desk)
    raise UserError(Refusal.MAINTENANCE_WHAT)


def _help(body: Body, desk: Desk) -> Rendered:
    origin = origin_of(body)
    with desk.reading() as session:
        return views.help_message(words_for(session, viewer_of(session, origin.team_id, origin.slack_user), origin))


def _list(body: Body, desk: Desk) -> Rendered:
    """What the viewer's desks have planned and under way."""
    origin, now = origin_of(body), desk.now()
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        demand_desk(viewer)
        works = maintenance_to_come(session, viewer.team_id, sorted(viewer.roles))
        rows = tuple(work_facts(session, work, now) for work in works[:SHOWN])
        facts = MaintenanceListFacts(rows=rows, now=now, more=max(0, len(works) - SHOWN))
        return views.list_message(facts, words_for(session, viewer, origin))


def _one(body: Body, name: str, desk: Desk) -> Rendered:
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        demand_desk(viewer)
        work = work_named(session, viewer, name)
        return cards.desk_card(work_facts(session, work, desk.now()), words_for(session, viewer, origin))


# Presses


def _press(body: Body, desk: Desk, act: Callable[[Doing, Maintenance, Viewer], None], done: str) -> None:
    """One act on the maintenance that a button names, once."""
    with once(desk, origin_of(body)) as work:
        demand_desk(work.viewer)
        found = work_named(work.session, work.viewer, chosen(body), lock=True)
        act(Doing(work.ledger, desk.agreements, work.now, work.viewer.person), found, work.viewer)
    desk.log(done, maintenance=found.name)


def tell(body: Body, desk: Desk) -> None:
    """*Tell now*."""

    def act(doing: Doing, work: Maintenance, viewer: Viewer) -> None:
        to_change(doing.session, viewer, work.name)
        _demand_approved(doing, work)
        if work.told_at is not None:
            raise UserError(Refusal.MAINTENANCE_TOLD, name=work.name, at=work.told_at)
        maintenance_telling.tell(doing, work)

    _press(body, desk, act, "maintenance_told")


def start(body: Body, desk: Desk) -> None:
    """*Start*."""

    def act(doing: Doing, work: Maintenance, viewer: Viewer) -> None:
        to_change(doing.session, viewer, work.name)
        _demand_approved(doing, work)
        if work.starts_at - doing.now > EARLIEST:
            raise UserError(Refusal.MAINTENANCE_EARLY, name=work.name, at=work.starts_at)
        maintenance_running.start(doing, work)

    _press(body, desk, act, "maintenance_started")


def end(body: Body, desk: Desk) -> None:
    """*End*."""

    def act(doing: Doing, work: Maintenance, viewer: Viewer) -> None:
        del viewer
        if work.is_over:
            over = work.ended_at or work.cancelled_at or work.ends_at
            raise UserError(Refusal.MAINTENANCE_OVER, name=work.name, at=over)
        if work.stage is not Stage.RUNNING:
            raise UserError(Refusal.OLD_BUTTON)
        maintenance_running.end(doing, work)

    _press(body, desk, act, "maintenance_ended")


def _demand_approved(doing: Doing, work: Maintenance) -> None:
    if work.stage is Stage.ASKED:
        raise UserError(Refusal.MAINTENANCE_NOT_APPROVED, name=work.name, person=_person(doing, work.approver_id))


def approve(body: Body, desk: Desk) -> None:
    """*Approve*."""
    _press(body, desk, lambda doing, work, viewer: _answer(doing, work, viewer, yes=True), "maintenance_approved")


def decline(body: Body, desk: Desk) -> None:
    """*Decline*."""
    _press(body, desk, lambda doing, work, viewer: _answer(doing, work, viewer, yes=False), "maintenance_declined")


def _answer(doing: Doing, work: Maintenance, viewer: Viewer, *, yes: bool) -> None:
    to_change(doing.session, viewer, work.name)
    if work.stage is not Stage.ASKED:
        person = _person(doing, work.approver_id)
        raise UserError(Refusal.ALREADY_ANSWERED, person=person, at=work.approved_at or doing.now)
    administrator = Role.ADMINISTRATOR in viewer.roles_at(work.desk_id)
    if viewer.person.id != work.approver_id and not administrator:
        raise UserError(Refusal.NOT_YOURS_TO_APPROVE, name=work.name, person=_person(doing, work.approver_id))
    if yes:
        maintenance_acts.approve(doing, work)
    else:
        maintenance_acts.decline(doing, work)


def _person(doing: Doing, person_id: str | None) -> PersonFact:
    person = doing.session.get(Person, (doing.by.team_id, person_id)) if person_id and doing.by else None
    return PersonFact(person.slack_user, person.name) if person else PersonFact(None, "")


SUBCOMMANDS: Mapping[str, Callable[[Body, Desk], Rendered | None]] = {
    "": _list,
    "list": _list,
    "help": _help,
    "feed": Later("maintenance_feed", "feed_here"),
}
"""What may stand after `/maintenance`."""
