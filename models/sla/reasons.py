"""Why time is not counted, as values, and the words a reader is given for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Name = str | Mapping[str, str]
"""A name that is the same in every language, or one name per language code."""


class ReasonKind(StrEnum):
    """The kinds of time that a clock leaves out."""

    CLOSED = "closed"
    LUNCH = "lunch"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    CLOSURE = "closure"
    HALF_DAY = "half_day"
    EXTRA = "extra"
    PAUSE = "pause"


@dataclass(frozen=True)
class Reason:
    """One reason. `name` says which holiday, closure, half day or extra opening, or what a pause waits for."""

    kind: ReasonKind
    name: Name | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Equal for reasons that read the same, whatever mapping carries the name."""
        name = self.name if isinstance(self.name, str | None) else repr(sorted(self.name.items()))
        return (self.kind, name or "")


CLOSED = Reason(ReasonKind.CLOSED)
LUNCH = Reason(ReasonKind.LUNCH)
WEEKEND = Reason(ReasonKind.WEEKEND)

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        ReasonKind.CLOSED: "closed",
        ReasonKind.LUNCH: "lunch",
        ReasonKind.WEEKEND: "weekend",
        ReasonKind.HOLIDAY: "public holiday",
        ReasonKind.CLOSURE: "closure",
        ReasonKind.HALF_DAY: "half day",
        ReasonKind.EXTRA: "extra opening",
        ReasonKind.PAUSE: "waiting",
    },
    "nb": {
        ReasonKind.CLOSED: "stengt",
        ReasonKind.LUNCH: "lunsj",
        ReasonKind.WEEKEND: "helg",
        ReasonKind.HOLIDAY: "helligdag",
        ReasonKind.CLOSURE: "stengt periode",
        ReasonKind.HALF_DAY: "kort dag",
        ReasonKind.EXTRA: "ekstra åpent",
        ReasonKind.PAUSE: "venter",
    },
    "sv": {
        ReasonKind.CLOSED: "stängt",
        ReasonKind.LUNCH: "lunch",
        ReasonKind.WEEKEND: "helg",
        ReasonKind.HOLIDAY: "helgdag",
        ReasonKind.CLOSURE: "stängd period",
        ReasonKind.HALF_DAY: "halvdag",
        ReasonKind.EXTRA: "extra öppet",
        ReasonKind.PAUSE: "väntar",
    },
}

WAITS: Mapping[str, Mapping[str, str]] = {
    "en": {"customer": "waiting for customer", "access": "waiting for access"},
    "nb": {"customer": "venter på kunden", "access": "venter på tilgang"},
    "sv": {"customer": "väntar på kunden", "access": "väntar på åtkomst"},
}


def words(reason: Reason | Sequence[Reason], language: str) -> str:
    """The reason, or several in their order, as a reader of `language` says them.

    Languages: "en", "nb", "sv"; any other is answered in English. A holiday is called by the
    name it has in its own country; closures, half days and extra openings by their own name.
    """
    if isinstance(reason, Reason):
        return _words(reason, language)
    return ", ".join(dict.fromkeys(_words(one, language) for one in reason))


def _words(reason: Reason, language: str) -> str:
    if reason.kind is ReasonKind.PAUSE and isinstance(reason.name, str):
        return WAITS.get(language, WAITS["en"]).get(reason.name, reason.name)
    return _named(reason.name, language) or WORDS.get(language, WORDS["en"])[reason.kind]


def _named(name: Name | None, language: str) -> str | None:
    if name is None or isinstance(name, str):
        return name
    return name.get(language) or name.get("en") or next(iter(name.values()), None)
