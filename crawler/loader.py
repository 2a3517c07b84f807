"""Finds sites: packaged declarations, a `sites/` folder beside hemero.toml, [[site]] tables in it."""

from __future__ import annotations

import dataclasses
import difflib
import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

import crawler.spiders
from crawler.config import Config, ConfigError, read_settings
from crawler.expect import Expect
from crawler.news import DECLARED, NewsSpider
from pipelines.rules import RuleError, SiteRules

_NAME = re.compile(r"[a-z][a-z0-9_-]{1,62}")
# These come from the site's own keys.
_OF_THE_SITE = {"site", "title_of_site", "country", "language", "timezone", "known_as", "moved"}
_RULE_KEYS = {field.name for field in dataclasses.fields(SiteRules)} - _OF_THE_SITE
_SELECTORS = {
    field.name
    for field in dataclasses.fields(SiteRules)
    if field.type == "tuple[str, ...]" and field.name != "marks"
}
_KINDS: dict[str, Any] = {
    "str": str,
    "bool": bool,
    "Sequence[str]": tuple[str, ...],
    "int | None": Annotated[int, msgspec.Meta(ge=1)],
    "float | None": Annotated[float, msgspec.Meta(ge=0)],
    "Expect": Expect,
}


def load_sites(config: Config, folder: Path | None = None) -> dict[str, type[NewsSpider]]:
    """All declared sites by name.

    Args:
        folder: where hemero.toml stands; its `sites/*.toml` hold one declaration each.

    Raises:
        ConfigError: a declaration that cannot work, two with one name, or two that share a host and do not
            agree on `allow_private`. The message is one line: file or table, key, what is wrong.
    """
    sites = dict(packaged_sites())
    for where, table, text in _declared(config, folder):
        spider = site_from_table(table, where, text)
        if spider.name in sites:
            raise ConfigError(f"{where}: name: a site named {spider.name!r} exists already")
        sites[spider.name] = spider
    _check_hosts(sites.values())
    _check_former_names(sites)
    return dict(sorted(sites.items()))


def is_site_name(name: str) -> bool:
    """Whether a site may be called so: 2 to 63 lower-case letters, digits, - and _, a letter first."""
    return _NAME.fullmatch(name) is not None


def closest(name: str, names: Iterable[str]) -> str | None:
    """The name that was probably meant; None where none is near."""
    by_folded = {known.lower(): known for known in names}
    near = difflib.get_close_matches(name.lower(), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None


def packaged_sites() -> dict[str, type[NewsSpider]]:
    """The declarations under crawler/spiders."""
    found: dict[str, type[NewsSpider]] = {}
    for module in pkgutil.iter_modules(crawler.spiders.__path__):
        content = importlib.import_module(f"crawler.spiders.{module.name}")
        for value in vars(content).values():
            if (
                isinstance(value, type)
                and issubclass(value, NewsSpider)
                and value.__module__ == content.__name__
            ):
                found[value.name] = value
    return found


def site_from_table(table: dict[str, Any], where: str, text: str = "") -> type[NewsSpider]:
    """A spider class from a TOML table: the keys of a declaration, with `rules` as a sub-table.

    Args:
        where: names the table in messages.
        text: of the file, where the table is all of it: messages then name the line too.

    Raises:
        ConfigError: names the table and the key.
    """
    try:
        name = table.get("name")
        if not isinstance(name, str) or not is_site_name(name):
            raise _Wrong("name", f"2 to 63 lower-case letters, digits, - and _ are needed, not {name!r}")
        _known_keys(table, {*DECLARED, "rules", "name"}, "")
        values = {key: _converted(table[key], _kind(key), key) for key in DECLARED if key in table}
        _check_timezone(values.get("timezone"))
        rules = _rules(table.get("rules", {}))
        return type(name, (NewsSpider,), {"name": name, "rules": rules, **values})
    except _Wrong as error:
        raise ConfigError(f"{where}{_line_of(error.key, text)}: {error.key}: {error}") from None
    except (RuleError, ValueError) as error:
        raise ConfigError(f"{where}: {error}") from None


class _Wrong(Exception):
    """A key whose value cannot be used."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def _declared(config: Config, folder: Path | None) -> list[tuple[str, dict[str, Any], str]]:
    tables = [(f"hemero.toml: [[site]] {number}", table, "") for number, table in enumerate(config.site, 1)]
    if folder is not None:
        for path in sorted((folder / "sites").glob("*.toml")):
            text = read_settings(path)
            try:
                tables.append((str(path), tomllib.loads(text), text))
            except tomllib.TOMLDecodeError as error:
                raise ConfigError(f"{path}: {error}") from None
            except RecursionError:
                raise ConfigError(f"{path}: nested too deep to be a declaration") from None
    return tables


def _known_keys(table: dict[str, Any], known: set[str], prefix: str) -> None:
    for key in table:
        if key not in known:
            near = closest(key, known)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(sorted(known))}"
            raise _Wrong(prefix + key, f"unknown key; {hint}")


def _kind(key: str) -> Any:
    annotation = str(NewsSpider.__annotations__[key])
    if annotation.startswith("ClassVar["):
        annotation = annotation.removeprefix("ClassVar[")[:-1]
    return _KINDS[annotation]


def _converted(value: Any, kind: Any, key: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _wrong_value(key, str(error).replace("`", "")) from None


def _wrong_value(key: str, message: str) -> _Wrong:
    """From "Expected array, got str - at $.title" or "title: not ..." to the key and its fault."""
    message, _, path = message.partition(" - at $")
    own, colon, rest = message.partition(": ")
    if not path and colon and own in _RULE_KEYS:
        path, message = f".{own}", rest
    return _Wrong(key + path, message[:1].lower() + message[1:])


def _check_timezone(name: str | None) -> None:
    try:
        ZoneInfo(name or "UTC")
    except (ValueError, OSError, KeyError):
        raise _Wrong("timezone", f"no IANA time zone: {name!r} (one is Africa/Casablanca)") from None


def _rules(table: Any) -> SiteRules:
    if not isinstance(table, dict):
        raise _Wrong("rules", "a table is needed")
    _known_keys(table, _RULE_KEYS, "rules.")
    rules: SiteRules = _converted(table, SiteRules, "rules")
    for key in sorted(_SELECTORS & set(table)):
        for selector in getattr(rules, key):
            _check_selector(f"rules.{key}", selector)
    return rules


def _check_selector(key: str, selector: str) -> None:
    from cssselect import GenericTranslator, SelectorError
    from lxml import etree

    try:
        path = selector if selector.startswith(("/", "./")) else GenericTranslator().css_to_xpath(selector)
        etree.XPath(path)
    except (SelectorError, etree.XPathError, ValueError) as error:
        raise _Wrong(key, f"neither CSS nor XPath ({error}): {selector}") from None


def _check_hosts(sites: Iterable[type[NewsSpider]]) -> None:
    """A host may be reached on a private address for all of its sites or for none."""
    private: dict[str, tuple[str, bool]] = {}
    for site in sites:
        for host in _hosts(site):
            name, allowed = private.setdefault(host, (site.name, site.allow_private))
            if allowed != site.allow_private:
                raise ConfigError(
                    f"sites {name} and {site.name}: allow_private: both own {host}, and disagree"
                )


def _check_former_names(sites: dict[str, type[NewsSpider]]) -> None:
    """A name belongs to one site, for ever: articles are known by it."""
    owners: dict[str, str] = {}
    for site in sites.values():
        for name in site.former_names:
            other = name if name in sites else owners.setdefault(name, site.name)
            if other != site.name:
                raise ConfigError(f"sites {site.name} and {other}: former_names: both claim {name!r}")


def _hosts(site: type[NewsSpider]) -> set[str]:
    urls = [*site.start_urls, *site.feeds, *site.sitemaps, *site.listings]
    hosts = {(urlsplit(url).hostname or "").lower() for url in urls} | {host.lower() for host in site.hosts}
    return {host.removeprefix("www.") for host in hosts}


def _line_of(key: str, text: str) -> str:
    """The line of a key, as ":12", or nothing."""
    name = re.escape(key.rpartition(".")[2])
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*\"?{name}\"?\s*=|\s*\[{re.escape(key)}\]", line):
            return f":{number}"
    return ""
