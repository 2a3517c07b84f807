"""`hemero show`: everything about one article."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cli.app import App, shared_options
from cli.output import print_json, safe

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from storage.archive import Archive


@click.command("show", epilog="Example: hemero show 1 --json")
@click.argument("article")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--diff", is_flag=True, help="What each revision changed, word by word, and when it was gone.")
@click.option(
    "--evidence", is_flag=True, help="Where each field comes from: rule, raw text, place in the stored page."
)
@click.option("--field", "fields", metavar="NAME", multiple=True, help="With --evidence: only this field.")
@click.option("--raw", is_flag=True, help="The page itself, as it was fetched (content coding undone).")
@shared_options
@click.pass_obj
def command(
    app: App, article: str, as_json: bool, diff: bool, evidence: bool, fields: tuple[str, ...], raw: bool
) -> None:
    """Show an article: text, dates, attribution, related articles, revisions, captures, and why.

    ARTICLE is its number in the archive or any URL it was seen under.
    """
    if raw and (as_json or diff or evidence):
        raise click.UsageError("--raw excludes --json, --diff and --evidence")
    if diff and evidence:
        raise click.UsageError("--diff or --evidence, not both")
    if fields and not evidence:
        raise click.UsageError("--field goes with --evidence")
    from cli.article_view import view, view_json
    from cli.articles import find_article

    with app.open() as archive, archive.read() as session:
        number = find_article(session, article)
        if diff:
            from cli.diffs import history_json, history_lines

            if as_json:
                print_json([history_json(session, number)])
            else:
                for line in history_lines(session, number):
                    click.echo(line)
        elif evidence:
            _print_evidence(archive, session, number, fields, as_json)
        elif as_json:
            print_json([view_json(session, number)])
        elif not raw:
            for line in view(session, number):
                click.echo(line)
        else:
            from storage.captures import read_capture
            from storage.stored import load_article

            stored = load_article(session, number)
            if stored is None or stored.capture_id is None:
                raise click.UsageError(f"article {number} has no stored page")
            _print_raw(read_capture(archive, stored.capture_id).payload)


def _print_evidence(
    archive: Archive, session: Session, number: int, fields: tuple[str, ...], as_json: bool
) -> None:
    from cli.articles import check_fields
    from cli.evidence_view import lines
    from storage.evidence import FIELDS, evidence_of
    from storage.stored import load_article

    check_fields(fields, FIELDS)
    stored = load_article(session, number)
    if stored is None:
        raise click.UsageError(f"no article {number} in this archive")
    found = evidence_of(archive, session, stored, fields)
    if as_json:
        print_json([found])
        return
    for line in lines(found):
        click.echo(line)


def _print_raw(payload: bytes) -> None:
    """The bytes, unless a terminal would act on them."""
    if sys.stdout.isatty():
        click.echo(safe(payload.decode("utf-8", "replace").replace("\r\n", "\n")))
    else:
        sys.stdout.buffer.write(payload)
        sys.stdout.buffer.flush()
