"""Files that are whole or not there: written beside, synced, renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from storage.capture_files import sync_folder
from storage.database import explain
from storage.errors import ArchiveNotWritable, NoSpace


@contextmanager
def atomic(path: Path) -> Iterator[BinaryIO]:
    """A binary file that takes the place of `path` once all is written; on an error `path` is as before.

    Raises:
        NoSpace: the disk is full.
        ArchiveNotWritable: the folder cannot be written.
    """
    if path.exists() and not path.is_file():  # a device or a pipe: there is nothing to replace
        with path.open("wb") as output:
            yield output
        return
    path = path.resolve()  # a link keeps pointing where it does
    beside = path.with_name(path.name + ".tmp")
    try:
        with beside.open("wb") as output:
            yield output
            output.flush()
            os.fsync(output.fileno())
        beside.replace(path)
        sync_folder(path.resolve().parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        reason = explain(error, str(path))
        if isinstance(reason, NoSpace):
            raise reason from None
        raise ArchiveNotWritable(
            f"{path} cannot be written ({error.strerror}): choose another place"
        ) from None
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
