"""What Vakt knows, a module for each record a person could name.

Records: `person`, `desk`, `product`, `customer`, `channel`, `contract_version`, `ticket`, `wait`, `clock`,
`typed_text`, `history`. What is owed and when: `timer`, `outbox`. What came in: `received`.
The machine's pulse: `heartbeat`. What should have happened and did not: `audit`. What may be
forgotten: `tidying`. The pure part, which needs no database: `sla`.

Primary keys begin with the team, so that several workspaces can share one database and a
distributed one can be cut by team. Persons and the words they typed stand apart from the facts
and are referred to by id, so that forgetting somebody is a few updates.
"""
