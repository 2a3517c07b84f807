"""Finds the dates of a folded line, without a clock: where each stands and what it says, nothing resolved.

Forms by number in the order tried: machine ("2024-04-30T16:00"), day first with a month's name, month's name
first ("mai 18, 2024"), numeric (day, month, year: never American), month and year alone. All expressions have
bounded repeats, so a line of n characters costs O(n).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from pipelines.calendars import MONTHS, WEEKDAYS, alternatives, month_number
from pipelines.dates_clock import Clock, clock_after, clock_before
from pipelines.dates_words import MODIFIED, PUBLISHED


class Mark(NamedTuple):
    """One date in a line: `lower[start:end]` is the text it was read from, weekday and time included.

    `day` is None for a month alone, `year` is None where none is printed. `bad` marks say that something that
    looks like a date cannot be one (a 31 February, a year of five digits): they are never resolved.
    """

    start: int
    end: int
    form: str
    month: int = 0
    day: int | None = None
    year: int | None = None
    weekday: int | None = None
    clock: Clock | None = None
    short_year: bool = False
    bad: bool = False


_MONTH = (
    rf"(?:{alternatives(MONTHS)}|f\S{{1,6}}vrier|d\S{{1,6}}cembre|ao[^a-z\s]{{1,6}}t)"  # "f?vrier"
    r"(?![a-z\u0620-\u064a])"
)
# what may be glued to a year: "20204 min de lecture", "201906h00", "2020SOURCE", "202021 janvier 2020"
_YEAR_END = (
    r"(?:(?!\d)|(?=\d{1,4}\s?(?:min|mn|comm|vue|view|visit|partage|lecture|reaction|avis|like|share))"
    rf"|(?=[0-2]?\d[:h][0-5]\d)|(?=\d{{1,2}}(?:er)?\s{_MONTH})|(?=\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d))"
)
# two digits are a year only where a line goes on as after a year: not "27 mars 20h30", not "4 août 12 min"
_SHORT_END = (
    r"(?=\s?(?:$|[,;|()\[\]•·@/-]|\.(?!\d)|:(?!\d)"
    r"|(?:a|at|par|by|dans|in|vers|source|publi\w*|mis|modif\w*|maj)\b)"
    r"|\s\d{1,2}\s?(?:h(?![a-z])|:\s?\d\d))"
)
_YEAR = rf"(?:(?P<year>\d{{4}}){_YEAR_END}|'?(?P<short>(?:(?<=')|(?=\d\d{_SHORT_END}))\d{{2}})(?!\d))"
# two digits behind a month that are no hour and no count may be its year
_UNSURE_YEAR = re.compile(
    r"[\s.]{0,2}\d\d(?!\d|\s?(?:min|mn|comm|vue|view|visit|partage|lecture|reaction|avis|like))"
)
_WEEKDAY = rf"(?:{alternatives(WEEKDAYS)})"
_ORDINAL = r"(?:\s?-?\s?(?:er|ere|re|eme|e|st|nd|rd|th|°r?)(?![a-z]))?"
_DAY = rf"(?:(?P<day>\d{{1,2}}){_ORDINAL}|premier)(?!\d)"

_MACHINE = re.compile(
    r"(?P<year>\d\d\d\d)(?<![\d./-]\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})"
    r"(?:(?!\d)|(?=\d{0,2}[t|]))(?:"
    r"t(?P<hour>\d{2}|\d(?=:)):?(?P<minute>\d{2})(?::?(?P<second>\d{1,2})(?:[.,]\d{1,9})?)?(?!\d)"
    r"\s?(?P<zone>z|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})?(?!\d))?)?"
)
_LISTED = rf"(?P<listed>(?:\d{{1,2}}{_ORDINAL}\s?,\s?(?:{_WEEKDAY}\.?\s)?){{1,4}})?"
_RANGE = rf"(?:{_LISTED}(?P<first>\d{{1,2}}){_ORDINAL}\s?(?:-|/|et|au|a|&)\s?(?:{_WEEKDAY}\.?,?\s)?)?"
_NAMED = re.compile(
    rf"(?<!\d)(?<!\d:){_RANGE}{_DAY}[\s.,/-]{{0,3}}(?:de\s|of\s)?(?P<month>{_MONTH})\.?"
    rf"(?:\s?[/(]\s?(?:{_MONTH})\)?)?(?:[^\w]{{0,3}}(?:de\s)?{_YEAR})?"
)
_NAME_FIRST = re.compile(
    rf"(?<![a-z])(?P<month>{_MONTH})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s?,\s?|\s|,?\s\d\d:\d\d:\d\d\s(?:[a-z]{{2,5}}\s)?)"
    r"(?P<year>\d{4})(?!\d)"
)
_NUMERIC = re.compile(
    r"(?<!\d)(?<!\d[./-])(?P<day>\d{1,2})(?:er)?(?P<sep>\s?[/.·-]\s?)(?P<month>\d{1,2})(?P=sep)"
    rf"(?:(?P<year>\d{{4}}){_YEAR_END}|(?P<short>\d{{2}})(?!\d))(?![./]\d)(?!-\d\d?\b(?![:h]))"
)
_DAY_MONTH = re.compile(r"(?<![\d./-])(?P<day>\d{2})(?P<sep>[/.])(?P<month>\d{2})(?![\d/-])(?!\.\d)")
_LABELLED_DAY = re.compile(
    rf"(?:{MODIFIED.pattern}|{PUBLISHED.pattern})(?: le |\s?:\s?(?:le )?)"
    r"(?P<day>\d{1,2}(?=/)|\d{2}(?=\.\d\d))[/.](?P<month>\d{1,2})(?![\d/-])(?!\.\d)"
)
_MONTH_ALONE = re.compile(
    rf"(?<![a-z])(?P<month>{_MONTH})\.?(?:\s?(?:-|/|a|et|,|&)\s?(?P<last>{_MONTH})\.?){{0,2}}[\s,./-]{{1,3}}(?P<year>\d{{4}}){_YEAR_END}"
)
_MONTH_NUMBER = re.compile(r"(?<![\d./-])(?P<month>\d{2})/(?P<year>(?:19|20)\d{2})(?![\d/])")
_WEEKDAY_BEFORE = re.compile(rf"(?<![a-z])(?P<weekday>{_WEEKDAY})\.?[\s,-]{{0,4}}(?:le )?$")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+")
# each name of a month, damaged ones too, has one of these: a line without needs none of the slow expressions
_MONTH_LETTERS = tuple(sorted({*(name[:3] for name in MONTHS), "vrier", "cembre", "ao"}))
_LATIN_LETTERS = tuple(letters for letters in _MONTH_LETTERS if letters.isascii())
_YEAR_APART = re.compile(r"(?<![\d/.-])(?:19|20)\d\d(?!\d)")
_MONTH_YEAR = re.compile(rf"(?:{_MONTH}\.?\W{{0,3}}|\d[/.-])(?:19|20)\d\d")
_LONG_NUMBER = re.compile(r"[\s,./-]{0,3}\d{3,}")


def find_marks(lower: str) -> list[Mark]:
    """Every date of the line in reading order, overlaps left out, each with its weekday and time."""
    marks: list[Mark] = []
    taken = 0
    for mark in _candidates(lower):
        if mark.start < taken:
            continue
        mark = _with_surroundings(mark, lower, taken)
        marks.append(mark)
        taken = mark.end
    return _with_inherited_years(marks, lower)


def _candidates(lower: str) -> list[Mark]:
    """Marks of all forms by place; where two begin together, the longer one."""
    has_digit = _DIGIT.search(lower) is not None
    if not has_digit and "premier" not in lower:
        return []
    has_month = any(letters in lower for letters in (_LATIN_LETTERS if lower.isascii() else _MONTH_LETTERS))
    found = [*_numeric(lower)] if has_digit else []
    if has_month:
        found += _named(lower)
    if not found:
        found = [*_months_alone(lower)] if has_month else [*_month_numbers(lower)]
        found += _days_and_months(lower)
    elif "/" in lower or "." in lower:
        found += _labelled_days(lower)
    return sorted(found, key=lambda mark: (mark.start, -mark.end))


def _numeric(lower: str) -> Iterator[Mark]:
    for match in _MACHINE.finditer(lower):
        yield _machine(match)
    for match in _NUMERIC.finditer(lower):
        short = match["short"]
        before = lower[match.start() - 1 : match.start()]
        if short and (" " in match["sep"] or before.isalpha()):
            continue  # a score, a phone number, a version
        year = int(short or match["year"])
        yield Mark(
            *(match.start(), match.end(), "numeric", int(match["month"]), int(match["day"]), year),
            short_year=bool(short),
        )


def _machine(match: re.Match[str]) -> Mark:
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    mark = Mark(match.start(), match.end(), "machine", month, day, year)
    if match["hour"] is None:
        return mark
    hour, minute, second = int(match["hour"]), int(match["minute"]), match["second"]
    if hour > 23 or minute > 59 or int(second or 0) > 59:
        return mark
    zone = None
    if match["zone"]:
        zone = int(match["hours"] or 0) * 60 + int(match["minutes"] or 0)
        zone = None if zone > 14 * 60 else -zone if match["sign"] == "-" else zone
    return mark._replace(clock=Clock(hour, minute, None if second is None else int(second), zone))


def _named(lower: str) -> Iterator[Mark]:
    for match in _NAMED.finditer(lower):
        yield _day_first(match, lower)
    for match in _NAME_FIRST.finditer(lower):
        month, day, year = month_number(match["month"]) or 0, int(match["day"]), int(match["year"])
        inner = clock_after(lower, match.end("day"))  # "May 03 10:11:12 CEST 2021"
        clock = inner[0] if inner and inner[1] <= match.start("year") else None
        yield Mark(match.start(), match.end(), "name_first", month, day, year, clock=clock)


def _day_first(match: re.Match[str], lower: str) -> Mark:
    day = int(match["day"] or 1)
    start, year, short = match.start(), match["year"], match["short"]
    days = [int(number) for number in _NUMBER.findall(f"{match['listed'] or ''} {match['first'] or ''}")]
    if days and _begins_range(lower[:start], [*days, day]):
        day = days[0]
    elif match["first"]:
        start = match.start("day") if match["day"] else match.start()
    bad = not (year or short) and _may_have_year(lower, match.end())
    number = int(year or short) if year or short else None
    month = month_number(match["month"]) or 0
    return Mark(start, match.end(), "named", month, day, number, short_year=bool(short and not year), bad=bad)


def _may_have_year(lower: str, end: int) -> bool:
    """Whether a day that ends here has a year that cannot be read, so that it is not one of the last months:
    one of five digits or of two, or one that stands elsewhere in the line.
    """
    if _LONG_NUMBER.match(lower, end) or _is_lone_year(lower):
        return True
    return _UNSURE_YEAR.match(lower, end) is not None and clock_after(lower, end) is None


def _is_lone_year(lower: str) -> bool:
    """Whether the line's only year stands apart from its only date: "2019, 12 mars"."""
    return _YEAR_APART.search(lower) is not None and _MONTH_YEAR.search(lower) is None


def _begins_range(before: str, days: list[int]) -> bool:
    """ "28 - samedi 29 octobre" is a weekend's issue; in "Chapitre 2 - 12 mars" the 2 is something else."""
    before = before.rstrip(" (|,:-")
    opens = not before or _WEEKDAY_BEFORE.search(before) or re.search(r"\b(?:du|le|les|des|l[ae])$", before)
    return all(first < last for first, last in pairwise(days)) and bool(opens)


def _months_alone(lower: str) -> Iterator[Mark]:
    for match in _MONTH_ALONE.finditer(lower):
        month, year = month_number(match["month"]) or 0, int(match["year"])
        last = month_number(match["last"]) if match["last"] else None
        before = lower[: match.start()].rstrip(" .-/")
        # "Le 0111 Mars 2016", "Le Mars 2016": a day that is missing or broken, not a month's issue
        bad = before[-1:].isdigit() or re.search(r"(?:^|[^\w])le$", before) is not None
        wraps = last is not None and last < month
        yield Mark(match.start(), match.end(), "month", month, None, year - wraps, bad=bad)
    yield from _month_numbers(lower)


def _month_numbers(lower: str) -> Iterator[Mark]:
    for match in _MONTH_NUMBER.finditer(lower):
        yield Mark(match.start(), match.end(), "month", int(match["month"]), None, int(match["year"]))


def _days_and_months(lower: str) -> Iterator[Mark]:
    for match in _DAY_MONTH.finditer(lower):
        day, month = int(match["day"]), int(match["month"])
        if 1 <= day <= 31 and 1 <= month <= 12:  # else a mark: 12/20
            yield Mark(match.start(), match.end(), "day_month", month, day)


def _labelled_days(lower: str) -> Iterator[Mark]:
    """ "publié le 21/12/2022, modifié le 2/01": beside a whole date a label tells a day from a mark."""
    for match in _LABELLED_DAY.finditer(lower):
        day, month = int(match["day"]), int(match["month"])
        if 1 <= day <= 31 and 1 <= month <= 12:
            yield Mark(match.start("day"), match.end(), "day_month", month, day)


def _with_surroundings(mark: Mark, lower: str, begin: int) -> Mark:
    """The mark widened by its weekday and its time, which follows or, failing that, goes before."""
    start, end, clock, weekday = mark.start, mark.end, mark.clock, None
    match = _WEEKDAY_BEFORE.search(lower[max(begin, start - 24) : start])
    if match:
        weekday = WEEKDAYS[match["weekday"]]
        start = max(begin, start - 24) + match.start()
    if clock is None and mark.day is not None:
        after = clock_after(lower, end)
        before = None if after else clock_before(lower, begin, start)
        if after:
            clock, end = after
        elif before:
            clock, start = before
    return mark._replace(start=start, end=end, clock=clock, weekday=weekday)


def _with_inherited_years(marks: list[Mark], lower: str) -> list[Mark]:
    """ "28 décembre - 3 janvier 2017": a date without year has that of its neighbour in the line."""
    updates = [
        _is_update(lower[begin.end : mark.start]) for begin, mark in pairwise([Mark(0, 0, ""), *marks])
    ]
    for index, mark in enumerate(marks):
        if mark.year is not None or mark.bad:
            continue
        dated = [i for i, other in enumerate(marks) if other.year is not None and other.day]
        near = next((i for i in dated if i > index), dated[-1] if dated else None)
        if near is None:
            continue
        # an update follows its publication, whichever of them is printed first
        is_later = updates[index] if updates[index] != updates[near] else index > near
        marks[index] = _beside(mark, marks[near], is_later=is_later)
    return marks


def _is_update(gap: str) -> bool:
    """Whether the last label before a date says that the text was changed then."""
    labels = [
        (label.start(), pattern is MODIFIED)
        for pattern in (MODIFIED, PUBLISHED)
        for label in pattern.finditer(gap)
    ]
    return bool(labels) and max(labels)[1]


def _beside(mark: Mark, other: Mark, *, is_later: bool) -> Mark:
    """The mark with the year of another, of the next or the last one where the two stand on both sides of a
    new year.
    """
    day, that = (mark.month, mark.day or 0), (other.month, other.day or 0)
    wraps = (day < that) if is_later else -(day > that)
    return mark._replace(year=(other.year or 0) + wraps, short_year=other.short_year)
