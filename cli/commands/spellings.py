"""`hemero spellings`: words and names that mean the same in a search."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from cli.analyst import who, who_option
from cli.app import App, shared_options
from cli.output import note, print_json, safe_line


@click.command("spellings", epilog="Example: hemero spellings Laâyoune 'El Aaiún' العيون")
@click.argument("spellings", nargs=-1)
@click.option("--remove", is_flag=True, help="These stand for themselves alone again.")
@who_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@shared_options
@click.pass_obj
def command(app: App, spellings: tuple[str, ...], remove: bool, who: str | None, as_json: bool) -> None:
    """Make two or more spellings mean the same in every search; without any, list those that do.

    A search for one of them finds the others too, in any inflection. Nothing is indexed again. What was
    decided is noted in ledger.jsonl.
    """
    if remove or spellings:
        _record(app, spellings, remove, who)
    from storage.spellings import groups

    with app.open() as archive, archive.read() as session:
        found = groups(session)
    if as_json:
        print_json({"meaning": name, "spellings": same} for name, same in found.items())
        return
    for name, same in found.items():
        if not spellings or set(spellings) & set(same):
            click.echo(safe_line(f"{name}: {', '.join(word for word in same if word != name)}"))


def _record(app: App, spellings: tuple[str, ...], remove: bool, given: str | None) -> None:
    from storage import journal
    from storage.spellings import SpellingError, check

    if len(spellings) < (1 if remove else 2):
        raise click.UsageError("name at least " + ("one spelling" if remove else "two spellings"))
    try:
        check(spellings)
    except SpellingError as error:
        raise click.UsageError(str(error)) from None
    kind = "spelling_removed" if remove else "spelling"
    with app.open_writable() as archive:
        data = {"spellings": list(spellings), "who": who(given)}
        journal.record(archive, kind, data, datetime.now(UTC))
    note("taken out" if remove else "they mean the same in every search from now on")
