"""What Slack says about each Web API method: arguments, errors, scopes, rate tier.

`methods.json` is distilled, not typed: `distil()` reads the method definitions of slack-ruby/slack-api-ref
(`docs.slack.dev/methods/*.json`, MIT) and keeps the facts. To renew it: `python -m sandbox.methods FOLDER`, where
FOLDER holds `methods/` and `common-errors.json`.
"""

import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("methods.json")
ALWAYS_POSSIBLE = frozenset({"invalid_auth", "invalid_arguments", "internal_error", "ratelimited"})
"""Codes any method may answer with although the reference lists them for a few only (seen in real logs)."""


@dataclass(frozen=True)
class Method:
    """One method of the Web API. `tier` is calls a minute, None for "special"; any one of `scopes` is enough."""

    name: str
    arguments: frozenset[str]
    required: tuple[str, ...]
    errors: frozenset[str]
    scopes: tuple[str, ...]
    tier: int | None

    def may_answer(self, code: str) -> bool:
        """Say whether Slack documents `code` for this method, or for all."""
        return code in self.errors or code in ALWAYS_POSSIBLE


@cache
def methods() -> dict[str, Method]:
    """Return every known method by name."""
    table = json.loads(TABLE.read_text("utf-8"))
    common = frozenset(table["common_errors"])
    return {name: _method(name, facts, common) for name, facts in table["methods"].items()}


def _method(name: str, facts: dict[str, Any], common: frozenset[str]) -> Method:
    return Method(
        name=name,
        arguments=frozenset(facts["arguments"]),
        required=tuple(facts["required"]),
        errors=common | frozenset(facts["errors"]),
        scopes=tuple(facts["scopes"]),
        tier=facts["tier"],
    )


TIERS = {"t1": 1, "t2": 20, "t3": 50, "t4": 100}


def distil(folder: Path) -> dict[str, Any]:
    """Return the facts this project keeps from a copy of slack-api-ref."""
    common = json.loads((folder / "common-errors.json").read_text("utf-8"))
    return {
        "source": "slack-ruby/slack-api-ref, docs.slack.dev/methods, MIT",
        "common_errors": sorted(common["errors"]),
        "methods": {path.stem: _facts(path) for path in sorted((folder / "methods").glob("*.json"))},
    }


def _facts(path: Path) -> dict[str, Any]:
    document = json.loads(path.read_text("utf-8"))
    arguments = document.get("args") or {}
    scope = document.get("scope")
    return {
        "arguments": sorted(set(arguments.get("properties") or ()) - {"token"}),
        "required": [one for one in arguments.get("required") or () if one != "token"],
        "errors": sorted(document.get("errors") or ()),
        "scopes": list(scope.get("bot") or ()) if isinstance(scope, dict) else [],
        "tier": TIERS.get(document.get("rate_limits") or ""),
    }


def main(folder: str) -> None:
    """Write `methods.json` anew from `folder`."""
    text = json.dumps(distil(Path(folder)), indent=1)
    TABLE.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
