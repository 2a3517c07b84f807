"""Queries that begin with a dash (`-word`: articles without it), where click sees only options."""

from __future__ import annotations

import click


class QueryCommand(click.Command):
    """A command with a QUERY, which may be `-word`: what can be no option of its own is the query."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, self._sorted(ctx, args))
        except click.NoSuchOption as error:
            line = error.format_message()
            how = f"A query that begins so stands last, after --: {ctx.command_path} [OPTIONS] -- QUERY"
            raise click.UsageError(f"{line} {how}", ctx) from None

    def _sorted(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments, with each that is a query by its form after `--`."""
        options = {name: param for param in self.get_params(ctx) for name in param.opts}
        kept: list[str] = []
        queries: list[str] = []
        rest = iter(args)
        for arg in rest:
            if arg == "--":
                break
            if _is_query(arg, options):
                queries.append(arg)
                continue
            kept.append(arg)
            if _takes_next(arg, options):
                kept += [value for value in [next(rest, None)] if value is not None]
        return [*kept, "--", *queries, *rest]


def _is_query(arg: str, options: dict[str, click.Parameter]) -> bool:
    """One dash and at least two characters more, in which click could read no options of this command.

    `-json` is not one: it is `--json` with a dash too few, and is refused.
    """
    if len(arg) < 3 or arg[0] != "-" or arg[1] == "-" or f"-{arg}".partition("=")[0] in options:
        return False
    for letter in arg[1:]:
        param = options.get(f"-{letter}")
        if param is None:
            return True
        if _has_value(param):
            return False  # -oFILE
    return False


def _takes_next(arg: str, options: dict[str, click.Parameter]) -> bool:
    """Whether the argument after this one is its value."""
    if arg.startswith("--"):
        return _has_value(options.get(arg))
    letters = arg[1:] if arg.startswith("-") else ""
    return any(_has_value(options.get(f"-{letter}")) for letter in letters[-1:])


def _has_value(param: click.Parameter | None) -> bool:
    return isinstance(param, click.Option) and not param.is_flag and not param.count
