"""What the import contracts cannot see: who commits, who calls Slack, who writes Block Kit, who reads a clock."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from slack_sdk import WebClient

from models.roster import ROSTER
from tests.house.tree import CODE, at, called, documentation, nodes

pytestmark = pytest.mark.xdist_group("source")

OURS = ("bot", "handlers", "models")
GATEWAY = "bot/gateway.py"
CLIENT = "bot/kept_client.py"
"""The client that the gateway calls with."""
TRANSACTION = "bot/storage/database.py"
MIGRATION = "bot/storage/migrate.py"
CLOCKS = ("bot/machine.py", "sandbox/clock.py", "sandbox/http_door.py")
"""The last one signs requests: whoever gets them compares the moment with the machine's clock."""

WEB_API = frozenset(name for name, _ in inspect.getmembers(WebClient, inspect.isfunction) if re.match("[a-z]+_", name))
BOLT_DOORS = frozenset({"say", "respond", "client", "web_client"})
BLOCK_KIT = frozenset({
    "actions", "alert", "button", "card", "carousel", "channels_select", "checkboxes", "context", "context_actions",
    "conversations_select", "datepicker", "datetimepicker", "divider", "email_text_input", "external_select",
    "feedback_buttons", "file_input", "header", "home", "icon_button", "image", "input", "markdown", "modal",
    "mrkdwn", "multi_channels_select", "multi_conversations_select", "multi_external_select", "multi_static_select",
    "multi_users_select", "number_input", "overflow", "plain_text", "plain_text_input", "radio_buttons", "rich_text",
    "rich_text_input", "rich_text_list", "rich_text_preformatted", "rich_text_quote", "rich_text_section", "section",
    "static_select", "table", "timepicker", "url_text_input", "users_select", "video", "workflow_button",
})  # fmt: skip
VENDORS = re.compile("heartpace|pindena|softone|easymeeting|pureservice", re.IGNORECASE)


def test_only_the_transaction_commits() -> None:
    ends = {"commit", "rollback", "begin"}
    found = [at(*place) for place in nodes(*OURS, outside=(TRANSACTION, MIGRATION)) if called(place[1]) in ends]
    assert not found, f"only {TRANSACTION} begins and ends a transaction: {found}"


def test_the_roster_changes_through_sessions_only() -> None:
    """A statement that changes it past a session would leave its number as it was."""
    names = {record.__name__ for record in ROSTER}
    found = [
        at(module, node)
        for module, node in nodes(*OURS)
        if called(node) in {"update", "delete", "insert", "Fresh"} and names & _named(node)
    ]
    assert not found, f"the roster ({', '.join(sorted(names))}) is changed through a session: {found}"


def _named(node: ast.AST) -> set[str]:
    """The names among a call's arguments."""
    return {each.id for each in getattr(node, "args", ()) if isinstance(each, ast.Name)}


def test_only_the_gateway_calls_slack() -> None:
    found = [at(*place) for place in nodes(*OURS, outside=(GATEWAY, CLIENT)) if called(place[1]) in WEB_API]
    assert not found, f"only {GATEWAY} calls the Web API: {found}"


def test_no_listener_takes_a_door_of_its_own() -> None:
    found = [
        at(module, node)
        for module, node in nodes("handlers", outside=("handlers/views",))
        if isinstance(node, ast.FunctionDef) and BOLT_DOORS & {one.arg for one in node.args.args + node.args.kwonlyargs}
    ]
    assert not found, f"Bolt's {sorted(BOLT_DOORS)} are not asked for, the desk has what a handler may use: {found}"


def test_nobody_reaches_through_bolts_context_to_slack() -> None:
    found = [
        at(module, node)
        for module, node in nodes("bot", "handlers", outside=(GATEWAY,))
        if isinstance(node, ast.Attribute)
        and node.attr in BOLT_DOORS
        and isinstance(node.value, ast.Name)
        and node.value.id in {"context", "app"}
    ]
    assert not found, found


def test_block_kit_is_written_in_the_views_only() -> None:
    found = [at(module, node) for module, node in nodes(*OURS, outside=("handlers/views",)) if _is_block_kit(node)]
    assert not found, f"Block Kit belongs to handlers/views: {found}"


def _is_block_kit(node: ast.AST) -> bool:
    """Whether it is a dictionary, or a call of `dict`, whose "type" is one of Block Kit's."""
    if isinstance(node, ast.Dict):
        return any(_names_a_block(key, value) for key, value in zip(node.keys, node.values, strict=True))
    if isinstance(node, ast.Call) and called(node) == "dict":
        return any(_names_a_block(ast.Constant(word.arg), word.value) for word in node.keywords)
    return False


def _names_a_block(key: ast.expr | None, value: ast.expr) -> bool:
    return (
        isinstance(key, ast.Constant)
        and key.value == "type"
        and isinstance(value, ast.Constant)
        and value.value in BLOCK_KIT
    )


def test_no_vendor_is_named_in_code() -> None:
    found = [at(module, node) for module, node in nodes(*CODE, "migrations") if _names_a_vendor(module, node)]
    assert not found, f"a contract is data, never a branch in code: {found}"


def _names_a_vendor(module: Path, node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        spoken = isinstance(node.value, str) and id(node) not in documentation(module)
        return spoken and bool(VENDORS.search(str(node.value)))
    named = [getattr(node, field, None) for field in ("id", "attr", "name", "arg", "module")]
    return any(isinstance(name, str) and VENDORS.search(name) for name in named)


def test_the_wall_clock_is_read_in_named_modules_only() -> None:
    readings = {"now": "datetime", "utcnow": "datetime", "today": "date datetime", "time": "time", "time_ns": "time"}
    found = [
        at(module, node)
        for module, node in nodes(*CODE, outside=CLOCKS)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in readings.get(node.func.attr, "").split()
    ]
    assert not found, f"`now` is an argument; only {CLOCKS} read a clock: {found}"


def test_everything_is_imported_at_the_top() -> None:
    found = [
        at(module, inner)
        for module, node in nodes(*CODE)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not found, found


def test_prometheus_is_no_part_of_a_process_that_nobody_scrapes() -> None:
    """`bot.doors.web` loads `bot.metrics` by name at the first scrape: it costs time at the start, and memory."""
    found = [
        at(module, node)
        for module, node in nodes(*CODE, outside=("bot/metrics.py",))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any(name.startswith(("prometheus_client", "bot.metrics")) for name in _imported(node))
    ]
    assert not found, found


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    names = [alias.name for alias in node.names]
    return [f"{node.module}.{name}" for name in names] if isinstance(node, ast.ImportFrom) else names


def test_no_test_patches_what_it_tests() -> None:
    found = [
        at(module, node)
        for module, node in nodes("tests")
        if (isinstance(node, ast.Attribute) and _is_patch(node))
        or (isinstance(node, ast.Name) and node.id in {"MagicMock", "AsyncMock"})
    ]
    assert not found, f"real parts or hand-written fakes: {found}"


def _is_patch(node: ast.Attribute) -> bool:
    owner = node.value.id if isinstance(node.value, ast.Name) else ""
    return (owner, node.attr) in {("monkeypatch", "setattr"), ("mock", "patch"), ("mocker", "patch")}
