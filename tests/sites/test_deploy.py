"""The files under deploy/: cron's line runs, units are valid, the image is built of what exists."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from configparser import ConfigParser
from contextlib import closing
from pathlib import Path

import pytest

from demo import ARTICLE_KEY, ARTICLE_URL
from demo.server import DemoServer
from tests.running import HEMERO, run_preloaded

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
PROGRAM, ARCHIVE = "/opt/hemerotheque/.venv/bin/hemero", "/srv/hemero"


def cron_commands() -> list[str]:
    """The commands of the crontab, whose five time fields are checked."""
    commands: list[str] = []
    for line in (DEPLOY / "crontab").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#") or re.match(r"[A-Z]+=\S+$", line):
            continue
        *fields, command = line.split(None, 5)
        for field, (low, high) in zip(fields, [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)], strict=True):
            for part in field.replace("*", str(low)).split(","):
                assert re.fullmatch(r"\d+(-\d+)?(/\d+)?", part), line
                assert all(low <= int(n) <= high for n in part.partition("/")[0].split("-")), line
        assert "%" not in command  # cron reads it as the end of the line
        commands.append(command)
    return commands


def test_crontab_ends_with_a_line_break() -> None:
    """Without it cron ignores the last line."""
    assert (DEPLOY / "crontab").read_bytes().endswith(b"\n")
    assert len(cron_commands()) == 1


def test_the_line_of_the_crontab_runs_as_cron_runs_it(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    rested = run_preloaded("sites", "disable", "portailsudmaroc", "--archive", folder, cwd=tmp_path)
    assert rested.returncode == 0
    with DemoServer(articles=6, port=0) as server:
        (folder / "hemero.toml").write_text(
            f"""[crawl]
contact = "archive@example.org"
[[site]]
name = "echo"
start_urls = ["{server.base_url}/"]
allow_private = true
delay = 0.0
rules = {{ article_url = '{ARTICLE_URL}', article_key = "{ARTICLE_KEY}" }}
""",
            encoding="utf-8",
        )
        for command in cron_commands():
            line = command.replace(PROGRAM, str(HEMERO)).replace(ARCHIVE, str(folder))
            assert line.count(str(folder)) == 1
            result = subprocess.run(
                ["env", "-i", "/bin/sh", "-c", line],
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
                timeout=90,
            )
            assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    with closing(sqlite3.connect(folder / "archive.db")) as database:
        assert database.execute("SELECT count(*) FROM articles").fetchone() == (6,)


# --- systemd -----------------------------------------------------------------------------------------


def unit(name: str) -> ConfigParser:
    parsed = ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read_string((DEPLOY / name).read_text(encoding="utf-8"))
    return parsed


def test_the_units_say_what_the_docs_say() -> None:
    service = unit("hemero.service")["Service"]
    command = service["ExecStart"].split()
    assert command[:2] == [PROGRAM, "crawl"]
    assert service["Environment"] == f"HEMERO_ARCHIVE={ARCHIVE}"
    assert service["ReadWritePaths"] == ARCHIVE
    assert set(service["SuccessExitStatus"].split()) == {"5", "75"}
    assert int(service["TimeoutStopSec"]) > 30  # what a crawl may take to end cleanly
    assert unit("hemero.timer")["Timer"]["OnCalendar"] == "hourly"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for name in ("hemero.service", "hemero.timer"):
        text = (DEPLOY / name).read_text(encoding="utf-8").replace(PROGRAM, str(HEMERO))
        (tmp_path / name).write_text(text, encoding="utf-8")
    names = [str(tmp_path / name) for name in ("hemero.service", "hemero.timer")]
    command = ["systemd-analyze", "verify", "--man=no", *names]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


# --- containers --------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.M).replace("\\\n", " ").splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line.strip())]


def test_the_image_is_built_of_files_that_exist() -> None:
    known = {"FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "VOLUME", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
    stages = {
        match[1]
        for word, rest in instructions()
        if word == "FROM" and (match := re.search(r" AS (\w+)", rest))
    }
    for word, rest in instructions():
        assert word in known
        if word == "FROM":
            assert re.match(r"python:3\.\d+-", rest)
        if word == "COPY" and not rest.startswith("--from="):
            assert all((ROOT / source).exists() for source in rest.split()[:-1]), rest
        elif word == "COPY":
            assert rest.split()[0].removeprefix("--from=") in stages
        if word in ("ENTRYPOINT", "CMD"):
            assert json.loads(rest)


def test_the_image_holds_every_room() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    copied = {source for word, rest in instructions() if word == "COPY" for source in rest.split()[:-1]}
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= copied
    assert {project["project"]["readme"], *project["project"]["license-files"]} <= copied


def test_the_image_runs_without_root() -> None:
    users = [rest for word, rest in instructions() if word == "USER"]
    assert users == ["hemero"]


Yaml = dict[str, "Yaml"] | list[str] | str | None


def yaml(text: str) -> dict[str, Yaml]:
    """The part of YAML that the compose file keeps to: nested maps, flow lists of strings, plain scalars."""
    root: dict[str, Yaml] = {}
    open_maps: list[tuple[int, dict[str, Yaml]]] = [(-1, root)]
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip(" "))
        assert "\t" not in line
        match = re.fullmatch(r"([\w-]+):(?: (.+))?", line.strip())
        assert match, line
        while open_maps[-1][0] >= indent:
            open_maps.pop()
        target = open_maps[-1][1]
        assert match[1] not in target, f"twice: {line}"
        value = match[2]
        if value is None:
            target[match[1]] = inner = {}
            open_maps.append((indent, inner))
        else:
            target[match[1]] = json.loads(value) if value.startswith("[") else value
    return root


def test_the_compose_file_fits_the_image() -> None:
    compose = yaml((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert set(compose) == {"name", "services", "volumes"}
    services, volumes = compose["services"], compose["volumes"]
    assert isinstance(services, dict)
    assert isinstance(volumes, dict)
    for service in services.values():
        assert isinstance(service, dict)
        for volume in service["volumes"] or []:
            assert volume.partition(":")[0] in volumes
            assert volume.partition(":")[2] == ARCHIVE
        assert service["stop_grace_period"] == "60s"
    hourly = services["hourly"]
    assert isinstance(hourly, dict)
    build = hourly["build"]
    assert isinstance(build, dict)
    assert (DEPLOY / str(build["context"]) / str(build["dockerfile"])).resolve() == DEPLOY / "Dockerfile"
    assert hourly["entrypoint"] == ["hourly", "3600"]
    assert any(rest.endswith("/usr/local/bin/hourly") for word, rest in instructions() if word == "COPY")


def test_the_container_crawls_again_and_ends_cleanly(tmp_path: Path) -> None:
    """A stand-in for `hemero` writes down what it was told; SIGTERM reaches it and ends the loop."""
    fake = tmp_path / "hemero"
    log = tmp_path / "log"
    fake.write_text(
        f'#!/bin/sh\necho "$@" >> {log}\n[ "$(wc -l < {log})" -lt 2 ] && exit 6\n'
        f"trap 'echo stopped >> {log}; exit 143' TERM\nwhile :; do sleep 0.05; done\n",
        encoding="utf-8",
    )
    fake.chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with subprocess.Popen(["sh", DEPLOY / "hourly.sh", "0.05"], env=env) as loop:
        deadline = time.monotonic() + 20
        while (not log.exists() or len(log.read_text().splitlines()) < 2) and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.1)
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(timeout=20) == 0
    assert log.read_text().splitlines() == ["crawl --max-minutes 50", "crawl --max-minutes 50", "stopped"]


def test_the_docs_name_every_file() -> None:
    text = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    for path in DEPLOY.iterdir():
        assert path.name in text or path.name == "hourly.sh"
