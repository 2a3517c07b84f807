"""From a page to an article: `read_article` is the one entrance.

Pure: a page and the site's rules in, an `Article` out; no network, no database, no clock. Order: decode, parse
once, structured data, blocks cut out of the tree, body, lines around it, then each field from its claims.
Every field keeps its evidence: value, rule and raw text, losing claims included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from lxml.html import HtmlElement

from pipelines.article_credits import choose_page_authors, page_attributions
from pipelines.article_date_claims import DateClaim, date_claims
from pipelines.article_date_search import search_date
from pipelines.article_dates import choose_dates, is_plausible
from pipelines.attribution import parse_attribution
from pipelines.blocks import Blocks, cut_blocks
from pipelines.blocks_lines import Lines, head_of, read_lines
from pipelines.blocks_tree import flat, parse
from pipelines.body import Body, bounded, read_body, trimmed, without_copies, without_repeats
from pipelines.body_second import second_chance
from pipelines.body_lead import find_lead, is_repeated
from pipelines.decode import decode
from pipelines.plain import PlainPage, read_plain
from pipelines.related import as_links
from pipelines.rules import GENERIC, SiteRules
from pipelines.structured import Structured, extract_structured
from pipelines.text import clean
from pipelines.titles import choose_title
from pipelines.urls import host
from storage.records import Article, Attribution, Evidence, Page, RelatedLink, Tag

EXTRACTOR_VERSION = "1"


@dataclass(slots=True)
class _Reading:
    """What is known of a page while it is read."""

    page: Page
    rules: SiteRules
    text: str = ""  # decoded markup
    warnings: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    def chose(self, name: str, value: str | None, rule: str, raw: str | None = None) -> None:
        self.evidence.append(Evidence(name, value, rule, raw))


def read_article(page: Page, rules: SiteRules = GENERIC) -> Article:
    """Read one HTML page. Never raises on any bytes; what went wrong is told in `warnings`."""
    decoded = decode(page.body, page.content_type)
    parsed = parse(decoded.text)
    reading = _Reading(page, rules, parsed.text, [*decoded.warnings, *parsed.warnings])
    if parsed.tree is None:
        article = _from_plain(read_plain(parsed.text, rules), reading)
    else:
        article = _from_tree(parsed.tree, reading)
    return _finished(article, reading, decoded.encoding)


def read_text(page: Page, rules: SiteRules = GENERIC) -> Article:
    """Read the plain text of a page (title first, then paragraphs, date, source, tags, related articles)."""
    decoded = decode(page.body, page.content_type)
    reading = _Reading(page, rules, decoded.text, list(decoded.warnings))
    return _finished(_from_plain(read_plain(decoded.text, rules), reading), reading, decoded.encoding)


def _finished(article: Article, reading: _Reading, encoding: str) -> Article:
    from dataclasses import replace

    return replace(
        article,
        site=reading.rules.site,
        encoding=encoding,
        warnings=tuple(dict.fromkeys(reading.warnings)),
        evidence=tuple(reading.evidence),
    )


def _from_plain(plain: PlainPage, reading: _Reading) -> Article:
    dates = choose_dates(
        [DateClaim(t, "line:tail", "line") for t in plain.dates], reading.page, reading.rules
    )
    reading.evidence += dates.evidence
    related: list[RelatedLink] = []
    for heading, entries in plain.related:
        related += as_links(entries, "end", heading, len(related) + 1)
    return Article(
        url=reading.page.url,
        page_type="article" if plain.title and plain.body else "other",
        title=plain.title,
        body="\n".join(plain.body) or None,
        language=reading.rules.language,
        tags=tuple(Tag(name) for name in plain.tags),
        published=dates.published,
        modified=dates.modified,
        attributions=_attributions([(text, "tail") for text in plain.sources], reading),
        related=tuple(related),
    )


def _attributions(lines: list[tuple[str, str]], reading: _Reading) -> tuple[Attribution, ...]:
    found: list[Attribution] = []
    for text, position in lines:
        one = parse_attribution(text, position, reading.rules.country)  # type: ignore[arg-type]
        if one is not None and one not in found:
            found.append(one)
            reading.chose("attribution", text, f"{position}:{one.rule}", one.raw)
    return tuple(found)


def _from_tree(tree: HtmlElement, reading: _Reading) -> Article:
    page, rules = reading.page, reading.rules
    structured = extract_structured(tree, page.url)
    sites = _site_names(structured, page, rules)
    title = _title(tree, structured, sites, reading)
    blocks = cut_blocks(tree, page.url, rules, title)
    body = second_chance(tree, read_body(tree))
    body.head = head_of(body.before, title)
    lines, kept = read_lines(
        body.before,
        body.paragraphs,
        body.after,
        title,
        rules.country,
        partial(is_plausible, page=page, rules=rules),
    )
    dates = choose_dates(date_claims(structured, blocks, body, lines), page, rules)
    reading.evidence += dates.evidence
    french = _is_french(structured, rules)
    published = dates.published
    if published is None and not french and (published := search_date(reading.text, page)) is not None:
        reading.chose("published", published.date.isoformat(), published.rule, published.raw)
    authors, claims = choose_page_authors(structured, blocks, body, lines, sites, french)
    reading.evidence += claims
    attributions, claims = page_attributions(body, lines, structured, rules)
    reading.evidence += claims
    witness = max((claim.value for claim in structured.body), key=len, default=None)
    body.paragraphs = without_repeats(without_copies(bounded(trimmed(kept), witness)), title, authors)
    lead = _lead(body, structured, french, reading)
    return Article(
        url=page.url,
        page_type="article",
        title=title,
        lead=lead,
        body=body.text or None,
        language=rules.language,
        tags=tuple(blocks.tags),
        published=published,
        modified=dates.modified,
        authors=authors,
        attributions=tuple(attributions),
        related=tuple(blocks.related),
    )


def _title(tree: HtmlElement, structured: Structured, sites: list[str], reading: _Reading) -> str | None:
    """The headline, without site name and suffix."""
    headings = [text for h1 in tree.iter("h1") if (text := flat(h1))]
    declared = {claim.rule.partition(":")[0]: claim for claim in reversed(structured.headline)}
    social, data = declared.get("meta"), declared.get("jsonld") or declared.get("microdata")
    page_title = clean(tree.findtext(".//title") or "")
    title, rule = choose_title(
        headings, social and social.value, data and data.value, page_title or None, sites
    )
    if title is not None:
        reading.chose("title", title, rule)
    return title


def _site_names(structured: Structured, page: Page, rules: SiteRules) -> list[str]:
    """Everything the site is called: declared, in its own data, by its host."""
    names = [rules.title_of_site or "", host(page.url)]
    names += [claim.value for claim in (*structured.site_name, *structured.publisher)]
    return list(dict.fromkeys(name for name in names if name))


def _is_french(structured: Structured, rules: SiteRules) -> bool:
    declared = next((claim.value.lower() for claim in structured.language), rules.language)
    return declared.startswith("fr")


def _lead(body: Body, structured: Structured, french: bool, reading: _Reading) -> str | None:
    """The lead. French pages print it apart, so it leaves the body; elsewhere it opens the body.

    A lead that the body repeats stays in the body alone.
    """
    described = [claim.value for claim in structured.description]
    found, rule = find_lead(body.head, body.paragraphs, described)
    if not found:
        return None
    text = "\n".join(paragraph.text for paragraph in found)
    if rule == "name:above":
        if is_repeated(text, body.paragraphs):
            return None
        if not french:
            body.paragraphs = [*found, *body.paragraphs]
    elif french:
        body.paragraphs = [p for p in body.paragraphs if p not in found]
    reading.chose("lead", text, rule)
    return text
