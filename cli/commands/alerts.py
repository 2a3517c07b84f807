"""`hemero alerts`: saved searches and what they found since."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cli.analyst import who, who_option
from cli.app import App, shared_options
from cli.output import note, print_json, safe_line, wrapped
from cli.params import HITS, filter_options

if TYPE_CHECKING:
    from storage.archive import Archive


@click.command("alerts", epilog="Example: hemero alerts ports --save 'port OR quai'")
@click.argument("name", required=False)
@click.option("--save", metavar="QUERY", help="Save this query with the filters under NAME, or change it.")
@filter_options
@click.option(
    "--send",
    "targets",
    metavar="TARGET",
    multiple=True,
    help="With --save: where --deliver sends new matches: mailto:name@host or https://host/path. Repeatable.",
)
@click.option("--list", "listed", is_flag=True, help="List the saved searches.")
@click.option("--drop", is_flag=True, help="Forget the saved search NAME.")
@click.option(
    "--all", "everything", is_flag=True, help="All matches since it was saved, not only unseen ones."
)
@click.option("--deliver", is_flag=True, help="Send new matches to the targets; print what was sent.")
@click.option("--resend", is_flag=True, help="With --deliver: also messages that may have come.")
@click.option("--limit", metavar="N", type=HITS, default=100, help="At most N a search (100).")
@who_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--atom", "as_atom", is_flag=True, help="An Atom feed of all matches so far (implies --all).")
@shared_options
@click.pass_obj
def command(
    app: App,
    /,
    name: str | None,
    save: str | None,
    targets: tuple[str, ...],
    listed: bool,
    drop: bool,
    everything: bool,
    deliver: bool,
    resend: bool,
    limit: int,
    who: str | None,
    as_json: bool,
    as_atom: bool,
    **filters: Any,
) -> int:
    """Print what saved searches (or the one NAME) found since the last time; each match once.

    What matched when a search was saved is not new. --deliver keeps its own account for each target.
    """
    if name is None and (save is not None or drop):
        raise click.UsageError("name the saved search")
    if (save is not None) + listed + drop + deliver > 1 or (as_json and as_atom):
        raise click.UsageError(
            "--save, --list, --drop and --deliver exclude each other; so do --json and --atom"
        )
    if save is None and (targets or any(value is not None for value in filters.values())):
        raise click.UsageError("filters and --send go with --save")
    if save is not None:
        _save(app, name or "", save, filters, targets, who)
    elif drop:
        _drop(app, name or "", who)
    elif listed:
        _list(app, as_json)
    elif deliver:
        return _deliver(app, name, resend, as_json)
    else:
        _new(app, name, everything or as_atom, limit, as_json, as_atom)
    return 0


def _save(
    app: App, name: str, query: str, filters: dict[str, Any], targets: tuple[str, ...], given: str | None
) -> None:
    from cli.articles import made_filters
    from crawler.alerts import TargetError, check_target
    from storage import journal, named_queries

    try:
        checked = [check_target(target) for target in targets]
    except TargetError as error:
        raise click.UsageError(str(error)) from None
    with app.open_writable() as archive:
        with archive.read() as session:
            chosen = made_filters(session, filters)
            for line in named_queries.notes(session, query, chosen):
                note(line)
            kept = named_queries.as_json(session, chosen)
        data = {
            "name": name,
            "query": query,
            "filters": kept,
            "targets": checked,
            "who": who(given),
        }
        journal.record(archive, "saved_search", data, datetime.now(UTC))
    note(f"search {name} saved; hemero alerts tells what it finds from now on")


def _drop(app: App, name: str, given: str | None) -> None:
    from storage import journal

    with app.open_writable() as archive:
        _named(archive, name)
        journal.record(archive, "saved_search_dropped", {"name": name, "who": who(given)}, datetime.now(UTC))
    note(f"search {name} dropped")


def _named(archive: Archive, name: str | None) -> list[tuple[int, str]]:
    """Id and name of the searches meant."""
    from storage.saved_searches import saved

    with archive.read() as session:
        found = [(search.id, search.name) for search in saved(session, name)]
    if name is not None and not found:
        raise click.UsageError(f"no saved search {name!r}; `hemero alerts --list` lists them")
    return found


def _list(app: App, as_json: bool) -> None:
    from storage.saved_searches import saved

    with app.open() as archive, archive.read() as session:
        rows = [
            {
                "search": search.name,
                "query": search.query,
                "filters": search.filters,
                "targets": search.targets,
                "who": search.who,
                "made_at": search.made_at.isoformat(),
                "checked_at": search.checked_at.isoformat() if search.checked_at is not None else None,
            }
            for search in saved(session)
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(safe_line(f"{row['search']}: {row['query']!r} {row['filters'] or ''} by {row['who']}"))
        for target in row["targets"] or ():
            click.echo(f"    {safe_line(target)}")
    if not rows:
        note("no search is saved yet; hemero alerts NAME --save QUERY does it")


def _check(archive: Archive, searches: list[tuple[int, str]], now: datetime) -> None:
    from storage.saved_searches import check

    for search_id, _ in searches:
        with archive.write() as session:
            check(session, search_id, now)


def _new(app: App, name: str | None, everything: bool, limit: int, as_json: bool, as_atom: bool) -> None:
    from storage.saved_searches import mark_shown, new_matches

    now = datetime.now(UTC)
    with app.open_writable() as archive:
        searches = _named(archive, name)
        _check(archive, searches, now)
        found: list[tuple[str, Any]] = []
        with archive.read() as session:
            for search_id, search in searches:
                rows = session.execute(new_matches(search_id, unseen=not everything).limit(limit))
                found += [(search, row) for row in rows]
        _print(found, name, as_json, as_atom)
        if not as_atom:
            with archive.write() as session:
                mark_shown(session, [row.match for _, row in found], now)
    if not searches:
        note("no search is saved yet; hemero alerts NAME --save QUERY does it")


def _print(found: list[tuple[str, Any]], name: str | None, as_json: bool, as_atom: bool) -> None:
    if as_atom:
        click.echo(_feed(found, name), nl=False)
    elif as_json:
        print_json(_object(search, row) for search, row in found)
    else:
        for search, row in found:
            head = click.style(f"{row.article}  {safe_line(search)}  {_day(row) or 'no date'}", fg="cyan")
            click.echo(f"{head}  {safe_line(row.site)}")
            click.echo(wrapped(row.title or "(no title)", indent=4))
            click.echo(f"    {safe_line(row.url)}")
        note("1 new match" if len(found) == 1 else f"{len(found)} new matches")


def _object(search: str, row: Any) -> dict[str, Any]:
    return {
        "search": search,
        "article": row.article,
        "site": row.site,
        "url": row.url,
        "title": row.title,
        "published": _day(row),
        "found_at": row.found_at.isoformat(),
    }


def _day(row: Any) -> str | None:
    """As precise as the page was."""
    if row.published_date is None:
        return None
    text: str = row.published_date.isoformat()
    return text[:7] if row.published_precision == "month" else text


def _feed(found: list[tuple[str, Any]], name: str | None) -> str:
    from cli.atom import AtomEntry, atom

    entries = [
        AtomEntry(
            f"match:{search}:{row.article}",
            row.title or row.url,
            row.found_at,
            row.url,
            f"{search}. {row.site}, {_day(row) or 'no date'}. {(row.lead or row.body or '')[:300]}",
        )
        for search, row in found
    ]
    updated = max((row.found_at for _, row in found), default=datetime(1970, 1, 1, tzinfo=UTC))
    return atom(f"alerts:{name or 'all'}", f"New matches: {name or 'all searches'}", updated, entries)


def _deliver(app: App, name: str | None, resend: bool, as_json: bool) -> int:
    from cli.declared import load_declared
    from crawler.alerts import deliver
    from storage import alert_messages

    settings = load_declared(app).config.notify
    with app.open_writable() as archive:
        _check(archive, _named(archive, name), datetime.now(UTC))
        if resend:
            with archive.write() as session:
                alert_messages.send_again(session)
        done = deliver(archive, settings, lambda: datetime.now(UTC), name)
        with archive.read() as session:
            doubtful = [
                f"{row.search} to {row.AlertDelivery.target}" for row in alert_messages.unsure(session)
            ]
    if as_json:
        print_json(
            {"search": s.search, "target": s.target, "matches": s.matches, "state": s.state, "error": s.error}
            for s in done
        )
    else:
        for sent in done:
            line = f"{sent.search}: {sent.matches} to {sent.target}: {sent.state}"
            click.echo(safe_line(line + (f" ({sent.error})" if sent.error else "")))
        note(f"{sum(sent.state == 'sent' for sent in done)} messages sent")
    for line in doubtful:
        note(f"may have come, is not sent again by itself (--resend): {line}")
    return 5 if any(sent.state == "failed" for sent in done) else 0
