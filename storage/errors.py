"""What can be wrong with an archive: one class a cause, one line a message, with the next move in it."""

from __future__ import annotations


class ArchiveError(Exception):
    """Something the operator has to know. `exit_code` is what a command ends with (docs/operate.md)."""

    exit_code = 1


class ArchiveNotFound(ArchiveError):
    """There is no archive where one was expected."""

    exit_code = 2


class ArchiveNotWritable(ArchiveError):
    """The folder or the database may only be read."""

    exit_code = 2


class NoSpace(ArchiveError):
    """The disk, or the quota, is full."""

    exit_code = 3


class DatabaseUnreachable(ArchiveError):
    """The server does not answer, refuses us, or a lock was not given up in time."""

    exit_code = 4


class DatabaseDamaged(ArchiveError):
    """The file is no database, is broken, or is missing beside captures that need it."""

    exit_code = 4


class NotAnArchive(DatabaseDamaged):
    """The database holds tables of somebody else."""


class DatabaseTooNew(ArchiveError):
    """A newer hemero has written this database; an older one must not touch it."""

    exit_code = 4


class DatabaseTooOld(ArchiveError):
    """The schema must be upgraded first, and this access may not do it."""

    exit_code = 4


class CaptureDamaged(ArchiveError):
    """The stored record of a capture is missing, cut or altered."""

    exit_code = 4


class ArchiveBusy(ArchiveError):
    """Another process has the archive."""

    exit_code = 75


class Redacted(ArchiveError):
    """What was asked for was removed for good and stays away."""

    exit_code = 2


class BadEnvironment(ArchiveError):
    """A variable of the environment that means nothing."""

    exit_code = 2


class BadSetting(ArchiveError):
    """What the operator has set cannot be used: an address, a settings file."""

    exit_code = 2
