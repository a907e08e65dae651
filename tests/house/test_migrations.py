"""A schema expands first and contracts later: running code works beside every migration, or the floor says not."""

import ast
from pathlib import Path

import pytest

from tests.house.tree import called, modules, parsed

pytestmark = pytest.mark.xdist_group("source")

MIGRATIONS = [path for path in modules("migrations") if path.parent.name == "versions"]
TAKES_AWAY = {"alter_column", "drop_column", "drop_constraint", "drop_table", "rename_table", "create_check_constraint"}
"""What may be in the way of code that knows nothing of it."""

FLOOR = "schema_floor"


def _upgrade(migration: Path) -> ast.FunctionDef:
    [found] = [node for node in parsed(migration).body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"]
    return found


def _named(migration: Path, name: str) -> str | None:
    """The value of one of the names at a migration's top."""
    [found] = [
        node.value.value
        for node in parsed(migration).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and [target.id for target in node.targets if isinstance(target, ast.Name)] == [name]
    ]
    return str(found) if found is not None else None


def test_migrations_are_one_chain_and_named_by_their_revision() -> None:
    assert [_named(path, "revision") for path in MIGRATIONS] == [path.name.partition("_")[0] for path in MIGRATIONS]
    assert [_named(path, "down_revision") for path in MIGRATIONS[1:]] == [
        _named(path, "revision") for path in MIGRATIONS[:-1]
    ]


@pytest.mark.parametrize("migration", MIGRATIONS, ids=str)
def test_whatever_takes_something_away_raises_the_floor(migration: Path) -> None:
    upgrade = _upgrade(migration)
    taken = {called(node) for node in ast.walk(upgrade)} & TAKES_AWAY
    assert not taken or FLOOR in ast.unparse(upgrade), f"{migration} has {taken}: raise {FLOOR}.revision there"


@pytest.mark.parametrize("migration", MIGRATIONS, ids=str)
def test_a_column_added_to_a_table_has_a_value_for_code_that_does_not_know_it(migration: Path) -> None:
    for node in ast.walk(_upgrade(migration)):
        if isinstance(node, ast.Call) and called(node) == "add_column":
            words = {word.arg: ast.unparse(word.value) for part in node.args for word in getattr(part, "keywords", [])}
            assert words.get("nullable") == "True" or "server_default" in words, ast.unparse(node)
