"""`/subscribe`: what a channel hears of, and who is to be notified."""

from collections.abc import Iterable, Mapping, Sequence

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Option, Rendered, ViewDict
from handlers.views.clocks import joined, sentences, uncapital
from handlers.views.facts.subscribing import (
    EntryFact,
    RegisterFacts,
    SubscribeFormFacts,
    SubscriptionFact,
    SubscriptionsFacts,
)
from handlers.views.names import YES, Action, Field, View
from handlers.views.typed import Mrkdwn, fill, one_line
from handlers.views.words import Words, mark

SHOWN = 40

TOPICS: Mapping[str, str] = {
    "outage": mark("Outages"),
    "maintenance": mark("Maintenance"),
    "release": mark("Releases"),
    "security": mark("Security advisories"),
    "vulnerability": mark("Vulnerabilities"),
    "terms": mark("Changed terms"),
    "sub_processor": mark("Sub-processors"),
    "transfer": mark("Transfer of the agreement"),
}
AUDIENCES: Mapping[str, str] = {
    "customer": mark("Customers"),
    "partner": mark("Partners"),
    "reseller": mark("Resellers"),
    "administrators": mark("Administrators"),
}
LANGUAGES: Mapping[str, str] = {"en": "English", "nb": "Norsk bokmål", "sv": "Svenska"}

COMMANDS = (
    ("/subscribe", mark("say what this channel hears of")),
    ("/subscribe list", mark("what this channel hears of; in a desk's channel, every subscription")),
    ("/subscribe register", mark("who else is to be notified, and change it")),
    ("/unsubscribe", mark("nothing more is announced in this channel")),
)


def help_message(words: Words) -> Rendered:
    """What may be typed."""
    lines = [fill("`{command}` · {what}", command=command, what=words.say(what)) for command, what in COMMANDS]
    return kit.rendered(words.plain("Subscriptions"), [kit.section(Mrkdwn("\n".join(lines)))])


def subscribe_view(facts: SubscribeFormFacts, words: Words) -> ViewDict:
    """What a channel is to hear of."""
    row = facts.row
    blocks = [
        *_whose(facts, words),
        kit.field(
            Field.TOPICS,
            words.plain("What"),
            kit.ticks(Field.TOPICS, _options(TOPICS, words), row.topics or tuple(TOPICS)),
        ),
        *_services(facts, words),
        *_for_desk(facts, words),
        kit.field(Field.LANGUAGE, words.plain("Language"), _languages(row, words), optional=True),
        kit.field(Field.SHARED, words.plain("Slack Connect"), _shared(words), optional=True),
    ]
    return kit.modal(
        View.SUBSCRIBE,
        words.plain("Subscribe"),
        blocks,
        submit=words.plain("Subscribe"),
        close=words.plain("Cancel"),
        metadata=facts.metadata,
    )


def _whose(facts: SubscribeFormFacts, words: Words) -> list[Block]:
    if facts.for_desk:
        picker = kit.channel_menu(Field.CHANNEL, words.plain("Choose"), facts.row.channel or None)
        return [kit.field(Field.CHANNEL, words.plain("Channel"), picker)]
    return [kit.context(words.say("For {channel}", channel=Mrkdwn(f"<#{facts.row.channel}>")))]


def _services(facts: SubscribeFormFacts, words: Words) -> list[Block]:
    if not facts.services:
        return []
    options = [Option(name, key) for key, name in facts.services]
    picker = kit.multi_menu(Field.SERVICES, words.plain("Every service"), options, facts.chosen)
    hint = words.plain("None chosen means all, those that come later too.")
    return [kit.field(Field.SERVICES, words.plain("Services"), picker, optional=True, hint=hint)]


def _for_desk(facts: SubscribeFormFacts, words: Words) -> list[Block]:
    """What only the desk may say: as which audience a channel listens, and for which customer."""
    if not facts.for_desk:
        return []
    blocks = [
        kit.field(
            Field.AUDIENCE,
            words.plain("Listens as"),
            kit.menu(Field.AUDIENCE, words.plain("Choose"), _options(AUDIENCES, words), facts.row.audience),
        )
    ]
    if facts.customers:
        options = [Option(name, key) for key, name in facts.customers]
        picker = kit.menu(Field.FOR_CUSTOMER, words.plain("No customer"), options, facts.customer)
        hint = words.plain("It then hears only of what that customer uses.")
        blocks.append(kit.field(Field.FOR_CUSTOMER, words.plain("For the customer"), picker, optional=True, hint=hint))
    return blocks


def _languages(row: SubscriptionFact, words: Words) -> Block:
    options = [Option(name, key) for key, name in LANGUAGES.items()]
    return kit.menu(Field.LANGUAGE, words.plain("As the agreement says"), options, row.language)


def _shared(words: Words) -> Block:
    said = words.plain("Announce here also where the channel is shared with another organisation")
    return kit.tick(Field.SHARED, Option(said, YES), ticked=False)


def _options(texts: Mapping[str, str], words: Words) -> list[Option]:
    return [Option(words.plain(text), key) for key, text in texts.items()]


def topic_name(topic: str, words: Words) -> str:
    """ "Outages"."""
    return words.plain(TOPICS[topic]) if topic in TOPICS else topic


def subscribed(row: SubscriptionFact, services: Mapping[str, str], words: Words) -> Rendered:
    """What a channel hears of from now on, privately."""
    said = sentences(words.say("{channel} is subscribed.", channel=_channel(row)), _what(row, services, words))
    return kit.rendered(said, [kit.section(said)])


def unsubscribed(channel: str, words: Words) -> Rendered:
    """Nothing more is announced there."""
    there = Mrkdwn(f"<#{channel}>")
    said = sentences(
        words.say("Nothing more is announced in {channel}.", channel=there),
        words.say("/subscribe takes it up again."),
    )
    return kit.rendered(said, [kit.section(said)])


def shared_unsaid(channel: str, words: Words) -> Rendered:
    """A channel shared with others, of which nobody said that it is meant."""
    there = Mrkdwn(f"<#{channel}>")
    said = words.say(
        "{channel} is shared with another organisation, so nothing is announced there."
        " Type /subscribe again and tick Slack Connect if it is meant.",
        channel=there,
    )
    return kit.rendered(said, [kit.section(said)])


def not_there(channel: str, words: Words) -> Rendered:
    """A channel that Vakt is not in."""
    there = Mrkdwn(f"<#{channel}>")
    said = words.say(
        "Vakt is not in {channel} yet. Type /invite @Vakt there; until then nothing can be announced.", channel=there
    )
    return kit.rendered(said, [kit.section(said)])


def subscriptions_message(facts: SubscriptionsFacts, services: Mapping[str, str], words: Words) -> Rendered:
    """What channels hear of."""
    title = words.plain("Subscriptions")
    blocks = [kit.section(_row(row, services, words)) for row in facts.rows[:SHOWN]]
    if not blocks:
        blocks = [kit.section(words.say("No channel subscribes here. /subscribe begins it."))]
    if facts.more:
        blocks.append(kit.context(words.count("and {n} more", "and {n} more", facts.more)))
    if facts.entries is not None:
        blocks += [kit.divider(), *_register(facts.customer or "", facts.entries, words)]
    said = joined(title, *[_row(row, services, words) for row in facts.rows[:3]])
    return kit.rendered(said, blocks)


def _row(row: SubscriptionFact, services: Mapping[str, str], words: Words) -> Mrkdwn:
    head = joined(_channel(row), *([one_line(row.customer, 60)] if row.customer else []))
    return Mrkdwn(f"{head}\n{_what(row, services, words)}")


def _channel(row: SubscriptionFact) -> Mrkdwn:
    return Mrkdwn(f"<#{row.channel}>")


def _what(row: SubscriptionFact, services: Mapping[str, str], words: Words) -> Mrkdwn:
    if row.ended:
        return words.say("Nothing is announced there.")
    topics = words.listed([uncapital(topic_name(each, words)) for each in row.topics]) or words.plain("everything")
    names = ", ".join(one_line(services.get(each, each), 60) for each in row.services)
    about = names or words.plain("every service that concerns it")
    said = words.say(
        "Hears of {topics} about {services}, as {audience}.",
        topics=topics,
        services=about,
        audience=uncapital(words.plain(AUDIENCES.get(row.audience, row.audience))),
    )
    parts = [said]
    if not row.said:
        parts.append(words.say("This is so without a subscription, because it is the customer's own channel."))
    if row.trouble:
        parts.append(words.say("Slack refused the last post there: {why}.", why=one_line(row.trouble, 80)))
    return sentences(*parts)


# The register


def register_view(facts: RegisterFacts, words: Words) -> ViewDict:
    """Who is to be notified, and somebody more."""
    blocks = [
        *_register(facts.customer, facts.entries, words, remove=True),
        kit.divider(),
        kit.field(
            Field.PERSON,
            words.plain("Add somebody of this Slack"),
            kit.people_menu(Field.PERSON, words.plain("Choose")),
            optional=True,
        ),
        kit.field(Field.NAME, words.plain("or a name"), kit.text_input(Field.NAME, limit=80), optional=True),
        kit.field(
            Field.EMAIL,
            words.plain("and a mail address"),
            kit.text_input(Field.EMAIL, limit=254),
            optional=True,
            hint=words.plain("The desk sends these mails; Vakt keeps to whom, when and with which text."),
        ),
        kit.field(
            Field.TOPICS,
            words.plain("About"),
            kit.ticks(Field.TOPICS, _options(TOPICS, words), tuple(TOPICS)),
        ),
    ]
    return kit.modal(
        View.REGISTER,
        words.plain("To be notified"),
        blocks,
        submit=words.plain("Add"),
        close=words.plain("Close"),
        metadata=facts.metadata,
    )


def _register(customer: str, entries: Sequence[EntryFact], words: Words, *, remove: bool = False) -> Iterable[Block]:
    yield kit.section(words.say("*To be notified for {customer}*", customer=customer))
    if not entries:
        yield kit.context(words.say("Nobody is named; the contacts are told where no channel is."))
    for entry in entries[:SHOWN]:
        button = kit.button(words.plain("Remove"), Action.REGISTER_REMOVE, entry.id) if remove else None
        yield kit.section(_entry(entry, words), accessory=button)


def _entry(entry: EntryFact, words: Words) -> Mrkdwn:
    who = words.name(entry.person) if entry.person else one_line(entry.name, 80)
    how = words.plain("in Slack") if entry.person else one_line(entry.email or "", 120)
    parts = [who, how]
    if entry.signatory:
        parts.append(words.plain("signed the agreement"))
    if entry.topics:
        parts.append(", ".join(topic_name(topic, words) for topic in entry.topics))
    return joined(*parts)
