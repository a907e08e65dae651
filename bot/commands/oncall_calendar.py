"""`vakt oncall read`: an iCalendar file or feed becomes the shifts of a stored rota's layers `from_calendar`."""
# ruff: noqa: FBT002 - an option is a parameter, and Typer's flags are booleans

from collections.abc import Mapping
from datetime import datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Annotated, Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import typer
from sqlmodel import Session, select

from bot.commands.opened import changing
from bot.machine import SystemClock
from bot.plainly import plain_errors
from bot.settings import is_loopback
from models.person import Person
from models.rota.calendar_file import Imported, Reading, read_calendar
from models.rota.calendar_text import LARGEST
from models.rota.changes import FixedShift
from models.rota.document import RotaDocument
from models.rota.shift import RotaError, label
from models.stored_rota import StoredRota, rota_by_key
from models.timer import look_at_rota

BEFORE, AHEAD = timedelta(days=31), timedelta(days=400)
TIMEOUT = 20.0
TOLD = 20


def register(app: typer.Typer) -> None:
    """Put `vakt oncall read` on the command line."""
    oncall = typer.Typer(help="Rotas: checked, shown, written and read as calendars.", no_args_is_help=True)
    oncall.callback()(oncall_commands)
    oncall.command("read")(read_command)
    app.add_typer(oncall, name="oncall")


def oncall_commands() -> None:
    """Rotas: checked, shown, written and read as calendars."""


def read_command(
    key: Annotated[str, typer.Argument(metavar="ROTA", help="The key of a rota that has a layer from_calendar.")],
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="An iCalendar file, or the https address of one.")],
    yes: Annotated[bool, typer.Option("--yes", help="Store the shifts; without it they are only counted.")] = False,
) -> None:
    """Read a calendar as a rota, from a month ago to 400 days ahead. Run it from cron to follow a feed."""
    said: Mapping[type[Exception], str] = {RotaError: "{error}"}
    with plain_errors(said):
        text = _text(source)
    with changing(said) as (session, team_id):
        imported, differ = _read(session, team_id, key, text, keep=yes)
    _say(imported, differ=differ, kept=yes)


def _read(session: Session, team_id: str, key: str, text: str, *, keep: bool) -> tuple[Imported, bool]:
    """What the calendar comes to, and whether that is something else than what is stored; stored with `keep`."""
    stored = rota_by_key(session, team_id, key, lock=True)
    if stored is None:
        raise RotaError(f"there is no rota {key}; vakt import brings one in")
    imported = read_calendar(text, _reading(session, stored, SystemClock().now()))
    differ = _shapes(imported.shifts) != (stored.calendar or [])
    if keep and differ:
        stored.calendar = _shapes(imported.shifts)
        stored.touch()
        look_at_rota(session, team_id, stored.id)
    return imported, differ


def _text(source: str) -> str:
    """The calendar's text, from a file or an address.

    Raises:
        RotaError: it cannot be had, or is larger than is read.
    """
    parts = urlsplit(source)
    try:
        if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            with urlopen(source, timeout=TIMEOUT) as answer:  # noqa: S310 - https, or this machine
                content: bytes = answer.read(LARGEST * 4 + 1)
        elif parts.scheme in {"http", "webcal"}:
            raise RotaError(f"{source} could be changed on its way; give an https address")
        else:
            content = Path(source).read_bytes()
        return content.decode("utf-8")
    except (URLError, HTTPException, OSError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, RotaError):
            raise
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise RotaError(f"{source} cannot be read: {why}") from error


def _reading(session: Session, stored: StoredRota, now: datetime) -> Reading:
    document = RotaDocument.model_validate(stored.document)
    layers = tuple(layer.name for layer in document.layers if layer.from_calendar)
    if not layers:
        raise RotaError(f"{stored.key} has no layer from_calendar; write from_calendar = true in workspace.toml")
    return Reading(
        people=_names(session, stored.team_id),
        layers=layers,
        zone=ZoneInfo(document.zone),
        begin=now - BEFORE,
        end=now + AHEAD,
    )


def _names(session: Session, team_id: str) -> Mapping[str, str]:
    """What an event may call somebody, to their id. A name that two people have names neither."""
    found: dict[str, set[str]] = {}
    for person in session.exec(select(Person).where(Person.team_id == team_id)):
        for name in filter(None, (person.name, person.handle, person.email)):
            found.setdefault(name, set()).add(person.id)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def _shapes(shifts: tuple[FixedShift, ...]) -> list[dict[str, Any]]:
    return [
        {
            "person": shift.person,
            "layer": shift.layer,
            "since": shift.since.isoformat(),
            "until": shift.until.isoformat(),
            "uid": shift.uid,
        }
        for shift in shifts
    ]


def _say(imported: Imported, *, differ: bool, kept: bool) -> None:
    for unread in imported.unread[:TOLD]:
        typer.echo(f'not read: "{unread.summary}": {unread.why}')
    for one, other in imported.overlaps[:TOLD]:
        since, over = (f"{shift.since:%Y-%m-%d %H:%M} UTC" for shift in (other, one))
        typer.echo(f"{label(one.layer)}: the shift from {since} lies over the one from {over}")
    typer.echo(f"Shifts: {len(imported.shifts)}; events not read: {len(imported.unread)}.")
    if not differ:
        typer.echo("Nothing to change.")
    elif not kept:
        typer.echo("Nothing was changed. With --yes they are stored.")
