"""Reading the catalog's CSV files into records, with the standard library, or a DataFrame."""

from __future__ import annotations

import csv
import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlops_guide.rules import ENCODING, INTEGER, NUMBER, SEPARATOR, split_list
from mlops_guide.schema import FILES, RESOURCE_COLUMNS, ROW_ORDER, Column

if TYPE_CHECKING:
    import pandas as pd

Record = dict[str, Any]
"""One row with typed values: lists as tuples, numbers as numbers, unknown as None or ''."""

MAX_SHOWN = 20
MAX_VALUE = 160
_KINDS = {column.name: column.kind for column in RESOURCE_COLUMNS}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a file.

    Attributes
    ----------
    file, row, column
        Where: the path, the line (the header is line 1; 0 is the file as a whole) and
        the name of the column, or '-' for the whole row.
    rule, value, advice
        The rule that is broken, the value that breaks it, and what to do.
    """

    file: str
    row: int
    column: str
    rule: str
    value: str
    advice: str

    def __str__(self) -> str:
        column, value = (
            text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"
            for text in (self.column, self.value)
        )
        line = f"{self.file}:{self.row}:{column}: {self.rule}: '{value}': {self.advice}"
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)


class CatalogError(Exception):
    """A catalog that cannot be read; `problems` holds each :class:`Problem` found."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        more = len(self.problems) - MAX_SHOWN
        lines = [str(problem) for problem in self.problems[:MAX_SHOWN]]
        super().__init__("\n".join([*lines, f"... and {more} more"] if more > 0 else lines))


def data_directory() -> Path:
    """Return the folder of the guide's own data: in a checkout, or in the installed package."""
    package = Path(__file__).parent
    checkout = package.parents[1] / "data"
    return checkout if (checkout / "resources.csv").is_file() else package / "data"


def nearest(value: str, allowed: Iterable[str]) -> str:
    """Return a hint that names the allowed value most like `value`, or an empty string."""
    close = difflib.get_close_matches(value, list(allowed), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def read_table(
    path: Path, columns: Sequence[Column], problems: list[Problem], name: str = ""
) -> Iterator[tuple[int, dict[str, str]]]:
    """Read a CSV file row by row, in memory that does not grow with the file.

    UTF-8 with or without a byte-order mark and LF or CRLF line ends are accepted.
    Bytes that are not UTF-8 come out as lone surrogates, for the rules to name.

    Parameters
    ----------
    path
        The file.
    columns
        The columns it must have, in any order.
    problems
        Grows by what is wrong with the file, its header or the shape of its rows.
    name
        Name of the file in messages; the path if empty.

    Yields
    ------
    tuple of int and dict
        The line on which a row starts, and its cells by column. Rows of the wrong
        length are reported and left out.
    """
    name = name or str(path)

    def report(row: int, column: str, rule: str, value: str, advice: str) -> None:
        problems.append(Problem(name, row, column, rule, value, advice))

    try:
        file = path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        reason = "create it" if isinstance(error, FileNotFoundError) else str(error.strerror)
        report(0, "-", "missing-file", path.name, f"{reason}; its header is described in data.md")
        return
    with file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, [])
            if not header:
                report(0, "-", "empty-file", path.name, "begin it with a line of column names")
                return
            if not _header_is_well(header, [column.name for column in columns], report):
                return
            line = reader.line_num + 1
            for cells in reader:
                if len(cells) == len(header):
                    yield line, dict(zip(header, cells, strict=True))
                elif cells:
                    counts = f"this row has {len(cells)} cells, the header {len(header)}"
                    advice = f"{counts}: quote a cell that holds a comma"
                    report(line, "-", "ragged-row", ",".join(cells), advice)
                else:
                    report(line, "-", "ragged-row", "", "delete this empty line")
                line = reader.line_num + 1
        except csv.Error as error:
            advice = f"mend the quotes of this line; nothing after it was read ({error})"
            report(reader.line_num, "-", "quoting", path.name, advice)


def _header_is_well(header: Sequence[str], wanted: Sequence[str], report: Any) -> bool:
    """Report every wrong column of a header; return whether there was none."""
    if any(not ENCODING.holds(name) for name in header):
        report(1, "-", ENCODING.name, ",".join(header), ENCODING.advice)
        return False
    if len(header) == 1 < len(wanted) and re.search(r"[;\t]", header[0]):
        report(1, "-", "separator", header[0], "save the file with commas between the cells")
        return False
    missing = [name for name in wanted if name not in header]
    unknown = [name for name in header if name not in wanted]
    duplicate = [name for name, count in Counter(header).items() if count > 1]
    for name in unknown:
        report(1, name or "-", "unknown-column", name, f"remove it{nearest(name, missing)}")
    for name in missing:
        report(1, name, "missing-column", "", "add this column")
    for name in duplicate:
        report(1, name or "-", "duplicate-column", name, "keep one of them")
    return not (missing or unknown or duplicate)


def parse_row(cells: Mapping[str, str]) -> Record:
    """Return a row of ``resources.csv`` with typed values.

    Raises
    ------
    ValueError
        If a number is not one; its arguments are the column and the rule.
    """
    record: Record = {}
    for column, cell in cells.items():
        kind = _KINDS.get(column, "text")
        if kind == "list":
            record[column] = tuple(split_list(cell))
        elif kind in ("number", "integer"):
            rule = NUMBER if kind == "number" else INTEGER
            if cell and not rule.holds(cell):
                raise ValueError(column, rule)
            record[column] = (float(cell) if kind == "number" else int(cell)) if cell else None
        else:
            record[column] = cell
    return record


def load_records(directory: str | Path | None = None) -> list[Record]:
    """Load the catalog as a list of typed records, in the order of the file.

    Parameters
    ----------
    directory
        The folder that holds ``resources.csv``; the guide's own data by default.

    Raises
    ------
    CatalogError
        If the file cannot be read, its columns are wrong or a number is not one. What
        the values may be is the business of ``mlops-guide validate``.
    """
    path = (Path(directory) if directory is not None else data_directory()) / "resources.csv"
    problems: list[Problem] = []
    records = []
    for line, cells in read_table(path, RESOURCE_COLUMNS, problems):
        try:
            records.append(parse_row(cells))
        except ValueError as error:
            column, rule = error.args
            bad = Problem(str(path), line, column, rule.name, cells[column], rule.advice)
            problems.append(bad)
    if problems:
        raise CatalogError(problems)
    return records


def load_topics(directory: str | Path | None = None) -> dict[str, str]:
    """Load the topic vocabulary: titles by topic, in the order of the life cycle.

    Raises
    ------
    CatalogError
        If ``topics.csv`` cannot be read or its columns are wrong.
    """
    return {row["topic"]: row["title"] for row in load_table("topics.csv", directory)}


def load_table(name: str, directory: str | Path | None = None) -> list[dict[str, str]]:
    """Load a file other than ``resources.csv`` as rows of text, in canonical order.

    Raises
    ------
    CatalogError
        If the file cannot be read, or an order is not a whole number.
    """
    path = (Path(directory) if directory is not None else data_directory()) / name
    problems: list[Problem] = []
    rows = []
    for line, cells in read_table(path, FILES[name], problems):
        if INTEGER.holds(cells.get("order", "0")):
            rows.append(cells)
        else:
            bad = cells["order"]
            problems.append(Problem(str(path), line, "order", INTEGER.name, bad, INTEGER.advice))
    if problems:
        raise CatalogError(problems)
    return sorted(rows, key=lambda row: row_key(ROW_ORDER[name], row))


def row_key(columns: Sequence[str], row: Mapping[str, str]) -> tuple[tuple[int, str], ...]:
    """Return what rows of text are sorted by: the given columns, numbers as numbers."""
    cells = (row[column] for column in columns)
    return tuple((int(cell), "") if INTEGER.holds(cell) else (0, cell) for cell in cells)


def load_catalog(directory: str | Path | None = None) -> pd.DataFrame:
    """Load the catalog as a DataFrame: one row a resource, columns as in the file.

    Lists are tuples of str; ``hours`` and ``price_usd`` are float64 and ``year`` is
    Int64, missing where unknown; whole dates are datetime64; everything else is text,
    empty where unknown.

    Parameters
    ----------
    directory
        The folder that holds ``resources.csv``; the guide's own data by default.

    Raises
    ------
    CatalogError
        If the file cannot be read.
    """
    return to_frame(load_records(directory))


def to_frame(records: Sequence[Record]) -> pd.DataFrame:
    """Return typed records as the DataFrame that :func:`load_catalog` describes."""
    import pandas as pd

    frame = pd.DataFrame(list(records), columns=[column.name for column in RESOURCE_COLUMNS])
    for column in RESOURCE_COLUMNS:
        if column.kind == "number":
            frame[column.name] = frame[column.name].astype("float64")
        elif column.kind == "integer":
            frame[column.name] = frame[column.name].astype("Int64")
        elif column.kind == "date":
            frame[column.name] = pd.to_datetime(
                frame[column.name], format="%Y-%m-%d", errors="coerce"
            )
    return frame


def from_frame(frame: pd.DataFrame) -> list[Record]:
    """Return the rows of a DataFrame with the catalog's columns as typed records.

    List cells may be sequences, or text separated by ';'.

    Raises
    ------
    CatalogError
        If a column is missing.
    """
    import pandas as pd

    names = [column.name for column in RESOURCE_COLUMNS]
    missing = [name for name in names if name not in frame.columns]
    if missing:
        advice = "a catalog has the columns of data/resources.csv"
        raise CatalogError(
            [Problem("DataFrame", 0, name, "missing-column", "", advice) for name in missing]
        )

    def typed(name: str, value: Any) -> Any:
        kind = _KINDS[name]
        if kind == "list":
            if isinstance(value, str):
                return tuple(split_list(value))
            return tuple(value) if isinstance(value, Iterable) else ()
        if value is None or pd.isna(value):
            return None if kind in ("number", "integer") else ""
        if kind == "number":
            return float(value)
        if kind == "integer":
            return int(value)
        return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)

    rows = frame[names].itertuples(index=False, name=None)
    return [{n: typed(n, v) for n, v in zip(names, row, strict=True)} for row in rows]


def to_cell(value: Any) -> str:
    """Return a typed value as the text of its cell in the file."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return SEPARATOR.join(value)
    return f"{value:.12g}" if isinstance(value, float) else str(value)
