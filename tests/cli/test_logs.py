"""The log file of `hemero crawl`: lines of every run, put aside when it is full."""

from __future__ import annotations

import logging
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.logs import FULL, KEPT, _File
from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.running import environment

pytestmark = pytest.mark.slow


def test_a_log_file_has_each_run_and_stderr_stays_empty(tmp_path: Path) -> None:
    log = tmp_path / "crawl.log"
    for number in range(1, KEPT + 1):
        log.with_name(f"crawl.log.{number}").write_text(f"{number}\n", encoding="utf-8")
    log.write_bytes(b"x" * FULL)
    with HostileServer(articles=2) as server:
        archive = Archive(tmp_path / "archive")
        archive.declare(Site("one", server, article_url="^/news/article/1"))
        archive.declare(Site("two", server, article_url="^/news/article/0"))
        assert archive.crawl("--log", str(log)).returncode == 0
        commands = [archive.command("--log", str(log), sites=[name]) for name in archive.sites]
        both = [subprocess.Popen(one, env=environment(), stderr=subprocess.PIPE) for one in commands]
        assert [(one.communicate(timeout=100)[1], one.returncode) for one in both] == [(b"", 0)] * 2
    text = log.read_text(encoding="utf-8")
    assert "INFO cli.logs: one: ok (0): done; " in text
    assert f"INFO crawler.politeness.slots: 200 {server.url('/news/')}\n" in text
    assert "scrapy" not in text
    assert text.count("one: quiet (0): nothing new") == text.count("two: quiet (0): nothing new") == 1
    assert (tmp_path / "crawl.log.1").read_bytes() == b"x" * FULL
    kept = [log.with_name(f"crawl.log.{number}") for number in range(2, KEPT + 1)]
    assert [one.read_text(encoding="utf-8") for one in kept] == ["1\n", "2\n", "3\n", "4\n"]


def test_a_log_file_without_a_folder_is_refused_at_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    with HostileServer(articles=1) as server:
        archive.declare(Site("one", server))
        result = archive.crawl("--log", str(tmp_path / "nowhere" / "crawl.log"))
        assert result.returncode == 2
        assert "no folder" in result.stderr
        assert server.hits == []


def test_single_pages_are_logged_as_well(tmp_path: Path) -> None:
    log = tmp_path / "crawl.log"
    with HostileServer(articles=1) as server:
        archive = Archive(tmp_path / "archive")
        archive.declare(Site("one", server))
        command = archive.command("--url", server.url("/news/article/0"), "--log", str(log))
        command = [part for part in command if part not in archive.sites]
        subprocess.run(command, env=environment(), check=True, timeout=100, capture_output=True)
    text = log.read_text(encoding="utf-8")
    assert f"INFO crawler.politeness.slots: 200 {server.url('/news/article/0')}\n" in text
    assert "INFO cli.logs: one: ok (0)" in text


def test_a_log_that_cannot_be_written_is_said_once_and_ends_nothing(tmp_path: Path) -> None:
    with HostileServer(articles=4) as server:
        archive = Archive(tmp_path / "archive")
        archive.declare(Site("one", server, article_url="^/news/article/"))
        result = archive.crawl("--log", "/dev/full")
    assert result.returncode == 0, result.stderr
    assert result.stderr.count("cannot be written") == 1
    assert archive.sites["one"].report["new"] == 4


def test_a_log_without_its_folder_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    handler = _File(folder / "crawl.log")
    shutil.rmtree(folder)
    for number in range(3):
        handler.handle(logging.makeLogRecord({"msg": f"line {number}"}))
    handler.close()
    assert capsys.readouterr().err.count("cannot be written") == 1
