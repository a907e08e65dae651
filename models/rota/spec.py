"""What a rota is made of, as values. `models.rota.document` reads them from a file."""

from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from zoneinfo import ZoneInfo

from models.rota.hours import Restriction
from models.rota.recurrence import Recurrence
from models.rota.shift import RotaError


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """People who take turns: the first from `starts` (wall time), each handover brings the next.

    Without a rotation the first person has it alone. A layer `from_calendar` has neither; its shifts come from
    `Changes.fixed`. `name` is what escalation steps, overrides and people call it.
    """

    name: str
    people: tuple[str, ...]
    starts: datetime
    rotation: Recurrence | None = None
    restrictions: tuple[Restriction, ...] = ()
    from_calendar: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Temporary:
    """A layer for [since, until): in the place of the layer `replaces`, or beside all others."""

    layer: Layer
    since: datetime
    until: datetime
    replaces: str | None = None

    def __post_init__(self) -> None:
        """Refuse a schedule that ends before it begins."""
        if self.until <= self.since:
            raise RotaError(f"temporary.{self.layer.name}: until must be after from, {self.since.isoformat()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaSpec:
    """One rota: its layers in the order in which people are asked."""

    key: str
    name: str
    zone: ZoneInfo
    owner: str
    layers: tuple[Layer, ...]
    temporary: tuple[Temporary, ...] = ()

    def __post_init__(self) -> None:
        """Refuse names that are there twice, and temporary schedules that nobody could tell apart."""
        names = [each.name for each in self.layers] + [each.layer.name for each in self.temporary]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise RotaError(f"layers: {', '.join(twice)} is there twice; every layer and schedule has its own name")
        for each in self.temporary:
            if each.replaces is not None and each.replaces not in {layer.name for layer in self.layers}:
                there = ", ".join(layer.name for layer in self.layers)
                raise RotaError(f'temporary.{each.layer.name}.replaces is "{each.replaces}"; the layers are {there}')
        for one, other in combinations([each for each in self.temporary if each.replaces is not None], 2):
            if one.replaces == other.replaces and one.since < other.until and other.since < one.until:
                raise RotaError(
                    f"temporary: {one.layer.name} and {other.layer.name} both replace {one.replaces} from"
                    f" {max(one.since, other.since).isoformat()}; end one before the other begins"
                )
