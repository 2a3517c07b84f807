"""`hemero export`: articles as tables, references, corpora, graphs or captures, for other programs."""

from __future__ import annotations

import io
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import click

from cli.app import App, shared_options
from cli.dashes import QueryCommand
from cli.output import note, safe
from cli.params import filter_options

if TYPE_CHECKING:
    from storage.export import Contents

FORMATS = (
    *("csv", "xlsx", "jsonl", "parquet", "bibtex", "ris", "csl", "iramuteq", "tei", "graphml", "gexf"),
    *("wacz", "evidence"),
)


@click.command(
    "export", cls=QueryCommand, epilog="Example: hemero export port --format csv --from 2016 -o articles.csv"
)
@click.argument("query", default="")
@click.option(
    "--format",
    "kind",
    metavar="FORMAT",
    type=click.Choice(FORMATS),
    required=True,
    help=f"The form: {', '.join(FORMATS[:-1])} or {FORMATS[-1]}.",
)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Not stdout (-)."
)
@click.option("--corpus", metavar="NAME", help="The articles of a frozen corpus, instead of a query.")
@click.option(
    "--purpose", type=click.Choice(("tdm",)), help="Leave out what its site reserves against this use."
)
@click.option("--raw", is_flag=True, help="csv, xlsx: no apostrophe before what looks like a formula.")
@filter_options
@shared_options
@click.pass_obj
def command(app: App, /, query: str, kind: str, output: Path | None, **options: Any) -> None:
    """Write the articles that QUERY finds (all without one), newest first, to stdout or to a file.

    A file appears only when it is whole, with FILE.manifest.json beside it: query, counts and SHA-256.
    Put -- before a QUERY that begins with a dash, and the options before that.
    """
    from storage.access import shared
    from storage.export import FORMATS as FORMS
    from storage.export import export, export_file

    to_file = output is not None and str(output) != "-"
    if FORMS[kind].binary and not to_file and sys.stdout.isatty():
        raise click.UsageError(f"{kind} is nothing for a terminal: name a file with -o")
    with app.open() as archive, archive.read() as session:
        contents = _contents(archive, session, query, options)
        keep_out = FORMS[kind].held and os.access(archive.folder, os.W_OK)
        with shared(archive.folder) if keep_out else nullcontext():
            if output is not None and to_file:
                written = export_file(contents, output, kind)
            else:
                stream = _Terminal() if sys.stdout.isatty() else sys.stdout.buffer
                written = export(contents, cast(BinaryIO, stream), kind)
                stream.flush()
    note(f"{written} articles" + (f" in {output}" if to_file else ""))
    for reason, number in sorted(contents.left_out.items()):
        note(f"{number} left out: their pages say {reason}")
    for line in contents.notes:
        note(line)


def _contents(archive: Any, session: Any, query: str, options: dict[str, Any]) -> Contents:
    """The articles that the options mean.

    Raises:
        click.UsageError: a corpus and a query, or a corpus that is not there.
    """
    from cli.articles import made_filters
    from crawler.politeness.rights import RESERVES_MINING, forbidden_by
    from storage.corpora import corpora
    from storage.export import Contents
    from storage.named_queries import notes
    from storage.selection import Selection

    filters, corpus = made_filters(session, options), options["corpus"]
    if corpus is not None and (query or filters.any):
        raise click.UsageError("--corpus names the articles: it goes with neither QUERY nor filters")
    if corpus is not None and not corpora(session, corpus):
        raise click.UsageError(f"no corpus {corpus!r}; `hemero corpus` lists them")
    contents = Contents(archive, session, Selection(query, filters, corpus), raw=options["raw"])
    contents.notes += notes(session, query, filters)
    if options["purpose"] == "tdm":
        contents.forbids = lambda said: forbidden_by(tuple(said.items()), RESERVES_MINING)
    return contents


class _Terminal(io.BufferedIOBase):
    """A terminal as a binary file on which nothing that a page says is active."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        sys.stdout.write(safe(bytes(data).decode("utf-8", "replace").replace("\r\n", "\n")))
        return len(data)

    def flush(self) -> None:
        sys.stdout.flush()
