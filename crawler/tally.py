"""What happened in one run of one site: every page that was due ends in exactly one count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ChannelNote:
    """One channel in one run. `links` is None where it answered 304 or not at all."""

    kind: str
    status: int | None = None
    links: int | None = None
    usual_links: int | None = None
    error: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass
class Tally:
    """Counts of one site's run.

    seen = new + changed + unchanged + gone + not_article + failed + refused + deferred.
    """

    requests: int = 0  # on the wire, robots.txt, channels and redirects included
    fetched: int = 0  # article pages that answered 200
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    not_article: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    deferred: Counter[str] = field(default_factory=Counter)
    discovered: int = 0  # candidates that were not known before
    no_such_number: int = 0  # numbers that were tried and do not exist: no pages, so not in `seen`
    left_out: Counter[str] = field(default_factory=Counter)  # channels and links beyond a bound, by bound
    traps: Counter[str] = field(default_factory=Counter)  # of those, addresses without end, by pattern
    channels: dict[str, ChannelNote] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    verify_tls: bool = True  # False: whoever answered may have been another
    saved: list[tuple[str, int | None, Any]] = field(default_factory=list)  # URL, capture, outcome

    @property
    def seen(self) -> int:
        read = self.new + self.changed + self.unchanged + self.gone + self.not_article
        return read + self.failed.total() + self.refused.total() + self.deferred.total()

    @property
    def attempted(self) -> int:
        """Due pages that were tried: what the share of failures is measured on."""
        return self.seen - self.deferred.total()

    def note_channel(self, url: str, kind: str, **values: Any) -> None:
        note = self.channels.setdefault(url, ChannelNote(kind))
        for name, value in values.items():
            setattr(note, name, value)

    def as_dict(self) -> dict[str, Any]:
        """For the runs row, reports and --json."""
        return {
            "seen": self.seen,
            "requests": self.requests,
            "discovered": self.discovered,
            "fetched": self.fetched,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "gone": self.gone,
            "not_article": self.not_article,
            "failed": self.failed.total(),
            "failed_by_cause": dict(self.failed),
            "refused": self.refused.total(),
            "refused_by_reason": dict(self.refused),
            "deferred": self.deferred.total(),
            "deferred_by_reason": dict(self.deferred),
            "no_such_number": self.no_such_number,
            "left_out": dict(self.left_out),
            "verify_tls": self.verify_tls,
            "traps": dict(self.traps.most_common(10)),
        }
