"""The log: lines for people or JSON for machines, on standard error, without anything secret.

Listeners and loops log ids and kinds, never what people wrote. What slips through in the words of
an error (a token, an address to answer at, a statement's values) is struck out here.
"""

import logging
import re
import sys
from collections.abc import Mapping

import structlog
from structlog.typing import EventDict, Processor

SECRET = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w.-]+|xapp-[\w-]+|https?://hooks\.slack\.com/\S+"
    r"|https?://\S+/(?:commands|actions|response)/\S+|wss?://\S+|(?<=[?&]ticket=)[\w-]+"
    r"|\b\d+\.\d{6,}\.[0-9a-f]{12,}\b"
)
"""Tokens, response addresses, socket addresses (they hold a ticket), trigger ids."""

HIDDEN = frozenset({
    "token", "bot_token", "app_token", "signing_secret", "authorization", "response_url", "trigger_id", "trigger",
    "text", "blocks", "view", "body", "payload_body", "private_metadata", "parameters",
})  # fmt: skip
"""Names under which secrets and people's words travel: what stands under them is never written."""

UNHEARD = re.compile(r"^Unhandled request .*", re.DOTALL)
"""Bolt's warning of a request nobody listens to. It quotes the whole request."""

VALUES = re.compile(r"\[parameters: .*?\]\s*\n(?=\(Background)|\[parameters: .*", re.DOTALL)
"""A statement's values, as SQLAlchemy adds them to its errors: among them are texts people typed."""

SUSPECT = re.compile(r"xox|xapp|//|ticket=|\.\d{6,}\.|\[parameters|Unhandled")
"""What every text has in which something is struck out, and few others: looked for first, for every value of a line."""

IN_VAIN = (
    "As `installation_store` or `authorize` has been used",
    "As you gave `client` as well",
    "Failed to send a request to Slack API server",
)
"""Bolt's warnings that it will not read the token by itself: so we want it. The SDK's line about a call that failed:
whoever made the call hears of it, and says what it means."""


def configure(style: str, level: int = logging.INFO) -> None:
    """Log from now on in that style, "console" or "json"; other people's libraries only warn."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        strike_out,
    ]
    last = _renderer(style)
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Asked anew for each line: what stood for standard error when this was set may be closed by then.
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    handler.addFilter(lambda record: not str(record.msg).startswith(IN_VAIN))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def strike_out(_logger: object, _method: str, line: EventDict) -> EventDict:
    """Replace every secret in a line's texts, and whatever stands under a name of secrets."""
    for name, value in line.items():
        line[name] = "…" if name in HIDDEN else _struck(value)
    return line


def _struck(value: object) -> object:
    if isinstance(value, str):
        if not SUSPECT.search(value):
            return value
        return UNHEARD.sub("Unhandled request", SECRET.sub("…", VALUES.sub("[values left out]\n", value)))
    if isinstance(value, Mapping):
        return {name: "…" if name in HIDDEN else _struck(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_struck(each) for each in value]
    return value


def _renderer(style: str) -> Processor:
    if style == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    # Plain tracebacks: the pretty ones print local variables.
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, sort_keys=False
    )
