"""Brings one database to the newest revision: `python -m bot.storage.migrate URL`."""

import sqlite3
import sys

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, event, text

from bot.storage.schema import FOLDER

LOCK = 0x7661_6B74
"""The advisory lock under which one process at a time migrates a PostgreSQL database."""

PATIENCE = 120.0
"""Seconds to wait for another process that migrates, or writes."""


def migrate(url: str) -> None:
    """Apply what is missing, once whoever else does so is done."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_beginning_to_us)
    with engine.connect() as connection:
        _alone(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    engine.dispose()


def _leave_beginning_to_us(connection: sqlite3.Connection, _record: object) -> None:
    """The driver would commit before each change of a table, so that another process got between."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")


def _alone(connection: Connection) -> None:
    """Wait until nobody else migrates.

    On SQLite the whole upgrade is one transaction: it is done, or nothing of it. On PostgreSQL the
    lock ends with the connection.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
    connection.commit()


if __name__ == "__main__":
    migrate(sys.argv[1])
