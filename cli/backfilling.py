"""What `hemero crawl --backfill` says and asks before it begins."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.output import safe_line

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.news import NewsSpider
    from crawler.session import CrawlOptions
    from storage.archive import Archive


def since_day(text: str) -> datetime:
    """The start of a day, UTC.

    Raises:
        click.UsageError: no day of the calendar.
    """
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise click.UsageError(f"--since: a day as 2024-01-31 is needed, not {text!r}") from None


def agreed(
    archive: Archive,
    sites: Sequence[type[NewsSpider]],
    config: Config,
    options: CrawlOptions,
    *,
    yes: bool,
    verbose: bool,
) -> bool:
    """Show the plan on stderr; ask on a terminal. Without one, or with `yes`, a backfill begins at once."""
    from crawler.plan import plan_backfill

    is_terminal = sys.stdin.isatty() and sys.stderr.isatty()
    if not is_terminal and not verbose and not yes:
        return True  # cron mails whatever is printed
    with archive.read() as db:
        plans = plan_backfill(db, sites, config, options.limit, options.since)
    for plan in plans:
        click.echo(safe_line(plan.sentence()), err=True)
    return yes or not is_terminal or click.confirm("Begin?", default=True, err=True)
