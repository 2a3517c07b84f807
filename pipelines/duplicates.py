"""Fingerprints: whether an article changed, whether a text stands elsewhere, how much of it does.

Nothing here drops anything: republished copies are data. All values are equal in every process and release
until the fingerprint itself is changed on purpose.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

from pipelines.text import clean, clean_block, fold, words
from storage.records import Article, Attribution, Date

SHINGLE = 5  # words
WINDOW = 16  # shingles: any 20 words that two texts share give them a hash in common
MAX_TEXT = (
    400_000  # characters: what is longer is no article, and the storage keeps the shingles of fewer words
)
_CLOCK = ("minute", "second")


def content_digest(article: Article) -> tuple[str, str]:
    """(hex SHA-256, JSON object) of what makes a revision: equal digest = nothing was edited.

    The object holds field -> text for title, lead, body, authors, section, tags, published and attributions,
    without those that are empty. Related links, images, warnings and everything that changes with the page
    around the article do not count.
    """
    fields = {
        "title": _line(article.title),
        "lead": _block(article.lead),
        "body": _block(article.body),
        "authors": "\n".join(map(_line, article.authors)),
        "section": _line(article.section),
        "tags": "\n".join(
            sorted({_line(tag.name) for tag in article.tags}, key=lambda name: (fold(name), name))
        ),
        "published": _moment(article.published),
        "attributions": "\n".join(map(_credit, article.attributions)),
    }
    kept = {field: text for field, text in fields.items() if text}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest(), text


def _line(text: str | None) -> str:
    return _plain_spaces(clean(text)) if text else ""


def _block(text: str | None) -> str:
    return _plain_spaces(clean_block(text)) if text else ""


def _plain_spaces(text: str) -> str:
    """A template that starts to write no-break spaces edits no article."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def _moment(date: Date | None) -> str:
    """Day and, where the page gave minutes, time: "il y a 3 heures" must not differ at every visit."""
    if date is None:
        return ""
    if date.datetime is not None and date.precision in _CLOCK:
        return date.datetime.isoformat(timespec="minutes")
    return date.date.isoformat()[: 7 if date.precision == "month" else 10]


def _credit(attribution: Attribution) -> str:
    names = (attribution.outlets, attribution.agencies, attribution.authors)
    line = ": ".join([attribution.kind, "; ".join(_line(name) for group in names for name in group)])
    return f"{line} {_line(attribution.raw)}" if attribution.kind == "unknown_source" else line


def text_digest(article: Article) -> str:
    """Hex SHA-256 of the folded words of the body: equal = the same text elsewhere; "" without a body."""
    body = fold(article.body or "")
    return hashlib.sha256(body.encode("utf-8")).hexdigest() if body else ""


def shingles(text: str) -> list[int]:
    """The winnowed shingles of a text, ascending: signed 64-bit numbers, each once.

    A shingle is five folded words in a row. Of every sixteen neighbouring ones the smallest hash is kept
    (winnowing, Schleimer, Wilkerson and Aiken 2003): about 46 of a text of 400 words. A text of fewer than
    five words is one shingle, an empty one none. Of a text longer than MAX_TEXT the beginning speaks.
    """
    tokens = words(text[:MAX_TEXT])
    if not tokens:
        return []
    count = max(1, len(tokens) - SHINGLE + 1)
    hashes = [_hash(" ".join(tokens[start : start + SHINGLE])) for start in range(count)]
    return sorted(_winnowed(hashes))


def _hash(shingle: str) -> int:
    digest = hashlib.blake2b(shingle.encode("utf-8"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _winnowed(hashes: list[int]) -> set[int]:
    """The smallest hash of every window; a text shorter than a window is one window."""
    kept = {min(hashes[:WINDOW])}
    smallest = min(hashes[:WINDOW])
    for end in range(WINDOW, len(hashes)):
        if hashes[end] <= smallest:
            smallest = hashes[end]
        elif hashes[end - WINDOW] == smallest:  # the smallest has left the window
            smallest = min(hashes[end - WINDOW + 1 : end + 1])
        else:
            continue
        kept.add(smallest)
    return kept


def containment(part: Collection[int], whole: Collection[int]) -> float:
    """Which share of the shingles of one text another holds, 0.0 to 1.0; 0.0 where there are none."""
    mine = set(part)
    return len(mine.intersection(whole)) / len(mine) if mine else 0.0
