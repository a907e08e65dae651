"""Who is on call: rotas as values, and the questions about them. No storage, no Slack, no clock.

spec, shift, changes      what a rota is, what it answers with, what people changed about it
document, notations       a rota as it is written in `workspace.toml`
recurrence, turns, hours  when a rotation hands over, and when a layer is on call at all
plan, rota                all of it laid out, a month at a time, as sorted shifts
questions, swapping       who is on call, when somebody is, where nobody is; trading two shifts
feed, calendar_file        rotas as iCalendar, out and in; with calendar_text the only modules that load `icalendar`
"""
