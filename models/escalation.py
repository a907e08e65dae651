"""An escalation as it is frozen into a page: whom to page in which order, and how long to wait for each."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

FIRST_WAIT, FURTHER_WAIT = 5, 15
"""Minutes until a page goes on from the first step, and from those after it, unless a policy says otherwise."""

PROGRESS = 15
"""Minutes after an acknowledgement in which work is to start, unless a policy says otherwise."""


class StepKind(StrEnum):
    """Whom a step pages."""

    ROLE = "role"
    ROTA = "rota"
    PERSON = "person"
    CHANNEL = "channel"
    GROUP = "group"
    MAIL = "mail"
    WEBHOOK = "webhook"


HOST = re.compile(r"[/?#]")
"""What ends the host of an address."""

ADDRESSED = frozenset({StepKind.MAIL, StepKind.WEBHOOK})
"""Steps that reach an address and no person: nobody can answer there, so they are waited for and no more."""


class GroupFault(StrEnum):
    """Why a user group's step reaches nobody."""

    EMPTY = "empty"
    STRANGERS = "strangers"
    """None of its members works at a desk, or those who do cannot be asked."""
    UNKNOWN = "unknown"
    NOT_ALLOWED = "not_allowed"
    AWAY = "away"
    """Slack did not say in time who is in it."""


class Why(StrEnum):
    """Why a page went on from somebody, or ended."""

    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    PASSED_ON = "passed_on"
    NO_PROGRESS = "no_progress"
    REFUSED = "refused"
    LEFT = "left"
    ACKNOWLEDGED = "acknowledged"
    STARTED = "started"
    RESOLVED = "resolved"
    NEXT_OPENING = "next_opening"
    RECLASSIFIED = "reclassified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `of` is by `kind`: a role, a rota's key, an id, a user group's id or handle, an address.

    `name` is a group's handle where `of` is its id.
    Its people are asked one after the other, each for `wait` minutes, or all at once when `together`.
    `hours_of` and `outside_hours_of` name a calendar ("contract/calendar") inside or outside whose
    hours the step is taken.
    """

    kind: StepKind
    of: str
    wait: int
    together: bool = False
    hours_of: str | None = None
    outside_hours_of: str | None = None
    name: str | None = None

    @property
    def shown(self) -> str:
        """A group or an address as people may read it: of a webhook the host alone, for its address may be a secret."""
        if self.kind is StepKind.GROUP:
            return f"@{(self.name or self.of).removeprefix('@')}"
        if self.kind is StepKind.WEBHOOK:
            return HOST.split(self.of.partition("://")[2])[0].rpartition("@")[2]
        return self.of

    @property
    def stored(self) -> dict[str, Any]:
        """As it is kept in a plan. A name that is not there is left out, as versions before it know none."""
        return {key: value for key, value in asdict(self).items() if key != "name" or value is not None}

    @property
    def waits(self) -> timedelta:
        """How long somebody is waited for."""
        return timedelta(minutes=self.wait)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps, how often they are `repeats` after the first round, and the minutes to `progress`.

    `once`: nobody is paged a second time in a round. `policy` is the key it was made from, if any.
    """

    steps: tuple[Step, ...]
    repeats: int = 0
    progress: int = PROGRESS
    once: bool = False
    policy: str | None = None

    @property
    def stored(self) -> dict[str, Any]:
        """As it is kept in a page."""
        return asdict(self) | {"steps": [step.stored for step in self.steps]}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Plan":
        """A plan as it was kept."""
        steps = tuple(Step(**{**step, "kind": StepKind(step["kind"])}) for step in stored["steps"])
        return cls(**{**stored, "steps": steps})
