"""The tool to beat on the same pages in the same run: trafilatura as it comes, nothing set."""

from __future__ import annotations

import gzip
import statistics
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction

from benchmarks.accuracy.reading import labels
from benchmarks.accuracy.scoring import Scores, snippet_share

SETS = ("adbar",)  # its own evaluation pages
_COMPARED = ("date", "snippets")


def read_reference(folder: Path, processes: int | None = None) -> Scores:
    """Date and snippets of the pages of a set, scored as ours are."""
    with ProcessPoolExecutor(processes) as pool:
        rows = list(pool.map(partial(_scores, folder), labels(folder / "labels.jsonl"), chunksize=8))
    return {key: statistics.mean(row[key] for row in rows if key in row) for key in _COMPARED}


def behind(name: str, ours: Scores, reference: Scores) -> list[str]:
    """One line for every figure in which the reader is behind."""
    return [
        f"{name} {key}: {ours.get(key, 0.0):.4f} is below trafilatura's {value:.4f}"
        for key, value in reference.items()
        if ours.get(key, 0.0) < value
    ]


def _scores(folder: Path, label: dict[str, Any]) -> Scores:
    page = gzip.decompress((folder / f"{label['id']}.html.gz").read_bytes())
    found = bare_extraction(page, url=label.get("url"), with_metadata=True)
    scores: Scores = {}
    if label.get("date"):
        scores["date"] = float((getattr(found, "date", None) or "") == label["date"][:10])
    share = snippet_share(label, getattr(found, "text", None))
    return scores if share is None else {**scores, "snippets": share}
