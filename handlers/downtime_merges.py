"""Intervals that overlap: one, or two. Who answered, and when, is kept; each answer can be changed. Source: EM-14."""

from handlers import language
from handlers.availability import interval_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.once import Work, once
from handlers.origins import origin_of
from handlers.sla_acts import demand_agent
from handlers.views import sla as views
from handlers.views.facts import Refusal
from models.downtime import Downtime, DowntimeError, downtime_by_id, keep_apart, merge, take_apart
from models.sla.availability import overlapping


def merged(body: Body, desk: Desk) -> None:
    """*Merge*: the earlier interval stands for both from now on."""
    origin = origin_of(body)
    with once(desk, origin) as work:
        one, other = _two(work, *_named(body))
        merge(one, other, work.viewer.person.id, work.now)
        words = language.for_person(work.viewer.person)
    desk.log("downtime_merged", one=one.id, other=other.id)
    desk.aside.tell(origin.team_id, origin.sorry, views.merged_message(words))


def kept_apart(body: Body, desk: Desk) -> None:
    """*Keep apart*: they are two, and nobody is asked again."""
    origin = origin_of(body)
    with once(desk, origin) as work:
        one, other = _two(work, *_named(body))
        if one.id in (other.apart or ()):
            raise UserError(Refusal.SLA_MERGED)
        keep_apart(one, other, work.viewer.person.id, work.now)
        words = language.for_person(work.viewer.person)
    desk.log("downtime_kept_apart", one=one.id, other=other.id)
    desk.aside.tell(origin.team_id, origin.sorry, views.apart_message(words))


def _named(body: Body) -> tuple[str, str]:
    one, _, other = chosen(body).partition(":")
    return one, other


def _two(work: Work, one_id: str, other_id: str) -> tuple[Downtime, Downtime]:
    """Two intervals of one desk that overlap, for its agents.

    Raises:
        UserError: they are merged already, of two desks, or do not overlap.
    """
    one, other = _found(work, one_id), _found(work, other_id)
    pairs = overlapping([interval_of(one), interval_of(other)], work.now)
    if one.desk_id != other.desk_id or one.customers != other.customers or not pairs:
        raise UserError(Refusal.SLA_MERGED)
    return one, other


def _found(work: Work, downtime_id: str) -> Downtime:
    found = downtime_by_id(work.session, work.viewer.team_id, downtime_id)
    if found is None:
        raise UserError(Refusal.SLA_NOT_NOTED)
    demand_agent(work.session, work.viewer, found.desk_id)
    return found


def taken_apart(body: Body, desk: Desk) -> None:
    """*Take apart*: what was merged is two again."""
    origin = origin_of(body)
    with once(desk, origin) as work:
        other = _found(work, chosen(body))
        if other.merged_into is None:
            raise UserError(Refusal.SLA_MERGED)
        one = _found(work, other.merged_into)
        try:
            take_apart(one, other, work.viewer.person.id, work.now)
        except DowntimeError as error:
            raise UserError(Refusal.SLA_CHANGED_SINCE) from error
        words = language.for_person(work.viewer.person)
    desk.log("downtime_taken_apart", one=one.id, other=other.id)
    desk.aside.tell(origin.team_id, origin.sorry, views.taken_apart_message(words))
