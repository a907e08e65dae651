"""From problems to the answer Slack gives.

Source: the platform notes, section 1.0: HTTP 200 with ``ok`` false; blocks on chat methods answer ``invalid_blocks``
with ``errors`` and ``response_metadata.messages``, views answer ``invalid_arguments`` with the messages alone.
"""

from collections.abc import Sequence

from sandbox.limits.shapes import Problem

_WITH_ERRORS = frozenset({"invalid_blocks", "invalid_attachments"})
_WITH_MESSAGES = _WITH_ERRORS | {"invalid_arguments"}


def as_response(problems: Sequence[Problem]) -> dict[str, object]:
    """Build Slack's error envelope. The first problem's code is the error; all problems of that code are listed."""
    code = problems[0].code
    answer: dict[str, object] = {"ok": False, "error": code}
    lines = [str(problem) for problem in problems if problem.code == code]
    if code in _WITH_ERRORS:
        answer["errors"] = lines
    if code in _WITH_MESSAGES:
        answer["response_metadata"] = {"messages": [f"[ERROR] {line}" for line in lines]}
    return answer
