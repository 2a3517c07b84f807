"""Pages whose bytes lie: NUL and controls, broken and double UTF-8, wrong charsets, files that are no pages.

`build(name)` gives (body, Content-Type), for files on disk; /h/NAME serves them.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

from tests.hostile.exchange import HTML, Exchange, head, route
from tests.hostile.news import GOOD, LOREM, page

Built = tuple[bytes, str | None]
ACCENTS = "L’été à Fès – 20 €"
CONTROLS = "\x1b[2J\x1b[31m\x07\x08\x0b\x0c\x1f\x7f\x85"
_MIXED = page("Mixte", [*GOOD, "AUTRE"]).encode()
_NOISE = random.Random(5).randbytes(100_000)
_CUT = page(
    "Covid", related=[("/news/article/1/x", "#FRANCE_COVID19", f"{LOREM[:120]} Si l’épidÉCUT...")]
).encode()


def _utf8(text: str, content_type: str | None = HTML) -> Built:
    return text.encode("utf-8", "surrogatepass"), content_type


def _twice(text: str) -> str:
    return text.encode().decode("latin-1")


LETTERS: dict[str, Callable[[], Built]] = {
    "nul": lambda: _utf8(page("Titre\0 avec nul", [f"Texte\0 avec\0 nul. {LOREM}", *GOOD])),
    "nul-early": lambda: (b"\0\0\0" + page("Nul au début").encode(), HTML),
    "control": lambda: _utf8(page(f"Titre {CONTROLS} rouge", [f"\x01\x02 {LOREM}", *GOOD])),
    "references": lambda: _utf8(page("Titre &#27;[2J&#x1;&#0; cité", [f"&#x1f;&#65535; {LOREM}", *GOOD])),
    "bidi": lambda: _utf8(page("Titre \u202egnp.exe\u202c a\u200bb\ufeffc\U000e0041 fin")),
    "cut-utf8": lambda: (_CUT.replace("dÉCUT".encode(), b"d\xc3"), HTML),
    "cut-utf8-end": lambda: (page("Fin coupée").encode()[:-14] + b"\xc3", HTML),
    "cp1252-as-utf8": lambda: (page(ACCENTS, [f"{LOREM} L’œuvre coûte 20 €.", *GOOD]).encode("cp1252"), HTML),
    "utf8-as-latin1": lambda: _utf8(page(ACCENTS), "text/html; charset=ISO-8859-1"),
    "meta-conflict": lambda: _utf8(page(ACCENTS, charset="windows-1256")),
    "mixed": lambda: (_MIXED.replace(b"AUTRE", ACCENTS.encode("cp1252")), HTML),
    "double": lambda: _utf8(page(_twice("L'été à Fès"), [_twice(LOREM)] * 3)),
    "charset-unknown": lambda: _utf8(page(ACCENTS), "text/html; charset=utf-8859-x"),
    **{
        f"charset-{name}": lambda name=name: _utf8(page(ACCENTS), f"text/html; charset={name}")
        for name in ("zlib", "rot13", "idna", "unicode_escape", "utf-7")
    },
    "utf16-nobom": lambda: (page(ACCENTS).encode("utf-16-le"), "text/html"),
    "utf7": lambda: _utf8(page("+ADw-script+AD4-alert(1)+ADw-/script+AD4-"), "text/html; charset=utf-7"),
    "surrogate": lambda: _utf8(page("Demi \ud83d substitut")),
    "nfd": lambda: _utf8(unicodedata.normalize("NFD", page("Forêt brûlée"))),
    "nfc": lambda: _utf8(page("Forêt brûlée")),
    "no-ctype": lambda: _utf8(page("Sans type"), None),
    "binary": lambda: (_NOISE, HTML),
    "pdf": lambda: (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + _NOISE, HTML),
    "image-html": lambda: _utf8(page("Image ?"), "image/jpeg"),
}  # fmt: skip


def build(name: str) -> Built:
    return LETTERS[name]()


for _name, _build in LETTERS.items():

    @route(f"/h/{_name}")
    async def _serve(exchange: Exchange, build: Callable[[], Built] = _build) -> None:
        body, content_type = build()
        await exchange.write(head(200, content_type, len(body)) + body)
