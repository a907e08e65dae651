"""What an owner is told when Slack refuses messages: where, why, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.views import blocks as kit
from handlers.views.blocks import Rendered
from handlers.views.clocks import WAY, sentences
from handlers.views.facts import PersonFact
from handlers.views.typed import Mrkdwn, escape
from handlers.views.words import Words, mark

INVITE = mark("Invite Vakt to the channel.")
ADVICE: Mapping[str, str] = {
    "is_archived": mark("Unarchive the channel, or give another one in the workspace file."),
    "not_in_channel": INVITE,
    "channel_not_found": INVITE,
    "restricted_action": mark("Let apps post in the channel, or give another one in the workspace file."),
}
OF_A_PERSON = mark("Look at the address in the workspace file, and at the settings of `vakt run`.")
OTHERWISE = mark("`vakt doctor` tells what is wrong.")


@dataclass(frozen=True, slots=True)
class UndeliveredFacts:
    """Where Slack refuses messages, with its own word for why, and how many it has refused there today."""

    channel: str
    code: str
    count: int
    number: str | None = None
    person: PersonFact | None = None
    """Whom a second channel would have reached; `channel` is then "mail" or "webhook"."""


def undelivered(facts: UndeliveredFacts, words: Words) -> Rendered:
    """The place, the reason, and the way out."""
    said = _refused(facts, Mrkdwn(f"`{escape(facts.code)}`"), words)
    count = words.count("{n} message stands undelivered.", "{n} messages stand undelivered.", facts.count)
    first = words.say("One of them is of {number}.", number=facts.number) if facts.number else Mrkdwn("")
    advice = words.say(OF_A_PERSON if facts.person else ADVICE.get(facts.code, OTHERWISE))
    after = words.say("Then send them again: `vakt outbox retry`.")
    text = sentences(said, count, first, advice, after)
    return kit.rendered(text, [kit.section(text)])


def _refused(facts: UndeliveredFacts, code: Mrkdwn, words: Words) -> Mrkdwn:
    if facts.person is not None:
        by, whom = words.plain(WAY[facts.channel]), words.name(facts.person)
        return words.say("A page by {way} to {person} was refused: {code}.", way=by, person=whom, code=code)
    where = Mrkdwn(f"<@{facts.channel}>" if facts.channel[:1] in "UW" else f"<#{facts.channel}>")
    return words.say("Slack refuses messages to {where}: {code}.", where=where, code=code)
