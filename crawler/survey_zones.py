"""The usual time zone of a country, by the table of the IANA database that comes with `tzdata`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# Where the table's first zone is not the one most of the French-language press is of.
_PRESS = {"CA": "America/Toronto", "CD": "Africa/Kinshasa", "PF": "Pacific/Tahiti", "US": "America/New_York"}


def timezone_of(country: str) -> str:
    """IANA name; Europe/Paris for a code that is none."""
    return _PRESS.get(country) or _table().get(country, "Europe/Paris")


def is_country(code: str) -> bool:
    """Whether ISO 3166 knows this two-letter code."""
    return code in _table()


@cache
def _table() -> dict[str, str]:
    zones: dict[str, str] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            zones.setdefault(code, zone)
    return zones
