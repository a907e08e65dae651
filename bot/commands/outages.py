"""`vakt outages`: which there are, all of one, and the report after it."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
from typing import Annotated, Any

import typer

from bot.commands.opened import looking
from bot.contracts import agreements
from bot.machine import SystemClock
from bot.plainly import fail
from handlers import language as languages
from handlers.outage_pictures import line_facts, outage_facts
from handlers.outage_reports import report_facts
from handlers.views.outage_desk import dated_line
from handlers.views.outage_report import markdown
from handlers.views.typed import as_typed
from models.outage import Outage, all_outages, outage_by_number, outage_entries
from models.store import Session
from models.told import count_told

Named = Annotated[str, typer.Argument(metavar="OUTAGE", help="The outage's name, such as O-3.")]
Language = Annotated[str, typer.Option("--language", help="en, nb or sv.")]


def register(app: typer.Typer) -> None:
    """Put `vakt outages` on the command line."""
    outages = typer.Typer(help="Outages: which there are, and what was made of them.", no_args_is_help=True)
    outages.callback()(outage_commands)
    outages.command("list")(list_command)
    outages.command("show")(show_command)
    outages.command("report")(report_command)
    app.add_typer(outages, name="outages")


def outage_commands() -> None:
    """Outages: which there are, and what was made of them."""


def list_command(
    only_open: Annotated[bool, typer.Option("--open", help="Only those that last.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the newest first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object an outage, for a program.")] = False,
) -> None:
    """List outages, the newest first."""
    with looking() as (session, team_id):
        shown = [_shape(session, each) for each in all_outages(session, team_id, limit, lasting=only_open)]
    for shape in shown:
        typer.echo(json.dumps(shape, ensure_ascii=False) if as_json else _line(shape))
    if not shown and not as_json:
        typer.echo("No outages.")


def _shape(session: Session, outage: Outage) -> dict[str, Any]:
    facts = outage_facts(session, outage, SystemClock().now())
    return {
        "outage": outage.name,
        "title": facts.title,
        "services": list(facts.services),
        "scope": outage.scope,
        "gravity": outage.gravity,
        "began": outage.began_at.isoformat(),
        "ended": outage.ended_at.isoformat() if outage.ended_at else None,
        "places": count_told(session, outage.team_id, outage.name),
        "channel": outage.channel_id,
    }


def _line(shape: dict[str, Any]) -> str:
    until = f"until {shape['ended']}" if shape["ended"] else "lasts"
    told = f"told in {shape['places']} places"
    return f"{shape['outage']}  {shape['title']} · {', '.join(shape['services'])} · {shape['began']} {until} · {told}"


def show_command(outage: Named, language: Language = "en") -> None:
    """Show an outage, and everything that happened to it."""
    words = languages.spoken(language)
    with looking() as (session, team_id):
        found = _found(session, team_id, outage)
        now = SystemClock().now()
        lines = [line_facts(session, found, entry, now) for entry in outage_entries(session, team_id, found.number)]
        typer.echo(_line(_shape(session, found)))
    for line in lines:
        typer.echo(as_typed(dated_line(line, words)))


def report_command(outage: Named, language: Language = "en") -> None:
    """Write the report of an outage as Markdown."""
    with looking() as (session, team_id):
        found = _found(session, team_id, outage)
        facts = report_facts(session, agreements(), found, SystemClock().now())
        typer.echo(markdown(facts, languages.spoken(language)), nl=False)


def _found(session: Session, team_id: str, name: str) -> Outage:
    digits = name.upper().removeprefix("O").removeprefix("-")
    found = outage_by_number(session, team_id, int(digits)) if digits.isdecimal() else None
    if found is None:
        fail(f"There is no outage {name}. vakt outages list shows those there are.")
    return found
