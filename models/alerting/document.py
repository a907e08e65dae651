"""Routes and expected beats as `workspace.toml` writes them and as they are stored."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from models.alerting.alert import LONGEST_NAME, LONGEST_VALUE
from models.alerting.beats import every, following, is_rule
from models.alerting.pattern import pattern
from models.alerting.route import Route

Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")]
LabelName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Value = Annotated[str, Field(max_length=LONGEST_VALUE)]
CONTRACT_WORD = Field(None, min_length=1, max_length=80)
LONGEST_REOPENING = 10_080


def _pattern(text: str) -> str:
    pattern(text)
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]
"""A regular expression that ends soon, whatever it is tried on."""


def _grace(text: str) -> str:
    if every(text).months:
        message = f'is "{text}"; write a stretch of time such as "15m" or "2h"'
        raise ValueError(message)
    return text


class _Part(BaseModel):
    """A part of the file: a key nobody knows is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RouteDocument(_Part):
    """A route: what fits it, whose ticket it opens, how urgent, and what is one ticket."""

    key: Key
    customer: Key
    match: dict[LabelName, Value] = Field({}, max_length=20)
    match_re: dict[LabelName, Pattern] = Field({}, max_length=20)
    severity: str | None = CONTRACT_WORD
    kind: str | None = CONTRACT_WORD
    item: str | None = CONTRACT_WORD
    page: bool = False
    dedup_by: list[LabelName] = Field([], max_length=20)
    resolves: bool = False
    reopen_minutes: int = Field(0, ge=0, le=LONGEST_REOPENING)
    storm: int = Field(20, ge=1, le=200)
    tell_customer: bool = False
    services: list[Key] = Field([], max_length=20)

    @property
    def route(self) -> Route:
        """The route it describes."""
        lists = {"dedup_by": tuple(self.dedup_by), "services": tuple(self.services)}
        return Route(**{**self.model_dump(), **lists})

    @property
    def stored(self) -> dict[str, Any]:
        """As it is kept: what differs from the defaults."""
        return self.model_dump(mode="json", exclude_defaults=True)


class HeartbeatDocument(_Part):
    """A sign of life that is expected every so often, and the ticket that opens when it does not come.

    `every` is an interval, counted from the last beat, or an RRULE whose wall times are in `zone`.
    """

    key: Key
    name: Annotated[str, Field(min_length=1, max_length=80)]
    every: Annotated[str, Field(max_length=200)]
    grace: Annotated[str, Field(max_length=10), AfterValidator(_grace)] = "15m"
    customer: Key
    severity: str | None = CONTRACT_WORD
    kind: str | None = CONTRACT_WORD
    item: str | None = CONTRACT_WORD
    zone: str = "UTC"
    starts: datetime | None = None

    @model_validator(mode="after")
    def _can_be_expected(self) -> "HeartbeatDocument":
        if not self.name.isprintable():
            message = f"{self.name!r} has a character that cannot be shown"
            raise ValueError(message)
        if self.starts is not None and not is_rule(self.every):
            message = "starts belongs to a rule; an interval counts from the last beat"
            raise ValueError(message)
        following(self.every, self.zone, self.starts)
        return self

    @property
    def after(self) -> Callable[[datetime], datetime]:
        """What gives the slot after an instant."""
        return following(self.every, self.zone, self.starts)

    @property
    def patience(self) -> timedelta:
        """How long after its slot a beat is waited for."""
        return every(self.grace).span

    @property
    def stored(self) -> dict[str, Any]:
        """As it is kept: what differs from the defaults."""
        return self.model_dump(mode="json", exclude_defaults=True)
