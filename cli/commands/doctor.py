"""`hemero doctor`: what could go wrong next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.app import App, shared_options
from cli.output import print_json, safe_line

if TYPE_CHECKING:
    from storage.doctor import Check

WRONG = 2
_MARKS = {True: "ok", False: "WRONG", None: "-"}


@click.command("doctor", epilog="Example: hemero doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a check, one a line.")
@shared_options
@click.pass_obj
def command(app: App, as_json: bool) -> int:
    """Look at clock, disk, permissions, limits, locks, database, index and settings: one line each.

    Ends with 2 if one of them is wrong. Quick: it reads no capture; that is what `hemero verify` does.
    """
    checks = list(_checks(app))
    for check in checks:
        if as_json:
            print_json([{"check": check.name, "ok": check.ok, "message": check.message}])
        else:
            click.echo(safe_line(f"{_MARKS[check.ok]:5} {check.name}: {check.message}"))
    return WRONG if any(check.ok is False for check in checks) else 0


def _checks(app: App) -> Iterator[Check]:
    from cli.declared import load_declared
    from crawler.config import ConfigError
    from storage.doctor import Check, archive_checks, machine_checks
    from storage.errors import ArchiveError

    min_free = 0
    try:
        declared = load_declared(app)
    except ConfigError as error:
        yield Check("settings", False, str(error))
    else:
        config = declared.config
        min_free = config.archive.min_free_mb << 20
        known = bool(config.crawl.contact or config.crawl.user_agent)
        hint = "" if known else ": set [crawl] contact, so that a webmaster can write to you"
        yield Check("contact", known or None, config.user_agent + hint)
        unseen = ", ".join(name for name, site in sorted(declared.sites.items()) if not site.verify_tls)
        if unseen:
            yield Check("certificates", None, f"not verified, as declared (verify_tls = false): {unseen}")
    yield from machine_checks(app.archive, min_free)
    try:
        with app.open() as archive:
            yield from archive_checks(archive, datetime.now(UTC))
    except ArchiveError as error:
        yield Check("database", False, str(error))
