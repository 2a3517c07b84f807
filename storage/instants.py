"""Moments as files for other programs say them."""

from __future__ import annotations

from datetime import datetime
from typing import overload


@overload
def time_text(moment: datetime) -> str: ...
@overload
def time_text(moment: None) -> None: ...
@overload
def time_text(moment: datetime | None) -> str | None: ...
def time_text(moment: datetime | None) -> str | None:
    """ISO 8601, with Z where the moment is in UTC; None stays None."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
