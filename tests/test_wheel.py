"""The built wheel works without the checkout: installed in an empty environment, run from another folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


def run(command: list[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "HEMERO", "VIRTUAL_ENV"))
    }
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    built = run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out], ROOT)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(out.glob("hemerotheque-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an empty environment that holds the wheel.

    The dependencies come from the environment that runs the tests: its folder is added by a .pth file. Such a
    folder's own .pth files are not read, so the editable installation of the checkout stays invisible.
    """
    home = tmp_path_factory.mktemp("empty")
    assert run([sys.executable, "-m", "venv", "--without-pip", home], home).returncode == 0
    install = ["--python", home / "bin" / "python", "install", "--no-deps", "--no-index", "-q", wheel]
    done = run([sys.executable, "-m", "pip", "--disable-pip-version-check", *install], home)
    assert done.returncode == 0, done.stderr
    packages = next((home / "lib").glob("python*/site-packages"))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home / "bin"


def test_wheel_holds_the_rooms_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    rooms = {"cli", "crawler", "demo", "explorer", "pipelines", "storage"}
    assert rooms <= tops
    assert {top for top in tops - rooms if not top.endswith(".dist-info")} == set()
    assert not [name for name in names if "__pycache__" in name]


def test_imports_come_from_the_installed_wheel(installed: Path, tmp_path: Path) -> None:
    code = "import cli, storage, pipelines; print(cli.__file__, storage.__file__, pipelines.__file__)"
    result = run([installed / "python", "-c", code], tmp_path)
    assert result.returncode == 0, result.stderr
    assert all(path.startswith(str(installed.parent)) for path in result.stdout.split())


def test_installed_command_crawls_and_answers(installed: Path, tmp_path: Path) -> None:
    hemero = installed / "hemero"
    assert run([hemero, "--version"], tmp_path).stdout.startswith("hemerotheque ")
    crawl = run([hemero, "crawl", "demo", "--limit", "5"], tmp_path)
    assert crawl.returncode == 0, crawl.stdout + crawl.stderr
    assert (tmp_path / "archive" / "archive.db").is_file()
    found = run([hemero, "export", "--format", "jsonl"], tmp_path)
    assert found.returncode == 0, found.stderr
    assert 1 <= len(found.stdout.splitlines()) <= 5


def _pythons() -> list[Path]:
    """An interpreter of each supported version that this machine has, on the path or under pyenv."""
    found: dict[str, Path] = {}
    for version in ("3.11", "3.12", "3.13"):
        versions = Path.home() / ".pyenv" / "versions"
        named = sorted(versions.glob(f"{version}.*/bin/python")) if versions.is_dir() else []
        on_path = shutil.which(f"python{version}")
        if named or on_path:
            found[version] = named[-1] if named else Path(str(on_path))
    return list(found.values())


@pytest.mark.soak
@pytest.mark.case("F153")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("python", _pythons(), ids=lambda path: path.parent.parent.name)
def test_a_fresh_install_works(python: Path, wheel: Path, tmp_path: Path) -> None:
    """With the pip that this Python brings, from the package index; the trial that leaves the machine."""
    home = tmp_path / "home"
    assert run([python, "-m", "venv", home], tmp_path).returncode == 0
    pip = [home / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    done = run([*pip, "install", "-q", wheel], tmp_path)
    assert done.returncode == 0, done.stderr
    assert run([*pip, "check"], tmp_path).returncode == 0
    hemero = home / "bin" / "hemero"
    assert run([hemero, "--version"], tmp_path).stdout.startswith("hemerotheque ")
    crawl = run([hemero, "crawl", "demo", "--limit", "5"], tmp_path)
    assert crawl.returncode == 0, crawl.stdout + crawl.stderr
    found = run([hemero, "export", "--format", "jsonl"], tmp_path)
    assert found.returncode == 0, found.stderr
    assert 1 <= len(found.stdout.splitlines()) <= 5
