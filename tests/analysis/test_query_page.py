"""docs/query.md: every example runs, on both databases where it is SQL."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from storage.views import VIEWS
from tests.analysis.conftest import Cycle
from tests.running import crawled_folder, environment, run_preloaded

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "query.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


def test_every_view_has_an_example() -> None:
    assert {view.name for view in VIEWS if f" {view.name}" not in "".join(blocks("sql"))} == set()


@pytest.mark.parametrize("query", blocks("sql"), ids=lambda query: re.search(r"v_\w+", query)[0])
def test_sql(cycle: Cycle, query: str) -> None:
    """The press cycle holds an answer to each of them."""
    with cycle.archive.engine.connect() as connection:
        rows = connection.exec_driver_sql(query).fetchall()
    assert rows


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("query")
    shutil.copytree(crawled_folder() / "archive", folder / "archive")
    return folder


def run(words: list[str], folder: Path) -> str:
    done = subprocess.run(
        words, cwd=folder, env=environment(), capture_output=True, encoding="utf-8", timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("query", blocks("sql"), ids=lambda query: re.search(r"v_\w+", query)[0])
def test_sql_as_the_command_runs_it(scratch: Path, query: str) -> None:
    done = run_preloaded("sql", query, cwd=scratch)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "script", blocks("python"), ids=lambda script: re.findall(r"import (\w+)", script)[0]
)
def test_python(scratch: Path, script: str) -> None:
    assert "demo" in run([sys.executable, "-c", script], scratch)


@pytest.mark.slow
def test_datasette(scratch: Path) -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("datasette")]
    assert lines
    for line in lines:
        words = shlex.split(line)
        assert '"site"' in run([str(Path(sys.executable).parent / words[0]), *words[1:]], scratch)
