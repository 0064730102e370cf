"""What the explorer weighs, and what the built book asks of other hosts.

Weights are gzipped at level 9, each file by itself, as a host sends them. The requests
are counted in a browser that opens every page of the book and scrolls to its end, so
that the charts load too.

    python benchmarks/weight.py [FOLDER OF A BUILT BOOK]
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from common import DESKTOP, ROOT, build_command, launched, report, serving
from mlops_guide.catalog import load_records

BUDGET = 20_000
TEN = 10
AT_ONCE = ("explorer.js", "page.js", "explorer.css")
WITH_CHARTS = ("charts.js", "vendor/plotly-basic.min.js")
DATA = re.compile(r'data-mount="explorer">\s*<script type="application/json">(.*?)</script>', re.S)


def built_book(temporary: Path) -> Path:
    """Return the HTML of the book: the one that was named, or a new one."""
    if len(sys.argv) > 1:
        return Path(sys.argv[1])
    run = subprocess.run(
        build_command(ROOT, temporary), capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise SystemExit(f"the book does not build:\n{run.stdout}\n{run.stderr}")
    return temporary / "_build" / "html"


def zipped(content: bytes) -> int:
    """Return the number of bytes after gzip."""
    return len(gzip.compress(content, 9, mtime=0))


def data_of_ten(text: str) -> bytes:
    """Return an explorer's data with the ten resources that came first into the catalog.

    The budget is of the explorer, and was set over ten; each resource more weighs 0.2 kB.
    """
    state = json.loads(text)
    first = {r["id"] for r in sorted(load_records(), key=lambda record: record["added"])[:TEN]}
    resources = state["catalog"]["resources"]
    state["catalog"]["resources"] = [r for r in resources if r["id"] in first]
    return json.dumps(state, sort_keys=True, separators=(",", ":")).encode()


def weights(book: Path) -> None:
    """Print what the explorer's page needs beyond any other page of the book."""
    assets = book / "_static" / "mlops-guide"
    found = DATA.search((book / "book" / "explore.html").read_text(encoding="utf-8"))
    if not found:
        raise SystemExit("book/explore.html holds no explorer")
    parts = {name: (assets / name).read_bytes() for name in AT_ONCE}
    parts[f"data of the first {TEN}"] = data_of_ten(found[1])
    total = sum(zipped(content) for content in parts.values())
    rows = [[name, f"{zipped(content):,}", ""] for name, content in parts.items()]
    share = f"budget {BUDGET:,}: {total / BUDGET:.2f} of it"
    rows.append([f"explorer with {TEN} resources", f"{total:,}", share])
    rows.append(["data of the whole catalog", f"{zipped(found[1].encode()):,}", ""])
    for name in WITH_CHARTS:
        size = zipped((assets / name).read_bytes())
        rows.append([name, f"{size:,}", "only when charts come into view"])
    report("Weight, bytes gzipped", ["what", "bytes", ""], rows)


def requests(book: Path) -> None:
    """Print how many requests each page makes, and how many of them to other hosts."""
    rows: list[tuple[str, int, int]] = []
    foreign: set[str] = set()
    pages = sorted(p for p in book.rglob("*.html") if "_static" not in p.relative_to(book).parts)
    with serving(book) as address, launched() as browser:
        for path in pages:
            asked: list[str] = []
            page = browser.new_page(viewport=DESKTOP)
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.goto(address + path.relative_to(book).as_posix(), wait_until="load")
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
            page.wait_for_load_state("networkidle")
            web = [url for url in asked if urlsplit(url).scheme not in ("data", "blob", "about")]
            others = [url for url in web if urlsplit(url).hostname != "127.0.0.1"]
            foreign.update(others)
            rows.append((path.relative_to(book).as_posix(), len(web), len(others)))
            page.close()
    counts = [count for _, count, _ in rows]
    shown = [row for row in rows if row[2]]
    shown.append(
        (
            f"{len(pages)} pages, {min(counts)} to {max(counts)} each",
            sum(counts),
            sum(row[2] for row in rows),
        )
    )
    report("Requests, after scrolling to the end", ["page", "all", "third-party"], shown)
    for url in sorted(foreign):
        print(f"  asked: {url}")


def main() -> None:
    """Build the book if need be, weigh it, and count its requests."""
    with tempfile.TemporaryDirectory() as temporary:
        book = built_book(Path(temporary))
        weights(book)
        requests(book)


if __name__ == "__main__":
    main()
