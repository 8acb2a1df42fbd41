"""The list of faults (``README.md`` here) has every number and names only tests that exist."""

from __future__ import annotations

import ast
import re

from tests.conftest import ROOT

LIST = (ROOT / "tests" / "faults" / "README.md").read_text("utf-8")
FAULTS = range(1, 36)


def rows():
    """The cells of every row of the table, its head left out."""
    lines = [line for line in LIST.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_fault_has_its_row_in_order():
    assert [int(number) for number, *_ in rows() if number] == list(FAULTS)


def test_every_row_names_a_test_that_exists_and_says_where_it_runs():
    for _, _, tests, where in rows():
        named = re.findall(r"`([^`:]+)::([^`]+)`", tests)
        assert named, tests
        assert where in ("served", "steered", "in process")
        for file, name in named:
            found = ast.parse((ROOT / file).read_text("utf-8")).body
            assert name in {node.name for node in found if isinstance(node, ast.FunctionDef | ast.ClassDef)}
