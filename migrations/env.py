"""What Alembic runs: one connection, one transaction, SQLite altered by copying.

Revisions are written by hand and say themselves what they change. The tables as they are now are not loaded for them:
that would take half of an upgrade's time.
"""

from alembic import context
from sqlalchemy import Connection, create_engine


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _migrate(given)
else:
    engine = create_engine(str(context.config.get_main_option("sqlalchemy.url")))
    with engine.connect() as made:
        _migrate(made)
