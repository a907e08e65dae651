"""What is a pure function of texts is asked once for each content."""

import pytest

from models.sla.by_content import KEPT, once_by_content


def test_the_same_content_is_read_once_and_another_one_anew() -> None:
    asked: list[tuple[str, str]] = []

    @once_by_content
    def joined(first: str, second: str) -> str:
        asked.append((first, second))
        return first + second

    assert joined("a", "bc") == joined("a", "bc") == "abc"
    assert joined("ab", "c") == "abc"
    assert asked == [("a", "bc"), ("ab", "c")]


def test_the_answers_kept_longest_make_room() -> None:
    asked: list[str] = []

    @once_by_content
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    texts = ["x" * size for size in range(KEPT + 1)]
    for text in (*texts, texts[-1], texts[0]):
        assert length(text) == len(text)
    assert asked == [*texts, texts[0]]


def test_what_cannot_be_read_is_refused_each_time() -> None:
    @once_by_content
    def number(text: str) -> int:
        return int(text)

    for _ in range(2):
        with pytest.raises(ValueError, match="invalid literal"):
            number("ten")
