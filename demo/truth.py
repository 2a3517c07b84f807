"""The truth of the demo site: every article with the values a reader of its page must find.

The articles come first and the markup is made from them; nothing here is shared with the programs that read
the pages. The same arguments give the same truth on every machine.
"""

from __future__ import annotations

import random
from collections import defaultdict
from functools import cache

from demo import BASE_URL, ZONE, cuts, days
from demo.drafts import Draft, plan
from demo.facts import (
    TruthArticle,
    TruthAttribution,
    TruthDate,
    TruthRelated,
    TruthTag,
)
from demo.indexes import tag_root

__all__ = [
    "ZONE",
    "Catalogue",
    "TruthArticle",
    "TruthAttribution",
    "TruthDate",
    "TruthRelated",
    "TruthTag",
    "build",
]

SEED = 7
PORTAL_HEADING, INLINE_HEADING, ASIDE_HEADING = "Les articles en relation", "Lire aussi", "Sur le même sujet"


def build(
    articles: int = 300, seed: int = SEED, edition: int = 1, base_url: str = BASE_URL
) -> list[TruthArticle]:
    """All articles that are online in an edition, oldest first."""
    return Catalogue(articles, seed, base_url).articles(edition)


class Catalogue:
    """Both editions of one site at one base URL (no slash at its end). Texts are made when asked for."""

    def __init__(self, articles: int = 300, seed: int = SEED, base_url: str = BASE_URL) -> None:
        self.base_url = base_url
        self.drafts = plan(articles, seed)
        self.by_id = {draft.id: draft for draft in self.drafts}
        self._by_tag: dict[str, list[Draft]] = defaultdict(list)
        self._by_template: dict[str, list[Draft]] = defaultdict(list)
        for draft in self.drafts:
            self._by_template[draft.template].append(draft)
            for tag in draft.tags:
                self._by_tag[f"{draft.template} {tag}"].append(draft)
        self.article = cache(self._article)

    def online(self, edition: int) -> list[Draft]:
        """Drafts that a visitor can read in an edition, oldest first."""
        return [d for d in self.drafts if d.edition <= edition and not (edition == 2 and d.gone)]

    def articles(self, edition: int) -> list[TruthArticle]:
        return [self.article(draft.id, edition) for draft in self.online(edition)]

    def gone(self, edition: int) -> dict[str, int]:
        """URL -> status (404 or 410) of what the edition has deleted."""
        return {self.base_url + d.path: d.gone for d in self.drafts if edition == 2 and d.gone}

    def _article(self, id_: int, edition: int) -> TruthArticle:
        draft = self.by_id[id_]
        published, modified = self.dates(draft, edition)
        body, marks = self._body(draft, edition)
        return TruthArticle(
            url=self.base_url + draft.path,
            id=draft.id,
            template=draft.template,
            title=draft.title,
            lead=draft.lead,
            paragraphs=tuple(body),
            intertitles=marks,
            published=published,
            modified=modified,
            authors=draft.credit.authors if draft.credit else (),
            attribution=draft.credit,
            tags=tuple(TruthTag(name, self.base_url + tag_root(draft.template, name)) for name in draft.tags),
            section=draft.topic.name,
            section_key=draft.topic.key,
            related=self._related(draft, edition),
            aliases=tuple(self.base_url + path for path in draft.aliases),
            change=draft.change if edition == 2 else None,
            edition=edition,
        )

    def _body(self, draft: Draft, edition: int) -> tuple[list[str], tuple[int, ...]]:
        """Paragraphs, on some magazine pages with an intertitle before the third."""
        body = draft.text(edition)
        if draft.template != "magazine" or draft.place % 4:
            return body, ()
        name = draft.source("intertitle").choice(draft.topic.objects)
        return [*body[:2], name[0].upper() + name[1:], *body[2:]], (2,)

    def dates(self, draft: Draft, edition: int) -> tuple[TruthDate, TruthDate | None]:
        """What the page claims: published and modified."""
        when, later = draft.published, draft.updated(edition)
        if draft.template == "portal":
            return days.truth(when, "day", days.portal_line(when, accents=when.year > 2017)), None
        if draft.template == "magazine":
            raw = f"{days.long_day(when)} à {when.hour}h{when.minute:02d}"
            again = later and f"{days.long_day(later)} à {later.hour}h{later.minute:02d}"
            changed = days.truth(later, "second", str(again), offset=True) if later else None
            return days.truth(when, "second", raw, offset=True), changed
        precision, form = draft.form
        precise, update = days.UPDATED_FORM
        changed = days.truth(later, precise, update(later).replace("Publié", "modifié")) if later else None
        return days.truth(when, precision, form(when)), changed

    def _related(self, draft: Draft, edition: int) -> tuple[TruthRelated, ...]:
        """The entries in page order. The second edition changes them only where it says so."""
        renewed = edition == 2 and draft.change in ("related", "new")
        r = draft.source(f"related {renewed}")
        if draft.template == "portal":
            blocks = [("end", PORTAL_HEADING, r.randint(6, 12))]
        elif draft.template == "magazine":
            end = r.choice(("Articles similaires", "À lire également"))
            blocks = [("inline", INLINE_HEADING, r.randint(0, 2)), ("end", end, r.randint(3, 6))]
            blocks += [("aside", ASIDE_HEADING, 3)] if r.random() < 0.25 else []
        else:
            blocks = [("end", "À lire aussi", r.choice((0, 3, 4, 5)))]
        targets = self._targets(draft, sum(many for _, _, many in blocks), 2 if renewed else 1, r)
        places = [(block, heading) for block, heading, many in blocks for _ in range(many)]
        return tuple(
            self._entry(draft, target, position, *place)
            for position, (target, place) in enumerate(zip(targets, places, strict=False), 1)
        )

    def _targets(self, draft: Draft, many: int, edition: int, r: random.Random) -> list[Draft]:
        """Other articles of the same layout, those of a shared tag first; all existed in `edition`."""
        near = [other for tag in draft.tags[:2] for other in self._by_tag[f"{draft.template} {tag}"]]
        far = self._by_template[draft.template]
        found: dict[int, Draft] = {}
        for pool in (near, far):
            for other in r.sample(pool, min(len(pool), many + 4)):
                usable = (
                    other.id != draft.id and other.edition <= edition and not (edition == 2 and other.gone)
                )
                if usable and len(found) < many:
                    found[other.id] = other
        return list(found.values())

    def _entry(self, draft: Draft, target: Draft, position: int, block: str, heading: str) -> TruthRelated:
        alias = draft.template == "portal" and target.aliases and (draft.id + target.id) % 2 == 0
        title, teaser = cuts.Cut(target.title, b"", False), None
        lossy, double, dots = draft.id % 2 == 1, draft.id // 2 % 2 == 1, "..."
        if draft.template == "portal":
            title, teaser = cuts.cut_title(target.title), cuts.cut_teaser(target.paragraphs[0])
        elif block == "end" and draft.template == "magazine" and draft.id % 3:
            teaser, dots = _excerpt(target.paragraphs[0]), ""
        return TruthRelated(
            url=self.base_url + (target.aliases[0] if alias else target.path),
            target_id=target.id,
            title=title.kept.strip(),
            title_truncated=title.truncated,
            teaser=teaser.kept + (dots if teaser.truncated else "") if teaser else None,
            teaser_truncated=teaser.truncated if teaser else False,
            position=position,
            block=block,
            heading=heading,
            title_markup=cuts.markup(title, lossy=lossy, double=double, dots=False),
            teaser_markup=cuts.markup(teaser, lossy=lossy, double=double, dots=bool(dots))
            if teaser
            else None,
        )


def _excerpt(text: str) -> cuts.Cut:
    """A blog's excerpt: twenty whole words and an ellipsis in brackets."""
    found = text.split(" ")
    if len(found) <= 20:
        return cuts.Cut(text, b"", False)
    return cuts.Cut(" ".join(found[:20]) + " […]", b"", True)
