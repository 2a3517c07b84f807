"""What changed between two texts, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Op = Literal["same", "gone", "new"]
MAX_WORDS = 4_000  # of one stretch compared word by word; beyond, the whole stretch counts as replaced
_PIECE = re.compile(r"\s+|[^\W_]+(?:['’][^\W_]+)*|[\W_]", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, went or came. Joined without the new ones they are the old text."""

    op: Op
    text: str


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces that lead from one text to the other: first by lines, then by words within changed lines."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
        else:
            pieces += _words("".join(old[a:b]), "".join(new[c:d]))
    return _joined(pieces)


def _words(before: str, after: str) -> list[Piece]:
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    if max(len(old), len(new)) > MAX_WORDS:
        return [Piece("gone", before), Piece("new", after)]
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        pieces += [Piece("gone", "".join(old[a:b])), Piece("new", "".join(new[c:d]))]
    return _smoothed(pieces)


def _smoothed(pieces: Sequence[Piece]) -> list[Piece]:
    """A space or a comma that stayed between two changes is read as part of the change."""
    merged: list[Piece] = []
    for place, piece in enumerate(pieces):
        alone = piece.op == "same" and not re.search(r"[^\W_]", piece.text) and "\n" not in piece.text
        if alone and 0 < place < len(pieces) - 1:
            merged += [Piece("gone", piece.text), Piece("new", piece.text)]
        else:
            merged.append(piece)
    return merged


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Neighbours of one kind together; within a change, what went stands before what came."""
    done: list[Piece] = []
    gone, new = "", ""
    for piece in (*pieces, Piece("same", "")):
        if piece.op == "gone":
            gone += piece.text
        elif piece.op == "new":
            new += piece.text
        else:
            if gone or new:
                done += [part for part in (Piece("gone", gone), Piece("new", new)) if part.text]
                gone, new = "", ""
            if piece.text:
                last = done.pop().text if done and done[-1].op == "same" else ""
                done.append(Piece("same", last + piece.text))
    return tuple(done)


_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+(?:[ \u00a0\u202f]?[»”\")]+)?|\n|$)")


def sentences(text: str) -> list[str]:
    """The sentences of a text, roughly: an abbreviation ends one too."""
    found = (match.group().strip() for match in _SENTENCE.finditer(text))
    return [sentence for sentence in found if re.search(r"\w", sentence)]
