"""From a page to an article: `read_article` is the one entrance.

Pure: a page and the site's rules in, an `Article` out; no network, no database, no clock. Order: decode,
parse once, structured data, blocks cut out of the tree, body, lines around it, then each field from its
claims. Every field keeps its evidence: value, rule and raw text, losing claims included.
"""

from __future__ import annotations

from dataclasses import replace

from lxml.html import HtmlElement

from pipelines.article_date_claims import DateClaim
from pipelines.article_dates import choose_dates
from pipelines.article_fields import Fields
from pipelines.attribution import parse_attribution
from pipelines.blocks_tree import parse
from pipelines.decode import NOT_TEXT, Decoded, decode
from pipelines.guard import plain_text, prepared
from pipelines.language import detect
from pipelines.plain import PlainPage, read_plain
from pipelines.related import as_links
from pipelines.rules import GENERIC, SiteRules
from storage.records import READ_PLAINLY, Article, Attribution, Evidence, Page, RelatedLink, Tag

EXTRACTOR_VERSION = "1"


def read_article(page: Page, rules: SiteRules = GENERIC) -> Article:
    """Read one HTML page. Raises nothing for any bytes; what went wrong is told in `warnings`."""
    decoded = decode(page.body, page.content_type)
    if NOT_TEXT in decoded.warnings:
        return _no_page(decoded, page, rules)
    parsed = parse(decoded.text, decoded.data)
    if parsed.tree is None:
        article = _from_plain(read_plain(parsed.text, rules), page, rules)
    else:
        article = _from_tree(parsed.tree, parsed.text, page, rules)
    warnings = dict.fromkeys((*decoded.warnings, *parsed.warnings, *article.warnings))
    return replace(article, site=rules.site, encoding=decoded.encoding, warnings=tuple(warnings))


def read_without_tree(page: Page, rules: SiteRules = GENERIC) -> Article:
    """Read the text of an HTML page that no parser should see; related links have no URLs then."""
    decoded = decode(page.body, page.content_type)
    if NOT_TEXT in decoded.warnings:
        return _no_page(decoded, page, rules)
    text, warnings, _ = prepared(decoded.text)
    article = _from_plain(read_plain(plain_text(text), rules), page, rules)
    said = dict.fromkeys((*decoded.warnings, *warnings, READ_PLAINLY))
    return replace(article, site=rules.site, encoding=decoded.encoding, warnings=tuple(said))


def read_text(page: Page, rules: SiteRules = GENERIC) -> Article:
    """Read the plain text of a page (title first, then paragraphs, date, source, tags, related articles)."""
    decoded = decode(page.body, page.content_type)
    article = _from_plain(read_plain(decoded.text, rules), page, rules)
    return replace(article, site=rules.site, encoding=decoded.encoding, warnings=decoded.warnings)


def _no_page(decoded: Decoded, page: Page, rules: SiteRules) -> Article:
    """A picture, a PDF, noise under the name of a page: nothing in it is read."""
    return Article(
        url=page.url,
        page_type="other",
        site=rules.site,
        encoding=decoded.encoding,
        warnings=decoded.warnings,
    )


def _from_tree(tree: HtmlElement, text: str, page: Page, rules: SiteRules) -> Article:
    fields = Fields(tree, text, page, rules)
    kind, listing = fields.page_type()
    if kind == "listing":
        return Article(
            url=page.url,
            page_type=kind,
            canonical_url=fields.canonical_url,
            title=fields.title,
            language=fields.language,
            listing=listing,
            warnings=tuple(fields.warnings),
            evidence=tuple(fields.evidence),
        )
    return fields.article(kind, listing)


def _from_plain(plain: PlainPage, page: Page, rules: SiteRules) -> Article:
    dates = choose_dates([DateClaim(text, "line:tail", "line") for text in plain.dates], page, rules)
    attributions, claims = _plain_attributions(plain, rules)
    related: list[RelatedLink] = []
    for heading, entries in plain.related:
        related += as_links(entries, "end", heading, len(related) + 1)
    body = "\n".join(plain.body)
    return Article(
        url=page.url,
        page_type="article" if plain.title and body else "other",
        title=plain.title,
        body=body or None,
        language=detect(None, body) or rules.language,
        tags=tuple(Tag(name) for name in plain.tags),
        published=dates.published,
        modified=dates.modified,
        attributions=tuple(attributions),
        related=tuple(related),
        evidence=(Evidence("title", plain.title, "first_line"), *dates.evidence, *claims),
    )


def _plain_attributions(plain: PlainPage, rules: SiteRules) -> tuple[list[Attribution], list[Evidence]]:
    found: list[Attribution] = []
    evidence: list[Evidence] = []
    for text in plain.sources:
        one = parse_attribution(text, "tail", rules.country)
        if one is not None and one not in found:
            found.append(one)
            names = ", ".join((*one.outlets, *one.agencies, *one.authors))
            evidence.append(Evidence("attributions", names, f"tail:{one.rule}", text))
    return found, evidence
