"""docs/clauses.md says what the tests' marks say."""

import ast
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.house.tree import ROOT, nodes

pytestmark = pytest.mark.xdist_group("source")

MAKER: dict[str, Any] = runpy.run_path(str(ROOT / "docs" / "make_clauses.py"))
MARKED = """
import pytest

CASES = [pytest.param(1, marks=pytest.mark.clause("PI-01"))]

@pytest.mark.clause("SO-15", "SO-11")
def test_work_starts_in_time(): ...

@pytest.mark.clause("EM-07")
class TestHours:
    def test_lunch_counts(self): ...

@pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.clause("HP-01"))])
def test_a_day(n): ...

def test_nothing_promised(): ...
"""


def test_the_paper_is_current() -> None:
    text = MAKER["paper"](MAKER["collect"](ROOT / "tests"))
    assert (ROOT / "docs" / "clauses.md").read_text("utf-8") == text, "run `make clauses`"


def test_every_mark_is_found_where_it_stands(tmp_path: Path) -> None:
    module = tmp_path / "test_marked.py"
    module.write_text(MARKED)
    found = {clause: {name for _, name in proofs} for clause, proofs in MAKER["collect"](tmp_path).items()}
    assert found == {
        "PI-01": {"CASES"},
        "SO-15": {"test_work_starts_in_time"},
        "SO-11": {"test_work_starts_in_time"},
        "EM-07": {"test_lunch_counts"},
        "HP-01": {"test_a_day"},
    }


def test_every_mark_is_an_id_of_an_agreement() -> None:
    known = re.compile(rf"^({'|'.join(MAKER['AGREEMENTS'])})-\d\d$")
    wrong = [
        f"{module}: {clause}"
        for module, node in nodes("tests")
        if isinstance(node, ast.Call) and "mark.clause" in ast.unparse(node.func)
        for clause in MAKER["ids_in"](node)
        if not known.match(clause)
    ]
    assert not wrong


def test_a_mark_names_at_least_one_clause(request: pytest.FixtureRequest) -> None:
    bare = [
        item.nodeid for item in request.session.items if (mark := item.get_closest_marker("clause")) and not mark.args
    ]
    assert not bare
