"""Every problem of a catalog's files: cells by the schema, rows and references by this module.

Files are read in batches, so memory does not grow with the rows but for their ids,
addresses and prerequisites; problems come out in the order of the files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from mlops_guide.addresses import Addresses
from mlops_guide.catalog import Problem, nearest, read_table, row_key
from mlops_guide.rules import ENCODING, INTEGER, MAX_LISTED, Rule, split_list
from mlops_guide.schema import FILES, ROW_ORDER, Column, column_rules, pandera_schema

BATCH = 5_000
MAX_HINTS = 20
_TRACKING = {"fbclid", "gclid", "igshid", "mc_cid", "mc_eid", "ref", "ref_", "ref_src", "si"}

Row = tuple[int, dict[str, str]]
Fault = tuple[str, str, str, str]
"""Column, rule, value and advice."""


def normal_url(url: str) -> str:
    """Return what two addresses of the same page have in common.

    Scheme, ``www.``, the case of the host, a trailing slash, the order of parameters
    and tracking parameters do not count.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = sorted(p for p in pairs if p[0] not in _TRACKING and not p[0].startswith("utm_"))
    query = f"?{urlencode(kept, errors='surrogateescape')}" if kept else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return host + port + parts.path.rstrip("/") + query + fragment


def cycles(graph: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Yield a cycle for every edge that closes one, by depth-first search without recursion.

    Parameters
    ----------
    graph
        Successors by node; a successor that is not a node is passed over.
    """
    done: dict[str, bool] = {}
    for start in graph:
        path: list[str] = []
        stack = [(start, iter(graph[start]))] if start not in done else []
        while stack:
            node, successors = stack[-1]
            if node not in done:
                done[node] = False
                path.append(node)
            for successor in successors:
                if successor in graph and successor not in done:
                    stack.append((successor, iter(graph[successor])))
                    break
                if done.get(successor) is False:
                    yield [*path[path.index(successor) :], successor]
            else:
                stack.pop()
                path.pop()
                done[node] = True


class Catalog:
    """The files of a catalog, to be checked once.

    Parameters
    ----------
    directory
        The folder of a guide, which holds ``data/``; or a folder that holds
        ``resources.csv`` itself.

    Attributes
    ----------
    counts : Counter
        Rows by file, and chapters, after :meth:`problems` is exhausted.
    """

    def __init__(self, directory: Path):
        bare = (directory / "resources.csv").is_file()
        self.data = directory if bare else directory / "data"
        self.prefix = "" if bare else "data/"
        self.book = (directory.resolve().parent if bare else directory) / "book"
        self.counts: Counter[str] = Counter()
        self._lines: dict[str, int] = {}
        self._urls: dict[str, str] = {}
        self._prerequisites: dict[str, list[str]] = {}
        self._reasons: dict[str, int] = {}
        self._refused: dict[str, int] = {}
        self._wanted: list[tuple[int, str]] = []
        self._partial: set[str] = set()
        self._titles: dict[str, str] = {}
        self._formats: dict[str, str] = {}

    def problems(self) -> Iterator[Problem]:
        """Yield every problem, file by file, row by row."""
        topics: dict[str, int] = {}
        orders: dict[str, int] = {}
        parts: dict[str, int] = {}
        yield from self._table(
            "topics.csv",
            {},
            lambda line, row: chain(
                _unique(topics, "topic", row["topic"], line),
                _unique(orders, "order", row["order"], line),
            ),
        )
        vocabularies = {"topics": list(topics)} if self._is_whole("topics.csv") else {}
        yield from self._table("resources.csv", vocabularies, self._resource)
        yield from self._references()
        if self._is_whole("resources.csv"):
            vocabularies["resources"] = list(self._lines)
        yield from self._table(
            "syllabus.csv",
            vocabularies,
            lambda line, row: _unique(
                parts, "order", row["order"], line, f"{row['resource']} {row['order']}"
            ),
        )
        yield from self._table("prerequisites.csv", vocabularies, self._reason)
        yield from self._table("rejected.csv", {}, self._rejected)
        addresses = Addresses()
        yield from self._table("addresses.csv", {}, addresses)
        if self.book.is_dir():
            yield from self._chapters()
            yield from self._contents()
            if self._is_whole("resources.csv") and self._is_whole("addresses.csv"):
                written = {path.stem for path in self.book.glob("resources/*.md")}
                shown = self.prefix + "addresses.csv"
                yield from addresses.problems(shown, self._lines.keys(), written)

    def _is_whole(self, name: str) -> bool:
        """Tell whether every row of a file was read, so that what is not there is unknown."""
        return name not in self._partial

    def _table(
        self,
        name: str,
        vocabularies: Mapping[str, Sequence[str]],
        row_faults: Callable[[int, dict[str, str]], Iterable[Fault]],
    ) -> Iterator[Problem]:
        """Yield the problems of one file, batch by batch."""
        columns, shown = FILES[name], self.prefix + name
        found: list[Problem] = []
        rows = read_table(self.data / name, columns, found, shown)
        check = CellCheck(columns, vocabularies)
        disorder = Disorder(name)
        while batch := list(islice(rows, BATCH)):
            self.counts[name] += len(batch)
            for line, cells in batch:
                found += [Problem(shown, line, *fault) for fault in row_faults(line, cells)]
                found += [Problem(shown, line, *fault) for fault in disorder(cells)]
            found += [Problem(shown, line, *fault) for line, fault in check(batch)]
            yield from self._noted(name, sorted(found, key=lambda problem: problem.row))
            found.clear()
        yield from self._noted(name, found)

    def _noted(self, name: str, found: Iterable[Problem]) -> Iterator[Problem]:
        """Pass on the problems of a file, and note those that hide rows of it."""
        for problem in found:
            if problem.row < 2 or problem.rule in ("ragged-row", "quoting"):
                self._partial.add(name)
            yield problem

    def _resource(self, line: int, row: dict[str, str]) -> Iterator[Fault]:
        """Yield what is wrong with a row as a whole, and remember what others may refer to."""
        key, url = row["id"], row["url"]
        yield from _unique(self._lines, "id", key, line)
        first = self._urls.setdefault(normal_url(url), key)
        if url and first != key:
            yield "url", "unique", url, f"'{first}' has the same address; keep one of them"
        yield from _row_faults(row)
        self._prerequisites[key] = [p for p in split_list(row["prerequisites"]) if p != key]
        self._wanted += [(line, wanted) for wanted in self._prerequisites[key]]
        self._titles.setdefault(key, row["title"])
        self._formats.setdefault(key, row["format"])

    def _reason(self, line: int, row: dict[str, str]) -> Iterator[Fault]:
        """Yield what is wrong with the reason of a prerequisite."""
        resource, needed = row["resource"], row["prerequisite"]
        key = f"{resource} {needed}"
        yield from _unique(self._reasons, "prerequisite", needed, line, key)
        if needed not in self._prerequisites.get(resource, [needed]):
            advice = f"'{resource}' does not need it in resources.csv; add it there, or drop this"
            yield "prerequisite", "edge", needed, advice

    def _rejected(self, line: int, row: dict[str, str]) -> Iterator[Fault]:
        """Yield what is wrong with a row of what has no place in the catalog."""
        key, url = row["id"], row["url"]
        advice = "it is in resources.csv; drop one of the two"
        if key in self._lines:
            yield "id", "unique", key, advice
        elif url and normal_url(url) in self._urls:
            yield "url", "unique", url, advice
        else:
            yield from _unique(self._refused, "id", key, line)

    def _references(self) -> Iterator[Problem]:
        """Yield prerequisites that do not exist, and cycles of those that do."""
        shown = self.prefix + "resources.csv"
        unknown = (w for w in self._wanted if w[1] not in self._prerequisites)
        for count, (line, key) in enumerate(unknown if self._is_whole("resources.csv") else ()):
            # Looking for the nearest id takes long among many; the first hints are enough.
            hint = nearest(key, self._prerequisites) if count < MAX_HINTS else ""
            advice = f"name an id of this file{hint}"
            yield Problem(shown, line, "prerequisites", "prerequisite", key, advice)
        for cycle in cycles(self._prerequisites):
            line, path = self._lines[cycle[0]], " > ".join(cycle)
            advice = "drop the prerequisite that a learner can do without"
            yield Problem(shown, line, "prerequisites", "cycle", path, advice)

    def _chapters(self) -> Iterator[Problem]:
        """Yield rows without a chapter, chapters without a row, and titles that differ."""
        chapters = {path.stem: path for path in sorted(self.book.glob("resources/*.md"))}
        self.counts["chapters"] = len(chapters)
        for key, line in self._lines.items():
            if key and key not in chapters:
                advice = f"write book/resources/{key}.md (its template is in contribute.md)"
                yield Problem(self.prefix + "resources.csv", line, "id", "chapter", key, advice)
        for key, path in chapters.items():
            shown = f"book/resources/{path.name}"
            if key not in self._lines:
                if not self._is_whole("resources.csv"):
                    continue
                advice = "add its row to resources.csv, or remove the chapter"
                yield Problem(shown, 0, "-", "row", key, advice)
                continue
            for line, rule, value, advice in _chapter_faults(path, self._titles[key]):
                yield Problem(shown, line, "-", rule, value, advice)

    def _contents(self) -> Iterator[Problem]:
        """Yield chapters that the table of contents lacks, or has in another part or order."""
        contents = self.book.parent / "_toc.yml"
        if not contents.is_file() or not self._is_whole("resources.csv"):
            return
        shelf, last, seen = "", "", set()
        for line, text in enumerate(contents.read_text("utf-8", "replace").splitlines(), 1):
            entry = re.match(r"\s*- file: book/(formats|resources)/(\S+)$", text)
            if entry is None:
                continue
            if entry[1] == "formats":
                shelf, last = entry[2], ""
                continue
            key = entry[2]
            if key in seen:
                yield Problem("_toc.yml", line, "-", "unique", key, "keep one of its entries")
            elif self._formats.get(key, shelf) != shelf:
                advice = f"move it under book/formats/{self._formats[key]}"
                yield Problem("_toc.yml", line, "-", "part", key, advice)
            elif key < last:
                advice = f"sort chapters by id: it comes before '{last}'"
                yield Problem("_toc.yml", line, "-", "order", key, advice)
            seen.add(key)
            last = key
        for key, format in self._formats.items():
            if key not in seen:
                advice = f"name book/resources/{key} under book/formats/{format}"
                yield Problem("_toc.yml", 0, "-", "contents", key, advice)


class Disorder:
    """The first row of a file that does not stand where the canonical order puts it.

    The order of rows is no fact, but where everybody keeps one, two contributors add their
    rows in different places, and a change shows nothing else.

    Parameters
    ----------
    file
        Name of the file.
    """

    def __init__(self, file: str):
        self._columns = ROW_ORDER[file]
        self._last: tuple[tuple[int, str], ...] = ()

    def __call__(self, row: Mapping[str, str]) -> Iterator[Fault]:
        """Yield a fault if a row comes too late, once."""
        if not INTEGER.holds(row.get("order", "0")):
            return
        key = row_key(self._columns, row)
        if self._columns and key < self._last:
            column = self._columns[0]
            before = " ".join(text or str(number) for number, text in self._last)
            advice = f"sort the rows by {' and '.join(self._columns)}: it comes before '{before}'"
            yield column, "order", row[column], advice
            self._columns = ()
        self._last = key


class CellCheck:
    """The rules of a file's columns, applied by pandera to a batch of rows at a time.

    Parameters
    ----------
    columns
        The file's columns.
    vocabularies
        Allowed values by name of vocabulary.
    """

    def __init__(self, columns: Sequence[Column], vocabularies: Mapping[str, Sequence[str]]):
        self._schema = pandera_schema(columns, vocabularies)
        self._place = {column.name: place for place, column in enumerate(columns)}
        required = Rule("required", bool, "fill it in; only other columns may be unknown")
        self._rules = {
            (column.name, rule.name): rule
            for column in columns
            for rule in (*column_rules(column, vocabularies), required)
        }

    def __call__(self, batch: Sequence[Row]) -> list[tuple[int, Fault]]:
        """Return the line and the fault of every cell that breaks a rule, in order."""
        import pandas as pd
        from pandera.errors import SchemaErrors

        frame = pd.DataFrame([cells for _, cells in batch], dtype=object)
        try:
            self._schema.validate(frame, lazy=True)
        except SchemaErrors as errors:
            cases: Any = errors.failure_cases
            names = ("index", "column", "check", "failure_case")
            rows = zip(*(cases[name] for name in names), strict=True)
            ordered = sorted(rows, key=lambda case: (case[0], self._place[case[1]]))
            return [
                (batch[i][0], self._fault(column, self._rules[column, rule], str(value)))
                for i, column, rule, value in ordered
            ]
        return []

    def _fault(self, column: str, rule: Rule, value: str) -> Fault:
        """Return a fault; of a list, only the items that are not allowed, with the nearest."""
        if not rule.allowed:
            return column, rule.name, value, rule.advice
        wrong = [item for item in split_list(value) if not rule.holds(item)] or [value]
        few = rule.allowed if len(rule.allowed) <= MAX_LISTED else ()
        return column, rule.name, ";".join(wrong), rule.advice + nearest(wrong[0], few)


def _unique(
    seen: dict[str, int], column: str, value: str, line: int, key: str = ""
) -> Iterator[Fault]:
    """Yield a fault if a value, or the key it is part of, has been seen; else remember its line."""
    first = seen.setdefault(key or value, line)
    if value and first != line:
        of = f" for '{key.removesuffix(value).strip()}'" if key else ""
        yield column, "unique", value, f"line {first} has it already{of}; choose another"


def _chapter_faults(path: Path, wanted: str) -> Iterator[tuple[int, str, str, str]]:
    """Yield the line, rule, value and advice of what is wrong with a resource's chapter."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    except OSError as error:
        yield 0, "missing-file", path.name, f"{error.strerror}; put a readable file here"
        return
    if not ENCODING.holds(text):
        bad = next(n for n, line in enumerate(text.split("\n"), 1) if not ENCODING.holds(line))
        yield bad, ENCODING.name, text.split("\n")[bad - 1], ENCODING.advice
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    title, line = (
        (heading[1].strip(), text.count("\n", 0, heading.start()) + 1) if heading else ("", 1)
    )
    if title != wanted:
        yield line, "title", title, f"the row says '{wanted}'; make them equal"


def _row_faults(row: Mapping[str, str]) -> Iterator[Fault]:
    """Yield what is wrong between the cells of a resource's row."""
    cost, price = row["cost"], row["price_usd"]
    if cost == "free" and price:
        yield "price_usd", "price", price, "a free resource has no price: empty it, or change cost"
    if cost in ("paid", "freemium") and not row["cost_note"]:
        advice = "say what is behind the pay wall, and what the free route is"
        yield "cost_note", "cost-note", "", advice
    if bool(row["hours"]) != bool(row["hours_basis"]):
        advice = "fill in both hours and hours_basis, or neither"
        yield "hours_basis", "hours", row["hours_basis"], advice
    if row["id"] and row["id"] in split_list(row["prerequisites"]):
        advice = "drop it: nothing comes before itself"
        yield "prerequisites", "self-prerequisite", row["id"], advice
