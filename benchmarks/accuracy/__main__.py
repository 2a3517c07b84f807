"""Score the reader against labelled pages: `python -m benchmarks.accuracy --corpus DIR [--set NAME ...]`.

DIR/dev/NAME holds labels.jsonl and ID.html.gz. Labelled fragments (related.dev.jsonl), date strings and
attribution lines are read from --cases (default: DIR/../french). Exit code 1 where a figure fell below its
floor in benchmarks/accuracy/floors.json, which a run without a fall raises, or below what trafilatura's own
default reaches on its pages (adbar) in the same run; `--lower` sets the floors to what was found. Prints the
rules that fired on pages of one publisher only; with `--rules` all of them.
What reading costs is printed beside (benchmarks/accuracy/cost.py) and has no floor: on a machine that does
other work the same page costs up to twice as much.
"""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks import attributions, dates
from benchmarks.accuracy import cost, floors
from benchmarks.accuracy.reading import Result, labels, read_fragments, read_set
from benchmarks.accuracy.reference import SETS, behind, read_reference
from benchmarks.accuracy.scoring import Scores, totals
from pipelines.attribution import parse_attribution


def main() -> int:
    arguments = _arguments()
    found: dict[str, Scores] = {}
    results: list[Result] = []
    losses: list[str] = []
    for folder in sorted(path for path in (arguments.corpus / "dev").iterdir() if path.is_dir()):
        if arguments.set and folder.name not in arguments.set:
            continue
        rows = read_set(folder, arguments.processes)
        results += rows
        found[folder.name] = {
            **totals([row.scores for row in rows]),
            "ms": statistics.mean(row.milliseconds for row in rows),
        }
        _print(folder.name, len(rows), found[folder.name])
        print(cost.line(folder.name, [row.milliseconds for row in rows]), flush=True)
        _print_worst(rows, arguments.worst)
        if folder.name in SETS:
            reference = read_reference(folder, arguments.processes)
            _print("  trafilatura", len(rows), reference)
            losses += behind(folder.name, found[folder.name], reference)
    cases = arguments.cases or arguments.corpus.parent / "french"
    if not arguments.set and cases.is_dir():
        found |= _cases(cases)
    if not arguments.set:
        print("\n".join(cost.report()), flush=True)
    _print_rules(results, alone=not arguments.rules)
    return _settle(found, losses, lower=arguments.lower)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--corpus", type=Path, required=True, help="folder with dev/NAME/labels.jsonl and pages"
    )
    parser.add_argument("--cases", type=Path, help="folder with the labelled fragments and lines")
    parser.add_argument("--set", action="append", help="only this set (may be repeated)")
    parser.add_argument("--processes", type=int, help="default: one a core")
    parser.add_argument(
        "--worst", type=int, default=0, metavar="N", help="print the N worst bodies of each set"
    )
    parser.add_argument("--rules", action="store_true", help="print how many publishers each rule met")
    parser.add_argument("--lower", action="store_true", help="accept figures below their floors")
    return parser.parse_args()


def _cases(folder: Path) -> dict[str, Scores]:
    """Fragments, date strings and attribution lines."""
    found: dict[str, Scores] = {}
    fragments = read_fragments(folder / "related.dev.jsonl")
    found["fragments"] = totals([row.scores for row in fragments])
    verdicts = [dates.judge(c["expected"], dates.read(c)[0]) for c in labels(folder / "dates.dev.jsonl")]
    found["date_strings"] = {"right": verdicts.count("right") / len(verdicts)}
    lines = labels(folder / "attributions.dev.jsonl")
    hits = [
        attributions.is_right(
            c["expected"], parse_attribution(c["input"], c["context"]["position"], c["context"]["country"])
        )
        for c in lines
    ]
    found["attributions"] = {"right": sum(hits) / len(hits)}
    for name, count in (
        ("fragments", len(fragments)),
        ("date_strings", len(verdicts)),
        ("attributions", len(hits)),
    ):
        _print(name, count, found[name])
    return found


def _print(name: str, count: int, scores: Scores) -> None:
    figures = "  ".join(
        f"{key} {value:.1f}" if key == "ms" else f"{key} {value:.4f}" for key, value in scores.items()
    )
    print(f"{name:13} {count:4}  {figures}", flush=True)


def _print_worst(rows: Sequence[Result], count: int) -> None:
    measured = [row for row in rows if "precision" in row.scores]
    for row in sorted(measured, key=lambda row: row.scores["precision"] * row.scores["recall"])[:count]:
        print(f"  {row.id}: {', '.join(f'{key} {value:.2f}' for key, value in row.scores.items())}")


def _print_rules(results: Sequence[Result], *, alone: bool) -> None:
    """Each rule that decided a field or cut a block, and on pages of how many publishers; or only those of
    one publisher."""
    publishers: defaultdict[str, set[str]] = defaultdict(set)
    for result in results:
        for rule in result.rules:
            publishers[rule].add(result.publisher)
    for rule, met in sorted(publishers.items(), key=lambda item: (-len(item[1]), item[0])):
        if alone and len(met) > 1:
            continue
        print(f"{len(met):5} publishers  {rule}{'' if len(met) > 1 else '   <- only ' + next(iter(met))}")


def _settle(found: dict[str, Scores], losses: list[str], *, lower: bool) -> int:
    fallen = floors.fallen(found) + losses
    if fallen and not lower:
        print("\n".join(fallen))
        print("Nothing was written. Mend it, or say --lower and why in the commit.")
        return 1
    floors.write(found, lower=lower)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
