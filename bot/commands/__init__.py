"""The command line, a module a command; `bot.cli` says which has which.

About contracts, without a database: `contracts` (`policy`, `calendar`, `due`, `why`) with `contract_question`,
`contract_prints`, `policy_rules` and `due_batch`; `oncall`, rotas from a file. About what is stored, which `opened`
opens for each: `tickets`, `timers`, `outbox`, `pages`, `outages`, `maintenance`, `announcements`, `availability` with
`availability_prints`, `claims`, `hooks`, `routes`, `rehearse`, `correct_calendar`, `oncall_calendar`, `workspace`.
About the database itself: `database`, `backup`. `doctor` looks at everything.
"""
