"""The targets on planted copies, in small: the same measure as benchmarks/copies.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.copies import found, recall, store, wrong
from benchmarks.planted import plant
from storage import Archive, open_archive


@pytest.mark.slow
def test_recall_and_precision(tmp_path: Path) -> None:
    made = plant(2_000)
    with open_archive(tmp_path / "a", create=True) as archive:
        store(archive, made)
        pairs = found(archive)
    shares = recall(made, pairs)
    assert shares["changed"] >= 0.95
    assert shares["cut"] >= 0.95
    assert shares["extended"] >= 0.95
    assert shares["teaser"] >= 0.9
    assert shares["quoted"] >= 0.9
    assert 1 - len(wrong(made, pairs)) / len(pairs) >= 0.99


def test_both_databases_find_the_same(archive: Archive) -> None:
    made = plant(300, seed=3)
    store(archive, made)
    pairs = found(archive)
    assert min(recall(made, pairs).values()) >= 0.9
    assert {kind for _, kind in wrong(made, pairs)} <= {"passage"}  # too few articles to know boilerplate
