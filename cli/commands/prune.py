"""`hemero prune`: drop old captures of feeds and listings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from cli.app import App, shared_options
from cli.output import safe_line


@click.command("prune", epilog="Example: hemero prune --older-than 90")
@click.option(
    "--older-than",
    "days",
    metavar="DAYS",
    type=click.IntRange(min=0),
    default=90,
    help="Only what was fetched more than DAYS days ago (90).",
)
@click.option("--dry-run", is_flag=True, help="Say what would be dropped; change nothing.")
@shared_options
@click.pass_obj
def command(app: App, days: int, dry_run: bool) -> int:
    """Drop the bytes of old feeds, sitemaps, listings and robots.txt; never a page of an article.

    Their rows stay, and say that the file was pruned.
    """
    from storage.prune import prune

    with app.open() if dry_run else app.open_writable() as archive:
        result = prune(archive, datetime.now(UTC) - timedelta(days=days), dry_run=dry_run)
    for name in result.files:
        click.echo(safe_line(name))
    verb = "would be dropped" if dry_run else "dropped"
    click.echo(f"{len(result.files)} files with {result.captures} captures, {result.bytes} bytes, {verb}")
    return 0
