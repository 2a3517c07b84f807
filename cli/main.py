"""The entrance: finds the subcommand, and turns every ending into a documented exit code.

`docs/exit-codes.md` lists the codes. Nothing below this module may catch broadly; what arrives here
unnamed is a fault of ours and ends with 1.
"""

from __future__ import annotations

import errno
import importlib
import signal
import sys
import traceback
from types import FrameType
from typing import Any

import click

from cli.app import App, shared_options
from cli.output import FULL, OutputLost, prepare_streams, print_error, silence_stdout

COMMANDS = (
    "alerts",
    "backup",
    "changes",
    "copies",
    "corpus",
    "correct",
    "crawl",
    "demo",
    "doctor",
    "export",
    "import",
    "migrate",
    "prune",
    "read",
    "rebuild",
    "redact",
    "related",
    "repair",
    "reprocess",
    "runs",
    "search",
    "show",
    "sites",
    "sources",
    "spellings",
    "sql",
    "status",
    "stories",
    "verify",
)

FAULT, USAGE, NO_SPACE, DATABASE, LOCKED = 1, 2, 3, 4, 75
# By name: importing the modules only to recognise their errors would cost every command a second.
_NAMED = {
    "crawler.config.ConfigError": USAGE,
    "crawler.loader.SiteError": USAGE,
    "pipelines.rules.RuleError": USAGE,
    "crawler.locks.Locked": LOCKED,
    "sqlalchemy.exc.OperationalError": DATABASE,
    "sqlalchemy.exc.InterfaceError": DATABASE,
}
_OF_THE_OPERATOR = (
    PermissionError,
    FileNotFoundError,
    IsADirectoryError,
    NotADirectoryError,
    FileExistsError,
)


class ReaderLeft(Exception):
    """Nobody reads our standard output any more (`hemero search x | head -1`)."""


class LazyGroup(click.Group):
    """Imports `cli.commands.NAME` only when that command is asked for (or listed)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = "import_" if cmd_name == "import" else cmd_name
        command = importlib.import_module(f"cli.commands.{name}").command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # click would make it exit code 1
            raise ReaderLeft from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "; `hemero --help` lists the commands"
            raise click.UsageError(f"no command {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: hemero crawl demo",
)
@click.version_option(package_name="hemerotheque", message="%(package)s %(version)s")
@shared_options
@click.pass_context
def hemero(ctx: click.Context) -> None:
    """A press archive: crawl news sites, keep every page, read the articles, query them.

    Without a command: say what is in the archive and what to do next.
    """
    ctx.ensure_object(App)
    if ctx.invoked_subcommand is None:
        from cli.home import next_step

        next_step(ctx.obj)


class Stopped(BaseException):
    """SIGTERM, raised where the program stands so that `finally` blocks run (workers end, files close)."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def main() -> None:
    """Console entrance: never returns, never shows a traceback unless `--debug` asks for one."""
    prepare_streams()
    signal.signal(signal.SIGTERM, _stop)
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except (OSError, OutputLost):  # its reader has left, or its disk is full: the code says it already
        silence_stdout()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        code = hemero.main(arguments, prog_name="hemero", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except (ReaderLeft, BrokenPipeError):
        silence_stdout()
        return 128 + signal.SIGPIPE
    except (KeyboardInterrupt, click.Abort):
        print_error("stopped by Ctrl-C")
        return 128 + signal.SIGINT
    except Stopped:
        return 128 + signal.SIGTERM
    except Exception as error:  # noqa: BLE001 - the one place where every fault becomes a code and a line
        return _explain(error, debug="--debug" in arguments)


def _explain(error: Exception, debug: bool) -> int:
    """Print one line that says what to do, and return the exit code."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    code, line = _verdict(error)
    print_error(line)
    if debug:
        traceback.print_exception(error)
    elif code == FAULT:
        print_error("this is a fault of hemero; the same command with --debug shows where it happened")
    return code


def _verdict(error: Exception) -> tuple[int, str]:
    if isinstance(error, click.ClickException):
        return USAGE, _usage_line(error)
    named = getattr(error, "exit_code", None)  # storage.errors.ArchiveError and its like carry their code
    if isinstance(named, int):
        return named, str(error)
    if isinstance(error, OSError) and (found := _of_the_machine(error)) is not None:
        return found
    if isinstance(error, _OF_THE_OPERATOR):
        return USAGE, f"{error.filename}: {error.strerror}" if error.filename else str(error)
    for kind in type(error).__mro__:
        if (code := _NAMED.get(f"{kind.__module__}.{kind.__qualname__}")) is not None:
            return code, str(error).partition("\n")[0]
    return FAULT, f"{type(error).__name__}: {error}"


def _of_the_machine(error: OSError) -> tuple[int, str] | None:
    """What the disk, a limit of the shell or the working folder is to blame for."""
    if error.errno in FULL:
        place = error.filename or "the archive"
        return NO_SPACE, f"no space left on the disk of {place}; free some and run again"
    if error.errno == errno.EFBIG:
        return NO_SPACE, f"{error.filename or 'a file'} may not grow: raise `ulimit -f` (LimitFSIZE)"
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return USAGE, "too few open files are allowed: raise `ulimit -n` (LimitNOFILE)"
    if error.errno == errno.ENOENT and error.filename is None:  # so says os.getcwd()
        return USAGE, "the working folder is gone: change to another one"
    return None


def _usage_line(error: click.ClickException) -> str:
    line = error.format_message().replace("\n", " ")
    context = getattr(error, "ctx", None)
    if isinstance(error, click.UsageError) and context is not None and "--help" not in line:
        line = f"{line.rstrip('.')} (see `{context.command_path} --help`)"
    return line
