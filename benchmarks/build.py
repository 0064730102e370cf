"""How long the book takes to build from nothing, and again after one chapter has changed.

Both build a copy of the checkout, with the command of ``make book``. The peer of a
rebuild is the clean build of the same book. Besides the seconds on the clock stand
those of the processor, which other work on the machine disturbs less.

    python benchmarks/build.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from common import ROOT, build_command, report

SHARE = 1 / 4
REBUILDS = 3
CHAPTER = Path("book") / "resources" / "cs329s.md"
LEAVE = (".git", ".venv", "_build", "node_modules", "__pycache__", ".*_cache", "jupyter_execute")


def build(source: Path) -> tuple[float, float]:
    """Build a book; return the seconds on the clock, and of the processor."""
    before, start = os.times(), time.perf_counter()
    run = subprocess.run(build_command(source, source), capture_output=True, text=True, check=False)
    clock, after = time.perf_counter() - start, os.times()
    if run.returncode:
        raise SystemExit(f"the book does not build:\n{run.stdout}\n{run.stderr}")
    user = after.children_user - before.children_user
    return clock, user + after.children_system - before.children_system


def rebuild(source: Path, number: int) -> tuple[float, float]:
    """Change the text of one chapter and build again; check that its page has changed."""
    mark = f"Sentence {number} of a rebuild."
    chapter = source / CHAPTER
    chapter.write_text(f"{chapter.read_text(encoding='utf-8')}\n{mark}\n", encoding="utf-8")
    taken = build(source)
    page = source / "_build" / "html" / CHAPTER.with_suffix(".html")
    if mark not in page.read_text(encoding="utf-8"):
        raise SystemExit(f"the rebuild left {CHAPTER.with_suffix('.html')} as it was")
    return taken


def main() -> None:
    """Build, change, build again, and print the table."""
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary) / "guide"
        shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*LEAVE))
        chapters = len(list((source / CHAPTER.parent).glob("*.md")))
        clean = build(source)
        again = sorted(rebuild(source, number) for number in range(REBUILDS))[REBUILDS // 2]
    rows = [
        ["clean", f"{clean[0]:.1f}", f"{clean[1]:.1f}"],
        [f"one chapter changed (median of {REBUILDS})", f"{again[0]:.1f}", f"{again[1]:.1f}"],
        ["ratio", f"{again[0] / clean[0]:.2f}", f"{again[1] / clean[1]:.2f}"],
        ["budget", f"{SHARE:.2f}", f"{SHARE:.2f}"],
    ]
    report(f"Build, {chapters} resource chapters", ["build", "clock s", "processor s"], rows)


if __name__ == "__main__":
    main()
