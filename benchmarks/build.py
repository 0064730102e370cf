"""How long books take to build from nothing, and again after one chapter has changed.

First a copy of the checkout, with the command and the environment of ``make book``, made for it
from requirements.txt; the peer of a rebuild is the clean build of the same book. Then books of
made-up chapters, to see how the time grows: ours with the real extension and configuration,
beside the same prose in plain Sphinx (theme basic) and in furo. The exponent is the slope from
the second largest book to the largest: 1 is linear, 2 the square. Besides the seconds on the
clock stand those of the processor, which other work on the machine disturbs less; exponents are
of the latter.

    python benchmarks/build.py [--chapters 100 300 1000] [--themes guide basic furo]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from math import log
from pathlib import Path

from common import ROOT, build_command, report, timed

# isort: split
# common shows the way to this helper of the tests.
from binder import copy_of_repository

from synthetic_book import write_book

SHARE = 1 / 4
REBUILDS = 3
CHAPTER = Path("book") / "resources" / "cs329s.md"
EXPONENT = 1.2
REBUILT, SECONDS = 300, 3.5
"""The size of the book whose rebuild has a budget, and that budget."""


def book_environment(folder: Path) -> str:
    """Make the environment of ``make book``, and return the path of its Python.

    That of the tests starts a second later: JupyterLab brings ``rfc3987-syntax``, whose many
    grammars jsonschema makes when it is imported.
    """
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for asked in (["-r", ROOT / "requirements.txt"], ["--no-deps", "-e", ROOT]):
        subprocess.run([*install, *asked], check=True, stderr=subprocess.DEVNULL)
    return python


def sphinx_command(source: Path) -> list[str]:
    """Return the command that builds a book of plain Sphinx."""
    places = [str(source), str(source / "_build" / "html")]
    return [sys.executable, "-m", "sphinx", "-b", "html", "-q", *places]


def build(source: Path, command: list[str]) -> tuple[float, float]:
    """Build a book; return the seconds on the clock, and of the processor."""
    run, clock, processor = timed(command)
    if run.returncode:
        raise SystemExit(f"the book does not build:\n{run.stdout}\n{run.stderr}")
    return clock, processor


def rebuild(
    source: Path, number: int, command: list[str], path: Path = CHAPTER
) -> tuple[float, float]:
    """Change the text of one chapter and build again; check that its page has changed."""
    mark = f"Sentence {number} of a rebuild."
    chapter = source / path
    chapter.write_text(f"{chapter.read_text(encoding='utf-8')}\n{mark}\n", encoding="utf-8")
    taken = build(source, command)
    page = source / "_build" / "html" / path.with_suffix(".html")
    if mark not in page.read_text(encoding="utf-8"):
        raise SystemExit(f"the rebuild left {path.with_suffix('.html')} as it was")
    return taken


def real_book(python: str) -> None:
    """Build the guide, change a chapter, build again, and print the table."""
    with tempfile.TemporaryDirectory() as temporary:
        source = copy_of_repository(ROOT, Path(temporary) / "guide")
        chapters = len(list((source / CHAPTER.parent).glob("*.md")))
        command = build_command(source, source, python)
        clean = build(source, command)
        again = sorted(rebuild(source, n, command) for n in range(REBUILDS))[REBUILDS // 2]
    rows = [
        ["clean", f"{clean[0]:.1f}", f"{clean[1]:.1f}"],
        [f"one chapter changed (median of {REBUILDS})", f"{again[0]:.1f}", f"{again[1]:.1f}"],
        ["ratio", f"{again[0] / clean[0]:.2f}", f"{again[1] / clean[1]:.2f}"],
        ["budget", f"{SHARE:.2f}", f"{SHARE:.2f}"],
    ]
    report(f"Build, {chapters} resource chapters", ["build", "clock s", "processor s"], rows)


def growth(sizes: list[int], themes: list[str], python: str) -> None:
    """Build made-up books, and print how their time grows."""
    rows = []
    for theme in themes:
        taken: list[tuple[float, float]] = []
        for size in sizes:
            with tempfile.TemporaryDirectory() as temporary:
                source = Path(temporary) / "book"
                write_book(source, size, theme)
                ours = theme == "guide"
                command = build_command(source, source, python) if ours else sphinx_command(source)
                taken.append(build(source, command))
                chapter = Path("book", "resources", "resource-0.md")
                again = sorted(rebuild(source, n, command, chapter) for n in range(REBUILDS))
                pages = [
                    path.stat().st_size for path in source.glob("_build/html/book/resources/*")
                ]
            clock, processor = taken[-1]
            once = again[REBUILDS // 2]
            cells = [f"{value:.1f}" for value in (clock, processor, *once)]
            rows.append([theme, size, *cells, f"{sum(pages) / len(pages) / 1000:.0f}", ""])
        if len(sizes) > 1:
            (small, large), (less, more) = sizes[-2:], (taken[-2][1], taken[-1][1])
            rows[-1][-1] = f"{log(more / less) / log(large / small):.2f}"
    header = ["book", "chapters", "clean: clock s", "processor s"]
    header += ["one changed: clock s", "processor s", "kB a chapter", "exponent"]
    budget = ["budget", REBUILT, "", "", f"{SECONDS}", "", "30", f"{EXPONENT}"]
    report("Growth with the chapters", header, [*rows, budget])


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="Time of builds and of rebuilds.")
    parser.add_argument("--chapters", type=int, nargs="+", default=[100, REBUILT, 1000])
    parser.add_argument("--themes", nargs="+", default=["guide", "basic", "furo"])
    parser.add_argument("--growth-only", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        python = book_environment(Path(folder))
        if not asked.growth_only:
            real_book(python)
        growth(sorted(asked.chapters), asked.themes, python)


if __name__ == "__main__":
    main()
