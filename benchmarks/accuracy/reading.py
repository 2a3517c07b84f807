"""Reading labelled pages on all cores."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.accuracy.cost import timed, warm
from benchmarks.accuracy.scoring import Scores, fragment_scores, page_scores
from storage.records import Article, Page

_FETCHED = "2026-11-23T00:00:00+00:00"  # for pages whose label does not say when they were saved


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one labelled page: its scores, CPU milliseconds, and the rules that decided or cut."""

    id: str
    publisher: str
    scores: Scores
    milliseconds: float = 0.0
    rules: tuple[str, ...] = field(default=())
    warnings: tuple[str, ...] = field(default=())


def labels(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def read_set(folder: Path, processes: int | None = None) -> list[Result]:
    """Every page of a set, in label order."""
    return _map(partial(_read_page, folder), labels(folder / "labels.jsonl"), processes)


def read_fragments(path: Path) -> list[Result]:
    return [_read_fragment(case) for case in labels(path)]


def _map(
    function: Callable[[dict[str, Any]], Result], cases: list[dict[str, Any]], processes: int | None
) -> list[Result]:
    with ProcessPoolExecutor(processes, initializer=warm) as pool:
        return list(pool.map(function, cases, chunksize=8))


def _read_page(folder: Path, label: dict[str, Any]) -> Result:
    body = gzip.decompress((folder / f"{label['id']}.html.gz").read_bytes())
    url = label.get("url") or "https://page.invalid/"
    article, spent = timed(Page(url, body, _moment(label.get("crawl_date") or _FETCHED)))
    publisher = label.get("publisher") or (urlsplit(url).hostname or "").removeprefix("www.")
    return Result(
        label["id"], publisher, page_scores(label, article), spent, tuple(_rules(article)), article.warnings
    )


def _read_fragment(case: dict[str, Any]) -> Result:
    article, spent = timed(Page(case["url"], case["html"].encode(), _moment(case["base"])))
    return Result(case["id"], case["id"], fragment_scores(case["expected"], article), spent)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _rules(article: Article) -> Iterator[str]:
    for evidence in article.evidence:
        if evidence.chosen and evidence.rule:
            yield f"{evidence.field} {evidence.rule}"
