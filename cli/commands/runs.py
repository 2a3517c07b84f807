"""`hemero runs`: what happened."""

from __future__ import annotations

from typing import Any

import click

from cli.app import App, shared_options
from cli.output import console, note, print_json, safe_line, table
from cli.params import HITS


@click.command("runs", epilog="Example: hemero runs --site demo --limit 5")
@click.option("--site", metavar="NAME", help="Only runs for this site.")
@click.option("--limit", metavar="N", type=HITS, default=20, help="At most N runs (20).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with all counts.")
@shared_options
@click.pass_obj
def command(app: App, site: str | None, limit: int, as_json: bool) -> None:
    """List runs, newest first: counts, exit code, and one sentence each."""
    from cli.articles import check_site
    from storage.queries import runs

    with app.open() as archive, archive.read() as session:
        check_site(session, site)
        rows = [_object(row.Run, row.site) for row in session.execute(runs(site).limit(limit))]
    if as_json:
        print_json(rows)
        return
    if not rows:
        note("no run in this archive yet")
        return
    columns = ("run", "site", "started (UTC)", "new", "changed", "failed", "code")
    console().print(table(columns, [_cells(row) for row in rows], right=("run", *columns[3:])))
    click.echo()
    for row in reversed(rows[:5]):
        click.echo(safe_line(f"{row['run']}: {row['message'] or row['state']}"))


def _cells(row: dict[str, Any]) -> list[object]:
    started = row["started_at"][:16].replace("T", " ")
    counts = (row[name] for name in ("new", "changed", "failed", "exit_code"))
    return [row["run"], row["site"] or row["command"], started, *counts]


def _object(run: Any, site: str | None) -> dict[str, Any]:
    numbers = ("seen", "new", "changed", "unchanged", "gone", "not_article", "failed", "refused", "deferred")
    return {
        "run": run.id,
        "site": site,
        "command": run.command,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at is not None else None,
        "state": run.state,
        "exit_code": run.exit_code,
        "message": run.message,
        **{name: getattr(run, name) for name in numbers},
        "counts": run.counts or {},
    }
