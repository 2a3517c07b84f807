"""Masking passages in a page's bytes: the teaser of a redacted article on another article's page. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.entities import codepoint2name

MASK = "[...]"
MIN_LENGTH = 20  # characters; a shorter title may stand in any text
_SPACE = r"(?:\s|&nbsp;|&#160;|&#x[aA]0;|\\n|\\u00[aA]0|</?[a-zA-Z][^<>]{0,300}>)+"
_QUOTES = "'’‘ʼ"
_END = re.compile(r"(?:\s|\.\.\.|…|\[\.\.\.\])+$")


def passages(texts: Iterable[str | None]) -> list[str]:
    """The texts worth masking: without the dots of a cut, long enough to mean one article; longest first."""
    bare = {_END.sub("", text).strip() for text in texts if text}
    return sorted((text for text in bare if len(text) >= MIN_LENGTH), key=lambda text: (-len(text), text))


def pattern(texts: Iterable[str]) -> re.Pattern[str] | None:
    """What finds these texts in markup: with any space, tags between words, entities and JSON escapes."""
    found = [_one(text) for text in texts]
    return re.compile("|".join(found)) if found else None


def _one(text: str) -> str:
    return _SPACE.join("".join(_letter(letter) for letter in word) for word in text.split())


def _letter(letter: str) -> str:
    ways = [re.escape(letter)]
    letters = _QUOTES if letter in _QUOTES else letter
    for each in letters:
        code = ord(each)
        name = codepoint2name.get(code)
        ways += [re.escape(each)] if each != letter else []
        ways += [f"&{name};"] if name else []
        if not each.isascii() or each in "'\"&<>":
            ways += [f"&#0?{code};", f"&#[xX]0*{_either(code)};", rf"\\u{_either(code, 4)}"]
    if letter in '"/':
        ways.append(r"\\" + re.escape(letter))
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


def _either(code: int, width: int = 0) -> str:
    """A hexadecimal number in either case."""
    digits = f"{code:0{width}x}"
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in digits)


def mask(body: bytes, wanted: re.Pattern[str]) -> tuple[bytes, int]:
    """The body with every passage replaced, and how many there were. Other bytes stay as they are."""
    for encoding in ("utf-8", "cp1252", "utf-16"):
        text = _decode(body, encoding)
        if text is None:
            continue
        masked, count = wanted.subn(MASK, text)
        if count:
            return masked.encode(encoding, "surrogateescape"), count
    return body, 0


def _decode(body: bytes, encoding: str) -> str | None:
    if encoding == "utf-16" and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    try:
        return body.decode(encoding, "surrogateescape")
    except UnicodeDecodeError:
        return None


def holds(body: bytes, wanted: re.Pattern[str]) -> bool:
    """Whether one of the passages stands in the body."""
    return mask(body, wanted)[1] > 0
