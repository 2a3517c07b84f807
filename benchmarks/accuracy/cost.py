"""What reading costs: CPU milliseconds a page, how they grow with the page, and pages made to hurt.

Every time is CPU time of this process. Modules and word lists are loaded before the clock runs; what the
reader remembers of names and addresses is what the pages before a page taught it, as in a crawl.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Final

from crawler.spiders.demo import DemoSpider
from demo.site import Site, Switches
from demo.truth import Catalogue
from pipelines.article import read_article
from pipelines.rules import GENERIC, SiteRules
from pipelines.workers_child import settle
from storage.records import Article, Page

WANTED: Final = {"demo": 3.3, "french": 10.0}  # milliseconds a page; seconds for a page made to hurt:
LONGEST: Final = 10.0
_FETCHED = datetime(2026, 11, 23, tzinfo=UTC)
_URL = "https://page.invalid/article/1"
_SENTENCE = "Le conseil de la ville a examiné lundi le budget de la bibliothèque, et deux heures ont passé. "


def warm() -> None:
    """Load what is loaded once a process: the parts used for few pages, word lists, the table of outlets."""
    import htmldate  # noqa: F401
    import trafilatura  # noqa: F401

    text = f"<p>Par Jeanne Modele, le 3 mars 2021</p><p>{_SENTENCE * 9}</p>"
    read_article(Page(_URL, _page(text), _FETCHED))
    settle()  # as every process that reads


def timed(page: Page, rules: SiteRules = GENERIC) -> tuple[Article, float]:
    """The article, and CPU milliseconds."""
    begin = time.process_time()
    article = read_article(page, rules)
    return article, (time.process_time() - begin) * 1000


def line(name: str, milliseconds: Sequence[float]) -> str:
    """Mean and 95th percentile of a set's pages, and what is wanted of the mean."""
    ordered = sorted(milliseconds)
    p95 = ordered[int(len(ordered) * 0.95)]
    wanted = f"  (wanted: at most {WANTED[name]})" if name in WANTED else ""
    return f"cost {name:8} {len(ordered):4}  ms {statistics.mean(ordered):.2f}  p95 {p95:.2f}{wanted}"


def report() -> Iterator[str]:
    """Lines for the demo site, for growing pages and for pages made to hurt."""
    warm()
    yield line("demo", [timed(page, DemoSpider.rules)[1] for page in _demo_pages(200)])
    times = [(size, min(timed(_grown(size))[1] for _ in range(3))) for size in (1, 2, 4, 8)]
    first = times[0][1]
    yield "growth          " + "  ".join(f"x{n} {ms:.1f} ms = {ms / first:.2f}" for n, ms in times)
    for name, markup in _extremes():
        article, ms = timed(Page(_URL, markup, _FETCHED))
        said = ", ".join(article.warnings) or "no warning"
        size = len(article.body or "")
        yield f"extreme {name:24} {ms / 1000:.2f} s  title {article.title!r}  body {size}  {said}" + (
            "" if ms < LONGEST * 1000 else f"  <- wanted: under {LONGEST:.0f} s"
        )


def _demo_pages(articles: int) -> list[Page]:
    """Article pages of the site that ships with the project, as its server sends them."""
    site = Site(Catalogue(articles))
    replies = [(draft, site.reply(draft.path, Switches())) for draft in site.catalogue.online(1)]
    return [
        Page(site.base + draft.path, reply.body, _FETCHED, reply.content_type)
        for draft, reply in replies
        if reply.status == 200
    ]


def _page(inside: str) -> bytes:
    title = "Le budget de la ville adopté lundi"
    text = f"<!DOCTYPE html><html lang='fr'><head><title>{title}</title></head><body><h1>{title}</h1>{inside}"
    return f"{text}</body></html>".encode()


def _grown(size: int) -> Page:
    """A page with `size` times the text, links, boxes and scripts of one."""
    numbers = count()
    parts = []
    for _ in range(size * 10):
        links = "".join(f"<li><a href='/a/{next(numbers)}'>Un titre assez long</a></li>" for _ in range(8))
        n = next(numbers)
        parts += [
            f"<p class='texte'>{n} {_SENTENCE * 4}</p>",
            f"<p>Lire aussi : <a href='/b/{n}'>Un autre titre, {n}</a></p>",
            f"<div class='box'><h3>Rubrique {n}</h3><ul>{links}</ul></div>",
            f"<script>var x{n} = {[n] * 200};</script>",
        ]
    return Page(_URL, _page("".join(parts)), _FETCHED)


def _extremes() -> Iterator[tuple[str, bytes]]:
    text = f"<p>{_SENTENCE * 5}</p>"
    yield "100,000 siblings", _page(text + "".join(f"<p>{n} {_SENTENCE}</p>" for n in range(100_000)))
    yield (
        "50,000 linked siblings",
        _page(
            text + "".join(f"<div class='related'><a href='/{n}'>Titre {n}</a></div>" for n in range(50_000))
        ),
    )
    names = " ".join(f"a{n}='{n}'" for n in range(80_000))
    yield "80,000 attributes", _page(f"<div {names}>{text}</div>")
    yield "depth 3,000", _page(text + "<div>" * 3_000 + text + "</div>" * 3_000)
