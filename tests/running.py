"""The installed command in its own process or preloaded, and one crawled archive that all tests share."""

from __future__ import annotations

import atexit
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import IO

from tests.preloaded import Child, can_run, preloaded

HEMERO = Path(sys.executable).parent / "hemero"
INSTALLED = "HEMERO_TEST_INSTALLED"  # set, as by `make soak`, it has every test start the installed command
Run = Callable[..., subprocess.CompletedProcess[str]]

PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Le port rouvre | La Vigie</title>
<link rel="canonical" href="https://vigie.example/actu/{number}"></head><body><article>
<h1>Le port rouvre après les travaux, épisode {number}</h1>
<p>Les quais ont rouvert hier matin après huit mois de travaux, en présence des armateurs et des pêcheurs de
la baie, qui attendaient ce jour depuis longtemps.</p>
<p>Le chantier a coûté moins que prévu, selon la direction, qui promet une seconde tranche avant l'automne et
une halle neuve pour la criée.</p></article>
<p>Le 14 Avril 2021</p><p>SOURCE WEB Par Atlas Info</p></body></html>"""


def environment(**extra: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HEMERO_", "PYTHON"))}
    return kept | extra


def cpu_of_children() -> float:
    """Seconds of CPU that ended child processes of this one have used, their own children included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@cache
def slowness() -> float:
    """How many times as long as on the machine for which costs are promised this one takes; at least 1.

    Measured by a process that imports Scrapy and SQLAlchemy, which takes 0.6 s of processor time there.
    """
    seconds = []
    for _ in range(3):
        before = cpu_of_children()
        subprocess.run([sys.executable, "-c", "import scrapy.crawler, sqlalchemy.orm"], check=True)
        seconds.append(cpu_of_children() - before)
    return max(1.0, min(seconds) / 0.6)


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
        timeout=200,
        check=False,
        **options,
    )


def run_preloaded(
    *arguments: str | Path, cwd: Path, env: dict[str, str] | None = None, **options: object
) -> subprocess.CompletedProcess[str]:
    """The same for tests of what a command says and does, without the second that importing takes."""
    env = env or environment()
    if options or INSTALLED in os.environ or not can_run(env):
        return run_hemero(*arguments, cwd=cwd, env=env, **options)
    return preloaded().run([str(argument) for argument in arguments], cwd, env)


def run_program(program: str, *arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A program of ours in a process of its own, as `python -c`, with these settings in its environment."""
    return preloaded().run(["-c", program, *map(str, arguments)], Path.cwd(), environment(**env))


def start_hemero(
    arguments: list[str],
    cwd: Path,
    env: dict[str, str],
    stdout: IO[bytes],
    stderr: IO[bytes],
    wrap: tuple[str, ...] = (),
) -> subprocess.Popen[bytes] | Child:
    """Begin a command in a session of its own, preloaded where it may be; its output goes to files.

    `wrap` goes before the installed command.
    """
    if not wrap and INSTALLED not in os.environ and can_run(env):
        return preloaded().start(arguments, cwd, env, stdout, stderr, start_new_session=True)
    return subprocess.Popen(
        [*wrap, HEMERO, *arguments],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )


@cache
def crawled_folder() -> Path:
    """The folder in which `hemero crawl demo --limit 12` has run, once for all tests; only to be read."""
    folder = Path(tempfile.mkdtemp(prefix="hemero-crawled-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    result = run_preloaded("crawl", "-v", "demo", "--limit", "12", "--report", "run.json", cwd=folder)
    assert result.returncode == 0, result.stderr
    (folder / "summary.txt").write_text(result.stdout, encoding="utf-8")
    return folder
