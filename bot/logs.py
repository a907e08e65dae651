"""The log: lines for people or JSON for machines, on standard error, without anything secret.

Listeners and loops log ids and kinds, never what people wrote. What slips through in the words of
an error (a token, an address to answer at, a statement's values) is struck out here.
"""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor

SECRET = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|https?://\S+/(?:commands|actions|response)/\S+|wss?://\S+|(?<=[?&]ticket=)[\w-]+"
)
"""Tokens, response addresses, socket addresses (they hold a ticket)."""

VALUES = re.compile(r"\[parameters: .*?\]\s*\n(?=\(Background)|\[parameters: .*", re.DOTALL)
"""A statement's values, as SQLAlchemy adds them to its errors: among them are texts people typed."""

IN_VAIN = ("As `installation_store` or `authorize` has been used", "As you gave `client` as well")
"""Bolt's warnings that it will not read the token by itself: so we want it."""


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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
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
    """Replace every secret in a line's texts."""
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = SECRET.sub("…", VALUES.sub("[values left out]\n", value))
    return line


def _renderer(style: str) -> Processor:
    if style == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    # Plain tracebacks: the pretty ones print local variables.
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, sort_keys=False
    )
