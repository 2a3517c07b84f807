"""Which hemero this is, as rows, files and messages say who wrote them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def release() -> str:
    """The version; "0" where the program runs without having been installed."""
    try:
        return version("hemerotheque")
    except PackageNotFoundError:
        return "0"
