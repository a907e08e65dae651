"""Files about availability, handed over in a direct message: the evidence of a claim, the chart of a year."""

from datetime import datetime
from importlib.util import find_spec

from handlers import language
from handlers.access import viewer_of
from handlers.agreements import Agreements, NoAgreementError
from handlers.availability import NoAvailabilityError
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.evidence import evidence_of
from handlers.origins import origin_of
from handlers.sla_acts import demand_customer
from handlers.sla_pictures import chart_facts, chart_of
from handlers.views import claims as views
from handlers.views import sla as sla_views
from handlers.views.blocks import Attachment
from handlers.views.facts import Refusal
from handlers.views.words import Words
from models.claim import Claim
from models.customer import Customer
from models.store import Session


def evidence(body: Body, desk: Desk) -> None:
    """*Evidence*: Markdown and CSV, for the desk and the customer's own people."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        claim = session.get(Claim, (origin.team_id, chosen(body)))
        if claim is None:
            raise UserError(Refusal.CLAIM_GONE)
        customer = demand_customer(session, viewer, claim.customer_id)
        words = language.for_person(viewer.person)
        found = evidence_of(session, desk.agreements, claim, words.language, desk.now())
        if found is None:
            raise UserError(Refusal.CLAIM_GONE)
        message = views.evidence_message(customer.name, claim.period, words)
    files = [Attachment(name, content.encode()) for name, content in found.files().items()]
    desk.log("evidence_handed_over", claim=claim.id, customer=claim.customer_id)
    desk.aside.hand_over(origin.team_id, origin.slack_user, message, lambda: files)


def chart(body: Body, desk: Desk) -> None:
    """*Chart*: the last twelve months. Drawn where nobody waits: what draws takes a second to load."""
    origin, now = origin_of(body), desk.now()
    if find_spec("matplotlib") is None:
        raise UserError(Refusal.CHARTS_MISSING)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        customer = demand_customer(session, viewer, chosen(body))
        words = language.for_person(viewer.person)
        message = sla_views.chart_message(customer.name, words)

    def draw() -> list[Attachment]:
        with desk.reading() as session:
            return [drawn(session, desk.agreements, customer, words, now)]

    desk.aside.hand_over(origin.team_id, origin.slack_user, message, draw)
    desk.aside.tell(origin.team_id, origin.sorry, sla_views.chart_on_its_way(words))


def drawn(session: Session, agreements: Agreements, customer: Customer, words: Words, now: datetime) -> Attachment:
    """The chart of a customer's last twelve months.

    Raises:
        UserError: charts cannot be drawn here, or nothing is measured.
    """
    try:
        return chart_of(chart_facts(session, agreements, customer, now), words)
    except ModuleNotFoundError as error:
        raise UserError(Refusal.CHARTS_MISSING) from error
    except NoAgreementError as error:
        raise UserError(Refusal.SLA_NO_AGREEMENT, customer=customer.name) from error
    except NoAvailabilityError as error:
        raise UserError(Refusal.SLA_NOTHING, customer=customer.name) from error
