"""What the desk is told when something should have happened in Vakt and did not."""

from collections.abc import Callable, Mapping

from handlers.views import blocks as kit
from handlers.views.blocks import Rendered
from handlers.views.clocks import joined, sentences
from handlers.views.facts import FindingFacts, FindingKind, UnroutedFacts
from handlers.views.typed import Mrkdwn, escape, one_line, shorten
from handlers.views.words import Words, mark

SHOWN = 20
"""Tickets named in one line."""

LABELS = 1_500
"""Characters of an alert's labels that are shown."""

MENDED = mark("It was set going again.")
UNMENDED: Mapping[FindingKind, str] = {
    FindingKind.LATE_TIMER: mark("Whoever runs Vakt: look at vakt timers list --late and the log."),
    FindingKind.FAILING_TIMER: mark("Whoever runs Vakt: look at vakt timers list --failing, then vakt timers retry."),
    FindingKind.STUCK_MESSAGE: mark("Whoever runs Vakt: look at the log."),
    FindingKind.MISSING_TIMER: mark("It could not be set going again. Whoever runs Vakt: look at the log."),
    FindingKind.MISSING_PAGE_TIMER: mark("It could not be set going again. Whoever runs Vakt: look at the log."),
}


def finding(facts: FindingFacts, words: Words) -> Rendered:
    """What was found, whether it was mended, and the tickets it is about."""
    done = MENDED if facts.mended else UNMENDED[facts.kind]
    said = sentences(FOUND[facts.kind](facts.count, words), words.say(done))
    if not facts.tickets:
        return kit.rendered(said, [kit.section(said)])
    named = Mrkdwn(", ".join(facts.tickets[:SHOWN]) + (" …" if len(facts.tickets) > SHOWN else ""))
    return kit.rendered(joined(said, named), [kit.section(said), kit.context(named)])


def unrouted(facts: UnroutedFacts, words: Words) -> Rendered:
    """An alert that opened nothing, and what would take it."""
    what = words.say("No route takes the alert {summary} of hook {hook}.", **_named(facts))
    if facts.route is not None:
        what = words.say(
            "The alert {summary} of hook {hook} opened nothing: its route {route} names what is not there.",
            route=one_line(facts.route, 60),
            **_named(facts),
        )
    said = sentences(what, words.say("Whoever runs Vakt: vakt route test shows what would take it."))
    if not facts.labels:
        return kit.rendered(said, [kit.section(said)])
    labels = escape(shorten(", ".join(one_line(label, 120) for label in facts.labels), LABELS))
    return kit.rendered(joined(said, labels), [kit.section(said), kit.context(labels)])


def _named(facts: UnroutedFacts) -> Mapping[str, str]:
    return {"summary": one_line(facts.summary, 200), "hook": one_line(facts.hook, 60)}


def _late_timers(count: int, words: Words) -> Mrkdwn:
    return words.count(
        "{n} timer fell due and was not looked at.", "{n} timers fell due and were not looked at.", count
    )


def _failing_timers(count: int, words: Words) -> Mrkdwn:
    return words.count(
        "{n} timer fails each time it is looked at: what it should say does not come.",
        "{n} timers fail each time they are looked at: what they should say does not come.",
        count,
    )


def _stuck_messages(count: int, words: Words) -> Mrkdwn:
    return words.count(
        "{n} message stood still while it was being sent.",
        "{n} messages stood still while they were being sent.",
        count,
    )


def _missing_timers(count: int, words: Words) -> Mrkdwn:
    return words.count(
        "{n} running promise had no timer, so nobody would have been reminded.",
        "{n} running promises had no timer, so nobody would have been reminded.",
        count,
    )


def _missing_page_timers(count: int, words: Words) -> Mrkdwn:
    return words.count(
        "{n} open page had no timer, so it would not have gone on to the next.",
        "{n} open pages had no timer, so they would not have gone on to the next.",
        count,
    )


FOUND: Mapping[FindingKind, Callable[[int, Words], Mrkdwn]] = {
    FindingKind.LATE_TIMER: _late_timers,
    FindingKind.FAILING_TIMER: _failing_timers,
    FindingKind.STUCK_MESSAGE: _stuck_messages,
    FindingKind.MISSING_TIMER: _missing_timers,
    FindingKind.MISSING_PAGE_TIMER: _missing_page_timers,
}
"""What was found, counted."""
