"""The pages say what the truth says: read here with lxml alone, by the layouts' own structure."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from lxml import html

from demo.facts import TruthArticle, TruthRelated
from demo.server import DemoServer

Pages = dict[int, bytes]


@pytest.fixture(scope="module")
def pages(site: DemoServer, get: Callable[..., Any]) -> Pages:
    found = {}
    for article in site.truth():
        answer = get(article.url)
        assert answer.status == 200
        charset = "windows-1252" if article.section == "Opinions" else "utf-8"
        assert answer.headers["Content-Type"] == f"text/html; charset={charset}"
        found[article.id] = answer.body
    return found


def of(site: DemoServer, template: str) -> list[TruthArticle]:
    return [article for article in site.truth() if article.template == template]


def tree(body: bytes, encoding: str = "utf-8") -> html.HtmlElement:
    return html.document_fromstring(body.decode(encoding, "replace"))


def text(node: html.HtmlElement) -> str:
    return str(node.text_content())


def one(node: html.HtmlElement, path: str) -> html.HtmlElement:
    found = node.xpath(path)
    assert len(found) == 1, path
    return found[0]


def test_sizes_are_those_of_real_pages(pages: Pages) -> None:
    sizes = sorted(map(len, pages.values()))
    assert sizes[0] > 6_000
    assert sizes[-1] < 60_000
    assert sizes[-1] > 3 * sizes[0]


def test_no_page_links_a_control(pages: Pages) -> None:
    assert not [id_ for id_, body in pages.items() if b"/__" in body]


def test_portal_text_and_lines(site: DemoServer, pages: Pages) -> None:
    for article in of(site, "portal"):
        page = tree(pages[article.id])
        assert text(one(page, "//h1")) == article.title
        box = one(page, "//div[@class='texte']")
        assert [part.strip() for part in box.itertext() if part.strip()] == list(article.paragraphs)
        assert text(one(page, "//div[@class='date']")) == article.published.raw
        sources = [text(node) for node in page.xpath("//div[@class='source']")]
        assert sources == ([article.attribution.raw] if article.attribution else [])
        tags = [(text(a), a.get("href")) for a in page.xpath("//div[@class='tags']//a")]
        assert tags == [(tag.name, tag.url) for tag in article.tags]
        assert text(page.xpath("//ul[@class='fil']//a")[-1]) == article.section


def written(value: str) -> bytes:
    return (
        value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;").encode()
    )


def cut_bytes(link: TruthRelated, target: TruthArticle) -> set[bytes]:
    """Every way the page may write the teaser of `target`: cut raw, with U+FFFD, with its & escaped again."""
    whole = written(target.paragraphs[0])
    if len(whole) <= 160:
        return {whole}
    raw = whole[:160]
    kept = raw.decode("utf-8", "ignore").encode()
    lossy = kept if kept == raw else kept + "\ufffd".encode()
    head, _, tail = raw.rpartition(b"&")
    double = raw if b";" in tail else head + b"&amp;" + tail
    return {form + b"..." for form in (raw, lossy, double)}


def test_portal_related_obey_the_byte_rules(site: DemoServer, pages: Pages) -> None:
    by_id = {article.id: article for article in site.truth()}
    for article in of(site, "portal"):
        body = pages[article.id]
        block = body[body.index(b"<h3>Les articles en relation</h3>") :]
        for link in article.related:
            target = by_id[link.target_id]
            start = block.index(f'<h4><a href="{link.url.removeprefix(site.base_url)}">'.encode())
            title, _, rest = block[start:].partition(b"</a></h4>\n<p>")
            teaser = rest.partition(b"</p>")[0]
            shown = title.rpartition(b'">')[2]
            assert teaser in cut_bytes(link, target)
            if len(target.title.encode()) <= 100:
                assert shown == written(target.title)
            else:
                kept = target.title.encode()[:100].decode("utf-8", "ignore")
                assert shown.startswith(written(kept))
                assert len(shown) <= len(written(kept)) + 3
            block = block[start:]


def test_portal_related_after_repair(site: DemoServer, pages: Pages) -> None:
    """What a careful reader makes of the page: bytes that are no letter dropped, a cut entity dropped."""
    for article in of(site, "portal"):
        page = tree(pages[article.id])
        items = page.xpath("//div[@class='relation']/div[@class='item']")
        assert len(items) == len(article.related) > 0
        for item, link in zip(items, article.related, strict=True):
            title = text(item.find("h4")).replace("\ufffd", "").strip()
            teaser = text(item.find("p"))
            dots = "..." if link.teaser_truncated else ""
            whole = teaser.removesuffix(dots)
            for rest in ("\ufffd", "\x03", "&#3", "&#", "&") if dots else ():
                whole = whole.removesuffix(rest)
            assert (title, whole + dots) == (link.title, link.teaser)


def graph_of(page: html.HtmlElement) -> dict[str, Any]:
    nodes = json.loads(text(one(page, "//script[@type='application/ld+json']")))["@graph"]
    found: dict[str, Any] = next(node for node in nodes if node["@type"] == "NewsArticle")
    return found


def test_magazine_structured_data(site: DemoServer, pages: Pages) -> None:
    for article in of(site, "magazine"):
        page = tree(pages[article.id])
        node = graph_of(page)
        assert node["headline"] == article.title
        assert node["datePublished"] == f"{article.published.datetime}{article.published.offset}"
        modified = f"{article.modified.datetime}{article.modified.offset}" if article.modified else None
        assert node.get("dateModified") == modified
        assert tuple(a["name"] for a in node["author"] if a["@type"] == "Person") == article.authors
        assert node["keywords"] == [tag.name for tag in article.tags]
        assert page.xpath("//meta[@property='og:title']/@content") == [article.title]
        assert page.xpath("//meta[@property='article:tag']/@content") == [tag.name for tag in article.tags]
        assert page.xpath("//meta[@property='article:modified_time']/@content") == (
            [modified] if modified else []
        )
        assert page.xpath("//link[@rel='canonical']/@href") == [article.url]


def test_magazine_text_and_related(site: DemoServer, pages: Pages) -> None:
    for article in of(site, "magazine"):
        page = tree(pages[article.id])
        assert text(one(page, "//h1")) == article.title
        box = one(page, "//div[@class='entry-content']")
        inline = [node for node in box if "Lire aussi" in text(node)[:12]]
        ads = box.xpath("./div[@class='pub-inline']")
        kept = [text(node) for node in box if node not in inline and node not in ads]
        assert kept == list(article.paragraphs)
        assert [text(node) for node in page.xpath("//p[@class='chapo']")] == (
            [article.lead] if article.lead else []
        )
        links = [node.find(".//a") for node in inline]
        links += page.xpath(
            "//section[contains(@class, 'related-posts') or contains(@class, 'same-topic')]//h4/a"
        )
        assert [(text(a), site.base_url + a.get("href")) for a in links] == [
            (r.title, r.url) for r in article.related
        ]
        excerpts = [text(node) for node in page.xpath("//p[@class='excerpt']")]
        assert excerpts == [link.teaser for link in article.related if link.teaser]
        assert text(one(page, "//span[@class='byline']")) == (
            article.attribution.raw if article.attribution else ""
        )
        assert page.xpath("//ul[@class='tags']//a/@href") == [tag.url for tag in article.tags]


def test_plain_pages(site: DemoServer, pages: Pages) -> None:
    for article in of(site, "plain"):
        page = tree(pages[article.id], "windows-1252" if article.section == "Opinions" else "utf-8")
        assert text(one(page, "//h1")) == article.title
        lines = [text(node).strip() for node in page.xpath("//p")]
        start = lines.index(article.paragraphs[0])
        assert lines[start : start + len(article.paragraphs)] == list(article.paragraphs)
        above = " ".join(lines[:start])
        assert article.published.raw in above
        if article.modified:
            assert f"{article.published.raw}, {article.modified.raw}" in above
        if article.attribution:
            assert article.attribution.raw in (above if article.attribution.position == "byline" else lines)
        found = [
            (text(a), site.base_url + a.get("href"))
            for a in page.xpath("//h3[.='À lire aussi']/following::ul[1]//a")
        ]
        assert found == [(link.title, link.url) for link in article.related]
        assert page.xpath("//a[@rel='tag']/@href") == [tag.url for tag in article.tags]
