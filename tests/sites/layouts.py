"""Small invented sites in the layouts that French-language news sites have, served on loopback.

Each layout is a dictionary of addresses and pages, and knows the addresses of its articles: what a crawl must
find, no more and no less.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NEWEST = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SECTIONS = ("politique", "economie", "culture")
_WHO = ("Les pêcheurs", "Les riverains", "Les potiers", "Les lycéens", "Les maraîchers", "Les tisserands")
_DO = ("attendent", "saluent", "refusent", "préparent", "découvrent", "réclament", "fêtent")
_WHAT = ("la digue neuve", "le pont couvert", "le marché de nuit", "la ligne de bus", "le festival du conte")
_WHERE = ("de la baie", "du vieux quartier", "de la vallée haute", "du plateau", "de la presqu'île")


@dataclass(frozen=True)
class Story:
    """One article: what it says, and when it came out."""

    number: int
    title: str
    slug: str
    section: str
    published: datetime
    text: tuple[str, ...]


def stories(count: int = 24) -> list[Story]:
    """Newest first; titles, slugs and texts differ from one another."""
    return [_story(number, count) for number in range(count, 0, -1)]


def _story(number: int, count: int) -> Story:
    title = (
        f"{_WHO[number % 6]} {_DO[number % 7]} {_WHAT[number % 5]} {_WHERE[(number // 5) % 5]}"
        f" après {number + 3} mois"
    )
    slug = "".join(c if c.isalnum() else "-" for c in _plain(title.lower()))
    slug = "-".join(part for part in slug.split("-") if part)
    paragraphs = tuple(
        f"{_WHO[(number + step) % 6]} {_DO[(number + step) % 7]} {_WHAT[(number + step) % 5]}"
        f" {_WHERE[(number + step) % 5]} depuis {number + step + 2} semaines, et la mairie promet une réponse"
        f" avant la fin du mois. Le chantier numéro {number * 7 + step} a coûté moins que prévu, selon la"
        " direction du port, qui annonce une seconde tranche pour le printemps."
        for step in range(4)
    )
    moment = NEWEST - timedelta(days=3 * (count - number), hours=number % 7)
    return Story(number, title, slug, SECTIONS[number % 3], moment, paragraphs)


def _plain(text: str) -> str:
    return text.translate(str.maketrans("àâéèêëîïôöùûüç", "aaeeeeiioouuuc"))


@dataclass
class Layout:
    """A site: its pages by address (path and query), and which of them are articles."""

    name: str
    title: str
    build: Callable[[Layout], None]
    base: str = ""
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    articles: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def html(self, address: str, title: str, body: str, head: str = "") -> None:
        text = (
            f'<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}'
            f"</head><body>{body}</body></html>"
        )
        self.pages[address] = ("text/html; charset=utf-8", text)

    def article(self, address: str, story: Story, head: str = "", around: str = "") -> None:
        day = story.published.strftime("%d/%m/%Y à %Hh%M")
        text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in story.text)
        body = (
            f'{around}<main><article><h1>{escape(story.title)}</h1><p class="date">Publié le {day}</p>{text}'
            "</article></main>"
        )
        self.html(address, f"{story.title} - {self.title}", body, head)
        self.articles.add(self.base + address)

    def xml(self, address: str, text: str) -> None:
        self.pages[address] = ("application/xml", f'<?xml version="1.0" encoding="UTF-8"?>{text}')

    def feed(self, address: str, entries: list[tuple[str, Story]]) -> None:
        items = "".join(
            f"<item><title>{escape(story.title)}</title><link>{escape(self.base + link)}</link>"
            f"<pubDate>{story.published:%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
            for link, story in entries
        )
        self.xml(
            address, f'<rss version="2.0"><channel><title>{escape(self.title)}</title>{items}</channel></rss>'
        )

    def sitemap(self, address: str, links: list[str]) -> None:
        urls = "".join(f"<url><loc>{escape(self.base + link)}</loc></url>" for link in links)
        self.xml(address, f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>')

    def index(self, address: str, children: list[str]) -> None:
        maps = "".join(f"<sitemap><loc>{escape(self.base + child)}</loc></sitemap>" for child in children)
        self.xml(
            address,
            f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{maps}</sitemapindex>',
        )


def listing(entries: list[tuple[str, Story]]) -> str:
    rows = "".join(
        f'<li><h2><a href="{escape(link)}">{escape(story.title)}</a></h2></li>' for link, story in entries
    )
    return f"<main><ul>{rows}</ul></main>"


def menu(entries: dict[str, str]) -> str:
    links = "".join(f'<a href="{escape(link)}">{escape(label)}</a>' for label, link in entries.items())
    return f'<nav class="menu">{links}</nav>'


def in_pages(
    layout: Layout,
    section: str,
    entries: list[tuple[str, Story]],
    address: Callable[[int], str],
    around: str = "",
    size: int = 5,
) -> None:
    """A section's listing, so many a page, with a link to the next page."""
    count = (len(entries) + size - 1) // size
    for page in range(count):
        following = f'<a href="{escape(address(page + 1))}">Page suivante</a>' if page + 1 < count else ""
        shown = listing(entries[page * size : page * size + size])
        layout.html(address(page), f"{section} - {layout.title}", f"{around}{shown}{following}")


def of_section(entries: list[tuple[str, Story]], section: str) -> list[tuple[str, Story]]:
    return [entry for entry in entries if entry[1].section == section]


# --- the layouts -----------------------------------------------------------------------------------


def _spip(site: Layout) -> None:
    entries = [(f"/spip.php?article{700 + story.number}", story) for story in stories()]
    rubrics = {name.title(): f"/spip.php?rubrique{number}" for number, name in enumerate(SECTIONS, 2)}
    top = menu(
        {"Accueil": "/", **rubrics, "Contact": "/spip.php?article3", "Plan du site": "/spip.php?page=plan"}
    )
    feed = '<link rel="alternate" type="application/rss+xml" href="spip.php?page=backend">'
    site.html(
        "/", site.title, top + listing(entries[:8]), feed + '<meta name="generator" content="SPIP 4.2">'
    )
    for link, story in entries:
        site.article(link, story, feed, top)
    for number, name in enumerate(SECTIONS, 2):

        def address(page: int, number: int = number) -> str:
            return f"/spip.php?rubrique{number}" + (f"&debut_articles={5 * page}" if page else "")

        in_pages(site, name, of_section(entries, name), address, top)
    site.feed("/spip.php?page=backend", entries[:10])


def _drupal(site: Layout) -> None:
    entries = [(f"/fr/actualites/{story.slug}", story) for story in stories()]
    top = menu(
        {"Actualités": "/fr/actualites", "Contact": "/fr/contact", "Nos équipes": "/fr/pages/qui-sommes-nous"}
    )
    site.html(
        "/", site.title, top + listing(entries[:6]), '<meta property="og:site_name" content="La Goutte">'
    )
    for link, story in entries:
        site.article(link, story, around=top)
    site.html("/fr/actualites", "Actualités", top + listing(entries[:10]))
    site.html("/fr/contact", "Contact", top + "<p>Écrivez-nous.</p>")
    site.html("/fr/pages/qui-sommes-nous", "Nos équipes", top + "<p>Une équipe.</p>")
    site.feed("/rss.xml", entries[:10])
    site.sitemap("/sitemap.xml", ["/", "/fr/actualites", "/fr/contact", *(link for link, _ in entries)])
    site.pages["/robots.txt"] = (
        "text/plain",
        f"User-agent: *\nDisallow: /user/\nSitemap: {site.base}/sitemap.xml\n",
    )


def _numbered(site: Layout) -> None:
    entries = [(f"/{4000 + 7 * story.number}.html", story) for story in stories()]
    top = menu({name.title(): f"/rubrique-{name}.html" for name in SECTIONS} | {"Contact": "/contact.html"})
    site.html("/", f"{site.title} : l'actualité", top + listing(entries[:6]))
    site.html("/contact.html", "Contact", top + "<p>Écrivez-nous.</p>")
    for link, story in entries:
        site.article(link, story, around=top)
    for name in SECTIONS:

        def address(page: int, name: str = name) -> str:
            return f"/rubrique-{name}{f'-{page + 1}' if page else ''}.html"

        in_pages(site, name, of_section(entries, name), address, top)


def _dates(site: Layout) -> None:
    entries = [(f"/{story.published:%Y/%m/%d}/{story.slug}/", story) for story in stories()]
    site.html(
        "/",
        site.title,
        listing(entries[:4]) + "<footer><a href='/mentions-legales/'>Mentions légales</a></footer>",
    )
    for link, story in entries:
        site.article(link, story)
    site.feed("/feed/", entries[:8])
    months: dict[str, list[str]] = {}
    for link, story in entries:
        months.setdefault(f"{story.published:%Y-%m}", []).append(link)
    for month, links in months.items():
        site.sitemap(f"/sitemap-{month}.xml", links)
    site.index("/sitemap.xml", [f"/sitemap-{month}.xml" for month in months])


def _query(site: Layout) -> None:
    entries = [(f"/article.php?id={story.number + 20}", story) for story in stories()]
    top = menu({name.title(): f"/rubrique.php?cat={number}" for number, name in enumerate(SECTIONS, 3)})
    site.html("/", f"{site.title} - Accueil", top + listing(entries[:5]))
    for link, story in entries:
        site.article(link, story, around=top)
    for number, name in enumerate(SECTIONS, 3):

        def address(page: int, number: int = number) -> str:
            return f"/rubrique.php?cat={number}" + (f"&page={page + 1}" if page else "")

        in_pages(site, name, of_section(entries, name), address, top)


def _wordpress(site: Layout) -> None:
    entries = [(f"/{story.slug}/", story) for story in stories()]
    categories = {name.title(): f"/category/{name}/" for name in SECTIONS}
    top = menu({"Accueil": "/", **categories, "Qui sommes-nous ?": "/qui-sommes-nous-et-que-faisons-nous/"})
    foot = menu({"Mentions légales": "/mentions-legales/", "Contact": "/contact/"})
    feed = '<link rel="alternate" type="application/rss+xml"'
    head = (
        f'{feed} title="Flux" href="{site.base}/feed/">'
        f'{feed} title="Flux des commentaires" href="{site.base}/comments/feed/">'
        f'<link rel="https://api.w.org/" href="{site.base}/wp-json/">'
    )
    site.html("/", f"{site.title} – Le blog du littoral", top + listing(entries[:6]) + foot, head)
    for page in ("/qui-sommes-nous-et-que-faisons-nous/", "/mentions-legales/", "/contact/"):
        site.html(page, page.strip("/"), top + "<p>Une page du site.</p>" + foot, head)
    for link, story in entries:
        tag = f'<a rel="tag" href="/tag/{story.section}-locale/">{story.section}</a>'
        site.article(link, story, head, top + tag)
    for name, path in categories.items():
        own = of_section(entries, name.lower())
        in_pages(site, name, own, lambda page, path=path: f"{path}page/{page + 1}/" if page else path, top)  # type: ignore[misc]
        site.html(f"/tag/{name.lower()}-locale/", name, top + listing(own[:5]), head)
    site.feed("/feed/", entries[:10])
    site.sitemap("/wp-sitemap-posts-post-1.xml", [link for link, _ in entries])
    site.sitemap("/wp-sitemap-posts-page-1.xml", ["/mentions-legales/", "/contact/"])
    site.sitemap("/wp-sitemap-taxonomies-category-1.xml", list(categories.values()))
    site.index("/wp-sitemap.xml", [path for path in site.pages if path.startswith("/wp-sitemap-")])
    posts = [{"link": site.base + link, "date_gmt": story.published.isoformat()} for link, story in entries]
    for query in ("", "?_fields=link,date_gmt,title&order=desc&orderby=date&page=1&per_page=100"):
        site.pages[f"/wp-json/wp/v2/posts{query}"] = ("application/json", json.dumps(posts))


def _commas(site: Layout) -> None:
    entries = [(f"/{story.section}/{story.slug},{4500 + story.number}.html", story) for story in stories()]
    top = menu({name.title(): f"/{name}/" for name in SECTIONS} | {"Abonnez-vous": "/abonnement/"})
    feed = '<link rel="alternate" type="application/atom+xml" href="/flux/une.xml">'
    site.html("/", f"{site.title} | Actualités", top + listing(entries[:6]), feed)
    for link, story in entries:
        site.article(link, story, feed, top)
    for name in SECTIONS:

        def address(page: int, name: str = name) -> str:
            return f"/{name}/" + (f"?page={page + 1}" if page else "")

        in_pages(site, name, of_section(entries, name), address, top)
    site.feed("/flux/une.xml", entries[:9])


LAYOUTS: dict[str, tuple[str, Callable[[Layout], None]]] = {
    "spip": ("Le Squale", _spip),
    "drupal": ("La Goutte", _drupal),
    "numbered": ("Le Compte Rond", _numbered),
    "dates": ("L'Almanach du Delta", _dates),
    "query": ("La Question", _query),
    "wordpress": ("Le Presse-Purée", _wordpress),
    "commas": ("La Virgule", _commas),
}


@contextmanager
def serve(name: str) -> Iterator[Layout]:
    """One layout on a free port of 127.0.0.1. `asked` lists the addresses requested, in order."""
    title, build = LAYOUTS[name]
    site = Layout(name, title, build)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append(self.path)
            kind, text = site.pages.get(self.path, ("text/html; charset=utf-8", ""))
            body = text.encode()
            self.send_response(200 if self.path in site.pages else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.base = f"http://127.0.0.1:{server.server_port}"
    build(site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
