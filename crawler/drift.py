"""Whether pages stopped saying what they used to say, compared with the site's own past. Pure.

A sign (a field is filled; filled by this rule; the body is not much shorter than it used to be) has drifted
when two things hold. Under the site's own past, a sample with so few hits comes up by chance less than once
in 100,000 (beta-binomial, uniform prior). And its rate is less than half of what nearly all samples of that
size had before, so that articles of one kind coming in a row do not alarm. Samples are the newest 5, 20 and
60 pages; five pages without the sign are the fewest that can alarm, and they need thirty before them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, lgamma

from storage.figures import FIELDS, Figures, total
from storage.health import PastRun, Sample, Sign

_SIZES = (5, 20, 60)
_HISTORY = 30  # pages, and five samples
_CHANCE = 1e-5
_HALF = 0.5
_MAIN_RULE = 0.5  # of the pages that have the field
_RUNS = 400  # with pages, that are looked back on
_RECENT = timedelta(days=14)
_SETTLED = timedelta(days=7)
PERIOD = timedelta(weeks=12)

Hits = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Drift:
    """A sign that was lost: how often it came up in the sample and before, in which runs."""

    sign: Sign
    hits: Hits  # pages with the sign, pages looked at
    before: float  # share of the pages before
    rule: str | None  # that no longer matches
    runs: tuple[int, ...]
    chance: float

    def sentence(self, good: Sample | None, bad: Sample | None) -> str:
        """For a person: field, rule, the last good and the first bad capture."""
        found, pages = self.hits
        shares = f"{found} of the last {pages} pages, before on {self.before:.0%}"
        if self.sign.characters is not None:
            text = f"body has {self.sign.characters} characters on {shares}: a wall, or another layout?"
        elif self.sign.rule is not None:
            text = f"{self.sign.field} is read by rule {self.sign.rule} on {shares}: the layout has changed"
        else:
            why = f": rule {self.rule} no longer matches" if self.rule else ": check its rules"
            text = f"{self.sign.field} is on {shares}{why}"
        captures = [f"last good {good}" if good else "", f"first bad {bad}" if bad else ""]
        return "; ".join([text, *filter(None, captures)])


def lost_sign(runs: Sequence[PastRun], reader: str, now: datetime, held: frozenset[str]) -> Drift | None:
    """The sign whose loss is least likely to be chance, None where all are as before.

    Args:
        runs: oldest first, this one included.
        reader: digest of the rules of this run: pages read by other rules say nothing about these.
        held: fields that the declaration speaks about; their past is not asked.
    """
    readable = [run for run in runs if run.figures is not None and run.started_at > now - PERIOD][-_RUNS:]
    found = [
        drift
        for size in _SIZES
        if (split := _split(readable, reader, now, size)) is not None
        for drift in _drifts(*split, size)
        if drift.sign.field not in held
    ]
    # A lost field says more than the rule it was lost by.
    return min(found, key=lambda drift: (drift.sign.rule is not None, drift.chance), default=None)


def _split(
    runs: Sequence[PastRun], reader: str, now: datetime, size: int
) -> tuple[list[PastRun], list[PastRun]] | None:
    """The newest runs that hold so many pages, and the good ones before them."""
    pages = 0
    for number in range(len(runs) - 1, -1, -1):
        run = runs[number]
        assert run.figures is not None
        if run.reader != reader or run.started_at < now - _RECENT:
            return None
        pages += run.figures.pages
        if pages >= size:
            return list(runs[number:]), list(runs[:number])
    return None


def _drifts(sample: Sequence[PastRun], before: Sequence[PastRun], size: int) -> Iterator[Drift]:
    present = total(run.figures for run in sample if run.figures is not None)
    newest = sample[-1]
    history = [run.figures for run in before if run.figures is not None and run.state != "drifted"]
    of_rules = [run.figures for run in before if run.figures is not None and _same_rules(run, newest)]
    past, past_of_rules = total(history), total(of_rules)
    runs = tuple(run.id for run in sample)
    for sign, figures, sum_ in [
        *((sign, history, past) for sign in _signs(past)),
        *((sign, of_rules, past_of_rules) for sign in _rule_signs(past_of_rules)),
    ]:
        hits, usual = count(present, sign), count(sum_, sign)
        if _suspect(hits, usual, size) and _unlike_before(hits, figures, sign, size):
            chance = tail(*hits, *usual)
            rule = sign.rule or _lost_rule(sign.field, present, past_of_rules)
            if chance < _CHANCE:
                yield Drift(sign, hits, usual[0] / usual[1], rule, runs, chance)


def _same_rules(run: PastRun, other: PastRun) -> bool:
    """Pages read by the same rules. Another rule that fills the field is the new habit after a week."""
    assert run.figures is not None
    assert other.figures is not None
    if run.state == "drifted" and run.started_at > other.started_at - _SETTLED:
        return False
    return (run.reader, run.figures.extractor) == (other.reader, other.figures.extractor)


def _signs(past: Figures) -> Iterator[Sign]:
    yield from (Sign(name) for name in FIELDS)
    bodies, passed = sum(past.lengths.values()), 0
    for bits in sorted(past.lengths):
        passed += past.lengths[bits]
        if 2 * passed >= bodies:  # the median: a quarter of it is a body that lost most of its text
            yield Sign("body", characters=2 ** max(bits - 3, 0))
            return


def _rule_signs(past: Figures) -> Iterator[Sign]:
    for name, rules in past.rules.items():
        for rule, pages in rules.items():
            if pages >= _MAIN_RULE * past.filled.get(name, 0):
                yield Sign(name, rule)


def count(figures: Figures, sign: Sign) -> Hits:
    """Pages with the sign, and pages that could have it."""
    if sign.characters is not None:
        long = sum(n for bits, n in figures.lengths.items() if 2 ** (bits - 1) >= sign.characters)
        return long, sum(figures.lengths.values())
    if sign.rule is not None:
        return figures.rules.get(sign.field, {}).get(sign.rule, 0), figures.filled.get(sign.field, 0)
    return figures.filled.get(sign.field, 0), figures.pages


def _suspect(hits: Hits, usual: Hits, size: int) -> bool:
    """Enough pages on both sides, and less than half of the usual rate."""
    found, pages = hits
    if pages < size or pages - found < _SIZES[0] or usual[1] < max(_HISTORY, 5 * size):
        return False
    return found / pages < _HALF * usual[0] / usual[1]


def _unlike_before(hits: Hits, past: Sequence[Figures], sign: Sign, size: int) -> bool:
    """Less than half of what nearly all samples of that size had."""
    rates = sorted(_rates([count(part, sign) for part in past], size))
    return hits[0] / hits[1] < _HALF * rates[len(rates) // 20]


def _rates(past: Sequence[Hits], size: int) -> Iterator[float]:
    """Rates of the samples of that size that the past is made of, in order."""
    found = pages = 0
    for hit, number in past:
        found, pages = found + hit, pages + number
        if pages >= size:
            yield found / pages
            found = pages = 0
    if pages:
        yield found / pages


def tail(found: int, pages: int, past_found: int, past_pages: int) -> float:
    """The chance of at most `found` hits on so many pages, given the past (beta-binomial, uniform
    prior)."""
    a, b = past_found + 1, past_pages - past_found + 1
    return min(1.0, sum(exp(_log_chance(k, pages, a, b)) for k in range(found + 1)))


def _log_chance(k: int, n: int, a: int, b: int) -> float:
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return ways + _log_beta(k + a, n - k + b) - _log_beta(a, b)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _lost_rule(name: str, present: Figures, past: Figures) -> str | None:
    """The rule that read most pages before and fewest of them now."""
    before, now = past.rules.get(name, {}), present.rules.get(name, {})
    lost = {
        rule: pages / max(past.pages, 1) - now.get(rule, 0) / max(present.pages, 1)
        for rule, pages in before.items()
    }
    return max(lost, key=lambda rule: lost[rule], default=None)
