"""A page by a second channel: the same words, in plain text."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.views.blocks import Rendered
from handlers.views.typed import Mrkdwn, as_typed, one_line
from handlers.views.words import Words

SUBJECT = 150


@dataclass(frozen=True, slots=True)
class Plain:
    """A message without Slack: where it goes, its subject, and all of it in plain text."""

    address: str
    subject: str
    text: str


def page_beside(said: Rendered, address: str, names: Mapping[str, str], words: Words) -> Plain:
    """What the page says in Slack, and why it comes another way."""
    lines = [as_typed(text, names).replace("*", "") for text in _sections(said)]
    why = words.say("Slack has not taken this page. Acknowledge it there as soon as you can, or tell the desk.")
    return Plain(address, one_line(as_typed(said.text, names), SUBJECT), "\n".join([*lines, "", as_typed(why)]))


def _sections(said: Rendered) -> list[Mrkdwn]:
    """The texts of its sections, in order."""
    texts = [block["text"] for block in said.blocks if block["type"] == "section"]
    return [Mrkdwn(str(text["text"])) for text in texts if isinstance(text, Mapping)]
