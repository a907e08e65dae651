"""What is read once for each content: the same text gives the same answer, whoever asks and however often."""

import hashlib
import threading
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

T = TypeVar("T")
Texts = TypeVarTuple("Texts")

KEPT = 32
"""Answers kept of each function: a handful of contracts, some of them in two versions."""


def once_by_content(read: Callable[[*Texts], T]) -> Callable[[*Texts], T]:
    """`read`, a pure function of texts, asked once for each content; what it raises is raised each time.

    Kept are the newest `KEPT` answers and the hashes of what they were read from, never the texts, which are long.
    """
    answers: dict[bytes, T] = {}
    lock = threading.Lock()

    def asked(*texts: *Texts) -> T:
        key = hashlib.sha256(repr(texts).encode()).digest()
        with lock:
            if key in answers:
                return answers[key]
        answer = read(*texts)
        with lock:
            answers[key] = answer
            if len(answers) > KEPT:
                del answers[next(iter(answers))]
        return answer

    return asked
