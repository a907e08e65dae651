"""Reports about availability, drawn when they are sent: from the downtime as it is noted then."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from handlers import language
from handlers.agreements import NoAgreementError
from handlers.availability import Ground, NoAvailabilityError, ground_for
from handlers.errand import Errand, Step
from handlers.present import Present
from handlers.sla_pictures import Sight, brief_facts, chart_facts, chart_of, sight, sla_facts
from handlers.views import reports as views
from handlers.views.blocks import Rendered
from handlers.views.facts.sla import SlaFacts
from handlers.views.words import Words
from models.channel import channel_by_id
from models.customer import Customer
from models.desk import Desk
from models.outbox import Outgoing
from models.sla.contract import PeriodKind
from models.sla.periods import INSTANT, Period


def listed(row: Outgoing, here: Present) -> Rendered | None:
    """To the desk's channel: each customer in a line."""
    desk = here.session.get(Desk, (row.team_id, row.args["desk"]))
    if desk is None:
        return None
    rows: list[SlaFacts] = []
    grounds: dict[tuple[datetime, datetime], Ground] = {}
    reports = row.args["reports"]
    for args in reports[: views.LISTED]:
        seen = _sight(row.team_id, args, here, grounds)
        rows += brief_facts(seen) if seen else ()
    if not rows:
        return None
    more = max(len(reports) - views.LISTED, 0)
    return views.list_message(rows, language.spoken(desk.language), more=more, charts=bool(row.args["charts"]))


def report(row: Outgoing, here: Present) -> Rendered | None:
    """One customer's, to its desk or to its own channel."""
    seen = _sight(row.team_id, row.args, here)
    if seen is None:
        return None
    return views.report_message(sla_facts(seen), _words(row, seen, here), for_desk="desk" in row.args)


def chart(row: Outgoing, here: Present) -> Errand | None:
    """The chart of the twelve months up to the period's end, under the report."""
    seen = _sight(row.team_id, row.args, here)
    under = here.session.get(Outgoing, (row.team_id, row.thread_of))
    if seen is None or under is None:
        return None
    try:
        months = chart_facts(here.session, here.agreements, seen.customer, here.now, seen.period.ends - INSTANT)
    except (NoAgreementError, NoAvailabilityError):
        return None
    words = _words(row, seen, here)
    texts = {
        "name": f"availability-{seen.customer.key}-{seen.period.ends - INSTANT:%Y-%m}.png",
        "title": views.chart_title(brief_facts(seen)[0], words),
        "ts": under.ts or "",
    }
    return Errand(
        step=Step.UPLOAD,
        team_id=row.team_id,
        channel=under.channel or under.conversation,
        texts=texts,
        make=partial(chart_of, months, words),
        repeated=bool(row.args.get("repeated")),
    )


def _sight(
    team_id: str,
    args: Mapping[str, Any],
    here: Present,
    grounds: dict[tuple[datetime, datetime], Ground] | None = None,
) -> Sight | None:
    """A customer's period; None where nothing is measured any more."""
    customer = here.session.get(Customer, (team_id, args["customer"]))
    begins, ends = datetime.fromisoformat(args["begins"]), datetime.fromisoformat(args["ends"])
    if customer is None:
        return None
    period = Period(args["period"], PeriodKind(args["kind"]), begins, ends)
    ground = (grounds or {}).get((begins, ends)) or ground_for(here.session, customer, period, here.now)
    if grounds is not None:
        grounds[begins, ends] = ground
    try:
        return sight(here.session, here.agreements, customer, period, here.now, ground=ground)
    except (NoAgreementError, NoAvailabilityError):
        return None


def _words(row: Outgoing, seen: Sight, here: Present) -> Words:
    """The desk's language, or the customer's: what the agreement forces, else its channel's, else its own."""
    desk = here.session.get(Desk, (row.team_id, row.args["desk"])) if "desk" in row.args else None
    contract = seen.terms.contract
    if desk is not None:
        return language.for_desk_channel(contract, desk)
    return language.for_customer_channel(
        contract, seen.customer, channel_by_id(here.session, row.team_id, row.conversation)
    )
