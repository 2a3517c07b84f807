"""A plain page: little markup, no structured data, one visible line for date and author."""

from __future__ import annotations

from demo import SITE
from demo.facts import TruthArticle
from demo.pages import furniture
from demo.pages.furniture import Frame, esc
from demo.topics import TOPICS

WINDOWS = "opinions"  # this section never left windows-1252
_META = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">'


def page(article: TruthArticle, frame: Frame) -> str:
    windows = {"charset": _META} if article.section_key == WINDOWS else {}
    sections = " | ".join(f'<a href="/rubrique/{topic.key}/">{topic.name}</a>' for topic in TOPICS)
    text = "\n".join(f"<p>{esc(paragraph)}" for paragraph in article.paragraphs)  # </p> is optional in HTML
    return f"""{furniture.head(article.title, SITE, **windows)}<body class="plain">
<p class="menu"><a href="/"><b>{esc(SITE)}</b></a> | {sections}
<p class="rubrique"><a href="/rubrique/{article.section_key}/">{esc(article.section)}</a>
<h1>{esc(article.title)}</h1>
{_byline(article)}
{text}
{_tail(article)}{_tags(article)}{_related(article, frame)}
<hr>
<p class="pied">Rédaction de {esc(SITE)} - <a href="/contact/">Nous écrire</a> -
<a href="/mentions-legales/">Mentions légales</a> - <a href="/rss.xml">RSS</a> -
<a rel="nofollow" href="/imprimer/{article.id}/">Imprimer</a>
{furniture.most_read(frame, article.id, thumbnails=False) if article.id % 2 else ""}</body></html>
"""


def _byline(article: TruthArticle) -> str:
    """Date and author on one line or on two, in either order."""
    date = article.published.raw + (f", {article.modified.raw}" if article.modified else "")
    credit = article.attribution if article.attribution and article.attribution.position == "byline" else None
    if credit is None:
        return f"<p><i>{esc(date)}</i></p>"
    if article.id % 3 == 0:
        return f'<p class="date">{esc(date)}</p>\n<p class="signature">{esc(credit.raw)}</p>'
    if article.id % 3 == 1:
        return f"<p><i>{esc(date)} - {esc(credit.raw)}</i></p>"
    return f"<p><i>{esc(credit.raw)} | {esc(date)}</i></p>"


def _tail(article: TruthArticle) -> str:
    credit = article.attribution
    return f"<p><em>{esc(credit.raw)}</em></p>\n" if credit and credit.position == "tail" else ""


def _tags(article: TruthArticle) -> str:
    if not article.tags:
        return ""
    links = ", ".join(f'<a rel="tag" href="{esc(tag.url)}">{esc(tag.name)}</a>' for tag in article.tags)
    return f"<p>Mots-clés : {links}</p>\n"


def _related(article: TruthArticle, frame: Frame) -> str:
    if not article.related:
        return ""
    entries = "\n".join(f"<li>{furniture.anchor(link, frame.base)}</li>" for link in article.related)
    return f"<h3>{article.related[0].heading}</h3>\n<ul>\n{entries}\n</ul>\n"
