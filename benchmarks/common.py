"""What the benchmarks share: a browser, a server, a load line and a table of text."""

from __future__ import annotations

import gzip
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

import chromium  # noqa: E402

from conftest import DESKTOP, FLAGS, serving  # noqa: E402
from mlops_guide.cli import Files  # noqa: E402

__all__ = [
    "DESKTOP",
    "ROOT",
    "GzippedFiles",
    "build_command",
    "chromium",
    "launched",
    "percentile",
    "report",
    "serving",
    "timed",
]


ZIPPED = (
    ".css",
    ".csv",
    ".html",
    ".ipynb",
    ".js",
    ".json",
    ".mjs",
    ".svg",
    ".txt",
    ".xml",
)


@cache
def zipped(path: Path) -> bytes:
    """Return a file's content, gzipped; static hosts do this once, not for each reader."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)


class GzippedFiles(Files):
    """Serves files as a static host does: text gzipped, connections kept open."""

    protocol_version = "HTTP/1.1"

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Send the headers of a file, and return what follows them."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix not in ZIPPED or not path.is_file():
            return super().send_head()
        content = zipped(path)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{self.guess_type(str(path))}; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return BytesIO(content)


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


def build_command(source: Path, output: Path, python: str = sys.executable) -> list[str]:
    """Return the command that builds the book in the environment of a Python; warnings fail it."""
    program = str(Path(python).with_name("jupyter-book"))
    paths = [str(source), "--path-output", str(output)]
    return [program, "build", *paths, "-q", "-W", "-n", "--keep-going"]


def timed(command: Sequence[str]) -> tuple[subprocess.CompletedProcess[str], float, float]:
    """Run a command; return what came of it, and its seconds on the clock and of the processor."""
    before, start = os.times(), time.perf_counter()
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    clock, after = time.perf_counter() - start, os.times()
    user = after.children_user - before.children_user
    return run, clock, user + after.children_system - before.children_system


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
