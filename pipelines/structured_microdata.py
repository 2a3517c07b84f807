"""Microdata: the item of this page (itemscope, itemtype, itemprop) and the properties that are its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipelines.blocks_tree import is_small, properties_of
from pipelines.structured_graph import ARTICLES, PAGES, fits, type_name
from pipelines.structured_values import Claim, ImageClaim, claims, keywords
from pipelines.text import words
from pipelines.urls import canonical_url

_MAX_PROPERTIES = 500
_FIELDS = {
    "headline": "headline",
    "alternativeheadline": "headline",
    "datepublished": "published",
    "datecreated": "published",
    "datemodified": "modified",
    "author": "authors",
    "creator": "authors",
    "articlesection": "section",
    "description": "description",
    "keywords": "tags",
    "inlanguage": "language",
    "publisher": "publisher",
    "sourceorganization": "source_organization",
    "isaccessibleforfree": "accessible_for_free",
    "isbasedon": "based_on",
    "isbasedonurl": "based_on",
    "mainentityofpage": "canonical",
    "url": "canonical",
}
_ADDRESSES = ("canonical", "based_on")
_NAMES = ("authors", "publisher", "source_organization", "section")
_LONGEST_NAME = 200  # characters: what is longer is a box about the author, not a name
_MAX_VALUE = 20_000  # characters of one value: more are not looked at
_MAX_BODIES = 20_000_000  # of all bodies of a page, which may lie in one another
_HEADLINES = ("headline", "name")
_IMAGES = ("image", "thumbnailurl", "url", "contenturl")

Property = tuple[str, HtmlElement]


@dataclass(frozen=True, slots=True)
class Item:
    """The item that is the page: its type in lower case ("" where there is none), its own properties."""

    kind: str
    properties: tuple[Property, ...]


def find_item(properties: list[HtmlElement], titles: list[str]) -> Item | None:
    """The article item whose headline is the page's, or the only one that holds the text.

    Without any article item, the properties that belong to the page itself. `properties`: those of the page.
    """
    owned: dict[HtmlElement | None, list[Property]] = {}
    for element in properties[:_MAX_PROPERTIES]:
        for name in (element.get("itemprop") or "").lower().split()[:5]:
            owned.setdefault(_owner(element), []).append((name, element))
    if not owned:
        return None
    items = [(_kind(owner), found) for owner, found in owned.items()]
    articles = [Item(kind, tuple(found)) for kind, found in items if kind in ARTICLES]
    if not articles:
        loose = [one for kind, found in items if not kind or kind in PAGES for one in found]
        return Item("", tuple(loose)) if sum(name == "headline" for name, _ in loose) <= 1 else None
    heads = [set(words(title)) for title in titles]
    for item in articles:
        if not heads or fits(
            [text for name, e in item.properties if name in _HEADLINES for text in _values(e, "")], heads
        ):
            return item
    with_text = [item for item in articles if any(name == "articlebody" for name, _ in item.properties)]
    return with_text[0] if len(with_text) == 1 else None


def _owner(element: HtmlElement) -> HtmlElement | None:
    return next((above for above in element.iterancestors() if above.get("itemscope") is not None), None)


def _kind(owner: HtmlElement | None) -> str:
    return "" if owner is None else type_name((owner.get("itemtype") or "").split(" ")[0])


def field_claims(item: Item) -> Iterator[tuple[str, Claim]]:
    """(field, claim) in page order."""
    yield from (("type", one) for one in claims([item.kind], "microdata:itemtype"))
    for name, element in item.properties:
        if (field := _FIELDS.get(name)) is not None:
            values = _values(element, field)
            if field == "tags":
                values = [keyword for value in values for keyword in keywords(value)]
            yield from ((field, one) for one in claims(values, f"microdata:{name}"))


def _values(element: HtmlElement, field: str) -> list[str]:
    """What a property says: of an item its names, else the attribute made for it, else its text."""
    if element.get("itemscope") is not None and field in _NAMES:
        inside = [one for one in _inside(element) if one.get("itemprop") == "name"]
        return [text for one in inside[:5] for text in _values(one, "")]
    if field in _ADDRESSES:
        values = [_address(element)]
    else:
        values = [
            element.get("content")
            or element.get("datetime")
            or (element.get("title") if element.tag == "abbr" else None)  # Blogger writes the date there
            or _beginning(element)
        ]
    return [value for value in values if field not in _NAMES or len(value.strip()) <= _LONGEST_NAME]


def _inside(element: HtmlElement) -> list[HtmlElement]:
    """The marked elements of an item; none where it holds so much that it is no person and no picture."""
    return properties_of(element) if is_small(element) else []


def _beginning(element: HtmlElement) -> str:
    """The text of an element, or so much of it that it is no name and no claim takes more."""
    if is_small(element):
        return str(element.text_content())
    parts: list[str] = []
    size = 0
    for text in element.itertext():
        parts.append(text)
        size += len(text)
        if size > _MAX_VALUE:
            break
    return "".join(parts)


def _address(element: HtmlElement) -> str:
    for attribute in ("content", "href", "src", "data-src", "itemid"):
        if value := element.get(attribute):
            return str(value)
    return ""


def images(item: Item, url: str) -> Iterator[ImageClaim]:
    for name, element in item.properties:
        if name not in ("image", "thumbnailurl"):
            continue
        for one in (element, *_inside(element)[:20]):
            text = _address(one) if one is element or one.get("itemprop", "").lower() in _IMAGES else ""
            if text and (address := canonical_url(text, url)) is not None:
                yield ImageClaim(address, f"microdata:{name}")
                break


def bodies(item: Item) -> Iterator[str]:
    """The text of the elements declared to be the article's text."""
    room = _MAX_BODIES
    for name, element in item.properties:
        if name == "articlebody" and room > 0:
            text = element.text_content()
            room -= len(text)
            yield text
