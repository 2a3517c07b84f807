"""A ledger with a damaged line is added to by no command: each ends with 4 and names the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import Run

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "command",
    [
        ["alerts", "ports", "--save", "port"],
        ["alerts", "un", "--drop"],
        ["corpus", "ports", "--freeze", "port"],
        ["correct", "1", "section", "Sport"],
        ["sources", "--assign", "Atlas Info", "AFP"],
        ["spellings", "Laâyoune", "Layoun"],
        ["export", "--format", "csv", "-o", "made.csv"],
        ["backup", "copy"],
        ["redact", "https://exemple.ma/a", "--reason", "test"],
    ],
    ids=lambda command: command[0],
)
def test_no_command_adds_to_a_damaged_ledger(
    hemero: Run, archive: Path, tmp_path: Path, command: list[str]
) -> None:
    ledger = archive / "ledger.jsonl"
    ledger.unlink(missing_ok=True)  # the copied archive may have been exported from before
    for name in ("un", "deux"):
        assert hemero("alerts", name, "--save", "port").returncode == 0
    damaged = ledger.read_bytes().replace(b'"un"', b'"Un"', 1)
    ledger.write_bytes(damaged)
    result = hemero(*command)
    assert result.returncode == 4, result.stdout + result.stderr
    assert "ledger.jsonl, line 1 is not as it was written" in result.stderr
    assert ledger.read_bytes() == damaged
    assert not (tmp_path / "made.csv").exists()


def test_doctor_says_what_helps(hemero: Run, archive: Path) -> None:
    ledger = archive / "ledger.jsonl"
    ledger.unlink(missing_ok=True)
    for name in ("un", "deux"):
        assert hemero("alerts", name, "--save", "port").returncode == 0
    whole = ledger.read_bytes()
    ledger.write_bytes(whole.replace(b'"un"', b'"Un"', 1))
    assert "line 1 is not as it was written: take the file from a backup" in hemero("doctor").stdout
    ledger.write_bytes(whole + b'{"torn')
    assert "line 3 is torn by a process that died: hemero repair" in hemero("doctor").stdout
    assert hemero("repair").returncode == 0
    assert "ok ledger: whole" in hemero("doctor").stdout
