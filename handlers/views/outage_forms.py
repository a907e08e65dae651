"""The windows in which an outage is declared, updated, ended, and put right."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Option, ViewDict
from handlers.views.clocks import joined
from handlers.views.components import components_field
from handlers.views.facts.outages import OutageActFacts, OutageFormFacts, OutagePreviewFacts
from handlers.views.names import YES, Field, View, extra_block
from handlers.views.outage_desk import GRAVITIES
from handlers.views.outages import SCOPES, announcement
from handlers.views.subscribing import LANGUAGES
from handlers.views.typed import Mrkdwn, one_line
from handlers.views.words import Words

TITLE_LIMIT, CAUSE_LIMIT, ASK_LIMIT = 120, 600, 200
UPDATE_IN = timedelta(minutes=30)
"""What is offered as the next update."""


def declare_view(facts: OutageFormFacts, words: Words) -> ViewDict:
    """What is known, and what is promised."""
    services = [Option(name, key) for key, name in facts.services]
    blocks = [
        kit.field(
            Field.TITLE,
            words.plain("What fails, in one line"),
            kit.text_input(Field.TITLE, typed=facts.title, limit=TITLE_LIMIT, focus=True),
            hint=words.plain("Those who subscribe read it: say what they cannot do."),
        ),
        kit.field(
            Field.SERVICES,
            words.plain("Services"),
            kit.multi_menu(Field.SERVICES, words.plain("Choose"), services, facts.chosen),
        ),
        *components_field(facts.components, words),
        kit.field(Field.SCOPE, words.plain("Whom it keeps out"), _radio(Field.SCOPE, SCOPES, "all_users", words)),
        kit.field(Field.GRAVITY, words.plain("Kind"), _radio(Field.GRAVITY, GRAVITIES, "outage", words)),
        _cause("", words),
        *_promise_fields(facts, words),
        kit.field(Field.BEGAN_AT, words.plain("Began"), kit.moment_input(Field.BEGAN_AT, facts.now)),
        *_asks(facts, words),
        kit.field(
            Field.ANNOUNCE,
            words.plain("Announce"),
            kit.tick(Field.ANNOUNCE, Option(words.plain("Tell those who subscribe now"), YES), ticked=True),
            optional=True,
        ),
    ]
    return kit.modal(
        View.OUTAGE,
        words.plain("Declare an outage"),
        blocks,
        submit=words.plain("Preview"),
        close=words.plain("Cancel"),
        metadata=facts.metadata,
    )


def _promise_fields(facts: OutageFormFacts, words: Words) -> list[Block]:
    return [
        kit.field(
            Field.NEXT_UPDATE,
            words.plain("Next update by"),
            kit.moment_input(Field.NEXT_UPDATE, _soon(facts.now)),
            optional=True,
        ),
        kit.field(
            Field.EXPECTED_END,
            words.plain("Expected end"),
            kit.moment_input(Field.EXPECTED_END),
            optional=True,
            hint=words.plain("One of the two is needed: whoever reads it knows when to look again."),
        ),
    ]


def _soon(now: datetime) -> datetime:
    """The next update that is offered, on a round minute."""
    later = now + UPDATE_IN
    return later.replace(minute=later.minute - later.minute % 5, second=0, microsecond=0)


def _radio(field: Field, texts: Mapping[str, str], chosen: str, words: Words) -> Block:
    return kit.radio(field, [Option(_capital(words.plain(text)), key) for key, text in texts.items()], chosen)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cause(typed: str, words: Words) -> Block:
    return kit.field(
        Field.CAUSE,
        words.plain("Cause"),
        kit.text_input(Field.CAUSE, typed=typed, lines=True, limit=CAUSE_LIMIT),
        optional=True,
        hint=words.plain("Left empty it reads: being investigated."),
    )


def _asks(facts: OutageFormFacts, words: Words) -> Iterable[Block]:
    """What agreements want decided in an emergency; whether one does is known when services and kind are."""
    for ask in facts.asks:
        block = extra_block(ask.id)
        yield kit.field(
            block,
            words.pick(ask.label),
            kit.text_input(block, limit=ASK_LIMIT),
            optional=True,
            hint=words.plain("Needed in an emergency ({clause}).", clause=ask.clause),
        )


def preview_view(facts: OutagePreviewFacts, words: Words) -> ViewDict:
    """What would be posted where; nothing has been yet."""
    blocks = [*_same(facts, words), kit.section(_audience(facts, words)), *_unreached(facts, words)]
    if facts.announce:
        blocks += [kit.divider(), *(b for b in announcement(facts.outage, words).blocks if b["type"] != "actions")]
        blocks.append(kit.context(words.say("Each place reads it in its own language.")))
    submit = words.plain("Declare and announce") if facts.announce else words.plain("Declare only")
    return kit.modal(
        View.OUTAGE_PREVIEW,
        words.plain("Before it goes out"),
        blocks,
        submit=submit[: kit.TITLE],
        close=words.plain("Back"),
        metadata=facts.metadata,
    )


def _same(facts: OutagePreviewFacts, words: Words) -> list[Block]:
    """One that is open for the same service: it is most likely the same."""
    if facts.same is None:
        return []
    said = words.say(
        "*{name} is open for one of these services since {at}:* {title}. Go back, close this and update it,"
        " unless this is another one.",
        name=facts.same.name,
        at=words.moment_since(facts.same.began_at, facts.same.now),
        title=one_line(facts.same.title, 100),
    )
    tick = kit.tick(Field.ALL_THE_SAME, Option(words.plain("This is another one"), YES), ticked=False)
    return [kit.section(said), kit.field(Field.ALL_THE_SAME, words.plain("Declared twice?"), tick, optional=True)]


def _audience(facts: OutagePreviewFacts, words: Words) -> Mrkdwn:
    if not facts.announce:
        return words.say("It is declared for the desk only. Nobody outside is told until you announce it.")
    if not facts.channels and not facts.people and not facts.mails:
        return words.say("*Nobody subscribes to these services*, and no customer uses them: nobody is told.")
    parts = [words.count("*{n} channel*", "*{n} channels*", facts.channels)]
    if facts.people:
        parts.append(words.count("{n} direct message", "{n} direct messages", facts.people))
    if facts.mails:
        parts.append(words.count("{n} mail for the desk to send", "{n} mails for the desk to send", facts.mails))
    parts.append(words.count("{n} customer affected", "{n} customers affected", facts.customers))
    parts.append(Mrkdwn(_languages(facts.languages)))
    return joined(*parts)


def _languages(languages: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{LANGUAGES.get(language, language)} {count}" for language, count in languages)


def _unreached(facts: OutagePreviewFacts, words: Words) -> list[Block]:
    if not facts.unreached or not facts.announce:
        return []
    names = ", ".join(one_line(name, 40) for name in facts.unreached[:12])
    return [kit.context(words.say("Nobody is reached for {names}: no channel, no register, no contact.", names=names))]


def update_view(facts: OutageActFacts, words: Words) -> ViewDict:
    """What is new, and what is promised from here."""
    outage = facts.outage
    blocks = [
        _about(facts, words),
        kit.field(
            Field.TEXT, words.plain("What is new"), kit.text_input(Field.TEXT, lines=True, limit=2000, focus=True)
        ),
        _cause(outage.cause or "", words),
        kit.field(Field.SCOPE, words.plain("Whom it keeps out"), _radio(Field.SCOPE, SCOPES, outage.scope, words)),
        kit.field(
            Field.NEXT_UPDATE,
            words.plain("Next update by"),
            kit.moment_input(Field.NEXT_UPDATE, _soon(outage.now)),
            optional=True,
        ),
        kit.field(
            Field.EXPECTED_END,
            words.plain("Expected end"),
            kit.moment_input(Field.EXPECTED_END, outage.expected_end),
            optional=True,
        ),
    ]
    return _act(View.OUTAGE_UPDATE, words.plain("Update"), blocks, facts, words, words.plain("Send update"))


def end_view(facts: OutageActFacts, words: Words) -> ViewDict:
    """When it ended and why it was."""
    blocks = [
        _about(facts, words),
        kit.field(Field.ENDED_AT, words.plain("Ended"), kit.moment_input(Field.ENDED_AT, facts.outage.now)),
        kit.field(
            Field.CAUSE,
            words.plain("Cause"),
            kit.text_input(Field.CAUSE, typed=facts.outage.cause or "", lines=True, limit=CAUSE_LIMIT),
            optional=True,
            hint=words.plain("Left empty it reads: not known."),
        ),
        kit.field(
            Field.TEXT,
            words.plain("What those affected should know"),
            kit.text_input(Field.TEXT, lines=True, limit=2000),
            optional=True,
        ),
    ]
    if facts.tickets:
        said = words.count("Resolve the {n} linked ticket", "Resolve the {n} linked tickets", facts.tickets)
        tick = kit.tick(Field.RESOLVE_TICKETS, Option(said, YES), ticked=False)
        blocks.append(kit.field(Field.RESOLVE_TICKETS, words.plain("Tickets"), tick, optional=True))
    return _act(View.OUTAGE_END, words.plain("End the outage"), blocks, facts, words, words.plain("End it"))


def edit_view(facts: OutageActFacts, words: Words) -> ViewDict:
    """The three beginnings, kept apart, the end of one that is over, and why they are another now."""
    outage = facts.outage
    ended = [kit.field(Field.ENDED_AT, words.plain("Ended"), kit.moment_input(Field.ENDED_AT, outage.ended_at))]
    blocks = [
        _about(facts, words),
        kit.field(Field.BEGAN_AT, words.plain("Began"), kit.moment_input(Field.BEGAN_AT, outage.began_at)),
        kit.field(Field.DETECTED_AT, words.plain("Detected"), kit.moment_input(Field.DETECTED_AT, facts.detected_at)),
        kit.field(
            Field.RECEIVED_AT,
            words.plain("First reported by a customer"),
            kit.moment_input(Field.RECEIVED_AT, facts.reported_at),
            optional=True,
        ),
        *(ended if outage.ended_at is not None else ()),
        kit.field(Field.REASON, words.plain("Reason"), kit.text_input(Field.REASON, lines=True)),
    ]
    return _act(View.OUTAGE_EDIT, words.plain("Put times right"), blocks, facts, words, words.plain("Save"))


def roles_view(facts: OutageActFacts, words: Words) -> ViewDict:
    """Who leads, who tells, who writes down."""
    people = {
        Field.LEAD: (words.plain("Lead"), facts.lead),
        Field.COMMUNICATIONS: (words.plain("Communications"), facts.communications),
        Field.SCRIBE: (words.plain("Scribe"), facts.scribe),
    }
    blocks = [_about(facts, words)]
    for field, (label, person) in people.items():
        chosen = person.slack_id if person else None
        picker = kit.people_menu(field, words.plain("Choose"), chosen)
        blocks.append(kit.field(field, label, picker, optional=field is not Field.LEAD))
    return _act(View.OUTAGE_ROLES, words.plain("Roles"), blocks, facts, words, words.plain("Save"))


def link_view(facts: OutageActFacts, words: Words) -> ViewDict:
    """Which tickets are about it."""
    hint = words.plain("As T-12, several with commas. Their customers hear of every update.")
    blocks = [
        _about(facts, words),
        kit.field(Field.TEXT, words.plain("Tickets"), kit.text_input(Field.TEXT, limit=300, focus=True), hint=hint),
    ]
    return _act(View.OUTAGE_LINK, words.plain("Link tickets"), blocks, facts, words, words.plain("Link"))


def _about(facts: OutageActFacts, words: Words) -> Block:
    outage = facts.outage
    since = words.say("since {at}", at=words.moment_since(outage.began_at, outage.now))
    return kit.context(joined(outage.name, one_line(outage.title, 120), since))


def _act(view: View, title: str, blocks: Sequence[Block], facts: OutageActFacts, words: Words, submit: str) -> ViewDict:
    return kit.modal(view, title, blocks, submit=submit, close=words.plain("Cancel"), metadata=facts.metadata)
