"""`vakt maintenance check|list`: what the agreements make of a plan, and what is planned. Nothing is stored."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.commands.opened import looking
from bot.contracts import agreements
from bot.machine import SystemClock
from bot.plainly import fail
from handlers.language import UNKNOWN_READER
from handlers.maintenance_guard import Plan, facts_of, guard
from handlers.maintenance_pictures import work_facts
from handlers.views.facts.maintenance import ClauseRow, GuardFacts, MaintenanceFacts, SlotFact
from handlers.views.maintenance_words import asked, figure, plain_slot
from handlers.views.words import Words
from models.desk import desks_of
from models.maintenance import maintenance_to_come
from models.service import services_with_keys
from models.sla.maintenance_rules import MaintenanceKind
from models.store import Session

BROKEN = 1
UNUSABLE = 2


def register(app: typer.Typer) -> None:
    """Put `vakt maintenance` on the command line."""
    part = typer.Typer(help="Maintenance and the agreements.", no_args_is_help=True)
    part.callback()(maintenance_commands)
    part.command("check")(check_command)
    part.command("list")(list_command)
    app.add_typer(part, name="maintenance")


def maintenance_commands() -> None:
    """Maintenance and the agreements."""


def check_command(  # noqa: PLR0917 - an option is a parameter
    services: Annotated[list[str], typer.Argument(metavar="SERVICE…", help="Keys of services of one desk.")],
    start: Annotated[str, typer.Option("--start", help="As 2026-12-12T20:00+01:00.")],
    end: Annotated[str, typer.Option("--end", help="As 2026-12-12T22:00+01:00.")],
    kind: Annotated[
        MaintenanceKind, typer.Option("--kind", help="What sort of maintenance.")
    ] = MaintenanceKind.PLANNED,
    away: Annotated[bool, typer.Option("--downtime/--no-downtime", help="Whether services are away.")] = True,
    approved: Annotated[bool, typer.Option("--approved", help="Somebody approves it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for a program.")] = False,
) -> None:
    """Judge a plan by every agreement it concerns; ends with 1 when it breaks one."""
    now = SystemClock().now()
    starts_at, ends_at = _moment(start, "--start"), _moment(end, "--end")
    if ends_at <= starts_at:
        fail(f"--end is {end}, which is not after --start, {start}; choose a later end.", UNUSABLE)
    with looking() as (session, team_id):
        plan = Plan(
            team_id=team_id,
            desk_id=_desk(session, team_id, services),
            services=tuple(sorted(services)),
            kind=kind,
            downtime=away,
            starts_at=starts_at,
            ends_at=ends_at,
            approved=approved,
        )
        judged = guard(session, agreements(), plan, now)
        facts = facts_of(session, judged, now)
        zone = judged.parties[0].contract.zone if judged.parties else UNKNOWN_READER.zone
    words = Words("en", zone)
    if as_json:
        typer.echo(json.dumps(_as_json(facts), ensure_ascii=False))
    else:
        _print(facts, words)
    if facts.broken:
        raise typer.Exit(BROKEN)


def list_command(
    desk: Annotated[str | None, typer.Option("--desk", help="One desk's only, by its key.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for a program.")] = False,
) -> None:
    """List what is planned and under way."""
    now = SystemClock().now()
    with looking() as (session, team_id):
        desks = {each.id: each.key for each in desks_of(session, team_id)}
        if desk is not None and desk not in desks.values():
            fail(f'There is no desk "{desk}"; there is {", ".join(desks.values()) or "none"}.', UNUSABLE)
        shown = [each for each, key in desks.items() if desk in (None, key)]
        works = maintenance_to_come(session, team_id, shown)
        rows = [(desks[work.desk_id], work_facts(session, work, now)) for work in works]
    if as_json:
        for key, row in rows:
            typer.echo(json.dumps(_row_json(row, key), ensure_ascii=False))
        return
    table = Table("", "When", "What", "Services", "Stage", "Desk")
    for key, row in rows:
        when, services = plain_slot(row.slot, UNKNOWN_READER), ", ".join(row.services)
        table.add_row(row.name, when, row.title, services, row.stage, key)
    _console().print(table if rows else "No maintenance is planned.")


def _moment(text: str, option: str) -> datetime:
    """An instant with its offset; ends with a plain line where it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        fail(f'{option} is "{text}"; write day, time and offset such as 2026-12-12T20:00+01:00.', UNUSABLE)
    return at


def _desk(session: Session, team_id: str, keys: Sequence[str]) -> str:
    found = {service.key: service for service in services_with_keys(session, team_id, keys)}
    for key in keys:
        if key not in found:
            fail(f'There is no service "{key}"; workspace.toml names them under [[services]].', UNUSABLE)
    desks = {service.desk_id for service in found.values()}
    if len(desks) > 1:
        fail("These services are kept by different desks; check each desk's by itself.", UNUSABLE)
    return desks.pop()


# Shown


def _print(facts: GuardFacts, words: Words) -> None:
    table = Table("", "Agreement", "Asks", "Found", "Clause")
    for row in sorted(facts.rows, key=lambda each: ("broken", "kept", "not_applicable").index(each.verdict)):
        found = str(figure(row, words)) if row.verdict != "not_applicable" else ""
        table.add_row(row.verdict.replace("_", " "), row.vendor, str(asked(row, words)), found, row.clause)
    console = _console()
    console.print(table)
    for line in _lines(facts, words):
        console.print(line)


def _lines(facts: GuardFacts, words: Words) -> list[str]:
    lines = [f"{facts.customers} customers under {facts.agreements} agreements; told in {facts.channels} channels."]
    if facts.latest is not None:
        lines.append(f"Latest moment to tell: {words.zoned(facts.latest)}.")
    lines += [f"Overlaps {each.name}, {plain_slot(each.slot, words)}." for each in facts.overlaps]
    lines += [f"Keeps everything: {plain_slot(slot, words)}." for slot in facts.slots]
    if facts.blocked:
        lines.append(f"No slot of that length keeps {', '.join(facts.blocked)}.")
    if facts.rest is not None:
        vendors = ", ".join(f"{each.vendor} ({each.customers})" for each in facts.leave_out)
        lines.append(f"Without {vendors} the earliest is {plain_slot(facts.rest, words)}.")
    if facts.parts:
        lines.append(f"In parts: {'; '.join(plain_slot(part, words) for part in facts.parts)}.")
    return lines


def _console() -> Console:
    """As wide as the terminal; wide enough to wrap nothing where there is none."""
    return Console(width=None if sys.stdout.isatty() else 200, highlight=False)


def _as_json(facts: GuardFacts) -> dict[str, Any]:
    return {
        "customers": facts.customers,
        "agreements": facts.agreements,
        "channels": facts.channels,
        "latest_to_tell": facts.latest.isoformat() if facts.latest else None,
        "clauses": [_clause_json(row) for row in facts.rows],
        "slots": [_slot_json(slot) for slot in facts.slots],
        "blocked": list(facts.blocked),
        "leave_out": [each.contract for each in facts.leave_out],
        "without_them": _slot_json(facts.rest) if facts.rest else None,
        "parts": [_slot_json(part) for part in facts.parts],
        "overlaps": [each.name for each in facts.overlaps],
    }


def _clause_json(row: ClauseRow) -> dict[str, Any]:
    figures: dict[str, Any] = {"count": row.count} if row.count else {}
    if row.found:
        figures["minutes"] = row.found.total_seconds() / 60
    return {
        "agreement": row.vendor,
        "clause": row.clause,
        "limit": row.limit,
        "verdict": row.verdict,
        "broken_for": row.broken_for,
        "customers": row.customers,
        **figures,
    }


def _slot_json(slot: SlotFact) -> dict[str, str]:
    return {"start": slot.starts_at.isoformat(), "end": slot.ends_at.isoformat()}


def _row_json(row: MaintenanceFacts, desk: str) -> dict[str, Any]:
    return {
        "name": row.name,
        "desk": desk,
        "title": row.title,
        "kind": row.kind,
        "downtime": row.downtime,
        "services": list(row.services),
        "stage": row.stage,
        **_slot_json(row.slot),
        "told_at": row.told_at.isoformat() if row.told_at else None,
        "overridden": list(row.overridden),
    }
