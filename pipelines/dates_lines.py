"""What a line says its dates are: published, modified, or nothing of the kind.

The words around a date decide. A label names its role ("Publié le", "Mis à jour"); without a label a date
counts only in a line that reads like a date line: names, labels, separators, no sentence. No clock here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipelines.calendars import MONTHS, alternatives
from pipelines.dates_clock import Clock, clock_after
from pipelines.dates_fold import LINE, Folded, fold_line
from pipelines.dates_marks import Mark, find_marks
from pipelines.dates_relative import Ago, find_relative
from pipelines.dates_words import (
    BARE_RANGE,
    COMMENTED,
    CREDIT,
    EVENT,
    GAZETTE,
    GLUE,
    MODIFIED,
    MODIFIED_STEMS,
    NUMBERED,
    OF_SITE,
    OTHER_DAY,
    PREPOSITION,
    PUBLISHED,
    SENTENCE,
    SEVERAL_PLACES,
    SIGNED,
    TOLD,
    UNTIL,
    WORTH_READING,
)
from pipelines.outlets import packaged_table

_TEMPERATURE = re.compile(rf"\d\s?°(?:\s?[CFcf]\b|(?!\s?(?:[a-z]|(?i:{alternatives(MONTHS)}))))")
_CLAUSE = re.compile(r"[|•·>()\[\]»]|\s-\s|//|\.\s|\s/\s")
_FOLLOWING = re.compile(r"\s?(?:prochain|dernier|passe|courant)s?\b")
_DATELINE = re.compile(r"\s?\([A-Z][^)\d]{1,30}\)\s?[-:.]?")
_AUTHORED = re.compile(r"(?:par|by|la redaction|redaction)\b", re.I)
_TOLD = re.compile(r"\s?:\s(?P<clause>[a-z][^|•·]{8,})")  # "27 août 2020 : le jour où ..."
_FILED = re.compile(r"\s[-–|•·]\s")
_FILINGS, _FILING_WORDS = 4, 3
_SHORT = 100  # characters: so many may all be dates and labels
_MANY = 16  # lower-case words that are neither label nor glue; a date has two, weekday and month
_WORD = re.compile(r"(?<!\d)[^\W\d_][\w'.-]*")  # "h15" of "21h15" is none


class Moment(NamedTuple):
    """One claim of a line. `clock_only` is a time that refers to the day of the other claim."""

    mark: Mark | Ago | None
    clock_only: Clock | None = None


class Reading(NamedTuple):
    """What a line claims. `labelled`: a word says it was published then. `pure`: nothing but a date line.
    `dateline`: an agency in parentheses follows. `placed`: a date with its year was found, used or not.
    """

    published: Moment | None = None
    modified: Moment | None = None
    labelled: bool = False
    pure: bool = False
    dateline: bool = False
    placed: bool = False

    @property
    def claims(self) -> list[Moment]:
        return [claim for claim in (self.published, self.modified) if claim is not None]


def read_line(folded: Folded, *, whole: bool = False) -> Reading:
    """The claims of one folded line; a date that the line's words give another meaning is none.
    `pure` is found out only where the `whole` line matters.
    """
    cased, lower, told = folded
    if not WORTH_READING.search(lower):
        return Reading()
    if "°" in lower and _TEMPERATURE.search(cased) and "publi" not in lower:
        return Reading()  # a masthead: the day of the visit beside the weather
    marks: list[Mark | Ago] = [*find_marks(lower)] or [*find_relative(lower)]
    if marks and isinstance(marks[0], Mark) and _modified(lower):
        marks = sorted([*marks, *_labelled_relatives(lower, marks)], key=lambda mark: mark.start)
    if not marks:
        return Reading()
    reading = _roles(cased, lower, marks)
    if told and not reading.labelled and reading.published is not None:
        return Reading(placed=reading.placed)
    return reading._replace(pure=_is_pure(cased, marks)) if whole and reading.claims else reading


def _labelled_relatives(lower: str, marks: list[Mark | Ago]) -> list[Ago]:
    """Relative moments beside dates: only "... 2019, mis à jour il y a 2 heures" needs them."""
    free = [m for m in find_relative(lower) if all(m.end <= d.start or m.start >= d.end for d in marks)]
    return [m for m in free if MODIFIED.search(lower[max(0, m.start - 30) : m.start])]


def _roles(cased: str, lower: str, marks: list[Mark | Ago]) -> Reading:
    """Each mark's role by the text before it, then whether the text after the last one allows any."""
    published: Moment | None = None
    modified: Moment | None = None
    labelled, begin, refused = False, 0, False
    placed = any(isinstance(mark, Mark) and mark.year is not None for mark in marks)
    for mark in marks:
        role = _role(cased[begin : mark.start], lower[begin : mark.start], mark, begin == 0, refused)
        refused = refused or role == "other"
        if role in ("modified", "both") and modified is None:
            modified = Moment(mark)
        if role in ("published", "both") and not labelled:
            published, labelled = Moment(mark), True
        elif role == "plain" and published is None:
            published = Moment(mark)
        begin = mark.end
    other = _is_caption(cased, marks) or UNTIL.match(cased, begin) or (not modified and _is_timetable(marks))
    nothing = (published is None and modified is None) or (other and not labelled)
    if nothing or _goes_on_as_sentence(cased[begin:], labelled):
        return Reading(placed=placed)
    dateline = marks[0].start <= 40 and _DATELINE.match(cased, marks[0].end) is not None
    later = modified or _later_hour(lower, begin)
    return Reading(published, later, labelled, dateline=dateline, placed=placed)


def _is_timetable(marks: list[Mark | Ago]) -> bool:
    """ "Val-Perdu : samedi 8h, dimanche 12h": hours of several weekdays."""
    return len({mark.weekday for mark in marks if isinstance(mark, Ago) and mark.clock} - {None}) > 1


def _is_caption(cased: str, marks: list[Mark | Ago]) -> bool:
    """ "Dakar, le 3 avril 2020. MODELE / AFP": the day of a picture, whose credit follows."""
    before, credit = cased[: marks[0].start], CREDIT.search(cased, marks[-1].end)
    if credit is None or not _names(before) or _AUTHORED.match(before):
        return False
    agency = credit["agency"]
    return agency is None or packaged_table().agency(agency.strip(), None, in_slot=True) is not None


def _is_pure(cased: str, marks: list[Mark | Ago]) -> bool:
    """Nothing but a date line: labels, names and glue around the dates, no text behind them."""
    if len(cased) > LINE - 100 or _starts_text(cased[marks[-1].end :]):
        return False
    ends = [0, *(mark.end for mark in marks)]
    starts = [*(mark.start for mark in marks), len(cased)]
    around = [SIGNED.sub(" ", cased[begin:end]) for begin, end in zip(ends, starts, strict=True)]
    around[-1] = _without_filing(cased, around[-1])
    return not any(map(_strange_words, around)) and sum(map(_names, around)) <= 12


def _without_filing(cased: str, behind: str) -> str:
    """What stands behind the dates, without where a signed line files the text: "- Canal - Permalien"."""
    filed = _FILED.split(behind)
    short = len(filed) <= _FILINGS and all(len(part.split()) <= _FILING_WORDS for part in filed[1:])
    return filed[0] if short and _AUTHORED.match(cased) else behind


def _role(cased: str, gap: str, mark: Mark | Ago, first: bool, refused: bool) -> str:
    """published, modified, both, plain (no label) or other (a day of something else)."""
    if gap.strip(" -|,:.") in ("", "le", "on"):
        return "other" if refused else "plain"
    modified = _last(MODIFIED, gap) if _modified(gap) else None
    if modified and OF_SITE.search(gap):
        return "other"
    published = _last(PUBLISHED, gap)
    clause_at = max((m.end() for m in _CLAUSE.finditer(gap)), default=0)
    clause = gap[clause_at:]
    if modified and published:
        between = gap[min(modified.end(), published.end()) : max(modified.start(), published.start())]
        if re.fullmatch(r"\s?(?:et|ou|/|&)\s?", between):
            return "both"
    if modified and (published is None or published.start() < modified.start()):
        return "modified"
    label_at = published.start() if published else -1
    if OTHER_DAY.search(clause if label_at < clause_at else gap[clause_at:label_at]):
        return "other"
    if EVENT.search(gap) or (isinstance(mark, Mark) and mark.form == "numeric" and NUMBERED.search(gap)):
        return "other"
    if published:
        return "other" if _is_told(cased, label_at) or GAZETTE.search(gap) else "published"
    if isinstance(mark, Ago):  # a moment told from now is common in sentences
        return "other" if refused or PREPOSITION.search(gap) or _strange_words(cased) else "plain"
    if refused and not clause_at:
        return "other"  # the same clause goes on about another day
    if not first and not refused:
        return "plain"
    return "other" if _is_of_the_text(cased, gap, clause_at, mark) else "plain"


def _is_of_the_text(cased: str, gap: str, clause_at: int, mark: Mark) -> bool:
    """Whether the words before an unlabelled day make it the day of what they tell."""
    if mark.start > 160 or SENTENCE.search(cased[clause_at:]) or _strange_words(cased[clause_at:]) > 3:
        return True
    if mark.year is None and not mark.bad and _strange_words(cased[clause_at:]):
        return True
    if mark.short_year and mark.form == "numeric" and re.search(r"\d", gap):
        return True  # scores, phone numbers
    if PREPOSITION.search(gap[clause_at:]) and not BARE_RANGE.search(gap):
        return True
    if mark.clock is not None and SEVERAL_PLACES.search(cased[: mark.start]):
        return True
    if _AUTHORED.match(cased[clause_at:].lstrip()):
        return False  # "Par notre correspondant permanent le ..."
    told = TOLD.search(cased)
    return told is not None and _strange_words(told["word"]) > 0


def _is_told(cased: str, label_at: int) -> bool:
    """ "Le décret publié le 12 mars" tells of a publication; "Article publié le", "X. Publié le" label it."""
    if cased[label_at : label_at + 1].isupper():
        return False
    before = _CLAUSE.split(cased[:label_at])[-1]
    if COMMENTED.search(before.lower()):
        return True
    return _strange_words(before) > 0 or re.search(r"(?<!\w)(?:en|ayant|avoir|etre)\s$", before) is not None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed([*pattern.finditer(text)]), None)


def _modified(lower: str, begin: int = 0) -> re.Match[str] | None:
    """The first word that says a text was changed."""
    if not any(stem in lower for stem in MODIFIED_STEMS):
        return None
    return MODIFIED.search(lower, begin)


def _later_hour(lower: str, begin: int) -> Moment | None:
    """ "publié le 26/12/2020 à 21:00, mis à jour à 21:05": the hour belongs to the published day."""
    label = _modified(lower, begin)
    if label is None:
        return None
    after = clock_after(lower, label.end())
    return Moment(None, after[0]) if after else None


def _strange_words(cased: str) -> int:
    """Lower-case words that are neither label nor glue: the more, the more it is a sentence."""
    count = 0
    for word in _WORD.findall(cased):
        word = word.rstrip(".'-")
        if word[:1].islower() and word not in GLUE and "." not in word:
            count += len(word) > 1 and not (word[1:2] == "'" and word[2:3].isupper())
    return count


def _names(cased: str) -> int:
    return sum(word[:1].isupper() for word in _WORD.findall(cased))


def _goes_on_as_sentence(tail: str, labelled: bool) -> bool:
    """ "Le 12 mars 2019, le ministre a annoncé" is a sentence; "12 mars 2019 par X" is not."""
    if not tail.strip(" .,;|"):
        return False
    if _FOLLOWING.match(tail):
        return True
    told = _TOLD.match(tail)
    if tail.lstrip()[:1] in "|•·-:(/[>.":
        return (
            told is not None
            and not labelled
            and (_strange_words(told[1]) > 1 or bool(SENTENCE.search(told[1])))
        )
    first = re.match(r"\s?,?\s?([a-z][\w'-]*)", tail)
    clause = _CLAUSE.split(tail.lstrip(" ,;:"), maxsplit=1)[0]
    strange = _strange_words(clause)
    if first and strange and not labelled:
        credits = first[1] in ("par", "source", "avec", "by")
        return (
            _strange_words(first[1]) > 0 or strange > (3 if credits else 1) or bool(SENTENCE.search(clause))
        )
    return strange > 3


def _starts_text(tail: str) -> bool:
    """A dateline or a colon, and the article's first words behind it."""
    text = re.match(r"\s?(?:\([A-Z][^)]{1,30}\)\s?[-:.]?\s?|:\s)(?=\w)", tail)
    return text is not None and len(tail) - text.end() > 8


def _is_running(text: str) -> bool:
    """Whether a line has more words of its own than the dates of any date line: a cheap look, before all."""
    words = text.split() if len(text) > _SHORT else ()
    return sum(word.islower() and word.isalpha() and word not in GLUE for word in words) > _MANY


@lru_cache(maxsize=1024)  # several rules ask it of the same lines
def is_date_line(text: str) -> bool:
    """Whether a line is a date with its label, author and the like, and nothing else. Needs no clock:
    "Le 01 Mars 2016", "Publié hier à 10h par X", "Mis à jour le 3 mai 2021" are, a sentence is not.
    """
    if len(text) > LINE or text.endswith("?") or _is_running(text):
        return False  # "Et maintenant ?" is asked
    reading = read_line(fold_line(text), whole=True)
    return reading.pure and not all(getattr(claim.mark, "bad", False) for claim in reading.claims)
