"""Pages whose markup is the attack: attributes, siblings, nesting, giants, structured data, in true size.

`build(name, size)` makes the bytes, for files on disk; /h/NAME serves them, ?n= or the server's scale on the
default size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.hostile.exchange import HTML, Exchange, route
from tests.hostile.news import GOOD, LOREM, page
from tests.hostile.sitemaps import LAUGHS, XXE

XHTML = "application/xhtml+xml"


@dataclass(frozen=True, slots=True)
class Giant:
    """What stands in the middle of an otherwise plain article, made of `size` parts."""

    size: int
    middle: Callable[[int], str]
    content_type: str = HTML


def _article(middle: str) -> str:
    """An article with something monstrous between its first and its last paragraph."""
    return page("Page difforme", (LOREM, f"{LOREM}</p>{middle}<p>Fin de la page. {LOREM}", LOREM))


def _table(size: int) -> str:
    row = "<tr>" + "<td>cellule</td>" * size + "</tr>"
    return f"<table><tr><th colspan=99999999>Titre</th></tr>{row * size}</table>"


def _rows(size: int) -> str:
    return "<table>" + '<tr><td rowspan="65000" colspan="9999">a</td></tr>' * size + "</table>"


def _jsonld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


_DEEP_OBJECT = '{"@type":"NewsArticle","author":'
GIANTS: dict[str, Giant] = {
    "many-attrs": Giant(200_000, lambda n: f"<p {' '.join(f'a{i}=1' for i in range(n))}>x</p>"),
    "many-attrs-quoted": Giant(80_000, lambda n: "<p" + "".join(f" a{i}='>'" for i in range(n)) + ">x</p>"),
    "bare-attrs": Giant(100_000, lambda n: f"<div{''.join(f'/a{i}' for i in range(n))}>x</div>"),
    "html-attrs": Giant(200, lambda n: f"<html {' '.join(f'a{i}=1' for i in range(400))}>" * n),
    "open-tag": Giant(80_000, lambda n: f"<p {' '.join(f'a{i}=1' for i in range(n))}"),
    "flat": Giant(1_000_000, lambda n: "<p>a</p>" * n),
    "flat-spans": Giant(60_000, lambda n: "<p>" + "<span>mot </span>" * n + "</p>"),
    "flat-links": Giant(
        40_000, lambda n: "<ul>" + '<li><a href="/news/article/1/x">mot</a></li>' * n + "</ul>"
    ),
    "flat-lines": Giant(40_000, lambda n: "<p>" + "mot<br>" * n + "</p>"),
    "table": Giant(1_000, _table),
    "rowspans": Giant(5_000, _rows),
    "nested-div": Giant(1_000_000, lambda n: "<div>" * n + LOREM + "</div>" * n),
    "nested-mixed": Giant(100_000, lambda n: "<div><span><b><ul><li><blockquote>" * n + LOREM),
    "unclosed": Giant(125_000, lambda n: "<b><i><font><a href=x>" * n + LOREM),
    "paragraphs": Giant(130_000, lambda n: f"<p>{LOREM}</p>\n" * n),
    "one-line": Giant(760_000, lambda n: "<p>" + "Réunion de travail à Paris " * n + "</p>"),
    "one-word": Giant(20 << 20, lambda n: "<p>" + "a" * n + "</p>"),
    "giant-attr": Giant(20 << 20, lambda n: '<p title="' + "a" * n + '">x</p>'),
    "script": Giant(30 << 20, lambda n: f'<script>var a = "{"a" * n}"</script>'),
    "data-uri": Giant(12 << 20, lambda n: f'<img src="data:image/png;base64,{"iVBORw0K" * (n // 8)}">'),
    "data-uri-charset": Giant(
        12 << 20, lambda n: f"<img src='data:image/svg+xml;charset=utf-8;base64,{'PHN2ZyB4' * (n // 8)}'>"
    ),
    "data-uri-plain": Giant(
        12 << 20, lambda n: f"<img src='data:image/svg+xml;utf8,{'%3Csvg%20%2F' * (n // 11)}'>"
    ),
    "css-data": Giant(
        12 << 20,
        lambda n: f"<style>p{{background:url(data:font/woff;base64,{'d09GRgAB' * (n // 8)})}}</style>",
    ),
    "entities": Giant(330_000, lambda n: "<p>" + "&amp;&#x41;&#0;&#xD800;&#x110000;&#128;" * n + "</p>"),
    "comments": Giant(500_000, lambda n: "<!-- x -->" * n + "<p>avant</p><!-- jamais fermé "),
    "comment-dashes": Giant(2 << 20, lambda n: "<!" + "-" * n + "<p>après</p>"),
    "less-than": Giant(2 << 20, lambda n: "<p>" + "< " * n + "</p>"),
    "marks": Giant(500_000, lambda n: "<p>e" + "\u0301\u0323" * n + "</p>"),
    "jsonld-deep": Giant(100_000, lambda n: _jsonld("[" * n + "]" * n)),
    "jsonld-objects": Giant(20_000, lambda n: _jsonld(_DEEP_OBJECT * n + '"x"' + "}" * n)),
    "jsonld-graph": Giant(50_000, lambda n: _jsonld('{"@graph":[' + '{"@type":"NewsArticle"},' * n + "{}]}")),
    "jsonld-broken": Giant(50_000, lambda n: _jsonld('{"@type":"NewsArticle","headline":"' + '\\"' * n)),
    "jsonld-number": Giant(100_000, lambda n: _jsonld('{"@type":"NewsArticle","wordCount":' + "9" * n + "}")),
}


def build(name: str, size: int | None = None) -> bytes:
    """The bytes of a page; `size` None for the size it is dangerous at."""
    giant = GIANTS[name]
    return _article(giant.middle(giant.size if size is None else size)).encode()


for _name, _giant in GIANTS.items():

    @route(f"/h/{_name}")
    async def _serve(exchange: Exchange, name: str = _name, giant: Giant = _giant) -> None:
        await exchange.send(build(name, exchange.size("n", giant.size)), content_type=giant.content_type)


_DOCTYPES = {"doctype-xxe": (XXE, "&xxe;"), "doctype-laughs": (LAUGHS, "&j;")}
for _name, (_doctype, _entity) in _DOCTYPES.items():

    @route(f"/h/{_name}")
    async def _xhtml(exchange: Exchange, doctype: str = _doctype, entity: str = _entity) -> None:
        text = page("Entités", (f"{entity} {LOREM}", *GOOD)).removeprefix("<!DOCTYPE html>")
        await exchange.send(f'<?xml version="1.0"?>{doctype}{text}', content_type=XHTML)


@route("/h/base-evil")
async def _base(exchange: Exchange) -> None:
    canary = f"http://127.0.0.1:{exchange.server.canary_port}/"
    link = '<a href="secret">x</a>'
    await exchange.send(page("Base", (GOOD[0] + link, *GOOD), in_head=f'<base href="{canary}">'))
