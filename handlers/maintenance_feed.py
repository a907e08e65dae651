"""Secret addresses at which maintenance is read as a calendar: a desk's, a customer's, a subscribing channel's."""

import secrets

from handlers import language
from handlers.access import Viewer, viewer_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.once import Work, once
from handlers.origins import Origin, origin_of
from handlers.views import maintenance as views
from handlers.views.blocks import Rendered
from handlers.views.facts import Refusal
from models.channel import channel_by_id
from models.ids import hash_of
from models.store import Session
from models.stored_rota import FEED_ENDING, FEED_PATH, OF_MAINTENANCE, RotaFeed, feeds_of
from models.subscription import subscription_of

DESK, CUSTOMER, CHANNEL = "desk", "customer", "channel"


def feed_here(body: Body, desk: Desk) -> Rendered:
    """`/maintenance feed`: an address, shown once; or that there is one."""
    _demand_address(desk)
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        scope = _scope(session, viewer, origin)
        held = next(
            (each for each in feeds_of(session, origin.team_id, viewer.person.id) if each.rota_id == scope), None
        )
        if held is not None:
            return views.feed_message(scope, held.made_at, None, language.for_person(viewer.person))
    return _new(body, desk, None)


def new_address(body: Body, desk: Desk) -> None:
    """*New address*: the one there was ends."""
    _demand_address(desk)
    origin = origin_of(body)
    desk.aside.tell(origin.team_id, origin.sorry, _new(body, desk, chosen(body)))


def _scope(session: Session, viewer: Viewer, origin: Origin) -> str:
    """Whose calendar it is: the desk's, the viewer's own customer's, or that of the channel it was typed in.

    Raises:
        UserError: the channel hears of nothing, or of what is another's.
    """
    if viewer.is_desk:
        return f"{OF_MAINTENANCE}{DESK}"
    channel = channel_by_id(session, origin.team_id, origin.channel or "")
    if channel is not None and channel.customer_id in viewer.customers:
        return f"{OF_MAINTENANCE}{CUSTOMER}:{channel.customer_id}"
    row = subscription_of(session, origin.team_id, origin.channel or "")
    if channel is None and row is not None and row.ended_at is None and row.customer_id is None:
        return f"{OF_MAINTENANCE}{CHANNEL}:{row.channel_id}"
    if viewer.customers:
        return f"{OF_MAINTENANCE}{CUSTOMER}:{min(viewer.customers)}"
    raise UserError(Refusal.NOT_SUBSCRIBED)


def _new(body: Body, desk: Desk, named: str | None) -> Rendered:
    """A new secret in place of the one there was; `named` is the scope of a press."""
    origin = origin_of(body)
    with once(desk, origin) as work:
        scope = _scope(work.session, work.viewer, origin)
        if named is not None and named != scope and not _held(work, named):
            raise UserError(Refusal.OLD_BUTTON)
        scope = named or scope
        for before in feeds_of(work.session, origin.team_id, work.viewer.person.id):
            if before.rota_id == scope:
                work.session.delete(before)
        secret = secrets.token_urlsafe(32).replace("_", "-")  # Slack formats by "_"
        work.session.add(
            RotaFeed(
                team_id=origin.team_id,
                hash=hash_of(secret),
                person_id=work.viewer.person.id,
                rota_id=scope,
                made_at=work.now,
            )
        )
        url = f"{desk.public_url}{FEED_PATH}{secret}{FEED_ENDING}"
        return views.feed_message(scope, work.now, url, language.for_person(work.viewer.person))


def _held(work: Work, scope: str) -> bool:
    """Whether somebody has that calendar already: its button may be pressed from elsewhere."""
    return any(each.rota_id == scope for each in feeds_of(work.session, work.viewer.team_id, work.viewer.person.id))


def _demand_address(desk: Desk) -> None:
    if not desk.public_url:
        raise UserError(Refusal.NO_FEEDS)
