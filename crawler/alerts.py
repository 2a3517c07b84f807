"""Sends new matches of saved searches to their targets: by mail (mailto:) or as JSON to a webhook (https).

A message is in the database before it leaves and bears an id of its own (Message-ID, or `id` in the JSON). It
is sent once whatever kills the process; where it died in the very act, it is not sent again by itself.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import smtplib
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from crawler.config import NotifySettings
from crawler.notify import Unsure, post, send_mail
from storage import alert_messages, saved_searches
from storage.archive import Archive
from storage.faults import fault

_FAILURES = (OSError, smtplib.SMTPException, http.client.HTTPException, ValueError)
MAIL, WEB = "mailto:", ("http://", "https://")


class TargetError(ValueError):
    """An address that nothing can be sent to."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one message."""

    search: str
    target: str
    matches: int
    state: str  # sent, failed or unsure
    error: str | None = None


def check_target(target: str) -> str:
    """The target as it is kept.

    Raises:
        TargetError: neither mailto: nor http(s).
    """
    target = target.strip()
    if target.startswith(MAIL) and "@" in target and not set(target) & set("\r\n ,"):
        return target
    if target.startswith(WEB) and len(target) > 10 and not set(target) & set("\r\n "):
        return target
    raise TargetError(f"{target!r} is no target; write mailto:name@example.org or https://host/path")


def deliver(
    archive: Archive, settings: NotifySettings, clock: Callable[[], datetime], name: str | None = None
) -> list[Sent]:
    """Send what the targets of saved searches (or of one) have not been told. The searches were run before.

    Nothing is sent while another process sends.
    """
    done: list[Sent] = []
    with _alone(archive.folder) as free:
        if not free:
            return done
        with archive.read() as session:
            searches = [(s.id, s.name, s.targets) for s in saved_searches.saved(session, name)]
        for search_id, search, targets in searches:
            for target in targets:
                sent = _send_next(archive, settings, clock, (search_id, search, target))
                if sent is not None:
                    done.append(sent)
    return done


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    path = folder / "locks" / "alerts.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _send_next(
    archive: Archive,
    settings: NotifySettings,
    clock: Callable[[], datetime],
    of: tuple[int, str, str],
) -> Sent | None:
    search_id, search, target = of
    with archive.write() as session:
        message = alert_messages.prepare(session, search_id, target, clock())
    if message is None:
        return None
    with archive.read() as session:
        rows = session.execute(alert_messages.matches_of(message)).all()
    fault("alert_prepared")
    with archive.write() as session:
        alert_messages.mark_sending(session, message.id)
    state, error = _send(settings, message.message_id, search, target, rows, clock())
    fault("alert_taken")
    with archive.write() as session:
        if state == "sent":
            alert_messages.mark_sent(session, message.id, clock())
        elif state == "failed":
            alert_messages.mark_failed(session, message.id, error or "")
        else:
            alert_messages.mark_unsure(session, message.id, error or "")
    return Sent(search, target, len(rows), state, error)


def _send(
    settings: NotifySettings, key: str, search: str, target: str, rows: Sequence[Any], now: datetime
) -> tuple[str, str | None]:
    if not rows:  # all of them were redacted since
        return "sent", None
    try:
        if target.startswith(MAIL):
            send_mail(settings, mail(settings, key, search, target.removeprefix(MAIL), rows, now))
        else:
            body = json.dumps(webhook(key, search, rows), ensure_ascii=False, default=str)
            post(target, body.encode("utf-8", "replace"), "application/json")
    except Unsure as error:
        return "unsure", str(error)
    except _FAILURES as error:
        return "failed", f"{type(error).__name__}: {error}"
    return "sent", None


def mail(
    settings: NotifySettings, key: str, search: str, to: str, rows: Sequence[Any], now: datetime
) -> EmailMessage:
    """One mail about all new matches of a search."""
    message = EmailMessage()
    number = "1 new article" if len(rows) == 1 else f"{len(rows)} new articles"
    message["Subject"] = f"hemero: {' '.join(search.split())}: {number}"[:200]
    message["From"] = settings.mail_from or f"hemero@{socket.getfqdn()}"
    message["To"] = to
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{key}@hemerotheque>"
    message["Auto-Submitted"] = "auto-generated"
    lines = [f"{_line(row.title) or '(no title)'}\n{row.site}, {_day(row)}\n{row.url}\n" for row in rows]
    message.set_content("\n".join(lines), cte="quoted-printable")  # servers may take seven bits only
    return message


def webhook(key: str, search: str, rows: Sequence[Any]) -> dict[str, Any]:
    """What a webhook is given; `text` is what chat programs show."""
    return {
        "id": key,
        "search": search,
        "text": "\n".join([f"{search}: {len(rows)} new", *(f"{_line(row.title)} {row.url}" for row in rows)]),
        "articles": [
            {
                "article": row.article,
                "site": row.site,
                "url": row.url,
                "title": row.title,
                "published": _day(row) if row.published_date else None,
                "found_at": row.found_at.isoformat(),
            }
            for row in rows
        ],
    }


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _day(row: Any) -> str:
    """As precise as the page was."""
    if row.published_date is None:
        return "no date"
    text: str = row.published_date.isoformat()
    return text[:7] if row.published_precision == "month" else text
