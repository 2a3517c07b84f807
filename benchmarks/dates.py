"""Scores `parse_date` on labelled strings: `python benchmarks/dates.py FILE.jsonl`.

A line holds id, cls, kind, input, context (base: local fetch time, tz, optional url), expected (ISO 8601 or
null), precision, optional expected_utc and expected_updated. "wrong" is a silent wrong day, "false" a date
where none is expected, "missed" none where one is. Prints one row per class and the failures; exits 0.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipelines.calendars import zone
from pipelines.dates import parse_claims, parse_date
from storage.records import Date


def read(case: dict[str, Any], *, with_url: bool = True) -> tuple[Date | None, Date | None]:
    context = case["context"]
    base = datetime.fromisoformat(context["base"])
    fetched_at = base if base.tzinfo else base.replace(tzinfo=zone(context["tz"]))
    url = context.get("url") if with_url else None
    return parse_claims(
        case["input"], fetched_at=fetched_at, timezone=context["tz"], kind=case["kind"], url=url
    )


def judge(expected: str | None, got: Date | None) -> str:
    """right, wrong (another day), false or missed; days only."""
    if expected is None:
        return "right" if got is None else "false"
    if got is None:
        return "missed"
    return "right" if got.date.isoformat().startswith(expected[:10]) else "wrong"


def details(case: dict[str, Any], got: Date | None, modified: Date | None) -> list[str]:
    """What is not as labelled beyond the day: time, precision, UTC, update."""
    faults = []
    expected = case["expected"]
    if expected is not None and got is not None:
        want = datetime.fromisoformat(expected) if "T" in expected else None
        if want is not None and want.replace(tzinfo=None) != got.datetime:
            faults.append(f"time {got.datetime}")
        if case.get("precision") not in (got.precision, "lenient", None):
            faults.append(f"precision {got.precision}")
        utc = case.get("expected_utc")
        if utc and datetime.fromisoformat(utc) != got.utc:
            faults.append(f"utc {got.utc}")
    if case.get("expected_updated"):
        want = datetime.fromisoformat(case["expected_updated"]).replace(tzinfo=None)
        moment = (
            None
            if modified is None
            else modified.datetime or datetime.combine(modified.date, datetime.min.time())
        )
        if moment != want:
            faults.append(f"updated {moment}")
    elif modified is not None:
        faults.append(f"updated {modified.date}, not expected")
    return faults


def score(path: Path, *, with_url: bool) -> None:
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows: defaultdict[str, Counter[str]] = defaultdict(Counter)
    failures = []
    for case in cases:
        got, modified = read(case, with_url=with_url)
        verdict, faults = judge(case["expected"], got), details(case, got, modified)
        full = verdict == "right" and not faults
        for name in (case["cls"], "ALL"):
            rows[name].update({"n": 1, verdict: 1, "full": full})
        if not full:
            found = got and (got.datetime or got.date, got.precision, got.rule)
            failures.append(f"{verdict:7}{case['id']:8}{case['input'][:80]!r} -> {found} {'; '.join(faults)}")
    columns = ("n", "right", "full", "wrong", "false", "missed")
    print(f"{'class':14}" + "".join(f"{name:>8}" for name in columns))
    for name, row in rows.items():
        if name != "ALL":
            print(f"{name:14}" + "".join(f"{row[column]:8}" for column in columns))
    total = rows["ALL"]
    print(f"{'ALL':14}" + "".join(f"{total[column]:8}" for column in columns))
    print(
        f"day right {total['right'] / max(1, total['n']):.1%}, full {total['full'] / max(1, total['n']):.1%}"
    )
    print("\n".join(failures))
    print(f"{measured(cases):.1f} µs a call (mean, after warming up)")


def measured(cases: list[dict[str, Any]], rounds: int = 20) -> float:
    calls = [
        (c["input"], datetime.fromisoformat(c["context"]["base"]).replace(tzinfo=zone(c["context"]["tz"])), c)
        for c in cases
    ]
    begin = time.perf_counter()
    for _ in range(rounds):
        for text, fetched_at, case in calls:
            parse_date(text, fetched_at=fetched_at, timezone=case["context"]["tz"], kind=case["kind"])
    return (time.perf_counter() - begin) / max(1, rounds * len(calls)) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="labelled strings, JSON Lines")
    parser.add_argument(
        "--without-url", action="store_true", help="do not pass the page's URL as a hint of the year"
    )
    arguments = parser.parse_args()
    score(arguments.file, with_url=not arguments.without_url)


if __name__ == "__main__":
    main()
