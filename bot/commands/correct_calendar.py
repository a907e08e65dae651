"""`vakt calendar correct`: what a corrected fact about opening would move, and moving it."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bot.commands.contract_prints import moment
from bot.commands.opened import opened
from bot.contracts import agreements, calendars_of, read_contracts, years_around
from bot.machine import MachineClock, SystemClock
from bot.plainly import fail, plain_errors, read_settings
from bot.storage.database import Database, Lane
from handlers import correcting
from handlers.correcting import Move, Proposal
from models import typed_text
from models.contract_version import CalendarVersion, ContractVersion, latest_calendars
from models.correction import versions_in_use
from models.sla.calendar import Calendar
from models.sla.calendar_document import restored
from models.sla.contract import Contract
from models.sla.policy_calendars import with_facts
from models.store import BusyError

TRIES = 5
"""How often a batch is tried that others keep from being written."""


def register(app: typer.Typer) -> None:
    """Put `vakt calendar correct` on the command line."""
    calendar = typer.Typer(help="Show opening hours; correct them under running clocks.", no_args_is_help=True)
    calendar.command("correct")(correct_command)
    app.add_typer(calendar, name="calendar")


def correct_command(
    contract: Annotated[str, typer.Argument(metavar="CONTRACT", help="The contract whose policy file was corrected.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in each ticket's history.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Move the clocks; without it they are only shown.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a clock, for a program.")] = False,
) -> None:
    """Show what closures, half days, extra openings and holidays in the policy file move of running clocks.

    Opening hours themselves are terms of the contract and are not taken over. Clocks that stopped or
    are late never move. It can be run while `vakt run` is running, and run again.
    """
    if yes and not reason.strip():
        fail('say why: --reason "closed on 27 November for stocktaking"')
    with plain_errors():
        contracts = read_contracts(read_settings().vakt_policies)
    if contract not in contracts:
        fail(f'there is no contract "{contract}"; there is {", ".join(sorted(contracts))}')
    with opened({BusyError: "{error}. Run it again: what was moved stays moved."}) as (database, team_id):
        proposals = propose(database, team_id, contracts[contract], SystemClock().now())
        moves = list(move(database, proposals, reason.strip()) if yes else would_move(database, proposals))
    _say(moves, kept=yes, as_json=as_json)


def propose(database: Database, team_id: str, contract: Contract, now: datetime) -> list[Proposal]:
    """What the facts in a policy file correct, for each version of the contract that open tickets are under."""
    with database.reading() as session:
        return [
            Proposal(agreements=agreements(), version=version, calendars=calendars, now=now)
            for version in versions_in_use(session, team_id, contract.id)
            if (calendars := _corrected(session, version, contract, now)) is not None
        ]


def _corrected(session: Session, version: ContractVersion, contract: Contract, now: datetime) -> CalendarVersion | None:
    """The calendars of a version with the facts of today: a new version, or the latest that has them."""
    latest = latest_calendars(session, version)
    if latest is None:
        return None
    stored: Mapping[str, Calendar] = {name: restored(each) for name, each in json.loads(latest.content).items()}
    content = calendars_of(with_facts(stored, contract.calendar_specs), _years(latest, now))
    if _facts(content) == _facts(latest.content):
        return latest
    digest = hashlib.sha256(f"{latest.hash} {content}".encode()).hexdigest()
    return CalendarVersion(
        team_id=version.team_id,
        contract=version.contract,
        contract_hash=version.hash,
        hash=digest,
        content=content,
        stored_at=now,
    )


def _years(calendars: CalendarVersion, now: datetime) -> range:
    """The years that a stored version was written out for."""
    holidays = [each["holidays"] for each in json.loads(calendars.content).values() if each.get("holidays")]
    return range(holidays[0]["from_year"], holidays[0]["to_year"] + 1) if holidays else years_around(now)


def _facts(content: str) -> dict[str, Any]:
    """What stored calendars say, whichever packages said it."""
    return {name: {**each, "versions": None} for name, each in json.loads(content).items()}


def would_move(database: Database, proposals: list[Proposal]) -> Iterator[Move]:
    for proposal in proposals:
        after: int | None = 0
        while after is not None:
            with database.reading() as session:
                page = correcting.look(session, proposal, after)
            yield from page.moves
            after = page.after


def move(database: Database, proposals: list[Proposal], reason: str) -> Iterator[Move]:
    for proposal in proposals:
        reason_id = _begin(database, proposal, reason)
        after, more = 0, True
        while more:
            page = _batch(database, proposal, reason_id, after)
            yield from page.moves
            # Once more from the first after the last: meanwhile a ticket may have been opened again.
            more = page.after is not None or after > 0
            after = page.after or 0


def _begin(database: Database, proposal: Proposal, reason: str) -> str | None:
    """Store the calendars where they are new, so that tickets opened from now on count in them, and why."""
    with database.transaction(Lane.LOOP) as session:
        calendars = proposal.calendars
        if session.get(CalendarVersion, (calendars.team_id, calendars.id)) is None:
            session.add(calendars)
        return typed_text.keep(session, calendars.team_id, None, reason)


def _batch(database: Database, proposal: Proposal, reason_id: str | None, after: int) -> correcting.Page:
    """One batch, tried again while others hold what it needs: nothing of it was stored then."""
    for left in reversed(range(TRIES)):
        try:
            with database.transaction(Lane.LOOP) as session:
                return correcting.apply(session, proposal, reason_id, after, MachineClock().now())
        except (BusyError, OperationalError) as error:
            if not left:
                message = f"the database was busy {TRIES} times: {error}"
                raise BusyError(message) from error
    raise AssertionError


def _say(moves: list[Move], *, kept: bool, as_json: bool) -> None:
    if as_json:
        for move in moves:
            typer.echo(json.dumps(_row(move)))
        return
    if moves:
        Console(width=None if sys.stdout.isatty() else 200, highlight=False).print(_table(moves))
    if not moves:
        typer.echo("No running clock moves.")
    elif kept:
        typer.echo(f"Moved: {len(moves)}.")
    else:
        typer.echo(f'Nothing was changed. With --yes --reason "…" these {len(moves)} clocks are moved.')


def _row(move: Move) -> dict[str, str]:
    return {
        "ticket": f"T-{move.number}",
        "clock": move.clock,
        "clause": move.clause,
        "before": move.before.isoformat(),
        "after": move.after.isoformat(),
    }


def _table(moves: list[Move]) -> Table:
    table = Table("ticket", "clock", "clause", "due (UTC)", "would be", box=None, pad_edge=False)
    for move in moves:
        table.add_row(f"T-{move.number}", move.clock, move.clause, moment(move.before), moment(move.after))
    return table
