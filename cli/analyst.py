"""Who decides: the name that corrections, assignments, saved searches and corpora are kept under."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def who_option(command: F) -> F:
    """Add --who; without it, the login."""
    return click.option("--who", metavar="NAME", help="Whose doing it is (default: your login).")(command)


def who(given: str | None) -> str:
    """The name given, else the login, else "analyst"."""
    if given and given.strip():
        return given.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as in many containers
        return "analyst"
