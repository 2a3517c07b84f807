"""Texts of an expression: as far as they are looked at, those of the whole."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.blocks_expand import ANY, expansions

LETTERS = st.sampled_from("abc ")
SET = st.sampled_from(("[ab]", r"\.", r"\(", "[)|]"))


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.lists(parts, min_size=1, max_size=3).map(lambda found: f"(?:{'|'.join(found)})")
    repeated = st.tuples(group, st.sampled_from(("", "?", "*", "+"))).map("".join)
    return st.lists(st.one_of(parts, repeated), min_size=1, max_size=3).map("".join)


EXPRESSIONS = st.recursive(st.one_of(LETTERS, SET), _joined, max_leaves=9)


@given(pattern=EXPRESSIONS, limit=st.integers(1, 4))
@example(pattern="ab[)|]c|d", limit=1)
def test_cut_texts_are_the_beginnings_of_whole_ones(pattern: str, limit: int) -> None:
    whole = {text[:limit] for text in expansions([pattern])}
    assert expansions([pattern], limit) == whole


@given(pattern=EXPRESSIONS, data=st.data())
def test_every_match_begins_like_one_of_them(pattern: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(re.compile(pattern), fullmatch=True))
    limit = data.draw(st.integers(1, 4))
    found = expansions([pattern], limit)
    assert any(
        text.startswith(one.removesuffix(ANY)) if one.endswith(ANY) else text[:limit] == one for one in found
    )
