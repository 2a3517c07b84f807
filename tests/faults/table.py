"""docs/faults.md, made of the catalogue and of the tests that are marked with its ids.

python -m tests.faults.table          write the page
python -m tests.faults.table --check  say what is wrong with it, and end with 1 if anything is
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "tests" / "faults" / "catalogue.toml"
PAGE = ROOT / "docs" / "faults.md"
COMMAND = "python -m tests.faults.table"

GROUPS = {
    "F001": "Dying, restarting, overlapping",
    "F021": "Storage",
    "F049": "The wire",
    "F078": "Where a crawl may go",
    "F101": "The page",
    "F126": "Analysts, exports, the explorer",
}
HEAD = """# The catalogue of faults

Made by `{command}` of tests/faults/catalogue.toml and of the tests that name its cases:
do not edit it, not even after a merge, but run that again. What is promised stands in
[reliability.md](reliability.md). A test counts for a case only if the fault enters through the wire, the
disk, the database or a signal, against the installed command in a process of its own.

{covered} of {all} cases are provoked by tests, {quick} of them within `make test`; the others, and more
trials of these, are run by `make soak`.
"""


@dataclass
class Case:
    """One case: what happens, what must hold, and the tests (name -> where it runs) that provoke it."""

    id: str
    situation: str
    result: str
    reason: str = ""
    tests: dict[str, set[str]] = field(default_factory=dict)

    @property
    def runs(self) -> set[str]:
        return set().union(*self.tests.values())

    def row(self) -> str:
        tests = ", ".join(f"`{name}`" for name in self.tests) or f"none: {self.reason}"
        runs = ", ".join(sorted(self.runs, reverse=True))
        return f"| {self.id} | {self.situation} | {tests} | {self.result} | {runs} |"


class Marks:
    """A plugin of pytest that notes which test is marked with which cases."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, set[str]]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            name = item.nodeid.partition("[")[0]
            runs = "soak" if item.get_closest_marker("soak") else "test"
            for mark in item.iter_markers("case"):
                for case in mark.args:
                    self.found.setdefault(case, {}).setdefault(name, set()).add(runs)


def marked() -> dict[str, dict[str, set[str]]]:
    """Case -> test -> {"test", "soak"}: collected by pytest from the files that use the marker."""
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if "mark.case(" in path.read_text("utf-8")]
    marks, said = Marks(), io.StringIO()
    arguments = ["--collect-only", "-q", "-n0", "-p", "no:cacheprovider", f"--rootdir={ROOT}"]
    with contextlib.redirect_stdout(said):
        code = pytest.main([*arguments, *map(str, sorted(files))], plugins=[marks])
    if code != pytest.ExitCode.OK:
        raise SystemExit(said.getvalue())
    return marks.found


def cases(found: Mapping[str, dict[str, set[str]]]) -> list[Case]:
    """The catalogue in its order, each case with its tests.

    Raises:
        SystemExit: a test names a case that is not in the catalogue.
    """
    catalogue = tomllib.loads(CATALOGUE.read_text("utf-8"))
    if unknown := sorted(set(found) - set(catalogue)):
        tests = ", ".join(name for case in unknown for name in found[case])
        raise SystemExit(f"{', '.join(unknown)} not in {CATALOGUE.name}, named by {tests}")
    return [Case(id, **row, tests=found.get(id, {})) for id, row in catalogue.items()]


def page(all_cases: list[Case]) -> str:
    """The whole of docs/faults.md."""
    covered = [case for case in all_cases if case.tests]
    quick = [case for case in covered if "test" in case.runs]
    parts = [HEAD.format(command=COMMAND, covered=len(covered), quick=len(quick), all=len(all_cases))]
    for case in all_cases:
        if case.id in GROUPS:
            parts.append(f"\n## {GROUPS[case.id]}\n\n| case | situation | test | result | runs |")
            parts.append("\n|---|---|---|---|---|\n")
        parts.append(case.row() + "\n")
    return "".join(parts)


def faults_of(all_cases: list[Case]) -> list[str]:
    """What is wrong with the catalogue and its page, each with the next move."""
    found = [
        f"{case.id} has neither a test nor a reason: mark a test or write a reason in {CATALOGUE.name}"
        for case in all_cases
        if not case.tests and not case.reason
    ]
    found += [
        f"{case.id} has tests, and a reason why it has none: run {COMMAND}"
        for case in all_cases
        if case.tests and case.reason
    ]
    if not PAGE.exists() or PAGE.read_text("utf-8") != page(all_cases):
        found.append(f"docs/{PAGE.name} is out of date: run {COMMAND}")
    return found


def without_reasons(catalogue: str, ids: Iterable[str]) -> str:
    """The catalogue's text without the reasons of these cases: they have tests now."""
    for case in ids:
        catalogue = re.sub(rf"(\[{case}\]\n(?:[^\[\n].*\n)*?)reason = .*\n", r"\1", catalogue)
    return catalogue


def main(arguments: list[str]) -> int:
    all_cases = cases(marked())
    covered = sum(bool(case.tests) for case in all_cases)
    if "--check" not in arguments:
        over = [case.id for case in all_cases if case.tests and case.reason]
        CATALOGUE.write_text(without_reasons(CATALOGUE.read_text("utf-8"), over), "utf-8")
        for case in all_cases:
            case.reason = "" if case.id in over else case.reason
        PAGE.write_text(page(all_cases), "utf-8")
    found = faults_of(all_cases)
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.stdout.write(f"{covered} of {len(all_cases)} cases have tests\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
