"""Alerts as they come in: Alertmanager's webhook, and a plain JSON of our own.

Every text is cut to size and freed of what cannot be shown; what has another shape is refused, with its place.
Source: prometheus.io/docs/alerting/latest/configuration, webhook_config; docs/alerts.md.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

MOST_ALERTS = 1_000
MOST_LABELS = 64
LONGEST_NAME = 128
LONGEST_VALUE = 1_000
LONGEST_KEY = 512
LONGEST_SUMMARY = 200
LONGEST_DETAILS = 2_000
LONGEST_LINK = 500

HOOK = "hook"
"""The label that names the hook an alert came by: ours, whatever was sent under that name."""

_ADDRESS = re.compile(r"https?://[^\s<>|\"]+\Z")

Read = TypeVar("Read")


class AlertError(Exception):
    """What was sent is no alert; the message names the place and what would be right."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. `key` names it among those of its sender; `firing` is False when it is over."""

    key: str
    firing: bool
    labels: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    details: str = ""
    link: str = ""

    def label(self, name: str) -> str:
        """A label's value; one that is not there is empty. Source: Alertmanager's matchers."""
        return self.labels.get(name, "")

    def under(self, hook: str) -> "Alert":
        """The alert as it came by that hook."""
        labels = {**self.labels, HOOK: hook}
        return Alert(self.key, self.firing, labels, self.summary, self.details, self.link)

    @property
    def told(self) -> str:
        """Its details, its labels and its link, a line each: what a ticket keeps of it."""
        labels = (f"{name}: {value}" for name, value in sorted(self.labels.items()))
        return "\n".join(part for part in (self.details, *labels, self.link) if part)


def read_alertmanager(document: object) -> tuple[Alert, ...]:
    """The alerts of a delivery of Alertmanager's, version 4.

    Raises:
        AlertError: it has another shape.
    """
    whole = _mapping(document, "the body")
    if whole.get("version") != "4":
        raise AlertError(f'version is {_shown(whole.get("version"))}; Alertmanager\'s webhook has version "4"')
    listed = whole.get("alerts")
    if not isinstance(listed, list) or not listed:
        raise AlertError(f"alerts is {_shown(listed)}; write a list of at least one alert")
    if len(listed) > MOST_ALERTS:
        raise AlertError(f"alerts has {len(listed)} alerts; at most {MOST_ALERTS} come at once (max_alerts)")
    return tuple(_of_alertmanager(each, f"alerts[{place}]") for place, each in enumerate(listed))


def _of_alertmanager(document: object, where: str) -> Alert:
    part = _mapping(document, where)
    labels, notes = _texts(part, "labels", where), _texts(part, "annotations", where, LONGEST_DETAILS)
    if not labels:
        raise AlertError(f"{where}.labels has none; an alert has at least alertname")
    named = " ".join(value for name in ("alertname", "instance") if (value := labels.get(name)))
    return Alert(
        key=_text(part, "fingerprint", where, LONGEST_KEY) or _fingerprint(labels),
        firing=_firing(part, where),
        labels=labels,
        summary=_line(notes.get("summary") or named or "Alert", LONGEST_SUMMARY),
        details=notes.get("description") or notes.get("message") or "",
        link=_link(part, "generatorURL", where),
    )


def read_generic(document: object) -> tuple[Alert, ...]:
    """The one alert of a plain delivery.

    Raises:
        AlertError: it has another shape.
    """
    part, where = _mapping(document, "the body"), ""
    unknown = sorted(set(part) - {"dedup_key", "status", "summary", "details", "labels", "severity", "link"})
    if unknown:
        raise AlertError(f"{_shown(unknown[0])} is not known; docs/alerts.md lists what may be sent")
    labels, severity = _texts(part, "labels", where), _text(part, "severity", where, LONGEST_VALUE)
    key, summary = (_text(part, name, where, size) for name, size in _NEEDED)
    for name, found in (("dedup_key", key), ("summary", summary)):
        if not found:
            raise AlertError(f"{name} is missing; write a text")
    if severity:
        labels = {"severity": severity} | labels
    return (
        Alert(
            key=key,
            firing=_firing(part, where),
            labels=labels,
            summary=_line(summary, LONGEST_SUMMARY),
            details=_text(part, "details", where, LONGEST_DETAILS),
            link=_link(part, "link", where),
        ),
    )


_NEEDED = (("dedup_key", LONGEST_KEY), ("summary", LONGEST_SUMMARY))

READ: Mapping[str, Callable[[object], tuple[Alert, ...]]] = {
    "alertmanager": read_alertmanager,
    "generic": read_generic,
}
"""What reads each format, by its word in the address."""


def _fingerprint(labels: Mapping[str, str]) -> str:
    told = "\x00".join(f"{name}\x01{value}" for name, value in sorted(labels.items()))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _firing(part: Mapping[str, Any], where: str) -> bool:
    status = part.get("status", "firing")
    if not isinstance(status, str) or status not in {"firing", "resolved"}:
        raise AlertError(f'{_at(where, "status")} is {_shown(status)}; write "firing" or "resolved"')
    return bool(status == "firing")


def _link(part: Mapping[str, Any], name: str, where: str) -> str:
    """An address that may be shown; what is none is left out, for no alert is worth losing over it."""
    found = _text(part, name, where, LONGEST_LINK + 1)
    return found if len(found) <= LONGEST_LINK and _ADDRESS.match(found) else ""


def _mapping(part: object, where: str) -> Mapping[str, Any]:
    if not isinstance(part, dict):
        raise AlertError(f"{where} is {_shown(part)}; write an object")
    return part


def _texts(part: Mapping[str, Any], name: str, where: str, size: int = LONGEST_VALUE) -> dict[str, str]:
    """Labels or annotations: texts by name."""
    found, there = part.get(name), _at(where, name)
    if found is None:
        return {}
    named = _mapping(found, there)
    if len(named) > MOST_LABELS:
        raise AlertError(f"{there} has {len(named)} entries; at most {MOST_LABELS} are read")
    long = next((key for key in named if len(key) > LONGEST_NAME), None)
    if long is not None:
        raise AlertError(f"{there} has a name of {len(long)} characters; {LONGEST_NAME} is the most")
    return {_line(key, LONGEST_NAME): _text(named, key, there, size) for key in named}


def _text(part: Mapping[str, Any], name: str, where: str, size: int) -> str:
    found = part.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise AlertError(f"{_at(where, _line(name, 60))} is {_shown(found)}; write a text")
    return _cut(shown(found), size)


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def shown(text: str) -> str:
    """Without control and direction characters and halves of a character; line ends stay."""
    if text.isprintable():
        return text.strip()
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(each for each in plain if each == "\n" or each.isprintable()).strip()


def _line(text: str, size: int) -> str:
    return _cut(" ".join(shown(text).split()), size)


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1].rstrip() + "…"


def _shown(part: object) -> str:
    """What was sent, for an error: short, and never as markup."""
    kinds = {dict: "an object", list: "a list", bool: "true or false", int: "a number", float: "a number"}
    if part is None:
        return "missing"
    return f'"{_line(part, 40)}"' if isinstance(part, str) else kinds.get(type(part), "something else")
