"""`hemero sites rename`: the declaration first, then the rows; run again, it carries on."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.app import App
from cli.declared import load_declared
from cli.output import safe_line
from cli.params import http_url
from crawler.declaration import Places, places, replace_file
from crawler.loader import is_site_name, site_from_table
from crawler.locks import SiteLock
from crawler.renaming import host_of, moved_url, renamed_toml
from crawler.runs import prepare_archive
from storage import ledger
from storage.site_rename import rename_site as rename_rows

if TYPE_CHECKING:
    from crawler.news import NewsSpider
    from storage.archive import Archive
    from storage.site_rename import Renamed


def rename_site(app: App, old: str, new: str, *, url: str | None, title: str | None) -> int:
    """Rename a declared site, its saved pages and its rows.

    Raises:
        click.UsageError: no such site, a bad or taken name, or a declaration that a person must change.
        storage.errors.ArchiveError: the archive cannot be used, or has another site of that name.
    """
    if not is_site_name(new):
        raise click.UsageError(f"NEW: 2 to 63 lower-case letters, digits, - and _, not {new!r}")
    home = http_url(url) if url is not None else None
    declared = load_declared(app)
    site = declared.sites.get(new)
    done = site is not None and (old in site.former_names or (old == new and _is_at(site, home)))
    if not done:
        if site is not None and old != new:
            raise click.UsageError(f"a site named {new!r} is declared already")
        _rename_declaration(app, declared.named(old), new, home, title)
        site = load_declared(app).sites[new]
    assert site is not None
    _rename_in_archive(app, site, old, title)
    return 0


def _is_at(site: type[NewsSpider], home: str | None) -> bool:
    return home is not None and host_of(site.start_urls[0]) == host_of(home)


# --- the declaration -------------------------------------------------------------------------------


def _rename_declaration(
    app: App, site: type[NewsSpider], new: str, home: str | None, title: str | None
) -> None:
    """Write `sites/NEW.toml`, take `sites/OLD.toml` away, and move the saved pages.

    Raises:
        click.UsageError: the declaration stands elsewhere; the message says what to write there.
    """
    folder = app.config.parent if app.config is not None else app.archive
    old_at, new_at = places(site.name, folder, None), places(new, folder, None)
    changes = _changes(site, new, home)
    if not old_at.declaration.is_file():
        raise click.UsageError(
            f"{site.name} is not declared in {old_at.declaration.parent}: change its declaration to say"
            f" {changes}, and run this again"
        )
    if new != site.name and (new_at.declaration.exists() or new_at.pages.exists()):
        raise click.UsageError(f"{new_at.declaration} or {new_at.pages} exists already")
    text = old_at.declaration.read_text(encoding="utf-8")
    moves = home is not None and not _is_at(site, home)
    written = renamed_toml(
        text,
        new,
        home=home if moves else None,
        title=title,
        names=_names(site, new),
        hosts=_hosts(site, home if moves else None),
    )
    made = site_from_table(tomllib.loads(written), str(new_at.declaration), written)
    if made.name != new or (home is not None and not _is_at(made, home)):
        raise click.UsageError(f"{old_at.declaration} cannot be changed safely: write {changes} yourself")
    _put(old_at, new_at, written)


def _put(old_at: Places, new_at: Places, text: str) -> None:
    if old_at.pages.is_dir() and old_at.pages != new_at.pages:
        old_at.pages.rename(new_at.pages)
    replace_file(new_at.declaration, text)
    if old_at.declaration != new_at.declaration:
        old_at.declaration.unlink()
    click.echo(f"wrote {safe_line(str(new_at.declaration))}")


def _names(site: type[NewsSpider], new: str) -> list[str]:
    names = [*site.former_names, site.name] if new != site.name else list(site.former_names)
    return list(dict.fromkeys(names))


def _hosts(site: type[NewsSpider], home: str | None) -> list[str]:
    if home is None:
        return list(site.former_hosts)
    return list(dict.fromkeys([*site.former_hosts, host_of(site.start_urls[0])]))


def _changes(site: type[NewsSpider], new: str, home: str | None) -> str:
    lines: list[str] = []
    if new != site.name:
        lines += [f'name = "{new}"', f"former_names = {_names(site, new)}"]
    if home is not None:
        lines += [f'start_urls = ["{home}"]', f"former_hosts = {_hosts(site, home)}"]
    return ", ".join(lines)


# --- the archive -----------------------------------------------------------------------------------


def _rename_in_archive(app: App, site: type[NewsSpider], old: str, title: str | None) -> None:
    """Move the rows, while nobody crawls the site under either name."""
    if not app.archive.is_dir() and app.database_url is None:
        click.echo("There is no archive yet: nothing else to change.")
        return
    now = datetime.now(UTC)
    locks = [SiteLock(app.archive, name) for name in dict.fromkeys((old, site.name))]
    for lock in locks:
        lock.acquire(now)
    try:
        with prepare_archive(app.archive, app.database_url) as archive:
            ledger.read(archive.folder)  # one that takes no line is found before rows have moved
            renamed = move_rows(archive, site, old, title, now)
            if renamed is not None and old != site.name:
                data = {"old": old, "new": site.name, "url": site.start_urls[0]}
                ledger.append(archive.folder, "rename", data, now)
    finally:
        for lock in locks:
            lock.release()
    if renamed is None:
        click.echo(f"The archive has no site {safe_line(old)}: nothing else to change.")
        return
    counts = f"{renamed.articles} articles, {renamed.candidates} candidates, {renamed.channels} channels"
    click.echo(f"{old} is {site.name} now; moved to the new address: {counts}")


def move_rows(
    archive: Archive, site: type[NewsSpider], old: str, title: str | None, now: datetime
) -> Renamed | None:
    """Give the rows of the site called `old` the name and the host that the declaration says."""
    home = site.start_urls[0]

    def moved(url: str) -> str | None:
        if host_of(url) == host_of(home):
            return None
        return next((to for host in site.former_hosts if (to := moved_url(url, host, home))), None)

    with archive.write() as session:
        return rename_rows(session, old, site.name, home, title, moved, now)
