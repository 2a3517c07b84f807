"""A blog engine's page: JSON-LD graph, OpenGraph, inline links, comments, and much around the text."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any

from demo import SITE, phrases
from demo.drafts import plain_slug
from demo.facts import TruthArticle, TruthDate, TruthRelated
from demo.pages import furniture
from demo.pages.furniture import Frame, esc, raw


def page(article: TruthArticle, frame: Frame) -> str:
    r = random.Random(article.id)
    return (
        furniture.head(
            article.title,
            _description(article),
            _meta(article, frame) + furniture.slots(r, r.randint(10, 120)),
        )
        + f'<body class="magazine single postid-{article.id}">\n{_sprite(r)}{furniture.cookies()}'
        + furniture.masthead(article.section_key)
        + furniture.mega_menu("Menu")
        + '<div class="wrap columns"><main>\n'
        + _article(article, frame, r)
        + _related(article, frame, "end", "related-posts")
        + _comments(article, frame)
        + '</main>\n<aside class="sidebar">\n'
        + _related(article, frame, "aside", "same-topic")
        + furniture.most_read(frame, article.id, thumbnails=True)
        + furniture.newsletter()
        + furniture.sponsored(r)
        + furniture.slots(r, 12)
        + "</aside></div>\n"
        + furniture.mega_menu("Plan du site")
        + furniture.footer()
        + "</body></html>\n"
    )


def _iso(date: TruthDate) -> str:
    return f"{date.datetime}{date.offset}"


def _description(article: TruthArticle) -> str:
    return article.lead or article.paragraphs[0][:155]


def _authors(article: TruthArticle) -> list[dict[str, str]]:
    people = [{"@type": "Person", "name": name} for name in article.authors]
    return people or [{"@type": "Organization", "name": SITE}]


def _graph(article: TruthArticle, frame: Frame) -> dict[str, Any]:
    """The graph of the page: who publishes, the article, the way to it."""
    trail = [
        ("Accueil", frame.base + "/"),
        (article.section, f"{frame.base}/rubrique/{article.section_key}/"),
    ]
    steps = [
        {"@type": "ListItem", "position": n, "name": name, "item": url}
        for n, (name, url) in enumerate(trail, 1)
    ]
    publisher = {"@type": "Organization", "@id": frame.base + "/#organization", "name": SITE}
    website = {"@type": "WebSite", "@id": frame.base + "/#website", "name": SITE, "url": frame.base + "/"}
    crumbs = {"@type": "BreadcrumbList", "itemListElement": steps}
    return {"@context": "https://schema.org", "@graph": [publisher, website, _node(article, frame), crumbs]}


def _node(article: TruthArticle, frame: Frame) -> dict[str, Any]:
    node: dict[str, Any] = {
        "@type": "NewsArticle",
        "@id": article.url + "#article",
        "headline": article.title,
        "description": _description(article),
        "datePublished": _iso(article.published),
        "author": _authors(article),
        "publisher": {"@id": frame.base + "/#organization"},
        "mainEntityOfPage": article.url,
        "image": [f"{frame.base}/photos/{article.id}.svg"],
        "articleSection": article.section,
        "keywords": [tag.name for tag in article.tags],
        "inLanguage": "fr-FR",
    }
    return node | ({"dateModified": _iso(article.modified)} if article.modified else {})


def _meta(article: TruthArticle, frame: Frame) -> str:
    graph = json.dumps(_graph(article, frame), ensure_ascii=article.id % 2 == 0).replace("</", "<\\/")
    pairs = [
        ("og:locale", "fr_FR"), ("og:type", "article"), ("og:title", article.title), ("og:site_name", SITE),
        ("og:description", _description(article)), ("og:url", article.url),
        ("og:image", f"{frame.base}/photos/{article.id}.svg"), ("article:section", article.section),
        ("article:published_time", _iso(article.published)),
        *([("article:modified_time", _iso(article.modified))] if article.modified else []),
        *(("article:tag", tag.name) for tag in article.tags),
    ]  # fmt: skip
    properties = "\n".join(f'<meta property="{key}" content="{esc(value)}">' for key, value in pairs)
    return f"""<meta name="robots" content="index, follow, max-image-preview:large">
<link rel="canonical" href="{article.url}">
<link rel="shortlink" href="{article.aliases[0]}">
{properties}
<script type="application/ld+json" class="graph">{graph}</script>
"""


def _article(article: TruthArticle, frame: Frame, r: random.Random) -> str:
    lead = f'<p class="chapo">{esc(article.lead)}</p>\n' if article.lead else ""
    tags = "".join(f'<li><a rel="tag" href="{esc(tag.url)}">{esc(tag.name)}</a></li>' for tag in article.tags)
    person = frame.catalogue.by_id[article.id].writer("photo").person()
    credit = f"{person} / {r.choice(('AFP', 'DR', 'MAP'))}"
    return f"""<article id="post-{article.id}" class="post type-post hentry">
<header><a class="category" href="/rubrique/{article.section_key}/">{esc(article.section)}</a>
<h1 class="entry-title">{esc(article.title)}</h1>
{lead}<div class="meta">{_byline(article)} {_times(article)}</div></header>
{furniture.share_bar(article)}<figure><img src="/photos/{article.id}.svg" alt="" width="760" height="420">
<figcaption>Vue d'archives. Photo : {esc(credit)}</figcaption></figure>
<div class="entry-content">
{_text(article, frame, r)}
</div>
<footer class="entry-footer"><ul class="tags"><li>Étiquettes</li>{tags}</ul>
{furniture.share_bar(article)}</footer></article>
"""


def _byline(article: TruthArticle) -> str:
    """The credit as text, each author linked to a page of his or her articles."""
    line = esc(article.attribution.raw) if article.attribution else ""
    for name in article.authors:
        line = line.replace(esc(name), f'<a rel="author" href="/auteur/{plain_slug(name)}/">{esc(name)}</a>')
    return f'<span class="byline">{line}</span>'


def _times(article: TruthArticle) -> str:
    date, later = article.published, article.modified
    shown = f'Publié le <time class="entry-date published" datetime="{_iso(date)}">{date.raw}</time>'
    if later:
        shown += f' - Mis à jour le <time class="updated" datetime="{_iso(later)}">{later.raw}</time>'
    return f'<span class="posted-on">{shown}</span>'


def _text(article: TruthArticle, frame: Frame, r: random.Random) -> str:
    """Paragraphs with bold words and, between them, inline links and advertisements that are not text."""
    inline = [link for link in article.related if link.block == "inline"]
    out = []
    for place, paragraph in enumerate(article.paragraphs):
        if place in article.intertitles:
            out.append(f"<h2>{esc(paragraph)}</h2>")
            continue
        out.append(f"<p>{_emphasis(paragraph, r)}</p>")
        if inline and place in (1, len(article.paragraphs) - 2):
            out.append(_inline(inline.pop(0), frame, article.id))
        if place % 4 == 3:
            out.append('<div class="pub-inline"><span>Publicité</span></div>')
    return "\n".join(out + [_inline(link, frame, article.id) for link in inline])


def _emphasis(paragraph: str, r: random.Random) -> str:
    """Some paragraphs start in bold; the text stays the same."""
    first, space, rest = paragraph.partition(", ")
    if space and r.random() < 0.2 and "«" not in first:
        return f"<strong>{esc(first)}</strong>{space}{esc(rest)}"
    return esc(paragraph)


def _inline(link: TruthRelated, frame: Frame, id_: int) -> str:
    """Lire aussi, in the three ways themes write it."""
    target = furniture.anchor(link, frame.base)
    if id_ % 3 == 0:
        return f"<p><strong>{link.heading} :</strong> {target}</p>"
    if id_ % 3 == 1:
        return f'<div class="lire-aussi"><span>{link.heading}</span> {target}</div>'
    return f'<p class="lire-aussi"><em>{link.heading} : {target}</em></p>'


def _related(article: TruthArticle, frame: Frame, block: str, name: str) -> str:
    links = [link for link in article.related if link.block == block]
    if not links:
        return ""
    cards = "".join(
        f'<li class="card"><h4>{furniture.anchor(link, frame.base)}</h4>'
        + (f'<p class="excerpt">{raw(link.teaser_markup)}</p>' if link.teaser_markup else "")
        + "</li>\n"
        for link in links
    )
    return f'<section class="box {name}"><h3>{links[0].heading}</h3><ul>\n{cards}</ul></section>\n'


def _comments(article: TruthArticle, frame: Frame) -> str:
    draft = frame.catalogue.by_id[article.id]
    writer, r = draft.writer("comments"), draft.source("comments")
    many = r.choice((0, 0, 1, 3, 6, 9))
    items = []
    for n in range(many):
        when = draft.published + timedelta(minutes=17 + n * r.randint(9, 240))
        items.append(
            f'<li class="comment" id="comment-{article.id * 10 + n}">'
            f'<b class="fn">{esc(writer.person())}</b> '
            f'<time datetime="{when.isoformat()}">{when:%d/%m/%Y à %Hh%M}</time>'
            f"<p>{esc(writer.write(phrases.COMMENTS))}</p></li>\n"
        )
    title = f"{many} commentaires" if many > 1 else "Commentaires"
    return (
        f'<section id="comments" class="box comments"><h3>{title}</h3><ol>{"".join(items)}</ol></section>\n'
    )


def _sprite(r: random.Random) -> str:
    """Icons inlined as paths: bytes that hold no text."""

    def path() -> str:
        return "".join(
            f"M{r.randint(0, 24)} {r.randint(0, 24)}l{r.randint(-9, 9)} {r.randint(-9, 9)}z"
            for _ in range(14)
        )

    symbols = "".join(
        f'<symbol id="i{n}" viewBox="0 0 24 24"><path d="{path()}"/></symbol>' for n in range(14)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" style="display:none">{symbols}</svg>\n'
