"""How one page, one fragment and one set are scored.

Body: precision, recall and F1 over 4-word shingles, normalised per page (the measure of
scrapinghub/article-extraction-benchmark), the better of the labelled body and lead + body. Date: exact day.
Title: equal after folding case and punctuation. Authors: the same set of names. Related: share of the
labelled titles found. Snippets: share of wanted texts present and unwanted ones absent.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from storage.records import Article

_WORD = re.compile(r"\w+")
Scores = dict[str, float]


def words(text: str | None) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text or "").replace("\xad", ""))


def _shingles(tokens: Sequence[str], size: int = 4) -> Counter[tuple[str, ...]]:
    if not tokens:
        return Counter()
    return Counter(tuple(tokens[i : i + size]) for i in range(max(1, len(tokens) - size + 1)))


def overlap(true: str, predicted: str | None) -> tuple[float, float]:
    """Precision and recall of a text; 1 and 1 for two empty ones."""
    a, b = _shingles(words(true)), _shingles(words(predicted))
    hits = sum(min(a[key], b[key]) for key in a.keys() & b.keys())
    extra, lost = sum(b.values()) - hits, sum(a.values()) - hits
    if not extra and not lost:
        return 1.0, 1.0
    return (hits / (hits + extra) if hits + extra else 0.0), (hits / (hits + lost) if hits + lost else 0.0)


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def fold(text: str | None) -> str:
    text = unicodedata.normalize("NFKC", text or "").casefold().replace("’", "'").replace("\xad", "")
    return " ".join(_WORD.findall(re.sub(r"[«»\"“”‘']", "", text)))


def _name(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    text = re.sub(r"^(par|by|von|de|texte)\s+", "", text.strip())
    text = re.split(r",|\bcorrespondant|\benvoye", re.sub(r"\(.*?\)", "", text))[0]
    return " ".join(_WORD.findall(text))


def names(people: Iterable[str] | None) -> set[str]:
    parts = (re.split(r"\s+(?:et|and|und|avec|&)\s+|;|,|/", person) for person in people or ())
    return {name for found in parts for part in found if (name := _name(part))}


def page_scores(label: dict[str, Any], article: Article) -> Scores:
    """The scores of one page; a key is missing where its label is."""
    found: Scores = {}
    if label.get("body"):
        texts = [label["body"]] + ([f"{label['lead']}\n{label['body']}"] if label.get("lead") else [])
        pairs = [overlap(text, article.body) for text in texts]
        found["precision"], found["recall"] = max(pairs, key=lambda pair: f1(*pair))
    if label.get("date"):
        day = article.published.date.isoformat() if article.published else ""
        found["date"] = float(day == label["date"][:10])
        found["date_wrong"] = float(bool(day) and day != label["date"][:10])
    if label.get("title"):
        found["title"] = float(fold(label["title"]) == fold(article.title))
    if label.get("authors") is not None and (label["authors"] or label.get("source_repo") is None):
        optional = names(label.get("authors_optional"))
        found["authors"] = float(names(label["authors"]) - optional == names(article.authors) - optional)
    if label.get("related"):
        have = {fold(link.title) for link in article.related if link.title}
        want = {fold(title) for title in label["related"]} - {""}
        hits = sum(any(w in h or h in w for h in have if h) for w in want)
        found["related"] = hits / len(want) if want else 1.0
    if (share := snippet_share(label, article.body)) is not None:
        found["snippets"] = share
    return found


def snippet_share(label: dict[str, Any], body: str | None) -> float | None:
    """Share of wanted texts present and unwanted ones absent; None where none are labelled."""
    snippets = label.get("body_snippets") or {}
    flat = " ".join((body or "").split())
    hit = [" ".join(text.split()) in flat for text in snippets.get("with") or ()]
    hit += [" ".join(text.split()) not in flat for text in snippets.get("without") or ()]
    return statistics.mean(hit) if hit else None


def totals(rows: Sequence[Scores]) -> Scores:
    """The mean of each score over the pages that have it; F1 of mean precision and mean recall."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    found = {key: statistics.mean(row[key] for row in rows if key in row) for key in keys}
    if "precision" in found:
        found = {"body_f1": f1(found["precision"], found["recall"]), **found}
    return found


def fragment_scores(expected: dict[str, Any], article: Article) -> Scores:
    """One labelled fragment: exact body, exact titles, links and teasers, and no excluded link."""
    ends = [link for link in article.related if link.block != "inline"]
    inline = [link for link in article.related if link.block == "inline"]
    optional = set(expected.get("related_optional") or ())
    entries = [(link.title, link.url, link.teaser) for link in ends if link.url not in optional]
    excluded = {item["url"] for item in expected["excluded"]}
    want = [(item["title"], item["url"], item.get("teaser")) for item in expected["related"]]
    want_inline = [(item["title"], item["url"]) for item in expected["inline_related"]]
    day = article.published.date.isoformat() if article.published else None
    return {
        "body": float((article.body or "") == "\n".join(expected["body"])),
        "related": float(entries == want and [(link.title, link.url) for link in inline] == want_inline),
        "tags": float(
            [(t.name, t.url) for t in article.tags] == [(t["name"], t["url"]) for t in expected["tags"]]
        ),
        "date": float(day == (expected["date"] or "")[:10] if expected["date"] else day is None),
        "attribution": float(
            (article.attributions[0].raw if article.attributions else None) == expected["attribution"]
        ),
        "page_type": float(article.page_type == expected.get("page_type", "article")),
        "nothing_excluded": float(not any(link.url in excluded for link in article.related)),
    }
