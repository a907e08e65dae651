"""Foreseeable mistakes as one plain line on standard error, in place of a traceback."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from bot.settings import Settings
from bot.storage.schema import SchemaError, TooOldError
from models.sla.policy_files import PolicyError
from models.store import BrokenOffError, BusyError, FullError, UnknownOutcomeError, UnwritableError

ADDRESS = (
    "VAKT_DATABASE_URL is no address of a database; write sqlite:///vakt.db or postgresql://user:password@host/name"
)

SAID: Mapping[type[Exception], str] = {
    TooOldError: "This Vakt is too old for the database: {error}.",
    SchemaError: "The database could not be brought to this version's schema: {error}",
    PolicyError: "{error}",
    BrokenOffError: "The database broke off: {error}. Try again in a moment.",
    BusyError: "{error}. Another process is writing; try again in a moment.",
    FullError: "The disk of the database is full: {error}. Make room, then try again.",
    UnwritableError: "The database cannot be used: {error}. Look at VAKT_DATABASE_URL, its file and its disk.",
    UnknownOutcomeError: "The connection broke while it was being stored: {error}. Look whether it is, then try again.",
    ArgumentError: ADDRESS,
    NoSuchModuleError: ADDRESS,
}
"""How each is said, the special case before the general; `{error}` is the error's own text."""

UNUSABLE = 2
"""The exit code when nothing was tried: a setting or an argument is wrong."""


def fail(message: str, code: int = 1) -> NoReturn:
    """Say what is wrong on standard error, and end."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def shown(file: Path) -> str:
    """A file's name as a terminal can show it; on Linux it need be no text."""
    return os.fsencode(file).decode(errors="backslashreplace")


@contextmanager
def plain_errors(also: Mapping[type[Exception], str] | None = None) -> Iterator[None]:
    """End with a plain line where somebody can mend it; a bug keeps its traceback."""
    said = {**SAID, **(also or {})}
    try:
        yield
    except DBAPIError as error:
        fail(f"The database does not answer: {first_line(error.orig)}. Look at VAKT_DATABASE_URL.")
    except tuple(said) as error:
        words = next(words for kind, words in said.items() if isinstance(error, kind))
        fail(words.format(error=error))


def first_line(error: object) -> str:
    """The first line of what a library said."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def read_settings(**given: object) -> Settings:
    """The settings; the command ends here, naming the variable, when one cannot be used."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        fail("\n".join(_line(each) for each in error.errors()), UNUSABLE)


def _line(mistake: object) -> str:
    """One mistake of the environment, without the value: it may be a secret."""
    parts: Mapping[str, object] = mistake  # type: ignore[assignment]
    where = "_".join(str(part) for part in parts["loc"]).upper()  # type: ignore[attr-defined]
    return f"{where}: {str(parts['msg']).removeprefix('Value error, ')}"


def need(settings: Settings, *names: str) -> None:
    """End, saying where to find it, when a token is missing or is another kind of token."""
    wrong = [line for name in names if (line := token_mistake(settings, name))]
    if wrong:
        fail("\n".join(wrong), UNUSABLE)


TOKENS = {
    "slack_bot_token": ("xoxb-", "OAuth & Permissions at https://api.slack.com/apps"),
    "slack_app_token": ("xapp-", "Basic Information at https://api.slack.com/apps (scope connections:write)"),
    "slack_signing_secret": ("", "Basic Information at https://api.slack.com/apps"),
}
"""How each begins, and where Slack shows it."""


def token_mistake(settings: Settings, name: str) -> str | None:
    """What is wrong with a token by its looks alone, and where to find the right one."""
    begins, place = TOKENS[name]
    value = getattr(settings, name).get_secret_value()
    if not value:
        return f"{name.upper()} is not set. Copy it from {place}. Without a Slack account, try: vakt demo"
    if not value.startswith(begins):
        return f"{name.upper()} does not begin with {begins}. Copy the right one from {place}."
    return None
