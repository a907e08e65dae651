"""The schema's history: Alembic revisions, applied by `vakt db upgrade` and at start."""
