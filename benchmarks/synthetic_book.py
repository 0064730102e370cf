"""Books of any number of chapters: ours, and the same text for plain Sphinx and for furo."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterable
from itertools import cycle
from pathlib import Path

import yaml

from common import ROOT
from mlops_guide.catalog import load_topics
from mlops_guide.schema import FILES, FORMATS
from synthetic import synthetic_rows, vocabulary

PROSE = 350  # words a chapter, as in the guide's own
HEADINGS = ("In one minute", "What you will learn", "What has aged", "Cost, exactly", "Before")
CONF = """extensions = ["myst_parser"]
project = "A book"
html_theme = "{theme}"
exclude_patterns = ["_build"]
"""
Row = dict[str, str]


def write_book(folder: Path, chapters: int, theme: str) -> None:
    """Write a book into an empty folder.

    Parameters
    ----------
    folder
        Where; it is made.
    chapters
        The number of resources, each with a chapter: 10 or more.
    theme
        ``guide`` for ours, with our directives and the catalog; else a theme of Sphinx,
        and the same prose with the facts as a plain list.
    """
    formats = cycle(FORMATS)  # parts of one size, none empty
    rows = [{**row, "format": next(formats)} for row in synthetic_rows(chapters)]
    ours = theme == "guide"
    _write_pages(folder, rows, ours)
    if ours:
        _write_catalog(folder, rows)
        _write_configuration(folder, rows)
    else:
        (folder / "conf.py").write_text(CONF.format(theme=theme), encoding="utf-8")


def _write(path: Path, *parts: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _directive(name: str, *lines: str, argument: str = "") -> str:
    return "\n".join([f"```{{{name}}} {argument}".rstrip(), *lines, "```"])


def _write_pages(folder: Path, rows: list[Row], ours: bool) -> None:
    """Write the front page, a page a format and a topic, and the chapters."""
    rng = random.Random(1)
    listed, weights = vocabulary(rng)
    book, topics = folder / "book", load_topics()
    for row in rows:
        prose = [
            f"## {heading}\n\n"
            + " ".join(rng.choices(listed, weights, k=PROSE // len(HEADINGS))).capitalize()
            + "."
            for heading in HEADINGS
        ]
        facts = "\n".join(f"- {name}: {value}" for name, value in row.items() if value)
        card = _directive("resource-card", argument=row["id"]) if ours else facts
        related = [_directive("related", argument=row["id"])] if ours else []
        _write(book / "resources" / f"{row['id']}.md", f"# {row['title']}", card, *prose, *related)
    for kind, names in (("format", FORMATS), ("topic", topics)):
        for name, title in names.items():
            below = [f"../resources/{row['id']}" for row in rows if row["format"] == name]
            parts = [_directive("resource-list", f":{kind}: {name}")] if ours else []
            parts += [_directive("toctree", *below)] if below and not ours else []
            _write(book / f"{kind}s" / f"{name}.md", f"# {title}", *parts)
    pages = [f"book/formats/{name}" for name in FORMATS] + [f"book/topics/{t}" for t in topics]
    contents = [] if ours else [_directive("toctree", *pages)]
    _write(folder / "index.md", "# A book", "Of chapters that look like the guide's.", *contents)


def _write_catalog(folder: Path, rows: list[Row]) -> None:
    (folder / "data").mkdir()
    tables: dict[str, Iterable[Row]] = {**dict.fromkeys(FILES, ()), "resources.csv": rows}
    for name, lines in tables.items():
        with (folder / "data" / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [column.name for column in FILES[name]])
            writer.writeheader()
            writer.writerows(lines)
    shutil.copy(ROOT / "data" / "topics.csv", folder / "data")


def _write_configuration(folder: Path, rows: list[Row]) -> None:
    """Write the guide's own configuration, and the contents of this book."""
    shutil.copy(ROOT / "_config.yml", folder)
    shutil.copytree(ROOT / "book" / "_static", folder / "book" / "_static")
    shutil.copy(ROOT / "book" / "references.bib", folder / "book")
    formats = [
        {
            "file": f"book/formats/{name}",
            "sections": [
                {"file": f"book/resources/{row['id']}"} for row in rows if row["format"] == name
            ],
        }
        for name in FORMATS
    ]
    topics = [{"file": f"book/topics/{name}"} for name in load_topics()]
    parts = [
        {"caption": "Resources", "chapters": formats},
        {"caption": "Topics", "chapters": topics},
    ]
    contents = {"format": "jb-book", "root": "index", "parts": parts}
    (folder / "_toc.yml").write_text(yaml.safe_dump(contents, sort_keys=False), encoding="utf-8")
