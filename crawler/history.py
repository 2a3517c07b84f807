"""A run's verdict seen against the site's own past. Pure, no clock.

`crawler.verdict` judges what a run saw; here a run in which nothing went wrong can still turn out to need a
person: a field that is no longer read, a silence that this site does not know, an expectation that is not
met. And a run that saw nothing at all does not end a trouble that stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from crawler.drift import Drift, lost_sign
from crawler.expect import Expect, unmet
from crawler.habit import local_days, unusual_drop, unusual_silence
from crawler.tally import Tally
from crawler.verdict import NEEDS_PERSON, SITE_FAILED, Verdict
from storage.health import PastRun

_TOO_LONG = timedelta(hours=48)  # a site that is away for longer does not come back by itself
_TROUBLES = {"blocked", "drifted", "dead"}
USUAL = 3  # links a channel must have had for their absence to mean something


@dataclass(frozen=True, slots=True)
class Site:
    """What the comparison must know of a site."""

    country: str
    timezone: str
    expect: Expect = field(default_factory=Expect)


def compare(
    verdict: Verdict, run: PastRun, past: Sequence[PastRun], tally: Tally, site: Site, *, whole: bool
) -> tuple[Verdict, Drift | None]:
    """The verdict with the past in mind, and the lost sign it is about, where it is one.

    Args:
        verdict: what the run says by itself. One that needs attention already stays as it is, but a site
        that
            has not answered for two days needs a person.
        run: this one; its figures are None where it stored no page.
        past: earlier runs, oldest first.
        whole: the run came to its end, with nothing due left over; else nothing can be said about silence.
    """
    if verdict.state == "dead" and verdict.exit_code == SITE_FAILED:
        return _away(verdict, run, past), None
    if verdict.exit_code or verdict.state not in ("ok", "quiet"):
        return verdict, None
    standing = _standing(run, past, tally)
    if standing is not None:
        return standing, None
    runs = [*past, run]
    drift = lost_sign(runs, run.reader or "", run.started_at, frozenset(site.expect.fill))
    if drift is not None:
        return _needs("drifted", drift.sentence(None, None)), drift
    unexpected = unmet(site.expect, runs, run.started_at)
    if unexpected is not None:
        return _needs("drifted", unexpected), None
    return (_volume(runs, run, site) if whole else None) or verdict, None


def _volume(runs: Sequence[PastRun], run: PastRun, site: Site) -> Verdict | None:
    days = local_days(runs, run.started_at, site.timezone, site.country)
    silence = unusual_silence(days)
    if silence is not None:
        return _needs("dead", silence)
    drop = unusual_drop(days)
    return None if drop is None else _needs("drifted", drop)


def lost_links(tally: Tally, before: Sequence[str]) -> tuple[str, ...]:
    """Channels that usually give article links and gave none when last read, in this run or before.

    A 304 ends it too: such a channel is asked on the condition that it is as it was when it had links.
    """
    notes = tally.channels
    still = {url for url in before if url not in notes or not (notes[url].links or notes[url].status == 304)}
    lost = {url for url, note in notes.items() if note.links == 0 and (note.usual_links or 0) >= USUAL}
    return tuple(sorted(still | lost))


def _standing(run: PastRun, past: Sequence[PastRun], tally: Tally) -> Verdict | None:
    """The trouble of the run before, where this one saw nothing that speaks against it.

    Channels are not all asked in every run. Another declaration makes a new start.
    """
    last = past[-1] if past else None
    if last is None or last.state not in _TROUBLES or not last.exit_code or last.reader != run.reader:
        return None
    asked = any(note.kind != "robots" for note in tally.channels.values())
    stands = bool(run.lost) if last.state == "drifted" and last.lost else not asked and not tally.fetched
    return Verdict(last.state, last.exit_code, last.message or last.state) if stands else None  # type: ignore[arg-type]


def _away(verdict: Verdict, run: PastRun, past: Sequence[PastRun]) -> Verdict:
    """A site that does not answer is tried again; after two days of that somebody should look."""
    answered = [earlier for earlier in past if earlier.exit_code == 0 or earlier.state not in _TROUBLES]
    if not answered or run.started_at - answered[-1].started_at < _TOO_LONG:
        return verdict
    since = f"{answered[-1].started_at:%Y-%m-%d %H:%M}"
    reason = verdict.message.partition(";")[0]
    return _needs("dead", f"{reason}; it answered last on {since} UTC: has the site moved?")


def _needs(state: str, message: str) -> Verdict:
    return Verdict(state, NEEDS_PERSON, message)  # type: ignore[arg-type]
