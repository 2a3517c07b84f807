"""`hemero repair`: put right what `hemero verify` finds."""

from __future__ import annotations

import click

from cli.app import App, shared_options
from cli.output import note, print_error, print_json, safe_line

DAMAGED = 4


@click.command("repair", epilog="Example: hemero repair --dry-run")
@click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a step, one a line.")
@shared_options
@click.pass_obj
def command(app: App, dry_run: bool, as_json: bool) -> int:
    """Repair the archive: torn files, missing rows, lost captures, the index, work that dead processes left.

    Nothing is thrown away: bytes that are cut off are kept in quarantine/. Twice equals once.
    """
    from storage.repair import plan, repair

    if dry_run:
        with app.open() as archive:
            steps = list(plan(archive))
        _show(steps, as_json, "step")
        note(f"{len(steps)} faults" if steps else "nothing to repair")
        return 0
    with app.open_writable() as archive:
        result = repair(archive)
    _show(result.done, as_json, "done")
    for finding in result.left:
        print_error(f"left: {finding}" + (f" ({finding.remedy})" if finding.remedy else ""))
    if not result.done and not result.left:
        note("nothing to repair")
    return DAMAGED if result.left else 0


def _show(lines: list[str], as_json: bool, key: str) -> None:
    if as_json:
        print_json({key: line} for line in lines)
        return
    for line in lines:
        click.echo(safe_line(line))
