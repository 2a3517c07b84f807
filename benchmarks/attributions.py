"""Score `parse_attribution` on labelled lines.

    python -m benchmarks.attributions CASES.jsonl [--quiet]

A case is one JSON object a line: input, context {position, country}, expected (null, or kind, outlets,
agencies, authors and, where they matter, dateline, location, translated_from), cls. A case is right when
every expected field is equal; prints the failures, the share by class, and the mean time of a call.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from pipelines.attribution import parse_attribution
from storage.records import Attribution

FIELDS = ("kind", "outlets", "agencies", "authors", "dateline", "location", "translated_from")


def is_right(expected: dict[str, Any] | None, got: Attribution | None) -> bool:
    if expected is None or got is None:
        return expected is None and got is None
    for field in FIELDS:
        if field not in expected:
            continue
        value, want = getattr(got, field), expected[field]
        if (sorted(value) != sorted(want)) if isinstance(want, list) else value != want:
            return False
    return True


def shown(got: Attribution | None) -> str:
    if got is None:
        return "nothing"
    values = {f: getattr(got, f) for f in FIELDS}
    return " ".join(f"{f}={v}" for f, v in values.items() if v) + f" rule={got.rule}"


def score(cases: list[dict[str, Any]], quiet: bool) -> tuple[int, int, float]:
    """Right positives and negatives together, all, and mean microseconds a call."""
    by_class: dict[str, list[bool]] = defaultdict(list)
    started = time.perf_counter()
    answers = [parse_attribution(c["input"], **c["context"]) for c in cases]
    micros = (time.perf_counter() - started) / max(1, len(cases)) * 1e6
    for case, got in zip(cases, answers, strict=True):
        right = is_right(case["expected"], got)
        by_class[case.get("cls", "all")].append(right)
        if not right and not quiet:
            want = json.dumps(case["expected"], ensure_ascii=False)
            print(f"{case.get('id', '-')} [{case['context']['position']}] {case['input']!r}")
            print(f"    want {want}\n    got  {shown(got)}")
    for name, rights in sorted(by_class.items()):
        print(f"{name:16} {sum(rights):3}/{len(rights)}")
    flat = [r for rights in by_class.values() for r in rights]
    return sum(flat), len(flat), micros


def main() -> int:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--quiet", action="store_true", help="no list of failures")
    args = parser.parse_args()
    cases = [json.loads(line) for line in args.cases.read_text(encoding="utf-8").splitlines() if line.strip()]
    right, total, micros = score(cases, args.quiet)
    print(f"{'total':16} {right:3}/{total} = {right / max(1, total):.4f}   {micros:.0f} µs a call")
    return 0


if __name__ == "__main__":
    sys.exit(main())
