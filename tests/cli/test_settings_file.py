"""Settings that are no file, or that nobody may read, are refused at once; they are never waited for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running import Run

pytestmark = [pytest.mark.slow, pytest.mark.case("F152")]

KINDS: dict[str, Callable[[Path], object]] = {
    "folder": lambda path: path.mkdir(),
    "pipe": os.mkfifo,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "dangling link": lambda path: path.symlink_to("absent.toml"),
    "endless link": lambda path: path.symlink_to(path.name),
}


def refused(hemero: Run, *arguments: str | Path) -> str:
    result = hemero(*arguments)
    assert result.returncode == 2, result.stdout + result.stderr
    (line,) = result.stderr.splitlines()
    assert result.stdout == ""
    return str(line)


@pytest.mark.parametrize("kind", KINDS)
def test_settings_that_are_no_file(hemero: Run, archive: Path, kind: str) -> None:
    KINDS[kind](archive / "hemero.toml")
    assert "archive/hemero.toml: cannot be read" in refused(hemero, "sites")


def test_settings_that_nobody_may_read(hemero: Run, archive: Path) -> None:
    """Also for root, whom no mode stops: this one is a name that is too long to follow."""
    (archive / "hemero.toml").symlink_to("x" * 300)
    assert "archive/hemero.toml: cannot be read" in refused(hemero, "sites")


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_settings_file_named_by_an_option_is_one(hemero: Run, tmp_path: Path, kind: str) -> None:
    KINDS[kind](tmp_path / "mine.toml")
    assert "mine.toml: cannot be read" in refused(hemero, "sites", "--config", tmp_path / "mine.toml")


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_a_declaration_that_is_no_file(hemero: Run, archive: Path, kind: str) -> None:
    (archive / "sites").mkdir(exist_ok=True)
    KINDS[kind](archive / "sites" / "vigie.toml")
    assert "vigie.toml: cannot be read" in refused(hemero, "sites")


@pytest.mark.parametrize("name", ["hemero.toml", "sites/vigie.toml"])
def test_a_backup_waits_for_no_pipe(hemero: Run, archive: Path, tmp_path: Path, name: str) -> None:
    """Settings that cannot be kept end it before anything is copied."""
    (archive / "sites").mkdir(exist_ok=True)
    os.mkfifo(archive / name)
    assert f"archive/{name} is no file" in refused(hemero, "backup", "copy")
    assert not (tmp_path / "copy").exists()
