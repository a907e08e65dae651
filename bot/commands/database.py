"""`vakt db`: the database's schema."""

import typer

from bot.plainly import plain_errors, read_settings
from bot.storage import schema


def register(app: typer.Typer) -> None:
    """Put `vakt db` on the command line."""
    database = typer.Typer(help="The database: its schema.", no_args_is_help=True)
    database.callback()(database_commands)
    database.command("upgrade")(upgrade_command)
    app.add_typer(database, name="db")


def database_commands() -> None:
    """The database: its schema."""


def upgrade_command() -> None:
    """Bring the database to this version's schema. `vakt run` does so too."""
    settings = read_settings()
    with plain_errors():
        changed = schema.upgrade(settings.vakt_database_url)
        said = "is now" if changed else "was already"
        typer.echo(f"The database {said} at revision {schema.revision_of(settings.vakt_database_url)}.")
