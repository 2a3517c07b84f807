"""Text as it is kept: the same letters in one spelling, nothing invisible, French spacing untouched.

`clean` and `clean_block` are for what is stored and shown, `fold` and `words` only for comparing.
All four are idempotent and never raise on any str.
"""

from __future__ import annotations

import re
import unicodedata

# Characters that no reader sees and that break comparing, XML 1.0 or a terminal: controls, soft hyphen,
# zero-width space, word joiner, byte order mark, direction marks and overrides, interlinear annotation,
# lone surrogates, non-characters, tag characters. ZWJ and ZWNJ stay: emoji and Persian need them.
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f"
)
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
# More than 30 combining marks on one letter are an attack (normalising them is quadratic; the limit is
# that of the stream-safe text format, UAX 15). The class is what stands outside letters, spaces,
# punctuation and emoji, for re knows no categories.
_MARK = "[^\\w\\s\x00-\u02ff\u2000-\u2e7f\u3000-\u303f\ue000-\uf8ff\U0001f000-\U0001faff]"
_STACK = re.compile(f"({_MARK}{{30}}){_MARK}+")
# What a page means by &#146; and its like: the HTML standard reads references to C1 controls as
# windows-1252 (section "Numeric character reference end state"); libxml2 does not.
_FAULTY = re.compile(f"[\x80-\x9f{_UNSEEN}]")
_C1_LETTERS = {n: bytes([n]).decode("cp1252", "ignore") for n in range(0x80, 0xA0)}

# the two no-break spaces, which French typography puts before ; : ! ? » and after «
_NBSP = "\u00a0\u202f"
_SPACES = re.compile(r"\s(?:\s+|(?<![ \u00a0\u202f]))")
_AFTER_NBSP = ";:!?»%€$"
_LINES = re.compile(r"\r\n?|[\n\v\f\u2028\u2029]")

# replaced one by one: str.translate takes forty times as long
_LETTERS = (("œ", "oe"), ("æ", "ae"), ("ø", "o"), ("đ", "d"), ("ł", "l"), ("ı", "i"))
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)
# a word is letters and digits; modifier letters that stand for an apostrophe are not part of it
SENTENCE_END = re.compile(r"[.!?…。！？।][»”\"')\]\s]*$")
_POINT = 25  # characters of a sentence that sums something up
_WORD = re.compile(r"[^\W_\u02b9-\u02bf\u02c6-\u02cf\u02ec\u02ee]+")


def _visible(text: str) -> str:
    """NFC without what cannot be seen; white space is left as it is."""
    if text.isprintable():  # no control, format or unassigned character is
        if text.isascii():
            return text
    elif _FAULTY.search(text):
        text = _INVISIBLE.sub("", text.translate(_C1_LETTERS))
    return _composed(text)


def _composed(text: str) -> str:
    if unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", _STACK.sub(r"\1", text))


def _one_space(match: re.Match[str]) -> str:
    """One space for a run of white space; a no-break one where the run had one and French wants it."""
    run, text = match.group(), match.string
    spaces = [c for c in run if c in _NBSP]
    if not spaces:
        return " "
    after, before = text[match.end() : match.end() + 1], text[match.start() - 1 : match.start()]
    wanted = len(spaces) == len(run) or (after and after in _AFTER_NBSP) or before == "«"
    return spaces[0] if wanted else " "


def _folded_spaces(line: str) -> str:
    if "\u00a0" in line or "\u202f" in line:
        return _SPACES.sub(_one_space, line).strip()
    return " ".join(line.split())


def clean(text: str) -> str:
    """One line: NFC, invisible characters out, white space folded; single no-break spaces stay."""
    is_sound = "\x85" not in text  # white space to Python, three dots on a page
    if "\u00a0" not in text and "\u202f" not in text:
        line = shown = " ".join(text.split())
    else:
        line = text.strip()
        shown = line.replace("\u00a0", " ").replace("\u202f", " ")
        is_sound = is_sound and shown.count(" ") == len(text.split()) - 1  # single spaces and no others
    if not is_sound or not shown.isprintable():
        return _folded_spaces(_visible(text))
    return line if line.isascii() else _composed(line)


def clean_block(text: str) -> str:
    """Many lines: each as `clean`, empty ones dropped, joined by one line feed."""
    lines = map(_folded_spaces, _LINES.split(_visible(text)))
    return "\n".join(line for line in lines if line)


def fold(text: str) -> str:
    """For comparing: lower case, without accents, ligatures and punctuation, one space between words.

    "L’Été à Fès !" and "l'ete a fes" are equal.
    """
    return " ".join(words(text))


def shared(text: str, other: str) -> float:
    """Share of a text's folded words that another has too."""
    own = set(fold(text).split())
    return len(own.intersection(fold(other).split())) / len(own) if own else 0.0


def words(text: str) -> list[str]:
    """The folded words of a text in order: `" ".join(words(text)) == fold(text)`."""
    plain = text
    if not text.isascii():
        for sign, instead in _SIGNS:
            plain = plain.replace(sign, instead)
    try:
        folded = plain.encode("latin-1").translate(_FOLDED, _DROPPED)
    except UnicodeEncodeError:
        return _words(text)
    return _words(text) if _OTHER in folded else folded.decode("ascii").split()


def _words(text: str) -> list[str]:
    """`words` of any text, by what Unicode says of each letter."""
    if text.isascii():
        return _WORD.findall(text.lower())
    text = unicodedata.normalize("NFKD", _visible(text)).casefold()
    text = unicodedata.normalize("NFKD", text)
    for letter, plain in _LETTERS:
        text = text.replace(letter, plain)
    return _WORD.findall(_MARKS.sub("", text))


# The same for the letters of western Europe, a tenth of the work: one byte each, folded by a table that
# `_words` fills. What a letter becomes does not depend on its neighbours there.
_SIGNS = (*((sign, " ") for sign in "’‘“”–—…€•\u202f\ufffd"), ("œ", "oe"), ("Œ", "oe"))
_OTHER = b"\0"  # in the table: becomes several letters; a control, which is read otherwise beside accents


def _folded_byte(code: int) -> bytes:
    """A letter or digit, a space for what separates words, nothing for what is not seen."""
    found = _words(f"a{chr(code)}b")
    if found != [word.removesuffix("e") for word in _words(f"a{chr(code)}bé")]:
        return _OTHER
    if found == ["a", "b"]:
        return b" "
    inside = found[0][1:-1]
    return inside.encode() if len(found) == 1 and len(inside) < 2 and inside.isascii() else _OTHER


_BYTES = [_folded_byte(code) for code in range(256)]
_DROPPED = bytes(code for code, folded in enumerate(_BYTES) if not folded)
_FOLDED = b"".join(folded or _OTHER for folded in _BYTES)


def sums_up(text: str) -> bool:
    """Whether an item of a list is a sentence: what there is to remember of an article, and no label."""
    return len(text) >= _POINT and SENTENCE_END.search(text) is not None
