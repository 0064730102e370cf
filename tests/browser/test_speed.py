"""What a reader waits for: bytes, scripts, charts, and content that moves."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page, expect

from conftest import PHONE

PLOTLY = re.compile(r"/plotly[^/]*\.js")
CHAPTER = "book/resources/cs329s.html"
PAGES = ("index.html", "book/explore.html", "book/charts.html", CHAPTER, "book/topics/testing.html")
SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  const add = (list) => list.getEntries().forEach((entry) => { sum += entry.value; });
  const observer = new PerformanceObserver(add);
  observer.observe({ type: "layout-shift", buffered: true });
  // Entries that are buffered come with the next task, before the frame after the next.
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
    add({ getEntries: () => observer.takeRecords() });
    done(sum);
  })));
})"""

NewPage = Callable[..., Page]


def test_a_chapter_is_light(page: Page, site: str, book: Path) -> None:
    """With all that it loads, fonts included, a chapter is at most 150 kB, gzipped."""
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).path.lstrip("/")))
    page.goto(site + CHAPTER, wait_until="networkidle")
    zipped = {path: len(gzip.compress((book / path).read_bytes())) for path in asked}
    assert CHAPTER in zipped
    assert any(path.endswith(".woff2") for path in zipped)
    assert sum(zipped.values()) <= 150_000, zipped


def test_chapters_are_small_documents(book: Path) -> None:
    """A chapter is at most 30 kB of HTML on average; what stands around its text, at most 18."""
    pages = [path.read_bytes() for path in (book / "book" / "resources").glob("*.html")]
    around = [len(re.sub(rb"<article.*</article>", b"", page, flags=re.DOTALL)) for page in pages]
    assert sum(map(len, pages)) / len(pages) <= 30_000
    assert max(around) <= 18_000


def test_no_page_waits_for_a_script(book: Path) -> None:
    """Scripts in files are deferred or modules; only Sphinx's search page calls them in line."""
    blocking = {
        (path.name, Path(urlsplit(script["src"]).path).name)
        for path in book.rglob("*.html")
        if "_static" not in path.relative_to(book).parts
        for script in BeautifulSoup(path.read_text("utf-8"), "html.parser").select("script[src]")
        if not (script.has_attr("defer") or script.get("type") == "module")
    }
    assert {name for name, _ in blocking} <= {"search.html"}


def test_every_page_has_a_description(book: Path) -> None:
    """Each page says in one sentence what it is about, and two pages seldom say the same."""
    found = {}
    for path in book.rglob("*.html"):
        if "_static" not in path.relative_to(book).parts:
            head = BeautifulSoup(path.read_text("utf-8"), "html.parser").head
            assert head is not None
            (tag,) = head.select('meta[name="description"]')
            found[path.relative_to(book).as_posix()] = str(tag["content"])
    assert [path for path, text in found.items() if not 10 <= len(text) <= 160] == []
    chapters = [text for path, text in found.items() if path.startswith("book/resources/")]
    assert len(set(chapters)) == len(chapters)


def test_charts_in_the_first_screen_wait_for_a_reader(new_page: NewPage, site: str) -> None:
    """On a phone the charts are bars of the page itself until the reader scrolls."""
    page = new_page(viewport=PHONE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site + "book/charts.html", wait_until="networkidle")
    first = page.locator(".mg-chart").first
    expect(first).to_be_in_viewport()
    expect(first.locator(".mg-marks rect").first).to_be_visible()
    assert [url for url in asked if PLOTLY.search(url)] == []

    with page.expect_response(PLOTLY):
        page.mouse.wheel(0, 100)
    expect(first.locator(".mg-plot .main-svg").first).to_be_visible()
    expect(first.locator(".mg-marks")).to_have_count(0)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_moves_while_a_page_loads(new_page: NewPage, site: str, path: str) -> None:
    """On a phone the sum of all layout shifts is at most 0.01."""
    page = new_page(viewport=PHONE)
    page.goto(site + path, wait_until="networkidle")
    assert page.evaluate(SHIFTS) <= 0.01
