"""A copy of the guide's data and chapters to break, and the problems that `validate` prints."""

from __future__ import annotations

import csv
import io
import re
import shutil
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from mlops_guide.cli import main

ROOT = Path(__file__).parents[1]
RESOURCES = "data/resources.csv"
TEN = (
    "cs329s",
    "dtu-mlops",
    "hidden-technical-debt",
    "made-with-ml",
    "ml-design-patterns",
    "ml-ops-org",
    "mlops-roundup",
    "mlops-zoomcamp",
    "uc-r-predictive",
    "umn-ml-system-design",
)
"""The resources that the guide began with: few enough to name a line of their files."""
LINE = re.compile(r"([^:]+):(\d+):([^:]*): ([a-z-]+): '(.*?)': (\S.*)")

_OF_TEN = tuple(f"{key}," for key in TEN)
_ADDRESSES = ("index.html,", *(f"book/resources/{key}.html," for key in TEN))
Place = tuple[str, int, str, str]
"""File, row, column and rule."""


class Printed(NamedTuple):
    """What a command left behind: exit code, lines of standard output, standard error."""

    status: int
    lines: list[str]
    errors: str

    @property
    def places(self) -> list[Place]:
        """Where each printed problem is; every line but the last must have the form of one."""
        matches = [LINE.fullmatch(line) for line in self.lines[:-1]]
        assert all(matches), [line for line in self.lines[:-1] if not LINE.fullmatch(line)]
        return [(m[1], int(m[2]), m[3], m[4]) for m in matches if m]


def command(*words: str) -> Printed:
    """Run a command of the guide in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = main(words)
        except SystemExit as stop:  # of argparse
            status = int(stop.code or 0)
        texts = []
        for stream in (out, err):
            stream.flush()
            stream.seek(0)
            texts.append(stream.read())
    return Printed(status, texts[0].split("\n")[:-1], texts[1])


class GuideCopy:
    """A copy of the guide's data and chapters as far as they are about :data:`TEN`, to edit.

    Parameters
    ----------
    root
        An empty folder for it.
    """

    def __init__(self, root: Path):
        self.root = root
        self._originals: dict[str, bytes] = {}
        (root / "data").mkdir(parents=True)
        (root / "book" / "resources").mkdir(parents=True)
        for path in (ROOT / "data").glob("*.csv"):
            header, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            small = path.name in ("topics.csv", "rejected.csv")
            kept = [line for line in lines if small or line.startswith((*_OF_TEN, *_ADDRESSES))]
            (root / "data" / path.name).write_text("".join([header, *kept]), encoding="utf-8")
        for key in TEN:
            shutil.copy(ROOT / "book" / "resources" / f"{key}.md", root / "book" / "resources")

    def original(self, name: str) -> bytes:
        """Return what a file of this copy held when it was first asked for."""
        return self._originals.setdefault(name, (self.root / name).read_bytes())

    def read(self, name: str = "resources.csv") -> list[list[str]]:
        """Return the rows of a file, its header first."""
        return self.rows_of(self.root / "data" / name)

    @staticmethod
    def rows_of(path: Path) -> list[list[str]]:
        """Return the rows of any CSV file."""
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def write(self, rows: list[list[str]], name: str = "resources.csv") -> None:
        """Write the rows of a file."""
        with (self.root / "data" / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)

    def line(self, key: str, name: str = "resources.csv") -> int:
        """Return the line of the first row that begins with `key`."""
        return [row[0] for row in self.read(name)].index(key) + 1

    def edit(self, key: str, column: str, value: str, name: str = "resources.csv") -> int:
        """Set a cell of the first row that begins with `key`; return its line."""
        rows = self.read(name)
        line = self.line(key, name)
        rows[line - 1][rows[0].index(column)] = value
        self.write(rows, name)
        return line

    def append(self, changes: list[dict[str, str]], name: str = "resources.csv") -> None:
        """Append copies of the last row, each with some cells changed."""
        rows = self.read(name)
        header, last = rows[0], rows[-1]
        for changed in changes:
            cells = dict(zip(header, last, strict=True)) | changed
            rows.append([cells[column] for column in header])
        self.write(rows, name)

    def rewrite(self, name: str, old: bytes, new: bytes) -> None:
        """Replace the only occurrence of some bytes in a file."""
        path = self.root / name
        content = path.read_bytes()
        assert content.count(old) == 1
        path.write_bytes(content.replace(old, new))

    def validate(self, *options: str) -> Printed:
        """Run ``mlops-guide validate`` on this copy."""
        return command("validate", str(self.root), *options)

    def places(self) -> list[Place]:
        """Where each problem of this copy is; there must be some, and no message besides."""
        printed = self.validate("--most", "1000000")
        assert (printed.status, printed.errors) == (1, "")
        places = printed.places
        assert printed.lines[-1] == f"{len(places)} problem{'s' if len(places) > 1 else ''}"
        return places
