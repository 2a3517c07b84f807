"""What a robots.txt says to us, by RFC 9309. Pure.

Only the groups that name us, else those for "*", go to the matcher: a file with 3,000 user agents over
20,000 rules took it 77 s, and its own matching of names takes any part of the user agent for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego

from pipelines.urls import canonical_url

MAX_BYTES = 512 * 1024  # RFC 9309, 2.5: at least 500 KiB must be read
MAX_SITEMAPS = 50
_AGENT = re.compile(r"user[- ]?agents?\s*:?\s*(.*)", re.I)
_WHOLE_SITE = re.compile(r"(?:site-?maps?|host)\s*:", re.I)
_SIGNAL = re.compile(r"(content-signal|content-usage)\s*:\s*(.{1,500})", re.I)
_TOKEN = re.compile(r"[a-zA-Z_-]+|\*(?![\w*-])")
_COMPATIBLE = re.compile(r"compatible;\s*([a-zA-Z_-]+)", re.I)
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Policy:
    """What one origin's robots.txt says. `status` is HTTP's, None where there was no usable answer.

    `crawl_delay` is in seconds, as asked; `rights` is what the file says of the use of the site's content
    (Content-Signal, Content-Usage).
    """

    status: int | None
    rules: Protego | None = None
    sitemaps: tuple[str, ...] = ()
    crawl_delay: float | None = None
    rights: tuple[tuple[str, str], ...] = ()

    @property
    def is_known(self) -> bool:
        """False where nobody may be asked for anything until the file can be had (RFC 9309, 2.3.1.4).

        429 stands with 5xx: the RFC counts it as "no file", but a host that answers so wants no requests.
        """
        return self.status is not None and self.status < 500 and self.status != 429

    def allows(self, url: str) -> bool:
        """Whether the file lets us ask for this URL; what it does not name is allowed (2.2.2)."""
        if not self.is_known:
            return False
        return self.rules is None or bool(self.rules.can_fetch(url, "*"))


def product_token(user_agent: str) -> str:
    """The name that robots.txt knows a crawler by: "hemerotheque" of "hemerotheque/0.1.0 (+mailto:...)".

    Of "Mozilla/5.0 (compatible; PresseBot/1.0)" it is "PresseBot".
    """
    match = _COMPATIBLE.search(user_agent)
    if match:
        return match.group(1)
    match = _TOKEN.match(user_agent.strip())
    return match.group() if match else "*"


def parse_robots(body: bytes, user_agent: str, url: str) -> Policy:
    """Read a robots.txt body of at most MAX_BYTES. What is no rule is passed over; never raises.

    Args:
        user_agent: our whole User-Agent header.
        url: of the file; relative sitemaps are resolved against it.
    """
    lines = _lines(body)
    rules, rest = _groups(lines, product_token(user_agent).lower())
    protego = Protego.parse("\n".join(["User-agent: *", *rules, *rest]))
    sitemaps = (canonical_url(sitemap, url) for sitemap in list(protego.sitemaps)[: MAX_SITEMAPS * 4])
    signals = (match for line in rules if (match := _SIGNAL.match(line)))
    return Policy(
        status=200,
        rules=protego,
        sitemaps=tuple(dict.fromkeys(found for found in sitemaps if found is not None))[:MAX_SITEMAPS],
        crawl_delay=_delay(protego),
        rights=tuple((match.group(1).lower(), match.group(2).strip()) for match in signals),
    )


def _lines(body: bytes) -> list[str]:
    """The file's lines without comments. A BOM and NUL bytes are dropped, any line end counts.

    A file that is longer than what is read loses its last line: half of "/private/" may be "/".
    """
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = body[:MAX_BYTES].decode("utf-16", "replace").encode("utf-8")
    cut = len(body) > MAX_BYTES
    raw = _LINE_END.split(
        body[:MAX_BYTES].removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").decode("latin-1")
    )
    if cut:
        raw = raw[:-1]
    lines: list[str] = []
    for line in raw:
        line = line.partition("#")[0].strip()
        if line:
            lines += _readings(line)
    return lines


def _readings(line: str) -> list[str]:
    """A line of bytes (as latin-1) as text: UTF-8; else both as windows-1252 and as the bytes themselves."""
    if line.isascii():
        return [line]
    data = line.encode("latin-1")
    try:
        return [data.decode("utf-8")]
    except UnicodeDecodeError:
        escaped = "".join(f"%{byte:02X}" if byte > 127 else chr(byte) for byte in data)
        return [data.decode("cp1252", "replace"), escaped]


def _groups(lines: list[str], token: str) -> tuple[list[str], list[str]]:
    """The rules of all groups for us, else of all for "*" (RFC 9309, 2.2.1); what stands outside groups."""
    ours: list[str] = []
    everyones: list[str] = []
    outside: list[str] = []
    named = False
    agents: set[str] = set()
    in_rules = False
    for line in lines:
        agent = _AGENT.fullmatch(line)
        if agent is not None:
            if in_rules:
                agents, in_rules = set(), False
            match = _TOKEN.match(agent.group(1))
            agents.add(match.group().lower() if match else "")
            named = named or token in agents
        elif _WHOLE_SITE.match(line):
            outside.append(line)
        else:
            in_rules = True
            if token in agents:
                ours.append(line)
            if "*" in agents:
                everyones.append(line)
    return (ours if named else everyones), outside


def _delay(protego: Protego) -> float | None:
    """Crawl-delay, or what Request-rate means as one: the longer, if it is a positive number."""
    delay = protego.crawl_delay("*")
    rate = protego.request_rate("*")
    asked = max(delay or 0.0, rate.seconds / rate.requests if rate is not None else 0.0)
    return float(asked) if 0 < asked < float("inf") else None
