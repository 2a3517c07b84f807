"""`hemero export`: articles as a table or as objects, for other programs."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click

from cli.app import App, shared_options
from cli.output import note
from cli.params import filter_options

FORMATS = ("csv", "jsonl")


@click.command("export", epilog="Example: hemero export --format csv --from 2016 -o articles.csv")
@click.option(
    "--format", "kind", type=click.Choice(FORMATS), required=True, help="csv, or jsonl with everything."
)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Not stdout."
)
@filter_options
@shared_options
@click.pass_obj
def command(app: App, /, kind: str, output: Path | None, **filters: Any) -> None:
    """Write articles, newest first, to stdout or to a file, which appears only when it is whole."""
    from cli.articles import made_filters
    from storage.export import export

    with app.open() as archive, archive.read() as session:
        chosen = made_filters(session, filters)
        with opened(output) as stream:
            written = export(session, kind, stream, chosen)
    note(f"{written} articles" + (f" in {output}" if output is not None else ""))


@contextlib.contextmanager
def opened(path: Path | None) -> Iterator[IO[bytes]]:
    """The file under another name until all is written, or stdout."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
