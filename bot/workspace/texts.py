"""`[desks.texts.…]` in `workspace.toml`: what a desk says of outages in its own words, by language."""

from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

PLACES = ("name", "title", "services", "cause", "since", "text")
"""What may be filled in."""

LONGEST = 500

TextName = Literal["outage", "outage_update", "outage_ended"]
"""The announcement's head; the line of an update; the line of the end."""

TextLanguage = Literal["en", "nb", "sv"]


def _with_known_places(pattern: str) -> str:
    """A text whose places are filled by name and nothing else; its markup is Slack's, without mentions and links."""
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError as error:
        message = f"its braces do not match ({error}); write {{title}} for a place, {{{{ for a brace"
        raise ValueError(message) from error
    for _, name, form, conversion in parts:
        if name is None:
            continue
        if name not in PLACES or form or conversion:
            message = f"{{{name}}} is no place; there is {', '.join(f'{{{each}}}' for each in PLACES)}"
            raise ValueError(message)
    if "<" in pattern or ">" in pattern:
        message = "write words, *bold* and _italic_; < and > would make mentions and links"
        raise ValueError(message)
    return pattern


Pattern = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST),
    AfterValidator(_with_known_places),
]

DeskTexts = Annotated[dict[TextName, dict[TextLanguage, Pattern]], Field(max_length=3)]
"""By what it is for, then by language."""


def say_the_news(where: str, texts: DeskTexts) -> None:
    """An update's line says what is new, and the head has nothing to say beside the outage.

    Raises:
        ValueError: with the key.
    """
    for language, pattern in texts.get("outage_update", {}).items():
        if "{text}" not in pattern:
            message = f"{where}.outage_update.{language} has no {{text}}, which is what is new"
            raise ValueError(message)
    for language, pattern in texts.get("outage", {}).items():
        if "{text}" in pattern:
            message = f"{where}.outage.{language} has {{text}}, which only updates and ends have"
            raise ValueError(message)
