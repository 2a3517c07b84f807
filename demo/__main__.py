"""`python -m demo` serves the press site; `python -m demo truth --jsonl` prints its articles' truth."""

from __future__ import annotations

import argparse
import json
import os
import sys

from demo import truth
from demo.server import HOST, PORT, serve


def main(arguments: list[str] | None = None) -> int:
    """Returns 0, or 2 when the port is taken."""
    options = _parser().parse_args(arguments)
    try:
        if options.action == "truth":
            _print_truth(options)
        else:
            serve(options.articles, options.port, options.edition, options.seed)
    except BrokenPipeError:  # the reader of our output had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        sys.stderr.write(
            f"demo: port {options.port} cannot be used ({error.strerror}): take another with --port\n"
        )
        return 2
    return 0


def _print_truth(options: argparse.Namespace) -> None:
    base = f"http://{HOST}:{options.port}"
    for article in truth.build(options.articles, options.seed, options.edition, base):
        line = (
            json.dumps(article.as_json(), ensure_ascii=False)
            if options.jsonl
            else f"{article.url} {article.title}"
        )
        sys.stdout.write(line + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("action", nargs="?", choices=("serve", "truth"), default="serve")
    parser.add_argument("--port", type=int, default=PORT, help="0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--articles", type=int, default=300, help="of the first edition (default: %(default)s)"
    )
    parser.add_argument("--edition", type=int, choices=(1, 2), default=1, help="online at the start")
    parser.add_argument("--seed", type=int, default=truth.SEED, help="another one makes another site")
    parser.add_argument("--jsonl", action="store_true", help="truth: one JSON object a line, every field")
    return parser


if __name__ == "__main__":
    sys.exit(main())
