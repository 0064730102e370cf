"""How long the search takes to show results, and what it fetches for them.

The time is that of the page itself: from the event of a typed word to the first frame that
shows the list with its excerpts; it holds the pause of 60 ms that waits for more letters.
The first search of a visit is measured with a cold cache, in a browser context of its own.

    python benchmarks/search.py [FOLDER OF A BUILT BOOK]
"""

from __future__ import annotations

import gzip
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from common import DESKTOP, launched, report, serving, spread
from mlops_guide.search import indexing
from weight import built_book

WORDS = ("monitoring", "drift", "feature store", "technical debt", "deployment", "chip huyen")
VISITS = 7
FIRST_MS, LATER_MS, FIRST_BYTES = 400, 120, 160_000
SEARCH = """words => new Promise((done) => {
  const [box, list, status, place] =
    ['#mg-words', '#mg-hits', '.mg-status', '.mg-found'].map((s) => document.querySelector(s));
  const begun = performance.now();
  new MutationObserver((_, observer) => {
    if (!status.textContent.endsWith(`“${words}”`) || !list.querySelector('mark')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
  }).observe(place, { childList: true, subtree: true, characterData: true });
  box.value = words;
  box.dispatchEvent(new Event('input', { bubbles: true }));
})"""


def times(book: Path) -> None:
    """Print the times of first and later searches, and the weight of a first one."""
    first: list[float] = []
    later: list[float] = []
    weights: list[int] = []
    with serving(book) as address, launched() as browser:
        for visit in range(VISITS):
            page = browser.new_context(viewport=DESKTOP).new_page()
            asked: list[str] = []
            page.on("request", lambda r, asked=asked: asked.append(urlsplit(r.url).path[1:]))
            page.goto(address + "search.html", wait_until="networkidle")
            asked.clear()
            words = WORDS[visit % len(WORDS) :] + WORDS[: visit % len(WORDS)]
            first.append(page.evaluate(SEARCH, words[0]))
            weights.append(
                sum(weight(book / name) for name in asked if name.startswith("pagefind"))
            )
            later += [page.evaluate(SEARCH, word) for word in words[1:]]
            page.context.close()
    rows = [
        ["first search, ms", spread(first), FIRST_MS],
        ["later searches, ms", spread(later), LATER_MS],
        ["fetched for the first, bytes gzipped", f"{max(weights):,} at most", f"{FIRST_BYTES:,}"],
    ]
    report("Search, median / 95th percentile", ["what", "measured", "budget"], rows)


def weight(file: Path) -> int:
    """Return the bytes of a file as a host sends it; the index is stored compressed."""
    content = file.read_bytes()
    return len(gzip.compress(content, 6)) if file.suffix in (".js", ".json") else len(content)


def making(book: Path) -> None:
    """Print how long the index takes, and what it weighs on the host."""
    pages = [p.relative_to(book) for p in book.rglob("*.html") if "_static" not in p.parts]
    begun = time.perf_counter()
    with indexing(book, pages):
        pass
    took = time.perf_counter() - begun
    size = sum(path.stat().st_size for path in (book / "pagefind").rglob("*") if path.is_file())
    report("Index", ["pages", "seconds", "bytes"], [[len(pages), f"{took:.1f}", f"{size:,}"]])


def main() -> None:
    """Build the book if need be, search in it, and make its index anew."""
    with tempfile.TemporaryDirectory() as temporary:
        book = built_book(Path(temporary))
        times(book)
        making(book)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        raise SystemExit(__doc__)
    main()
