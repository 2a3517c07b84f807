"""Pages that list articles, and the few that are neither list nor article."""

from __future__ import annotations

from collections.abc import Sequence

from demo import SITE, cuts, days
from demo.drafts import Draft
from demo.indexes import Listed
from demo.pages import furniture
from demo.pages.furniture import esc, raw
from demo.topics import TOPICS

PER_PAGE = 20
_FIXED = {
    "/a-propos/": (
        "Qui sommes-nous ?",
        "Une rédaction qui n'existe pas, pour essayer les outils qui lisent la presse.",
    ),
    "/contact/": ("Contact", "La rédaction répond à toutes les lettres, sauf à celle-ci."),
    "/mentions-legales/": (
        "Mentions légales",
        "Directeur de la publication : personne. Hébergement : cette machine.",
    ),
    "/confidentialite/": ("Confidentialité", "Ce site ne pose aucun cookie et oublie chaque visite."),
}
FIXED = frozenset(_FIXED)


def _document(title: str, inner: str, current: str = "", extra: str = "") -> str:
    return (
        furniture.head(title, f"{title} : toute l'actualité", extra)
        + f'<body class="list">\n{furniture.masthead(current)}<main class="wrap">\n{inner}</main>\n'
        + furniture.footer()
        + "</body></html>\n"
    )


def _item(draft: Draft, lead: bool = False) -> str:
    path, when = draft.path, draft.published
    text = draft.paragraphs[0]
    if draft.template == "portal":
        teaser = raw(cuts.markup(cuts.cut_teaser(text), lossy=False, double=False, dots=True))
    else:
        teaser = esc(" ".join(text.split(" ")[:24])) + " […]"
    return f"""<article class="item{" first" if lead else ""}">
<a class="vignette" href="{path}" tabindex="-1"><img src="/photos/{draft.id}.svg" alt="" loading="lazy"></a>
<div><a class="rubrique" href="/rubrique/{draft.topic.key}/">{draft.topic.name}</a>
<h2><a href="{path}">{esc(draft.title)}</a></h2>
<p class="date">{days.long_day(when)}</p><p>{teaser}</p></div></article>
"""


def home(newest: Sequence[Draft]) -> str:
    """The front page: the newest articles of all sections."""
    items = "".join(_item(draft, lead=place == 0) for place, draft in enumerate(newest))
    return _document("Accueil", f'<h1 class="hidden">À la une</h1>\n<div class="grid">{items}</div>\n')


def pages_of(drafts: Sequence[Draft]) -> int:
    """Number of listing pages; an empty list has one."""
    return max(1, -(-len(drafts) // PER_PAGE))


def listing(listed: Listed, drafts: Sequence[Draft], number: int) -> str:
    """Page `number` of a list, newest first; `drafts` is what it shows in all."""
    last = pages_of(drafts)
    items = "".join(_item(draft) for draft in drafts[(number - 1) * PER_PAGE : number * PER_PAGE])
    extra = f'<link rel="next" href="{listed.path(number + 1)}">\n' if number < last else ""
    inner = f'<h1>{esc(listed.title)}</h1>\n<div class="grid">{items}</div>\n'
    inner += _pagination(listed, number, last) if last > 1 else ""
    key = listed.root.split("/")[2] if listed.root.startswith("/rubrique/") else ""
    return _document(listed.title, inner, key, extra)


def _pagination(listed: Listed, number: int, last: int) -> str:
    near = sorted({1, last, *range(max(1, number - 2), min(last, number + 2) + 1)})
    links = " ".join(
        f"<span aria-current=page>{n}</span>" if n == number else f'<a href="{listed.path(n)}">{n}</a>'
        for n in near
    )
    before = (
        f'<a class="prev" rel="prev" href="{listed.path(number - 1)}">Précédent</a>' if number > 1 else ""
    )
    after = (
        f'<a class="next" rel="next" href="{listed.path(number + 1)}">Suivant</a>' if number < last else ""
    )
    return f'<nav class="pagination">{before} {links} {after}</nav>\n'


def fixed(path: str) -> str:
    title, text = _FIXED[path]
    return _document(title, f'<h1>{esc(title)}</h1><p class="prose">{esc(text)}</p>\n')


def search() -> str:
    return _document("Recherche", '<h1>Recherche</h1><p class="prose">Aucun résultat.</p>\n')


def print_version(draft: Draft, edition: int) -> str:
    """The printable copy of an article, which robots.txt asks to leave alone."""
    text = "".join(f"<p>{esc(paragraph)}</p>\n" for paragraph in draft.text(edition))
    return (
        f'<!DOCTYPE html>\n<html lang="fr"><head><meta charset="utf-8"><title>{esc(draft.title)}</title>\n'
        '<meta name="robots" content="noindex"></head>\n'
        f"<body><h1>{esc(draft.title)}</h1>\n{text}</body></html>\n"
    )


def missing(status: int) -> str:
    """The page of 404 and 410."""
    title = "Page introuvable" if status == 404 else "Article retiré"
    links = "".join(f'<li><a href="/rubrique/{topic.key}/">{topic.name}</a></li>' for topic in TOPICS)
    text = f"Erreur {status}. {esc(SITE)} vous propose ses rubriques :"
    return _document(title, f'<h1>{title}</h1><p class="prose">{text}</p><ul>{links}</ul>\n')
