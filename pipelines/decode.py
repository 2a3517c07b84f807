"""Bytes to text: what a page's author meant, whatever the server and the page say about it.

Order of truth: byte order mark, strict UTF-8, UTF-8 with few broken bytes, the declared charset if it is one
of the web's, detection among what the press uses, windows-1252. The text is ready for an HTML parser:
without controls, surrogates, XML declaration and internal DTD (libxml2 refuses or mangles such text).
Time is linear in the size of the body.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass

from pipelines.mojibake import may_hold_pairs, repair

# names of the Encoding Standard on the left, Python's codec on the right: nothing else is ever looked up,
# for Python also knows "zlib", "rot13", "idna", "utf-7" and "unicode_escape"
_CHARSETS = {
    "windows-1252": "cp1252 windows-1252 x-cp1252 iso-8859-1 iso8859-1 iso88591 iso_8859-1 latin1 latin-1 l1 "
    "ascii us-ascii ansi_x3.4-1968 ansi cp819 ibm819",
    "windows-1254": "cp1254 windows-1254 iso-8859-9 latin5",
    "iso-8859-15": "iso-8859-15 iso8859-15 iso885915 iso_8859-15 latin-9 latin9 l9",
    "windows-1256": "cp1256 windows-1256 x-cp1256",
    "iso-8859-6": "iso-8859-6 iso8859-6 arabic asmo-708",
    "windows-1250": "cp1250 windows-1250",
    "iso-8859-2": "iso-8859-2 iso8859-2 latin2",
    "windows-1251": "cp1251 windows-1251",
    "windows-1253": "cp1253 windows-1253",
    "iso-8859-7": "iso-8859-7 greek",
    "windows-1255": "cp1255 windows-1255",
    "windows-1257": "cp1257 windows-1257",
    "windows-1258": "cp1258 windows-1258",
    "koi8-r": "koi8-r",
    "macintosh": "macintosh x-mac-roman mac",
    "gb18030": "gb18030 gbk gb2312 x-gbk",
    "big5": "big5 big5-hkscs",
    "euc-jp": "euc-jp",
    "shift_jis": "shift_jis shift-jis sjis x-sjis windows-31j",
    "euc-kr": "euc-kr ks_c_5601-1987 korean",
}
_CODECS = {"macintosh": "mac_roman", "gb18030": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949"}
_LABELS = {label: name for name, labels in _CHARSETS.items() for label in labels.split()}
_DETECTABLE = {
    "cp1252": "windows-1252",
    "cp1256": "windows-1256",
    "iso8859_15": "iso-8859-15",
    "utf_16_le": "utf-16le",
    "utf_16_be": "utf-16be",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32le"),
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_SNIFFED = 65_536  # bytes that detection looks at
_BEGUN = (b"<html", b"<body")
_ENDED = (b"</html", b"</body")
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_META_CHARSET = re.compile(rb"<meta\s[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_XML_CHARSET = re.compile(rb"^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.I)
_XML_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,1000}>")
_DTD = re.compile(r"<!DOCTYPE\s[^\[>]{0,1000}\[", re.I)
_MULTIBYTE = re.compile("[^\x00-\x7f\ufffd]")
_SURROGATE_BYTES = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x1b")
_UNWANTED = bytes(b for b in range(32) if b not in b"\t\n\r")
_LEFT_OUT = dict.fromkeys((*_UNWANTED, 0xFFFE, 0xFFFF)) | {0x0B: " ", 0x0C: " "}  # lines and pages end
_FILE_MARKS = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF")


NOT_TEXT = "not_text"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page as text, and how it was read.

    `encoding`: a name of the Encoding Standard. `rule`: bom, utf-8, utf-16, nearly-utf-8, header, meta,
    detected or fallback. `warnings`: not_text (a PDF, an image, noise), broken_utf8 (single bytes
    replaced), undecodable_bytes, mojibake_repaired, mojibake_left, nul_removed, controls_removed.
    `data`: the text in UTF-8 where that is the body itself.
    """

    text: str
    encoding: str
    rule: str
    warnings: tuple[str, ...] = ()
    data: bytes | None = None


def decode(body: bytes, content_type: str | None) -> Decoded:
    """Text of a response's body (content coding undone). `content_type`: the header's value. Never raises."""
    decoded, encoding, rule, warnings = _decoded(body, content_type)
    text = decoded
    if _is_noise(body, encoding):
        warnings.append(NOT_TEXT)
    elif rule != "utf-8" or may_hold_pairs(body):
        text, notes = repair(text)
        warnings += notes
    text, removed = _without_controls(text, body)
    text = _without_declarations(text)
    data = body if rule == "utf-8" and text is decoded else None
    return Decoded(text, encoding, rule, (*warnings, *removed), data)


def _decoded(body: bytes, content_type: str | None) -> tuple[str, str, str, list[str]]:
    for mark, marked in _MARKS:
        if body.startswith(mark) and (marked != "utf-32le" or len(body) % 4 == 0):
            text, notes = _lenient(body[len(mark) :], marked)
            return text, marked, "bom", notes
    if (unmarked := _utf16(body)) is not None:
        text, notes = _lenient(body, unmarked)
        return text, unmarked, "utf-16", notes
    with suppress(UnicodeDecodeError):
        return body.decode("utf-8"), "utf-8", "utf-8", []
    if _is_nearly_utf8(body):
        return _nearly_utf8(body), "utf-8", "nearly-utf-8", ["broken_utf8"]
    return _legacy(body, content_type)


def _lenient(body: bytes, encoding: str) -> tuple[str, list[str]]:
    if encoding == "utf-8":
        try:
            return body.decode("utf-8"), []
        except UnicodeDecodeError:
            return _nearly_utf8(body), ["broken_utf8"]
    text = body.decode(_CODECS.get(encoding, encoding), "replace")
    return text, ["undecodable_bytes"] if "\ufffd" in text else []


def _utf16(body: bytes) -> str | None:
    """UTF-16 without a mark: Latin text and markup have a NUL in every other byte."""
    head = body[:2048]
    if len(head) < 16 or head.count(0) * 3 < len(head):
        return None
    return "utf-16le" if head[1::2].count(0) > head[::2].count(0) else "utf-16be"


def _is_nearly_utf8(body: bytes) -> bool:
    """At least ten whole multi-byte letters, and broken bytes in one of a thousand or far fewer than letters.

    A page in another encoding has next to none of the former and many of the latter.
    """
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    letters = len(_MULTIBYTE.findall(text))
    return letters >= 10 and (broken * 1000 <= len(body) or broken * 4 <= letters)


def _nearly_utf8(body: bytes) -> str:
    """UTF-8 in which only what is broken is replaced; surrogate pairs written as such (CESU-8) are joined."""
    if _SURROGATE_BYTES.search(body):
        text = body.decode("utf-8", "hemero.surrogates")
        return text.encode("utf-16le", "surrogatepass").decode("utf-16le", "replace")
    return body.decode("utf-8", "hemero.nearly")


# A byte on its own is windows-1252 where that gives a letter or sign of the press. The first byte of a
# letter whose rest was cut is the commoner damage, though: C3 (Ã) and C5 (Å) open nearly all accented
# letters, C2 (Â) and E2 (â) the signs, so those two count only inside a word.
_LONE = {
    byte: char
    for byte, char in ((b, bytes([b]).decode("cp1252", "ignore")) for b in range(0x80, 0x100))
    if char and (char in "€…‘’“”•–—œŒ«»°\xa0ªº²" or (char.isalpha() and char not in "ÃÅƒµˆ"))
}
_ONLY_INSIDE_WORDS = b"\xc2\xe2"
_ASCII_LETTERS = tuple(bytes([byte]) for byte in range(128) if chr(byte).isalpha())


def _nearly(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: one broken run of bytes to what it stands for, or U+FFFD."""
    assert isinstance(error, UnicodeDecodeError)
    data, start, end = error.object, error.start, error.end
    char = _LONE.get(data[start]) if end - start == 1 else None
    if char is None or (data[start] in _ONLY_INSIDE_WORDS and not data.startswith(_ASCII_LETTERS, end)):
        char = "\ufffd"
    return char, end


def _surrogates(error: UnicodeError) -> tuple[str, int]:
    """As `_nearly`, but three bytes that spell a surrogate give that surrogate."""
    assert isinstance(error, UnicodeDecodeError)
    three = error.object[error.start : error.start + 3]
    if _SURROGATE_BYTES.fullmatch(three):
        return three.decode("utf-8", "surrogatepass"), error.start + 3
    return _nearly(error)


codecs.register_error("hemero.nearly", _nearly)
codecs.register_error("hemero.surrogates", _surrogates)


def _legacy(body: bytes, content_type: str | None) -> tuple[str, str, str, list[str]]:
    """A body that is no UTF-8: as declared, as detected, else as windows-1252."""
    for rule, label in _declared(body, content_type):
        encoding = _LABELS.get(label.strip().lower())
        if encoding is None:  # also what is declared as UTF-8 and is not
            continue
        text, notes = _lenient(body, encoding)
        if text.count("\ufffd") * 1000 <= len(text):
            return text, encoding, rule, notes
    detected = _detected(body)
    text, notes = _lenient(body, detected or "windows-1252")
    return text, detected or "windows-1252", "detected" if detected else "fallback", notes


def _declared(body: bytes, content_type: str | None) -> list[tuple[str, str]]:
    """(rule, label) of what header, meta and XML declaration say, in this order."""
    found = []
    if content_type and (match := _HEADER_CHARSET.search(content_type[:1000])):
        found.append(("header", match[1]))
    head = body[:4096]
    for pattern in (_META_CHARSET, _XML_CHARSET):
        if in_head := pattern.search(head):
            found.append(("meta", in_head[1].decode("ascii", "replace")))
    return found


def _detected(body: bytes) -> str | None:
    from charset_normalizer import from_bytes  # 25 ms to import, and few pages need it

    first = _HIGH_BYTE.search(body)
    start = max(0, first.start() - 1000) if first else 0
    best = from_bytes(
        body[start : start + _SNIFFED], cp_isolation=list(_DETECTABLE), preemptive_behaviour=False
    ).best()
    return None if best is None else _DETECTABLE.get(best.encoding)


def _without_controls(text: str, body: bytes) -> tuple[str, list[str]]:
    """Text without what no tree and no database takes; in the body looking for each costs next to nothing."""
    if not any(body.find(control) >= 0 for control in _UNWANTED) and not any(
        char in text for char in "\ufffe\uffff"
    ):
        return text, []
    wanted = text.translate(_LEFT_OUT)
    if len(wanted) == len(text):
        return wanted, []
    return wanted, ["nul_removed" if "\0" in text else "controls_removed"]


def _is_noise(body: bytes, encoding: str) -> bool:
    if body.startswith(_FILE_MARKS):
        return True
    if encoding.startswith("utf-"):
        return False
    head = body[:_SNIFFED]
    return (len(head) - len(head.translate(None, _CONTROLS))) * 50 > len(head)


def _without_declarations(text: str) -> str:
    """Text without "<?xml ...>" and the internal part of a DTD, whose entities are never expanded."""
    if declaration := _XML_DECLARATION.match(text):
        text = text[declaration.end() :]
    if dtd := _DTD.search(text, 0, 2000):
        end = text.find("]>", dtd.end())
        if end >= 0:
            text = text[: dtd.start()] + "<!DOCTYPE html>" + text[end + 2 :]
    return text


def breaks_off(body: bytes) -> bool:
    """Whether HTML stops within its text: no end tag of the page, and not even the end of another tag.

    A server that sends less than it has, under a length that fits, leaves no other sign. A page may leave its
    end tags out, so this alone proves nothing.
    """
    begun, ended = body[:4096].lower(), body[-4096:].lower()
    return (
        any(tag in begun for tag in _BEGUN)
        and not any(tag in ended for tag in _ENDED)
        and not body.rstrip().endswith(b">")
    )
