"""XLSX: the columns of the CSV as a sheet. A cell there holds 32,767 characters: what is cut is said."""

from __future__ import annotations

import io
import tempfile
from contextlib import suppress
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError

from storage.errors import ArchiveError
from storage.export.contents import Contents
from storage.export.csv import COLUMNS, row_of

LIMIT = 32_767  # UTF-16 code units a cell
ROWS = 1_048_576
_NUMBERS = frozenset(COLUMNS.index(name) for name in ("id", "revisions", "paywalled", "truncated"))


def write_xlsx(contents: Contents, output: BinaryIO) -> int:
    """Write the articles; the last column, `cut`, names cells of the row that did not fit. Returns how many.

    Raises:
        ArchiveError: more articles than a sheet has rows.
    """
    sink = _Sink(output)
    with tempfile.TemporaryDirectory(prefix="hemero-", dir=contents.folder) as folder:
        book = xlsxwriter.Workbook(sink, {"constant_memory": True, "tmpdir": folder})
        book.use_zip64()
        book.set_properties({"created": contents.now.replace(tzinfo=None)})
        try:
            count = _sheet(contents, book)
        finally:
            try:
                _close(book)
            finally:
                sink.done = True
                _let_go(book)
    if sink.error is not None:
        raise sink.error
    return count


def _sheet(contents: Contents, book: xlsxwriter.Workbook) -> int:
    sheet = book.add_worksheet("articles")
    sheet.freeze_panes(1, 0)
    for column, name in enumerate((*COLUMNS, "cut")):
        sheet.write_string(0, column, name)
    count = cut_cells = 0
    for stored in contents.articles():
        count += 1
        if count >= ROWS:
            raise ArchiveError(f"a sheet ends at row {ROWS:,}: narrow the search, or export csv")
        cut_cells += _row(sheet, count, row_of(stored, raw=contents.raw))
    if cut_cells:
        contents.notes.append(
            f"{cut_cells} cells were cut at {LIMIT:,} characters, the limit of a sheet: the column cut"
            " names them; csv, jsonl and parquet have them whole"
        )
    return count


class _Sink(io.RawIOBase):
    """Takes everything, also once the book is closed: the library does not tidy up after a fault."""

    def __init__(self, output: BinaryIO) -> None:
        super().__init__()
        self._output = output
        self.error: OSError | None = None
        self.done = False
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        size = len(data)
        try:
            if self.error is None and not self.done:
                self._output.write(data)
        except OSError as error:
            self.error = error
        self._at += size
        return size

    def flush(self) -> None:
        """Nothing is held here; the one of the base class fails once it is closed."""

    def tell(self) -> int:
        return self._at


def _row(sheet: xlsxwriter.worksheet.Worksheet, row: int, cells: list[str]) -> int:
    cut = []
    for column, cell in enumerate(cells):
        units = len(cell) if cell.isascii() else len(cell.encode("utf-16-le", "replace")) // 2
        if units > LIMIT:
            cut.append(COLUMNS[column])
            cell = cell.encode("utf-16-le", "replace")[: LIMIT * 2].decode("utf-16-le", "ignore")
        if column in _NUMBERS:
            sheet.write_number(row, column, int(cell))
        elif cell:
            sheet.write_string(row, column, cell)
    if cut:
        sheet.write_string(row, len(cells), "; ".join(cut))
    return len(cut)


def _close(book: xlsxwriter.Workbook) -> None:
    try:
        book.close()
    except XlsxFileError as error:
        cause = error.args[0] if error.args else error
        raise cause if isinstance(cause, OSError) else error from None


def _let_go(book: xlsxwriter.Workbook) -> None:
    """Close what the library left open after a fault: Python 3.13 prints one more error for each."""
    for sheet in book.worksheets():
        rows = getattr(sheet, "row_data_fh", None)
        if rows is not None:
            with suppress(OSError):
                rows.close()
