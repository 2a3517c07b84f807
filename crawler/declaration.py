"""Writes down how a site is crawled: a spider file in a checkout, a TOML file elsewhere, with saved pages.

What is written is checked by the loader before it appears; no file that is there is ever replaced.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import crawler
from crawler.loader import site_from_table
from storage.article_json import article_json

if TYPE_CHECKING:
    from crawler.surveying import Surveyed
    from storage.records import Article, Page

_PLACE = ("country", "language", "timezone")
_RULES = ("article_url", "article_key", "listing_url")


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page, and what must be read from it: as `hemero read` prints it, without `evidence` and `site`."""

    url: str
    fetched_at: str
    content_type: str | None
    body: bytes
    expected: dict[str, Any]


class DeclarationError(Exception):
    """A declaration that cannot be written. The message is one line."""

    exit_code = 2


def table_of(name: str, site: Surveyed, *, allow_private: bool = False) -> dict[str, Any]:
    """The keys of a declaration, in the order they are written; what is a default is left out."""
    rules = {key: value for key in _RULES if (value := getattr(site.rules, key)) is not None}
    table: dict[str, Any] = {
        "name": name,
        "title": site.title,
        "country": site.country,
        "language": site.language,
        "timezone": site.timezone,
        "start_urls": [site.url],
        "feeds": list(site.feeds),
        "sitemaps": list(site.sitemaps),
        "listings": list(site.listings),
        "allow_private": allow_private,
        "rules": rules,
    }
    return {key: value for key, value in table.items() if value not in ("", [], False)}


def saved_page(page: Page, article: Article) -> SavedPage:
    """A page as it is kept beside the declaration."""
    content = article_json(article)
    expected = {key: value for key, value in content.items() if key not in ("evidence", "site")}
    return SavedPage(page.url, page.fetched_at.isoformat(), page.content_type, page.body, expected)


def as_toml(table: Mapping[str, Any]) -> str:
    """The text of `sites/NAME.toml`."""
    top = [f"{key} = {toml_value(value)}" for key, value in table.items() if key != "rules"]
    rules = [f"{key} = {toml_value(value)}" for key, value in table["rules"].items()]
    return "\n".join([*top, "", "[rules]", *rules, ""])


def as_python(table: Mapping[str, Any]) -> str:
    """The text of a module under crawler/spiders."""
    given = [key for key in _PLACE if key in table]
    body: list[str] = []
    for key, value in table.items():
        if given and key == given[0]:
            body.append(f"    {', '.join(given)} = {', '.join(_python(table[key]) for key in given)}")
        elif key not in given and key != "rules":
            body += _assignment(key, value)
    rules = table["rules"].items()
    return "\n".join(
        [
            f'"""{_one_line(table.get("title") or table["name"])}."""',
            "",
            "from crawler.news import NewsSpider",
            "from pipelines.rules import SiteRules",
            "",
            "",
            f"class {_class_name(table['name'])}Spider(NewsSpider):",
            *body,
            "    rules = SiteRules(",
            *(f"        {key}={_python(value, raw=key != 'article_key')}," for key, value in rules),
            "    )",
            "",
        ]
    )


def _assignment(key: str, value: Any) -> list[str]:
    if isinstance(value, list):
        return [f"    {key} = (", *(f"        {_python(item)}," for item in value), "    )"]
    return [f"    {key} = {_python(value)}"]


def _python(value: Any, *, raw: bool = False) -> str:
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        if raw and "\\" in value and '"' not in value and not value.endswith("\\") and value.isprintable():
            text = f'r"{value}"'
        return text
    return repr(value)


def _class_name(name: str) -> str:
    return "".join(part.capitalize() for part in re.split(r"[-_]", name))


def _one_line(text: str) -> str:
    line = "".join(c for c in re.sub(r"\s+", " ", text) if c.isprintable())
    return line.replace("\\", "").replace('"', "'").strip(". ") or "A news site"


def toml_value(value: Any) -> str:
    """A string, a boolean or a list of strings as TOML."""
    if isinstance(value, list):
        return f"[{', '.join(toml_value(item) for item in value)}]"
    if isinstance(value, str) and "\\" in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


# --- where it goes ---------------------------------------------------------------------------------


def checkout(start: Path) -> Path | None:
    """The root of the project's own source tree, where `start` stands in it and it is the one that runs."""
    root = Path(crawler.__file__).resolve().parent.parent
    is_source = (root / "pyproject.toml").is_file() and (root / "tests").is_dir()
    return root if is_source and start.resolve().is_relative_to(root) else None


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files of one site stand."""

    declaration: Path
    pages: Path  # a folder

    @property
    def is_python(self) -> bool:
        return self.declaration.suffix == ".py"


def places(name: str, folder: Path, root: Path | None) -> Places:
    """Where a site's declaration and its saved pages go.

    Args:
        folder: where hemero.toml stands. root: of a checkout, or None.
    """
    if root is not None:
        module = name.replace("-", "_")
        return Places(root / "crawler" / "spiders" / f"{module}.py", root / "tests" / "pages" / name)
    return Places(folder / "sites" / f"{name}.toml", folder / "sites" / "pages" / name)


def write_site(table: Mapping[str, Any], pages: Sequence[SavedPage], at: Places) -> list[Path]:
    """Write declaration, saved pages and expected JSON; the declaration appears last. Returns the files.

    Raises:
        DeclarationError: a file is there already.
        crawler.config.ConfigError: the loader would refuse the declaration.
    """
    site_from_table(dict(table), str(at.declaration))
    for path in (at.declaration, at.pages):
        if path.exists():
            raise DeclarationError(f"{path} exists already; choose another name with --name")
    text = as_python(table) if at.is_python else as_toml(table)
    at.pages.mkdir(parents=True)
    written: list[Path] = []
    for number, page in enumerate(pages, 1):
        written += _write_page(page, at.pages, str(number))
    at.declaration.parent.mkdir(parents=True, exist_ok=True)
    replace_file(at.declaration, text)
    return [at.declaration, *written]


def _write_page(page: SavedPage, folder: Path, stem: str) -> Iterable[Path]:
    html, expected = folder / f"{stem}.html", folder / f"{stem}.json"
    html.write_bytes(page.body)
    about = {"url": page.url, "fetched_at": page.fetched_at, "content_type": page.content_type}
    content = json.dumps({**about, "expected": page.expected}, ensure_ascii=False, indent=2)
    expected.write_text(content + "\n", encoding="utf-8")
    return html, expected


def replace_file(path: Path, text: str) -> None:
    """Write a text file so that it is whole or not there."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def load_pages(folder: Path) -> dict[str, SavedPage]:
    """The saved pages of a site, by the name of their files; none where there is no folder.

    Raises:
        DeclarationError: one of them is not as it was written.
    """
    pages: dict[str, SavedPage] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            body = path.with_suffix(".html").read_bytes()
            about = (data["url"], data["fetched_at"], data["content_type"])
            pages[path.stem] = SavedPage(*about, body, data["expected"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DeclarationError(f"{path}: not a saved page ({type(error).__name__}: {error})") from None
    return pages
