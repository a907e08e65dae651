"""`workspace.toml`: `file` reads and writes it, `importing` brings it into the database and back.

What is in it, each between the file, which names people by handle, and what is stored, by id: `alerts` (routes and
expected beats), `escalations`, `services`, `texts` (a desk's own). `retiring` is about rotas that are named no more.
"""
