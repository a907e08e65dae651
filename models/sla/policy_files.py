"""Policy files on disk: where they are, how they are hashed, and what is said when one cannot be used.

Light on purpose: a process that finds every file stored as it is needs nothing of `models.sla.policy`.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

from models.sla.by_content import once_by_content

BUNDLED = Path(__file__).resolve().parents[2] / "policies"
"""The five contracts that come with Vakt, in a checkout and beside an installed package alike."""


class PolicyError(ValueError):
    """A policy file cannot be used; each line of the message names file, key, and what would be right."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


def policy_files(folders: Iterable[Path] = ()) -> list[Path]:
    """The bundled policy files and those of the further folders, by name."""
    return [path for folder in (BUNDLED, *folders) for path in sorted(folder.glob("*.toml"))]


def shown(path: Path) -> str:
    """The path as people know it: policies/softone.toml."""
    return f"{path.parent.name}/{path.name}"


def fingerprint(path: Path) -> tuple[str, str] | None:
    """The id and the content's hash of a policy file, without checking it; None for what is no policy."""
    try:
        return _fingerprint(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


@once_by_content
def _fingerprint(text: str) -> tuple[str, str]:
    document = tomllib.loads(text)
    return str(document["id"]), hashlib.sha256(canonical(document).encode()).hexdigest()


def canonical(document: Mapping[str, Any]) -> str:
    """The document as one line of JSON: what is hashed and stored. The order of keys is kept."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=json_value)


def json_value(value: object) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    message = f"a policy cannot hold {value!r}"
    raise TypeError(message)
