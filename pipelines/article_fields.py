"""The fields of one page, each decided from its claims."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice

from lxml.html import HtmlElement

from pipelines.article_authors import choose_page_authors
from pipelines.article_credits import own_names, page_attributions
from pipelines.article_date_claims import DateClaim, date_claims
from pipelines.article_date_search import search_date
from pipelines.article_dates import choose_dates, is_plausible
from pipelines.article_declared import Declared, read_declared
from pipelines.article_named import drawn_authors, named_authors
from pipelines.blocks import cut_blocks
from pipelines.blocks_lines import Lines, head_of, read_lines
from pipelines.blocks_tree import MAX_HEADINGS
from pipelines.body import read_body
from pipelines.body_days import told_days
from pipelines.body_lead import find_lead, is_repeated, without_label
from pipelines.body_second import second_chance
from pipelines.body_trim import bounded, ends_open, trimmed, without_copies, without_repeats
from pipelines.decode import breaks_off
from pipelines.images import page_images
from pipelines.language import detect
from pipelines.page_type import SHORT, Facts, judge_page
from pipelines.related_inline import teasers_in_text
from pipelines.rules import SiteRules
from pipelines.section import choose_section
from pipelines.structured import extract_structured
from pipelines.tags import choose_tags
from pipelines.text import clean
from pipelines.titles import choose_title, editorial_title, heading_text, is_logo
from pipelines.titles_lower import lower_headline
from pipelines.urls import host
from storage.records import Article, Attribution, Date, Evidence, Page, PageType, RelatedLink, Tag

_MIN_SHARE = 0.3  # of the page's visible text: a body of less may have lost some


class Fields:
    """One page being read: what its tree says, and each field on demand. Warnings and evidence gather."""

    def __init__(self, tree: HtmlElement, text: str, page: Page, rules: SiteRules) -> None:
        self.text, self.page, self.rules = text, page, rules
        self.warnings: list[str] = []
        self.evidence: list[Evidence] = []
        self.structured = extract_structured(tree, page.url)
        self.sites = self._site_names()
        h1s = islice(tree.iter("h1"), MAX_HEADINGS)
        self.headings = [text for h1 in h1s if (text := heading_text(h1)) and not is_logo(h1, page.url)]
        self.lower = (heading_text(h) for h in islice(tree.iter("h2", "h3"), MAX_HEADINGS))
        self.page_title = clean(tree.findtext(".//title") or "")
        self.declared = self._declared(tree)
        self.title = self._title()
        is_marked = self.structured.is_marked
        self.blocks = cut_blocks(self.declared.tree, page.url, rules, self.title, is_marked=is_marked)
        self._read_body()

    def chose(self, name: str, value: str | None, rule: str, raw: str | None = None) -> None:
        self.evidence.append(Evidence(name, value, rule, raw))

    # what everything else looks at

    def _declared(self, tree: HtmlElement) -> Declared:
        rules = self.rules
        chosen = (
            rules.container, rules.title, rules.lead, rules.body, rules.date, rules.authors,
            rules.attribution, rules.section, rules.tags, rules.related, rules.prune,
        )  # fmt: skip
        return read_declared(tree, rules, self.page.url) if any(chosen) else Declared(tree)

    def _site_names(self) -> list[str]:
        """Everything the site is called: declared, in its own data, by its host."""
        names = [self.rules.title_of_site or "", host(self.page.url)]
        names += [claim.value for claim in (*self.structured.site_name, *self.structured.publisher)]
        return list(dict.fromkeys(name for name in names if name))

    def _title(self) -> str | None:
        """The headline, without site name and suffix."""
        if self.declared.title is not None:
            self.chose("title", self.declared.title[0], f"selector:{self.declared.title[1]}")
            return self.declared.title[0]
        by_kind = {claim.rule.partition(":")[0]: claim for claim in reversed(self.structured.headline)}
        social, data = by_kind.get("meta"), by_kind.get("jsonld") or by_kind.get("microdata")
        title, rule = choose_title(
            self.headings,
            social.value if social else None,
            data.value if data else None,
            self.page_title or None,
            self.sites,
        )
        if title is not None and rule == "h1" and not self._is_declared_french():
            title, rule = self._editorial(title, rule)
        if title is not None and rule in ("og", "title") and (lower := lower_headline(self.lower, title)):
            title, rule = lower, f"{rule}:heading"
        if title is None:
            self.warnings.append("no_title")
        else:
            self.chose("title", title, rule)
        return title

    def _editorial(self, title: str, rule: str) -> tuple[str, str]:
        claims = {claim.rule: claim.value for claim in reversed(self.structured.headline)}
        data, social = claims.get("jsonld:headline"), claims.get("meta:og:title")
        return editorial_title(title, data, social, self.page_title, self.sites) or (title, rule)

    def _is_declared_french(self) -> bool:
        """As the page says; where it says nothing, as the site does."""
        declared = next((claim.value.lower() for claim in self.structured.language), self.rules.language)
        return declared.startswith("fr")

    def _read_body(self) -> None:
        rules, tree = self.rules, self.declared.tree
        marked = [element for element in self.blocks.bodies if element not in self.blocks.gone]
        self.body = second_chance(tree, read_body(tree, marked))
        self.body.head = head_of(self.body.before, self.title)
        plausible = partial(is_plausible, page=self.page, rules=rules)
        self.lines, kept = Lines(), self.body.paragraphs
        # selectors that found both end the search
        if not (self.declared.dates and self.declared.attributions):
            self.lines, kept = read_lines(
                self.body.before, kept, self.body.after, self.title, rules.country, plausible, told_days(kept)
            )
        self.found = kept
        witness = max((claim.value for claim in self.structured.body), key=len, default=None)
        self.kept = without_copies(bounded(trimmed(kept), witness))
        sample = "\n".join(p.text for p in self.kept)[:3000]
        declared = next((claim.value for claim in self.structured.language), None)
        self.language = detect(declared, sample) or detect(rules.language, sample)

    @property
    def french(self) -> bool:
        return self.language == "fr"

    @property
    def canonical_url(self) -> str | None:
        return next((claim.value for claim in self.structured.canonical), None)

    # what the page is

    def page_type(self) -> tuple[PageType, tuple[str, ...]]:
        """The type, and what a listing lists."""
        text = "\n".join(p.text for p in self.kept if not p.is_linked)
        facts = Facts(
            url=self.page.url,
            rules=self.rules,
            structured=self.structured,
            title=self.title,
            body=text,
            elements=self.blocks.elements.all,
            is_paywalled=self.blocks.paywall,
            videos=self.blocks.videos,
            dated=bool(self.structured.published or self.lines.dates or self.declared.dates),
            visible=self._visible() if len(text) < SHORT else "",
        )
        kind, listing, rule = judge_page(facts)
        self.chose("page_type", kind, rule)
        return kind, listing

    def _visible(self) -> str:
        return " ".join(p.text for p in (*self.body.before, *self.body.paragraphs, *self.body.after))[:6000]

    # the fields

    def article(self, kind: PageType, listing: tuple[str, ...]) -> Article:
        """All fields. What is no article is read too: an operator sees what was there."""
        published, modified = self._dates()
        named = named_authors(self.blocks, self.body) or drawn_authors(self.body)
        selected, french = self.declared.authors, self.french
        authors, claims = choose_page_authors(
            self.structured, self.blocks, self.body, self.lines, self.sites, french, selected, named
        )
        self.evidence += claims
        attributions = self._attributions(named)
        if not authors:  # "SOURCE WEB Par Le Quotidien / Nom": the credit is where the author stands
            authors = tuple(dict.fromkeys(name for one in attributions for name in one.authors))
        self.body.paragraphs = without_repeats(self.kept, self.title, authors, self.sites)
        lead = self._lead()
        body = self.body.text
        self.chose("body", None, self.body.rule)
        self._note_rules()
        paywalled = self._paywalled()
        return Article(
            url=self.page.url,
            page_type=kind,
            listing=listing,
            canonical_url=self.canonical_url,
            title=self.title,
            lead=lead,
            body=body or None,
            language=self.language,
            authors=authors,
            section=self._section(),
            tags=self._tags(),
            published=published,
            modified=modified,
            attributions=tuple(attributions),
            related=self._related(),
            images=page_images(self.structured, self.blocks, self.body, self.page.url),
            paywalled=paywalled,
            truncated=ends_open(body) or (paywalled and self.blocks.paywall) or breaks_off(self.page.body),
            warnings=tuple(self.warnings),
            evidence=tuple(self.evidence),
        )

    def _dates(self) -> tuple[Date | None, Date | None]:
        claims = [DateClaim(text, "selector", "line") for text in self.declared.dates]
        claims += date_claims(self.structured, self.blocks, self.body, self.lines, self.title)
        dates = choose_dates(claims, self.page, self.rules)
        self.evidence += dates.evidence
        if dates.conflict:
            self.warnings.append("date_conflict")
        published = dates.published
        if published is None and not self.french:
            published = search_date(self.text, self.page)
            if published is not None:
                self.chose("published", published.date.isoformat(), published.rule, published.raw)
        return published, dates.modified

    def _attributions(self, named: list[str]) -> list[Attribution]:
        named = [*named, *self.blocks.bylines[:2]]
        own = own_names(self.sites, self.page.url, self.page_title)
        found, claims = page_attributions(
            self.body, self.lines, self.structured, self.rules, self.declared.credits, named, own
        )
        self.evidence += claims
        return found

    def _lead(self) -> str | None:
        """The lead. French pages print it apart, so it leaves the body; elsewhere it opens the body.

        A lead that the body repeats stays in the body alone.
        """
        if self.declared.lead is not None:
            self.chose("lead", self.declared.lead[0], f"selector:{self.declared.lead[1]}")
            return None if is_repeated(self.declared.lead[0], self.body.paragraphs) else self.declared.lead[0]
        described = [claim.value for claim in self.structured.description]
        told = (claim.value for claim in self.structured.headline)
        titles = [title for title in (self.title, self.page_title, *told) if title]
        found, rule = find_lead(self.body.head, self.body.paragraphs, described, titles)
        if not found:
            return None
        text = without_label("\n".join(paragraph.text for paragraph in found))
        if rule == "name:above":
            if is_repeated(text, self.body.paragraphs):
                return None
            if not self.french:
                self.body.paragraphs = [*found, *self.body.paragraphs]
        elif self.french:
            self.body.paragraphs = [p for p in self.body.paragraphs if p not in found]
        self.chose("lead", text, rule)
        return text

    def _section(self) -> str | None:
        if self.declared.section is not None:
            self.chose("section", self.declared.section[0], f"selector:{self.declared.section[1]}")
            return self.declared.section[0]
        section, claims = choose_section(self.structured, self.blocks, self.title, self.sites, self.page.url)
        self.evidence += claims
        return section

    def _tags(self) -> tuple[Tag, ...]:
        tags, rule = choose_tags(self.declared.tags, self.blocks, self.structured, self.page.url)
        if rule is not None:
            self.chose("tags", ", ".join(tag.name for tag in tags), rule)
        return tags

    def _related(self) -> tuple[RelatedLink, ...]:
        declared = self.declared.related
        known = {link.url for link in declared}
        more = [link for link in self.blocks.related if link.url is None or link.url not in known]
        known |= {link.url for link in more} | self.blocks.excluded
        teasers = teasers_in_text(self.found, self.kept, self.page.url, self.rules, known)
        # lines in the text come before the blocks that follow it
        more = sorted([*more, *teasers], key=lambda link: link.block != "inline")
        inside = sum(link.block == "inline" for link in more) if declared else 0
        links = [*more[:inside], *declared, *more[inside:]]
        return tuple(replace(link, position=position) for position, link in enumerate(links, 1))

    def _paywalled(self) -> bool:
        """Whether the page says that it is not free, or asks for a subscription to read on."""
        for claim in self.structured.accessible_for_free:
            self.chose("paywalled", claim.value, claim.rule, claim.raw)
            return claim.value == "false"
        return self.blocks.paywall

    def _note_rules(self) -> None:
        """Which blocks were cut, as evidence; and a warning where the body may have lost text."""
        for rule, count in sorted(self.blocks.rules.items()):
            self.evidence.append(Evidence("blocks", str(count), rule))
        size = len(self.body.text)
        rest = sum(len(p.text) for p in (*self.body.before, *self.body.after) if not p.is_linked)
        if size < _MIN_SHARE * (size + rest):
            self.warnings.append("extract_suspect")
