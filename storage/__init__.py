"""What is kept. Knows neither Scrapy nor trafilatura.

`open_archive` is the entrance for tests and notebooks; it is loaded when asked for, because the readers need
only `storage.records` and should not pay for a database library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.archive import Archive, open_archive
    from storage.errors import ArchiveError

__all__ = ["Archive", "ArchiveError", "open_archive"]


_HOMES = {"Archive": "storage.archive", "open_archive": "storage.archive", "ArchiveError": "storage.errors"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
