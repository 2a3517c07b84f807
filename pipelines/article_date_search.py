"""The last resort for pages in other languages than French: htmldate on the whole page.

French pages never get here: there every form of a date line is read by rules, and an unknown date is None.
For other languages, whose month names and labels the rules do not know, a page that gives no claim at all is
searched.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from storage.records import Date, Page

_MAX_CHARS: Final = 400_000  # its search of running text takes a second for half a megabyte


def search_date(text: str, page: Page) -> Date | None:
    """A day found somewhere in the page. 1 January is what htmldate makes of a bare year: refused."""
    if len(text) > _MAX_CHARS:
        return None
    from htmldate import find_date  # trafilatura's companion; imported only where it is needed

    try:
        found = find_date(
            text,
            extensive_search=True,
            original_date=True,
            url=page.url,
            max_date=page.fetched_at.date().isoformat(),
        )
        day = date.fromisoformat(found) if found else None
    except (ValueError, TypeError, AttributeError, IndexError):  # it raises these on odd trees
        return None
    if day is None or (day.month, day.day) == (1, 1) or day > page.fetched_at.date():
        return None
    return Date(date=day, precision="day", raw=found or "", rule="htmldate")
