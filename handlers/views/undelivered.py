"""What an owner is told when Slack refuses messages: where, why, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.views import blocks as kit
from handlers.views.blocks import Rendered
from handlers.views.clocks import sentences
from handlers.views.typed import Mrkdwn, escape
from handlers.views.words import Words, mark

INVITE = mark("Invite Vakt to the channel.")
ADVICE: Mapping[str, str] = {
    "is_archived": mark("Unarchive the channel, or give another one in the workspace file."),
    "not_in_channel": INVITE,
    "channel_not_found": INVITE,
    "restricted_action": mark("Let apps post in the channel, or give another one in the workspace file."),
}
OTHERWISE = mark("`vakt doctor` tells what is wrong.")


@dataclass(frozen=True, slots=True)
class UndeliveredFacts:
    """Where Slack refuses messages, with its own word for why, and how many it has refused there today."""

    channel: str
    code: str
    count: int
    number: str | None = None


def undelivered(facts: UndeliveredFacts, words: Words) -> Rendered:
    """The place, Slack's reason, and the way out."""
    where = Mrkdwn(f"<@{facts.channel}>" if facts.channel[:1] in "UW" else f"<#{facts.channel}>")
    said = words.say("Slack refuses messages to {where}: {code}.", where=where, code=Mrkdwn(f"`{escape(facts.code)}`"))
    count = words.count("{n} message stands undelivered.", "{n} messages stand undelivered.", facts.count)
    first = words.say("One of them is of {number}.", number=facts.number) if facts.number else Mrkdwn("")
    advice = words.say(ADVICE.get(facts.code, OTHERWISE))
    after = words.say("Then send them again: `vakt outbox retry`.")
    text = sentences(said, count, first, advice, after)
    return kit.rendered(text, [kit.section(text)])
