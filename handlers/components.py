"""Which components of a service are meant, where only some are: offered in a window, and read from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.errors import UserError
from handlers.fields import values_in
from handlers.views.facts import Refusal
from handlers.views.names import Field
from models.service import Service

MOST = 12
"""Components in one outage or maintenance; who means more means the service."""


def offered(services: Sequence[Service]) -> tuple[tuple[str, str], ...]:
    """What can be chosen of these services: value and label."""
    return tuple(
        (value_of(service.key, place), f"{service.name}: {component}")
        for service in services
        for place, component in enumerate(service.components)
    )


def value_of(key: str, place: int) -> str:
    """How a component is named in a menu, as "portal:0"."""
    return f"{key}:{place}"


def chosen_in(state: Mapping[str, Any]) -> tuple[str, ...]:
    """The values of what was chosen."""
    return values_in(state, Field.COMPONENTS)


def narrowed(values: Sequence[str], services: Sequence[Service]) -> dict[str, list[str]] | None:
    """By service, the components that were chosen; None where whole services are meant.

    Raises:
        UserError: one is of a service that was not chosen, there is none of that name any more, or there are too many.
    """
    known = {
        value_of(service.key, place): (service.key, component)
        for service in services
        for place, component in enumerate(service.components)
    }
    if any(value not in known for value in values):
        raise UserError(Refusal.COMPONENT_ELSEWHERE, Field.COMPONENTS)
    if len(values) > MOST:
        raise UserError(Refusal.COMPONENTS_MANY, Field.COMPONENTS, count=MOST)
    found: dict[str, list[str]] = {}
    for key, component in (known[value] for value in known if value in values):
        found.setdefault(key, []).append(component)
    whole = {service.key for service in services if found.get(service.key) == service.components}
    return {key: components for key, components in found.items() if key not in whole} or None
