"""The command line: ``mlops-guide validate``, ``add``, ``addresses`` and ``serve``."""

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

from mlops_guide.catalog import Problem
from mlops_guide.schema import RESOURCE_COLUMNS

_DISTINCT = "it is something else than this resource, though they look alike"
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
    except (KeyboardInterrupt, EOFError):  # Ctrl-C, or Ctrl-D at a question
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
    new = commands.add_parser(
        "add",
        help="add a resource, or all of a CSV file, with the skeleton of its chapter",
        description="Add a resource. What is missing is asked for, if there is somebody to ask. "
        "Nothing is written unless the whole catalog stays without a problem.",
    )
    new.add_argument("source", nargs="?", metavar="URL-or-FILE", help="its address, or a CSV file")
    new.add_argument("--from-csv", metavar="FILE", help="add every row of a CSV file, or none")
    new.add_argument("--dir", default=".", dest="directory", help="the guide's folder")
    new.add_argument("--distinct", default=[], action="append", metavar="ID", help=_DISTINCT)
    new.add_argument("--dry-run", action="store_true", help="show what would be added")
    cells = new.add_argument_group("cells of the row")
    for column in RESOURCE_COLUMNS:
        if column.name != "url":
            option = "--" + column.name.replace("_", "-")
            help_text = column.help.replace("%", "%%")
            cells.add_argument(option, dest=f"cell_{column.name}", metavar="TEXT", help=help_text)
    new.set_defaults(run=add)
    kept = commands.add_parser(
        "addresses",
        help="check that a built book keeps every address that was ever published",
        description="Name every address of data/addresses.csv that the built book has lost, and "
        "every page that the file lacks, as the line to add.",
    )
    kept.add_argument("site", nargs="?", default="_build/html", help="the built book's folder")
    kept.add_argument("--dir", default=".", dest="directory", help="the guide's folder")
    kept.add_argument("--write", action="store_true", help="add the lines that the file lacks")
    kept.set_defaults(run=addresses)
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


def add(options: argparse.Namespace) -> int:
    """Add the row that the words of the command describe, or the rows of a file."""
    from mlops_guide.add import Addition, completed, read_rows

    directory = Path(options.directory)
    if not (directory / "data" / "resources.csv").is_file():
        print(f"mlops-guide: '{directory}' holds no data/resources.csv", file=sys.stderr)
        return MISUSE
    file = options.from_csv or options.source
    is_file = bool(options.from_csv) or (file is not None and Path(file).is_file())
    given = {c.name: getattr(options, f"cell_{c.name}", None) or "" for c in RESOURCE_COLUMNS}
    if is_file and (any(given.values()) or (options.from_csv and options.source)):
        print("mlops-guide: a file brings every cell: name nothing besides it", file=sys.stderr)
        return MISUSE
    problems: list[Problem] = []
    if is_file:
        rows = [((file, line), completed(row)) for line, row in read_rows(Path(file), problems)]
    else:
        row = {**given, "url": options.source or ""}
        interactive = sys.stdin is not None and sys.stdin.isatty()
        rows = [(("", 0), completed(asked(row, directory) if interactive else row))]
    addition = Addition(directory, rows, options.distinct)
    problems += [] if problems else addition.problems()
    if problems or not rows:
        for problem in problems:
            print(problem)
        print(f"{len(problems) or 'no row, so'} problems: nothing was added")
        return PROBLEMS
    for _, row in rows:
        print(preview(row))
    if options.dry_run:
        print("nothing was written (--dry-run)")
        return OK
    for path in addition.write():
        print(f"wrote {path}")
    return OK


def asked(row: dict[str, str], directory: Path) -> dict[str, str]:
    """Ask at the terminal for every cell that is empty, until the answer is a good one."""
    from mlops_guide.catalog import load_topics
    from mlops_guide.schema import column_rules

    topics = list(load_topics(directory / "data"))
    answers = dict(row)
    for column in RESOURCE_COLUMNS:
        if answers.get(column.name) or column.name in ("id", "added"):
            continue
        rules = column_rules(column, {"topics": topics})
        allowed = next((", ".join(rule.allowed) for rule in rules if rule.allowed), "")
        hint = "" if column.required else " Empty if not known."
        print(f"{column.help}{hint}" + (f"\n  one of: {allowed}" if allowed else ""))
        while True:
            answer = input(f"{column.name}: ").strip()
            broken = next((rule for rule in rules if answer and not rule.holds(answer)), None)
            if broken is None and (answer or not column.required):
                break
            print(f"  {broken.advice if broken else 'this one must not be empty'}")
        answers[column.name] = answer
    return answers


def preview(row: dict[str, str]) -> str:
    """Return a row as the card that readers will see, in plain text."""
    hours = f"{row['hours']} hours ({row['hours_basis']})" if row["hours"] else "hours not known"
    facts = " · ".join([row["cost"], row["format"], row["level"], hours])
    return f"{row['title']}\n  {facts}\n  {row['summary']}\n  {row['topics']}\n  {row['url']}"


def addresses(options: argparse.Namespace) -> int:
    """Print what a built book and ``addresses.csv`` lack of each other; add lines if asked to."""
    from mlops_guide.add import add_addresses
    from mlops_guide.addresses import ADDRESSES, gone, line_for, unlisted
    from mlops_guide.catalog import CatalogError, load_table

    site, data = Path(options.site), Path(options.directory) / "data"
    if not _is_folder(site):
        return MISUSE
    try:
        rows = load_table(ADDRESSES, data)
    except CatalogError as error:
        print(error)
        return PROBLEMS
    lost, fresh = gone(site, rows), unlisted(site, rows)
    for path in lost:
        print(f"{path} is gone: restore it, or say in moved_to of data/{ADDRESSES} where it leads")
    if options.write and fresh:
        add_addresses(data / ADDRESSES, fresh)
        print(f"added {len(fresh)} to {data / ADDRESSES}")
    elif fresh:
        print(f"new pages: add these lines to data/{ADDRESSES} (or say --write)")
        print(*map(line_for, fresh), sep="\n")
    if lost or (fresh and not options.write):
        return PROBLEMS
    print(f"{len(rows) + len(fresh)} addresses: none is gone, no page is missing")
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
