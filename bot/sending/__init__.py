"""How what is owed leaves: `sender` empties the outbox, `courier` carries a row and tells what became of it.

By which way: `bot.gateway` to Slack, `errands` for what is done there and is no message, `mail` and `webhook` beside
it; `carriers` says what all ways have in common. How fast: `rates`; when not: `breaker`.
"""
