"""What the benchmarks share: a browser, a server, a load line and a table of text."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

import chromium  # noqa: E402

from conftest import DESKTOP, FLAGS, serving  # noqa: E402

__all__ = [
    "DESKTOP",
    "ROOT",
    "build_command",
    "chromium",
    "launched",
    "percentile",
    "report",
    "serving",
]


@contextmanager
def launched(*flags: str) -> Iterator[Browser]:
    """Open the headless Chromium of the tests, with further flags."""
    executable = chromium.find()
    if not executable:
        raise SystemExit(chromium.HELP)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*FLAGS, *flags])
        yield browser
        browser.close()


def build_command(source: Path, output: Path) -> list[str]:
    """Return the command that builds the book, with every warning an error."""
    program = str(Path(sys.executable).with_name("jupyter-book"))
    paths = [str(source), "--path-output", str(output)]
    return [program, "build", *paths, "-q", "-W", "-n", "--keep-going"]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def spread(values: Sequence[float]) -> str:
    """Return the median and the 95th percentile as text."""
    return f"{statistics.median(values):.1f} / {percentile(values, 0.95):.1f}"


def load() -> str:
    """Return how busy the machine is, because every time depends on it."""
    average = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return f"load {average:.1f} on {os.cpu_count()} cores"


def report(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table: a title with the machine's load, names of columns, rows."""
    lines = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    print(f"\n{title} ({load()})")
    for line in lines:
        print(
            "  " + "  ".join(f"{cell:<{w}}" for cell, w in zip(line, widths, strict=True)).rstrip()
        )
    sys.stdout.flush()
