"""manifest.yml asks Slack for exactly what the code uses, both ways."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import handlers
from sandbox.methods import methods
from tests.house.tree import ROOT, nodes

pytestmark = pytest.mark.xdist_group("source")

SLACK = ROOT.parent / "shared" / "slack"
SCHEMAS = SLACK / "manifest-schema" / "schemas"
EVENT_SCOPES: dict[str, frozenset[str]] = {
    "app_home_opened": frozenset(),
    "message.channels": frozenset({"channels:history"}),
    "message.groups": frozenset({"groups:history"}),
    "message.im": frozenset({"im:history"}),
    "pin_added": frozenset({"pins:read"}),
    "pin_removed": frozenset({"pins:read"}),
    "user_change": frozenset({"users:read"}),
}
"""Facts. Source: https://docs.slack.dev/reference/events"""


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    return document


def _scopes(manifest: dict[str, Any]) -> frozenset[str]:
    return frozenset(manifest["oauth_config"]["scopes"]["bot"])


def _methods_called() -> frozenset[str]:
    """Every Web API method that the gateway and its errands name, as "chat.update" or as `client.chat_update`."""
    by_attribute = {name.replace(".", "_"): name for name in methods()}
    callers = {Path("bot/gateway.py"), Path("bot/sending/errands.py")}
    gateway = [node for module, node in nodes("bot") if module in callers]
    strings = {node.value for node in gateway if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    attributes = {by_attribute.get(node.attr) for node in gateway if isinstance(node, ast.Attribute)}
    return frozenset(methods().keys() & (strings | attributes))


def _table(name: str) -> frozenset[str]:
    """The keys of a table in handlers/__init__.py, whether it is a mapping, names, or pairs led by the name."""
    return frozenset(entry if isinstance(entry, str) else entry[0] for entry in getattr(handlers, name))


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_the_manifest_is_valid_by_slacks_schema_where_it_is_at_hand(manifest: dict[str, Any], version: str) -> None:
    found = list(SCHEMAS.glob(f"manifest.schema.{version}.json"))
    errors = [
        f"{error.json_path}: {error.message}"
        for schema in found
        for error in jsonschema.Draft7Validator(json.loads(schema.read_text("utf-8"))).iter_errors(manifest)
    ]
    assert not errors


def test_the_manifest_keeps_slacks_limits(manifest: dict[str, Any]) -> None:
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in manifest["features"]["shortcuts"])
    assert all(len(one["command"]) <= 32 for one in manifest["features"]["slash_commands"])


def test_commands_agree(manifest: dict[str, Any]) -> None:
    assert {one["command"] for one in manifest["features"]["slash_commands"]} == _table("COMMANDS")


def test_shortcuts_agree(manifest: dict[str, Any]) -> None:
    assert {one["callback_id"] for one in manifest["features"]["shortcuts"]} == _table("SHORTCUTS")


def test_events_agree(manifest: dict[str, Any]) -> None:
    subscribed = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert {name.partition(".")[0] for name in subscribed} == {name.partition(".")[0] for name in _table("EVENTS")}
    assert set(subscribed) == EVENT_SCOPES.keys()


def test_the_gateway_calls_methods_slack_has() -> None:
    assert {"chat.postMessage", "chat.update", "views.open", "auth.test"} <= _methods_called()


def test_every_method_called_has_its_scopes(manifest: dict[str, Any]) -> None:
    granted = _scopes(manifest)
    lacking = {
        name for name in _methods_called() if methods()[name].scopes and not granted & set(methods()[name].scopes)
    }
    assert not lacking


def test_what_is_read_in_public_channels_is_read_in_private_ones_too(manifest: dict[str, Any]) -> None:
    granted = _scopes(manifest)
    for scope in granted:
        if scope in {"channels:read", "channels:history"}:
            assert scope.replace("channels:", "groups:") in granted


def test_every_event_has_its_scopes(manifest: dict[str, Any]) -> None:
    granted = _scopes(manifest)
    assert all(needed <= granted for needed in EVENT_SCOPES.values())


def test_the_events_scopes_are_slacks_where_its_reference_is_at_hand() -> None:
    reference = SLACK / "slack-api-ref" / "events.json"
    known = json.loads(reference.read_text("utf-8")) if reference.exists() else []
    listed = {one["name"]: set(one.get("scopes", ())) for one in known}
    assert all(needed <= listed.get(name, needed) for name, needed in EVENT_SCOPES.items())


def test_no_scope_is_asked_for_without_use(manifest: dict[str, Any]) -> None:
    by_method = {scope for name in _methods_called() for scope in methods()[name].scopes}
    by_event = set().union(*EVENT_SCOPES.values())
    assert _scopes(manifest) <= by_method | by_event | {"commands"}


def test_every_scope_says_why() -> None:
    text = (ROOT / "manifest.yml").read_text("utf-8").partition("scopes:")[2].partition("settings:")[0]
    lines = re.findall(r"^ +- (\S+)(.*)$", text, re.MULTILINE)
    assert lines
    assert not [scope for scope, reason in lines if not reason.strip().startswith("# ")]
