"""The packaged table of outlets and agencies: names, aliases, domains, countries.

`data/outlets.json` holds one entry a line. Two rules settle a name that several sources bear:

* the country of the site that prints it decides: "Le Matin" is "Le Matin (Maroc)" on a Moroccan site and
  "Le Matin (Suisse)" on a Swiss one; "APS" is Algeria's agency in DZ, Senegal's in SN;
* elsewhere the bearer of the unqualified name wins ("Le Soir" is Brussels', "ABP" is Benin's); where every
  bearer is qualified ("Le Matin" read in Belgium) there is no answer: a name is never snapped to a near one.

Acronyms up to four letters match in upper case only, unless the table also lists them in lower case ("ats").
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

SourceKind = Literal["outlet", "agency", "institution"]

GENERIC_TLDS = frozenset(
    ("com", "net", "org", "info", "biz", "press", "news", "media", "africa", "tv", "eu", "online", "site")
)
_HOST = re.compile(
    r"(?:https?://)?(?:www\d?\.)?((?:[a-z0-9][a-z0-9-]{0,62}\.){1,5}([a-z]{2,10}))(?::\d{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_LONGEST_NAME = 80
_QUALIFIER = re.compile(r" \([^()]+\)$")


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One source. `name` is the canonical name of an outlet or the key of an agency ("AFP", "APS-SN").

    `title` is the name in full; `countries` are ISO 3166 codes, the first is home; `home_only` lists the
    acronyms that mean this source in its own country alone ("PC" is also a party); `common_word` marks a
    name that is a word of the language ("Capital") and so proves nothing where no label announces a source.
    """

    name: str
    kind: SourceKind = "outlet"
    title: str = ""
    countries: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    home_only: tuple[str, ...] = ()
    common_word: bool = False

    @property
    def country(self) -> str | None:
        return self.countries[0] if self.countries else None

    @property
    def plain_name(self) -> str:
        """The name without the country that tells namesakes apart."""
        return _QUALIFIER.sub("", self.name) if self.kind != "agency" else self.name.partition("-")[0]

    def names(self) -> tuple[str, ...]:
        """All forms under which the source is printed, domains apart."""
        own = (self.title,) if self.kind == "agency" else (self.name, self.plain_name)
        return tuple(dict.fromkeys(n for n in (*own, *self.aliases) if n))


@lru_cache(maxsize=4096)
def source_key(name: str) -> str:
    """Letters and digits only, without case and accents: "L’Économiste" and "L'Economiste" are one."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in plain if c.isalnum())


def host_of(text: str) -> str | None:
    """The host that a URL or a bare domain names, lower case, without "www."; None for other text.

    A bare domain needs a usual ending and a label of three letters: "G.A" are initials, "fin.Le" sentences.
    """
    text = text.strip().rstrip(".,;")
    if "." not in text:
        return None
    match = _HOST.fullmatch(text)
    if match is None:
        return None
    host, tld = match[1].lower(), match[2]
    if "//" in text or text.lower().startswith("www."):
        return host
    usual = tld.lower() in GENERIC_TLDS or (len(tld) == 2 and not tld.istitle())
    return host if usual and max(len(label) for label in host.split(".")[:-1]) > 2 else None


def _letters(name: str) -> str:
    return "".join(c for c in name if c.isalnum())


def _is_short(name: str) -> bool:
    return len(name) <= 4 and name.isalnum()


def _is_acronym(name: str) -> bool:
    return _is_short(name) and name.upper() == name


class SourceTable:
    """Outlets and agencies with their indexes. A value: `extended` gives a new table."""

    def __init__(self, entries: Iterable[SourceEntry]) -> None:
        self.entries: tuple[SourceEntry, ...] = tuple({(e.kind, e.name): e for e in entries}.values())
        self._names: dict[str, list[tuple[SourceEntry, str]]] = {}
        self._domains: dict[str, SourceEntry] = {}
        for entry in self.entries:
            for name in entry.names():
                self._names.setdefault(source_key(name), []).append((entry, name))
            for domain in entry.domains:
                self._domains.setdefault(domain.lower().removeprefix("www."), entry)

    def extended(self, entries: Iterable[SourceEntry]) -> SourceTable:
        """A table with more sources; one of the same kind and name replaces the packaged one."""
        return SourceTable((*self.entries, *entries))

    def by_host(self, host: str) -> SourceEntry | None:
        """The source of a host or of its nearest parent domain ("m.lefigaro.fr")."""
        labels = host.lower().split(".")
        for start in range(max(1, len(labels) - 1)):
            entry = self._domains.get(".".join(labels[start:]))
            if entry is not None:
                return entry
        return None

    def outlet(self, name: str, country: str | None) -> SourceEntry | None:
        """The outlet or institution a name, a domain or a URL means on a site of this country, or None."""
        entry = self._by_domain(name)
        if entry is not None and entry.kind != "agency":
            return entry
        found = [(e, n) for e, n in self._matches(name) if e.kind != "agency"]
        return self._choose(found, name, country)

    def agency(self, name: str, country: str | None, *, in_slot: bool) -> SourceEntry | None:
        """The agency a name means; acronyms count only `in_slot` (parentheses, byline, after "avec")."""
        entry = self._by_domain(name)
        if entry is not None and entry.kind == "agency":
            return entry
        found = [(e, n) for e, n in self._matches(name) if e.kind == "agency"]
        if not in_slot:
            found = [(e, n) for e, n in found if not _is_short(n)]
        return self._choose([(e, n) for e, n in found if self._at_home(e, n, country)], name, country)

    def _by_domain(self, name: str) -> SourceEntry | None:
        if "." not in name or " /" in name:  # "exemple.ma / MAP" are two
            return None
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()  # "Médias24.com"
        match = _HOST.fullmatch(re.sub("['’ ]", "", plain).rstrip(".,;"))  # "L'opinion.ma", "Le Point.fr"
        return None if match is None else self.by_host(match[1].lower())

    def is_shared_acronym(self, name: str) -> bool:
        """Whether agencies of several countries, none of them the usual one, bear this acronym ("APS")."""
        bearers = {e.name: e for e, _ in self._matches(name) if e.kind == "agency"}
        return len(bearers) > 1 and all(e.plain_name != e.name for e in bearers.values())

    def may_know(self, name: str) -> bool:
        """A cheap look before the three above: whether a name is in the table, or may be a domain."""
        return "." in name or (0 < len(name) <= _LONGEST_NAME and source_key(name) in self._names)

    def _matches(self, name: str) -> list[tuple[SourceEntry, str]]:
        found = self._names.get(source_key(name), ()) if 0 < len(name) <= _LONGEST_NAME else ()
        if not found:
            return []
        written = _letters(name)
        any_case = {e.name for e, n in found if not _is_acronym(n)}
        return [(e, n) for e, n in found if e.name in any_case or _letters(n) == written]

    @staticmethod
    def _at_home(entry: SourceEntry, name: str, country: str | None) -> bool:
        return name not in entry.home_only or country in entry.countries

    @staticmethod
    def _choose(found: list[tuple[SourceEntry, str]], name: str, country: str | None) -> SourceEntry | None:
        if not found:
            return None
        entries = list(dict.fromkeys(e for e, _ in found))
        for entry in entries:
            if country is not None and country in entry.countries:
                return entry
        key = source_key(name)
        usual = [e for e in entries if e.plain_name == e.name]
        named = [e for e in usual if source_key(e.name) == key]
        if len(named or usual) == 1:
            return (named or usual)[0]
        if len(entries) != 1:
            return None
        only = entries[0]
        shared = key == source_key(only.plain_name) and key != source_key(only.name)
        return None if shared and country is not None else only


def _entry(row: dict[str, object], kind: SourceKind) -> SourceEntry:
    def many(key: str) -> tuple[str, ...]:
        value = row.get(key, ())
        return tuple(str(v) for v in value) if isinstance(value, list | tuple) else ()

    name = str(row["key"] if kind == "agency" else row["name"])
    return SourceEntry(
        name=name,
        kind=kind,
        title=str(row["name"]),
        countries=many("countries"),
        domains=many("domains"),
        aliases=many("aliases"),
        home_only=many("home_only"),
        common_word=bool(row.get("common_word", False)),
    )


@cache
def packaged_table() -> SourceTable:
    """The table that ships with the program."""
    raw = json.loads(files("pipelines").joinpath("data/outlets.json").read_text(encoding="utf-8"))
    agencies = [_entry(row, "agency") for row in raw["agencies"]]
    return SourceTable([*agencies, *(_entry(row, "outlet") for row in raw["outlets"])])


OUTLETS: tuple[SourceEntry, ...] = tuple(e for e in packaged_table().entries if e.kind == "outlet")
AGENCIES: tuple[SourceEntry, ...] = tuple(e for e in packaged_table().entries if e.kind == "agency")


def source_table() -> list[SourceEntry]:
    """What an archive loads into its sources: every packaged outlet and agency."""
    return list(packaged_table().entries)


def extended(entries: Iterable[SourceEntry]) -> SourceTable:
    """The packaged table with more sources, as hemero.toml may declare them."""
    return packaged_table().extended(entries)


def find_outlet(name: str, country: str | None, table: SourceTable | None = None) -> str | None:
    """The canonical name of an outlet, by name, alias, domain or URL; None when it is not known."""
    entry = (table or packaged_table()).outlet(name, country)
    return None if entry is None else entry.name


def find_agency(
    name: str, country: str | None, in_slot: bool = False, table: SourceTable | None = None
) -> str | None:
    """The key of an agency; the acronym itself where agencies of other countries share it (APS in France)."""
    table = table or packaged_table()
    entry = table.agency(name, country, in_slot=in_slot)
    if entry is not None:
        return entry.name
    return _letters(name) if in_slot and table.is_shared_acronym(name) else None
