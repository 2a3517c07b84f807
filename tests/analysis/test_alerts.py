"""Alerts reach their targets, each match once, also after kill -9. The servers are real, on loopback."""

from __future__ import annotations

import email
from datetime import datetime
from email import policy
from pathlib import Path
from typing import Any

import pytest

from crawler.alerts import Sent, TargetError, check_target, deliver
from crawler.config import NotifySettings
from storage import Archive, alert_messages, journal, open_archive, saved_searches
from tests.analysis.build import HOUR, NOW, Press, reading
from tests.running import run_program
from tests.status.conftest import Inbox, smtp, web  # noqa: F401  (fixtures)


def save(archive: Archive, *targets: str, name: str = "phares") -> None:
    data = {"name": name, "query": "phare", "filters": {}, "targets": list(targets), "who": "ida"}
    journal.record(archive, "saved_search", data, NOW)


def lighthouse(press: Press, number: int) -> None:
    found = reading(
        "a", number, f"Le phare numéro {number}.", title=f"Phare « {number} »", fetched=NOW + HOUR
    )
    press.store(found)


def check_all(archive: Archive) -> None:
    with archive.read() as session:
        ids = [search.id for search in saved_searches.saved(session)]
    with archive.write() as session:
        for number in ids:
            saved_searches.check(session, number, NOW + HOUR)


def send(archive: Archive, settings: NotifySettings | None = None) -> list[Sent]:
    check_all(archive)
    return deliver(archive, settings or NotifySettings(), lambda: NOW + HOUR)


def told(inbox: Inbox) -> list[list[str]]:
    return [[article["title"] for article in message["articles"]] for message in inbox.json()]


def test_a_webhook_is_told_each_match_once(archive: Archive, web: Inbox) -> None:  # noqa: F811
    press = Press(archive, "a")
    save(archive, f"{web.url}/hook")
    assert send(archive) == []
    for number in (1, 2):
        lighthouse(press, number)
    assert [(sent.matches, sent.state) for sent in send(archive)] == [(2, "sent")]
    assert send(archive) == []
    lighthouse(press, 3)
    send(archive)
    assert told(web) == [["Phare « 1 »", "Phare « 2 »"], ["Phare « 3 »"]]
    first, second = web.json()
    assert first["search"] == "phares"
    assert first["id"] != second["id"]
    assert first["articles"][0]["url"] == "https://a.example/actu/1"


def test_a_mail_is_sent_once(archive: Archive, smtp: Inbox) -> None:  # noqa: F811
    press = Press(archive, "a")
    save(archive, "mailto:ida@example.org")
    lighthouse(press, 1)
    settings = NotifySettings(smtp=f"127.0.0.1:{smtp.port}", mail_from="hemero@example.org")
    assert [sent.state for sent in send(archive, settings)] == ["sent"]
    assert send(archive, settings) == []
    ((envelope, text),) = smtp.got
    assert "rcpt to:<ida@example.org>" in envelope.lower()
    assert text.isascii()
    message = email.message_from_string(text, policy=policy.default)
    assert message["Subject"] == "hemero: phares: 1 new article"
    assert message["Message-ID"].endswith("@hemerotheque>")
    lines = message.get_content().splitlines()
    assert lines == ["Phare « 1 »", "a, no date", "https://a.example/actu/1"]


def test_each_target_has_its_own_account(archive: Archive, web: Inbox) -> None:  # noqa: F811
    press = Press(archive, "a")
    save(archive, f"{web.url}/one")
    lighthouse(press, 1)
    send(archive)
    journal.record(
        archive,
        "saved_search",
        {
            "name": "phares",
            "query": "phare",
            "filters": {},
            "targets": [f"{web.url}/one", f"{web.url}/two"],
            "who": "ida",
        },
        NOW + HOUR,
    )
    send(archive)
    assert [path for path, _ in web.got] == ["/one", "/two"]


def test_what_was_not_taken_is_sent_again_with_its_id(archive: Archive, web: Inbox) -> None:  # noqa: F811
    press = Press(archive, "a")
    save(archive, web.url)
    lighthouse(press, 1)
    web.status = 503
    assert [sent.state for sent in send(archive)] == ["failed"]
    lighthouse(press, 2)
    web.status = 200
    assert [sent.matches for sent in send(archive)] == [1]
    assert [sent.matches for sent in send(archive)] == [1]
    assert send(archive) == []
    refused, again, later = web.json()
    assert refused["id"] == again["id"]
    assert again["articles"] == refused["articles"]
    assert [article["title"] for article in later["articles"]] == ["Phare « 2 »"]


def test_nobody_listens(archive: Archive) -> None:
    press = Press(archive, "a")
    save(archive, "http://127.0.0.1:9/x", "mailto:ida@example.org")
    lighthouse(press, 1)
    done = send(archive, NotifySettings(smtp="127.0.0.1:9"))
    assert [sent.state for sent in done] == ["failed", "failed"]
    assert all(sent.error for sent in done)


_SEND = """
import sys
from tests.analysis.test_alerts import send
from crawler.config import NotifySettings
from storage import open_archive
with open_archive(sys.argv[1], database_url=sys.argv[2]) as archive:
    send(archive, NotifySettings(smtp=sys.argv[3]))
"""


def send_and_die(archive: Archive, where: str, mail: str = "127.0.0.1:9") -> None:
    killed = run_program(_SEND, archive.folder, archive.database_url, mail, HEMERO_FAULTS="1", FAULT_AT=where)
    assert killed.returncode == -9, killed.stderr


@pytest.mark.parametrize("where", ["alert_prepared", "alert_taken"])
def test_once_also_after_kill_9(archive: Archive, web: Inbox, where: str) -> None:  # noqa: F811
    """Killed before it left, the message is sent by the next process; killed after, it is not sent twice."""
    press = Press(archive, "a")
    save(archive, f"{web.url}/hook")
    lighthouse(press, 1)
    send_and_die(archive, where)
    assert len(web.got) == (where == "alert_taken")
    for _ in range(2):
        send(archive)
    lighthouse(press, 2)
    send(archive)
    assert told(web) == [["Phare « 1 »"], ["Phare « 2 »"]]


@pytest.mark.parametrize("where", ["alert_prepared", "alert_taken"])
def test_a_mail_comes_once_also_after_kill_9(archive: Archive, smtp: Inbox, where: str) -> None:  # noqa: F811
    press = Press(archive, "a")
    save(archive, "mailto:ida@example.org")
    lighthouse(press, 1)
    server = f"127.0.0.1:{smtp.port}"
    send_and_die(archive, where, server)
    assert len(smtp.got) == (where == "alert_taken")
    for number in (1, 2):
        lighthouse(press, number)
        send(archive, NotifySettings(smtp=server))
    mails = [email.message_from_string(text, policy=policy.default) for _, text in smtp.got]
    assert [mail.get_content().splitlines()[0] for mail in mails] == ["Phare « 1 »", "Phare « 2 »"]
    assert len({mail["Message-ID"] for mail in mails}) == 2


def test_what_may_have_come_is_named_and_sent_again_on_request(archive: Archive, web: Inbox) -> None:  # noqa: F811
    press = Press(archive, "a")
    save(archive, f"{web.url}/hook")
    lighthouse(press, 1)
    send_and_die(archive, "alert_taken")
    with archive.write() as session:
        assert [row.search for row in alert_messages.unsure(session)] == ["phares"]
        assert alert_messages.send_again(session) == 1
    send(archive)
    first, second = web.json()
    assert first["id"] == second["id"]
    with archive.read() as session:
        assert list(alert_messages.unsure(session)) == []


def test_two_processes_do_not_send_at_once(tmp_path: Path, web: Inbox) -> None:  # noqa: F811
    with open_archive(tmp_path / "a", create=True, database_url="sqlite") as archive:
        press = Press(archive, "a")
        save(archive, f"{web.url}/hook")
        lighthouse(press, 1)
        inner: list[list[Sent]] = []

        def clock() -> datetime:
            if not inner:
                inner.append([])
                inner[0] = deliver(archive, NotifySettings(), lambda: NOW)
            return NOW

        check_all(archive)
        assert len(deliver(archive, NotifySettings(), clock)) == 1
        assert inner == [[]]
        assert len(web.got) == 1


@pytest.mark.parametrize(
    "target", ["mailto:a@b.example", "https://x.example/hook", "http://127.0.0.1:8000/x"]
)
def test_targets(target: str) -> None:
    assert check_target(f" {target} ") == target


@pytest.mark.parametrize(
    "target",
    ["", "a@b.example", "ftp://x.example", "mailto:a", "mailto:a@b,c@d", "https://x\r\ny", "https://"],
)
def test_no_targets(target: str) -> None:
    with pytest.raises(TargetError):
        check_target(target)


def test_a_search_that_was_dropped_sends_nothing(archive: Archive, web: Inbox) -> None:  # noqa: F811
    press = Press(archive, "a")
    save(archive, f"{web.url}/hook")
    lighthouse(press, 1)
    check_all(archive)
    drop: dict[str, Any] = {"name": "phares", "who": "ida"}
    journal.record(archive, "saved_search_dropped", drop, NOW + HOUR)
    assert deliver(archive, NotifySettings(), lambda: NOW) == []
    assert web.got == []
