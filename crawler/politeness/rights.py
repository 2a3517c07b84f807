"""What a response says of the use of its content, kept with each capture. Pure.

Read: X-Robots-Tag and <meta name="robots"> (noarchive, noai ...), TDM Reservation Protocol (headers, meta,
/.well-known/tdmrep.json), Content-Usage and Content-Signal, ai.txt. What follows from it is the operator's
setting; what was said is recorded in any case.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

Rights = tuple[tuple[str, str], ...]

# by which a page reserves itself against text and data mining, or against training on it
RESERVES_MINING = ("tdm-reservation", "noai", "ai.txt", "ai-train=no", "train-ai=n", "tdm=n")
_HEADERS = ("x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "content-signal")
_METAS = ("robots", "tdm-reservation", "tdm-policy")
_MAX_VALUE = 300
_MAX_VALUES = 20
_HEAD = 65_536  # bytes of a page that are looked at
_META = re.compile(rb"<meta\s([^>]{0,2000})>", re.I)
_ATTRIBUTE = re.compile(rb"""([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_HEAD_END = re.compile(rb"</head\s*>|<body[\s>]", re.I)
_AGENT_VALUE = re.compile(r"\s*([\w.-]+)\s*:\s*(.+)", re.S)
_VALUED_RULES = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}


def rights_of(headers: Iterable[tuple[bytes, bytes]], body: bytes, token: str = "") -> Rights:
    """What the headers and the <head> of a page say: (name, value), one a name, lower case. Never raises.

    Args:
        body: as it came over the wire; gzip and deflate are undone as far as the <head> reaches.
        token: our product token; X-Robots-Tag rules for other crawlers are left out.
    """
    fields = [(name.decode("latin-1").lower(), value) for name, value in headers]
    found: list[tuple[str, str]] = []
    for name, value in fields:
        if name in _HEADERS:
            text = _text(value)
            found += _robots_tag(text, token) if name == "x-robots-tag" else [(name, text)]
    coding = next((value.strip().lower() for name, value in fields if name == "content-encoding"), b"")
    found += _metas(_head(body, coding))
    joined: dict[str, str] = {}
    for name, said in dict.fromkeys(found[:_MAX_VALUES]):
        if said:
            joined[name] = f"{joined[name]}, {said}" if name in joined else said
    return tuple(joined.items())


def forbidden_by(rights: Rights, obeyed: Collection[str]) -> str | None:
    """The first statement that forbids keeping a page, of those the operator obeys; None if nothing does.

    Args:
        obeyed: rules of robots tags ("noarchive", "noai"), "tdm-reservation", "ai.txt", and terms of
            Content-Signal and Content-Usage as they are written ("ai-train=no").
    """
    wanted = {rule.lower() for rule in obeyed}
    for name, value in rights:
        if name == "tdm-reservation":
            hits = {name} if value == "1" else set()
        elif name == "ai.txt":
            hits = {name} if value == "disallow" else set()
        else:
            hits = {"".join(rule.split()) for rule in value.split(",")}
        found = sorted(hits & wanted)
        if found:
            return found[0]
    return None


def _text(value: bytes) -> str:
    return " ".join(value[:_MAX_VALUE].decode("latin-1").split()).lower()


def _robots_tag(text: str, token: str) -> list[tuple[str, str]]:
    """Rules for all crawlers and for ours; "googlebot: noarchive" is not for us."""
    match = _AGENT_VALUE.fullmatch(text)
    if match is None or match.group(1) in _VALUED_RULES:
        return [("x-robots-tag", text)]
    return [("x-robots-tag", match.group(2).strip())] if match.group(1) == token.lower() else []


def _head(body: bytes, coding: bytes) -> bytes:
    """The start of a page up to the end of its <head>."""
    start = body[:_HEAD]
    if coding in (b"gzip", b"x-gzip", b"deflate"):
        start = _inflated(start, (47, -15))
    end = _HEAD_END.search(start)
    return start[: end.start()] if end else start


def _inflated(data: bytes, formats: tuple[int, ...]) -> bytes:
    for wbits in formats:  # gzip or zlib by its header, then the raw deflate that some servers send
        try:
            return zlib.decompressobj(wbits=wbits).decompress(data, _HEAD)
        except zlib.error:
            continue
    return data


def _metas(head: bytes) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for match in _META.finditer(head):
        values = {
            attribute.group(1).lower(): attribute.group(2) or attribute.group(3) or attribute.group(4) or b""
            for attribute in _ATTRIBUTE.finditer(match.group(1))
        }
        name = _text(values.get(b"name", b""))
        if name in _METAS:
            found.append((name, _text(values.get(b"content", b""))))
    return found


# --- files that speak for a whole site ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PathRule:
    """What a site says of the paths that a pattern matches ("*" any text, "$" the end)."""

    pattern: str
    rights: Rights

    def matches(self, path: str) -> bool:
        """Whether the pattern fits, from the start of the path. Linear: a regular expression would not be."""
        first, *others = self.pattern.removesuffix("$").split("*")
        if not path.startswith(first):
            return False
        position = len(first)
        anchored = self.pattern.endswith("$")
        last = others.pop() if anchored and others else None
        for part in others:
            found = path.find(part, position)
            if found < 0:
                return False
            position = found + len(part)
        if last is not None:
            return len(path) - len(last) >= position and path.endswith(last)
        return not anchored or position == len(path)


def parse_tdmrep(body: bytes) -> tuple[PathRule, ...]:
    """/.well-known/tdmrep.json (TDM Reservation Protocol, 6.1); what is no such file gives nothing.

    A list of {"location": pattern, "tdm-reservation": 0 or 1, "tdm-policy": URL}.
    """
    try:
        data: Any = json.loads(body[:_HEAD])
    except (ValueError, RecursionError):
        return ()
    rules: list[PathRule] = []
    for entry in data if isinstance(data, list) else [data]:
        location = entry.get("location") if isinstance(entry, dict) else None
        if not isinstance(location, str) or len(location) > _MAX_VALUE or location.count("*") > 8:
            continue
        said = [
            (name, str(entry[name])[:_MAX_VALUE])
            for name in ("tdm-reservation", "tdm-policy")
            if name in entry
        ]
        rules.append(PathRule(location, tuple(said)))
    return tuple(rules[:1000])


def parse_ai_txt(body: bytes) -> tuple[PathRule, ...]:
    """/ai.txt (Spawning): robots.txt's form, about use for machine learning instead of fetching."""
    rules: list[PathRule] = []
    for line in body[:_HEAD].decode("utf-8", "replace").splitlines():
        field, _, value = line.partition("#")[0].partition(":")
        name, pattern = field.strip().lower(), value.strip()
        if (
            name not in ("allow", "disallow")
            or not pattern
            or len(pattern) > _MAX_VALUE
            or pattern.count("*") > 8
        ):
            continue
        if not pattern.startswith(("/", "*")):
            pattern = f"*{pattern}"
        rules.append(PathRule(pattern, (("ai.txt", name),)))
    return tuple(rules[:1000])


def rights_of_path(rules: Iterable[PathRule], path: str) -> Rights:
    """What the longest pattern that matches a path says; of equally long ones, the first."""
    matching = [rule for rule in rules if rule.matches(path[:2000])]
    return max(matching, key=lambda rule: len(rule.pattern)).rights if matching else ()
