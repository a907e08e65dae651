"""Policy files: read, checked, hashed, overridden; mistakes named by file, key and clause.

`load_policies` finds them, `load_policy` and `parse_policy` read one. A contract remembers its
canonical content, so a stored version can be parsed back years later: it is the same contract.
"""

import difflib
import hashlib
import json
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.sla.calendar import Calendar
from models.sla.contract import Contract, Override
from models.sla.day_rules import DayRules
from models.sla.policy_build import build
from models.sla.policy_calendars import calendar_specs, with_changes
from models.sla.policy_files import PolicyError, canonical, json_value, policy_files, shown
from models.sla.policy_rules import problems
from models.sla.policy_schema import Part, PolicyFile

_TARGET_TAGS = frozenset(
    {"working_time", "clock_time", "same_working_day", "next_working_day", "working_days", "at_once"}
)


def load_policies(folders: Iterable[Path] = ()) -> dict[str, Contract]:
    """Every contract by id: the bundled ones, then those of further folders, which must not repeat an id.

    Raises PolicyError with every mistake of every file.
    """
    contracts: dict[str, Contract] = {}
    wrong: list[str] = []
    for path in policy_files(folders):
        try:
            contract = load_policy(path)
        except PolicyError as error:
            wrong.extend(error.lines)
            continue
        if contract.id in contracts:
            wrong.append(f'{shown(path)}: id is "{contract.id}", which another file has; choose another')
        contracts[contract.id] = contract
    if wrong:
        raise PolicyError(wrong)
    return contracts


def load_policy(path: Path) -> Contract:
    """The contract in a TOML file. Raises PolicyError."""
    source = shown(path)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError([f"{source}: cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError([f"{source}: is not TOML: {error}"]) from error
    return parse_policy(document, source)


def parse_policy(document: Mapping[str, Any], source: str) -> Contract:
    """The contract in a parsed document; `source` names it in errors. Raises PolicyError."""
    try:
        file = PolicyFile.model_validate(document)
    except ValidationError as error:
        lines = [_explained(each, document, source) for each in error.errors()]
        raise PolicyError(dict.fromkeys(lines)) from error
    found = problems(file, document)
    if found:
        raise PolicyError(f"{source}: {each.key} {each.message}" for each in found)
    content = canonical(document)
    digest = hashlib.sha256(content.encode()).hexdigest()
    try:
        contract = build(file, content=content, digest=digest)
    except ValueError as error:
        raise PolicyError([f"{source}: calendars.{error}"]) from error
    _open_some_day(contract, source)
    return contract


def parse_stored(content: str, calendars: Mapping[str, Calendar]) -> Contract:
    """The contract of a stored version, counting in its stored calendars: what was in force then.

    It was checked when it was stored, and is not checked again.
    """
    file = PolicyFile.model_validate(json.loads(content))
    return build(file, content=content, digest=hashlib.sha256(content.encode()).hexdigest(), calendars=calendars)


def _open_some_day(contract: Contract, source: str) -> None:
    """Refuse a calendar that does not open within a year of the day the contract takes effect.

    Asked day by day, so that starting Vakt does not wait for tables of whole years.
    """
    year = [contract.effective + timedelta(days=n) for n in range(366)]
    for name, spec in contract.calendar_specs.items():
        rules = DayRules(spec)
        if not spec.union and not any(rules.plan(day).windows for day in year):
            raise PolicyError([f"{source}: calendars.{name} never opens within a year; give it hours"])


def with_overrides(contract: Contract, overrides: Mapping[str, Any], options: Collection[str] = ()) -> Contract:
    """The contract as one customer has it. Source: HP-17, EM-08.

    `overrides` maps dotted keys of the policy file to values ("promises.p1.target.amount": "1h");
    `options` are the ids of what the customer holds beside the agreement. Raises PolicyError.
    """
    source = f"{contract.id} with this customer's own values"
    changed = contract
    if overrides:
        document = json.loads(contract.content)
        layers = tuple(_override(document, key, value, source) for key, value in overrides.items())
        changed = replace(_in_stored_calendars(contract, parse_policy(document, source)), overrides=layers)
    for option in options:
        changed = _with_option(changed, option, source)
    return changed


def _in_stored_calendars(contract: Contract, own: Contract) -> Contract:
    """A customer's own contract, counting where everybody does but for what its own values change."""
    before = calendar_specs(PolicyFile.model_validate(json.loads(contract.content)))
    calendars = with_changes(contract.calendars, before, own.calendar_specs)
    return replace(own, calendars=calendars, calendar_specs=calendars.specs)


def _override(document: dict[str, Any], key: str, value: object, source: str) -> Override:
    *path, last = key.split(".")
    here: Any = document
    for name in path:
        here = here.get(name) if isinstance(here, dict) else None
    if not isinstance(here, dict):
        raise PolicyError([f"{source}: {key} is not a key of the policy file"])
    was = json.dumps(here[last], ensure_ascii=False) if last in here else "not set"
    here[last] = json.loads(json.dumps(value, default=json_value))
    return Override(key, was, json.dumps(here[last], ensure_ascii=False))


def _with_option(contract: Contract, option: str, source: str) -> Contract:
    if option not in contract.options:
        known = ", ".join(contract.options) or "none"
        raise PolicyError([f'{source}: there is no option "{option}"; there is {known}'])
    swap = contract.options[option].calendars
    regions = {
        region: {alias: swap.get(name, name) for alias, name in names.items()}
        for region, names in contract.regions.items()
    }
    promises = tuple(replace(each, calendar=swap.get(each.calendar, each.calendar)) for each in contract.promises)
    return replace(contract, regions=regions, promises=promises, held_options=contract.held_options | {option})


def policy_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a policy file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **PolicyFile.model_json_schema(by_alias=True)}


# --- what pydantic noticed, in the words of whoever must mend it -------------------------------------


def _explained(error: ErrorDetails, document: Mapping[str, Any], source: str) -> str:
    place = [part for part in error["loc"] if part not in _TARGET_TAGS and part != "[key]"]
    key, clause = _where(place, document)
    about = f" ({clause})" if clause else ""
    return f"{source}: {key} {_said(error)}{about}"


def _where(place: list[str | int], document: Mapping[str, Any]) -> tuple[str, str | None]:
    """The dotted key, and the clause that the nearest part around it cites."""
    key, clause = "", None
    here: Any = document
    for part in place:
        if not isinstance(here, Mapping | list):
            break  # what follows names one of several readings of a single value
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
        here = here.get(part) if isinstance(here, Mapping) else here[int(part)]
        if isinstance(here, Mapping) and isinstance(here.get("clause"), str):
            clause = here["clause"]
    return key or "the file", clause


def _said(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return "is missing; write it"
    if kind == "extra_forbidden":
        return f"is not a field Vakt knows{_meant(str(error['loc'][-1]))}"
    if kind == "value_error":
        return str(context["error"])
    if kind in {"enum", "literal_error"}:
        return f"is {json.dumps(error['input'], default=str)}; use {context['expected']}"
    if kind.startswith("union_tag"):
        known = ", ".join(sorted(_TARGET_TAGS))
        return f"has kind {json.dumps(context.get('tag', 'none'))}; use {known}"
    return f"is {json.dumps(error['input'], ensure_ascii=False, default=str)[:80]}: {error['msg'].lower()}"


def _meant(name: str) -> str:
    near = difflib.get_close_matches(name, _field_names(), n=1)
    return f'; did you mean "{near[0]}"?' if near else "; policies/README.md lists them"


@cache
def _field_names() -> tuple[str, ...]:
    parts: list[type[BaseModel]] = [Part]
    for part in parts:
        parts.extend(part.__subclasses__())
    return tuple(dict.fromkeys(field.alias or name for part in parts for name, field in part.model_fields.items()))
