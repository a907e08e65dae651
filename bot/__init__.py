"""What runs: the process, its wiring, its one door to Slack, its loops, its command line.

`app.build` wires everything from settings. `settings` reads the environment. `database` gives
transactions. `gateway` is the only door to Slack; `sender` empties the outbox through it,
`ticker` turns the timers, `aside` carries what is only polite. `workspace_file` imports and
exports `workspace.toml`. `cli` is the command line; `demo` plays everything on this machine.
"""
