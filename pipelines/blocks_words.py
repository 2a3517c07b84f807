"""Lists of wordings, packaged as text: sections in brackets, a regular expression a line, # for comments."""

from __future__ import annotations

import re
from importlib.resources import files


def read_lists(name: str) -> dict[str, list[str]]:
    """The sections of a file of `pipelines/data`, in order; {section} in a line stands for one above it.

    Raises:
        KeyError: a line names a section that does not stand above it.
    """
    lists: dict[str, list[str]] = {}
    section = ""
    for line in files("pipelines").joinpath(f"data/{name}").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
            lists[section] = []
        else:
            lists[section].append(re.sub(r"\{([a-z_]+)\}", lambda m: _group(lists[m.group(1)]), line))
    return lists


def _group(alternatives: list[str]) -> str:
    return "(?:" + "|".join(alternatives) + ")"


def compiled(alternatives: list[str]) -> re.Pattern[str]:
    """One pattern for a list."""
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives))
