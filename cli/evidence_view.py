"""Evidence as a terminal shows it: field by field, what was read, by which rule, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cli.output import safe_line, wrapped

_MOST = 160  # characters of a value or a text on the screen; --json has them whole


def lines(found: dict[str, Any]) -> Iterator[str]:
    """What `storage.evidence.evidence_of` found, for people."""
    yield click.style(wrapped(found["title"] or "(no title)"), bold=True)
    yield safe_line(found["url"])
    capture = found["capture"]
    if capture is not None:
        yield from _named(
            "capture", f"{capture['capture']}, HTTP {capture['status']}, {capture['fetched_at']}"
        )
        yield from _named("digest", capture["payload_digest"])
        yield from _named("kept in", f"{capture['file']} at byte {capture['offset']}")
        yield from _named("decoded", capture["encoding"] or "")
    if found["trouble"]:
        yield from _named("trouble", found["trouble"])
    for entry in found["fields"]:
        yield ""
        yield from _field(entry)


def _field(entry: dict[str, Any]) -> Iterator[str]:
    name = click.style(f"{entry['field']:<10}", bold=True)
    yield name + wrapped(_short(_value(entry["value"])), indent=10).strip()
    for claim in entry["claims"]:
        won = "read" if claim["chosen"] else "not"
        text = claim["raw"] if claim["raw"] and claim["raw"] != claim["value"] else ""
        said = f"{_short(claim['value'] or '')} ({claim['rule']})" + (
            f' from "{_short(text)}"' if text else ""
        )
        yield from _named(won, said)
        if claim["position"] is not None:
            yield from _place(claim["position"])
    if not any(claim["position"] for claim in entry["claims"]):
        yield from _parts(entry["positions"])
    for old in entry["earlier"]:
        yield from _named(
            "before",
            f"{_short(old['value'] or '(empty)')}, revision {old['revision']}, {old['fetched_at'][:16]}",
        )
    for made in entry["corrections"]:
        value = "withdrawn" if made["value"] is None else f'"{_short(made["value"])}"'
        yield from _named("corrected", f"{value} by {made['who']}, {made['made_at'][:16]}")


def _parts(positions: list[dict[str, Any]]) -> Iterator[str]:
    for number, part in enumerate(positions, 1):
        place = part["position"]
        where = _where(place) if place is not None else "not in the page as such"
        yield from _named("at", f'{number}. {where}: "{part["text"][:40]}"')


def _place(place: dict[str, Any]) -> Iterator[str]:
    yield from _named("at", _where(place))
    yield from _named("", _short(place["context"]))


def _where(place: dict[str, Any]) -> str:
    kind, start, end = "bytes", place["first_byte"], place["end_byte"]
    if start is None:
        kind, start, end = "characters", place["start"], place["end"]
    once = "" if place["occurrences"] == 1 else f", one of {place['occurrences']} places"
    exact = "" if place["verbatim"] else ", spelled otherwise"
    return f"{kind} {start} to {end} ({place['layer']}{exact}{once})"


def _named(name: str, text: str) -> Iterator[str]:
    yield f"  {name:<10}{wrapped(text, indent=12).strip()}"


def _value(value: Any) -> str:
    if value is None:
        return "(empty)"
    if isinstance(value, dict):  # a date
        return str(value["datetime"] or value["date"])
    if isinstance(value, list):
        return "; ".join(
            item if isinstance(item, str) else str(item.get("raw") or item.get("title") or "")
            for item in value
        )
    return str(value)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST else text[:_MOST] + " ..."
