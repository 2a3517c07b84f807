"""`hemero reprocess`: read stored pages again with today's rules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.app import App, shared_options
from cli.output import note, print_json, safe_line
from cli.steps import counting

if TYPE_CHECKING:
    from cli.reprocessing import Result


@click.command("reprocess", epilog="Example: hemero reprocess --dry-run")
@click.option("--site", metavar="NAME", help="Only this site.")
@click.option("--dry-run", is_flag=True, help="Compare only: name what would be better or worse.")
@click.option(
    "--generic", is_flag=True, help="Read sites that are not declared any more without their rules."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a page, one a line.")
@shared_options
@click.pass_obj
def command(app: App, site: str | None, dry_run: bool, generic: bool, as_json: bool) -> int:
    """Read stored captures again: what a revision says is replaced, no revision is added, nothing is fetched.

    Better: a field that was empty is filled. Worse: a field is empty now, or a text lost a tenth of its
    words. Different: it changed, and a person must say. Corrections by analysts stay.
    """
    from cli.declared import load_declared
    from cli.reprocessing import Reprocessor, note_run

    declared = load_declared(app)
    if site is not None:
        declared.named(site)
    started = datetime.now(UTC)
    with app.open() if dry_run else app.open_writable() as archive, counting("pages") as on_progress:
        work = Reprocessor(archive, declared, site, generic=generic)
        total = work.total()

        def show(result: Result) -> None:
            on_progress(work.counts.total(), total)
            if as_json:
                print_json([result.as_dict()])
            elif result.verdict != "unchanged":
                click.echo(_line(result))

        work.run(dry_run=dry_run, on_result=show)
        message = ", ".join(f"{number} {name}" for name, number in sorted(work.counts.items())) or "no page"
        if not dry_run:
            note_run(archive, work.counts, started, message)
    note(message + (" (nothing was changed)" if dry_run else ""))
    return 0


def _line(result: Result) -> str:
    stored, found = result.stored, result.comparison
    where = f"article {stored.article_id}" if stored.article_id is not None else "no article yet"
    parts = []
    if found is not None:
        parts = [
            f"{name}: {', '.join(fields)}"
            for name, fields in (
                ("better", found.better),
                ("worse", found.worse),
                ("different", found.different),
            )
            if fields
        ]
    tail = "; ".join(parts) or result.error or ""
    return safe_line(f"{result.verdict}: {where}, revision {stored.number}, {stored.url}: {tail}")
