"""`hemero related`: what pages show as related, and the graph that makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.app import App, shared_options
from cli.output import console, note, print_json, safe_line, table, wrapped
from cli.params import HITS

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.graph import Link

MOST = 20


@click.command("related", epilog="Example: hemero related --limit 5")
@click.argument("article", required=False)
@click.option(
    "--depth", metavar="N", type=click.IntRange(1, 6), help="With ARTICLE: all articles within N links."
)
@click.option("--components", is_flag=True, help="Groups of articles that links connect, the largest first.")
@click.option("--graph", type=click.Choice(("graphml", "gexf")), help="Write the graph as a file (-o).")
@click.option("--of", type=click.Choice(("related", "copies")), help="What its edges are (related).")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Where to."
)
@click.option("--site", metavar="NAME", help="Only this site.")
@click.option("--limit", metavar="N", type=HITS, help="At most N (20; of ARTICLE's entries all).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@shared_options
@click.pass_obj
def command(
    app: App,
    article: str | None,
    depth: int | None,
    components: bool,
    graph: str | None,
    of: str | None,
    output: Path | None,
    site: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List the articles that most others show as related; with ARTICLE, the entries its page shows.

    An entry is resolved (and how), pending (not archived yet), dead, external, or open: it has no address
    and no article was found for its title.
    """
    if (graph is None) != (output is None):
        raise click.UsageError("--graph and -o belong together")
    if depth is not None and article is None:
        raise click.UsageError("--depth needs ARTICLE")
    if (article is not None) + components + (graph is not None) > 1:
        raise click.UsageError("ARTICLE, --components and --graph exclude each other")
    if article is not None and site is not None:
        raise click.UsageError("--site narrows the list: it goes without ARTICLE")
    if of is not None and graph is None:
        raise click.UsageError("--of goes with --graph")
    with app.open() as archive:
        if graph is not None and output is not None:
            _write(archive, graph, of or "related", output, site)
        elif article is None:
            _overview(archive, components, site, limit or MOST, as_json)
        elif depth is not None:
            _neighbours(archive, article, depth, limit or MOST, as_json)
        else:
            _entries(archive, article, limit, as_json)


def _write(archive: Archive, kind: str, of: str, output: Path, site: str | None) -> None:
    from cli.articles import check_site
    from storage.export import atomic
    from storage.filters import Filters
    from storage.graph_export import write_graph
    from storage.selection import article_ids

    with archive.read() as session:
        check_site(session, site)
    with archive.read() as session, atomic(output) as stream:
        ids = None if site is None else article_ids(session, "", Filters(site=site))
        nodes, edges = write_graph(session, stream, kind, of=of, ids=ids)  # type: ignore[arg-type]
    note(f"{nodes} articles and {edges} edges in {output}")


def _overview(archive: Archive, components: bool, site: str | None, limit: int, as_json: bool) -> None:
    from cli.articles import check_site
    from storage import graph

    with archive.read() as session:
        check_site(session, site)
        if components:
            groups = graph.components(session, site)[:limit]
            rows: list[dict[str, Any]] = [{"articles": len(group), "members": group} for group in groups]
        else:
            found = session.execute(graph.in_degree(site).limit(limit))
            rows = [dict(row._mapping) for row in found]
            rows = [{"article": row.pop("id"), **row} for row in rows]
        state = graph.graph_state(session, site)
    if as_json:
        print_json(rows)
        return
    if components:
        cells = [[row["articles"], " ".join(map(str, row["members"][:12]))] for row in rows]
        console().print(table(("articles", "numbers"), cells, right=("articles",)))
    else:
        cells = [[row["shown_by"], row["article"], row["site"], row["title"]] for row in rows]
        console().print(table(("shown by", "article", "site", "title"), cells, right=("shown by", "article")))
    how = ", ".join(f"{number} by {method}" for method, number in sorted(state.resolved.items()))
    resolved = sum(state.resolved.values())
    where = f" on pages of {site}" if site is not None else ""
    note(
        f"{state.entries} entries{where}: {resolved} resolved{f' ({how})' if how else ''},"
        f" {state.without_target} not archived, {state.open} open"
    )


def _neighbours(archive: Archive, article: str, depth: int, limit: int, as_json: bool) -> None:
    from cli.articles import find_article
    from storage import graph
    from storage.stored import load_articles

    with archive.read() as session:
        found = graph.neighbours(session, find_article(session, article), depth)
        nearest = sorted(found, key=lambda number: (found[number], number))[:limit]
        rows = [
            {
                "article": stored.id,
                "distance": found[stored.id],
                "site": stored.article.site,
                "url": stored.article.url,
                "title": stored.article.title,
            }
            for stored in load_articles(session, nearest, evidence=False)
        ]
    if as_json:
        print_json(rows)
        return
    cells = [[row["distance"], row["article"], row["site"], row["title"]] for row in rows]
    console().print(table(("distance", "article", "site", "title"), cells, right=("distance", "article")))
    note(f"{len(found)} articles within {depth} link{'s' if depth > 1 else ''}")


def _entries(archive: Archive, article: str, limit: int | None, as_json: bool) -> None:
    from cli.articles import find_article
    from storage import graph

    with archive.read() as session:
        links = graph.links(session, find_article(session, article))
    total, links = len(links), links[:limit]
    if as_json:
        print_json(_object(link) for link in links)
        return
    for link in links:
        how = f" ({link.method})" if link.method else ""
        target = f" -> {link.target_id}" if link.target_id is not None else ""
        line = safe_line(f"{link.block}  {link.state}{how}{target}  {link.url or ''}")
        click.echo(f"{link.position:>3}  {line}")
        click.echo(wrapped(link.full_title or link.title or "(no title)", indent=5))
        if link.full_teaser or link.teaser:
            click.echo(wrapped(link.full_teaser or link.teaser or "", indent=5))
    if len(links) < total:
        note(f"the first {len(links)} of {total} entries; --limit shows more")
    else:
        note("1 entry" if total == 1 else f"{total} entries")


def _object(link: Link) -> dict[str, Any]:
    return {
        "position": link.position,
        "block": link.block,
        "heading": link.heading,
        "title": link.title,
        "title_truncated": link.title_truncated,
        "full_title": link.full_title,
        "teaser": link.teaser,
        "teaser_raw": link.teaser_raw,
        "teaser_truncated": link.teaser_truncated,
        "full_teaser": link.full_teaser,
        "url": link.url,
        "state": link.state,
        "target": link.target_id,
        "method": link.method,
        "first_seen_at": link.first_seen_at.isoformat(),
        "last_seen_at": link.last_seen_at.isoformat(),
    }
