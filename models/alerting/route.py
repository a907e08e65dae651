"""Which route an alert takes, and which alerts are one ticket."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.alerting.alert import HOOK, Alert
from models.alerting.pattern import matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where alerts go that fit. `storm` new alerts a minute open a ticket each, further ones one together.

    `services`: what they are about, by key; without it the label `service` says so.
    """

    key: str
    customer: str
    match: Mapping[str, str] = field(default_factory=dict)
    match_re: Mapping[str, str] = field(default_factory=dict)
    severity: str | None = None
    kind: str | None = None
    item: str | None = None
    page: bool = False
    dedup_by: tuple[str, ...] = ()
    resolves: bool = False
    reopen_minutes: int = 0
    storm: int = 20
    tell_customer: bool = False
    services: tuple[str, ...] = ()

    def takes(self, alert: Alert) -> bool:
        """Whether the alert fits everything that is asked."""
        return all(alert.label(name) == value for name, value in self.match.items()) and all(
            matches(text, alert.label(name)) for name, text in self.match_re.items()
        )


def services_of(alert: Alert, route: Route) -> tuple[str, ...]:
    """The services that an alert on its route is about, by key."""
    named = alert.label("service")
    return route.services or ((named,) if named else ())


def route_of(alert: Alert, routes: Sequence[Route]) -> Route | None:
    """The first route that takes it."""
    return next((route for route in routes if route.takes(alert)), None)


def group_key(alert: Alert, route: Route) -> str:
    """What names the ticket of an alert: the route with the labels it goes by, else the alert itself."""
    values = [alert.label(name) for name in route.dedup_by] if route.dedup_by else [alert.label(HOOK), alert.key]
    return _hashed(route.key, *route.dedup_by, "", *values)


def member_key(alert: Alert) -> str:
    """What names one alert among those of its group."""
    return _hashed(alert.label(HOOK), alert.key)[:16]


def storm_key(route: Route) -> str:
    """What names a route's storm. No group is named so: those are of hexadecimal digits."""
    return f"storm:{route.key}"


def _hashed(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
