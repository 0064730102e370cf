"""Adding rows to the catalog: completed, compared with what is there, and written whole or not.

A row goes to its place in the canonical order and every other line stays as it is, so that
a change shows the new rows alone; each row brings the skeleton of its chapter, its entry in
the table of contents and the line of its address.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import io
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from mlops_guide.addresses import ADDRESSES, chapter_address
from mlops_guide.catalog import Problem, load_table, load_topics, read_table, row_key
from mlops_guide.filters import words
from mlops_guide.rules import split_list
from mlops_guide.schema import FILES, RESOURCE_COLUMNS, ROW_ORDER
from mlops_guide.validate import Catalog, CellCheck, normal_url

Row = dict[str, str]
NAMES = tuple(column.name for column in RESOURCE_COLUMNS)
ALIKE = 0.87
"""The share of equal characters from which two titles are taken for one, as difflib counts."""

_SECTIONS = {
    "In one minute": "What it is, and the one reason to choose it.",
    "What you will learn": "In your own words, grouped.",
    "Choose it if, skip it if": "**Choose it if**\n\n- …\n\n**Skip it if**\n\n- …",
    "What has aged": "Versions, dead parts and editions, with dates.",
    "Cost, exactly": "What is free, what is not, and what a free reader misses.",
    "Before and after": "Why the neighbours below are neighbours.\n\n```{related} {id}\n```",
    "Try this first": "One concrete thing to do in under an hour.",
    "How we know": "Sources with dates, and what could not be verified.",
}


def slug(title: str) -> str:
    """Return the id that a title makes: its words in lower case, joined by hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", " ".join(words(title))))


def completed(row: Mapping[str, str]) -> Row:
    """Return a row with every column: the id from the title, added today, in English.

    Only what is not there at all is filled in; an empty cell stays empty.
    """
    given = {name: row[name] for name in NAMES if row.get(name)}
    defaults = {
        "id": slug(row.get("title", "")),
        "added": dt.date.today().isoformat(),
        "language": "en",
    }
    return {**dict.fromkeys(NAMES, ""), **defaults, **given}


def read_rows(path: Path, problems: list[Problem]) -> list[tuple[int, Row]]:
    """Return the rows of a CSV file that has some of the columns, each with its line.

    Parameters
    ----------
    path
        The file.
    problems
        Grows by what is wrong with the file, its header or the shape of its rows.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            header = next(csv.reader(file), [])
    except (OSError, csv.Error) as error:
        problems.append(Problem(str(path), 0, "-", "missing-file", path.name, str(error)))
        return []
    # What the file does not have is not missing: it is asked for, or has a default.
    columns = [c for c in RESOURCE_COLUMNS if c.name in header or c.name in ("title", "url")]
    return list(read_table(path, columns, problems))


class Addition:
    """Rows to be added to a guide.

    Parameters
    ----------
    directory
        The folder of the guide, which holds ``data/``.
    rows
        Complete rows (see :func:`completed`), each with the place it came from, for messages:
        a file and a line, or ``("", 0)``.
    distinct
        Ids that somebody has compared the rows with, and found to be something else.
    """

    def __init__(
        self,
        directory: Path,
        rows: Sequence[tuple[tuple[str, int], Row]],
        distinct: Sequence[str] = (),
    ):
        self._directory = directory
        self._rows = rows
        self._distinct = frozenset(distinct)

    def problems(self) -> Iterator[Problem]:
        """Yield every reason not to add the rows; nothing is written."""
        for check in (self._cell_problems, self._doubles, self._staged_problems):
            found = list(check())
            yield from found
            if found:
                return

    def write(self) -> list[Path]:
        """Write all files, or none; return which.

        Raises
        ------
        OSError
            If a file cannot be written; those that were are as before again.
        """
        texts = self._texts()
        before = {path: path.read_bytes() if path.exists() else None for path in texts}
        try:
            for path, text in texts.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                fresh = path.with_name(f".{path.name}.new")
                fresh.write_text(text, encoding="utf-8", newline="")
                fresh.replace(path)
        except OSError:
            for path, content in before.items():
                path.with_name(f".{path.name}.new").unlink(missing_ok=True)
                if content is None:
                    path.unlink(missing_ok=True)
                else:
                    path.write_bytes(content)
            raise
        return list(texts)

    def _cell_problems(self) -> Iterator[Problem]:
        """Yield what is wrong with a cell by itself, at the place that the row came from."""
        topics = list(load_topics(self._directory / "data"))
        check = CellCheck(RESOURCE_COLUMNS, {"topics": topics})
        for i, fault in check([(i, row) for i, (_, row) in enumerate(self._rows)]):
            yield Problem(*self._rows[i][0], *fault)

    def _doubles(self) -> Iterator[Problem]:
        """Yield what is in the catalog already, or nearly, or was rejected."""
        known = list(self._known())
        for (file, line), row in self._rows:
            for place, other, reason in known:
                column, why = self._double(row, other)
                if not why or (other["id"] in self._distinct and column == "title"):
                    continue
                advice = f"{place} is '{other['id']}' ({other['title']}) and has {why}"
                advice += f"; it was rejected: {reason}" if reason else ""
                if column == "title":
                    advice += f"; if it is something else, say --distinct {other['id']}"
                yield Problem(file, line, column, "duplicate", row[column], advice)
                break
            known.append((f"{file or 'the new row'}:{line}", row, ""))

    def _known(self) -> Iterator[tuple[str, Row, str]]:
        """Yield the place, the row and the reason of rejection of all that is known."""
        for name in ("resources.csv", "rejected.csv"):
            table = read_table(self._directory / "data" / name, FILES[name], [])
            for line, row in table:
                yield f"data/{name}:{line}", row, row.get("reason", "")

    @staticmethod
    def _double(row: Row, other: Row) -> tuple[str, str]:
        """Return the column in which two rows are one thing and why, or two empty texts."""
        if row["id"] == other["id"]:
            return "id", "the same id"
        addresses = [other["url"], *split_list(other.get("former_urls", ""))]
        for url in (row["url"], *split_list(row["former_urls"])):
            if normal_url(url) in map(normal_url, addresses):
                return "url", "the same address"
        if _page(row["url"]) == _page(other["url"]):
            return "title", "the same host and path"
        titles = [" ".join(words(each["title"])) for each in (row, other)]
        if difflib.SequenceMatcher(None, titles[0], titles[1], autojunk=False).ratio() >= ALIKE:
            return "title", "nearly the same title"
        return "", ""

    def _staged_problems(self) -> Iterator[Problem]:
        """Yield what `validate` would say of the guide with the new rows, in a copy of it."""
        with tempfile.TemporaryDirectory() as folder:
            stage = Path(folder)
            for part in ("data", "book/resources"):
                if (self._directory / part).is_dir():
                    shutil.copytree(self._directory / part, stage / part)
            with suppress(FileNotFoundError):
                shutil.copy(self._directory / "_toc.yml", stage)
            for path, text in self._texts().items():
                target = stage / path.relative_to(self._directory)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8", newline="")
            yield from Catalog(stage).problems()

    def _texts(self) -> dict[Path, str]:
        """Return the new text of every file that changes."""
        rows = [row for _, row in self._rows]
        catalog = self._directory / "data" / "resources.csv"
        contents = self._directory / "_toc.yml"
        addresses = self._directory / "data" / ADDRESSES
        texts = {catalog: with_rows(_text(catalog), rows)}
        texts[addresses] = with_rows(_text(addresses), self._fresh_addresses(), ADDRESSES)
        if contents.is_file():
            texts[contents] = with_entries(_text(contents), rows)
        for row in rows:
            chapter = self._directory / "book" / "resources" / f"{row['id']}.md"
            if not chapter.exists():
                texts[chapter] = skeleton(row)
        return texts

    def _fresh_addresses(self) -> list[Row]:
        """Return the rows of ``addresses.csv`` for chapters that were never published."""
        listed = {row["path"] for row in load_table(ADDRESSES, self._directory / "data")}
        fresh = ((chapter_address(row["id"]), row["added"]) for _, row in self._rows)
        return [
            {"path": path, "published": added, "moved_to": ""}
            for path, added in fresh
            if path not in listed
        ]


def _text(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def _page(url: str) -> str:
    """Return host and path of an address, without what names a part or a view of the page."""
    parts = urlsplit(normal_url(f"https://{normal_url(url)}"))
    return parts.path.rstrip("/")


def with_rows(text: str, rows: Sequence[Row], file: str = "resources.csv") -> str:
    """Return the text of a file with rows in their places and all else untouched."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += end
    header = next(csv.reader(lines[:1]))
    order = ROW_ORDER[file]
    for row in rows:
        buffer = io.StringIO()
        csv.DictWriter(buffer, header, lineterminator=end).writerow(row)
        keys = (dict(zip(header, cells, strict=False)) for cells in csv.reader(lines[1:]))
        before = sum(row_key(order, other) < row_key(order, row) for other in keys)
        lines.insert(before + 1, buffer.getvalue())
    return "".join(lines)


def add_addresses(path: Path, pages: Sequence[str]) -> None:
    """Add pages that are published today to ``addresses.csv``."""
    today = dt.date.today().isoformat()
    rows = [{"path": page, "published": today, "moved_to": ""} for page in pages]
    path.write_text(with_rows(_text(path), rows, ADDRESSES), encoding="utf-8", newline="")


def with_entries(text: str, rows: Sequence[Row]) -> str:
    """Return the text of ``_toc.yml`` with a chapter for each row, by id, under its format.

    A row whose format has no page there gets no entry, which `validate` then tells.
    """
    for row in rows:
        part = re.search(
            rf"^( *)- file: book/formats/{row['format']}\n\1  sections:\n((?:\1    .*\n?)*)",
            text,
            re.MULTILINE,
        )
        if part is None:
            continue
        entry = f"{part[1]}    - file: book/resources/{row['id']}\n"
        later = (
            found.start()
            for found in re.finditer(r"^ *- file: book/resources/(.+)\n", part[2], re.MULTILINE)
            if found[1].strip() > row["id"]
        )
        at = part.start(2) + next(later, len(part[2]))
        text = text[:at] + entry + text[at:]
    return text


def skeleton(row: Row) -> str:
    """Return the beginning of a chapter: its directives, and what each section is for."""
    parts = [f"# {row['title']}", f"```{{resource-card}} {row['id']}\n```"]
    for heading, hint in _SECTIONS.items():
        parts += [f"## {heading}", hint.replace("{id}", row["id"])]
    return "\n\n".join(parts) + "\n"
