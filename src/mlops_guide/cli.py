"""The command line: ``mlops-guide validate`` and ``mlops-guide serve``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path

OK, PROBLEMS, MISUSE, INTERRUPTED = 0, 1, 2, 130
LAST_PORT = 65_535


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0 if all is well, 1 if there are problems, 2 for misuse.

    Parameters
    ----------
    arguments
        The words of the command; those of the process by default.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        print(end="", flush=True)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROBLEMS
    except OSError as error:
        print(f"mlops-guide: {error}", file=sys.stderr)
        return MISUSE
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mlops-guide", description="Tend the guide's catalog.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("validate", help="check the catalog and list every problem")
    check.add_argument(
        "directory", nargs="?", default=".", metavar="DIR", help="the guide's folder"
    )
    check.add_argument("--most", type=_count, default=200, help="how many to print (default 200)")
    check.set_defaults(run=validate)
    server = commands.add_parser("serve", help="serve a built book on 127.0.0.1")
    server.add_argument("directory", metavar="DIR", help="the folder of the built book")
    server.add_argument("--port", type=_port, default=8000, help="the first to try (default 8000)")
    server.set_defaults(run=serve)
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1")
    return min(int(text), sys.maxsize)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port from 1 to {LAST_PORT}")
    return int(text)


def _is_folder(directory: Path) -> bool:
    if directory.is_dir():
        return True
    print(f"mlops-guide: '{directory}' is not a folder", file=sys.stderr)
    return False


def validate(options: argparse.Namespace) -> int:
    """Print every problem of a catalog, one a line, or a one-line summary."""
    from mlops_guide.validate import Catalog

    directory = Path(options.directory)
    if not _is_folder(directory):
        return MISUSE
    catalog = Catalog(directory)
    problems = catalog.problems()
    printed = 0
    for problem in islice(problems, options.most):
        print(problem)
        printed += 1
    if printed:
        more = sum(1 for _ in problems)
        total = f"{printed + more} problem{'s' if printed + more > 1 else ''}"
        print(f"{total}; {more} more than shown (--most N shows N)" if more else total)
        return PROBLEMS
    counts = catalog.counts
    book = f"{counts['chapters']} chapters" if catalog.book.is_dir() else "no book, so no chapters"
    print(
        f"{counts['resources.csv']} resources, {counts['topics.csv']} topics, "
        f"{counts['syllabus.csv']} syllabus parts, {book}: no problems"
    )
    return OK


def serve(options: argparse.Namespace) -> int:
    """Serve a folder until interrupted, on the first free port from the one asked for."""
    directory = Path(options.directory)
    if not _is_folder(directory):
        return MISUSE
    handler = partial(Files, directory=str(directory))
    for port in range(options.port, min(options.port + 100, LAST_PORT + 1)):
        try:
            server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        except OSError:
            continue
        with server:
            print(f"The guide is at http://127.0.0.1:{port}/ (Ctrl-C stops it)", flush=True)
            with suppress(KeyboardInterrupt):
                server.serve_forever()
            return OK
    print(f"mlops-guide: no free port from {options.port}", file=sys.stderr)
    return PROBLEMS


class Files(SimpleHTTPRequestHandler):
    """Serves files without a line for each request, or for a reader who went away."""

    def handle(self) -> None:
        """Answer a connection until it is closed, by either side."""
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
