"""The thread as the log: one line a change."""

from handlers.views.blocks import Rendered
from handlers.views.facts import LogFacts
from handlers.views.words import Words


def log_line(line: LogFacts, words: Words) -> Rendered:
    """A line in the desk's thread, everything in it."""
    raise NotImplementedError
