"""The three kinds of article pages, as a story has them at one moment."""

from __future__ import annotations

import json
import random
from datetime import datetime
from functools import cache
from html import escape
from zoneinfo import ZoneInfo

from demo.prose import Writer
from demo.topics import TOPICS
from tests.simulation.world import Site, Story

SECTIONS = ("politique", "economie", "culture")
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre"),
    *("octobre", "novembre", "décembre"),
)
TEASER = 160  # bytes
_RELATED = 6


def section(story: Story) -> str:
    return SECTIONS[story.number % len(SECTIONS)]


@cache
def text(site: str, number: int) -> tuple[str, tuple[str, ...], str]:
    """Title, paragraphs and author of a story: the same at every call."""
    seed = f"{site} {number}"
    topic = TOPICS[number % len(TOPICS)]
    writer = Writer(random.Random(seed), random.Random(f"about {seed}"), topic)
    return writer.title(), tuple(writer.body(200)), writer.person()


def paragraphs(site: Site, story: Story, now: datetime) -> list[str]:
    _, whole, _ = text(site.name, story.number)
    added = [f"Mise à jour : {whole[1]}"] if story.version(now) > 1 else []
    return [*whole, *added]


def local(site: Site, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(site.timezone))


def date_line(site: Site, story: Story) -> str:
    day = local(site, story.published)
    return f"{day.day:02d} {MONTHS[day.month - 1].capitalize()} {day.year}"


def page(site: Site, story: Story, now: datetime) -> str:
    """The page; after a redesign it says nowhere when the story came out."""
    make = {"portal": _portal, "wordpress": _wordpress, "plain": _plain}[site.template]
    others = [other for other in site.stories if other.number < story.number][-_RELATED:]
    dated = site.layout(now) == "old"
    return make(site, story, now, others, dated)


def _body(site: Site, story: Story, now: datetime) -> str:
    return "\n".join(f"<p>{escape(one)}</p>" for one in paragraphs(site, story, now))


def _path(site: Site, story: Story) -> str:
    return "/" + story.url.removeprefix(site.home)


def _teaser(site: Site, story: Story) -> str:
    return escape(text(site.name, story.number)[1][0].encode()[:TEASER].decode("utf-8", "ignore")) + "..."


def _link(site: Site, story: Story) -> str:
    return f'<a href="{_path(site, story)}">{escape(text(site.name, story.number)[0])}</a>'


def _menu() -> str:
    return " ".join(f'<a href="/{name}/">{name.capitalize()}</a>' for name in SECTIONS)


def _portal(site: Site, story: Story, now: datetime, others: list[Story], dated: bool) -> str:
    title = escape(text(site.name, story.number)[0])
    related = "".join(
        f'<div class="article-relation"><h4>{_link(site, other)}</h4><p>{_teaser(site, other)}</p></div>'
        for other in others
    )
    line = f'<span class="date">Le {date_line(site, story)}</span><br>' if dated else ""
    return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">
<title>{title} | {site.name.title()}</title>
<link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body>
<div class="navbar">{_menu()}</div>
<div class="contenu-article"><h1 class="titre-article">{title}</h1>
<div class="texte-article">{_body(site, story, now)}</div>
<div class="infos">{line}<span class="source">SOURCE WEB Par <strong>Atlas Info</strong></span></div>
<div class="relation"><h3>Les articles en relation</h3>{related}</div></div>
<div class="footer">Tous droits réservés</div></body></html>"""


def _wordpress(site: Site, story: Story, now: datetime, others: list[Story], dated: bool) -> str:
    title, _, author = text(site.name, story.number)
    published = local(site, story.published).isoformat(timespec="seconds")
    news: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "author": {"@type": "Person", "name": author},
        "mainEntityOfPage": story.url,
        "articleSection": section(story),
    }
    if dated:
        news["datePublished"] = published
    meta = f'<meta property="article:published_time" content="{published}">' if dated else ""
    seen = f'<time class="entry-date" datetime="{published}">{date_line(site, story)}</time>' if dated else ""
    filler = "".join(f".widget-{number}>.inner{{margin:{number % 40}px}}" for number in range(900))
    related = "".join(f"<li>{_link(site, other)}</li>" for other in others)
    return f"""<!doctype html><html lang="fr-FR"><head><meta charset="UTF-8"><title>{escape(title)}</title>
<link rel="canonical" href="{story.url}"><meta property="og:type" content="article">
<meta property="og:title" content="{escape(title)}">{meta}<style>{filler}</style>
<script type="application/ld+json">{json.dumps(news, ensure_ascii=False)}</script>
<link rel="alternate" type="application/rss+xml" href="/rss.xml"></head>
<body class="single-post postid-{story.number}"><nav>{_menu()}</nav>
<article class="post hentry"><header><h1 class="entry-title">{escape(title)}</h1>
<div class="td-post-author-name">Par <a href="/author/{story.number % 9}/">{escape(author)}</a></div>
{seen}</header>
<div class="td-post-content">{_body(site, story, now)}</div></article>
<div class="td_block_related_posts"><h4>Articles similaires</h4><ul>{related}</ul></div>
<footer>Tous droits réservés.</footer></body></html>"""


def _plain(site: Site, story: Story, now: datetime, others: list[Story], dated: bool) -> str:
    title, _, author = text(site.name, story.number)
    line = f"Publié le {date_line(site, story)} - {author}" if dated else author
    related = "".join(f"<li>{_link(site, other)}</li>" for other in others)
    return f"""<html><head><meta charset="utf-8"><title>{escape(title)}</title></head><body>
<p>{_menu()}</p><h1>{escape(title)}</h1><p><i>{escape(line)}</i></p>
{_body(site, story, now)}
<h3>A lire aussi</h3><ul>{related}</ul><hr><p>{site.name.title()}</p></body></html>"""


def listing(site: Site, name: str, shown: list[Story], more: str | None) -> str:
    """Home or section: titles and teasers, newest first; `more`: path of the next page."""
    items = "".join(
        f'<article class="item"><h2>{_link(site, story)}</h2><p>{_teaser(site, story)}</p></article>'
        for story in shown
    )
    following = f'<a class="next" rel="next" href="{more}">Suivant</a>' if more else ""
    return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">
<title>{name} - {site.name.title()}</title>
<link rel="alternate" type="application/rss+xml" href="/rss.xml">
<link rel="alternate" type="application/atom+xml" href="/atom.xml"></head>
<body><nav>{_menu()}</nav><main>{items}{following}</main></body></html>"""
