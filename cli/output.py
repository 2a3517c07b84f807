"""What stands on the screen: results on stdout, the rest on stderr, nothing a page says taken as a command.

Text of pages goes through `safe` before it reaches a terminal: an escape sequence, a direction override or an
invisible letter in a title is shown as its code (`\\x1b`, `\\u202e`) and does nothing.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

T = TypeVar("T")

FULL = {errno.ENOSPC, errno.EDQUOT}
_BAR_FROM = 20  # rows: below, a bar is gone before it is read
PLAIN_WIDTH = 80  # of what is printed to a pipe or a file

# C0 without tab and line feed, DEL, C1; Arabic letter mark; zero width space and direction marks;
# line and paragraph separators, embeddings and overrides; word joiner to isolates; BOM; surrogates; tags.
_ACTIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_SPACE = re.compile("[^\\S\u00a0\u202f]+")  # no-break spaces are French typography and stay


def safe(text: str) -> str:
    """Text of a page made inert: what could move a cursor or hide letters is spelled as its code."""
    return _ACTIVE.sub(_spell, text)


def safe_line(text: str) -> str:
    """As `safe`, on one line."""
    return safe(_SPACE.sub(" ", text).strip())


def _spell(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class OutputLost(Exception):
    """Standard output takes no more. No OSError: who reads an archive meanwhile would blame its disk."""

    def __init__(self, error: OSError) -> None:
        full = error.errno in FULL
        self.exit_code = 3 if full else 2
        super().__init__(
            "no space left where standard output goes; free some and run again"
            if full
            else f"standard output cannot be written: {error.strerror}"
        )


class _Output(io.FileIO):
    """Standard output, whose failures are told from those of every other file."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except (BrokenPipeError, BlockingIOError):
            raise
        except OSError as error:
            raise OutputLost(error) from error


def prepare_streams() -> None:
    """UTF-8 on all three streams whatever the locale says; a closed one becomes /dev/null.

    A closed descriptor would be given to the next file that is opened, and a stray print would land in it.
    What stdout cannot take is `OutputLost`. stderr keeps nothing back: lines that the disk of a log could not
    take would fail whoever flushes next, a reader that is started or Python's own end.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            if (opened := os.open(os.devnull, os.O_RDWR)) != number:
                os.dup2(opened, number)
                os.close(opened)
            stream = os.fdopen(number, "r" if name == "stdin" else "w", closefd=False)
            setattr(sys, name, stream)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace" if number else "replace")
            if name == "stdout":
                at_once = stream.line_buffering or stream.write_through  # a terminal, or PYTHONUNBUFFERED
                out = io.BufferedWriter(_Output(stream.fileno(), "w", closefd=False))
                sys.stdout = _as_text(out, line_buffering=at_once)
            elif name == "stderr":
                sys.stderr = _as_text(io.FileIO(stream.fileno(), "w", closefd=False), write_through=True)


def _as_text(raw: Any, *, line_buffering: bool = False, write_through: bool = False) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        raw,
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=line_buffering,
        write_through=write_through,
    )


def silence_stdout() -> None:
    """Send what is left in stdout's buffer nowhere: its reader has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def wrapped(text: str, indent: int = 0) -> str:
    """Text of a page, inert, as lines of at most the terminal's width (80 elsewhere), each indented."""
    space = " " * indent
    return textwrap.fill(
        safe_line(text),
        _width(),
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )


def folded(line: str, indent: int = 0) -> Iterator[str]:
    """A line that is inert already and may be coloured, at most as wide as `wrapped` makes it."""
    room, space = _width() - indent, " " * indent
    taken, kept = 0, ""
    for word in line.split(" "):
        size = len(_COLOUR.sub("", word))
        if kept and taken + 1 + size > room:
            yield space + kept
            taken, kept = size, word
        else:
            taken, kept = (taken + 1 + size, f"{kept} {word}") if kept else (size, word)
    yield space + kept


def _width() -> int:
    columns = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns if sys.stdout.isatty() else PLAIN_WIDTH
    return max(columns, 40)


def print_error(line: str) -> None:
    """One line on stderr, marked as ours."""
    note(f"hemero: {line}")


def note(line: str) -> None:
    """One line on stderr that is no error: progress, a hint. Lost where stderr cannot be written."""
    with contextlib.suppress(OSError):  # the disk of a log is full, or its reader has left
        click.echo(safe_line(line), err=True)


def to_json(value: Mapping[str, Any]) -> str:
    """One JSON object on one line, UTF-8, in which no character is active on a terminal."""
    return _ACTIVE.sub(_spell_json, json.dumps(value, ensure_ascii=False, default=str))


def _spell_json(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]  # such a character can only stand inside a string


def print_json(rows: Iterable[Mapping[str, Any]]) -> None:
    """JSON Lines: one object a line, as every `--json` of this program."""
    for row in rows:
        click.echo(to_json(row))


def console(*, err: bool = False) -> Console:
    """A rich console: the terminal's width, else 80 columns; colours on a terminal only; no markup."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() else PLAIN_WIDTH
    made = Console(file=stream, width=width, markup=False, highlight=False, emoji=False)
    made.on_broken_pipe = _reader_left  # type: ignore[method-assign]  # rich would end the program with 1
    return made


def _reader_left() -> NoReturn:
    raise BrokenPipeError(errno.EPIPE, "the reader has left")


def counted(rows: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The same rows; on a terminal with a bar on stderr meanwhile."""
    if not sys.stderr.isatty() or total < _BAR_FROM:
        yield from rows
        return
    from rich.progress import Progress

    with Progress(console=console(err=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        for row in rows:
            yield row
            progress.advance(task)


def table(columns: Iterable[str], rows: Iterable[Iterable[object]], *, right: Iterable[str] = ()) -> Table:
    """A table without frames. Cells are made inert; columns named in `right` are numbers."""
    from rich.table import Table
    from rich.text import Text

    numbers = set(right)
    made = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        made.add_column(
            name,
            justify="right" if name in numbers else "left",
            overflow="fold",
            no_wrap=name in numbers,
        )
    for row in rows:
        made.add_row(*[Text("" if cell is None else safe_line(str(cell))) for cell in row])
    return made
