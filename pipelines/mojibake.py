"""UTF-8 that was read as windows-1252 and written as UTF-8 again ("Ã©tÃ©"), undone where that is certain.

ftfy judges and repairs, text between tags by text; it costs 4 ms a page, so it is asked only where a look
for the usual letters finds something. French typography (quotes, no-break spaces, ligatures) is not touched.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_BYTES = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
# the first letter is what UTF-8's first bytes look like for French, Arabic and typographic signs
_HIT = re.compile(f"[ÃÂÅÄÙØÚÛ][{_BYTES}]|â[\x80\x82\x84€‚„†‡][{_BYTES}]")
# What one of them holds, and what must then be there too: letters rare in sound French are looked for first.
_SUSPECTS = (
    ("Ã", "Ã"), ("Â", "Â"), ("Ù", "Ù"), ("Ø", "Ø"), ("Å", "Å"),
    ("€", "â€"), ("‚", "â‚"), ("\x80", "â\x80"), ("\x82", "â\x82"),
)  # fmt: skip
# the first letters of _HIT in UTF-8, and how the letters after them begin there
_PAIR = re.compile(rb"\xc3(?:[\x82-\x85\x98-\x9b][\xc2\xc5\xc6\xcb\xe2]|\xa2[\xc2\xe2])")
_TEXT = re.compile("[^<>]{1,10000}")
_MAX_TEXTS = 20_000  # texts of one page that are looked at closely


def may_hold_pairs(data: bytes) -> bool:
    """Whether a page in UTF-8 may hold what `repair` repairs: a fifth of the cost of looking at its text."""
    return _PAIR.search(data) is not None


def repair(text: str) -> tuple[str, list[str]]:
    """The text with its double encoding undone, and notes: mojibake_repaired, mojibake_left."""
    if not any(rare in text and pair in text for rare, pair in _SUSPECTS) or not _HIT.search(text):
        return text, []
    notes: set[str] = set()
    budget = _MAX_TEXTS

    def one(match: re.Match[str]) -> str:
        nonlocal budget
        before = match.group()
        if budget <= 0 or not _HIT.search(before):
            return before
        budget -= 1
        after = _fixed(before)
        if after is not None and after != before:
            notes.add("mojibake_repaired")
            return after
        if after is None:
            notes.add("mojibake_left")
        return before

    return _TEXT.sub(one, text), sorted(notes)


@cache
def _config() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_encoding=True,
        restore_byte_a0=True,
        replace_lossy_sequences=False,
        decode_inconsistent_utf8=True,
        fix_c1_controls=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
    )


def _fixed(text: str) -> str | None:
    """What ftfy makes of a text; the text itself where it finds no fault; None where that is not certain."""
    from ftfy import fix_encoding  # 40 ms to import, and few pages need it

    after = fix_encoding(text, _config())
    return after if _goes_back(after, text) else None


def _goes_back(fixed: str, damaged: str) -> bool:
    """Whether encoding the fixed text twice gives the damaged one.

    Letters that were sound may stay sound. The no-break space in which "à" ends may have become a plain
    one, or be one with the space that follows.
    """
    position = 0
    shared = False
    for char in fixed:
        if shared and char == " ":
            shared = False
            continue
        shared = False
        for spelling in _spellings(char):
            if damaged.startswith(spelling, position):
                position += len(spelling)
                shared = spelling.endswith(" ") and char != " " and not damaged.startswith(" ", position)
                break
        else:
            return False
    return position == len(damaged)


@cache
def _spellings(char: str) -> tuple[str, ...]:
    """How one character may stand in a damaged text: encoded twice, or as it is."""
    if char.isascii():
        return (char,)
    data = char.encode("utf-8", "surrogatepass")
    windows = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in data)
    latin = data.decode("latin-1")
    return windows, latin, windows.replace("\xa0", " "), latin.replace("\xa0", " "), char
