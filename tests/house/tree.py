"""The project's own source, parsed once, for the tests that read it: all of them in one process, under one group."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("bot", "handlers", "models", "sandbox")


def modules(*folders: str) -> list[Path]:
    """Every Python file under the folders, relative to the root."""
    return sorted(path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def parsed(module: Path) -> ast.Module:
    return ast.parse((ROOT / module).read_text("utf-8"), str(module))


@cache
def _all_of(module: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(parsed(module)))


def nodes(*folders: str, outside: tuple[str, ...] = ()) -> Iterator[tuple[Path, ast.AST]]:
    """Every node of every module under the folders, but for the modules and folders named."""
    for module in modules(*folders):
        if not any(module.is_relative_to(place) for place in outside):
            yield from ((module, node) for node in _all_of(module))


def at(module: Path, node: ast.AST) -> str:
    """Where it stands, as an editor opens it."""
    return f"{module}:{getattr(node, 'lineno', 1)}"


def called(node: ast.AST) -> str | None:
    """The last name of what is called: `commit` for `session.commit()`, `say` for `say()`."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else None


@cache
def documentation(module: Path) -> frozenset[int]:
    """The ids of the constants that are docstrings, of modules, classes, functions and names."""
    return frozenset(
        id(node.value)
        for node in _all_of(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )
