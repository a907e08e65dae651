"""The windows in which a notice is written, looked at before it counts, corrected, withdrawn and objected to."""

from collections.abc import Iterable, Mapping

from handlers.views import blocks as kit
from handlers.views.announcement_desk import account_blocks, terms_line
from handlers.views.announcements import TOPIC, announcement, civil_day
from handlers.views.blocks import Block, Option, ViewDict
from handlers.views.clocks import joined
from handlers.views.facts.announcements import NoticeAccountFacts, NoticeFormFacts, ReachFact, ReviewFacts
from handlers.views.names import AS_EARLIEST, OVERRIDE, YES, Action, Field, View
from handlers.views.typed import Mrkdwn, fill, one_line
from handlers.views.words import Words, mark

LANGUAGES: Mapping[str, str] = {"en": "English", "nb": "Norsk bokmål", "sv": "Svenska"}
TEXTS: Mapping[str, Field] = {"en": Field.NOTICE_EN, "nb": Field.NOTICE_NB, "sv": Field.NOTICE_SV}
AUDIENCES: Mapping[str, str] = {
    "customer": mark("Customers"),
    "partner": mark("Partners"),
    "reseller": mark("Resellers"),
    "administrators": mark("Administrators"),
}
TITLE_LIMIT = 120
PREVIEWED = 6
"""Blocks of one preview."""


def compose_view(facts: NoticeFormFacts, words: Words) -> ViewDict:
    """Write a notice."""
    topics = [Option(words.plain(text), topic) for topic, text in TOPIC.items()]
    blocks = [
        kit.field(
            Field.NOTICE_TOPIC,
            words.plain("What is it?"),
            kit.menu(Field.NOTICE_TOPIC, words.plain("Choose"), topics, facts.topic),
        ),
        kit.field(
            Field.NOTICE_TITLE,
            words.plain("Title"),
            kit.text_input(Field.NOTICE_TITLE, typed=facts.title, limit=TITLE_LIMIT),
        ),
        *_texts(facts.texts, words),
        *_services(facts, words),
        _effective(facts, words),
        kit.field(
            Field.NOTICE_SEND_AT,
            words.plain("Tell it at"),
            kit.moment_input(Field.NOTICE_SEND_AT, facts.send_at),
            optional=True,
            hint=words.plain("Empty means now."),
        ),
        kit.field(
            Field.NOTICE_AUDIENCE,
            words.plain("Whom"),
            kit.ticks(
                Field.NOTICE_AUDIENCE,
                [Option(words.plain(text), key) for key, text in AUDIENCES.items()],
                facts.audiences,
            ),
            optional=True,
            hint=words.plain("None ticked means as each agreement says."),
        ),
        kit.field(
            Field.NOTICE_REPORTED,
            words.plain("Vulnerability"),
            kit.tick(Field.NOTICE_REPORTED, Option(words.plain("A customer reported it"), YES), ticked=facts.reported),
            optional=True,
            hint=words.plain("It is then held until it is mended, where an agreement says so."),
        ),
    ]
    return kit.modal(
        View.ANNOUNCE,
        words.plain("Announce"),
        blocks,
        submit=words.plain("Preview"),
        close=words.plain("Cancel"),
        metadata=facts.metadata,
    )


def _texts(texts: Mapping[str, str], words: Words) -> Iterable[Block]:
    """One field a language, the writer's own first."""
    for language in sorted(TEXTS, key=lambda each: each != words.language):
        field = TEXTS[language]
        label = words.plain("Text, {language}", language=LANGUAGES[language])
        typed = kit.text_input(field, typed=texts.get(language, ""), lines=True)
        yield kit.field(field, label, typed, optional=True)


def _services(facts: NoticeFormFacts, words: Words) -> list[Block]:
    if not facts.services:
        return []
    options = [Option(name, key) for key, name in facts.services]
    picker = kit.multi_menu(Field.SERVICES, words.plain("None in particular"), options, facts.chosen)
    return [kit.field(Field.SERVICES, words.plain("Services it is about"), picker, optional=True)]


def _effective(facts: NoticeFormFacts, words: Words) -> Block:
    return kit.field(
        Field.NOTICE_EFFECTIVE,
        words.plain("Takes effect on"),
        kit.day_input(Field.NOTICE_EFFECTIVE, facts.effective),
        optional=True,
        hint=words.plain("Empty where the agreements say it themselves."),
    )


# Before it counts


def review_view(facts: ReviewFacts, words: Words) -> ViewDict:
    """What would come of it: whom it reaches, whether each agreement is kept, and how it reads."""
    blocks = [
        kit.section(_reach(facts.reach, words)),
        *_unreached(facts.reach, words),
        *[kit.section(terms_line(each, words)) for each in facts.terms[:30]],
        kit.context(_when(facts, words)),
        *_choice(facts, words),
        *_previews(facts, words),
        kit.actions(kit.button(words.plain("Change"), Action.NOTICE_CHANGE, facts.name)),
    ]
    return kit.modal(
        View.ANNOUNCE_REVIEW,
        words.plain("Announce {name}", name=facts.name),
        blocks,
        submit=words.plain("Announce") if facts.reach.anybody else None,
        close=words.plain("Close"),
        metadata=facts.metadata,
    )


def _reach(reach: ReachFact, words: Words) -> Mrkdwn:
    if not reach.anybody:
        return words.say("*Nobody would be told:* no channel, person or mail address hears of this.")
    parts = [
        words.count("{n} channel", "{n} channels", reach.channels),
        words.count("{n} person directly", "{n} people directly", reach.people),
        words.count("{n} mail to send", "{n} mails to send", reach.mails),
    ]
    counts = (reach.channels, reach.people, reach.mails)
    told = joined(*[part for part, number in zip(parts, counts, strict=True) if number])
    languages = ", ".join(f"{LANGUAGES.get(key, key)} {number}" for key, number in reach.languages.items())
    return joined(told, languages)


def _unreached(reach: ReachFact, words: Words) -> list[Block]:
    if not reach.unreached:
        return []
    names = ", ".join(one_line(name, 60) for name in reach.unreached[:20])
    return [kit.section(words.say("*Not reached by anything:* {names}", names=names))]


def _when(facts: ReviewFacts, words: Words) -> Mrkdwn:
    if facts.held:
        return words.say("Held until somebody presses Mended; then it is told by itself.")
    if facts.send_at is not None:
        return words.say("Told {at}.", at=words.moment(facts.send_at))
    return words.say("Told at once.")


def _choice(facts: ReviewFacts, words: Words) -> list[Block]:
    """What to do about an agreement that would be broken."""
    if not facts.too_soon or facts.earliest is None:
        return []
    day = civil_day(facts.earliest, words)
    options = [Option(words.plain("Take effect on {day}, which keeps them all", day=day), AS_EARLIEST)]
    if facts.may_override:
        options.append(Option(words.plain("Announce it all the same, with a reason"), OVERRIDE))
    blocks = [
        kit.field(
            Field.NOTICE_CHOICE,
            words.plain("An agreement asks for more notice"),
            kit.radio(Field.NOTICE_CHOICE, options, AS_EARLIEST),
        )
    ]
    if facts.may_override:
        reason = kit.text_input(Field.REASON, limit=1000)
        label = words.plain("Reason, if it is announced all the same")
        blocks.append(kit.field(Field.REASON, label, reason, optional=True))
    else:
        blocks.append(kit.context(words.say("An administrator may announce it all the same, with a reason.")))
    return blocks


def _previews(facts: ReviewFacts, words: Words) -> Iterable[Block]:
    for language, preview in facts.previews:
        yield kit.divider()
        yield kit.context(words.say("As it reads, {language}", language=LANGUAGES.get(language, language)))
        shown = announcement(preview, Words(language, words.zone)).blocks
        yield from [block for block in shown if block["type"] != "actions"][:PREVIEWED]


# What is done to it afterwards


def correct_view(facts: NoticeFormFacts, words: Words) -> ViewDict:
    """Put a notice right: everybody who was told is told."""
    blocks = [
        kit.field(
            Field.NOTICE_TITLE,
            words.plain("Title"),
            kit.text_input(Field.NOTICE_TITLE, typed=facts.title, limit=TITLE_LIMIT),
        ),
        *_texts(facts.texts, words),
        _effective(facts, words),
        kit.context(
            words.say("Everybody who was told is told of the correction. A day may be put off, not brought forward.")
        ),
    ]
    return kit.modal(
        View.NOTICE_CORRECT,
        words.plain("Correct"),
        blocks,
        submit=words.plain("Correct"),
        close=words.plain("Cancel"),
        metadata=facts.metadata,
    )


def withdraw_view(metadata: str, name: str, *, told: bool, words: Words) -> ViewDict:
    """Take a notice back."""
    said = (
        words.say("Everybody who was told of {name} reads this reason.", name=name)
        if told
        else words.say("Nobody was told of {name} yet, and nobody will be.", name=name)
    )
    reason = kit.text_input(Field.REASON, lines=True, limit=1500)
    blocks = [kit.context(said), kit.field(Field.REASON, words.plain("Reason"), reason)]
    return kit.modal(
        View.NOTICE_WITHDRAW,
        words.plain("Withdraw"),
        blocks,
        submit=words.plain("Withdraw"),
        close=words.plain("Cancel"),
        metadata=metadata,
    )


def object_view(metadata: str, title: str, words: Words) -> ViewDict:
    """Object, for one's own organisation."""
    reason = kit.text_input(Field.REASON, lines=True, limit=1500)
    blocks = [
        kit.section(fill("*{title}*", title=one_line(title, 150))),
        kit.field(Field.REASON, words.plain("Why"), reason),
        kit.context(words.say("It is kept with your name and the time, and the desk is told at once.")),
    ]
    return kit.modal(
        View.NOTICE_OBJECT,
        words.plain("Object"),
        blocks,
        submit=words.plain("Object"),
        close=words.plain("Cancel"),
        metadata=metadata,
    )


def objected_view(metadata: str, name: str, customers: Iterable[tuple[str, str]], words: Words) -> ViewDict:
    """Register an objection that came by mail or phone."""
    options = [Option(customer, key) for key, customer in customers]
    reason = kit.text_input(Field.REASON, lines=True, limit=1500)
    blocks = [
        kit.context(words.say("An objection to {name} that came another way.", name=name)),
        kit.field(
            Field.FOR_CUSTOMER,
            words.plain("Customer"),
            kit.menu(Field.FOR_CUSTOMER, words.plain("Choose"), options),
        ),
        kit.field(Field.REASON, words.plain("Who objected, and why"), reason),
    ]
    return kit.modal(
        View.NOTICE_OBJECTED,
        words.plain("Objection"),
        blocks,
        submit=words.plain("Register"),
        close=words.plain("Cancel"),
        metadata=metadata,
    )


def account_view(facts: NoticeAccountFacts, words: Words) -> ViewDict:
    """Who was told, when and with which text."""
    return kit.modal(
        View.NOTICE_TOLD,
        words.plain("Who was told"),
        account_blocks(facts, words),
        close=words.plain("Close"),
    )
