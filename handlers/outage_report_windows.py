"""*Report*: what no history knows is typed, the report is owed; its follow-ups are opened as tickets."""

from collections.abc import Mapping
from typing import Any

from handlers import opening
from handlers.agreements import Agreements
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.drafts import Draft
from handlers.errors import UserError
from handlers.fields import state_of, text_in
from handlers.once import Work, once
from handlers.origins import origin_of
from handlers.outage_handling import demand_desk, handle
from handlers.outage_looking import desk_viewer, named, outage_found
from handlers.outage_pictures import outage_facts
from handlers.outage_reports import follow_ups, report_facts, write_report
from handlers.payloads import metadata, metadata_of
from handlers.readers import words_for
from handlers.views import outage_report as views
from handlers.views.facts import Refusal
from handlers.views.facts.incidents import FollowUpFact, ReportFormFacts
from handlers.views.names import SUMMARY_LIMIT, Field
from models.outage import Outage, OutageEvent
from models.store import Session

MOST_FOLLOW_UPS = 20


def report(body: Body, desk: Desk) -> None:
    """*Report*."""
    open_report(body, desk, named(chosen(body)))


def open_report(body: Body, desk: Desk, number: int) -> None:
    """The window in which it is written, with what was written before."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = desk_viewer(session, origin)
        outage = outage_found(session, viewer, number)
        demand_desk(viewer, outage.desk_id)
        _demand_over(outage)
        before = report_facts(session, desk.agreements, outage, desk.now())
        facts = ReportFormFacts(
            metadata=metadata(outage=outage.number),
            outage=outage_facts(session, outage, desk.now()),
            causes=before.causes,
            follow_ups=tuple(each.text for each in before.follow_ups),
        )
        view = views.report_view(facts, words_for(session, viewer, origin))
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def _demand_over(outage: Outage) -> None:
    if outage.ended_at is None:
        raise UserError(Refusal.OUTAGE_LASTS, name=outage.name)


def written(body: Body, desk: Desk) -> Mapping[str, Any] | None:
    """*Write it*: stored, and owed where the outage was handled."""
    number, state = metadata_of(body).get("outage"), state_of(body)
    if not isinstance(number, int):
        raise UserError(Refusal.OLD_WINDOW)
    causes = text_in(state, Field.CAUSES, missing=Refusal.TEXT_MISSING)
    lines = [" ".join(line.split()) for line in text_in(state, Field.FOLLOW_UPS).splitlines()]
    wanted = list(dict.fromkeys(line[:SUMMARY_LIMIT] for line in lines if line))[:MOST_FOLLOW_UPS]
    with once(desk, origin_of(body)) as work:
        at = handle(work, desk.agreements, number, over=True)
        _demand_over(at.outage)
        write_report(at, causes, wanted)
    desk.log("outage_reported", outage=f"O-{number}")
    return None


def follow_up(body: Body, desk: Desk) -> None:
    """*Open as a ticket*: the opening window, filled in."""
    origin, value = origin_of(body), chosen(body)
    with desk.reading() as session:
        viewer = desk_viewer(session, origin)
        outage = outage_found(session, viewer, named(value.partition(":")[0]))
        demand_desk(viewer, outage.desk_id)
        found = _follow_up_of(session, outage, value)
    opening.show(origin, Draft(channel=origin.channel, summary=found.text, follow_up=value), desk)


def _follow_up_of(session: Session, outage: Outage, value: str) -> FollowUpFact:
    """The follow-up that "O-3:<id>" names.

    Raises:
        UserError: there is none now, or it is a ticket already.
    """
    key = value.partition(":")[2]
    found = next((each for each in follow_ups(session, outage) if each.id == key), None)
    if found is None:
        raise UserError(Refusal.OLD_BUTTON)
    if found.ticket is not None:
        raise UserError(Refusal.LINKED_ALREADY, number=found.ticket, name=outage.name)
    return found


def opened(work: Work, agreements: Agreements, value: str, ticket: int) -> None:
    """A follow-up was opened as a ticket: written down with the ticket itself, in one transaction."""
    at = handle(work, agreements, named(value.partition(":")[0]), over=True)
    found = _follow_up_of(work.session, at.outage, value)
    at.note(OutageEvent.FOLLOWED_UP, text_id=found.id, facts={"ticket": ticket})
