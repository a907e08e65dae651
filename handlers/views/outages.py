"""Outages as those affected see them: the announcement, its updates, its end, and what their report is answered."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from handlers.views import blocks as kit
from handlers.views.blocks import Rendered
from handlers.views.clocks import joined, sentences
from handlers.views.facts.outages import OutageFacts
from handlers.views.names import Action
from handlers.views.typed import Mrkdwn, as_typed, escape, fill, one_line, shorten
from handlers.views.words import Words, mark

SCOPES: Mapping[str, str] = {
    "all_users": mark("all users"),
    "some_users": mark("some users"),
    "degraded": mark("everybody, but it works less well"),
}


# What subscribers read


def announcement(facts: OutageFacts, words: Words) -> Rendered:
    """The announcement, as it stands now; edited in place."""
    head, blocks = _head(facts, words), []
    blocks.append(kit.section(fill("*{head}*", head=head)))
    blocks.append(kit.section(Mrkdwn("\n".join(lines(facts, words)))))
    if facts.repeated:
        blocks.append(kit.context(words.say("This may be a repeat: nobody could find out whether it was posted.")))
    if facts.ended_at is None:
        affected = kit.button(
            words.plain("We are affected"),
            Action.OUTAGE_AFFECTED,
            facts.name,
            label=words.plain("We are affected by {name}", name=facts.name),
        )
        blocks.append(kit.actions(affected))
    return kit.rendered(joined(head, promise_or_end(facts, words)), blocks)


def _head(facts: OutageFacts, words: Words) -> Mrkdwn:
    own = _own("outage", facts, words)
    if own:
        return own
    title = one_line(facts.title, 150)
    if facts.ended_at is not None:
        return words.say("Outage over: {title}", title=title)
    return words.say("Outage: {title}, since {at}", title=title, at=words.moment_since(facts.began_at, facts.now))


def lines(facts: OutageFacts, words: Words) -> Iterable[Mrkdwn]:
    services = ", ".join(one_line(each, 60) for each in facts.services)
    yield words.say("*Services:* {services} · {scope}", services=services, scope=_scope(facts.scope, words))
    yield _cause(facts, words)
    if facts.ended_at is not None:
        yield ended(facts, words)
        return
    yield from _promises(facts, words)
    if facts.latest and facts.latest_at:
        yield words.say(
            "*Latest ({at}):* {text}",
            at=words.moment_since(facts.latest_at, facts.now),
            text=shorten(facts.latest, 1500),
        )


def _scope(scope: str, words: Words) -> str:
    return words.plain(SCOPES.get(scope, scope))


def _cause(facts: OutageFacts, words: Words) -> Mrkdwn:
    if facts.cause:
        return words.say("*Cause:* {cause}", cause=shorten(facts.cause, 800))
    if facts.ended_at is not None:
        return words.say("*Cause:* not known")
    return words.say("*Cause:* being investigated")


def _promises(facts: OutageFacts, words: Words) -> Iterable[Mrkdwn]:
    """What is promised, or what was and is late by now."""
    if facts.next_update_at is not None:
        at = words.moment_since(facts.next_update_at, facts.now)
        is_late = facts.next_update_at <= facts.now
        late, ahead = mark("*Next update was promised by* {at}"), mark("*Next update by* {at}")
        yield words.say(late if is_late else ahead, at=at)
    if facts.expected_end is not None:
        at = words.moment_since(facts.expected_end, facts.now)
        is_late = facts.expected_end <= facts.now
        yield words.say(mark("*Was expected to end* {at}") if is_late else mark("*Expected end* {at}"), at=at)


def ended(facts: OutageFacts, words: Words) -> Mrkdwn:
    ended = facts.ended_at or facts.now
    return words.say(
        "Ended {at}. Lasted {duration}.",
        at=words.moment_since(ended, facts.now),
        duration=words.duration(ended - facts.began_at),
    )


def promise_or_end(facts: OutageFacts, words: Words) -> Mrkdwn:
    """The part of the first line that says by when."""
    if facts.ended_at is not None:
        return ended(facts, words)
    return Mrkdwn(" · ".join(_promises(facts, words)).replace("*", ""))


def update_line(facts: OutageFacts, text: str, words: Words) -> Rendered:
    """One update, in the thread of the announcement."""
    own = _own("outage_update", facts, words, text=text)
    said = own or sentences(words.say("Update: {text}", text=shorten(text, 2500)), *_promised_next(facts, words))
    return kit.rendered(said, [kit.section(said)])


def _promised_next(facts: OutageFacts, words: Words) -> Iterable[Mrkdwn]:
    if facts.next_update_at is not None:
        yield words.say("Next update by {at}.", at=words.moment_since(facts.next_update_at, facts.now))
    if facts.expected_end is not None:
        yield words.say("Expected end {at}.", at=words.moment_since(facts.expected_end, facts.now))


def end_line(facts: OutageFacts, text: str, words: Words) -> Rendered:
    """The end, in the thread of the announcement."""
    own = _own("outage_ended", facts, words, text=text)
    typed = [escape(shorten(text, 2000))] if text else []
    said = own or Mrkdwn("\n".join([ended(facts, words), _cause_sentence(facts, words), *typed]))
    return kit.rendered(said, [kit.section(said)])


def _cause_sentence(facts: OutageFacts, words: Words) -> Mrkdwn:
    if not facts.cause:
        return words.say("The cause is not known.")
    return words.say("Cause: {cause}", cause=shorten(facts.cause, 800))


def _own(what: str, facts: OutageFacts, words: Words, *, text: str = "") -> Mrkdwn | None:
    """The desk's own words for it, filled in; None where it has none in the reader's language."""
    pattern = facts.templates.get(what, {}).get(words.language)
    if not pattern:
        return None
    return fill(
        pattern,
        name=facts.name,
        title=one_line(facts.title, 150),
        services=", ".join(one_line(each, 60) for each in facts.services),
        cause=facts.cause or words.plain("being investigated"),
        since=words.moment_since(facts.began_at, facts.now),
        text=text,
    )


def as_text(rendered: Rendered) -> str:
    """The same in plain text, for mail and for the register."""
    texts = [block["text"] for block in rendered.blocks if block["type"] == "section"]
    lines = [str(text["text"]) for text in texts if isinstance(text, Mapping)]
    return as_typed("\n".join(lines) or rendered.text).replace("*", "")


def noted(facts: OutageFacts, customer: str, at: datetime, words: Words, *, before: bool) -> Rendered:
    """To whoever pressed *We are affected*: it is noted, and counts from when."""
    values = {"customer": one_line(customer, 60), "at": words.moment_since(at, facts.now), "name": facts.name}
    if before:
        said = words.say("It is noted already: {customer} reported {name} {at}.", **values)
    else:
        said = words.say("Noted: {customer} reported {name} {at}. The desk sees it.", **values)
    return kit.rendered(said, [kit.section(said)])
