"""Runs that do not end well say so: the codes of docs/exit-codes.md that test_bad_input does not reach."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.running import HEMERO, Run, environment, run_hemero

pytestmark = pytest.mark.slow


@pytest.fixture
def closed_door() -> Iterator[str]:
    """A server that answers 403 to everything but robots.txt."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/robots.txt" else 403)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def declare(folder: Path, **sites: str) -> Path:
    """Settings with one site a keyword, each on a loopback address."""
    path = folder / "sites.toml"
    tables = [
        f'[[site]]\nname = "{name}"\nstart_urls = ["{url}"]\nallow_private = true\ndelay = 0\n'
        "[site.rules]\narticle_url = '^/actu/'\n"
        for name, url in sites.items()
    ]
    path.write_text("\n".join(tables), encoding="utf-8")
    return path


def test_site_that_does_not_answer_is_5_and_one_that_refuses_is_6(
    hemero: Run, tmp_path: Path, closed_door: str
) -> None:
    config = declare(tmp_path, absent="http://127.0.0.1:1/", refusing=closed_door)
    absent = hemero("crawl", "absent", "--config", config)
    assert absent.returncode == 5, absent.stderr
    refusing = hemero("crawl", "refusing", "--config", config)
    assert refusing.returncode == 6, refusing.stderr
    assert "hemero: refusing: " in refusing.stderr
    both = hemero("crawl", "absent", "refusing", "--config", config)
    assert both.returncode == 6, both.stderr
    assert "the last run ended with" in hemero("--config", config).stdout


def start_crawl(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [HEMERO, "crawl", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.case("F008")
def test_locked_site_is_75(hemero: Run, archive: Path) -> None:
    (archive / "locks").mkdir(exist_ok=True)
    with (archive / "locks" / "demo.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = hemero("crawl", "demo")
    assert result.returncode == 75
    assert "demo" in result.stderr


@pytest.mark.case("F005")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signal_ends_a_crawl_cleanly(tmp_path: Path, hemero: Run, number: signal.Signals, code: int) -> None:
    with start_crawl(tmp_path, "demo") as crawl:
        while crawl.poll() is None and not list(tmp_path.glob("archive/captures/**/*article*.open")):
            time.sleep(0.02)
        crawl.send_signal(number)
        _, errors = crawl.communicate(timeout=60)
    assert crawl.returncode == code, errors
    assert b"Traceback" not in errors
    assert not list(tmp_path.glob("archive/captures/**/*.open"))
    rest = hemero("crawl", "demo", "--limit", "1")
    assert rest.returncode == 0, rest.stderr


def test_a_crawl_of_the_demo_site_does_not_end_with_the_server_of_another(tmp_path: Path) -> None:
    """The other one stands still, and dies when this one has begun to fetch, or has waited for its end."""
    folders = [tmp_path / name for name in ("first", "second")]
    crawls = []
    for folder in folders:
        folder.mkdir()
        crawls.append(start_crawl(folder, "demo", "--limit", "30"))
        deadline = time.monotonic() + (60 if len(crawls) == 1 else 6)
        while time.monotonic() < deadline and not list(folder.glob("archive/captures/**/*article*.open")):
            time.sleep(0.02)
        if len(crawls) == 1:
            crawls[0].send_signal(signal.SIGSTOP)
    crawls[0].kill()
    crawls[0].communicate()
    _, errors = crawls[1].communicate(timeout=100)
    assert crawls[1].returncode == 0, errors
    listed = run_hemero("export", "--format", "jsonl", cwd=folders[1]).stdout
    assert len(listed.splitlines()) == 30


def test_full_disk_is_3_and_what_was_written_stays(hemero: Run, archive: Path) -> None:
    before = len(hemero("export", "--format", "jsonl").stdout.splitlines())
    full = environment(HEMERO_FAULTS="1", FAULT_AT="mid_warc:1:enospc")
    result = hemero("crawl", "demo", "--limit", "3", env=full)
    assert result.returncode == 3, result.stderr
    assert len(result.stderr.splitlines()) <= 2
    assert len(hemero("export", "--format", "jsonl").stdout.splitlines()) >= before
    again = hemero("crawl", "demo", "--limit", "3")
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["export", "--format", "csv"],
        ["export", "--format", "wacz"],
        ["search", ""],
        ["search", "", "--json"],
        ["show", "1", "--raw"],
        ["runs"],
        ["sql", "SELECT url FROM v_articles"],
        ["sites"],
    ],
    ids=" ".join,
)
def test_full_standard_output_is_3_and_is_not_the_archive(archive: Path, command: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [HEMERO, *command],
            cwd=archive.parent,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert result.returncode == 3, result.stderr
    assert "hemero: no space left where standard output goes" in result.stderr
    assert "archive" not in result.stderr
    assert "Exception ignored" not in result.stderr


def test_standard_output_that_cannot_be_written_is_2(archive: Path) -> None:
    with Path("/dev/null").open() as only_read:
        result = subprocess.run(
            [HEMERO, "search", ""],
            cwd=archive.parent,
            env=environment(),
            stdout=only_read,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert result.returncode == 2, result.stderr
    assert "hemero: standard output cannot be written" in result.stderr
