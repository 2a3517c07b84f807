"""Structured data: what a page says of itself, in every form it says it, each claim with its rule.

Nothing is decided here: dates are not parsed, names not cleaned, titles not chosen. Claims of a field come
best kind first: JSON-LD of the object that is this page, meta elements, microdata, what else there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipelines import structured_graph as graphs
from pipelines import structured_jsonld as jsonld
from pipelines import structured_meta as meta
from pipelines import structured_microdata as microdata
from pipelines.blocks_tree import properties_of
from pipelines.structured_json import load_json
from pipelines.structured_values import Claim, ImageClaim, claim, claims, plain_block, unique
from pipelines.urls import canonical_url, comparable

__all__ = ["Claim", "ImageClaim", "Structured", "extract_structured"]

_MAX_SCRIPTS = 50
_MAX_JSON = 4_000_000  # characters of all scripts together
_MAX_META = 1000
_MAX_TIMES = 60
_MAX_CLAIMS = 100  # a field


@dataclass(frozen=True, slots=True)
class Structured:
    """What a page says of itself. Every field is a tuple of claims, best first; empty where it says nothing.

    `published`, `modified`: as written, not parsed. `times`: the page's <time> elements in page order, value
    = the datetime attribute, raw = the visible text; they may belong to other articles. `canonical`,
    `based_on`: absolute canonical addresses. `accessible_for_free`: "true", "false" or "metered". `authors`
    of a rule that ends in ":organization" are declared to be no persons. `other_articles`: article objects
    of the page's JSON-LD that are not this page (cards). `is_marked`: some element has an itemprop.
    `warnings`: jsonld_mended, jsonld_salvaged, jsonld_broken, jsonld_too_large, jsonld_too_deep.
    """

    headline: tuple[Claim, ...] = ()
    published: tuple[Claim, ...] = ()
    modified: tuple[Claim, ...] = ()
    times: tuple[Claim, ...] = ()
    authors: tuple[Claim, ...] = ()
    section: tuple[Claim, ...] = ()
    tags: tuple[Claim, ...] = ()
    description: tuple[Claim, ...] = ()
    site_name: tuple[Claim, ...] = ()
    language: tuple[Claim, ...] = ()
    canonical: tuple[Claim, ...] = ()
    type: tuple[Claim, ...] = ()
    body: tuple[Claim, ...] = ()
    publisher: tuple[Claim, ...] = ()
    source_organization: tuple[Claim, ...] = ()
    based_on: tuple[Claim, ...] = ()
    accessible_for_free: tuple[Claim, ...] = ()
    images: tuple[ImageClaim, ...] = ()
    other_articles: int = 0
    is_marked: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Head:
    """What one walk over the tree finds."""

    scripts: list[str]
    metas: list[tuple[str, str]]
    canonical: list[tuple[str, str]]
    times: list[Claim]
    titles: list[str]
    h1: list[str]


def extract_structured(tree: HtmlElement, url: str) -> Structured:
    """Claims of a parsed page. `url`: where it was fetched. The tree is not changed. Never raises."""
    head = _walk(tree)
    graph, warnings = _graph(head.scripts)
    addresses = frozenset(_addresses(url, head))
    chosen = graphs.choose(graph, addresses, head.titles)
    properties = properties_of(tree)
    item = microdata.find_item(properties, head.titles)
    found: dict[str, list[Claim]] = {}
    for field, one in _field_claims(graph, chosen, head, item, tree):
        if len(kept := found.setdefault(field, [])) < _MAX_CLAIMS:
            kept.append(one)
    for field in ("canonical", "based_on"):
        found[field] = list(_absolute(found.get(field, ()), url))
    return Structured(
        **{field: unique(kept) for field, kept in found.items()},
        times=tuple(head.times),
        body=tuple(_bodies(chosen, item)),
        images=_images(graph, chosen, head, item, url),
        other_articles=chosen.others,
        is_marked=bool(properties),
        warnings=warnings,
    )


def _walk(tree: HtmlElement) -> _Head:
    head = _Head([], [], [], [], [], [])
    for element in tree.iter("meta", "link", "script", "time", "title", "h1"):
        match element.tag:
            case "meta":
                _add_meta(head, element)
            case "script":
                if "ld+json" in (element.get("type") or "").lower() and len(head.scripts) < _MAX_SCRIPTS:
                    head.scripts.append(element.text or "")
            case "link":
                if (element.get("rel") or "").lower() == "canonical" and element.get("href"):
                    head.canonical.append(("link:canonical", element.get("href")))
            case "time":
                _add_time(head, element)
            case "title":
                head.titles.append(element.text_content()[:500])
            case _ if len(head.h1) < 2:
                head.h1.append(element.text_content()[:500])
    if len(head.h1) == 1:  # where there are several, cards have one, too
        head.titles += head.h1
    del head.titles[8:]  # drawings (svg) have titles, too
    head.titles += [content for name, content in head.metas if name in ("og:title", "twitter:title")]
    return head


def _add_meta(head: _Head, element: HtmlElement) -> None:
    content = element.get("content") or element.get("value")
    names = (element.get("property"), element.get("name"), element.get("http-equiv"))
    if not content or len(head.metas) >= _MAX_META:
        return
    for name in dict.fromkeys(names):
        if name:
            head.metas.append((meta.normal_name(name), content))


_UPDATED = ("updated", "modified", "dateModified", "modif", "maj")
_PUBLISHED = ("publish", "entry-date", "datePublished", "post-date", "publi")


def _add_time(head: _Head, element: HtmlElement) -> None:
    if len(head.times) >= _MAX_TIMES:
        return
    marks = " ".join(element.get(name) or "" for name in ("class", "itemprop", "id"))
    rule = "time"
    if element.get("pubdate") is not None or any(mark in marks for mark in _PUBLISHED):
        rule = "time:published"
    elif any(mark in marks for mark in _UPDATED):
        rule = "time:updated"
    visible = element.text_content()[:300]
    if one := claim(element.get("datetime") or visible, rule):
        head.times.append(Claim(one.value, rule, visible))


def _graph(scripts: list[str]) -> tuple[graphs.Graph, tuple[str, ...]]:
    values, warnings, room = [], [], _MAX_JSON
    for script in scripts:
        if (room := room - len(script)) < 0:
            warnings.append("jsonld_too_large")
            break
        found, fault = load_json(script)
        values += found
        if fault:
            warnings.append(f"jsonld_{fault}")
    return graphs.Graph(values), tuple(dict.fromkeys(warnings))


def _addresses(url: str, head: _Head) -> Iterator[str]:
    """Comparable forms of the page's address and of those it declares."""
    declared = [href for _, href in head.canonical]
    declared += [content for name, content in head.metas if name == "og:url"]
    for address in (url, *declared[:5]):
        if (canonical := canonical_url(address, url)) is not None:
            yield comparable(canonical)


def _field_claims(
    graph: graphs.Graph,
    chosen: graphs.Chosen,
    head: _Head,
    item: microdata.Item | None,
    tree: HtmlElement,
) -> Iterator[tuple[str, Claim]]:
    yield from jsonld.article_claims(graph, chosen)
    yield from (("canonical", one) for rule, href in head.canonical for one in claims([href], rule))
    yield from meta.field_claims(head.metas)
    yield from jsonld.page_claims(graph, chosen)
    if item is not None:
        yield from microdata.field_claims(item)
    yield from jsonld.site_claims(graph)
    for name in ("lang", "xml:lang"):
        yield from (
            ("language", one) for one in claims([tree.getroottree().getroot().get(name, "")], f"html:{name}")
        )


def _absolute(found: Iterable[Claim], url: str) -> Iterator[Claim]:
    for one in found:
        if (address := canonical_url(one.value, url)) is not None:
            yield Claim(address, one.rule, one.raw)


def _bodies(chosen: graphs.Chosen, item: microdata.Item | None) -> Iterator[Claim]:
    for rule, texts in (
        ("jsonld:articlebody", jsonld.bodies(chosen)),
        ("microdata:articlebody", microdata.bodies(item) if item is not None else ()),
    ):
        for text in texts:
            if value := plain_block(text):
                yield Claim(value, rule, "")


def _images(
    graph: graphs.Graph, chosen: graphs.Chosen, head: _Head, item: microdata.Item | None, url: str
) -> tuple[ImageClaim, ...]:
    """One claim an address: the first, completed with the caption and credit others give."""
    found = list(jsonld.images(graph, chosen, url))
    found += meta.images(head.metas, url)
    if item is not None:
        found += microdata.images(item, url)
    kept: dict[str, ImageClaim] = {}
    for one in found[:_MAX_CLAIMS]:
        first = kept.get(one.url, one)
        kept[one.url] = ImageClaim(
            one.url, first.rule, first.caption or one.caption, first.credit or one.credit
        )
    return tuple(kept.values())
