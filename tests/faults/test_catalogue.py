"""The catalogue, its page and the tests that are marked agree."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.faults.table import CATALOGUE, ROOT, Case, cases, faults_of, page, without_reasons


def test_every_case_has_a_test_or_a_reason_and_the_page_says_so() -> None:
    """Red? Run `python -m tests.faults.table` and commit docs/faults.md."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.faults.table", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    print(result.stdout)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_catalogue_is_whole() -> None:
    assert [case.id for case in cases({})] == [f"F{number:03}" for number in range(1, 154)]


def test_what_is_missing_is_said() -> None:
    assert any("neither a test nor a reason" in line for line in faults_of([Case("F001", "s", "r")]))
    assert any("out of date" in line for line in faults_of([Case("F001", "s", "r", reason="none here")]))
    both = Case("F001", "s", "r", reason="none here", tests={"tests/x.py::test_x": {"test"}})
    assert any("F001 has tests, and a reason" in line for line in faults_of([both]))
    with pytest.raises(SystemExit, match=f"F999 not in {CATALOGUE.name}, named by tests/x.py::test_x"):
        cases({"F999": {"tests/x.py::test_x": {"test"}}})


def test_a_row_says_where_a_case_runs() -> None:
    case = Case(
        "F001", "s", "r", tests={"tests/x.py::test_x": {"soak"}, "tests/x.py::test_y": {"test", "soak"}}
    )
    assert case.row() == "| F001 | s | `tests/x.py::test_x`, `tests/x.py::test_y` | r | test, soak |"
    assert "1 of 1 cases are provoked by tests, 1 of them within" in page([case])


def test_a_reason_goes_when_a_test_comes() -> None:
    one, other = '[F001]\nsituation = "s"\nreason = "a"\n', '[F002]\nsituation = "s"\nreason = "b"\n'
    assert without_reasons(f"{one}\n{other}", ["F001"]) == f'[F001]\nsituation = "s"\n\n{other}'
