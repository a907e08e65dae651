"""The stored workspace that a command is about, opened and closed again."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import typer
from sqlmodel import Session, select

from bot import logs
from bot.app import build
from bot.plainly import fail, need, plain_errors, read_settings
from bot.running import SAID, go_straight_to_this_machine
from bot.settings import Settings
from bot.storage import schema
from bot.storage.database import Database
from models.ticket import Team


@contextmanager
def opened(also: Mapping[type[Exception], str] | None = None) -> Iterator[tuple[Database, str]]:
    """The database and the team; what somebody can mend ends with a plain line, `also` what is named here."""
    settings = read_settings()
    logs.configure(settings.vakt_log, logging.WARNING)
    with plain_errors({**SAID, **(also or {})}):
        schema_is_ours(settings.vakt_database_url)
        database = Database(settings.vakt_database_url)
        try:
            yield database, team_of(database, settings)
        finally:
            database.dispose()


@contextmanager
def looking(also: Mapping[type[Exception], str] | None = None) -> Iterator[tuple[Session, str]]:
    """A session of a command that changes nothing, and the team."""
    with opened(also) as (database, team_id), database.reading() as session:
        yield session, team_id


@contextmanager
def changing(also: Mapping[type[Exception], str] | None = None) -> Iterator[tuple[Session, str]]:
    """A session whose work is stored at the end, or wholly undone by whatever ends the command; and the team."""
    with opened(also) as (database, team_id), database.transaction() as session:
        yield session, team_id


def schema_is_ours(url: str) -> None:
    """Make the schema of an empty database; end when there is another than ours."""
    levels = schema.levels_of(url)
    if levels.revision is None or levels.is_ahead(schema.head()):
        schema.upgrade(url)
    elif not levels.fits(schema.head()):
        fail(f"The database's schema is {levels.revision}, this version needs {schema.head()}. Run: vakt db upgrade")


def team_of(database: Database, settings: Settings) -> str:
    """The workspace meant: the token's, else the only one that is stored."""
    if settings.slack_bot_token.get_secret_value():
        need(settings, "slack_bot_token")
        go_straight_to_this_machine(settings, os.environ)
        vakt = build(settings)
        vakt.stop()
        return vakt.team.team_id
    with database.reading() as session:
        stored = list(session.exec(select(Team.team_id)))
    if not stored:
        where = database.url.render_as_string(hide_password=True)
        typer.echo(f"{where} knows no workspace yet. Is it the one that Vakt runs on (VAKT_DATABASE_URL)?", err=True)
    if len(stored) != 1:
        need(settings, "slack_bot_token")
    return stored[0]
