"""The app under test, as its manifest describes it: commands, shortcuts, scopes, events."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


class ManifestError(ValueError):
    """The manifest cannot be read, or lacks what every app needs; the message says which."""


@dataclass(frozen=True)
class Command:
    """A slash command, e.g. `/ticket`."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Shortcut:
    """A shortcut; `type` is "global" or "message"."""

    name: str
    type: str
    callback_id: str
    description: str = ""


@dataclass(frozen=True)
class Manifest:
    """What the app asked for. `scopes` keep the manifest's order, for the `x-oauth-scopes` header."""

    name: str
    bot_name: str
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    scopes: tuple[str, ...]
    events: frozenset[str]
    home_tab: bool
    messages_tab: bool
    interactive: bool
    socket_mode: bool

    def command(self, name: str) -> Command | None:
        """Return the command called `name` (with its slash), or None when the app has no such command."""
        return next((one for one in self.commands if one.command == name), None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        """Return the shortcut with that callback id, or None."""
        return next((one for one in self.shortcuts if one.callback_id == callback_id), None)


def load_manifest(source: Path | Mapping[str, Any]) -> Manifest:
    """Read a manifest from a YAML or JSON file, or from its parsed form.

    Raises ManifestError when it is not a mapping or has no `display_information.name`.
    Source: https://docs.slack.dev/reference/app-manifest
    """
    return _read(source.read_text("utf-8"), str(source)) if isinstance(source, Path) else _parse(source, "manifest")


@lru_cache(maxsize=8)
def _read(text: str, name: str) -> Manifest:
    return _parse(yaml.safe_load(text), name)


def _parse(document: object, name: str) -> Manifest:
    if not isinstance(document, Mapping):
        message = f"{name}: a manifest is a mapping, this is {type(document).__name__}"
        raise ManifestError(message)
    title = (document.get("display_information") or {}).get("name")
    if not title:
        message = f"{name}: display_information.name is missing"
        raise ManifestError(message)
    features = document.get("features") or {}
    settings = document.get("settings") or {}
    home = features.get("app_home") or {}
    return Manifest(
        name=title,
        bot_name=(features.get("bot_user") or {}).get("display_name") or title,
        commands=tuple(_command(one) for one in features.get("slash_commands") or ()),
        shortcuts=tuple(_shortcut(one) for one in features.get("shortcuts") or ()),
        scopes=tuple(((document.get("oauth_config") or {}).get("scopes") or {}).get("bot") or ()),
        events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or ()),
        home_tab=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        interactive=bool((settings.get("interactivity") or {}).get("is_enabled")),
        socket_mode=bool(settings.get("socket_mode_enabled")),
    )


def _command(one: Mapping[str, Any]) -> Command:
    return Command(
        command=one["command"],
        description=one.get("description", ""),
        usage_hint=one.get("usage_hint", ""),
        should_escape=bool(one.get("should_escape")),
    )


def _shortcut(one: Mapping[str, Any]) -> Shortcut:
    return Shortcut(
        name=one["name"],
        type=one["type"],
        callback_id=one["callback_id"],
        description=one.get("description", ""),
    )
