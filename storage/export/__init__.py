"""Exports: the articles a search finds, streamed into a file that is whole or not there, with a manifest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

from storage.errors import ArchiveError
from storage.export.contents import Contents
from storage.export.files import atomic, explained
from storage.export.manifest import MANIFEST, manifest_of, write_manifest
from storage.ledger import note_copy

__all__ = ["FORMATS", "Contents", "Format", "atomic", "export", "export_file"]

Writer = Callable[[Contents, BinaryIO], int]


@dataclass(frozen=True, slots=True)
class Format:
    """One form of export. The module is loaded when the form is asked for."""

    module: str
    writer: str
    binary: bool = False  # nothing for a terminal
    held: bool = False  # reads captures: what rewrites them is kept out meanwhile

    def load(self) -> Writer:
        made: Writer = getattr(import_module(f"storage.export.{self.module}"), self.writer)
        return made


FORMATS: dict[str, Format] = {
    "csv": Format("csv", "write_csv"),
    "xlsx": Format("xlsx", "write_xlsx", binary=True),
    "jsonl": Format("jsonl", "write_jsonl"),
    "parquet": Format("parquet", "write_parquet", binary=True),
    "bibtex": Format("bibtex", "write_bibtex"),
    "ris": Format("ris", "write_ris"),
    "csl": Format("csl", "write_csl"),
    "iramuteq": Format("iramuteq", "write_iramuteq"),
    "tei": Format("tei", "write_tei", binary=True),
    "graphml": Format("graphs", "write_graphml"),
    "gexf": Format("graphs", "write_gexf"),
    "wacz": Format("wacz", "write_wacz", binary=True, held=True),
    "evidence": Format("evidence", "write_evidence", binary=True, held=True),
}


def export(contents: Contents, output: BinaryIO, format: str) -> int:
    """Write the articles to an open binary file. Returns how many.

    Raises:
        KeyError: a format that FORMATS does not name.
        ArchiveError: the format cannot hold them, or a library it needs is not installed.
    """
    return FORMATS[format].load()(contents, output)


def export_file(contents: Contents, path: Path, format: str) -> int:
    """Write the articles to `path`, and the manifest beside it; both appear at the end or stay as they were.

    The ledger of the archive hears of the copy before it stands there.

    Raises:
        ArchiveError: the disk is full or the folder cannot be written; or as `export`.
        KeyError: a format that FORMATS does not name.
    """
    contents.folder = path.resolve().parent
    beside = path.with_name(path.name + MANIFEST)
    with explained(path):
        is_device = path.exists() and not path.is_file()
        if beside.exists() and not beside.is_file():
            raise ArchiveError(f"{beside} is no file: choose another name")
    with atomic(path) as output:
        count = export(contents, output, format)
        if not is_device:
            manifest = manifest_of(contents, format, count, path.name, output)
            note_copy(contents.archive.folder, "export", str(path.absolute()), contents.now)
            write_manifest(beside, manifest)
    return count
