"""`hemero copies`: who has whose text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import click

from cli.app import App, shared_options
from cli.output import note, print_json, safe_line, wrapped
from cli.params import HITS, first_day

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from storage.copies_queries import Pair

KINDS = ("exact", "near", "part", "passage")


@click.command("copies", epilog="Example: hemero copies --kind exact --json")
@click.argument("article", required=False)
@click.option("--site", metavar="NAME", help="Only pairs in which this site has a part.")
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(KINDS),
    multiple=True,
    help="Only exact, near, part or passage; may be repeated.",
)
@click.option("--same-site", is_flag=True, help="Also pairs within one site.")
@click.option("--since", metavar="DAY", type=first_day, help="Found on this day (UTC) or later.")
@click.option("--added", is_flag=True, help="With ARTICLE: the sentences either side has for itself.")
@click.option("--compare", is_flag=True, help="First compare what waits for it, or was never compared.")
@click.option("--limit", metavar="N", type=HITS, default=20, help="At most N (20).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@shared_options
@click.pass_obj
def command(
    app: App,
    article: str | None,
    site: str | None,
    kinds: tuple[str, ...],
    same_site: bool,
    since: date | None,
    added: bool,
    compare: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List pairs of articles with text in common, the newest first; with ARTICLE, all of that one.

    A pair is shown from the article seen later: its share that stands in the other one, and the reverse.
    """
    if added and article is None:
        raise click.UsageError("--added needs ARTICLE")
    if article is not None and (site is not None or since is not None):
        raise click.UsageError("--site and --since narrow the list: they go without ARTICLE")
    from cli.articles import check_site, find_article
    from storage import copies_queries
    from storage.shingle_rows import shingle_state

    if compare:
        _compare(app, site)
    with app.open() as archive, archive.read() as session:
        check_site(session, site)
        if article is not None:
            pairs = copies_queries.pairs_of(session, find_article(session, article))
            pairs = [pair for pair in pairs if not kinds or pair.kind in kinds][:limit]
        else:
            found_since = None if since is None else datetime.combine(since, time(), UTC)
            pairs = copies_queries.newest_pairs(
                session, site=site, kinds=kinds, across=not same_site, since=found_since, limit=limit
            )
        state = shingle_state(session.connection())
        if as_json:
            print_json([_object(session, pair, added) for pair in pairs])
        else:
            for pair in pairs:
                click.echo("\n".join(_lines(session, pair, added)) + "\n")
    owed = state.waiting + state.missing
    if owed:
        note(f"{owed} articles are not compared yet; --compare does it")
    if not as_json:
        note("1 pair" if len(pairs) == 1 else f"{len(pairs)} pairs")


def _compare(app: App, site: str | None) -> None:
    """Fingerprints that an older version did not make, then all comparisons that are owed."""
    from cli.articles import check_site
    from cli.comparing_texts import compare_all

    with app.open_writable() as archive:
        with archive.read() as session:
            check_site(session, site)  # before anything is written
        count = compare_all(archive)
    note(f"{count} articles compared")


def _object(session: Session, pair: Pair, added: bool) -> dict[str, Any]:
    found = {
        "article": pair.article_id,
        "other": pair.other_id,
        "other_site": pair.other_site,
        "other_url": pair.other_url,
        "other_title": pair.other_title,
        "kind": pair.kind,
        "share": pair.share,
        "other_share": pair.other_share,
        "common_words": pair.common_words,
        "longest_run": pair.longest_run,
        "in_story": pair.in_story,
        "first_published": pair.first_published,
        "first_seen": pair.first_seen,
    }
    if added:
        mine, theirs = _added(session, pair)
        found |= {"only_here": mine, "only_there": theirs}
    return found


def _added(session: Session, pair: Pair) -> tuple[list[str], list[str]]:
    from storage.copies_queries import added_sentences

    return added_sentences(session, pair.article_id, pair.other_id)


def _lines(session: Session, pair: Pair, added: bool) -> Iterator[str]:
    numbers = click.style(f"{pair.article_id} / {pair.other_id}", fg="cyan")
    shares = f"{pair.share:.0%} of it, {pair.other_share:.0%} of the other, {pair.common_words} words"
    yield f"{numbers}  {click.style(pair.kind, bold=True)}  {shares}"
    yield f"    {safe_line(pair.other_site)}  {safe_line(pair.other_url)}"
    yield wrapped(pair.other_title or "(no title)", indent=4)
    published, seen = _who(pair, pair.first_published), _who(pair, pair.first_seen)
    yield f"    published first: {published}; seen first: {seen}"
    if added:
        for name, sentences in zip(("only here", "only there"), _added(session, pair), strict=True):
            for sentence in sentences:
                yield wrapped(f"{name}: {sentence}", indent=4)


def _who(pair: Pair, article: int | None) -> str:
    return "not known" if article is None else "this one" if article == pair.article_id else "the other"
