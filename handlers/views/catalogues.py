"""Translations, read from `locale/<language>/LC_MESSAGES/vakt.po` when first needed.

The `.po` file itself is read: nothing to compile, the checkout and the wheel are the same, and a
translator's change is seen at the next start. Babel's own reader is several times slower, which the
first reader of a language would wait for; a test holds the two to the same result.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from sys import intern

Forms = tuple[str, ...]
"""One translation, or the singular and the plural."""


@cache
def catalogue(language: str) -> Mapping[str, Forms]:
    """English sentence to its forms. Empty for English, which needs none."""
    if language == "en":
        return {}
    source = files("handlers.views") / "locale" / language / "LC_MESSAGES" / "vakt.po"
    return dict(_entries(source.read_text(encoding="utf-8")))


def _entries(text: str) -> Iterator[tuple[str, Forms]]:
    """Every translated entry; fuzzy, empty and obsolete ones left out."""
    for paragraph in text.split("\n\n"):
        lines = [line for line in paragraph.splitlines() if line]
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        entry = _entry(line for line in lines if not line.startswith("#"))
        forms = tuple(text for key, text in entry.items() if key.startswith("msgstr"))
        if entry.get("msgid") and all(forms):
            yield intern(entry["msgid"]), forms  # every language has the same


def _entry(lines: Iterator[str]) -> dict[str, str]:
    """Keyword to its text, a text over several lines put together."""
    entry: dict[str, str] = {}
    keyword = ""
    for line in lines:
        head, quote, rest = line.partition('"')
        keyword = head.strip() or keyword
        entry[keyword] = entry.get(keyword, "") + json.loads(quote + rest)
    return entry
