"""Alerts that came in: which route each takes, and what becomes of its ticket.

A delivery that comes again changes nothing, and of a delivery everything is stored or nothing.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers import alert_tickets
from handlers.alert_muting import mutes
from handlers.alert_tickets import Automatic, Batch, Remembered, UnusableError, Wanted, open_for, settle
from handlers.desk import Desk
from handlers.owed import note
from handlers.views import automatic
from handlers.views.words import Words
from models import alert as stored
from models import outbox, typed_text
from models.alert import AlertGroup
from models.alerting.alert import HOOK, Alert
from models.alerting.document import RouteDocument
from models.alerting.route import Route, group_key, member_key, route_of, storm_key
from models.desk import a_desk
from models.history import Event
from models.ids import new_id
from models.outbox import Kind, Outgoing, Priority
from models.person import sender_id
from models.received import Received, received_before
from models.store import Session
from models.ticket import Status, Ticket

SAME_FOR = timedelta(minutes=5)
"""Machine time in which the same body from the same hook is the same delivery, tried again."""
TOLD_EVERY = timedelta(minutes=10)
"""How often at most a thread is told that its alert goes on."""
STORM_WITHIN = timedelta(minutes=1)
STORM_LISTS = 10
"""How many of a storm's alerts its ticket names."""
MOST_FIRING = 1_000
"""Alerts of one ticket that are told apart; how many more there are is counted only."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one request brought: by which hook, under which key, and whether that key names it for good."""

    hook: str
    key: str
    alerts: tuple[Alert, ...]
    named: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """An alert on its route; `groups` are those of its whole batch."""

    at: Automatic
    alert: Alert
    route: Route
    groups: "_Groups"

    @property
    def session(self) -> Session:
        return self.at.session

    @property
    def now(self) -> datetime:
        return self.at.now


class _Groups:
    """The groups of a batch, asked for together before it is gone through."""

    def __init__(self, session: Session, team_id: str, keys: Collection[str]) -> None:
        """Ask for those of these keys."""
        self._session, self._team_id = session, team_id
        found = {group.key: group for group in stored.groups_with_keys(session, team_id, keys)} if keys else {}
        self._groups: dict[str, AlertGroup | None] = {key: found.get(key) for key in keys}

    def at(self, key: str) -> AlertGroup | None:
        """The group of a key."""
        if key not in self._groups:
            self._groups[key] = stored.group_by_key(self._session, self._team_id, key)
        return self._groups[key]

    def keep(self, group: AlertGroup) -> None:
        """A group that is new, or goes on."""
        self._groups[group.key] = group
        self._session.add(group)


def take_in(deliveries: Sequence[Delivery], team_id: str, desk: Desk, remembered: Remembered) -> None:
    """Store what deliveries bring, in one transaction."""
    with desk.transaction() as session:
        roster, now = stored.one_at_a_time(session, team_id), desk.now()
        at = Automatic(
            session=session,
            agreements=desk.agreements,
            team_id=team_id,
            sender="",
            now=now,
            machine_now=desk.machine_now(),
            known=remembered.under(team_id, roster, now),
            pouring=remembered.pouring,
            batch=Batch(),
        )
        _take_all(at, _routed(at, _new_ones(at, deliveries)))
        at.finish()


def _routed(at: Automatic, deliveries: Sequence[Delivery]) -> list[tuple[str, Alert, Route | None]]:
    """Every alert with its route, under the hook it came by."""
    routes = routes_of(at.session, at.team_id)
    alerts = [(each.hook, alert.under(each.hook)) for each in deliveries for alert in each.alerts]
    return [(hook, alert, route_of(alert, routes)) for hook, alert in alerts]


def _take_all(at: Automatic, routed: Sequence[tuple[str, Alert, Route | None]]) -> None:
    on_route = [(alert, route) for _, alert, route in routed if route is not None]
    keys = {group_key(alert, route) for alert, route in on_route} | {storm_key(route) for _, route in on_route}
    groups = _Groups(at.session, at.team_id, keys)
    for hook, alert, route in routed:
        here = replace(at, sender=sender_id("hook", hook))
        if route is None:
            _tell_unrouted(here, alert, None)
        elif not mutes(here, alert, route):
            _take(_Case(here, alert, route, groups))


def take_again(at: Automatic, alerts: Sequence[Alert]) -> None:
    """Alerts that were held back and still fire, as if they came now."""
    routes = routes_of(at.session, at.team_id)
    _take_all(at, [(alert.label(HOOK), alert, route_of(alert, routes)) for alert in alerts])


_kept: dict[str, tuple[str, tuple[Route, ...]]] = {}
"""The routes of each team as they were read last, under their revision."""


def routes_of(session: Session, team_id: str) -> tuple[Route, ...]:
    """A team's routes, in order."""
    revision, kept = stored.routes_revision(session, team_id), _kept.get(team_id)
    if revision is not None and kept is not None and kept[0] == revision:
        return kept[1]
    found = stored.routes_stored(session, team_id)
    if found is None:
        return ()
    routes = tuple(RouteDocument.model_validate(each).route for each in found.routes)
    _kept[team_id] = (found.revision, routes)
    return routes


def _new_ones(at: Automatic, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Those that did not come before. It is noted that they came."""
    before = received_before(at.session, at.team_id, [_name(each) for each in deliveries])
    return [each for each in deliveries if _is_new(at, each, before)]


def _name(delivery: Delivery) -> str:
    return f"hook:{delivery.hook}:{delivery.key}"


def _is_new(at: Automatic, delivery: Delivery, known: dict[str, Received]) -> bool:
    """Note that it came; False when it is one that came before."""
    key = _name(delivery)
    before = known.get(key)
    if before is None:
        known[key] = Received(team_id=at.team_id, key=key, stored_at=at.machine_now)
        at.session.add(known[key])
        return True
    if delivery.named or at.machine_now - before.stored_at < SAME_FOR:
        return False
    before.stored_at = at.machine_now
    return True


def _take(case: _Case) -> None:
    try:
        if case.alert.firing:
            _fire(case)
        else:
            _end(case)
    except UnusableError:
        _tell_unrouted(case.at, case.alert, case.route)


def _fire(case: _Case) -> None:
    group = case.groups.at(group_key(case.alert, case.route))
    ticket = case.at.ticket(group.ticket_number) if group else None
    if group is None or ticket is None:
        _begin(case, group)
    elif not ticket.ended:
        _go_on(case, group, ticket)
    elif _may_reopen(case, ticket):
        alert_tickets.reopen(case.at, ticket, _said(case, ticket, automatic.AGAIN))
        _count(case, group)
    else:
        _begin(case, group)


def _may_reopen(case: _Case, ticket: Ticket) -> bool:
    if ticket.status != Status.RESOLVED or ticket.resolved_at is None:
        return False
    return case.now - ticket.resolved_at <= timedelta(minutes=case.route.reopen_minutes)


def _begin(case: _Case, group: AlertGroup | None) -> None:
    """A ticket of its own, or a place in the route's storm."""
    storm = _seen(case)
    if len(storm.recent) > case.route.storm:
        number, part_of = _join(case, storm), storm.key
    else:
        number, part_of = open_for(case.at, _wanted(case, lambda _: (case.alert.summary, case.alert.told))).number, None
    kept = group or _row(case, group_key(case.alert, case.route))
    kept.ticket_number, kept.storm = number, part_of
    kept.count, kept.first_at, kept.told_at, kept.told_count = 0, case.now, None, 0
    kept.firing, kept.hook = [], case.alert.label(HOOK)
    _count(case, kept)
    case.groups.keep(kept)


def _row(case: _Case, key: str) -> AlertGroup:
    return AlertGroup(
        team_id=case.at.team_id,
        key=key,
        route=case.route.key,
        hook=case.alert.label(HOOK),
        first_at=case.now,
        last_at=case.now,
    )


def _count(case: _Case, group: AlertGroup) -> None:
    """It has come once more."""
    member = member_key(case.alert)
    group.count, group.last_at, group.resolved_at = group.count + 1, case.now, None
    if member not in group.firing and len(group.firing) < MOST_FIRING:
        group.firing = [*group.firing, member]


def _wanted(case: _Case, tell: alert_tickets.Tell) -> Wanted:
    route = case.route
    return Wanted(
        customer=route.customer,
        tell=tell,
        severity=route.severity,
        kind=route.kind,
        item=route.item,
        page=route.page,
        tell_customer=route.tell_customer,
    )


# Storms


def _seen(case: _Case) -> AlertGroup:
    """The route's own row, with this new alert among those of the last minute."""
    key = storm_key(case.route)
    row = case.groups.at(key)
    if row is None:
        row = _row(case, key)
        case.groups.keep(row)
    recent = [at for at in row.recent if case.now - datetime.fromisoformat(at) < STORM_WITHIN]
    row.recent = [*recent, case.now.isoformat()][-(case.route.storm + 1) :]
    return row


def _join(case: _Case, storm: AlertGroup) -> int:
    """Gather the alert into the storm's ticket, which is opened with the first; gives its number."""
    ticket = case.at.ticket(storm.ticket_number)
    if ticket is None or ticket.ended:
        ticket = open_for(case.at, _wanted(case, lambda words: _storm_told(case, words)))
        storm.ticket_number, storm.count, storm.first_at = ticket.number, 0, case.now
        storm.told_at, storm.told_count = None, 0
    elif storm.count < STORM_LISTS:
        text = typed_text.text_by_id(case.session, ticket.team_id, ticket.details_id)
        if text is not None:
            text.body = f"{text.body}\n{_named(case)}"
        case.at.ledger.touch(ticket)
    storm.count, storm.last_at = storm.count + 1, case.now
    _tell(case, storm, ticket)
    return ticket.number


def _storm_told(case: _Case, words: Words) -> tuple[str, str]:
    return automatic.storm(case.route.key, case.route.storm, _named(case), words)


def _named(case: _Case) -> str:
    return automatic.named(case.alert.summary)


# What goes on, and what is over


def _go_on(case: _Case, group: AlertGroup, ticket: Ticket) -> None:
    _count(case, group)
    storm = case.groups.at(group.storm) if group.storm else None
    if storm is not None:
        storm.count, storm.last_at = storm.count + 1, case.now
    _tell(case, storm or group, ticket)


def _tell(case: _Case, group: AlertGroup, ticket: Ticket) -> None:
    """A line in the thread, at most every ten minutes; it tells of all that came until then."""
    if case.now - (group.told_at or group.first_at) < TOLD_EVERY:
        return
    note(case.at.ledger, ticket, case.at.happening(Event.ALERTED_AGAIN, count=group.count))
    group.told_at, group.told_count = case.now, group.count


def _end(case: _Case) -> None:
    group = case.groups.at(group_key(case.alert, case.route))
    if group is None or group.resolved_at is not None:
        return
    group.firing = [each for each in group.firing if each != member_key(case.alert)]
    if group.firing:
        return
    group.resolved_at = case.now
    case.session.flush()
    ticket = case.at.ticket(group.ticket_number)
    if ticket is None or ticket.ended:
        return
    if group.storm and stored.firing_under(case.session, case.at.team_id, ticket.number):
        return
    note(case.at.ledger, ticket, case.at.happening(Event.ALERT_ENDED))
    if case.route.resolves and ticket.work_started_at is None:
        settle(case.at, ticket, _said(case, ticket, automatic.OVER))


def _said(case: _Case, ticket: Ticket, message: str) -> str:
    return alert_tickets.words_of(case.at, ticket).plain(message)


# What no route takes


def _tell_unrouted(at: Automatic, alert: Alert, route: Route | None) -> None:
    """Tell the desk of an alert that opens nothing: once an hour for each name and hook."""
    desk = a_desk(at.session, at.team_id)
    if desk is None or not alert.firing:
        return
    name = alert.label("alertname") or alert.key
    group = hashlib.sha256(f"{alert.label(HOOK)}\x00{name}".encode()).hexdigest()[:32]
    row = Outgoing(
        team_id=at.team_id,
        id=new_id(),
        key=f"unrouted:{group}:{at.now:%Y-%m-%dT%H}",
        kind=Kind.UNROUTED,
        conversation=desk.channel_id,
        args={
            "desk": desk.id,
            "hook": alert.label(HOOK),
            "summary": alert.summary,
            "labels": sorted(f"{name}={value}" for name, value in alert.labels.items() if name != HOOK)[:20],
            "route": route.key if route else None,
        },
        priority=Priority.REMINDER,
        ready_at=at.machine_now,
        created_at=at.machine_now,
    )
    outbox.owe(at.session, row)
