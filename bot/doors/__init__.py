"""Where things come in, by sockets and by ports.

Slack: `socket_door`, with `socket_watch` and `acks`, or `http_door`, behind `admission`. Alerts and heartbeats:
`hook_door`, its requests answered by `hooks`, signed (`hook_signature`), not too often (`hook_limits`), stored together
(`hook_intake`). Those who watch, and calendars: `web`, `feeds`, `maintenance_feed`. Ports are listened on by
`listening`, with what `slow_clients` lets clients do.
"""
