"""Articles before they have a URL on a host: chosen once, written when somebody asks for the text."""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import datetime, timedelta
from functools import cached_property

from demo import credits, cuts, days, phrases, words
from demo.prose import NBSP, THIN, Writer
from demo.topics import TOPICS, Topic

FIRST_ID = 6256
_PORTAL = tuple(topic for topic in TOPICS if topic.template == "portal")


def seed_slug(title: str) -> str:
    """The seed's slugs: accented letters and apostrophes vanish, a lone "à" too, and " ?" leaves a dash."""
    kept = re.sub(r"[^\x00-\x7f\s\u00a0\u202f]|'", "", title.lower())
    return re.sub(r"[^a-z0-9]+", "-", kept).removeprefix("-")


def plain_slug(title: str) -> str:
    """A slug as most sites make it: accents folded, words joined by dashes, at most 80 letters."""
    text = title.replace("œ", "oe").replace("Œ", "oe").replace("’", " ")
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:80].strip("-")


class Draft:
    """One article in all its editions. `place` is its rank in time; what depends on it never changes."""

    def __init__(self, seed: int, place: int, published: datetime, edition: int, taken: set[str]) -> None:
        self.seed, self.place, self.published, self.edition = seed, place, published, edition
        r = self.source("facts")
        self.id = FIRST_ID + place * 7 + r.randint(0, 5)
        self.topic: Topic = r.choices(TOPICS, [topic.weight for topic in TOPICS])[0]
        if place in (3, 5, 7):  # the smallest site has one of each cut
            self.topic = _PORTAL[place % len(_PORTAL)]
        self.template = self.topic.template
        self.space = r.choice((NBSP, NBSP, NBSP, THIN, " "))
        self.apostrophe = "’" if r.random() < (0.2 if self.template == "portal" else 0.55) else "'"
        if self.template == "portal" and place % 10 == 7:
            self.apostrophe = "'"  # only this one is escaped, and its entity is to be cut
        self.change: str | None = "new" if edition == 2 else None
        self.gone: int | None = None  # status in edition 2
        self.title = self._title(taken)
        self.tags = self._tags(r)
        self.credit = self._credit(r)
        self.has_lead = self.template == "magazine" and r.random() < 0.6
        self.target = (
            r.choice((130, 180, 240, 320, 420, 600)) if self.template != "plain" else r.choice((900, 1150))
        )
        self.form = r.choice(days.PLAIN_FORMS)
        self.first_update = self._update(r)

    def source(self, purpose: str) -> random.Random:
        """A source of its own for each purpose: text that is written lazily stays the same."""
        return random.Random(f"{self.seed}:{self.place}:{purpose}")

    def writer(self, purpose: str) -> Writer:
        return Writer(self.source(purpose), self.source("about"), self.topic, self.space, self.apostrophe)

    def _title(self, taken: set[str]) -> str:
        writer = self.writer("title")
        for attempt in range(2000):
            title = writer.title()
            if title in taken or not cuts.fits(title):
                continue
            if (
                self.template == "portal"
                and self.place % 10 == 5
                and not cuts.cut_title(title).rest
                and attempt < 1999
            ):
                continue
            taken.add(title)
            return title
        raise RuntimeError("no title left: the site is too large for its words")

    def _tags(self, r: random.Random) -> tuple[str, ...]:
        fewest = 2 if self.template == "magazine" else 0
        return tuple(r.sample(self.topic.tags, r.randint(fewest, 5)))

    def _credit(self, r: random.Random) -> credits.Credit:
        person = self.writer("people").person
        if self.template == "portal":
            return credits.portal(r, person)
        if self.template == "magazine":
            return credits.magazine(r, person)
        return credits.plain(r, person, r.choice(words.PLACES))

    def _update(self, r: random.Random) -> datetime | None:
        """When the page was corrected before the first edition; the portal never says."""
        later = self.published + timedelta(minutes=r.randint(50, 4000))
        said = self.template != "portal" and r.random() < 0.3 and self.form[0] != "month"
        return later if said and self.edition == 1 and later < days.EDITIONS[1] else None

    @cached_property
    def path(self) -> str:
        if self.template == "portal":
            return f"/actualite/{self.id}/{seed_slug(self.title)}"
        if self.template == "magazine":
            return f"/{self.published:%Y/%m}/{plain_slug(self.title)}-{self.id}/"
        return f"/article-{self.id}.html"

    @cached_property
    def aliases(self) -> tuple[str, ...]:
        """Paths that redirect to `path`: a former slug, the blog software's short link."""
        if self.template == "magazine":
            return (f"/?p={self.id}",)
        if self.template == "portal" and self.id % 6 == 0:
            return (f"/actualite/{self.id}/{seed_slug(' '.join(self.title.split()[:3]))}-ancien",)
        return ()

    @cached_property
    def paragraphs(self) -> list[str]:
        """The body as first published; its start is written again until its cut is of the wanted kind."""
        writer = self.writer("body")
        body = writer.body(self.target)
        while self.template == "portal" and not self._cut_wanted(body[0]):
            body[0] = f"{writer.lead()} {writer.paragraph(1)}"
        return body

    def _cut_wanted(self, first: str) -> bool:
        cut = cuts.cut_teaser(first)
        kind = self.place % 10
        if kind in (3, 7):
            return bool(cut.rest) and cut.rest.startswith(b"&") == (kind == 7) and cuts.clear(cut)
        return cuts.clear(cut)

    @cached_property
    def lead(self) -> str | None:
        return self.writer("lead").lead() if self.has_lead else None

    def text(self, edition: int) -> list[str]:
        """The body in an edition: an edit replaces a paragraph, and a declared one says so at the end."""
        body = list(self.paragraphs)
        if edition == 2 and self.change in ("edited", "stealth"):
            writer = self.writer("edit")
            body[-2] = writer.paragraph(3)
            if self.change == "edited":
                body.append(writer.write(phrases.UPDATES))
        return body

    def updated(self, edition: int) -> datetime | None:
        """The modified date the page shows."""
        if edition == 2 and self.change == "edited":
            return days.EDITIONS[2] - timedelta(minutes=self.source("edit").randint(5, 600))
        return self.first_update


def plan(articles: int, seed: int) -> list[Draft]:
    """All drafts of both editions in order of time, changes of the second edition marked.

    For 300 articles: 20 new, 15 edited, 5 edited without a word, 6 deleted, 4 with other related links only.
    """
    taken: set[str] = set()
    dates = [days.moment(place, articles, random.Random(f"{seed}:{place}:date")) for place in range(articles)]
    drafts = [Draft(seed, place, day, 1, taken) for place, day in enumerate(sorted(dates))]
    _mark(drafts, random.Random(f"{seed}:changes"))
    fresh = max(1, articles // 15)
    return drafts + [
        Draft(seed, articles + n, days.in_second_edition(n, fresh), 2, taken) for n in range(fresh)
    ]


def _mark(drafts: list[Draft], r: random.Random) -> None:
    count = len(drafts)
    pool = r.sample(drafts, count)

    def take(many: int, change: str, templates: str = "portal magazine plain") -> list[Draft]:
        found = [draft for draft in pool if draft.change is None and draft.template in templates][
            : max(1, many)
        ]
        for draft in found:
            draft.change = change
        return found

    for place, draft in enumerate(take(count // 50, "deleted")):
        draft.gone = 410 if place % 2 == 0 else 404
    for draft in take(count // 20, "edited", "magazine plain"):
        if draft.form[0] == "month":
            draft.form = days.PLAIN_FORMS[0]
    take(count // 60, "stealth")
    take(count // 75, "related", "portal")
