"""Tables that say something, as against tables that lay a page out: results, standings, prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_tree import text_length
from pipelines.body_paragraphs import Paragraph

_CELLS: Final = frozenset(("td", "th"))
_ROWS: Final = 500  # of a table that are looked at
_REGULAR: Final = 0.6  # share of the rows that have the same number of cells
_LINKED: Final = 0.5  # share of the text that is links: more is a menu, or teasers in two columns
_CELL: Final = 300  # characters of a cell, on average: a page in columns has more


class DataTables:
    """Which paragraphs are cells of such a table; each table is judged once."""

    def __init__(self) -> None:
        self._judged: dict[HtmlElement, bool] = {}

    def holds(self, paragraph: Paragraph) -> bool:
        if paragraph.tag not in _CELLS:
            return False
        table = next((e for e in paragraph.element.iterancestors("table")), None)
        if table is None:
            return False
        if table not in self._judged:
            self._judged[table] = _is_data(table)
        return self._judged[table]


def _is_data(table: HtmlElement) -> bool:
    """Rows of two cells and more, most of the same number, with little in them and few links."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [sum(1 for cell in row if cell.tag in _CELLS) for row in islice(table.iter("tr"), _ROWS)]
    rows = [cells for cells in rows if cells]
    if len(rows) < 2:
        return False
    columns, count = Counter(rows).most_common(1)[0]
    if columns < 2 or count < _REGULAR * len(rows):
        return False
    size = text_length(table)
    linked = sum(text_length(link) for link in table.iter("a"))
    return 0 < size <= _CELL * sum(rows) and linked <= _LINKED * size


def closing_tables(kept: Sequence[Paragraph], start: int, tables: DataTables) -> int:
    """The place behind the tables that stand at `start`, headed or not; `start` where there are none."""
    end = index = start
    while index < len(kept):
        if tables.holds(kept[index]):
            end = index + 1
        elif not kept[index].is_heading or index > end:
            break
        index += 1
    return end
