"""Invented articles for benchmarks: French-looking text of a Zipf vocabulary, with links, tags, evidence."""

from __future__ import annotations

import hashlib
import json
import random
from bisect import bisect
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from storage.keys import url_key
from storage.records import Article, Attribution, Date, Evidence, Reading, RelatedLink, Tag

SYLLABLES = [
    "ma",
    "ri",
    "do",
    "ta",
    "lé",
    "son",
    "ber",
    "cou",
    "vi",
    "pa",
    "né",
    "tra",
    "che",
    "mon",
    "fau",
    "sar",
    "gué",
    "lin",
    "to",
    "bra",
]
ENDINGS = ["", "s", "e", "es", "tion", "ment", "er", "é", "ée", "eux", "aire", "ique"]
GLUE = [
    "le",
    "la",
    "les",
    "de",
    "des",
    "du",
    "un",
    "une",
    "et",
    "à",
    "en",
    "dans",
    "pour",
    "sur",
    "avec",
    "par",
    "que",
    "qui",
    "l'accord",
    "d'abord",
    "qu'il",
]
START = date(2016, 1, 1)


class Press:
    """An endless, repeatable press: `article(n)` is always the same for one seed."""

    def __init__(self, words: int = 30_000, seed: int = 1) -> None:
        chance = random.Random(seed)
        made = {
            "".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) + chance.choice(ENDINGS)
            for _ in range(words)
        }
        self.words = sorted(made)
        chance.shuffle(self.words)
        self._weights = list(accumulate(1 / (rank + 2) for rank in range(len(self.words))))
        self._seed = seed

    def _text(self, chance: random.Random, count: int) -> str:
        top = self._weights[-1]
        words = []
        for _ in range(count):
            if chance.random() < 0.42:
                words.append(chance.choice(GLUE))
            else:
                words.append(self.words[bisect(self._weights, chance.random() * top)])
        return " ".join(words).capitalize()

    def reading(self, number: int, *, words: int = 400, related: int = 12) -> Reading:
        """Article `number`, ready to be stored."""
        chance = random.Random(self._seed * 1_000_003 + number)
        url = f"https://presse.example/actualite/{number}/titre"
        body = "\n".join(self._text(chance, words // 8) + "." for _ in range(8))
        title = self._text(chance, 9)
        day = START + timedelta(days=number // 100 % 3650)
        article = Article(
            url=url,
            page_type="article",
            title=title,
            lead=self._text(chance, 25),
            body=body,
            language="fr",
            authors=(f"Auteur {number % 300}",),
            section="Économie",
            tags=tuple(Tag(f"Mot {chance.randint(1, 3000)}") for _ in range(4)),
            published=Date(
                day,
                "minute",
                datetime(day.year, day.month, day.day, number % 24, number % 60),  # noqa: DTZ001  local
                "Africa/Casablanca",
                True,
                datetime(day.year, day.month, day.day, number % 24, number % 60, tzinfo=UTC),
                "Le 01 Mars 2016",
                "line",
            ),
            attributions=(
                Attribution(
                    "republication", (f"Journal {number % 50}",), (), raw="SOURCE WEB Par X", rule="tail"
                ),
            ),
            related=tuple(self._link(chance, number, place) for place in range(1, related + 1)),
            evidence=tuple(
                Evidence(name, title[:80], "rule", title[:80])
                for name in (
                    "title",
                    "body",
                    "published",
                    "lead",
                    "authors",
                    "section",
                    "tags",
                    "language",
                    "attribution",
                    "canonical",
                )
            ),
        )
        content = json.dumps({"title": title, "body": body, "lead": article.lead}, ensure_ascii=False)
        digest = hashlib.sha256(content.encode()).hexdigest()
        fetched = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
        return Reading(
            article,
            url_key(url),
            digest,
            digest,
            "1",
            fetched,
            content_json=content,
            related_identities=tuple(url_key(link.url or "") for link in article.related),
        )

    def _link(self, chance: random.Random, number: int, place: int) -> RelatedLink:
        target = max(0, number + chance.randint(-2000, 200))
        chance = random.Random(self._seed * 1_000_003 + target)  # an entry says the same wherever it is shown
        return RelatedLink(
            title=self._text(chance, 9),
            url=f"https://presse.example/actualite/{target}/titre",
            teaser=self._text(chance, 24),
            title_truncated=False,
            teaser_truncated=True,
            position=place,
            block="end",
            heading="Les articles en relation",
        )
