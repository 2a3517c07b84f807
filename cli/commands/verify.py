"""`hemero verify`: is the archive sound?"""

from __future__ import annotations

from collections import Counter

import click

from cli.app import App, shared_options
from cli.output import note, print_json, safe_line
from cli.steps import counting

DAMAGED = 4


@click.command("verify", epilog="Example: hemero verify")
@click.option("--quick", is_flag=True, help="Sizes and places only: seconds instead of minutes, finds less.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding, one a line.")
@shared_options
@click.pass_obj
def command(app: App, quick: bool, as_json: bool) -> int:
    """Check every record, byte, row and word of the archive; change nothing. Ends with 4 if it is damaged.

    It can run while a crawl writes.
    """
    from storage.verify import verify

    levels: Counter[str] = Counter()
    with app.open() as archive, counting("MB") as on_progress:
        for finding in verify(
            archive, quick=quick, on_progress=lambda done, total: on_progress(done >> 20, total >> 20)
        ):
            levels[finding.level] += 1
            if as_json:
                print_json([finding.as_dict()])
            else:
                click.echo(safe_line(f"{finding.level}: {finding}"))
    if not levels["damage"]:
        note("sound" if not quick else "sound, as far as a quick look goes")
        return 0
    note(f"{levels['damage']} faults; `hemero repair --dry-run` says what can be done")
    return DAMAGED
