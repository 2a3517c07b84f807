"""Told once, when a state changes; what cannot be told changes nothing. The servers are real, on loopback."""

from __future__ import annotations

import email
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest

from crawler.config import NotifySettings
from crawler.notify import Notifier, change_of
from storage import Archive, open_archive
from storage.models import Notice
from tests.status.conftest import START, Crawls, Inbox, reading


@dataclass(frozen=True)
class Ended:
    """A run's summary, as run_crawl gives it."""

    state: str
    exit_code: int
    message: str = "why, and the next move"
    site: str = "vigie"
    run_id: int | None = None


@pytest.mark.parametrize(
    ("told", "state", "code", "before", "now"),
    [
        ("ok", "ok", 0, None, None),
        ("ok", "quiet", 0, 0, None),
        ("ok", "drifted", 6, 0, "drifted"),
        ("drifted", "drifted", 6, 6, None),
        ("drifted", "quiet", 0, 6, "ok"),
        ("drifted", "blocked", 6, 6, "blocked"),
        ("ok", "partial", 5, 0, None),  # the next run may cure it
        ("ok", "partial", 5, None, None),
        ("ok", "partial", 5, 5, "partial"),
        ("ok", "dead", 5, 6, "dead"),
        ("drifted", "dead", 5, 6, "dead"),
        ("ok", "fault", 1, 0, "fault"),
        ("drifted", "stopped", 0, 6, None),
    ],
)
def test_what_is_a_change(told: str, state: str, code: int, before: int | None, now: str | None) -> None:
    assert change_of(told, state, code, before) == now


@dataclass
class Teller:
    """Crawls that end and tell."""

    crawls: Crawls
    settings: NotifySettings
    hours: int = 0

    def crawl(self, state: str, code: int, **more: str) -> None:
        self.hours += 1
        at = START + timedelta(hours=self.hours)
        run = self.crawls.run(at, [], state=state, code=code)
        summary = Ended(state, code, run_id=run, **more)
        notifier = Notifier(self.settings, self.crawls.archive)
        notifier.started()
        notifier.finished(code, [summary], at)


def notices(archive: Archive) -> list[tuple[str, str, str]]:
    with archive.read() as db:
        return [(n.medium, n.state, n.outcome) for n in db.query(Notice).order_by(Notice.id)]


def test_a_trouble_is_told_once_and_its_end_once(crawls: Crawls, web: Inbox) -> None:
    teller = Teller(crawls, NotifySettings(webhook_url=f"{web.url}/hook"))
    for state, code in [("ok", 0), ("drifted", 6), ("drifted", 6), ("quiet", 0), ("quiet", 0)]:
        teller.crawl(state, code)
    (first, second) = web.json()
    assert first["changes"] == [
        {
            "site": "vigie",
            "state": "drifted",
            "before": "ok",
            "message": "why, and the next move",
            "run": crawls.runs[1],
        }
    ]
    assert first["text"] == "vigie: drifted (before: ok). why, and the next move"
    assert [change["state"] for change in second["changes"]] == ["ok"]
    assert notices(crawls.archive) == [("webhook", "drifted", "sent"), ("webhook", "ok", "sent")]


def test_a_mail_about_a_change(crawls: Crawls, smtp: Inbox) -> None:
    settings = NotifySettings(mail_to=("a@example.org", "b@example.org"), smtp=f"127.0.0.1:{smtp.port}")
    Teller(crawls, settings).crawl("blocked", 6, message="HTTP 403 pour « tout » ; écrivez au site")
    ((envelope, text),) = smtp.got
    assert envelope.lower().split("\n")[1:3] == ["rcpt to:<a@example.org>", "rcpt to:<b@example.org>"]
    assert text.isascii()
    message = email.message_from_string(text, policy=policy.default)
    assert message["Subject"] == "hemero: vigie blocked"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "HTTP 403 pour « tout » ; écrivez au site" in message.get_content()


def test_a_mail_that_was_refused_is_sent_by_the_next_crawl(
    crawls: Crawls, smtp: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    teller = Teller(crawls, NotifySettings(mail_to=("a@example.org",), smtp=f"127.0.0.1:{smtp.port}"))
    smtp.status = 451
    teller.crawl("drifted", 6)
    teller.crawl("drifted", 6)
    assert smtp.got == []
    assert notices(crawls.archive) == [("mail", "drifted", "failed")]
    assert "could not be sent" in caplog.text
    smtp.status = 250
    teller.crawl("drifted", 6)
    teller.crawl("drifted", 6)
    assert len(smtp.got) == 1
    assert notices(crawls.archive) == [("mail", "drifted", "sent")]


def test_a_trouble_that_nobody_heard_of_has_no_end(crawls: Crawls, web: Inbox) -> None:
    teller = Teller(crawls, NotifySettings(webhook_url=web.url))
    web.status = 500
    teller.crawl("drifted", 6)
    web.status = 200
    teller.crawl("ok", 0)
    assert len(web.got) == 1  # the refused one


def test_pings(crawls: Crawls, web: Inbox) -> None:
    teller = Teller(crawls, NotifySettings(ping_url=f"{web.url}/3f2c"))
    teller.crawl("ok", 0)
    teller.crawl("dead", 5)
    paths = [path for path, _ in web.got]
    assert paths == ["/3f2c/start", "/3f2c", "/3f2c/start", "/3f2c/fail"]
    assert web.got[3][1] == "vigie: dead: why, and the next move"


def test_a_crawl_that_found_all_locked_pings_nothing(archive: Archive, web: Inbox) -> None:
    notifier = Notifier(NotifySettings(ping_url=web.url), archive)
    notifier.finished(75, [Ended("locked", 75)])
    assert web.got == []


def test_a_crawl_without_end_pings_fail_once(archive: Archive, web: Inbox) -> None:
    notifier = Notifier(NotifySettings(ping_url=web.url), archive)
    notifier.started()
    notifier.failed(RuntimeError("no space left"))
    notifier.failed(RuntimeError("again"))
    assert [path for path, _ in web.got] == ["/start", "/fail"]


def test_nobody_listens(crawls: Crawls, caplog: pytest.LogCaptureFixture) -> None:
    """A port where nothing listens, for all three: warnings, and that is all."""
    settings = NotifySettings(
        ping_url="http://127.0.0.1:9/x",
        webhook_url="http://127.0.0.1:9/y",
        mail_to=("a@example.org",),
        smtp="127.0.0.1:9",
        metrics_file="/nowhere/hemero.prom",
    )
    Teller(crawls, settings).crawl("drifted", 6)
    for word in ("the ping start", "the ping fail", "the webhook about", "the mail about", "the status"):
        assert word in caplog.text


def test_files_are_written_after_each_crawl(crawls: Crawls, tmp_path: Path) -> None:
    crawls.run(START, [reading(1, START)])
    settings = NotifySettings(
        metrics_file=str(tmp_path / "hemero.prom"), status_page=str(tmp_path / "status.html")
    )
    Teller(crawls, settings).crawl("quiet", 0)
    assert 'hemero_articles{site="vigie"} 1' in (tmp_path / "hemero.prom").read_text(encoding="utf-8")
    assert "<html" in (tmp_path / "status.html").read_text(encoding="utf-8")


_KILLED = """
import os, signal, sys
from crawler import notify
from crawler.config import NotifySettings
from storage import open_archive
from tests.status.test_notify import Ended

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

notify.post = {"before": die, "after": lambda *a: (real(*a), die())}[sys.argv[3]]
with open_archive(sys.argv[1]) as archive:
    settings = NotifySettings(webhook_url=sys.argv[2])
    notify.Notifier(settings, archive).finished(6, [Ended("drifted", 6)])
"""


@pytest.mark.parametrize(("moment", "posted"), [("before", 0), ("after", 1)])
def test_kill_9_while_telling_never_tells_twice(tmp_path: Path, web: Inbox, moment: str, posted: int) -> None:
    program = "from crawler.notify import post as real\n" + _KILLED
    with open_archive(tmp_path / "archive", create=True, database_url="sqlite") as archive:
        from storage import repository

        with archive.write() as db:
            site = repository.save_site(db, "vigie", "La Vigie", "https://vigie.example/", "FR", "fr", "UTC")
        crawls = Crawls(archive, site)
        crawls.run(START, [], state="drifted", code=6)
        killed = subprocess.run(
            [sys.executable, "-c", program, archive.folder, web.url, moment],
            cwd=Path(__file__).parents[2],
            env=dict(os.environ),
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL
        assert len(web.got) == posted
        assert notices(archive) == [("webhook", "drifted", "claimed")]
        Teller(crawls, NotifySettings(webhook_url=web.url)).crawl("drifted", 6)
        assert len(web.got) == posted
        Teller(crawls, NotifySettings(webhook_url=web.url), hours=5).crawl("ok", 0)
        assert [change["state"] for told in web.json() for change in told["changes"]][-1] == "ok"
