"""Secret addresses at which people read their shifts, or a rota, as a calendar. Only their hashes are stored."""

import secrets
from datetime import datetime

from handlers import language
from handlers.access import viewer_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.once import Work, once
from handlers.origins import origin_of
from handlers.rota_reach import one_rota, rotas_for
from handlers.views import oncall as views
from handlers.views.blocks import Rendered
from handlers.views.facts import Refusal
from handlers.views.facts.rotas import FeedFacts
from models.ids import hash_of
from models.stored_rota import FEED_ENDING, FEED_PATH, RotaFeed, StoredRota, feeds_of


def feed_named(body: Body, named: str, desk: Desk) -> Rendered:
    """`/oncall feed`: an address, shown once; or that there is one."""
    _demand_address(desk)
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        rota = one_rota(session, viewer, named) if named else None
        rotas_for(session, viewer)
        made_at = _made_at(feeds_of(session, origin.team_id, viewer.person.id), rota)
        if made_at is not None:
            facts = _facts(rota, desk.now(), made_at=made_at)
            return views.feed_message(facts, language.for_person(viewer.person))
    return _new(body, named, desk)


def new_address(body: Body, desk: Desk) -> None:
    """*New address*: the one there was ends."""
    _demand_address(desk)
    origin, message = origin_of(body), _new(body, chosen(body), desk)
    desk.aside.tell(origin.team_id, origin.sorry, message)


def _new(body: Body, named: str, desk: Desk) -> Rendered:
    with once(desk, origin_of(body)) as work:
        rotas_for(work.session, work.viewer)
        rota = one_rota(work.session, work.viewer, named) if named else None
        secret = _make(work, rota)
        url = f"{desk.public_url}{FEED_PATH}{secret}{FEED_ENDING}"
        return views.feed_message(_facts(rota, work.now, url=url), language.for_person(work.viewer.person))


def _make(work: Work, rota: StoredRota | None) -> str:
    """A new secret in place of the one there was."""
    secret = secrets.token_urlsafe(32).replace("_", "-")  # Slack formats by "_"
    rota_id = rota.id if rota else None
    for before in feeds_of(work.session, work.viewer.team_id, work.viewer.person.id):
        if before.rota_id == rota_id:
            work.session.delete(before)
    work.session.add(
        RotaFeed(
            team_id=work.viewer.team_id,
            hash=hash_of(secret),
            person_id=work.viewer.person.id,
            rota_id=rota_id,
            made_at=work.now,
        )
    )
    return secret


def _made_at(feeds: list[RotaFeed], rota: StoredRota | None) -> datetime | None:
    return next((feed.made_at for feed in feeds if feed.rota_id == (rota.id if rota else None)), None)


def _facts(
    rota: StoredRota | None, now: datetime, *, url: str | None = None, made_at: datetime | None = None
) -> FeedFacts:
    name, key = (rota.name, rota.key) if rota else (None, "")
    return FeedFacts(name=name, key=key, url=url, made_at=made_at, now=now)


def _demand_address(desk: Desk) -> None:
    if not desk.public_url:
        raise UserError(Refusal.NO_FEEDS)
