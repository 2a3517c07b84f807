"""The installed command in its own process, and one crawled archive that all tests of this folder share."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HEMERO = Path(sys.executable).parent / "hemero"
Run = Callable[..., subprocess.CompletedProcess[str]]

PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Le port rouvre | La Vigie</title>
<link rel="canonical" href="https://vigie.example/actu/{number}"></head><body><article>
<h1>Le port rouvre après les travaux, épisode {number}</h1>
<p>Les quais ont rouvert hier matin après huit mois de travaux, en présence des armateurs et des pêcheurs de la
baie, qui attendaient ce jour depuis longtemps.</p>
<p>Le chantier a coûté moins que prévu, selon la direction, qui promet une seconde tranche avant l'automne et
une halle neuve pour la criée.</p></article><p>Le 14 Avril 2021</p><p>SOURCE WEB Par Atlas Info</p></body></html>"""


def environment(**extra: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HEMERO_", "PYTHON"))}
    return kept | extra


def run_hemero(
    *arguments: str | Path, cwd: Path, env: dict[str, str] | None = None, **options: object
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [HEMERO, *arguments],
        cwd=cwd,
        env=env or environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
        **options,
    )


@pytest.fixture
def hemero(tmp_path: Path) -> Run:
    """Runs the command in an empty folder."""

    def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        return run_hemero(*arguments, **({"cwd": tmp_path} | options))

    return run


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder with three saved pages of one undeclared site."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"p{number}.html").write_text(PAGE.format(number=number), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which `hemero crawl demo --limit 12` has run; only to be read."""
    folder = tmp_path_factory.mktemp("crawled")
    result = run_hemero("crawl", "demo", "--limit", "12", "--report", "run.json", cwd=folder)
    assert result.returncode == 0, result.stderr
    (folder / "summary.txt").write_text(result.stdout, encoding="utf-8")
    return folder


@pytest.fixture
def archive(crawled: Path, tmp_path: Path) -> Path:
    """A copy of the crawled archive that a test may change."""
    shutil.copytree(crawled / "archive", tmp_path / "archive")
    return tmp_path / "archive"
