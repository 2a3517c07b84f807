"""The health of all sites for Prometheus' text file collector (exposition format 0.0.4)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from storage.overview import RESTING, SiteHealth

STATES = ("ok", "quiet", "partial", "blocked", "drifted", "dead", "fault", "stopped", "never", *RESTING)
Value = tuple[dict[str, str], float]


def metrics(sites: Sequence[SiteHealth], now: datetime) -> str:
    """The file's text. Times are seconds since 1970; a time that is not known is left out."""
    return "".join(_metric(*family) for family in _families(sites, now))


def _families(sites: Sequence[SiteHealth], now: datetime) -> Iterator[tuple[str, str, Iterable[Value]]]:
    yield "hemero_written_timestamp_seconds", "When this file was written.", [({}, now.timestamp())]
    yield (
        "hemero_site_state",
        "1 for the state the site is in.",
        [
            ({"site": site.site, "state": state}, float(site.state == state))
            for site in sites
            for state in STATES
        ],
    )
    yield "hemero_site_well", "1 if nothing needs attention.", _each(sites, lambda s: float(s.is_well))
    yield "hemero_site_exit_code", "Exit code of the last run.", _each(sites, lambda s: s.exit_code)
    yield "hemero_site_overdue", "1 if runs have stopped coming.", _each(sites, lambda s: float(s.overdue))
    for name, help_, moment in (
        ("state_since", "When the state began.", "since"),
        ("last_run", "Start of the last run.", "last_run_at"),
        ("last_success", "Start of the last run that ended with 0.", "last_success_at"),
    ):
        times = [(site, getattr(site, moment)) for site in sites]
        values = [({"site": site.site}, time.timestamp()) for site, time in times if time is not None]
        yield f"hemero_site_{name}_timestamp_seconds", help_, values
    yield "hemero_articles", "Articles in the archive.", _each(sites, lambda s: s.articles)
    yield "hemero_new_articles_7_days", "Articles new in seven days.", _each(sites, lambda s: s.new_7_days)
    yield (
        "hemero_candidates",
        "URLs of the frontier by state.",
        [
            ({"site": site.site, "state": state}, float(number))
            for site in sites
            for state, number in sorted(site.candidates.items())
        ],
    )
    yield (
        "hemero_field_fill_ratio",
        "Pages of thirty days that have the field.",
        [
            ({"site": site.site, "field": field}, share)
            for site in sites
            for field, share in site.fills().items()
        ],
    )
    yield "hemero_body_characters_median", "Of the last run.", _each(sites, lambda s: s.body_median)


def _each(sites: Sequence[SiteHealth], value: object) -> list[Value]:
    assert callable(value)
    found = [(site, value(site)) for site in sites]
    return [({"site": site.site}, float(number)) for site, number in found if number is not None]


def _metric(name: str, help_: str, values: Iterable[Value]) -> str:
    lines = [f"# HELP {name} {help_}", f"# TYPE {name} gauge"]
    for labels, value in values:
        inside = ",".join(f'{key}="{_label(text)}"' for key, text in labels.items())
        lines.append(f"{name}{{{inside}}} {value:.15g}" if inside else f"{name} {value:.15g}")
    return "\n".join(lines) + "\n"


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def write_whole(path: Path, text: str) -> None:
    """Replace a file at once: who reads it meanwhile sees the old or the new text, never half of it.

    Raises:
        OSError: the folder is missing, not writable or full; the old file stays.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)  # a collector runs as somebody else
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
