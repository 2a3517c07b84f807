"""The layout of the seed: text, date line, source line, tags, related articles with cuts."""

from __future__ import annotations

import random

from demo.facts import TruthArticle, TruthAttribution, TruthRelated
from demo.pages import furniture
from demo.pages.furniture import Frame, esc, raw
from demo.truth import PORTAL_HEADING

_LABEL = "SOURCE WEB Par "


def page(article: TruthArticle, frame: Frame) -> str:
    r = random.Random(article.id)
    return (
        furniture.head(article.title, article.paragraphs[0][:150])
        + f'<body class="portal">\n{furniture.masthead(article.section_key)}'
        + '<div class="wrap columns"><main class="contenu">\n'
        + _article(article)
        + _tags(article)
        + _related(article, frame)
        + '</main>\n<div class="sidebar">\n'
        + furniture.most_read(frame, article.id, thumbnails=article.id % 2 == 0)
        + furniture.sponsored(r)
        + furniture.newsletter()
        + furniture.slots(r, 6 + article.id % 9)
        + "</div></div>\n"
        + furniture.mega_menu("Tous les thèmes")
        + furniture.footer()
        + "</body></html>\n"
    )


def _article(article: TruthArticle) -> str:
    old = article.published.date < "2018"
    if old:  # the former editor of the site wrote line breaks, not paragraphs
        text = "\n<br><br>\n".join(esc(paragraph) for paragraph in article.paragraphs)
    else:
        text = "\n".join(f"<p>{esc(paragraph)}</p>" for paragraph in article.paragraphs)
    photo = (
        f'<div class="photo"><img src="/photos/{article.id}.svg" alt=""></div>\n' if article.id % 3 else ""
    )
    return f"""<ul class="fil"><li><a href="/">Accueil</a></li>
<li><a href="/rubrique/{article.section_key}/">{esc(article.section)}</a></li></ul>
<div class="article">
<h1>{esc(article.title)}</h1>
{photo}<div class="texte">{text}</div>
<div class="infos"><div class="date">{esc(article.published.raw)}</div>
{_source(article.attribution, article.id % 2 == 0)}</div>
<p class="outils"><a rel="nofollow" href="/imprimer/{article.id}/">Version imprimable</a></p>
</div>
"""


def _source(credit: TruthAttribution | None, strong: bool) -> str:
    if credit is None:
        return ""
    line = esc(credit.raw)
    if strong and credit.raw.startswith(_LABEL):
        line = f"{_LABEL}<strong>{esc(credit.raw.removeprefix(_LABEL))}</strong>"
    return f'<div class="source">{line}</div>\n'


def _tags(article: TruthArticle) -> str:
    links = "".join(f'<li><a href="{esc(tag.url)}">{esc(tag.name)}</a></li>\n' for tag in article.tags)
    return f'<div class="tags"><h3>Les tags en relation</h3>\n<ul>{links}</ul></div>\n'


def _related(article: TruthArticle, frame: Frame) -> str:
    entries = "".join(_entry(link, frame) for link in article.related)
    return f'<div class="relation"><h3>{PORTAL_HEADING}</h3>\n{entries}</div>\n'


def _entry(link: TruthRelated, frame: Frame) -> str:
    path = esc(link.url.removeprefix(frame.base))
    picture = f'<img src="/photos/{link.target_id}.svg" alt="" loading="lazy">'
    image = f'<a class="vignette" href="{path}">{picture}</a>\n'
    return f"""<div class="item">{image if link.target_id % 2 else ""}
<h4>{furniture.anchor(link, frame.base)}</h4>
<p>{raw(link.teaser_markup or b"")}</p></div>
"""
