"""The `vakt` command: which module has which command, and the one place that loads modules late.

`vakt due` needs no Slack and `vakt run` no tables, so only the module of the command that was
typed is loaded; help loads them all. Each module has `register(app)`, which adds its commands.
"""

import gc
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import typer

PARTS = {
    "demo": "bot.demo",
    "run": "bot.running",
    "doctor": "bot.commands.doctor",
    "import": "bot.commands.workspace",
    "export": "bot.commands.workspace",
    "db": "bot.commands.database",
    "outbox": "bot.commands.outbox",
    "timers": "bot.commands.timers",
    "oncall": "bot.commands.oncall",
    "pages": "bot.commands.pages",
    "outages": "bot.commands.outages",
    "rehearse": "bot.commands.rehearse",
    "hooks": "bot.commands.hooks",
    "route": "bot.commands.routes",
    "backup": "bot.commands.backup",
    "restore": "bot.commands.backup",
    "availability": "bot.commands.availability",
    "claims": "bot.commands.claims",
    "maintenance": "bot.commands.maintenance",
    "announcements": "bot.commands.announcements",
    "policy": "bot.commands.contracts",
    "calendar": "bot.commands.contracts",
    "due": "bot.commands.contracts",
    "why": "bot.commands.contracts",
}
"""Where each command is, in the order in which help lists them."""

READ_PART = "bot.commands.oncall_calendar"
"""`vakt oncall read …` asks the database, the other `vakt oncall …` their file."""

CORRECT_PART = "bot.commands.correct_calendar"
"""`vakt calendar correct …` asks the database, `vakt calendar softone …` the contract."""

TICKET_PART = "bot.commands.tickets"
TICKET = re.compile(r"[Tt]-?\d+")
"""`vakt why T-12` asks the database, `vakt why softone …` the contract."""

OURS = ("handlers", "models")
"""Packages beside `bot` whose names others use too."""

SELDOM = (20_000, 20, 50)
"""When garbage is looked for. Python's own 700 means several times for each ticket, which leaves none."""

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run the command that was typed."""
    for line in shadows(OURS, ROOT):
        typer.echo(line, err=True)
        sys.exit(1)
    if list(parts(sys.argv[1:])) == [PARTS["run"]]:
        leave_out("rich")
    gc.disable()  # a thousand modules are loaded and nothing becomes garbage: a tenth of the start
    app = command_for(sys.argv[1:])
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()
    app(prog_name="vakt")


def command_for(words: Sequence[str]) -> typer.Typer:
    """The `vakt` command with the parts that a command line needs."""
    app = typer.Typer(
        name="vakt",
        help="Keep service agreements in Slack.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(vakt)
    for name in parts(words):
        importlib.import_module(name).register(app)
    return app


def leave_out(name: str) -> None:
    """Let a library that others load when it is there not be there.

    structlog takes 5 MB and a tenth of a second of tables and colours for tracebacks that show
    local variables, which a server must not print.
    """
    sys.modules[name] = None  # type: ignore[assignment]


def vakt() -> None:
    """Keep service agreements in Slack."""


def parts(words: Sequence[str]) -> Iterable[str]:
    """The modules that a command line needs; all of them when it names no command of ours."""
    named = next((word for word in words if not word.startswith("-")), "")
    if named == "why" and any(TICKET.fullmatch(word) for word in words[1:]):
        return [TICKET_PART]
    if named == "calendar" and next((word for word in words[1:] if not word.startswith("-")), "") == "correct":
        return [CORRECT_PART]
    if named == "oncall" and next((word for word in words[1:] if not word.startswith("-")), "") == "read":
        return [READ_PART]
    return [PARTS[named]] if named in PARTS else dict.fromkeys(PARTS.values())


def shadows(names: Iterable[str], root: Path) -> Iterator[str]:
    """What to say of files that take the place of ours: their names are common.

    Python takes the first `models` on its path, whoever's it is.
    """
    for name in names:
        ours, place = root / name, place_of(name)
        if place is None or not place.is_relative_to(ours):
            there = f"{place} is in its place" if place else "it is missing"
            yield f"Vakt's own {name} would be {ours}, but {there}. Rename or remove it, or take it off PYTHONPATH."


def place_of(name: str) -> Path | None:
    """Where Python would import that name from."""
    found = importlib.util.find_spec(name)
    places = [found.origin, *(found.submodule_search_locations or ())] if found else []
    return next((Path(place).resolve() for place in places if place), None)


if __name__ == "__main__":
    main()
