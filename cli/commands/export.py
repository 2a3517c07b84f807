"""`hemero export`: articles as a table or as objects, for other programs."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from cli.app import App, shared_options
from cli.output import note, safe
from cli.params import filter_options

FORMATS = ("csv", "jsonl")


@click.command("export", epilog="Example: hemero export --format csv --from 2016 -o articles.csv")
@click.option(
    "--format", "kind", type=click.Choice(FORMATS), required=True, help="csv, or jsonl with everything."
)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Not stdout (-)."
)
@filter_options
@shared_options
@click.pass_obj
def command(app: App, /, kind: str, output: Path | None, **filters: Any) -> None:
    """Write articles, newest first, to stdout or to a file, which appears only when it is whole."""
    from cli.articles import made_filters
    from storage.export import export, export_file
    from storage.ledger import note_copy

    with app.open() as archive, archive.read() as session:
        chosen = made_filters(session, filters)
        if output is not None and str(output) != "-":
            written = export_file(session, output, kind, filters=chosen)
            note_copy(archive.folder, "export", str(output.absolute()), datetime.now(UTC))
        else:
            stream = _Terminal() if sys.stdout.isatty() else sys.stdout.buffer
            written = export(session, cast(BinaryIO, stream), kind, filters=chosen)
            stream.flush()
    note(f"{written} articles" + (f" in {output}" if output is not None and str(output) != "-" else ""))


class _Terminal(io.BufferedIOBase):
    """A terminal as a binary file on which nothing that a page says is active."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        sys.stdout.write(safe(bytes(data).decode("utf-8", "replace").replace("\r\n", "\n")))
        return len(data)

    def flush(self) -> None:
        sys.stdout.flush()
