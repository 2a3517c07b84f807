"""The notebook of docs/analysis.md runs as it stands, on both databases, and its values are the cycle's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from demo import press_cycle as truth
from tests.analysis.conftest import Cycle

PAGE = Path(__file__).resolve().parents[2] / "docs" / "analysis.md"


def test_the_notebook_runs(cycle: Cycle, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.S)
    monkeypatch.setenv("HEMERO_ARCHIVE", str(cycle.archive.folder))
    if not cycle.archive.is_sqlite:
        monkeypatch.setenv("HEMERO_DATABASE_URL", cycle.archive.database_url)
    names: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), names)
    assert set(names["share"]["site"]) == set(truth.SITES)
    assert len(names["found"].hits) == 5
    assert names["first"].article.title in {hit.title for hit in names["found"].hits}
    assert len(names["copies"]) > 0
    (edit,) = names["edits"]
    assert cycle.names[edit.article_id] == "corrected"
    assert [state.number for state in names["states"]] == [1, 2]
    (field,) = names["why"]["fields"]
    assert field["claims"][0]["position"] is not None
