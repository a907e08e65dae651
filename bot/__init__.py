"""What runs: the process, its wiring, its one door to Slack, its loops, its command line.

`app.build` wires everything from settings, which `settings` reads from the environment; `running` starts and stops it.
What comes in, comes by `doors`, and is counted by `taking` and `tally`. `ticker` turns the timers, `sending` empties
the outbox, `aside` and `courtesy` carry what is only polite; `gateway` is the only way out to Slack. `storage` is the
database, `contracts` brings policy files into it, `workspace` the desks, customers and people.

What is looked after beside: `auditor`, `calendar_jobs`, `member_watch`, `group_watch`, `beat_watch`, `do_not_disturb`,
`report_arming`. What is watched: `health`, `gauges`, `metrics`, `lifeline`, `breaches`, `logs`. Time: `machine`,
`pulse`, `loop`. `cli` and `commands` are the command line; `demo` plays everything on this machine.
"""
