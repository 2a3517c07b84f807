"""What a run's counts mean: a state, an exit code and one sentence. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crawler.tally import ChannelNote, Tally

State = Literal["ok", "quiet", "partial", "blocked", "drifted", "dead", "fault", "stopped"]

OK, FAULT, USAGE, NO_SPACE, DATABASE, SITE_FAILED, NEEDS_PERSON, LOCKED = 0, 1, 2, 3, 4, 5, 6, 75
_WORST_FIRST = (FAULT, DATABASE, NO_SPACE, NEEDS_PERSON, SITE_FAILED)
_REFUSALS = {401, 403, 407, 429, 451}
FAILED_SHARE = 0.10  # of the due pages


@dataclass(frozen=True, slots=True)
class Verdict:
    state: State
    exit_code: int
    message: str


def judge(tally: Tally, *, had_articles: bool, stopped: str | None = None) -> Verdict:
    """The verdict on one site's run.

    Args:
        had_articles: the archive held articles of this site, or known candidates, before the run.
        stopped: why the run ended early ("limit", "max_minutes", "signal"), None when it came to its end.
    """
    if tally.faults:
        return Verdict("fault", FAULT, f"{len(tally.faults)} pages met a fault of ours: {tally.faults[0]}")
    asked = {url: note for url, note in tally.channels.items() if note.kind != "robots"}
    for trouble in (_blocked, _dead, _drifted):
        verdict = trouble(tally, asked)
        if verdict is not None:
            return verdict
    failed = tally.failed.total()
    if failed and failed > FAILED_SHARE * tally.attempted:
        causes = ", ".join(f"{n} {cause}" for cause, n in tally.failed.most_common(3))
        return Verdict("partial", SITE_FAILED, f"{failed} of {tally.attempted} pages failed ({causes}); they are tried again")
    if tally.new or tally.changed or tally.gone:
        return Verdict("ok", OK, "done" if stopped is None else f"done, ended by {stopped}")
    if not had_articles and not tally.seen and not stopped:
        return Verdict("drifted", NEEDS_PERSON, "no article link was found: check the site's article_url")
    return Verdict("quiet", OK, "nothing new" if stopped is None else f"ended by {stopped}")


def _blocked(tally: Tally, asked: dict[str, ChannelNote]) -> Verdict | None:
    """Every answer was a refusal, of the server or of its robots.txt."""
    refused = [note for note in asked.values() if note.status in _REFUSALS or note.error == "robots"]
    if asked and len(refused) == len(asked) and not tally.fetched:
        why = "robots.txt forbids" if refused[0].error == "robots" else f"HTTP {refused[0].status} for"
        return Verdict("blocked", NEEDS_PERSON, f"{why} every page asked for, first {next(iter(asked))}")
    pages = tally.refused.total()
    if pages >= 5 and not tally.fetched:
        reasons = ", ".join(tally.refused)
        return Verdict("blocked", NEEDS_PERSON, f"all {pages} pages were refused ({reasons})")
    return None


def _dead(tally: Tally, asked: dict[str, ChannelNote]) -> Verdict | None:
    """No channel answered with something to read."""
    failed = [(url, note) for url, note in asked.items() if _unanswered(note)]
    if asked and len(failed) == len(asked) and not tally.fetched:
        url, note = failed[0]
        why = note.error or f"HTTP {note.status}"
        return Verdict("dead", SITE_FAILED, f"no answer from the site ({why} for {url}); the next run tries again")
    return None


def _drifted(tally: Tally, asked: dict[str, ChannelNote]) -> Verdict | None:
    """A listing that usually has links has none: the layout or the URLs have changed."""
    for url, note in asked.items():
        empty = note.status == 200 and note.links == 0
        if empty and note.kind == "listing" and (note.usual_links or 0) > 0:
            return Verdict(
                "drifted",
                NEEDS_PERSON,
                f"no article link on {url}, where there were {note.usual_links}: check the site's article_url",
            )
    read = [note for note in asked.values() if note.status == 200 and note.links is not None]
    if read and not any(note.links for note in read) and any((note.usual_links or 0) > 0 for note in read):
        return Verdict("drifted", NEEDS_PERSON, f"no channel of the site gives a link any more ({len(read)} read)")
    return None


def _unanswered(note: ChannelNote) -> bool:
    return note.error is not None or note.status is None or note.status >= 400


def worst(codes: list[int]) -> int:
    """The exit code for several sites: the first of 1, 4, 3, 6, 5, 0 that applies; 75 only if all were locked."""
    if codes and all(code == LOCKED for code in codes):
        return LOCKED
    for code in _WORST_FIRST:
        if code in codes:
            return code
    return OK
