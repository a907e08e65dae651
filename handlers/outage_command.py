"""`/outage`, and what is pressed on the messages about outages."""

from handlers import incident_windows, language, outage_report_windows
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.once import Work, once
from handlers.origins import origin_of
from handlers.outage_corrections import report, reported_when
from handlers.outage_declaring import open_form
from handlers.outage_looking import desk_viewer, listed, named, number_in, shown
from handlers.outage_pictures import outage_facts
from handlers.outage_windows import WINDOWS, link_typed, open_window
from handlers.payloads import part_of, ticket_number
from handlers.readers import words_for
from handlers.views import outage_desk
from handlers.views import outages as views
from handlers.views.blocks import Rendered
from handlers.views.facts import Refusal
from handlers.views.sla import affected_message
from models.affected import Affected, report_affected, report_of
from models.customer import Customer
from models.maintenance import Maintenance, Stage, maintenance_by_number
from models.outage import (
    Outage,
    outage_by_number,
)
from models.outbox import row_of_message
from models.service import customers_on, services_with_keys


def command(body: Body, desk: Desk) -> Rendered | None:
    """`/outage`: declare one, list them, or a word about one of them."""
    text = str(body.get("text") or "").strip()
    first, _, rest = text.partition(" ")
    name, number = number_in(first), number_in(rest.partition(" ")[0])
    if not text:
        open_form(body, desk, "", None)
    elif text.lower() == "help":
        return _help(body, desk)
    elif first.lower() == "list" and not rest:
        return listed(body, desk)
    elif name is not None and not rest:
        return shown(body, desk, name)
    elif first.lower() in WINDOWS and number is not None:
        open_window(body, desk, number, WINDOWS[first.lower()])
    elif first.lower() == "channel" and number is not None:
        incident_windows.open_channel(body, desk, number)
    elif first.lower() == "report" and number is not None:
        outage_report_windows.open_report(body, desk, number)
    elif first.lower() == "link" and number is not None:
        return link_typed(body, desk, number, rest.partition(" ")[2])
    elif ticket_number(text) is not None:
        open_form(body, desk, "", ticket_number(text))
    else:
        open_form(body, desk, text, None)
    return None


def _help(body: Body, desk: Desk) -> Rendered:
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = desk_viewer(session, origin)
        return outage_desk.help_message(words_for(session, viewer, origin))


def affected(body: Body, desk: Desk) -> None:
    """*We are affected*: the customer's report, kept with person and time. Source: PS-13."""
    if chosen(body).startswith(MAINTENANCE):
        _affected_by_maintenance(body, desk)
        return
    origin, number = origin_of(body), named(chosen(body))
    with once(desk, origin) as work:
        outage = outage_by_number(work.session, origin.team_id, number, lock=True)
        customer = _speaks_for(work, body, outage) if outage else None
        if outage is None or customer is None:
            raise UserError(Refusal.NOT_AFFECTED)
        new = report(work, outage, customer, origin.channel)
        at = reported_when(work.session, outage, customer) or work.now
        facts = outage_facts(work.session, outage, work.now)
        words = language.for_person(work.viewer.person)
        answer = views.noted(facts, customer.name, at, words, before=not new)
    desk.log("outage_affects", outage=outage.name)
    desk.aside.tell(origin.team_id, origin.sorry, answer)


MAINTENANCE = "M-"


def _affected_by_maintenance(body: Body, desk: Desk) -> None:
    """The same while a maintenance takes services away: whether that counts is each contract's own rule."""
    origin, name = origin_of(body), chosen(body)
    number = name.removeprefix(MAINTENANCE)
    with once(desk, origin) as work:
        session, team_id = work.session, origin.team_id
        found = maintenance_by_number(session, team_id, int(number)) if number.isdecimal() else None
        customer = _speaks_for(work, body, found) if found and found.stage is Stage.RUNNING else None
        if found is None or customer is None:
            raise UserError(Refusal.NOT_AFFECTED)
        report = Affected(
            team_id=team_id,
            happening_id=found.name,
            customer_id=customer.id,
            person_id=work.viewer.person.id,
            at=work.now,
            channel_id=origin.channel,
        )
        report_affected(session, report)
        session.flush()
        first = report_of(session, team_id, found.name, customer.id) or report
        answer = affected_message(customer.name, found.name, first.at, language.for_person(work.viewer.person))
    desk.log("maintenance_affects", maintenance=name)
    desk.aside.tell(origin.team_id, origin.sorry, answer)


def _speaks_for(work: Work, body: Body, outage: Outage | Maintenance) -> Customer | None:
    """The customer for which somebody presses: whose message it is, else one of their own that uses it."""
    session, viewer = work.session, work.viewer
    if viewer.is_desk:
        return None
    container = part_of(body, "container")
    row = row_of_message(
        session, viewer.team_id, str(container.get("channel_id") or ""), str(container.get("message_ts") or "")
    )
    if row is not None and row.args.get("about") == outage.name and row.args.get("customer"):
        return session.get(Customer, (viewer.team_id, str(row.args["customer"])))
    services = services_with_keys(session, outage.team_id, outage.services)
    using = {
        each.customer.id: each.customer for each in customers_on(session, outage.team_id, services, work.now.date())
    }
    return next((using[key] for key in sorted(viewer.customers) if key in using), None)
