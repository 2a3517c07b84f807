"""Addresses: one spelling for each (`canonical_url`) and what an article is known by (`identity`).

`canonical_url` goes further than RFC 3986 only where the result still fetches the same page. It does not use
`w3lib.url.canonicalize_url`, which turns `spip.php?article717` into `spip.php?article717=`: another page.
No function raises on any str, and all are idempotent.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from contextlib import suppress
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import SplitResult, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from pipelines.rules import SiteRules
from pipelines.url_parameters import is_noise

MAX_LENGTH = 2000  # characters; PostgreSQL cannot index much longer ones
_MAX_RAW = 8_000  # what is not even looked at: no campaign parameters are this long
_PORTS = {"http": 80, "https": 443}

# most addresses are canonical already: nothing to decode, no query, no dot segment, no upper-case host
_PLAIN_PATH = r"/(?:(?!\.)[A-Za-z0-9._~,-]+/)*(?:(?!\.)[A-Za-z0-9._~,-]+)?"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_CANONICAL = re.compile(
    r"https?://(?=[^/]{4,253}/)(?:(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
    rf"|{_OCTET}(?:\.{_OCTET}){{3}})"
    r"(?::(?!443/)[1-9][0-9]{2,3}(?=/))?" + _PLAIN_PATH
)
_ROOTED = re.compile(_PLAIN_PATH)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"(?:\d+|0x[0-9a-f]*)")
_ESCAPES = re.compile(r"[A-Za-z]?(?:%[0-9A-Fa-f]{2}|[^\x00-\x7f])+")
_AMPERSAND = re.compile(r"&(?:(?:amp|#0?38);)+")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*|/\(S\([a-z0-9]{24}\)\)(?=/)", re.I)
_TAG_PAGE = re.compile(r"(?:^|/)(?:tags?|mots?(?:-?cles?)?|etiquettes?|hashtags?)/[^/?#]+/?$")
_TAG_STEMS = ("tag", "mot", "etiquet")  # one of them is in each such address
_AUTHOR_PAGE = re.compile(
    r"/(?:author|auteur|autor|autoren|journaliste|signature|redaction|redacteur|people|profile?|user|membre|contributor)s?/[^/]+/?$",
    re.I,
)
# what the folder of such a page begins with
_PEOPLE = ("aut", "journaliste", "signature", "redact", "people", "profil", "user", "membre", "contributor")
_SECTIONS = ("/people", "/peoples", "/profil", "/profils", "/profile", "/profiles")
_NAME_WORDS = 4  # of a person

# bytes that stand for themselves: unreserved characters of RFC 3986 and the signs that French systems put
# into paths ("article,1234.html") and that some sharing tools escape
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!()*,:@$")
_ILLEGAL = re.compile(r"[^A-Za-z0-9\-._~!()*,:@$/?&=+;%]")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def canonical_url(url: str, base: str | None = None) -> str | None:
    """The one spelling of an address, absolute; None where it is no http(s) address that can be fetched.

    Host lower case and as A-label, credentials, default port, fragment, tracking and session parameters
    out, parameters sorted (unless one has no "="), dot segments resolved, escapes normalised (UTF-8, NFC,
    upper-case hex), at most 2,000 characters, never "%00".
    """
    if len(url) <= MAX_LENGTH and _CANONICAL.fullmatch(url):
        return url
    if base is not None and _ROOTED.fullmatch(url):  # most links of a page are written from its root
        root = _canonical("/", base)
        return None if root is None or len(root) + len(url) > MAX_LENGTH + 1 else root[:-1] + url
    return _canonical(url, base)


@lru_cache(maxsize=4096)
def _canonical(url: str, base: str | None) -> str | None:
    if len(url) > _MAX_RAW or (base is not None and len(base) > _MAX_RAW):
        return None
    try:
        url = _typed(url)
        if base is not None:
            url = urljoin(_typed(base), url)
        parts = urlsplit(url)
        netloc = _netloc(parts)
        if netloc is None:
            return None
        path = _path(parts.path)
        result = urlunsplit((parts.scheme, netloc, path, _query(parts.query), ""))
    except ValueError:  # unbalanced brackets, a port that is no number, a surrogate
        return None
    return None if len(result) > MAX_LENGTH or "%00" in result else result


def _typed(url: str) -> str:
    """An address as browsers read it (URL Living Standard, basic URL parser), "&amp;" read as "&"."""
    url = url.strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f \t\n\r\v\f\xa0\u200b\ufeff")
    url = url.translate({9: None, 10: None, 13: None})
    url = _AMPERSAND.sub("&", url)
    head, mark, tail = url.partition("?")
    return head.replace("\\", "/") + mark + tail


def _netloc(parts: SplitResult) -> str | None:
    """Host and, where it is not the default one, port."""
    default = _PORTS.get(parts.scheme)
    if default is None or not parts.hostname:
        return None
    name = _host(parts.hostname)
    if name is None:
        return None
    port = parts.port
    if port == 0:
        return None
    return name if port is None or port == default else f"{name}:{port}"


def _host(name: str) -> str | None:
    """A host as it is asked for; None for what is no host, other spellings of IP addresses included."""
    if len(name) > 253:  # Python's idna codec is quadratic
        return None
    try:
        if ":" in name:
            return f"[{IPv6Address(name.partition('%')[0])}]"
        name = name.encode("idna").decode("ascii").lower().removesuffix(".")
        labels = name.split(".")
        if _NUMBER.fullmatch(labels[-1]):
            return str(IPv4Address(name))
    except (UnicodeError, AddressValueError):
        return None
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return name


def _path(path: str) -> str:
    path = _PATH_SESSION.sub("", _escaped(path))
    if "/." not in path:
        return path or "/"
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    """Parameters without noise; sorted by name where all have one, for else the first may be a path."""
    if not query:
        return ""
    parameters = [part for part in _escaped(query).split("&") if part and not is_noise(part)]
    if all("=" in part for part in parameters):
        parameters.sort(key=lambda part: part.partition("=")[0])
    return "&".join(parameters)


def _escaped(text: str) -> str:
    """Escapes in one spelling: plain characters as such, the rest as UTF-8 in NFC with upper-case hex."""
    if "%" in text:
        text = _STRAY_PERCENT.sub("%25", text)
    if "%" in text or not text.isascii():
        text = _ESCAPES.sub(_same_escapes, text)
    return _ILLEGAL.sub(lambda match: f"%{ord(match.group()):02X}", text)


def _same_escapes(match: re.Match[str]) -> str:
    """A run of escapes and letters beyond ASCII. Bytes that are no UTF-8 stay as they were sent.

    Raises:
        UnicodeEncodeError: the run holds a lone surrogate.
    """
    data = unquote_to_bytes(match.group())
    with suppress(UnicodeDecodeError):
        data = unicodedata.normalize("NFC", data.decode("utf-8")).encode("utf-8")
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in data)


def host(url: str) -> str:
    """The host of an address, lower case, as A-label, without port; "" where there is none."""
    canonical = canonical_url(url)
    return "" if canonical is None else urlsplit(canonical).hostname or ""


def same_site(url: str, other: str) -> bool:
    """Whether two addresses belong together: one host, with or without "www.", or one below the other.

    "mode.gazette.example" belongs to "www.gazette.example", not to "sport.gazette.example". A port
    other than 80 and 443 must be the same one.
    """
    one, two = canonical_url(url), canonical_url(other)
    if one is None or two is None:
        return False
    (a, port_a), (b, port_b) = _site(one), _site(two)
    return port_a == port_b and (a == b or a.endswith("." + b) or b.endswith("." + a))


def _site(canonical: str) -> tuple[str, int | None]:
    parts = urlsplit(canonical)
    port = None if parts.port in _PORTS.values() else parts.port
    return (parts.hostname or "").removeprefix("www."), port


def is_author_page(href: str) -> bool:
    """Whether an address may lead to what one person wrote."""
    folder = href.rstrip("/\n").rpartition("/")[0].rpartition("/")[2]
    return folder.lower().startswith(_PEOPLE) and _AUTHOR_PAGE.search(href) is not None


def is_surely_author_page(href: str) -> bool:
    """The same where the folder is no section of a site ("/people/"), and what is in it no headline."""
    folder, _, name = href.rstrip("/\n").rpartition("/")
    is_section = folder.lower().endswith(_SECTIONS)
    return is_author_page(href) and not is_section and len(re.split(r"[-_+.]", name)) <= _NAME_WORDS


def is_tag_page(href: str) -> bool:
    """Whether an address is the one of a tag."""
    return any(stem in href for stem in _TAG_STEMS) and _TAG_PAGE.search(href) is not None


def matches_article(url: str, rules: SiteRules) -> bool:
    """Whether path and query have the form the site declares for articles; False where it declares none.

    The host is not looked at: ask only about addresses of the site (see `same_site`).
    """
    return _article_match(url, rules) is not None


def _article_match(url: str, rules: SiteRules) -> re.Match[str] | None:
    canonical = canonical_url(url)
    if canonical is None or rules.article_pattern is None:
        return None
    parts = urlsplit(canonical)
    return rules.article_pattern.search(parts.path + (f"?{parts.query}" if parts.query else ""))


def article_key(url: str, rules: SiteRules) -> str | None:
    """What the site knows the article by ("actualite/6256"); None where no key is declared or matched."""
    if rules.article_key is None or (match := _article_match(url, rules)) is None:
        return None
    return rules.article_key.format(*(group or "" for group in match.groups()))


def identity(url: str, rules: SiteRules) -> str:
    """What an article is known by: 64 hex digits (SHA-256).

    Of the site's name and the article's key where the site declares one; else of the canonical address
    without scheme, "www.", repeated and final slashes; of the text itself where it is no address (a URN).
    A site that was renamed, or has moved to another host, is taken for the one it was.
    """
    canonical = canonical_url(url)
    if canonical is None:
        known_by = url
    elif (key := article_key(canonical, rules)) is not None:
        name = rules.known_as or rules.site or host(canonical).removeprefix("www.")
        known_by = f"{name}\0{key}"
    else:
        known_by = _as_known(comparable(canonical), rules.moved)
    return hashlib.sha256(known_by.encode("utf-8", "surrogatepass")).hexdigest()


def _as_known(address: str, moved: tuple[tuple[str, str], ...]) -> str:
    """A comparable address on the host that the site's articles are known under; hosts below it follow."""
    if not moved:
        return address
    netloc = re.split("[/?]", address, maxsplit=1)[0]
    for now, before in moved:
        if netloc == now or netloc.endswith("." + now):
            return netloc.removesuffix(now) + before + address[len(netloc) :]
    return address


def comparable(canonical: str) -> str:
    """A canonical address without scheme, "www.", repeated and final slashes: equal = the same page."""
    rest = canonical.partition("://")[2]
    if rest and not any(sign in rest for sign in ("?", ":", "#", "//")):  # nearly all
        return rest.removeprefix("www.").rstrip("/")
    parts = urlsplit(canonical)
    netloc = parts.netloc.removeprefix("www.")
    if parts.port in _PORTS.values():  # http://a:443/ names what https://a/ names
        netloc = netloc.rpartition(":")[0]
    path = re.sub("/{2,}", "/", parts.path).rstrip("/")
    return netloc + path + (f"?{parts.query}" if parts.query else "")
