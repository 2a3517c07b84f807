"""The form of a site's article URLs, learnt from examples: numbers, dates and slugs become patterns. Pure.

Examples of one form agree in the number of path segments, in which of them are numbers, and in the ending
(".html"). Within a form, what is the same everywhere stands as it is, what varies becomes a class; a number
that is another in every example is the article's id, and a stable key.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.url_queries import has_number, parameter_word, query_form
from crawler.url_tokens import (
    DATE,
    EXTENSION,
    MOST,
    WORD_NUMBER,
    YEAR,
    Form,
    address,
    are_ids,
    literal,
    mostly,
)
from pipelines.urls import canonical_url

_DATED_SLUG = re.compile(r"(?:19|20)\d{2}-\d{2}-\d{2}[-_].+")
_LEADING = re.compile(r"(\d{2,})[-_,.][^/]+")
_TRAILING = re.compile(r".*[-_,.](\d{2,})")
_LAST_BUT_ONE = re.compile(r".*[-_,.](\d{2,})[-_,.]\d+")


def learn_forms(urls: Iterable[str], *, least: int = 1) -> tuple[Form, ...]:
    """The forms of these article URLs, the most frequent first.

    Args:
        urls: of articles of one site; home pages, broken addresses ("//") and other schemes are passed over.
        least: examples that a form needs.
    """
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for url in dict.fromkeys(canonical for url in urls if (canonical := canonical_url(url))):
        if "//" not in address(url) and address(url) != "/":
            groups[_kind(url)].append(url)
    forms = [_form(group) for group in groups.values() if len(group) >= least]
    return tuple(sorted(_merged(forms), key=lambda form: -len(form.examples)))


def declare(forms: Sequence[Form], excluded: Sequence[str] = ()) -> tuple[str, str | None]:
    """`article_url` and `article_key` of a declaration that takes these forms.

    A key is given only where every form has an id: the URLs of one without would all have the same key.

    Args:
        excluded: paths, or first segments ending in "/", that the forms match and that are no articles.
    """
    refuse = f"(?!{_alternatives(excluded)})" if excluded else ""
    expressions = [form.expression for form in forms]
    body = expressions[0] if len(forms) == 1 else f"(?:{'|'.join(expressions)})"
    names = [form.id_name for form in forms]
    if None in names:
        return f"^{refuse}{body}", None
    return f"^{refuse}{body}", "|".join(f"{name}/{{{number}}}" for number, name in enumerate(names))


def _alternatives(excluded: Sequence[str]) -> str:
    parts = [re.escape(path) if path.endswith("/") else re.escape(path) + r"/?(?:$|\?)" for path in excluded]
    return "|".join(part.replace(r"\-", "-") for part in dict.fromkeys(parts))


def _kind(url: str) -> tuple[object, ...]:
    """What examples of one form share."""
    parts = urlsplit(url)
    if parts.query and has_number(parts.query):
        return ("query", parts.path, parameter_word(parts.query))
    segments, extension = _segments(parts.path)
    return (tuple(segment.isdecimal() for segment in segments), extension.lower())


def _segments(path: str) -> tuple[list[str], str]:
    segments = [segment for segment in path.split("/") if segment]
    match = EXTENSION.search(segments[-1]) if segments else None
    if match is None:
        return segments, ""
    return [*segments[:-1], segments[-1][: match.start()]], match.group()


def _merged(forms: Sequence[Form]) -> list[Form]:
    """A form whose examples another one takes as well is that one; ids are never given up for it."""
    kept: list[Form] = []
    for form in sorted(forms, key=lambda form: -len(form.examples)):
        for place, other in enumerate(kept):
            wide, narrow = (other, form) if all(map(other.matches, form.examples)) else (form, other)
            if (narrow.id_name is None or wide.id_name) and all(map(wide.matches, narrow.examples)):
                kept[place] = dataclasses.replace(wide, examples=other.examples + form.examples)
                break
        else:
            kept.append(form)
    return kept


def _form(urls: Sequence[str]) -> Form:
    first = urlsplit(urls[0])
    if first.query and has_number(first.query):
        form = query_form(urls)
        if form is not None:
            return form
    return _path_form(urls)


# --- paths -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Piece:
    """One segment of the path. `plain`: the expression without a group; `grouped`: with the id as group."""

    plain: str
    grouped: str | None = None
    name: str = ""  # what the id numbers, as far as the segment itself says
    rank: int = 0  # of the id: 2 a segment of its own, 1 after a word, 0 within a slug
    words: int = 0  # hyphens of a slug


def _path_form(urls: Sequence[str]) -> Form:
    split = [_segments(urlsplit(url).path) for url in urls]
    columns = list(zip(*(segments for segments, _ in split), strict=True))
    dates = _date_places(columns)
    pieces = [
        dates.get(place) or _piece(values, last=place == len(columns) - 1)
        for place, values in enumerate(columns)
    ]
    pieces = _loosened(pieces, dated=bool(dates))
    chosen = _id_place(pieces)
    parts = [piece.grouped if place == chosen else piece.plain for place, piece in enumerate(pieces)]
    extension = re.escape(split[0][1])
    path = "".join(f"/{part}" for part in parts) or "/"
    name = None
    if chosen is not None:
        name = pieces[chosen].name or _literal_before(columns, chosen) or "article"
    if chosen is not None and chosen == len(pieces) - 2 and not extension:
        # The slug after an id can be any, or missing: the id alone names the article.
        path = "".join(f"/{part}" for part in parts[:-1]) + r"(?:/[^/?]*)?"
    return Form(f"{path}{extension}{'' if extension else '/?'}(?:$|\\?)", name, tuple(urls))


def _loosened(pieces: Sequence[_Piece], *, dated: bool) -> list[_Piece]:
    """Slugs need hyphens only where nothing else tells an article from "/contact"."""
    if dated or any(piece.grouped for piece in pieces):
        return [_Piece(r"[^/?]+") if piece.words else piece for piece in pieces]
    least = min(2, max(1, max((piece.words for piece in pieces), default=0) - 1)) if len(pieces) == 1 else 1
    slug = rf"[^/?-]*(?:-[^/?-]*){{{least},}}"
    return [_Piece(slug if piece.words > 1 else r"[^/?]+") if piece.words else piece for piece in pieces]


def _id_place(pieces: Sequence[_Piece]) -> int | None:
    """The segment that holds the id: the clearest one, else the last."""
    places = [place for place, piece in enumerate(pieces) if piece.grouped is not None]
    return max(places, key=lambda place: (pieces[place].rank, place), default=None)


def _literal_before(columns: Sequence[tuple[str, ...]], place: int) -> str:
    before = columns[place - 1] if place else ()
    word = before[0] if len(set(before)) == 1 else ""
    return word if len(word) > 2 and not word.isdecimal() else ""


def _date_places(columns: Sequence[tuple[str, ...]]) -> dict[int, _Piece]:
    """Segments that are year, month and day."""
    for place, values in enumerate(columns):
        if not mostly(values, lambda value: YEAR.fullmatch(value) is not None):
            continue
        found = {place: _Piece(r"\d{4}")}
        for after in range(place + 1, min(place + 3, len(columns))):
            if not mostly(columns[after], lambda value: value.isdecimal() and 1 <= int(value[:3]) <= 31):
                break
            found[after] = _Piece(r"\d{1,2}")
        if len(found) > 1 or len(set(values)) < max(2, len(values) // 3):
            return found
    return {}


def _piece(values: Sequence[str], *, last: bool) -> _Piece:
    """The expression for one segment of all the examples."""
    once = last or values[0].isdecimal() or values[0].count("-") > 1
    if len(set(values)) == 1 and (len(values) > 1 or not once):
        return _Piece(literal(values[0]))
    if mostly(values, str.isdecimal):
        if mostly(values, lambda value: DATE.fullmatch(value) is not None):
            return _Piece(r"\d{8}")
        return _Piece(r"\d+", r"(\d+)" if are_ids(values) else None, rank=2)
    if mostly(values, lambda value: _DATED_SLUG.fullmatch(value) is not None):
        return _Piece(r"\d{4}-\d{2}-\d{2}[-_][^/?]+")
    return _word_number(values) or _number_in_slug(values) or _slug(values)


def _word_number(values: Sequence[str]) -> _Piece | None:
    """ "article-717": one word and the id."""
    matches = [match for value in values if (match := WORD_NUMBER.fullmatch(value))]
    words = Counter(match[1] for match in matches)
    if not words or words.most_common(1)[0][1] < MOST * len(values):
        return None
    word = words.most_common(1)[0][0]
    numbers = [match[2] for match in matches if match[1] == word]
    if not are_ids(numbers):
        return None
    prefix = literal(word)
    return _Piece(f"{prefix}\\d+", f"{prefix}(\\d+)", word.strip("-_,/"), rank=1)


def _number_in_slug(values: Sequence[str]) -> _Piece | None:
    """ "123-le-titre", "le-titre-123", "le-titre_123_45"."""
    tried = (
        (_TRAILING, r"[^/?]*[-_,.]\d+", r"[^/?]*[-_,.](\d+)"),
        (_LAST_BUT_ONE, r"[^/?]*[-_,.]\d+[-_,.]\d+", r"[^/?]*[-_,.](\d+)[-_,.]\d+"),
        (_LEADING, r"\d+[-_,.][^/?]+", r"(\d+)[-_,.][^/?]+"),
    )
    for pattern, plain, grouped in tried:
        numbers = [match[1] for value in values if (match := pattern.fullmatch(value))]
        if len(numbers) >= MOST * len(values) and are_ids(numbers):
            return _Piece(plain, grouped)
    return None


def _slug(values: Sequence[str]) -> _Piece:
    """Free text, with the fewest hyphens that an example has."""
    return _Piece(r"[^/?]+", words=min(value.count("-") for value in values))
