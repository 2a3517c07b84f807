"""Progress of long commands: a counting line on a terminal, nothing elsewhere."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from cli.output import console


@contextlib.contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """A function to call with what is done and what there is in all."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.live import Live
    from rich.text import Text

    with Live(console=console(err=True), transient=True, refresh_per_second=5) as live:
        yield lambda done, total: live.update(Text(f"{done} of {total} {what}"))
