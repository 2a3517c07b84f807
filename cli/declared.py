"""The declared sites as the command line needs them: by name with a hint, and by URL."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from cli.app import App
from pipelines.rules import GENERIC, SiteRules
from storage.records import Page

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.news import NewsSpider


@dataclass(frozen=True)
class Declared:
    """All declared sites, and the settings they were declared under."""

    config: Config
    sites: dict[str, type[NewsSpider]]

    def named(self, name: str) -> type[NewsSpider]:
        """The site of that name.

        Raises:
            click.UsageError: there is none; the message names near ones.
        """
        if name in self.sites:
            return self.sites[name]
        near = get_close_matches(name, self.sites, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`hemero sites` lists them"
        raise click.UsageError(f"no site {name!r}; {hint}")

    def of_url(self, url: str) -> type[NewsSpider] | None:
        """The declared site that has a start URL on this URL's host (`www.` apart)."""
        from crawler.adhoc import site_of_url

        found = site_of_url(url, self.sites.values())
        return found if self.sites.get(found.name) is found else self._moved_from(url)

    def _moved_from(self, url: str) -> type[NewsSpider] | None:
        """The site that had this URL's host once."""
        host = urlsplit(url).netloc.lower().removeprefix("www.")
        return next((site for site in self.sites.values() if host in site.former_hosts), None)

    def of_any_name(self, name: str | None) -> type[NewsSpider] | None:
        """The site that has or had this name."""
        had = (site for site in self.sites.values() if name in site.former_names)
        return self.sites.get(name or "") or next(had, None)

    def of_page(self, page: Page) -> type[NewsSpider] | None:
        """The site of the page's URL, or, where nobody knows the URL, the one site whose marks it bears."""
        if page.url.startswith("http"):
            return self.of_url(page.url)
        text = page.body.decode("utf-8", "replace")
        found = [
            s for s in self.sites.values() if s.rules.marks and all(mark in text for mark in s.rules.marks)
        ]
        return found[0] if len(found) == 1 else None

    def rules(self, name: str | None, page: Page) -> SiteRules:
        """How to read a page: as the named site says, else as its own, else generically."""
        site = self.named(name) if name else self.of_page(page)
        return site.rules if site is not None else GENERIC


def load_declared(app: App) -> Declared:
    """Settings and sites of this command line.

    Raises:
        crawler.config.ConfigError: a settings file or a declaration that cannot be used.
    """
    from crawler.config import load_config
    from crawler.loader import load_sites

    path = app.config
    config = load_config(path, required=app.config_option is not None)
    folder = path.parent if path is not None else app.archive
    return Declared(config, load_sites(config, Path(folder)))
