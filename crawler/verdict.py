"""What a run's counts mean: a state, an exit code and one sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from crawler.tally import ChannelNote, Tally

State = Literal["ok", "quiet", "partial", "blocked", "drifted", "dead", "fault", "stopped", "locked"]

OK, FAULT, USAGE, NO_SPACE, DATABASE, SITE_FAILED, NEEDS_PERSON, LOCKED = 0, 1, 2, 3, 4, 5, 6, 75
_WORST_FIRST = (FAULT, DATABASE, NO_SPACE, NEEDS_PERSON, SITE_FAILED)
_REFUSALS = {401, 402, 403, 407, 451}  # 429 asks for patience: the next run tries again
_PUT_OFF = ("unreachable", "unavailable", "too_many_requests", "robots_unreachable")  # by the host's answers
_BOUNDS = ("forbidden_address", "offsite", "port", "scheme", "credentials", "bad_url")  # our own refusals
FAILED_SHARE = 0.10  # of the due pages
_ENOUGH = 5  # pages that a judgement on all of them needs
_USUAL = 3  # links a channel must have had for their absence to mean something


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
        return Verdict("fault", FAULT, f"{_pages(len(tally.faults))} met a fault of ours: {tally.faults[0]}")
    asked = _answers(tally, stopped)
    for trouble in (_blocked, _dead, _drifted, _partial):
        verdict = trouble(tally, asked)
        if verdict is not None:
            return verdict
    if not had_articles and not tally.seen and stopped is None:
        where = f" on {next(iter(asked))}" if asked else ""
        return _needs("drifted", f"no article link was found{where}: check article_url")
    if stopped == "signal":
        return Verdict(
            "stopped", OK, f"stopped by a signal; {_pages(tally.deferred.total())} wait for the next run"
        )
    state: State = "ok" if tally.new or tally.changed or tally.gone else "quiet"
    return Verdict(state, OK, _summary(state, tally, stopped))


def worst(codes: Sequence[int]) -> int:
    """The exit code for several sites: the first of 1, 4, 3, 6, 5, 0 that applies; 75 if all were locked."""
    if codes and all(code == LOCKED for code in codes):
        return LOCKED
    return next((code for code in _WORST_FIRST if code in codes), OK)


def _answers(tally: Tally, stopped: str | None) -> dict[str, ChannelNote]:
    """The channels that were asked and had the time to answer; robots.txt is no channel."""
    return {
        url: note
        for url, note in tally.channels.items()
        if note.kind != "robots"
        and note.error != "stopping"
        and not (stopped is not None and note.status is None and note.error is None)
    }


def _blocked(tally: Tally, asked: dict[str, ChannelNote]) -> Verdict | None:
    """The site, or its robots.txt, wants none of our requests."""
    if tally.deferred["refused"] or any(note.error == "refused" for note in asked.values()):
        return _needs(
            "blocked", f"refused after {_pages(tally.fetched)}: a ban? Raise delay, or write to the site"
        )
    if tally.fetched:
        return None
    if tally.deferred["crawl_delay"] or any(note.error == "crawl_delay" for note in asked.values()):
        return _needs(
            "blocked", "robots.txt asks for a longer Crawl-delay than max_crawl_delay in hemero.toml"
        )
    answers = {url: note for url, note in asked.items() if note.error not in _PUT_OFF}
    ours = next(((url, note.error) for url, note in answers.items() if note.error in _BOUNDS), None)
    if ours is not None and all(note.error in _BOUNDS for note in answers.values()):
        return _needs("blocked", f"{ours[1]}: {ours[0]} may not be asked for; check the declaration")
    refusing = {
        url: note for url, note in answers.items() if note.status in _REFUSALS or note.error == "robots"
    }
    if answers and len(refusing) == len(answers):
        url, note = next(iter(refusing.items()))
        why = "robots.txt forbids" if note.error == "robots" else f"HTTP {note.status} for"
        return _needs("blocked", f"{why} every page asked for, first {url}; write to the site")
    refused = tally.refused.total()
    alone = not asked and refused == tally.attempted
    if refused and (alone or refused >= _ENOUGH):
        return _needs("blocked", f"every page was refused ({_causes(tally.refused.items())})")
    return None


def _dead(tally: Tally, asked: dict[str, ChannelNote]) -> Verdict | None:
    """No channel answered with something to read."""
    silent = {
        url: note for url, note in asked.items() if note.error or note.status is None or note.status >= 400
    }
    if not asked or len(silent) < len(asked) or tally.fetched:
        return None
    url, note = next(iter(silent.items()))
    if all(note.status in (404, 410) for note in silent.values()):
        return _needs("dead", f"HTTP {note.status} for every channel, first {url}: has the site moved?")
    why = note.error or f"HTTP {note.status}"
    return Verdict(
        "dead", SITE_FAILED, f"no answer from the site ({why} for {url}); the next run tries again"
    )


def _drifted(tally: Tally, asked: dict[str, ChannelNote]) -> Verdict | None:
    """Where links or articles usually are there are none: the layout or the URLs have changed."""
    for url, note in asked.items():
        usual = note.usual_links or 0
        if note.kind in ("listing", "feed") and note.status == 200 and note.links == 0 and usual >= _USUAL:
            why = f" ({', '.join(note.warnings)})" if note.warnings else ""
            return Verdict(
                "drifted",
                NEEDS_PERSON,
                f"no article link on {url}{why}, where there were {usual}: check article_url",
            )
    read = [note for note in asked.values() if note.status == 200 and note.links is not None]
    if read and not any(note.links for note in read) and any((note.usual_links or 0) > 0 for note in read):
        return _needs(
            "drifted", f"no channel gives a link any more, first {next(iter(asked))}: check article_url"
        )
    articles = tally.new + tally.changed + tally.unchanged
    if tally.not_article >= _ENOUGH and tally.not_article > articles:
        read_pages = tally.not_article + articles
        return _needs(
            "drifted", f"{tally.not_article} of {read_pages} pages held no article: check the rules"
        )
    return None


def _partial(tally: Tally, asked: dict[str, ChannelNote]) -> Verdict | None:
    """More than a tenth of the due pages could not be had. One page alone waits for its retry."""
    put_off = {reason: tally.deferred[reason] for reason in _PUT_OFF if tally.deferred[reason]}
    missing = tally.failed.total() + sum(put_off.values())
    due = tally.attempted + sum(put_off.values())
    answered = bool(asked) or tally.fetched > 0
    if missing <= FAILED_SHARE * due or (missing == 1 and answered):
        return None
    causes = _causes([*tally.failed.most_common(3), *put_off.items()])
    return Verdict(
        "partial", SITE_FAILED, f"{missing} of {_pages(due)} failed ({causes}); they are tried again"
    )


def _needs(state: State, message: str) -> Verdict:
    return Verdict(state, NEEDS_PERSON, message)


def _summary(state: State, tally: Tally, stopped: str | None) -> str:
    parts = ["done" if state == "ok" else "nothing new"]
    if stopped is not None:
        parts.append(f"ended by {stopped}")
    if tally.failed.total():
        parts.append(f"{_pages(tally.failed.total())} failed and wait for their retry")
    return ", ".join(parts)


def _causes(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{number} {cause}" for cause, number in counts)


def _pages(number: int) -> str:
    return f"{number} page" if number == 1 else f"{number} pages"
