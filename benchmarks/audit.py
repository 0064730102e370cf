"""Lighthouse on the page types of the built book, in its default mobile setting.

The book is served gzipped on loopback, as a static host would send it; each page is measured
several times, and the run of the median performance stands in the table. All reports
stay in _build/audit. Needs Node (Lighthouse is installed from npm, into _build/audit/npm).

    python benchmarks/audit.py [--runs 3] [PAGE ...]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from common import ROOT, GzippedFiles, chromium, report, serving

LIGHTHOUSE = "12.8.2"
NODE = 18  # https://github.com/GoogleChrome/lighthouse/blob/v12.8.2/package.json: engines
BOOK = ROOT / "_build" / "html"
REPORTS = ROOT / "_build" / "audit"
PAGES = (
    "index.html",
    "book/explore.html",
    "book/charts.html",
    "book/resources/cs329s.html",
    "book/topics/monitoring.html",
    "search.html",
)
SCORES = {"performance": 97, "accessibility": 100, "best-practices": 100, "seo": 100}
CHROME = "--headless=new --no-sandbox --disable-gpu --disable-quic --disable-background-networking"


def lighthouse() -> Path:
    """Return the program of Lighthouse, installing the pinned release if need be."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        raise SystemExit(f"make audit needs Node {NODE} or newer with npm, and finds none")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(re.sub(r"^v(\d+).*", r"\1", version.strip())) < NODE:
        raise SystemExit(f"make audit needs Node {NODE} or newer, and finds {version.strip()}")
    folder = REPORTS / "npm"
    package = folder / "node_modules" / "lighthouse" / "package.json"
    if not package.exists() or json.loads(package.read_bytes())["version"] != LIGHTHOUSE:
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder)]
        if subprocess.run([*command, f"lighthouse@{LIGHTHOUSE}"], check=False).returncode:
            raise SystemExit(f"npm cannot install lighthouse@{LIGHTHOUSE}")
    return folder / "node_modules" / ".bin" / "lighthouse"


def measure(program: Path, address: str, path: str, run: int) -> dict[str, Any]:
    """Run Lighthouse once; keep the report for people and return the one for programs."""
    name = REPORTS / f"{path.removesuffix('.html').replace('/', '-')}-{run}"
    command = [str(program), address + path, "--quiet", f"--chrome-flags={CHROME}"]
    command += ["--output=json", "--output=html", f"--output-path={name}"]
    browser = chromium.find()
    if not browser:
        raise SystemExit(chromium.HELP)
    environment = {**os.environ, "CHROME_PATH": browser}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"Lighthouse failed on {path}:\n{done.stderr.strip()}")
    result: dict[str, Any] = json.loads(Path(f"{name}.report.json").read_bytes())
    return result


def score(result: dict[str, Any], category: str) -> int:
    """Return a score of a report, out of 100; 0 where Lighthouse could not measure it."""
    return round(100 * (result["categories"][category]["score"] or 0))


def row(path: str, result: dict[str, Any]) -> list[str]:
    """Return a page's line of the table; a star marks a score below its target."""
    scores = [score(result, category) for category in SCORES]
    marked = [
        f"{value}{'*' * (value < least)}"
        for value, least in zip(scores, SCORES.values(), strict=True)
    ]

    def number(audit: str) -> float:
        return float(result["audits"][audit].get("numericValue", float("nan")))

    return [
        path,
        *marked,
        f"{number('largest-contentful-paint') / 1000:.2f}",
        f"{number('total-blocking-time'):.0f}",
        f"{number('cumulative-layout-shift'):.3f}",
        f"{number('total-byte-weight') / 1000:.0f}",
    ]


def main() -> None:
    """Measure every page, and print the table."""
    parser = argparse.ArgumentParser(description="Lighthouse on the pages of the built book.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("pages", nargs="*", default=PAGES, metavar="PAGE")
    asked = parser.parse_args()
    program = lighthouse()
    rows = []
    with serving(BOOK, GzippedFiles) as address:
        for path in asked.pages:
            results = [measure(program, address, path, run + 1) for run in range(asked.runs)]
            results.sort(key=lambda result: score(result, "performance"))
            rows.append(row(path, results[len(results) // 2]))
    rows.append(["target", *(f">= {least}" for least in SCORES.values()), "", "", "<= 0.01", ""])
    header = ["page", "speed", "access", "practice", "seo", "LCP s", "TBT ms", "CLS", "kB"]
    report(f"Lighthouse {LIGHTHOUSE}, mobile, median of {asked.runs}", header, rows)
    print(f"  reports: {REPORTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
