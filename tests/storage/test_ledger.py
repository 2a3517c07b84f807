"""The ledger takes nothing into a damaged file, keeps what it cuts off, and loses no line to a rewriting."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path

import pytest

from storage import ledger
from tests.storage.build import NOW


def written(folder: Path, count: int) -> bytes:
    for number in range(count):
        ledger.append(folder, "correction", {"identity": f"k{number}"}, NOW)
    return (folder / ledger.NAME).read_bytes()


def test_nothing_is_added_behind_a_damaged_line(tmp_path: Path) -> None:
    damaged = written(tmp_path, 2).replace(b"k0", b"kX")
    (tmp_path / ledger.NAME).write_bytes(damaged)
    with pytest.raises(ledger.LedgerDamaged, match="line 1"):
        ledger.append(tmp_path, "copy", {}, NOW)
    assert (tmp_path / ledger.NAME).read_bytes() == damaged


@pytest.mark.parametrize("by", ["append", "repair"])
def test_a_torn_last_line_is_kept_where_whoever_may_want_it_finds_it(tmp_path: Path, by: str) -> None:
    torn = written(tmp_path, 2)[:-9]
    (tmp_path / ledger.NAME).write_bytes(torn)
    whole, rest = torn[: torn.index(b"\n") + 1], torn[torn.index(b"\n") + 1 :]
    if by == "append":
        ledger.append(tmp_path, "copy", {"what": "export"}, NOW)
    else:
        assert ledger.cut_tail(tmp_path) == len(rest)
    kept = [path.read_bytes() for path in (tmp_path / "quarantine").iterdir()]
    assert kept == [rest]
    assert (tmp_path / ledger.NAME).read_bytes().startswith(whole)
    assert len(ledger.read(tmp_path)) == (2 if by == "append" else 1)


def test_a_line_that_waited_for_a_rewriting_stands_in_the_new_file(tmp_path: Path) -> None:
    written(tmp_path, 2)
    path, beside = tmp_path / ledger.NAME, tmp_path / "beside"
    late = threading.Thread(target=ledger.append, args=(tmp_path, "copy", {"what": "late"}, NOW))
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        late.start()
        while late.is_alive() and not waiting_for(path):
            late.join(0.01)
        beside.write_bytes(path.read_bytes())
        beside.rename(path)
    late.join()
    assert [entry.data.get("what") for entry in ledger.read(tmp_path)] == [None, None, "late"]


def waiting_for(path: Path) -> bool:
    """Whether somebody waits for the lock of this file."""
    number = f":{path.stat().st_ino} "
    return any("->" in line and number in line for line in Path("/proc/locks").read_text().splitlines())


def test_a_rewriting_waits_for_who_writes(tmp_path: Path) -> None:
    written(tmp_path, 2)
    path = tmp_path / ledger.NAME
    scrub = threading.Thread(target=ledger.scrub, args=(tmp_path, {"k0"}))
    with path.open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        scrub.start()
        while scrub.is_alive() and not waiting_for(path):
            scrub.join(0.01)
        assert len(ledger.read(tmp_path)) == 2
    scrub.join()
    assert [entry.data for entry in ledger.read(tmp_path)] == [{"identity": "k1"}]
