"""Tells people, and only when something changed: a ping for each crawl, mail and webhook at a change of
state.

Nothing here ends or fails a crawl: what cannot be sent is logged. A change is claimed in the database
before it is sent, so it is told at most once whatever kills the process; one that was certainly not taken
is told by the next crawl. A trouble that the next run may cure by itself (code 5) is told when a second run
in a row has it.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import smtplib
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal, Protocol

from crawler.config import NotifySettings
from crawler.verdict import LOCKED, OK, SITE_FAILED
from storage import notices
from storage.archive import Archive
from storage.errors import ArchiveError
from storage.repository import site_id

logger = logging.getLogger(__name__)

SECONDS = 10.0  # that a server of somebody else may cost the end of a crawl
PASSWORD = "HEMERO_SMTP_PASSWORD"  # noqa: S105 - the name of the variable that holds it
_FAILURES = (OSError, smtplib.SMTPException, http.client.HTTPException, ValueError)

Ping = Literal["start", "success", "fail"]


class Unsure(Exception):
    """The other side went away after it was given everything: it may have taken it."""


class Summary(Protocol):
    """What is told of one site's run: a crawler.runs.SiteSummary."""

    @property
    def site(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def exit_code(self) -> int: ...
    @property
    def message(self) -> str: ...
    @property
    def run_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Change:
    """A site's state that is to be told, and the one that was told before."""

    site: str
    before: str
    state: str
    message: str
    run_id: int | None
    site_id: int


def change_of(told: str, state: str, code: int, before: int | None) -> str | None:
    """The state to tell now, None where nothing changed that a person must know. Pure.

    Args:
        told: the state told last, "ok" where none was.
        state, code: of the run that just ended.
        before: exit code of the run before it, None where there was none.
    """
    now = "ok" if code == OK else state
    if now == told or state == "stopped":
        return None
    is_first = told == "ok" and before in (OK, None)
    return None if code == SITE_FAILED and is_first else now


class Notifier:
    """The notices of one crawl."""

    def __init__(self, settings: NotifySettings, archive: Archive) -> None:
        self._settings = settings
        self._archive = archive
        self._starting: threading.Thread | None = None
        self._ended = False

    def started(self) -> None:
        """Tell the dead man's switch that a crawl begins; a slow server does not hold it up."""
        if self._settings.ping_url:
            self._starting = threading.Thread(target=self._ping, args=("start", ""), daemon=True)
            self._starting.start()

    def finished(self, exit_code: int, summaries: Sequence[Summary], now: datetime | None = None) -> None:
        """Tell how the crawl ended. Success is code 0; where every site was locked another crawl tells."""
        now = now or datetime.now(UTC)
        if exit_code != LOCKED:
            self._end_ping("fail" if exit_code else "success", _lines(summaries))
        for medium, address in (("mail", self._settings.mail_to), ("webhook", self._settings.webhook_url)):
            if address:
                self._tell(medium, summaries, now)
        self._write_files(now)

    def failed(self, error: BaseException) -> None:
        """Tell the dead man's switch that the crawl came to no end."""
        self._end_ping("fail", f"{type(error).__name__}: {error}")

    # --- ping -------------------------------------------------------------------------------------

    def _end_ping(self, kind: Ping, text: str) -> None:
        if self._settings.ping_url and not self._ended:
            self._ended = True
            if self._starting is not None:
                self._starting.join(SECONDS)
            self._ping(kind, text)

    def _ping(self, kind: Ping, text: str) -> None:
        url = self._settings.ping_url.rstrip("/") + {"start": "/start", "success": "", "fail": "/fail"}[kind]
        try:
            post(url, text.encode()[:10_000], "text/plain; charset=utf-8")
        except (*_FAILURES, Unsure) as error:
            logger.warning("the ping %s could not be sent: %s", kind, error)

    # --- changes of state -------------------------------------------------------------------------

    def _tell(self, medium: str, summaries: Sequence[Summary], now: datetime) -> None:
        try:
            with self._archive.write() as db:
                changes = _changes(db, medium, summaries)
                ids = [
                    notices.claim_notice(db, c.site_id, c.run_id, medium, c.state, c.message, now)
                    for c in changes
                ]
            if not changes:
                return
            outcome, reason = self._send(medium, changes)
            with self._archive.write() as db:
                notices.settle_notices(db, ids, outcome, reason)
        except ArchiveError as error:
            logger.warning("%s: a change of state could not be noted: %s", medium, error)

    def _send(self, medium: str, changes: Sequence[Change]) -> tuple[str, str | None]:
        try:
            if medium == "mail":
                send_mail(self._settings, mail(self._settings, changes))
            else:
                text = json.dumps(webhook(changes), ensure_ascii=False)
                post(self._settings.webhook_url, text.encode(), "application/json")
        except Unsure as error:
            logger.warning("the %s about %s may not have come: %s", medium, _sites(changes), error)
            return "claimed", None
        except _FAILURES as error:
            logger.warning("the %s about %s could not be sent: %s", medium, _sites(changes), error)
            return "failed", f"not sent: {error}"
        return "sent", None

    def _write_files(self, now: datetime) -> None:
        if not (self._settings.metrics_file or self._settings.status_page):
            return
        from crawler.metrics import metrics, write_whole
        from crawler.report import html_page
        from storage.overview import overview

        try:
            with self._archive.read() as db:
                sites = overview(db, now)
            if self._settings.metrics_file:
                write_whole(Path(self._settings.metrics_file), metrics(sites, now))
            if self._settings.status_page:
                write_whole(Path(self._settings.status_page), html_page(sites, now))
        except (OSError, ArchiveError) as error:
            logger.warning("the status could not be written: %s", error)


def _changes(db: Any, medium: str, summaries: Sequence[Summary]) -> list[Change]:
    found = []
    for run in summaries:
        number = site_id(db, run.site)
        if number is None or run.exit_code == LOCKED:
            continue
        told = notices.told_state(db, number, medium)
        before = notices.code_before(db, number, run.run_id)
        state = change_of(told, run.state, run.exit_code, before)
        if state is not None:
            found.append(Change(run.site, told, state, run.message, run.run_id, number))
    return found


def mail(settings: NotifySettings, changes: Sequence[Change]) -> EmailMessage:
    """One mail about all changes of a crawl."""
    message = EmailMessage()
    message["Subject"] = f"hemero: {_sites(changes)}"[:200]
    message["From"] = settings.mail_from or f"hemero@{socket.getfqdn()}"
    message["To"] = ", ".join(settings.mail_to)
    message["Auto-Submitted"] = "auto-generated"
    lines = [f"{c.site}: {c.state} (before: {c.before})\n  {c.message}\n" for c in changes]
    text = "\n".join([*lines, "`hemero status` shows all sites."])
    message.set_content(text, cte="quoted-printable")
    return message


def webhook(changes: Sequence[Change]) -> dict[str, Any]:
    """What a webhook is given; `text` is what chat programs show."""
    return {
        "text": "\n".join(f"{c.site}: {c.state} (before: {c.before}). {c.message}" for c in changes),
        "changes": [
            {
                "site": c.site,
                "state": c.state,
                "before": c.before,
                "message": c.message,
                "run": c.run_id,
            }
            for c in changes
        ],
    }


def send_mail(settings: NotifySettings, message: EmailMessage) -> None:
    """Hand a mail to the server of `smtp`; TLS is verified.

    Raises:
        OSError, smtplib.SMTPException: it was not taken.
        Unsure: the server went away meanwhile.
    """
    host, _, port = settings.smtp.rpartition(":")
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if settings.smtp_security == "tls":
        server = smtplib.SMTP_SSL(host, int(port), timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, int(port), timeout=SECONDS)
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, os.environ.get(PASSWORD, ""))
        try:
            server.send_message(message)
        except smtplib.SMTPServerDisconnected as error:
            raise Unsure(str(error)) from None
        except smtplib.SMTPException:
            raise
        except OSError as error:
            raise Unsure(str(error)) from None


def post(url: str, body: bytes, content_type: str) -> None:
    """POST to an address of the operator's own settings.

    Raises:
        OSError: not reached, or an answer that is no success.
        Unsure: reached, and no answer.
    """
    request = urllib.request.Request(  # noqa: S310 - crawler.config lets http and https pass only
        url, data=body, headers={"Content-Type": content_type, "User-Agent": "hemerotheque"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            answer.read(1000)
    except urllib.error.URLError:
        raise
    except (TimeoutError, ConnectionError, http.client.HTTPException) as error:
        raise Unsure(f"no answer ({error})") from None


def _sites(changes: Sequence[Change]) -> str:
    return ", ".join(f"{change.site} {change.state}" for change in changes)


def _lines(summaries: Sequence[Summary]) -> str:
    return "\n".join(f"{run.site}: {run.state}: {run.message}" for run in summaries)
