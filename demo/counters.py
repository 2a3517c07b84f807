"""What visitors asked for: the numbers a crawl is judged by."""

from __future__ import annotations

from collections import Counter
from typing import Any


class Counters:
    """Counts of one server since its start or the last reset. Control requests are not counted."""

    def __init__(self) -> None:
        self.classes: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.paths: Counter[str] = Counter()  # requests by target
        self.fetched: Counter[str] = Counter()  # articles whose body was sent, by target
        self.not_modified: Counter[str] = Counter()  # 304 by target
        self.hosts: Counter[str] = Counter()
        self.agents: Counter[str] = Counter()
        self.conditional = 0
        self.bytes = 0
        self.connections = 0
        self.inflight: Counter[str] = Counter()
        self.max_inflight: dict[str, int] = {}
        self.smallest_gap: dict[str, float] = {}  # seconds between the starts of two requests
        self._last: dict[str, float] = {}

    def begin(self, host: str, now: float) -> None:
        """A request for `host` arrived at `now` (seconds of a monotonic clock)."""
        self.hosts[host] += 1
        self.inflight[host] += 1
        self.max_inflight[host] = max(self.max_inflight.get(host, 0), self.inflight[host])
        if host in self._last:
            gap = now - self._last[host]
            self.smallest_gap[host] = min(self.smallest_gap.get(host, gap), gap)
        self._last[host] = now

    def end(self, host: str, target: str, kind: str, status: int, size: int, agent: str) -> None:
        """The answer was written."""
        self.inflight[host] = max(0, self.inflight[host] - 1)
        self.classes[kind] += 1
        self.statuses[status] += 1
        self.paths[target] += 1
        self.agents[agent] += 1
        self.bytes += size
        if status == 304:
            self.not_modified[target] += 1
        elif kind == "article" and status == 200:
            self.fetched[target] += 1

    def as_dict(self) -> dict[str, Any]:
        """Plain values. `repeats` names articles whose body was sent more than once."""
        return {
            "requests": sum(self.classes.values()),
            "classes": dict(self.classes),
            "statuses": {str(status): count for status, count in self.statuses.items()},
            "not_modified": sum(self.not_modified.values()),
            "not_modified_paths": dict(self.not_modified),
            "conditional": self.conditional,
            "articles_fetched": len(self.fetched),
            "repeats": {path: count for path, count in self.fetched.items() if count > 1},
            "hosts": dict(self.hosts),
            "max_inflight_per_host": dict(self.max_inflight),
            "min_gap_ms": {host: round(gap * 1000, 3) for host, gap in self.smallest_gap.items()},
            "user_agents": dict(self.agents),
            "connections": self.connections,
            "bytes": self.bytes,
        }
