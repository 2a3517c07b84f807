"""The floors: figures that a change may raise and not lower, unless `--lower` says why not to mind."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.accuracy.scoring import Scores

PATH = Path(__file__).with_name("floors.json")
TOLERANCE = 0.0005  # rounding of what is written


def read() -> dict[str, Scores]:
    return json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}


def fallen(found: dict[str, Scores]) -> list[str]:
    """One line for every figure below its floor. `date_wrong` and `ms` are ceilings, and not kept here."""
    lines = []
    for name, floors in read().items():
        for key, floor in floors.items():
            value = found.get(name, {}).get(key)
            if name in found and (value is None or value < floor - TOLERANCE):
                lines.append(
                    f"{name} {key}: {value if value is None else round(value, 4)} is below its floor {floor}"
                )
    return lines


def write(found: dict[str, Scores], *, lower: bool) -> None:
    """Raise the floors of the sets that were read; with `lower` set them to what was found."""
    floors = read()
    for name, scores in found.items():
        kept = floors.setdefault(name, {})
        for key, value in scores.items():
            if key in ("date_wrong", "ms"):
                continue
            kept[key] = round(value, 4) if lower else max(kept.get(key, 0.0), round(value, 4))
    PATH.write_text(json.dumps(floors, indent=1, sort_keys=True) + "\n", encoding="utf-8")
