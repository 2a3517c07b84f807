"""What every command is given: where the archive is, which settings hold."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from storage.archive import Archive

F = TypeVar("F", bound=Callable[..., Any])
DEFAULT_ARCHIVE = "archive"


def named(folder: Path) -> Path:
    """A folder whose name every part of an archive can write down.

    Raises:
        click.UsageError: the name is not UTF-8.
    """
    try:
        str(folder).encode()
    except UnicodeEncodeError:
        name = os.fsencode(folder).decode("utf-8", "backslashreplace")
        raise click.UsageError(f"the folder {name} has a name that is not UTF-8: rename it") from None
    return folder


@dataclass
class App:
    """Options that every command shares. A command's own option wins over the one before its name."""

    archive_option: Path | None = None
    config_option: Path | None = None
    debug: bool = False
    only_sqlite: bool = False  # whatever the environment says: for archives that are thrown away

    @property
    def archive(self) -> Path:
        """The archive folder: `--archive`, else HEMERO_ARCHIVE, else ./archive."""
        return named(self.archive_option or Path(os.environ.get("HEMERO_ARCHIVE") or DEFAULT_ARCHIVE))

    @property
    def database_url(self) -> str | None:
        """HEMERO_DATABASE_URL, or None: then the database is `archive.db` in the archive folder."""
        if self.only_sqlite:
            return "sqlite"
        return os.environ.get("HEMERO_DATABASE_URL") or None

    @property
    def config(self) -> Path | None:
        """The settings file: `--config`, else `hemero.toml` in the archive folder if there is one."""
        if self.config_option is not None:
            return self.config_option
        beside = self.archive / "hemero.toml"
        return beside if os.path.lexists(beside) else None  # whatever it is: what is no file is refused

    def open(self) -> Archive:
        """Open the archive to read. One that an older hemero made is upgraded first.

        Raises:
            storage.errors.ArchiveError: missing, damaged, too new; or too old and not writable.
        """
        from storage import open_archive
        from storage.errors import DatabaseTooOld

        try:
            return open_archive(self.archive, read_only=True, database_url=self.database_url)
        except DatabaseTooOld:
            return open_archive(self.archive, database_url=self.database_url)

    def open_writable(self) -> Archive:
        """Open the archive to write; its schema is brought up to date, but no archive is made.

        Raises:
            storage.errors.ArchiveError: as `open`.
        """
        from storage import open_archive

        return open_archive(self.archive, database_url=self.database_url)


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value:
        setattr(ctx.ensure_object(App), str(param.name), value)


def shared_options(command: F) -> F:
    """Add --archive, --config and --debug; their values land in the context's `App`."""
    options = (
        click.option(
            "--archive",
            "archive_option",
            metavar="DIR",
            type=click.Path(path_type=Path, file_okay=False),
            expose_value=False,
            callback=_remember,
            help="The archive folder (or HEMERO_ARCHIVE; default ./archive).",
        ),
        click.option(
            "--config",
            "config_option",
            metavar="FILE",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            expose_value=False,
            callback=_remember,
            help="Settings file (default hemero.toml in the archive folder).",
        ),
        click.option(
            "--debug",
            is_flag=True,
            expose_value=False,
            callback=_remember,
            help="Show where a fault happened.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command
