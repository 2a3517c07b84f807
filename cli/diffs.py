"""Word diffs and changes, as a terminal and as JSON show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click
from sqlalchemy.orm import Session

from cli.output import folded, safe, safe_line
from storage.changes import Change, State, absences, history
from storage.diffs import Piece

AROUND = 60  # characters of what stayed that are shown on either side of a change
_MARKS = {"gone": ("[-", "-]"), "new": ("{+", "+}")}
_COLOURS = {"gone": "red", "new": "green"}


def shown(pieces: Sequence[Piece]) -> str:
    """Changes in their surroundings: [-what went-]{+what came+}, coloured on a terminal."""
    parts = []
    for place, piece in enumerate(pieces):
        if piece.op == "same":
            parts.append(_shortened(piece.text, first=place == 0, last=place == len(pieces) - 1))
        else:
            left, right = _MARKS[piece.op]
            parts.append(click.style(f"{left}{safe(piece.text)}{right}", fg=_COLOURS[piece.op]))
    return "".join(parts)


def _shortened(text: str, *, first: bool, last: bool) -> str:
    """The ends of a stretch that stayed, in whole words; its middle is left out."""
    start, end = text[:AROUND].rpartition(" ")[0], text[-AROUND:].partition(" ")[2]
    if first and len(text) > AROUND:
        return "... " + safe(end or text[-AROUND:])
    if last and len(text) > AROUND:
        return safe(start or text[:AROUND]) + " ..."
    if len(text) > 2 * AROUND:
        return f"{safe(start or text[:AROUND])} ... {safe(end or text[-AROUND:])}"
    return safe(text)


def history_lines(session: Session, number: int) -> Iterator[str]:
    """Every revision with what it changed, and when the article was gone."""
    for state in history(session, number):
        yield click.style(f"revision {state.number}", bold=True) + f"  {state.fetched_at:%Y-%m-%d %H:%M} UTC"
        if state.stealth:
            yield "  the page's own date did not move"
        if state.rules_changed:
            yield "  the one before was read by other rules: differences may be ours"
        for change in state.changes:
            yield f"  {change.field}:"
            for line in shown(change.pieces).split("\n"):
                yield from folded(line, indent=4)
    for gone, back in absences(session, number):
        until = f"until {back:%Y-%m-%d %H:%M} UTC" if back is not None else "and not seen since"
        yield f"gone from {gone:%Y-%m-%d %H:%M} UTC {until}"


def history_json(session: Session, number: int) -> dict[str, Any]:
    """The same as one object: `article revisions absences`."""
    return {
        "article": number,
        "revisions": [_state(state) for state in history(session, number)],
        "absences": [
            {"gone_at": gone.isoformat(), "back_at": back.isoformat() if back is not None else None}
            for gone, back in absences(session, number)
        ],
    }


def _state(state: State) -> dict[str, Any]:
    return {
        "number": state.number,
        "fetched_at": state.fetched_at.isoformat(),
        "stealth": state.stealth,
        "rules_changed": state.rules_changed,
        "capture": state.capture_id,
        "changes": [
            {
                "field": change.field,
                "before": change.before,
                "after": change.after,
                "pieces": [[piece.op, piece.text] for piece in change.pieces],
            }
            for change in state.changes
        ],
    }


def change_line(change: Change) -> str:
    """What happened, in a few words."""
    what = {"edit": "edited", "stealth": "edited without a word", "gone": "gone", "back": "back again"}
    fields = f" ({', '.join(change.fields)})" if change.fields else ""
    return safe_line(what[change.kind] + fields)


def change_json(change: Change) -> dict[str, Any]:
    return {
        "change": change.key,
        "kind": change.kind,
        "at": change.at.isoformat(),
        "article": change.article_id,
        "site": change.site,
        "url": change.url,
        "title": change.title,
        "revision": change.revision,
        "fields": list(change.fields),
        "title_before": change.title_before,
    }
