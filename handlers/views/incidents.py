"""An outage's own channel as people see it: its topic, its summary, what Slack refused; the window that asks for it."""

from collections.abc import Mapping
from datetime import datetime

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Option, Rendered, ViewDict
from handlers.views.clocks import joined, sentences
from handlers.views.facts.incidents import ChannelFormFacts
from handlers.views.facts.outages import OutageDeskFacts, OutageFacts
from handlers.views.facts.tickets import PersonFact
from handlers.views.names import Action, Field, View
from handlers.views.outage_desk import WHAT
from handlers.views.typed import Mrkdwn, fill, one_line, shorten
from handlers.views.words import Words, mark

TOPIC_LIMIT = 250

QUIETLY = frozenset({"canvas"})
"""What the log alone says: the file has all of it."""

LACKS_SCOPE = mark("Install the app again with the manifest of this version, then press Channel once more.")
NOT_ALLOWED = mark(
    "The workspace's settings keep apps from it: ask an administrator of the workspace, or do it by hand."
)
GONE = mark("Somebody archived the channel or took Vakt out of it: open it again, or go on at the desk.")
SOMETHING_ELSE = mark("Press Channel once more, or do it by hand.")
TO_WHOM = mark("Invite them by hand, or ask an administrator of the workspace.")

WAYS_OUT: Mapping[str, str] = {
    "missing_scope": LACKS_SCOPE,
    "restricted_action": NOT_ALLOWED,
    "cannot_create_channel": NOT_ALLOWED,
    "user_is_restricted": NOT_ALLOWED,
    "no_permission": NOT_ALLOWED,
    "file_uploads_disabled": NOT_ALLOWED,
    "is_archived": GONE,
    "is_inactive": GONE,
    "not_in_channel": GONE,
    "channel_not_found": GONE,
}
"""What to do about Slack's own words."""


def topic(facts: OutageFacts, lead: PersonFact | None, words: Words) -> str:
    """What, since when, and who leads: plain text, at most 250 characters."""
    since = words.plain("since {at}", at=words.zoned(facts.began_at))
    leads = words.plain("lead {person}", person=words.name(lead))
    rest = f" · {since} · {leads}"
    return facts.name + " · " + one_line(facts.title, TOPIC_LIMIT - len(rest) - len(facts.name) - 3) + rest


def bookmark_title(name: str, words: Words) -> str:
    """What leads from the channel to the desk's card."""
    return words.plain("{name} at the desk", name=name)


def summary(facts: OutageDeskFacts, archived_at: datetime, words: Words) -> Rendered:
    """What it was, in the channel, at its end."""
    outage = facts.outage
    ended = outage.ended_at or outage.now
    lasted = words.duration(ended - outage.began_at)
    at = words.moment(archived_at)
    head = words.say("{name} is over: {title}", name=outage.name, title=one_line(outage.title, 150))
    lines = [
        words.say("Ended {at}. Lasted {duration}.", at=words.moment_since(ended, outage.now), duration=lasted),
        _cause(outage, words),
        words.count(
            "{n} customer said that they are affected.",
            "{n} customers said that they are affected.",
            len(facts.affected),
        ),
        words.say("This channel is archived {at}. Pin what belongs in the timeline before.", at=at),
    ]
    report = kit.button(words.plain("Report"), Action.OUTAGE_REPORT, outage.name, style="primary")
    blocks = [kit.section(fill("*{head}*", head=head)), kit.section(Mrkdwn("\n".join(lines))), kit.actions(report)]
    return kit.rendered(sentences(head, lines[0]), blocks)


def _cause(facts: OutageFacts, words: Words) -> Mrkdwn:
    if not facts.cause:
        return words.say("The cause is not known.")
    return words.say("Cause: {cause}", cause=shorten(facts.cause, 800))


def refusal(facts: OutageFacts, what: str, error: str, words: Words) -> Rendered:
    """To the lead: what Slack refused, in its own word, and the way out."""
    thing = words.plain(WHAT.get(what, what))
    if what == "invite" and error[:1] in {"U", "W"}:
        people = Mrkdwn(", ".join(f"<@{each}>" for each in error.split(",")))
        said = words.say("{name}: Slack does not let {people} be invited.", name=facts.name, people=people)
        way = words.say(TO_WHOM)
    else:
        said = words.say("{name}: Slack refused {thing} ({error}).", name=facts.name, thing=thing, error=error)
        way = words.say(WAYS_OUT.get(error, SOMETHING_ELSE))
    blocks: list[Block] = [kit.section(sentences(said, way))]
    if facts.ended_at is None:
        blocks.append(kit.actions(kit.button(words.plain("Channel"), Action.OUTAGE_CHANNEL, facts.name)))
    return kit.rendered(sentences(said, way), blocks)


def channel_view(facts: ChannelFormFacts, words: Words) -> ViewDict:
    """What is made, and who else is to be there."""
    said = words.say(
        "A private channel {name} with its topic, a bookmark and this card. In it are {people}.",
        name=Mrkdwn(f"#{facts.channel}"),
        people=words.names(facts.people),
    )
    options = [Option(one_line(name, 75), key) for key, name in facts.agents]
    blocks: list[Block] = [kit.context(joined(facts.outage.name, one_line(facts.outage.title, 120))), kit.section(said)]
    if options:
        menu = kit.multi_menu(Field.AGENTS, words.plain("Choose"), options)
        blocks.append(kit.field(Field.AGENTS, words.plain("Who else"), menu, optional=True))
    return kit.modal(
        View.OUTAGE_CHANNEL,
        words.plain("Open a channel"),
        blocks,
        submit=words.plain("Open it"),
        close=words.plain("Cancel"),
        metadata=facts.metadata,
    )


def invited(facts: OutageFacts, channel: str, words: Words) -> Rendered:
    """To whoever pressed *Channel* when there is one."""
    said = words.say("{name} has {channel}; you are being invited.", name=facts.name, channel=Mrkdwn(f"<#{channel}>"))
    return kit.rendered(said, [kit.section(said)])


def being_made(facts: OutageFacts, words: Words) -> Rendered:
    """To whoever asks while it is being made."""
    said = words.say("The channel of {name} is being made.", name=facts.name)
    return kit.rendered(said, [kit.section(said)])
