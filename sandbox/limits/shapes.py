"""The little language in which Slack's limits are written down: checks that read a JSON value and yield problems.

A check takes a value and the JSON pointer that leads to it. Checks are built from a few words (``string``, ``array``,
``record``, ``tagged`` and so on), so that the tables in the neighbouring modules read like Slack's own reference pages.

Source: the wording is Slack's where a published log shows it ("must be less than 3001 characters", "no more than 5
items allowed", "must provide at least 1 items", "missing required field: title", "unsupported type: x", "must be a
valid enum value", "must provide an object", "invalid additional property: x"). The remaining sentences are ours.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

MISMATCH = "failed to match all allowed schemas"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing Slack refuses: where (a JSON pointer, may be empty), in which words, and with which error code."""

    pointer: str
    message: str
    code: str = "invalid_blocks"

    def __str__(self) -> str:
        """Slack's line for it, without the ``[ERROR]`` that only ``response_metadata`` carries."""
        return f"{self.message} [json-pointer:{self.pointer}]" if self.pointer else self.message


Check = Callable[[object, str], Iterator[Problem]]
Rule = Callable[[Mapping[str, object], str], Iterator[Problem]]


def anything(_value: object, _pointer: str) -> Iterator[Problem]:
    """Accept the value unseen."""
    return iter(())


def boolean(value: object, pointer: str) -> Iterator[Problem]:
    """Accept true and false."""
    if not isinstance(value, bool):
        yield Problem(pointer, "must provide a boolean")


def string(low: int = 0, high: int | None = None, *, pattern: str | None = None, words: str = "") -> Check:
    """Accept a string of ``low`` to ``high`` characters, both allowed; ``words`` is said when ``pattern`` fails."""
    regex = re.compile(pattern) if pattern else None

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(pointer, "must provide a string")
        elif len(value) < low:
            yield Problem(pointer, f"must be more than {low - 1} characters")
        elif high is not None and len(value) > high:
            yield Problem(pointer, f"must be less than {high + 1} characters")
        elif regex and not regex.fullmatch(value):
            yield Problem(pointer, words or "failed to match the expected pattern")

    return check


def integer(low: int, high: int | None = None) -> Check:
    """Accept a whole number from ``low`` to ``high``, both allowed."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Problem(pointer, "must provide an integer")
        elif value < low:
            yield Problem(pointer, f"must be greater than {low - 1}")
        elif high is not None and value > high:
            yield Problem(pointer, f"must be less than {high + 1}")

    return check


def choice(*values: object) -> Check:
    """Accept one of the named values."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if value not in values:
            yield Problem(pointer, "must be a valid enum value")

    return check


def array(item: Check, low: int = 0, high: int | None = None) -> Check:
    """Accept a list of ``low`` to ``high`` items, each of which passes ``item``."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(pointer, "must provide an array")
            return
        if len(value) < low:
            yield Problem(pointer, f"must provide at least {low} items")
        if high is not None and len(value) > high:
            yield Problem(pointer, f"no more than {high} items allowed")
        for index, each in enumerate(value):
            yield from item(each, f"{pointer}/{index}")

    return check


def nullable(check: Check) -> Check:
    """Accept null, and what ``check`` accepts."""
    return lambda value, pointer: iter(()) if value is None else check(value, pointer)


def record(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *, rules: Sequence[Rule] = ()
) -> Check:
    """Accept an object with the required fields, any of the optional ones and no other.

    ``null`` in an optional field counts as absent. ``rules`` look at the whole object, once its fields are right.
    """
    known = {**required, **(optional or {})}

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(pointer, "must provide an object")
            return
        found = list(_fields(value, pointer, required, known))
        yield from found
        if not found:
            for rule in rules:
                yield from rule(value, pointer)

    return check


def _fields(
    value: Mapping[str, object], pointer: str, required: Iterable[str], known: Mapping[str, Check]
) -> Iterator[Problem]:
    for name in required:
        if value.get(name) is None:
            yield Problem(pointer, f"missing required field: {name}")
    for name, each in value.items():
        if name not in known:
            yield Problem(pointer, f"invalid additional property: {name}")
        elif each is not None:
            yield from known[name](each, f"{pointer}/{name}")


def tagged(variants: Mapping[str, Check]) -> Check:
    """Accept an object whose ``type`` names one of the variants, and which passes that variant's check."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(pointer, "must provide an object")
            return
        kind = value.get("type")
        if kind is None:
            yield Problem(pointer, "missing required field: type")
        elif not isinstance(kind, str) or kind not in variants:
            yield Problem(f"{pointer}/type", f"unsupported type: {kind}")
        else:
            yield from variants[kind](value, pointer)

    return check


def either(first: str, second: str) -> Rule:
    """Demand exactly one of two fields."""

    def check(value: Mapping[str, object], pointer: str) -> Iterator[Problem]:
        given = [name for name in (first, second) if value.get(name) is not None]
        if len(given) != 1:
            yield Problem(pointer, f"must define exactly one of `{first}` or `{second}`")

    return check


def rule(holds: Callable[[Mapping[str, object]], bool], message: str, at: str = "") -> Rule:
    """Judge a whole object: unless it holds, ``message`` is said at the object, or at its field ``at``."""

    def check(value: Mapping[str, object], pointer: str) -> Iterator[Problem]:
        if not holds(value):
            yield Problem(f"{pointer}/{at}" if at else pointer, message)

    return check
