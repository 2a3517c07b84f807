"""A declaration after its site was renamed or has moved to another host. Pure: text in, text out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from crawler.declaration import toml_value
from pipelines.urls import canonical_url

_TABLE = re.compile(r"^\s*\[", re.M)


def host_of(url: str) -> str:
    """Host and port as declarations name them: without "www."."""
    return urlsplit(canonical_url(url) or url).netloc.removeprefix("www.")


def moved_url(url: str, before: str, home: str) -> str | None:
    """The same path on the new host; None for an address of another host.

    Args:
        before: the old host, without "www.". home: the new home page: its scheme and host are taken.
    """
    found = _on_host(url, before, home)
    return canonical_url(found) if found is not None else None


def _on_host(url: str, before: str, home: str) -> str | None:
    """As `moved_url`, the rest of the address as it was written."""
    parts, new = urlsplit(url), urlsplit(home)
    bare = parts.netloc.removeprefix("www.")
    netloc = new.netloc
    if bare.endswith("." + before):  # "sport.old.example"
        netloc = bare.removesuffix(before) + netloc.removeprefix("www.")
    elif bare != before:
        return None
    return urlunsplit((new.scheme, netloc, parts.path, parts.query, ""))


def renamed_toml(
    text: str, name: str, *, home: str | None, title: str | None, names: Sequence[str], hosts: Sequence[str]
) -> str:
    """The text of a declaration under its new name; comments and order stay.

    Args:
        home: the new home page, where the host changes.
        names, hosts: all former ones, oldest first; the last host is the one that is replaced.
    """
    match = _TABLE.search(text)
    top, tables = (text[: match.start()], text[match.start() :]) if match else (text, "")
    if home is not None:
        top = _with_host(top, hosts[-1], home)
    top = _set(top, "name", name)
    if title is not None:
        top = _set(top, "title", title)
    if names:
        top = _set(top, "former_names", list(names))
    if hosts:
        top = _set(top, "former_hosts", list(hosts))
    return top + tables


def _with_host(text: str, before: str, home: str) -> str:
    """Every address of the old host in the keys that hold addresses."""

    def replace(match: re.Match[str]) -> str:
        return _on_host(match[0], before, home) or match[0]

    return re.sub(r"https?://[^\s\"',\]]+", replace, text)


def _set(text: str, key: str, value: str | list[str]) -> str:
    """The key with this value: in its place, else after the name."""
    line = f"{key} = {toml_value(value)}"
    known = re.compile(rf"^\s*{key}\s*=\s*(?:\[[^\]]*\]|.*)$", re.M)
    if known.search(text):
        return known.sub(lambda _: line, text, count=1)
    return re.sub(r"^(\s*name\s*=.*)$", lambda match: f"{match[1]}\n{line}", text, count=1, flags=re.M)
