"""`vakt oncall`: rotas from a file, tried before anybody depends on them. No database, no Slack."""
# ruff: noqa: FBT002 - an option is a parameter, and Typer's flags are booleans

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.machine import SystemClock
from bot.plainly import fail
from models.rota.document import RotaDocument, read_rota, spec_of
from models.rota.feed import Heading, written
from models.rota.questions import gaps, shifts
from models.rota.rota import Rota, compile_rota
from models.rota.shift import Gap, RotaError, Shift, label
from models.sla.calendar import Calendar
from models.sla.policy import load_policies
from models.sla.policy_files import PolicyError

UNUSABLE = 2
LOOKED_AHEAD = timedelta(days=90)
"""How far gaps are looked for when a file is checked."""

File = Annotated[Path, typer.Argument(metavar="FILE", help="A TOML file with [[rotas]]; docs/oncall.md shows one.")]
Key = Annotated[str | None, typer.Option("--rota", help="One rota only, by its key.")]
From = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day; today by default.")]
Policies = Annotated[
    Path | None, typer.Option("--policies", envvar="VAKT_POLICIES", help="A further folder of policy files.")
]


def register(app: typer.Typer) -> None:
    """Put `vakt oncall` on the command line."""
    oncall = typer.Typer(
        help="Rotas: checked, shown, written as calendars. vakt oncall read ROTA FILE|URL stores one.",
        no_args_is_help=True,
    )
    oncall.callback()(oncall_commands)
    oncall.command("check")(check_command)
    oncall.command("show")(show_command)
    oncall.command("feed")(feed_command)
    app.add_typer(oncall, name="oncall")


def oncall_commands() -> None:
    """Rotas: checked, shown, written as calendars."""


def check_command(file: File, policies: Policies = None) -> None:
    """Check a file of rotas: mistakes (then it ends with 2), what is odd, and gaps in the next 90 days."""
    now = SystemClock().now()
    for document, rota in _read(file, policies):
        typer.echo(f"{document.key}: {document.name}, {_counted(document)}")
        for warning in document.warnings:
            typer.echo(f"  {warning}")
        for gap in gaps(rota, now, now + LOOKED_AHEAD):
            typer.echo(f"  nobody is on call {_span(gap, document.zone)}")


def show_command(
    file: File,
    key: Key = None,
    begin: From = None,
    days: Annotated[int, typer.Option("--days", min=1, max=400, help="How many days.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a shift, for a program.")] = False,
    policies: Policies = None,
) -> None:
    """Show who is on call when, a line a shift."""
    for document, rota in _chosen(_read(file, policies), key):
        start = _first(begin, document.zone)
        for shift in shifts(rota, start, start + timedelta(days=days)):
            typer.echo(json.dumps(_shape(shift)) if as_json else _line(shift, document))


def feed_command(
    file: File,
    key: Key = None,
    person: Annotated[str | None, typer.Option("--person", help="One person's shifts only, by handle.")] = None,
    begin: From = None,
    days: Annotated[int, typer.Option("--days", min=1, max=1_100, help="How many days.")] = 365,
    policies: Policies = None,
) -> None:
    """Write shifts as an iCalendar feed on standard output."""
    found: list[Shift] = []
    title = "On call"
    for document, rota in _chosen(_read(file, policies), key):
        start = _first(begin, document.zone)
        found += [each for each in shifts(rota, start, start + timedelta(days=days)) if person in {None, each.person}]
        title = document.name if key else title
    sys.stdout.buffer.write(written(found, Heading(title=title, names={}, stamp=SystemClock().now())))


def _read(file: Path, policies: Path | None) -> list[tuple[RotaDocument, Rota]]:
    """Every rota of a file; the command ends here, saying why, when one cannot be used."""
    try:
        documents = [read_rota(each) for each in _tables(tomllib.loads(file.read_text("utf-8")))]
        calendars = _calendars(policies) if any(each.calendars for each in documents) else {}
        return [(each, compile_rota(spec_of(each, calendars))) for each in documents]
    except tomllib.TOMLDecodeError as error:
        fail(f"{file} is no TOML: {error}", UNUSABLE)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}", UNUSABLE)
    except UnicodeDecodeError as error:
        fail(f"{file} cannot be read: {error}", UNUSABLE)
    except (RotaError, PolicyError) as error:
        fail("\n".join(f"{file}: {line}" for line in str(error).splitlines()), UNUSABLE)


def _tables(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    rotas = content.get("rotas")
    if not isinstance(rotas, list) or not rotas or not all(isinstance(each, dict) for each in rotas):
        message = "it has no [[rotas]]; docs/oncall.md shows how one is written"
        raise RotaError(message)
    keys = [str(each.get("key")) for each in rotas]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        message = f"rotas: {', '.join(twice)} is there twice"
        raise RotaError(message)
    return rotas


def _calendars(policies: Path | None) -> dict[str, Calendar]:
    """The calendars of every contract, by "contract/calendar"."""
    contracts = load_policies([policies] if policies else [])
    return {f"{each.id}/{name}": calendar for each in contracts.values() for name, calendar in each.calendars.items()}


def _chosen(rotas: list[tuple[RotaDocument, Rota]], key: str | None) -> Iterator[tuple[RotaDocument, Rota]]:
    there = [document.key for document, _ in rotas]
    if key is not None and key not in there:
        fail(f"there is no rota {key}; there is {', '.join(there)}", UNUSABLE)
    return ((document, rota) for document, rota in rotas if key in {None, document.key})


def _first(begin: datetime | None, zone: str) -> datetime:
    """The first instant of a day where the rota is."""
    there = ZoneInfo(zone)
    day = begin.date() if begin else SystemClock().now().astimezone(there).date()
    return datetime.combine(day, time(), there).astimezone(UTC)


def _counted(document: RotaDocument) -> str:
    people = {person for layer in document.layers for person in layer.people}
    return f"layers {', '.join(layer.name for layer in document.layers)}; {len(people)} people"


def _line(shift: Shift, document: RotaDocument) -> str:
    because = f" ({shift.why})" if shift.because else ""
    return f"{_span(shift, document.zone)}  {document.key}  {label(shift.layer)}: {shift.person}{because}"


def _span(what: Shift | Gap, zone: str) -> str:
    since, until = (at.astimezone(ZoneInfo(zone)) for at in (what.since, what.until))
    return f"{since:%a %Y-%m-%d %H:%M} to {until:%a %Y-%m-%d %H:%M}"


def _shape(shift: Shift) -> dict[str, Any]:
    return {
        "rota": shift.rota,
        "layer": shift.layer,
        "person": shift.person,
        "since": shift.since.isoformat(),
        "until": shift.until.isoformat(),
        "why": str(shift.why),
    }
