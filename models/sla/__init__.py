"""The pure part: contracts, calendars, clocks and their explanations. No storage, no Slack, no clock.

calendar, clock, ledger     counting time, and the account of it
contract, questions, plan   what is promised, for whom, by when
ladder                      reminders, warnings, escalations, and when they may be said
policy                      the files that contracts are read from
"""
