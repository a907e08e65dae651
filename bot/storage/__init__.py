"""The database: `database` gives transactions, `watched_database` counts what was given up, `errors` has words for it.

Its schema: `schema`, brought up to date by `migrate`. Its copies: `backup_file`, made by `sqlite_copy` and
`postgresql_dump`. One process on one file: `instance`.
"""
