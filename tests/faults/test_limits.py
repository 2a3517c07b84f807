"""What a shell or a service manager limits: memory, open files, sizes of files. One line names the limit."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.running import HEMERO, PAGE, crawled_folder, environment


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    shutil.copytree(crawled_folder() / "archive", tmp_path / "archive")
    (tmp_path / "page.html").write_text(PAGE.format(number=1), encoding="utf-8")
    return tmp_path / "archive"


def limited(archive: Path, limits: str, *command: str) -> tuple[int, str]:
    """Exit code and stderr of the installed command under `ulimit`."""
    shell = f'ulimit {limits} && exec "$0" "$@"'
    result = subprocess.run(
        ["bash", "-c", shell, HEMERO, *command],
        cwd=archive.parent,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert "Traceback" not in result.stderr
    return result.returncode, result.stderr


@pytest.mark.parametrize("command", [["import", "page.html"], ["sql", "SELECT count(*) FROM v_articles"]])
def test_less_memory_than_a_reader_may_have(archive: Path, command: list[str]) -> None:
    """The lower limit holds; only where it is too low is it an error."""
    code, said = limited(archive, "-v 1000000", *command)
    assert code == 0, said


def test_too_few_open_files(archive: Path) -> None:
    code, said = limited(archive, "-n 8", "backup", "copy")
    assert code == 2, said
    assert said.count("\n") == 1
    assert "ulimit -n" in said


@pytest.mark.parametrize(
    "command", [["corpus", "tout", "--freeze", ""], ["export", "--format", "csv", "-o", "e"]]
)
def test_files_that_may_not_grow(archive: Path, command: list[str]) -> None:
    """SQLite calls it an I/O error: nobody is sent to rebuild a database that is sound."""
    code, said = limited(archive, "-f 8", *command)
    assert code == 3, said
    assert "ulimit -f" in said
    assert limited(archive, "-c 0", "verify")[0] == 0


GONE = "-c 0 && mkdir gone && cd gone && rmdir ../gone"


def test_a_working_folder_that_is_gone(archive: Path) -> None:
    code, said = limited(archive, GONE, "export", "--format", "csv", "-o", "e", "--archive", str(archive))
    assert code == 2, said
    assert "the working folder is gone" in said


def test_what_needs_no_working_folder_runs_without_it(archive: Path) -> None:
    """Its readers, too."""
    code, said = limited(archive, GONE, "reprocess", "--archive", str(archive))
    assert code == 0, said
