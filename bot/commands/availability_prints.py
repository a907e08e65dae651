"""What `vakt availability` prints: a table of customers, a customer's page, and facts for a program."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.commands.contract_prints import moment, span
from handlers.availability import Measured
from models.sla.availability import Verdict, Why, floored
from models.sla.due import utc_text
from models.sla.questions import say

WHY = {
    Why.COUNTS: "counts",
    Why.SCOPE: "no downtime by its scope",
    Why.MAINTENANCE: "maintenance is left out",
    Why.EXCLUDED: "left out",
    Why.MERGED: "another interval stands for it",
}


def percent(share: Fraction, places: int = 3) -> str:
    """A share of 1 in percent, rounded down."""
    return f"{floored(share, places):.{places}f} %"


def table(found: Sequence[Measured]) -> RenderableType:
    """All customers of a contract, the least available first."""
    first = found[0]
    shown = Table(title=Text(_title(first)), title_justify="left")
    for column in ("Customer", "Service", "Available", "Target", "", "Downtime", "Credit"):
        shown.add_column(column)
    for each in sorted(found, key=lambda one: (one.figure.share, one.customer.name)):
        shown.add_row(
            Text(each.customer.name),
            Text(each.service.name if each.service else "all"),
            percent(each.figure.share),
            percent(each.figure.target, 1),
            _kept(each),
            span(each.figure.down),
            _credit(each),
        )
    return shown


def _title(each: Measured) -> str:
    period = each.figure.period
    return f"{say(each.terms.contract.title, 'en')}, {period.key}"


def _kept(each: Measured) -> str:
    kept = "kept" if each.figure.met else "below"
    return f"{kept}, provisional" if each.figure.provisional else kept


def _credit(each: Measured) -> str:
    if each.credit is None:
        return ""
    return f"{floored(each.credit.fee, 1):g} % of the monthly fee" if each.credit.fee else "none"


def pages(found: Sequence[Measured], language: str) -> RenderableType:
    """A customer's availability, with every interval and the arithmetic."""
    return Group(*[part for each in found for part in _page(each, language)])


def _page(each: Measured, language: str) -> Iterator[RenderableType]:
    figure, terms = each.figure, each.terms.availability
    what = f" · {each.service.name}" if each.service else ""
    yield Text(f"{each.customer.name}{what} · {_title(each)}")
    zone = each.terms.contract.zone
    begins, ends = (moment(at.astimezone(zone)) for at in (figure.period.begins, figure.period.ends))
    yield Text(f"{begins} to {ends} {zone.key}, {span(figure.total)}")
    yield Text(
        f"Available {percent(figure.share)}: {span(figure.down)} of {span(figure.total)} down; "
        f"target {percent(figure.target, 1)}, {terms.strength.value} ({terms.clause}): {_kept(each)}"
    )
    if figure.with_maintenance is not None and figure.without_maintenance is not None:
        yield Text(
            f"With all maintenance counted {percent(figure.with_maintenance)}, with none "
            f"{percent(figure.without_maintenance)}"
        )
    yield from _intervals(each, language)
    yield from (Text(line) for line in credit_lines(each))
    yield Text("")


def _intervals(each: Measured, language: str) -> Iterator[RenderableType]:
    verdicts = each.verdicts()
    if not verdicts:
        yield Text("No downtime was noted.")
        return
    shown = Table()
    for column in ("From", "To", "Length", "Scope", "Counts", "Clause", "Why"):
        shown.add_column(column)
    for verdict in verdicts:
        zone = each.terms.contract.zone
        shown.add_row(
            moment(verdict.begins.astimezone(zone)),
            "lasts" if verdict.lasts else moment(verdict.ends.astimezone(zone)),
            span(verdict.length),
            verdict.interval.scope.value.replace("_", " "),
            "yes" if verdict.judgement.counts else "no",
            verdict.judgement.clause or "",
            Text(why(each, verdict, language)),
        )
    yield shown


def why(each: Measured, verdict: Verdict, language: str) -> str:
    """Why an interval counts or does not, in words."""
    exclusion = each.terms.availability.exclusion(verdict.interval.exclusion)
    said = WHY[verdict.judgement.why]
    if verdict.judgement.why is Why.EXCLUDED and exclusion is not None:
        return f"{said}: {say(exclusion.says, language)}"
    kind = verdict.interval.maintenance
    return f"{said} ({kind.value.replace('_', ' ')})" if kind is not None else said


def credit_lines(each: Measured) -> Iterator[str]:
    """What it gives back, with the arithmetic."""
    terms, credit = each.terms.contract.credit, each.credit
    if terms is None or credit is None:
        return
    if terms.rule is None:
        yield f"Nothing is credited ({terms.clause})."
        return
    provisional = "Provisional credit" if each.figure.provisional else "Credit"
    yield f"{provisional}: {floored(credit.fee, 1):g} % of the monthly fee ({terms.clause})"
    if credit.tier is not None:
        yield f"  {percent(each.figure.share, 6)} is below {percent(credit.tier.below, 1)}"
    if credit.points is not None and credit.beside is not None:
        points = "1 point" if credit.points == 1 else f"{credit.points} points"
        yield f"  {points} lost; counted the other way {floored(credit.beside, 1):g} %"
    if credit.capped:
        yield f"  capped at {floored(credit.fee, 1):g} % ({terms.cap_clause})"
    if terms.not_on_one_off:
        yield f"  one-off fees give nothing back ({terms.not_on_one_off})"


def measured_json(each: Measured) -> dict[str, Any]:
    """All of it, for a program."""
    figure, contract = each.figure, each.terms.contract
    return {
        "customer": each.customer.key,
        "contract": contract.id,
        "service": each.service.key if each.service else None,
        "period": figure.period.key,
        "begins": _iso(figure.period.begins),
        "ends": _iso(figure.period.ends),
        "available": float(floored(figure.share, 6)),
        "available_exactly": str(figure.share),
        "target": float(floored(figure.target, 6)),
        "strength": each.terms.availability.strength.value,
        "clause": each.terms.availability.clause,
        "met": figure.met,
        "provisional": figure.provisional,
        "downtime_seconds": figure.down.total_seconds(),
        "total_seconds": figure.total.total_seconds(),
        "with_maintenance": _share(figure.with_maintenance),
        "without_maintenance": _share(figure.without_maintenance),
        "credit": float(floored(each.credit.fee, 6)) if each.credit is not None else None,
        "credit_clause": contract.credit.clause if contract.credit else None,
        "intervals": [_interval_json(verdict) for verdict in each.verdicts()],
    }


def _interval_json(verdict: Verdict) -> dict[str, Any]:
    interval = verdict.interval
    return {
        "id": interval.id,
        "begins": _iso(verdict.begins),
        "ends": _iso(verdict.ends),
        "lasts": verdict.lasts,
        "scope": interval.scope.value,
        "services": sorted(interval.services),
        "maintenance": interval.maintenance.value if interval.maintenance else None,
        "exclusion": interval.exclusion,
        "counts": verdict.judgement.counts,
        "why": verdict.judgement.why.value,
        "clause": verdict.judgement.clause,
    }


def _share(share: Fraction | None) -> float | None:
    return None if share is None else float(floored(share, 6))


def _iso(at: datetime) -> str | None:
    return utc_text(at)
