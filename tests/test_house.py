"""The house itself: names, arrows, lock files. What is checked here would otherwise be a habit."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
REPLAY = "requirements-replay.lock"  # wacz and pywb, in an environment of their own
HEAVY = {"parquet"}  # extras that are locked for the tests alone: a crawl does without 150 MB
# Needed at run time without being imported by name.
NOT_IMPORTED = {
    "tzdata": "read by zoneinfo",
    "lxml-html-clean": "trafilatura imports it",
    "uvloop": "Scrapy loads it by its dotted name",
    "psycopg": "SQLAlchemy loads it by the scheme of the address",
}
# What a declared distribution is built on and hands to its users: no version of our own to choose.
PART_OF = {
    "twisted": "scrapy",
    "cssselect": "scrapy",
    "itemadapter": "scrapy",
    "parsel": "scrapy",
    "protego": "scrapy",
    "zope": "scrapy",
}


def locked(name: str) -> dict[str, str]:
    """Distribution -> version, of one lock file."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pins = [line.split(";")[0].rstrip(" \\") for line in lines if re.match(r"[A-Za-z0-9]", line)]
    pairs = (re.sub(r"\[.*?\]", "", pin).split("==") for pin in pins)
    return {canonicalize_name(name): version.strip() for name, version in pairs}


def declared(*, heavy: bool = True) -> dict[str, Requirement]:
    project = PYPROJECT["project"]
    named = project.get("optional-dependencies", {}).items()
    extras = [line for name, lines in named if heavy or name not in HEAVY for line in lines]
    found = [Requirement(line) for line in project["dependencies"] + extras]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def sources() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Top-level names that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_rooms_of_the_wheel_are_the_rooms_of_the_design() -> None:
    assert sorted(ROOMS) == ["cli", "crawler", "demo", "explorer", "pipelines", "storage"]
    assert all((ROOT / room / "__init__.py").is_file() for room in ROOMS)


def test_arrows_point_one_way() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("lock", LOCKS)
def test_nothing_locked_ships_a_package_of_ours(lock: str) -> None:
    owners = metadata.packages_distributions()
    pinned = locked(lock)
    for room in ROOMS:
        others = {canonicalize_name(name) for name in owners.get(room, [])} & set(pinned)
        assert not others, f"{others} ship a top-level package {room}"


@pytest.mark.parametrize("lock", [*LOCKS, REPLAY])
def test_lock_names_no_index_and_hashes_everything(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-", re.sub(r"^\s+--hash=\S+( \\)?$", "", text, flags=re.M), flags=re.M)
    blocks = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.M).strip())
    pins = [Requirement(block.partition("\\\n")[0]) for block in blocks]
    names = Counter(pin.name for pin in pins)
    assert all(pin.marker for pin in pins if names[pin.name] > 1), "one pin a Python version, or one for all"
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_satisfies_what_is_declared(lock: str) -> None:
    pins = locked(lock)
    for name, requirement in declared(heavy=lock != LOCKS[0]).items():
        assert name in pins, f"{name} is declared and not locked: make lock"
        assert requirement.specifier.contains(pins[name]), f"{name} {pins[name]} is outside {requirement}"


def test_a_crawl_installs_nothing_heavy() -> None:
    light = set(declared(heavy=False))
    assert set(declared()) - light == {"pyarrow"}
    assert not (set(declared()) - light) & set(locked(LOCKS[0]))


def test_the_replay_tools_are_locked() -> None:
    pins = locked(REPLAY)
    for line in PYPROJECT["dependency-groups"]["replay"]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)])


def test_both_locks_agree() -> None:
    run, dev = (locked(name) for name in LOCKS)
    assert {name: dev.get(name) for name in run} == run


def test_every_import_is_declared_and_every_declaration_used() -> None:
    owners = metadata.packages_distributions()
    known = set(declared())
    used: set[str] = set()
    for path in sources():
        for name in imported(path) - set(sys.stdlib_module_names) - set(ROOMS):
            distributions = {canonicalize_name(d) for d in owners.get(PART_OF.get(name, name), [])}
            assert distributions & known, f"{path.relative_to(ROOT)} imports {name}, which is not declared"
            used |= distributions & known
    unused = known - used - set(NOT_IMPORTED)
    assert not unused, f"declared and nowhere imported: {sorted(unused)}"


def test_version_stands_in_one_place() -> None:
    assert metadata.version("hemerotheque") == PYPROJECT["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {PYPROJECT['project']['version']}" in changelog


def test_files_and_functions_stay_short() -> None:
    """Files of at most 300 lines; a function longer than 60 lines is two functions."""
    for path in sources():
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT)
        if "versions" in path.parts:
            continue  # a migration is a list of columns, never edited again
        assert text.count("\n") <= 300, f"{name} is longer than 300 lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno
                assert lines <= 60, f"{name}: {node.name} has {lines} lines"


POSSESSIVE = re.compile(r"(?<!\|)(?<!\\)\)(?:[*+?]|\{\d*,?\d*\})\+")


def strings(path: Path) -> list[str]:
    """The strings of a module, what is filled into one as the number 1; the lines of a text."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text.splitlines()
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "1" for part in node.values)
            found.append("".join(map(str, parts)))
    return found


def test_no_group_is_repeated_possessively_without_an_empty_alternative() -> None:
    """Python 3.11.0 to 3.11.4 (Debian 12: 3.11.2) go on from where a turn failed (cpython issue 106052)."""
    data = sorted((ROOT / "pipelines/data").glob("*.txt"))
    faulty = [
        f"{path.relative_to(ROOT)}: {text[:80]}"
        for path in [*sources(), *data]
        for text in strings(path)
        if POSSESSIVE.search(text)
    ]
    assert faulty == []
