"""A book whose catalog nobody has validated: markup, script addresses, strange and long text."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from conftest import ROOT
from sphinx_project import Project, part, row

EVIL = (
    """<script>alert(1)</script><img src=x onerror="alert(2)"> "' onclick='alert(3)' --> ]]> """
    "</script></title><style>*{display:none}</style> & &lt;b&gt; {{ 7*7 }} %(x)s"
)
LONG = "W" * 10_000
TURNED = "\u202eright to left\u2066 \u200bzero\u200d\u200c width\ufeff \u05d0\u05d1 \u0627\u0644"
TEXTS = {"one": EVIL, "two": LONG, "three": TURNED}
EVIL_URL = "javascript:alert(4)"
_FREE = (
    *("title", "summary", "cost_note", "authors", "organization", "license", "level", "cost"),
    *("programming_languages", "hands_on", "certificate", "updated", "checked", "cost_checked"),
    *("format", "status", "hours_basis", "language"),
)
_URLS = ("url", "former_urls", "archive_url", "sources")
PAGES = {
    "index": "# Front\n\n```{numbers}\n```\n\n```{find}\nAll: sort=shortest\n```\n",
    "book/explore": "# Explore\n\n```{explorer}\n:charts:\n```\n",
    "book/topics": "# Topics\n\n```{topic-index}\n```\n\n```{resource-list}\n:sort: reading\n```\n",
    "book/topics/testing": "# A topic\n\n```{resource-list}\n:topic: testing\n```\n",
    "book/topics/training": "# Another\n",
    "book/left-out": "# Left out\n\n```{rejected-list}\n```\n",
    "book/data": "# Data\n\n```{data-dictionary} resources.csv\n```\n",
}
_SHOWN = ("resource-card", "syllabus", "related")
CHAPTER = "# A chapter\n" + "".join(f"\n```{{{{{name}}}}} {{0}}\n```\n" for name in _SHOWN)


class HostileBook(Project):
    """The book's own configuration over a hostile catalog."""

    def conf(self, parser: str) -> None:
        """Take the configuration of the book."""
        (self.folder / "_config.yml").write_bytes((ROOT / "_config.yml").read_bytes())
        (self.folder / "book").mkdir()
        for name in ("references.bib", "_static"):
            (self.folder / "book" / name).symlink_to(ROOT / "book" / name)

    def fill(self) -> None:
        """Write the catalog and a page of each kind."""
        rows = []
        parts = []
        for key, text in TEXTS.items():
            cells = dict.fromkeys(_FREE, text) | dict.fromkeys(_URLS, EVIL_URL)
            needs = "" if key == "one" else "one"
            topics = f"testing;training;{text.replace(';', ',')}"
            rows.append(row(key, **cells, hours="2", topics=topics, prerequisites=needs))
            parts.append(part(key, 1, group=text, title=text, url=EVIL_URL, topics=topics))
        topic = {"topic": "testing", "title": EVIL, "description": LONG, "order": "1"}
        other = {"topic": "training", "title": LONG, "description": TURNED, "order": "2"}
        self.catalog(rows, parts, [topic, other])
        why = [{"resource": "two", "prerequisite": "one", "why": EVIL}]
        self.table(
            "prerequisites.csv", [*why, {"resource": "three", "prerequisite": "one", "why": LONG}]
        )
        left_out = {"title": EVIL, "url": EVIL_URL, "reason": LONG, "checked": TURNED}
        self.table("rejected.csv", [left_out])
        chapters = {f"book/resources/{key}": CHAPTER.format(key) for key in TEXTS}
        pages = {**PAGES, **chapters}
        for name, text in pages.items():
            path = self.folder / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        files = "".join(f"  - file: {name}\n" for name in pages if name != "index")
        (self.folder / "_toc.yml").write_text(
            f"format: jb-book\nroot: index\nchapters:\n{files}", encoding="utf-8"
        )

    def book(self) -> Path:
        """Build the book, and return the folder of its HTML."""
        command = [
            str(Path(sys.executable).with_name("jupyter-book")),
            "build",
            str(self.folder),
            "-q",
        ]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
        return self.folder / "_build" / "html"
