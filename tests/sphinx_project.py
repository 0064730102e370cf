"""Small Sphinx projects with a catalog, to be thrown away."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from sphinx.testing.util import SphinxTestApp

from mlops_guide.schema import FILES

Row = dict[str, str]

PLAIN: Row = {
    "format": "course",
    "topics": "testing;training",
    "cost": "freemium",
    "level": "advanced",
    "status": "active",
    "language": "en",
    "added": "2026-01-02",
}
TOPICS = [
    {"topic": "testing", "title": "Testing", "description": "How is it tested?", "order": "1"},
    {"topic": "training", "title": "Training", "description": "How is it trained?", "order": "2"},
]


def row(key: str, **cells: str) -> Row:
    """Return a row of ``resources.csv``."""
    defaults = {"id": key, "title": f"The {key}", "url": f"https://{key}.example.org/"}
    return {**PLAIN, **defaults, "summary": f"About {key}.", **cells}


def part(resource: str, order: int, **cells: str) -> Row:
    """Return a row of ``syllabus.csv``."""
    return {"resource": resource, "order": str(order), "title": f"Part {order}", **cells}


class Project:
    """A Sphinx project with a catalog."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()
        self.catalog([row("one"), row("two", prerequisites="one"), row("three")])
        self.conf("myst_parser")

    def conf(self, parser: str) -> None:
        """Write the configuration."""
        kind = "myst-nb" if parser == "myst_nb" else "markdown"
        suffixes = {".md": kind} | ({".ipynb": kind} if parser == "myst_nb" else {})
        (self.folder / "conf.py").write_text(
            f"extensions = [{parser!r}, 'mlops_guide.sphinx_ext']\nsource_suffix = {suffixes}\n"
            "html_theme = 'basic'\nexclude_patterns = ['_build']\nnb_execution_mode = 'off'\n"
        )

    def catalog(
        self,
        resources: Iterable[Row],
        parts: Iterable[Row] = (part("one", 1, topics="testing"), part("one", 2)),
        topics: Iterable[Row] = TOPICS,
    ) -> None:
        """Write the files of the catalog."""
        (self.folder / "data").mkdir(exist_ok=True)
        tables = {
            **dict.fromkeys(FILES, ()),
            "resources.csv": resources,
            "syllabus.csv": parts,
            "topics.csv": topics,
        }
        for name, rows in tables.items():
            self.table(name, rows)

    def table(self, name: str, rows: Iterable[Row]) -> None:
        """Write one file of the catalog."""
        with (self.folder / "data" / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [column.name for column in FILES[name]])
            writer.writeheader()
            writer.writerows(rows)

    def write(self, **pages: str) -> None:
        """Write pages, the chapters of the three resources and a front page that lists them."""
        chapters = {f"book/resources/{key}": f"# The {key}\n" for key in ("one", "two", "three")}
        topics = {f"book/topics/{row['topic']}": f"# {row['title']}\n" for row in TOPICS}
        pages = {**chapters, **topics, **pages}
        toc = "\n".join(["# Front", "", "```{toctree}", *pages, "```", ""])
        for name, text in {"index": pages.pop("index", toc), **pages}.items():
            path = self.folder / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def build(self, **options: Any) -> Built:
        """Build the HTML in this process, on top of what an earlier build left."""
        app = SphinxTestApp("html", self.folder, **options)
        read: list[str] = []
        app.connect("env-before-read-docs", lambda app, env, docs: read.extend(docs))
        try:
            app.build()
            warnings = re.sub(r"\x1b\[[0-9;]*m", "", app.warning.getvalue())
            return Built(Path(app.outdir), warnings, set(read), app.statuscode)
        finally:
            app.cleanup()

    def command(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Build the HTML with the command line of Sphinx."""
        places = ["-d", "_build/doctrees", ".", "_build/html"]
        command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", *options, *places]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)


class Built:
    """What a build left: its pages, warnings, the documents that it read and its status."""

    def __init__(self, folder: Path, warnings: str, read: set[str], status: int):
        self.folder = folder
        self.warnings = warnings
        self.read = read
        self.status = status

    def text(self, page: str) -> str:
        """Return the HTML of a page."""
        return (self.folder / f"{page}.html").read_text(encoding="utf-8")

    def page(self, page: str) -> BeautifulSoup:
        """Return a page, parsed."""
        return BeautifulSoup(self.text(page), "html.parser")


def notebook(*bundles: dict[str, Any]) -> str:
    """Return a notebook whose cells have the given outputs."""
    outputs = [{"output_type": "display_data", "data": b, "metadata": {}} for b in bundles]
    common = {"id": "a", "metadata": {}}
    cells = [
        {"cell_type": "markdown", **common, "source": "# Notebook"},
        {
            "cell_type": "code",
            **common,
            "id": "b",
            "source": "1",
            "execution_count": 1,
            "outputs": outputs,
        },
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
