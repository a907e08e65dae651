"""Brings one database to the newest revision: `python -m bot.migrate URL`."""

import sys

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from bot.schema import FOLDER

LOCK = 0x7661_6B74
"""The advisory lock under which one process at a time migrates a PostgreSQL database."""


def migrate(url: str) -> None:
    """Apply what is missing."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    engine = create_engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
            connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    engine.dispose()


if __name__ == "__main__":
    migrate(sys.argv[1])
