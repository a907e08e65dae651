"""Regular expressions for labels that always end soon: an alert comes from outside, and must stop nobody.

Python's matcher tries one way after the other. How many ways there are at most is known from the
expression and from how long a value is looked at, so what could take long is refused when it is written.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from typing import Any

LONGEST_PATTERN = 200
LOOKED_AT = 256
"""Characters of a value that a pattern is tried on; a longer value fits no pattern."""
MOST_WAYS = 300_000
"""Ways at most to try a value: some milliseconds."""

_ONE_WAY = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "CATEGORY", "RANGE", "NEGATE"})
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})


class PatternError(ValueError):
    """An expression that cannot be used; the message says why."""


@lru_cache(maxsize=1_024)
def pattern(text: str) -> re.Pattern[str]:
    """The expression, anchored at both ends by `matches`.

    Raises:
        PatternError: it cannot be read, or might take long.
    """
    if len(text) > LONGEST_PATTERN:
        raise PatternError(f"is {len(text)} characters long; {LONGEST_PATTERN} is the most")
    try:
        parsed: Any = import_module("re._parser").parse(text)
        compiled = re.compile(text, re.DOTALL)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(f'is "{text}": {error}') from error
    found = _ways(parsed, text)
    if found > MOST_WAYS:
        raise PatternError(
            f'is "{text}", which could take long on a value made for it; use * and + at most twice, and | seldom'
        )
    return compiled


def matches(text: str, value: str) -> bool:
    """Whether the whole value fits."""
    return len(value) <= LOOKED_AT and pattern(text).fullmatch(value) is not None


def _ways(items: Iterable[Any], text: str) -> int:
    """In how many ways at most a sequence can be tried on a value."""
    ways = 1
    for operation, argument in items:
        ways = min(ways * _ways_of(str(operation), argument, text), MOST_WAYS + 1)
    return ways


def _ways_of(operation: str, argument: Any, text: str) -> int:  # noqa: ANN401 - a part as Python parsed it
    if operation in _ONE_WAY:
        return 1
    if operation == "BRANCH":
        return sum(_ways(branch, text) for branch in argument[1])
    if operation == "SUBPATTERN":
        return _ways(argument[-1], text)
    if operation in _REPEATS:
        least, most, repeated = argument
        if _ways(repeated, text) > 1:
            raise PatternError(f'is "{text}", which repeats what can fit in several ways; repeat plain characters')
        return min(int(most), LOOKED_AT) - min(int(least), LOOKED_AT) + 1
    raise PatternError(f'is "{text}"; references, look-around and the like are not used here')
