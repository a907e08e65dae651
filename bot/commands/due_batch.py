"""`vakt due --batch`: a question a line in, an answer a line out, as fast as they come.

Each line is JSON. A line that cannot be answered gets `{"error": …}` in its place and the next
one is read: one answer for every line, in order, blank ones included.
"""

from collections.abc import Iterator
from typing import BinaryIO

from pydantic_core import from_json, to_json

from models.sla.calendar import BeyondHorizonError, NeverClosesError, NeverOpensError
from models.sla.due import Asker, AskError

CHUNK = 1 << 16
_REFUSED = (AskError, BeyondHorizonError, NeverClosesError, NeverOpensError, OverflowError)


def answer_batch(asker: Asker, source: BinaryIO, out: BinaryIO) -> int:
    """Answer every line of `source` on `out`; how many could not be answered.

    What has been read is answered before more is waited for, so a program may ask line by line.
    """
    failed = 0
    for lines in _lines(source):
        answers = [answer_line(asker, line) for line in lines]
        failed += sum(answer.startswith(b'{"error"') for answer in answers)
        out.write(b"\n".join(answers) + b"\n")
        out.flush()
    return failed


def _lines(source: BinaryIO) -> Iterator[list[bytes]]:
    """Whole lines, as many at a time as are there."""
    rest = b""
    read = getattr(source, "read1", source.read)
    while chunk := read(CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        if lines:
            yield lines
    if rest:
        yield [rest]


def answer_line(asker: Asker, line: bytes) -> bytes:
    """The answer to one line, as JSON without the line's end."""
    try:
        question = from_json(line)
    except ValueError as error:
        return to_json({"error": f"not JSON: {error}"})
    if not isinstance(question, dict):
        return to_json({"error": 'not an object; write {"contract": …, "severity": …, "clock": …, "opened": …}'})
    try:
        return to_json(asker.answer(question))
    except _REFUSED as error:
        return to_json({"error": str(error)})
