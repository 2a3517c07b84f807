"""Keys that storage computes itself: of URLs, of names, of entries. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
_PORT = re.compile(r"^([^/?#]*?):(?:80|443)(?=[/?#]|$)")
_SLASHES = re.compile(r"/{2,}")
_PUNCTUATION = re.compile(r"[\W_]+")


def url_key(url: str) -> str:
    """What an article is known by where its site declares no key: hex SHA-256 of its canonical URL.

    Scheme, www., default port, repeated and final slashes do not count. The same rule as
    `pipelines.urls.identity`, which storage may not import; a test holds them together.
    """
    if not _SCHEME.match(url):
        return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
    bare = _PORT.sub(r"\1", _SCHEME.sub("", url, count=1))
    path, mark, query = bare.partition("?")
    path = _SLASHES.sub("/", path).rstrip("/")
    return hashlib.sha256(
        (path + (mark + query if query else "")).encode("utf-8", "surrogatepass")
    ).hexdigest()


def short_key(digest: str) -> int:
    """The first 64 bits of a hex digest as a signed number: an index a quarter the size."""
    return int.from_bytes(bytes.fromhex(digest[:16]), "big", signed=True)


def text_key(text: str) -> int:
    """64 bits of the digest of a text."""
    return short_key(hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())


@lru_cache(maxsize=65536)
def folded(name: str) -> str:
    """A name for comparison: no case, accents, ligatures or punctuation; words separated by one space."""
    text = name.casefold().replace("œ", "oe").replace("æ", "ae")
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _PUNCTUATION.sub(" ", text).strip()
