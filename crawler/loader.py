"""Finds sites: packaged declarations, a `sites/` folder beside hemero.toml, [[site]] tables in it."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
import tomllib
from pathlib import Path
from typing import Any

import crawler.spiders
from crawler.config import Config, ConfigError
from crawler.news import DECLARED, NewsSpider
from pipelines.rules import RuleError, SiteRules

_NAME = re.compile(r"^[a-z][a-z0-9_-]{1,62}$")
_RULE_KEYS = {field.name for field in dataclasses.fields(SiteRules)} - {"site", "former_rules"}


def load_sites(config: Config, folder: Path | None = None) -> dict[str, type[NewsSpider]]:
    """All declared sites by name.

    Args:
        folder: where hemero.toml stands; its `sites/*.toml` hold one declaration each.

    Raises:
        ConfigError: a declaration that cannot work, or two with one name.
    """
    sites = dict(packaged_sites())
    for where, table in _declared(config, folder):
        spider = site_from_table(table, where)
        if spider.name in sites:
            raise ConfigError(f"{where}: a site named {spider.name!r} exists already")
        sites[spider.name] = spider
    return dict(sorted(sites.items()))


def packaged_sites() -> dict[str, type[NewsSpider]]:
    """The declarations under crawler/spiders."""
    found: dict[str, type[NewsSpider]] = {}
    for module in pkgutil.iter_modules(crawler.spiders.__path__):
        content = vars(importlib.import_module(f"crawler.spiders.{module.name}"))
        for value in content.values():
            if isinstance(value, type) and issubclass(value, NewsSpider) and value.__module__.endswith(module.name):
                found[value.name] = value
    return found


def _declared(config: Config, folder: Path | None) -> list[tuple[str, dict[str, Any]]]:
    tables = [(f"[[site]] {number}", table) for number, table in enumerate(config.site, 1)]
    if folder is not None:
        for path in sorted((folder / "sites").glob("*.toml")):
            try:
                tables.append((str(path), tomllib.loads(path.read_text(encoding="utf-8"))))
            except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
                raise ConfigError(f"{path}: {error}") from None
    return tables


def site_from_table(table: dict[str, Any], where: str) -> type[NewsSpider]:
    """A spider class from a TOML table: the keys of a declaration, with `rules` as a sub-table.

    Raises:
        ConfigError: names the table and the key.
    """
    name = table.get("name")
    if not isinstance(name, str) or not _NAME.match(name):
        raise ConfigError(f"{where}: name: lower-case letters, digits, - and _ are needed, not {name!r}")
    unknown = sorted(set(table) - set(DECLARED) - {"rules", "name"})
    if unknown:
        raise ConfigError(f"{where}: {unknown[0]}: unknown key; a site has {', '.join(sorted(DECLARED))}, rules")
    rules = table.get("rules", {})
    if not isinstance(rules, dict):
        raise ConfigError(f"{where}: rules: a table is needed")
    strange = sorted(set(rules) - _RULE_KEYS)
    if strange:
        raise ConfigError(f"{where}: rules.{strange[0]}: unknown key; rules have {', '.join(sorted(_RULE_KEYS))}")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in rules.items()}
    try:
        attributes = {key: table[key] for key in DECLARED if key in table}
        return type(name, (NewsSpider,), {"name": name, "rules": SiteRules(**values), **attributes})
    except (RuleError, TypeError, ValueError) as error:
        raise ConfigError(f"{where}: {error}") from None
