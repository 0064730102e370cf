"""Every address that the book has ever published, and where those that moved lead now.

Readers keep links. So an address is never dropped from ``data/addresses.csv``: its page is
there, or the line says in ``moved_to`` where it leads, from which the redirects are made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path

from mlops_guide.catalog import Problem, nearest

ADDRESSES = "addresses.csv"
CHAPTERS = "book/resources/"
NOT_PAGES = ("_static/", "_sources/", "lite/", "pagefind/", "genindex.html")
"""What in a built book no reader has an address of: assets, an application's own files, and
Sphinx's index, which is empty here and which no page links to."""

Fault = tuple[str, str, str, str]
"""Column, rule, value and advice."""


def chapter_address(key: str) -> str:
    """Return the address of a resource's chapter."""
    return f"{CHAPTERS}{key}.html"


def line_for(path: str) -> str:
    """Return the line of ``addresses.csv`` for an address that is published today."""
    return f"{path},{dt.date.today().isoformat()},"


class Addresses:
    """The rows of ``addresses.csv``, to be checked one by one and then against each other."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[int, str]] = {}

    def __call__(self, line: int, row: Mapping[str, str]) -> Iterator[Fault]:
        """Yield what is wrong with a row by itself, and remember it."""
        path = row["path"]
        first = self._rows.setdefault(path, (line, row["moved_to"]))[0]
        if path and first != line:
            yield "path", "unique", path, f"line {first} has it already; drop one of them"
        if row["moved_to"] and not path.endswith(".html"):
            advice = "only pages can be redirected: publish the file at this address too"
            yield "moved_to", "address", row["moved_to"], advice

    def problems(self, file: str, keys: Set[str], chapters: Set[str]) -> Iterator[Problem]:
        """Yield what is wrong between rows, and between rows and chapters.

        What has a row or a chapter alone has its own message; here it counts for neither.

        Parameters
        ----------
        file
            Name of the file in messages.
        keys, chapters
            The ids of all resources, and of those that have a chapter.
        """
        for path, (line, target) in self._rows.items():
            key = path.removeprefix(CHAPTERS).removesuffix(".html")
            chapter = path == chapter_address(key)
            if target and chapter and key in chapters:
                advice = "this chapter is still here: empty moved_to"
                yield Problem(file, line, "moved_to", "address", target, advice)
            elif target and target not in self._rows:
                advice = f"name an address of this file{nearest(target, self._rows)}"
                yield Problem(file, line, "moved_to", "address", target, advice)
            elif target and self._rows[target][1]:
                advice = "it has moved itself: name the page that readers shall see"
                yield Problem(file, line, "moved_to", "address", target, advice)
            elif chapter and not target and key not in keys | chapters:
                advice = "it has no chapter any more: say in moved_to where readers go instead"
                yield Problem(file, line, "path", "address", path, advice)
        for path in map(chapter_address, sorted(keys & chapters)):
            if path not in self._rows:
                advice = f"add the line {line_for(path)}"
                yield Problem(file, 0, "path", "address", path, advice)


def redirects(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return where each page leads that has moved, by document, as rediraffe takes it."""
    return {
        row["path"].removesuffix(".html"): row["moved_to"].removesuffix(".html")
        for row in rows
        if row["moved_to"]
    }


def unlisted(site: Path, rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the pages of a built book that ``addresses.csv`` does not list, in order."""
    found = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    listed = {row["path"] for row in rows}
    return sorted(p for p in found if p not in listed and not p.startswith(NOT_PAGES))


def gone(site: Path, rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the addresses that a built book answers neither with a page nor a redirect."""
    return [row["path"] for row in rows if not (site / row["path"]).is_file()]
