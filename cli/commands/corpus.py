"""`hemero corpus`: a set of articles as they were, to be cited and looked for again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cli.analyst import who, who_option
from cli.app import App, shared_options
from cli.output import console, note, print_json, safe_line, table, wrapped
from cli.params import filter_options

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.corpora import Drift, Member
    from storage.models import Corpus

DRIFT = ("came", "went", "changed", "gone", "missing")


@click.command("corpus", epilog="Example: hemero corpus spring --freeze '' --site demo")
@click.argument("name", required=False)
@click.option("--freeze", metavar="QUERY", help="Keep what this query and the filters find now, under NAME.")
@filter_options
@click.option("--note", "remark", metavar="TEXT", help="With --freeze: what it is for.")
@click.option("--check", is_flag=True, help="Look for it again: what came, went, changed.")
@click.option("--drop", is_flag=True, help="Forget the corpus; its articles stay in the archive.")
@who_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@shared_options
@click.pass_obj
def command(
    app: App,
    /,
    name: str | None,
    freeze: str | None,
    remark: str | None,
    check: bool,
    drop: bool,
    who: str | None,
    as_json: bool,
    **filters: Any,
) -> None:
    """List frozen corpora; with NAME, the articles of one.

    A corpus has a digest over its articles and what they said: equal digests are equal corpora.
    """
    if name is None and (freeze is not None or check or drop):
        raise click.UsageError("name the corpus")
    if (freeze is not None) + check + drop > 1:
        raise click.UsageError("--freeze, --check and --drop exclude each other")
    if freeze is None and any(value is not None for value in filters.values()):
        raise click.UsageError("filters go with --freeze")
    if freeze is not None:
        _freeze(app, name or "", freeze, filters, remark, who, as_json)
    elif name is None:
        _list(app, as_json)
    elif drop:
        _drop(app, name, who)
    else:
        _show(app, name, check, as_json)


def _freeze(
    app: App,
    name: str,
    query: str,
    filters: dict[str, Any],
    remark: str | None,
    given: str | None,
    as_json: bool,
) -> None:
    from cli.articles import made_filters
    from storage import corpora, journal, named_queries

    with app.open_writable() as archive:
        with archive.read() as session:
            chosen = made_filters(session, filters)
            for line in named_queries.notes(session, query, chosen):
                note(line)
            try:
                data = corpora.plan(session, name, query, chosen, who(given), remark)
            except corpora.CorpusError as error:
                raise click.UsageError(str(error)) from None
        journal.record(archive, "corpus", data, datetime.now(UTC))
    if as_json:
        print_json([{**data, "articles": len(data["articles"])}])
    else:
        click.echo(f"{len(data['articles'])} articles, digest {data['digest']}")


def _one(archive: Archive, name: str) -> Corpus:
    from storage.corpora import corpora

    with archive.read() as session:
        found = corpora(session, name)
    if not found:
        raise click.UsageError(f"no corpus {name!r}; `hemero corpus` lists them")
    return found[0]


def _drop(app: App, name: str, given: str | None) -> None:
    from storage import journal

    with app.open_writable() as archive:
        _one(archive, name)
        journal.record(archive, "corpus_dropped", {"name": name, "who": who(given)}, datetime.now(UTC))
    note(f"corpus {name} dropped")


def _list(app: App, as_json: bool) -> None:
    from storage.corpora import corpora

    with app.open() as archive, archive.read() as session:
        found = corpora(session)
    if as_json:
        print_json(_object(corpus) for corpus in found)
    elif found:
        cells = [[c.name, c.articles, f"{c.made_at:%Y-%m-%d}", c.who, c.query, c.digest[:12]] for c in found]
        console().print(
            table(("corpus", "articles", "frozen", "by", "query", "digest"), cells, right=("articles",))
        )
    else:
        note("no corpus is frozen yet; hemero corpus NAME --freeze QUERY makes one")


def _object(corpus: Corpus) -> dict[str, Any]:
    return {
        "corpus": corpus.name,
        "query": corpus.query,
        "filters": corpus.filters,
        "articles": corpus.articles,
        "digest": corpus.digest,
        "who": corpus.who,
        "made_at": corpus.made_at.isoformat(),
        "note": corpus.note,
    }


def _show(app: App, name: str, check: bool, as_json: bool) -> None:
    from storage import corpora

    with app.open() as archive:
        corpus = _one(archive, name)
        with archive.read() as session:
            if check:
                _print_drift(corpus, corpora.drift(session, corpus), as_json)
                return
            members = corpora.members(session, corpus.id)
    if as_json:
        print_json(_member(member) for member in members)
        return
    click.echo(
        safe_line(f"{corpus.name}: {corpus.articles} articles, frozen {corpus.made_at:%Y-%m-%d %H:%M} UTC")
    )
    click.echo(
        safe_line(f"query {corpus.query!r}, filters {corpus.filters or 'none'}, digest {corpus.digest}")
    )
    for member in members:
        _print_member("", member)


def _print_drift(corpus: Corpus, drift: Drift, as_json: bool) -> None:
    if as_json:
        parts = {name: [_member(member) for member in getattr(drift, name)] for name in DRIFT}
        print_json([{"corpus": corpus.name, "articles": corpus.articles, "same": drift.same, **parts}])
        return
    for name in DRIFT:
        for member in getattr(drift, name):
            _print_member(f"{name}  ", member)
    numbers = ", ".join(f"{len(getattr(drift, name))} {name}" for name in DRIFT)
    note(f"{drift.same} of {corpus.articles} articles as they were; {numbers}")


def _print_member(mark: str, member: Member) -> None:
    if member.article_id is None:
        click.echo(f"{mark}{member.identity[:16]}  no longer in the archive")
        return
    click.echo(safe_line(f"{mark}{member.article_id}  {member.site}  {member.url}"))
    click.echo(wrapped(member.title or "(no title)", indent=4))


def _member(member: Member) -> dict[str, Any]:
    return {
        "article": member.article_id,
        "identity": member.identity,
        "site": member.site,
        "url": member.url,
        "title": member.title,
    }
