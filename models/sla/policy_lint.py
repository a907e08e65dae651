"""What a contract leaves open, which readings it rests on, and what nobody has confirmed.

Nothing here is wrong with a file; it is what a desk should know before it relies on one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.sla.contract import ClockKind, Contract, Promise, Severity, Starts
from models.sla.questions import Outcome, say

NOVEMBER = 11


class FindingKind(StrEnum):
    """What sort of thing a finding is."""

    READING = "reading"
    OPEN = "open"
    UNCONFIRMED = "unconfirmed"
    NO_PROMISE = "no_promise"
    NOT_PROPOSED = "not_proposed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a contract: where it stands, the clause, and what to do or think of."""

    kind: FindingKind
    key: str
    clause: str | None
    text: str


_SAYS = {
    FindingKind.UNCONFIRMED: {
        "en": "is not confirmed for {year}; add {year} to confirmed when someone has done so",
        "nb": "er ikke bekreftet for {year}; føy til {year} i confirmed når noen har gjort det",
        "sv": "är inte bekräftad för {year}; lägg till {year} i confirmed när någon har gjort det",
    },
    FindingKind.NO_PROMISE: {
        "en": "{name}: no time is promised for {clocks}",
        "nb": "{name}: ingen tid er lovet for {clocks}",
        "sv": "{name}: ingen tid är utlovad för {clocks}",
    },
    FindingKind.NOT_PROPOSED: {
        "en": "{name}: no answer leads here; only an agent can choose it",
        "nb": "{name}: ingen svar fører hit; bare en agent kan velge den",
        "sv": "{name}: inga svar leder hit; bara en handläggare kan välja den",
    },
}

CLOCK_WORDS = {
    ClockKind.FIRST_RESPONSE: {"en": "a first answer", "nb": "et første svar", "sv": "ett första svar"},
    ClockKind.START_OF_WORK: {"en": "the start of work", "nb": "start på arbeidet", "sv": "arbetets start"},
    ClockKind.RESOLUTION: {"en": "a solution", "nb": "en løsning", "sv": "en lösning"},
}


def check(contract: Contract, today: date, language: str = "en") -> tuple[Finding, ...]:
    """Everything a desk should know about the contract on that day, in its language."""
    return (
        *_readings(contract, language),
        *_open_points(contract, language),
        *_unpromised(contract, language),
        *_not_proposed(contract, language),
        *_unconfirmed(contract, today, language),
    )


def _readings(contract: Contract, language: str) -> Iterator[Finding]:
    for reading in contract.readings:
        yield Finding(FindingKind.READING, reading.key, reading.clause, say(reading.note, language))


def _open_points(contract: Contract, language: str) -> Iterator[Finding]:
    for point in contract.open_points:
        yield Finding(FindingKind.OPEN, "open_points", point.clause, say(point.note, language))


def _unpromised(contract: Contract, language: str) -> Iterator[Finding]:
    """Which of a first answer, the start of work and a solution no promise covers, per class."""
    for severity in contract.severities:
        without = [clock for clock in CLOCK_WORDS if not _has(contract, severity, clock)]
        if without:
            clocks = ", ".join(say(CLOCK_WORDS[clock], language) for clock in without)
            text = say(_SAYS[FindingKind.NO_PROMISE], language)
            text = text.format(name=say(severity.name, language), clocks=clocks)
            yield Finding(FindingKind.NO_PROMISE, f"severities.{severity.id}", severity.clause, text)


def _has(contract: Contract, severity: Severity, clock: ClockKind) -> bool:
    return any(_promises(promise, severity, clock) for promise in contract.promises)


def _promises(promise: Promise, severity: Severity, clock: ClockKind) -> bool:
    return (
        promise.clock is clock
        and promise.starts_on is Starts.REPORTED
        and (not promise.severities or severity.id in promise.severities)
    )


def _not_proposed(contract: Contract, language: str) -> Iterator[Finding]:
    proposed = {outcome.severity for outcome in outcomes(contract)}
    for severity in contract.severities:
        if severity.id not in proposed:
            text = say(_SAYS[FindingKind.NOT_PROPOSED], language).format(name=say(severity.name, language))
            yield Finding(FindingKind.NOT_PROPOSED, f"severities.{severity.id}", severity.clause, text)


def outcomes(contract: Contract) -> Iterator[Outcome]:
    """Every outcome the contract's questions can come to."""
    for tree in contract.questions.values():
        if isinstance(tree.start, Outcome):
            yield tree.start
        for question in tree.questions.values():
            yield from (answer.leads_to for answer in question.answers if isinstance(answer.leads_to, Outcome))


def _unconfirmed(contract: Contract, today: date, language: str) -> Iterator[Finding]:
    for year in years_to_confirm(today):
        for closure in contract.unconfirmed:
            if year not in closure.years:
                key = f"calendars.{closure.calendar}.closures.{closure.closure}"
                text = say(_SAYS[FindingKind.UNCONFIRMED], language).format(year=year)
                yield Finding(FindingKind.UNCONFIRMED, key, closure.clause, text)


def years_to_confirm(today: date) -> tuple[int, ...]:
    """The years whose closures should be confirmed by now: this one, and from November the next.

    Asked in May and in November, while there is time to confirm.
    """
    return (today.year,) if today.month < NOVEMBER else (today.year, today.year + 1)
