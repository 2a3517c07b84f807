"""How long to wait after an answer that asks for patience. Pure."""

from __future__ import annotations

import email.utils
import re
from datetime import UTC, datetime

LONGEST = 60.0  # seconds of a pause that nobody asked for
_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date); None if unreadable.

    Args:
        now: aware; what a date is counted from. A date that has passed gives 0.
    """
    if value is None:
        return None
    text = value[:100].decode("latin-1").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def backoff(failures: int, unit: float) -> float:
    """The pause after so many failures in a row: 2, 4, 8 ... units, at most a minute."""
    return min(2.0 ** min(failures, 30) * unit, LONGEST)
