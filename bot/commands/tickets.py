"""`vakt why T-12`: a ticket's deadlines, counted again from what is stored."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.text import Text

from bot.commands import contract_prints as prints
from bot.commands.opened import looking
from bot.contracts import agreements
from bot.machine import SystemClock
from bot.plainly import fail
from handlers import counting, pictures
from handlers.agreements import NoAgreementError
from handlers.scene import Scene, scene
from models import typed_text
from models.clock import Clock, clocks_of
from models.sla.ledger import Ledger, ledger
from models.sla.plan import Planned
from models.sla.questions import say
from models.store import Session
from models.ticket import Ticket, ticket_by_number
from models.wait import pauses, waits_of


def register(app: typer.Typer) -> None:
    """Put `vakt why` for tickets on the command line."""
    app.command("why")(why_command)


def why_command(
    ticket: Annotated[str, typer.Argument(metavar="TICKET", help="The ticket's number, such as T-12.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a clock, for a program.")] = False,
    language: Annotated[str, typer.Option("--language", help="The language of reasons and clauses.")] = "en",
) -> None:
    """Tell why a ticket's deadlines are what they are: every span counted and skipped."""
    number = int(ticket.lstrip("Tt-"))
    with looking({NoAgreementError: "{error}"}) as (session, team_id):
        found = ticket_by_number(session, team_id, number)
        if found is None:
            fail(f"There is no ticket T-{number}.")
        _tell(session, found, language, as_json=as_json)


def _tell(session: Session, ticket: Ticket, language: str, *, as_json: bool) -> None:
    at = scene(session, agreements(), ticket, SystemClock().now())
    accounts = list(_accounts(at, language))
    if as_json:
        for clock, planned, account in accounts:
            row = prints.why_json(at.contract, planned, clock.severity, account)
            typer.echo(json.dumps({"ticket": ticket.name, **row, **_became(clock)}, ensure_ascii=False))
        return
    page = [Text(line) for line in _head(at, language)]
    parts: list[RenderableType] = list(page)
    for clock, planned, account in accounts:
        shown = prints.why_page(at.contract, planned, account, severity=clock.severity, language=language)
        parts += ["", shown, Text(_became_words(clock))]
    if not accounts:
        parts.append(Text("No clock runs on it."))
    Console(width=None if sys.stdout.isatty() else 200, highlight=False).print(Group(*parts))


def _head(at: Scene, language: str) -> Iterator[str]:
    """Which ticket, and the answers that led to its class."""
    summary = typed_text.read(at.session, at.ticket.team_id, at.ticket.summary_id)
    yield f"{at.ticket.name} · {summary} · {at.customer.name}"
    for question, answer in pictures.answers_of(at.contract, at.ticket):
        yield f"{say(question, language)} {say(answer, language)}"


def _accounts(at: Scene, language: str) -> Iterator[tuple[Clock, Planned, Ledger | None]]:
    """Every clock that was not withdrawn, with its account; None where no clock runs (PI-06)."""
    waits = waits_of(at.session, at.ticket.team_id, at.ticket.number)
    for clock in clocks_of(at.session, at.ticket.team_id, at.ticket.number):
        if clock.state == "withdrawn":
            continue
        planned = counting.planned_for(at.contract, at.ticket, clock, waits)
        kinds = frozenset(map(str, planned.promise.paused_by)) | {counting.RESOLVED}
        target, held = planned.promise.target, pauses(list(waits), kinds)
        account = ledger(planned.calendar, planned.started_at, target, held, language=language)
        yield clock, planned, None if planned.paged else account


def _became(clock: Clock) -> dict[str, Any]:
    """What became of a clock, for a program."""
    return {
        "state": str(clock.state),
        "stopped": clock.stopped_at.isoformat() if clock.stopped_at else None,
        "late": clock.late_at.isoformat() if clock.late_at else None,
    }


def _became_words(clock: Clock) -> str:
    """The same, in words."""
    late = f", late since {prints.moment(clock.late_at)} UTC" if clock.late_at else ""
    stopped = f" {prints.moment(clock.stopped_at)} UTC" if clock.stopped_at else ""
    return f"The clock: {clock.state}{stopped}{late}"
