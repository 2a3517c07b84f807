"""What the links of an undeclared site mean: articles, sections, neither; and the site's name. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from urllib.parse import urlsplit

from crawler.survey_page import PageLink
from crawler.url_tokens import Form
from pipelines.text import fold
from pipelines.urls import comparable

MAX_SECTIONS = 12
_LABEL_WORDS = 4  # a label or an address of more words is a headline
# Pages that every site has and that are no news, by the words of their label or address.
_STATIC = re.compile(
    r"\b(?:contacts?|contactez|mentions? legales?|a propos|apropos|about|qui sommes nous|equipe|charte"
    r"|cgu|cgv|conditions?|confidentialite|privacy|cookies?|rgpd|plan du site|sitemap|publicites?|annonceurs?"
    r"|abonn\w*|newsletters?|login|log in|connexion|connectez vous|inscription|compte|panier|recherche"
    r"|search|aide|faq|nous ecrire|partenaires?|recrutement|applications?|rss|flux|feed|dons?|boutique"
    r"|wp login|wp admin|imprimer|print|mot de passe)\b"
)
_PEOPLE_AND_TAGS = """
    tag tags mot mots mot-cle mots-cles motcle keyword keywords auteur auteurs author authors user users
    membre membres profil feed
"""
_LISTS = """
    category categorie categories rubrique rubriques section sections page pages archives theme themes
    topic topics dossier dossiers search recherche
"""
_NO_LIST = frozenset(_PEOPLE_AND_TAGS.split())
LISTING_WORDS = _NO_LIST | frozenset(_LISTS.split())  # first segments under which no article stands
_LEADING_TO_NEWS = re.compile(
    r"rubrique|categor|section|theme|topic|dossier|/actualites?/?$|/news/?$|/articles?/?$", re.I
)
_NO_ARTICLES = re.compile(
    r"(?:^|[/_.-])(?:tags?|mots?|category|categories|categorie|rubriques?|sections?|pages?|auteurs?|authors?|users?"
    r"|images?|videos?|taxonom\w*|archives?|themes?|topics?|dossiers?|attachments?|post_tag)(?:[/_.-]|\d|$)",
    re.I,
)
_NAMED_ARTICLES = re.compile(r"posts?|article|news|actu", re.I)
_SECOND_LEVEL = frozenset(("co", "com", "org", "net", "gov", "gouv", "press", "info"))


def headlines(links: Iterable[PageLink]) -> list[str]:
    """Links that are probably articles, by their words alone."""
    return [link.url for link in links if link.is_headline and not _is_static(link)]


def looks_like_articles(urls: Iterable[str]) -> list[str]:
    """Those that do not speak of sections, tags, authors or pictures; sitemaps named after articles first."""
    kept = [url for url in urls if not _NO_ARTICLES.search(urlsplit(url).path)]
    return sorted(kept, key=lambda url: _NAMED_ARTICLES.search(urlsplit(url).path) is None)


def _is_static(link: PageLink) -> bool:
    """A page about the site, by a label or an address of few words."""
    address = fold(re.sub(r"[-_/.]+", " ", urlsplit(link.url).path))
    return any(
        len(words.split()) <= _LABEL_WORDS and _STATIC.search(words) for words in (fold(link.text), address)
    )


def _is_menu_entry(link: PageLink) -> bool:
    return link.in_menu and len(link.text.split()) <= _LABEL_WORDS


def sections(links: Iterable[PageLink], home: str, forms: Sequence[Form]) -> list[str]:
    """Pages that probably list articles, best first: what the menu leads to and is no article."""
    scored: list[tuple[int, str]] = []
    start = comparable(home)
    for link in links:
        parts = urlsplit(link.url)
        depth = len([segment for segment in parts.path.split("/") if segment])
        first = parts.path.strip("/").partition("/")[0].lower()
        if comparable(link.url) == start or _is_static(link) or first in _NO_LIST or depth > 3:
            continue
        if any(form.matches(link.url) for form in forms) or (link.is_headline and not link.in_menu):
            continue
        named = _LEADING_TO_NEWS.search(link.url) is not None
        short = 0 < len(link.text.split()) <= _LABEL_WORDS
        if named or (link.in_menu and short) or (short and depth == 1 and not parts.query):
            scored.append((-2 * named - link.in_menu, link.url))
    order = sorted(range(len(scored)), key=lambda place: (scored[place][0], place))
    return [scored[place][1] for place in order][:MAX_SECTIONS]


def excluded_paths(
    forms: Sequence[Form], links: Iterable[PageLink], articles: Collection[str]
) -> tuple[str, ...]:
    """Addresses of the site that the forms take although they are no articles.

    First segments such as "/tag/" as a whole; else single pages that the menu or their words give away.
    """
    found: Counter[str] = Counter()
    known = {comparable(url) for url in articles}
    for link in links:
        if comparable(link.url) in known or not any(form.matches(link.url) for form in forms):
            continue
        parts = urlsplit(link.url)
        segments = [segment for segment in parts.path.split("/") if segment]
        if len(segments) > 1 and segments[0].lower() in LISTING_WORDS:
            found[f"/{segments[0]}/"] += 1
        elif not parts.query and (
            _is_static(link) or (link.in_menu and len(link.text.split()) <= _LABEL_WORDS)
        ):
            found[parts.path.rstrip("/")] += 1
    return tuple(path for path, _ in found.most_common(40))


# --- names -----------------------------------------------------------------------------------------


def site_name(url: str, title: str | None, taken: Collection[str]) -> str:
    """A free name for the site: of its domain, else of its title. 2 to 63 of a-z, 0-9, "-", "_"."""
    labels = (urlsplit(url).hostname or "").lower().removeprefix("www.").split(".")
    tried: list[str] = []
    if len(labels) > 1 and not labels[-1].isdecimal():
        second_level = len(labels) > 2 and labels[-2] in _SECOND_LEVEL
        place = len(labels) - (3 if second_level else 2)
        tried = [labels[place], "-".join([labels[place], labels[-1]]), "-".join(labels)]
    tried += [fold(title or "").replace(" ", "-"), "site"]
    names = [name for text in tried if (name := _as_name(text))]
    names += [f"{names[0]}-{number}" for number in range(2, 1000)]
    return next(name for name in names if name not in taken)


def _as_name(text: str) -> str:
    name = re.sub(r"[^a-z0-9_-]+", "-", text).strip("-_")
    name = name if re.match(r"[a-z]", name) else f"site-{name}" if name else ""
    return name[:60].rstrip("-_") if len(name) > 1 else ""
