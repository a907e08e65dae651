"""What Alembic runs: one connection, one transaction, SQLite altered by copying."""

from alembic import context
from sqlalchemy import Connection, create_engine

from models.tables import metadata


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _migrate(given)
else:
    engine = create_engine(str(context.config.get_main_option("sqlalchemy.url")))
    with engine.connect() as made:
        _migrate(made)
