"""From the part of a policy file about outages to its terms, and what is wrong with it."""

from collections.abc import Collection, Iterator

from models.sla.outage_rules import NoticeRule, OutageAsk, OutageTerms
from models.sla.policy_schema import OutageFile, ReadingWords


def outage_terms(file: OutageFile | None) -> OutageTerms:
    """The terms; nothing is asked where the part is missing."""
    if file is None:
        return OutageTerms()
    return OutageTerms(
        clause=file.clause,
        mail_clause=file.mail_clause,
        notices=tuple(
            NoticeRule(
                gravities=frozenset(each.gravities),
                by=each.by,
                clause=each.clause,
                strength=each.strength,
                calendar=each.calendar,
                reading=each.reading.text if each.reading else None,
            )
            for each in file.notices
        ),
        asks=tuple(
            OutageAsk(
                id=each.id,
                gravities=frozenset(each.gravities),
                clause=each.clause,
                label=each.label.text,
                hint=each.hint.text if each.hint else None,
            )
            for each in file.asks
        ),
    )


def outage_readings(file: OutageFile | None) -> Iterator[tuple[str, str | None, ReadingWords | None]]:
    """Where a reading may stand, and the clause it is about."""
    for index, each in enumerate(file.notices if file else ()):
        yield f"outage.notices[{index}]", each.clause, each.reading


def outage_problems(file: OutageFile, calendars: Collection[str]) -> Iterator[tuple[str, str]]:
    """What is wrong, by key."""
    seen: set[str] = set()
    for index, each in enumerate(file.notices):
        key = f"outage.notices[{index}]"
        if each.calendar not in calendars:
            yield f"{key}.calendar", f'names calendar "{each.calendar}"; there is {", ".join(calendars)}'
        twice = seen & set(each.gravities)
        if twice:
            yield f"{key}.gravities", f"has {', '.join(sorted(twice))} a second time; each has one notice"
        seen |= set(each.gravities)
    ids = [ask.id for ask in file.asks]
    for index, ask in enumerate(ids):
        if ask in ids[:index]:
            yield f"outage.asks[{index}].id", f'is "{ask}" a second time; ids are used once'
