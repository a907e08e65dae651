"""What a contract asks beside its clocks, as `vakt policy show` lists it: one rule a row, each with its clause."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from fractions import Fraction

from models.sla.contract import Contract, PerPoint, Tiers
from models.sla.maintenance_rules import Limit, MaintenanceRule
from models.sla.notice import NoticeRule, TakesEffect
from models.sla.outage_rules import By
from models.sla.questions import say

Row = tuple[str, str, str, str]
"""What it is about, for which part of that, what is asked, and the clause."""

PERCENT = 100
EFFECT: Mapping[TakesEffect, str] = {
    TakesEffect.GIVEN: "",
    TakesEffect.WHEN_PUBLISHED: "holds from the day it is announced",
    TakesEffect.FIRST_OF_NEXT_MONTH: "holds from the first of the next month",
}
LIMIT: Mapping[Limit, Callable[[MaintenanceRule], str]] = {
    Limit.PLANNED_DAYS: lambda rule: f"planned {rule.number} days before",
    Limit.TOLD_DAYS: lambda rule: f"told {rule.number} days before",
    Limit.TOLD_WORKING_DAYS: lambda rule: f"told {rule.number} working days before ({rule.calendar})",
    Limit.LONGEST: lambda rule: f"at most {_amount(rule.amount)} long",
    Limit.PER_QUARTER: lambda rule: f"at most {rule.number} a quarter",
    Limit.OUTSIDE: lambda rule: f"outside the hours of {rule.calendar}",
    Limit.WINDOWS: lambda _: "in an agreed window",
    Limit.APPROVAL: lambda _: "approved beforehand",
    Limit.AGREED: lambda _: "agreed with the customers it is for",
    Limit.TOLD_AT_ONCE: lambda _: "told at once",
    Limit.PUNCTUAL: lambda rule: f"begun and ended within {_amount(rule.amount)} of the time announced",
}
BY: Mapping[By, str] = {
    By.SAME_CIVIL_DAY: "told by 24:00 of the day it began",
    By.NEXT_WORKING_DAY: "told by closing the next working day",
}


def rules_of(contract: Contract, language: str) -> Iterator[Row]:
    """Every rule about maintenance, announcements, outages, availability and credit."""
    yield from _maintenance(contract)
    yield from _announcements(contract)
    yield from _outages(contract, language)
    yield from _availability(contract, language)
    yield from _credit(contract)


def _amount(amount: timedelta) -> str:
    hours, minutes = divmod(round(amount.total_seconds() / 60), 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)


def _percent(share: Fraction) -> str:
    return f"{float(share * PERCENT):g} %"


def _maintenance(contract: Contract) -> Iterator[Row]:
    for rule in contract.maintenance.rules:
        kinds = ", ".join(sorted(kind.replace("_", " ") for kind in rule.kinds))
        kept = ", ".join(sorted(kind.replace("_", " ") for kind in rule.kept_by))
        asked = LIMIT[rule.limit](rule) + (f"; {kept} keeps it" if kept else "")
        yield "maintenance", kinds, asked, rule.clause


def _announcements(contract: Contract) -> Iterator[Row]:
    for rule in contract.notices.rules.values():
        yield "announcement", rule.topic.replace("_", " "), "; ".join(_notice(rule)) or "told", rule.clause
    breach = contract.notices.breach
    if breach is not None:
        asks = f"notified at once; {len(breach.asks)} things to find out"
        own = f"; the customer's own time {_amount(breach.own_hours)}" if breach.own_hours else ""
        yield "announcement", "security breach", asks + own, breach.clause


def _notice(rule: NoticeRule) -> Iterator[str]:
    if rule.lead_days is not None:
        yield f"{rule.lead_days} days of notice"
    if EFFECT[rule.takes_effect]:
        yield EFFECT[rule.takes_effect]
    if rule.audiences:
        yield f"to {', '.join(rule.audiences)}"
    if rule.register:
        yield "to the register"
    if rule.may_object:
        yield "the customer may object"
    if rule.use_is_acceptance:
        yield "going on is acceptance"
    if rule.held_when_reported:
        yield "held until mended where a customer reported it"


def _outages(contract: Contract, language: str) -> Iterator[Row]:
    terms = contract.outage
    if terms.clause is not None:
        yield "outage", "all", "cause and expected end are told", terms.clause
    if terms.mail_clause is not None:
        yield "outage", "all", "told by mail", terms.mail_clause
    for rule in terms.notices:
        gravities = ", ".join(sorted(rule.gravities))
        yield "outage", gravities, f"{BY[rule.by]} ({rule.strength}, {rule.calendar})", rule.clause
    for ask in terms.asks:
        yield "outage", ", ".join(sorted(ask.gravities)), f"decided first: {say(ask.label, language)}", ask.clause


def _availability(contract: Contract, language: str) -> Iterator[Row]:
    terms = contract.availability
    if terms is None:
        return
    each = ", each service by itself" if terms.per_service else ""
    period = terms.period.replace("_", " ")
    yield "availability", period, f"{_percent(terms.target)} ({terms.strength}){each}", terms.clause
    scopes = ", ".join(sorted(scope.replace("_", " ") for scope in terms.scopes))
    yield "availability", "counts", scopes, terms.scope_clause or terms.clause
    if terms.excludes_maintenance:
        kinds = ", ".join(sorted(kind.replace("_", " ") for kind in terms.excludes_maintenance))
        yield "availability", "does not count", f"maintenance: {kinds}", terms.maintenance_clause or terms.clause
    for reason in terms.exclusions:
        yield "availability", "does not count", say(reason.says, language), reason.clause


def _credit(contract: Contract) -> Iterator[Row]:
    terms = contract.credit
    if terms is None:
        return
    period = terms.period.replace("_", " ")
    match terms.rule:
        case Tiers(tiers):
            for tier in tiers:
                yield "credit", period, f"{_percent(tier.fee)} of the fee below {_percent(tier.below)}", terms.clause
        case PerPoint(below, fee, started):
            point = "started point" if started else "whole point"
            yield "credit", period, f"{_percent(fee)} of the fee for each {point} below {_percent(below)}", terms.clause
        case _:
            yield "credit", period, "nothing is credited", terms.clause
    if terms.cap is not None:
        yield "credit", period, f"at most {_percent(terms.cap)} of the fee", terms.cap_clause or terms.clause
    if terms.not_on_one_off is not None:
        yield "credit", "one-off fees", "nothing is credited", terms.not_on_one_off
    if terms.claim is not None and terms.claim.weeks is not None:
        yield "credit", "claim", f"within {terms.claim.weeks} weeks", terms.claim.clause
    if terms.claim is not None and terms.claim.report_within is not None:
        yield "credit", "claim", "reported in time", terms.claim.clause
