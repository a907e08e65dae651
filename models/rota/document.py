"""A rota as it is written: its shape, what its parts say about each other, and the rota it describes.

`RotaDocument` is a part of a larger file or stands alone (`read_rota`); its checks need nothing but itself.
`spec_of` makes the rota, given the calendars it names. Times are wall times in the rota's zone.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.rota.hours import HoursOf, Restriction, Weekly, first_at_wall
from models.rota.notations import MIDNIGHT, CalendarName, Clock, Day, Key, Name, Wall, Zone, minutes_of
from models.rota.recurrence import FIRST_YEAR, Recurrence, handovers
from models.rota.shift import RotaError
from models.rota.spec import Layer, RotaSpec, Temporary
from models.sla.calendar import Calendar
from models.sla.day_table import instant
from models.sla.policy_values import DAYS


class Part(BaseModel):
    """A part of the file: a key nobody knows is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)


class RestrictionPart(Part):
    """When a layer is on call: weekly windows that may cross midnight, or the hours of a contract's calendar."""

    days: list[Day] = []
    start: Clock | None = Field(None, alias="from")
    end: Clock | None = Field(None, alias="to")
    hours_of: CalendarName | None = None
    outside_hours_of: CalendarName | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "RestrictionPart":
        window = bool(self.days or self.start or self.end)
        if [window, self.hours_of is not None, self.outside_hours_of is not None].count(True) != 1:
            message = "write days with from and to, or hours_of, or outside_hours_of: one in each restriction"
            raise ValueError(message)
        if window and not (self.days and self.start and self.end):
            message = 'a window needs days, from and to, such as days = ["mon"], from = "17:00", to = "08:00"'
            raise ValueError(message)
        if window and self.start in {self.end, "24:00"}:
            message = f'from is "{self.start}" and to is "{self.end}"; a whole day is from "00:00" to "24:00"'
            raise ValueError(message)
        return self

    @property
    def calendar(self) -> str | None:
        """The calendar it names, if it names one."""
        return self.hours_of or self.outside_hours_of

    def restriction(self, calendars: Mapping[str, Calendar]) -> Restriction:
        """The restriction it describes."""
        if self.calendar:
            return HoursOf(self.calendar, calendars[self.calendar], outside=self.hours_of is None)
        opens, closes = minutes_of(self.start or ""), minutes_of(self.end or "")
        days = frozenset(DAYS.index(day) for day in self.days)
        return Weekly(days, opens, closes if closes > opens else closes + MIDNIGHT)


class LayerPart(Part):
    """People who take turns: `rotation` says when the next one takes over, counted from `starts`."""

    name: Key
    people: list[Key] = Field([], max_length=100)
    starts: Wall | None = None
    rotation: str | None = None
    restrictions: list[RestrictionPart] = Field([], max_length=50)
    from_calendar: bool = False

    @model_validator(mode="after")
    def _has_people_in_turn(self) -> "LayerPart":
        if self.from_calendar:
            if self.people or self.starts or self.rotation or self.restrictions:
                message = "from_calendar stands alone: people and times come from the calendar"
                raise ValueError(message)
            return self
        _check_people(self.people)
        if self.starts is None or self.rotation is None:
            message = 'starts and rotation are missing, such as starts = 2026-01-05T08:00:00, rotation = "FREQ=WEEKLY"'
            raise ValueError(message)
        handovers_of(self.rotation, self.starts)
        return self

    def layer(self, calendars: Mapping[str, Calendar]) -> Layer:
        """The layer it describes."""
        starts = self.starts or datetime(FIRST_YEAR, 1, 1)  # noqa: DTZ001 - wall time
        return Layer(
            name=self.name,
            people=tuple(self.people),
            starts=starts,
            rotation=handovers_of(self.rotation, starts),
            restrictions=tuple(each.restriction(calendars) for each in self.restrictions),
            from_calendar=self.from_calendar,
        )


class TemporaryPart(Part):
    """A temporary schedule: a layer for some time, in the place of the one it `replaces`, or beside the others.

    It starts at `from` unless `starts` says otherwise; one person needs no rotation.
    """

    name: Key
    begin: Wall = Field(alias="from")
    end: Wall = Field(alias="until")
    replaces: Key | None = None
    people: list[Key] = Field(max_length=100)
    starts: Wall | None = None
    rotation: str | None = None
    restrictions: list[RestrictionPart] = Field([], max_length=50)

    @model_validator(mode="after")
    def _has_people_in_turn(self) -> "TemporaryPart":
        _check_people(self.people)
        if self.end <= self.begin:
            message = f"until is {self.end.isoformat()}; it must be after from, {self.begin.isoformat()}"
            raise ValueError(message)
        if self.starts and self.starts > self.begin:
            message = f"starts is {self.starts.isoformat()}; it must not be after from, {self.begin.isoformat()}"
            raise ValueError(message)
        if self.rotation is None and len(self.people) > 1:
            message = 'rotation is missing: several people need one, such as rotation = "FREQ=DAILY"'
            raise ValueError(message)
        handovers_of(self.rotation, self.starts or self.begin)
        return self

    def temporary(self, zone: ZoneInfo, calendars: Mapping[str, Calendar]) -> Temporary:
        """The temporary schedule it describes."""
        starts = self.starts or self.begin
        layer = Layer(
            name=self.name,
            people=tuple(self.people),
            starts=starts,
            rotation=handovers_of(self.rotation, starts),
            restrictions=tuple(each.restriction(calendars) for each in self.restrictions),
        )
        since, until = (instant(first_at_wall(zone, at)) for at in (self.begin, self.end))
        return Temporary(layer=layer, since=since, until=until, replaces=self.replaces)


class RotaDocument(Part):
    """One rota of the file. `user_group` is the id of a Slack user group that is kept equal to who is on call."""

    key: Key
    name: Name
    zone: Zone
    owner: Key
    user_group: Annotated[str, Field(pattern=r"^S[A-Z0-9]{2,20}$")] | None = None
    layers: list[LayerPart] = Field(max_length=10)
    temporary: list[TemporaryPart] = Field([], max_length=100)

    @model_validator(mode="after")
    def _fits_together(self) -> "RotaDocument":
        if not self.layers:
            message = "layers is empty; a rota has at least one, such as primary"
            raise ValueError(message)
        self._bare()
        return self

    @property
    def _parts(self) -> list[LayerPart | TemporaryPart]:
        return [*self.layers, *self.temporary]

    @property
    def people(self) -> frozenset[str]:
        """Everybody who may be on call by it."""
        return frozenset(person for part in self._parts for person in part.people)

    @property
    def handles(self) -> frozenset[str]:
        """Everybody it names, the owner included."""
        return self.people | {self.owner}

    def called(self, names: Mapping[str, str]) -> "RotaDocument":
        """The same with everybody under another name: people are stored by id, since handles change."""
        parts = {
            kind: [part.model_copy(update={"people": [names[one] for one in part.people]}) for part in given]
            for kind, given in (("layers", self.layers), ("temporary", self.temporary))
        }
        return self.model_copy(update={"owner": names[self.owner], **parts})

    @property
    def calendars(self) -> frozenset[str]:
        """The calendars it names, each as "contract id/calendar name"."""
        return frozenset(each.calendar for part in self._parts for each in part.restrictions if each.calendar)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed and yet worth a second look."""
        alone = [part for part in self.layers if len(set(part.people)) == 1]
        return tuple(
            f"layers.{part.name}.people is only {part.people[0]}, whom nobody relieves; name another" for part in alone
        )

    def _bare(self) -> None:
        """Make the rota without its restrictions: what a rota refuses is refused as the file is read."""
        layers = tuple(part.model_copy(update={"restrictions": []}).layer({}) for part in self.layers)
        temporary = (part.model_copy(update={"restrictions": []}) for part in self.temporary)
        zone = ZoneInfo(self.zone)
        spec_temporary = tuple(part.temporary(zone, {}) for part in temporary)
        RotaSpec(key=self.key, name=self.name, zone=zone, owner=self.owner, layers=layers, temporary=spec_temporary)


def read_rota(document: Mapping[str, Any]) -> RotaDocument:
    """A rota that stands alone. Raises RotaError with every mistake, a line each, by key."""
    try:
        return RotaDocument.model_validate(document)
    except ValidationError as error:
        lines = (f"{_where(document, each['loc'])}: {_told(each['msg'])}" for each in error.errors())
        raise RotaError("\n".join(lines)) from error


def spec_of(document: RotaDocument, calendars: Mapping[str, Calendar]) -> RotaSpec:
    """The rota of a document. `calendars` holds those it names; RotaError names one that is not there."""
    missing = sorted(document.calendars - calendars.keys())
    if missing:
        there = ", ".join(sorted(calendars)) or "none"
        raise RotaError(f"{document.key}: there is no calendar {', '.join(missing)}; there is {there}")
    zone = ZoneInfo(document.zone)
    return RotaSpec(
        key=document.key,
        name=document.name,
        zone=zone,
        owner=document.owner,
        layers=tuple(part.layer(calendars) for part in document.layers),
        temporary=tuple(part.temporary(zone, calendars) for part in document.temporary),
    )


def handovers_of(rotation: str | None, starts: datetime) -> Recurrence | None:
    """The rotation of a layer; the message of a refusal begins with its key."""
    try:
        return handovers(rotation, starts) if rotation is not None else None
    except RotaError as error:
        message = f"rotation {error}"
        raise RotaError(message) from error


def _check_people(people: list[str]) -> None:
    if not people:
        message = 'people is empty; name at least one, such as people = ["kari", "ola"]'
        raise ValueError(message)


def _where(document: Any, path: tuple[int | str, ...]) -> str:  # noqa: ANN401 - a file may hold anything
    """The key as its reader finds it: layers by their name rather than their number."""
    words = []
    for step in path:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            document = None
        named = document.get("name") if isinstance(step, int) and isinstance(document, dict) else None
        words.append(str(named or step))
    return ".".join(words) or "the rota"


def _told(message: str) -> str:
    return message.removeprefix("Value error, ")
