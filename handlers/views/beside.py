"""A page by a second channel: the same words, in plain text."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.views.blocks import Rendered
from handlers.views.typed import Mrkdwn, as_typed, one_line
from handlers.views.words import Words, mark

SUBJECT = 150


@dataclass(frozen=True, slots=True)
class Plain:
    """A message without Slack: where it goes, its subject, and all of it in plain text."""

    address: str
    subject: str
    text: str


NOT_TAKEN = mark("Slack has not taken this page. Acknowledge it there as soon as you can, or tell the desk.")
BESIDES: Mapping[str, str] = {
    "quiet": mark(
        "Do-not-disturb is on in your Slack, so it wakes you with nothing. The page waits there: acknowledge it."
    ),
    "rule": mark("It comes this way too because you want it so. The page waits in Slack: acknowledge it there."),
}
"""Why it comes though Slack has it."""


TO_ADDRESS = mark("This address is a step of the desk's escalation. Acknowledge the page in Slack, or call the desk.")


def page_to_address(said: Rendered, address: str, names: Mapping[str, str], words: Words) -> Plain:
    """What a page says to the address of a step."""
    return _plain(said, address, names, as_typed(words.say(TO_ADDRESS)))


def page_beside(said: Rendered, address: str, names: Mapping[str, str], besides: str | None, words: Words) -> Plain:
    """What the page says in Slack, and why it comes another way."""
    return _plain(said, address, names, as_typed(words.say(BESIDES[besides] if besides else NOT_TAKEN)))


def _plain(said: Rendered, address: str, names: Mapping[str, str], why: str) -> Plain:
    lines = [as_typed(text, names).replace("*", "") for text in _sections(said)]
    return Plain(address, one_line(as_typed(said.text, names), SUBJECT), "\n".join([*lines, "", why]))


def _sections(said: Rendered) -> list[Mrkdwn]:
    """The texts of its sections, in order."""
    texts = [block["text"] for block in said.blocks if block["type"] == "section"]
    return [Mrkdwn(str(text["text"])) for text in texts if isinstance(text, Mapping)]
