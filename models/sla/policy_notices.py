"""`[announcements]` and `[breach]` of a policy file: what they must say, and what they become."""

from collections.abc import Iterator
from datetime import timedelta

from models.sla.notice import BREACH, BreachAsk, BreachTerms, NoticeRule, NoticeTerms, TakesEffect
from models.sla.policy_schema import AnnouncementFile, BreachFile, PolicyFile, ReadingWords


def notice_problems(file: PolicyFile) -> Iterator[tuple[str, str]]:
    """What is wrong: the key where it stands, and what would be right."""
    for topic, rule in file.announcements.items():
        if rule.may_object and rule.lead_days is None:
            yield f"announcements.{topic}.lead_days", f"is missing; {rule.clause} lets the customer object beforehand"
        if rule.use_is_acceptance and not _has_day(rule):
            yield f"announcements.{topic}.dated", f"is false; {rule.clause} takes use after a day as acceptance"
    if file.breach and not any(BREACH in flags for flags in _flags(file)):
        yield "breach", f'({file.breach.clause}) is about no ticket; let an answer carry the flag "{BREACH}"'


def _has_day(rule: AnnouncementFile) -> bool:
    return rule.dated or rule.lead_days is not None or rule.takes_effect is not TakesEffect.GIVEN


def _flags(file: PolicyFile) -> Iterator[list[str]]:
    for tree in file.questions.values():
        for question in tree.ask.values():
            yield from (answer.flags for answer in question.answers)


def notice_terms(file: PolicyFile) -> NoticeTerms:
    """What a checked file says of telling its customers."""
    rules = {str(topic): _rule(topic, each) for topic, each in file.announcements.items()}
    return NoticeTerms(rules, _breach(file.breach) if file.breach else None)


def notice_readings(file: PolicyFile) -> Iterator[tuple[str, str | None, ReadingWords | None]]:
    """Where readings may stand: the key, the clause there, and the reading if there is one."""
    for topic, rule in file.announcements.items():
        yield f"announcements.{topic}", rule.clause, rule.reading
    if file.breach:
        yield "breach", file.breach.clause, file.breach.reading


def _rule(topic: str, rule: AnnouncementFile) -> NoticeRule:
    return NoticeRule(
        topic=topic,
        clause=rule.clause,
        audiences=tuple(rule.audiences),
        lead_days=rule.lead_days,
        takes_effect=rule.takes_effect,
        dated=rule.dated,
        may_object=rule.may_object,
        register=rule.register_,
        use_is_acceptance=rule.use_is_acceptance,
        held_when_reported=rule.held_when_reported,
        reading=rule.reading.text if rule.reading else None,
    )


def _breach(breach: BreachFile) -> BreachTerms:
    return BreachTerms(
        clause=breach.clause,
        asks=tuple(BreachAsk(ask.id, ask.label.text, ask.hint.text if ask.hint else None) for ask in breach.asks),
        own_hours=timedelta(hours=breach.own_hours) if breach.own_hours else None,
        reading=breach.reading.text if breach.reading else None,
    )
