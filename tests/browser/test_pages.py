"""Every page of the book opens without an error and fits a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from conftest import PHONE

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What sticks out of the window and is not inside something that scrolls or cuts it off.
STICKING_OUT = """() => {
  const held = (element) => {
    for (let e = element.parentElement; e && e !== document.body; e = e.parentElement)
      if (getComputedStyle(e).overflowX !== 'visible') return true;
    return false;
  };
  return [...document.querySelectorAll('article *')]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !held(e))
    .map((e) => e.outerHTML.slice(0, 80));
}"""


def pages(book: Path) -> list[str]:
    """Return the addresses of all pages; `_static` holds pieces of the theme, not pages."""
    found = (path.relative_to(book) for path in book.rglob("*.html"))
    return sorted(path.as_posix() for path in found if path.parts[0] != "_static")


def test_there_are_pages(book: Path) -> None:
    """The list of pages holds the front page, the notebooks and chapters."""
    assert {"index.html", "search.html", "book/explore.html"} <= set(pages(book))
    assert len(pages(book)) > 15


def test_every_page_opens_cleanly(page: Page, book: Path, site: str) -> None:
    """No page of the book has an error, a dead asset or a request to another host."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("requestfailed", lambda request: faults.append(f"{page.url}: lost {request.url}"))
    for name in pages(book):
        response = page.goto(site + name, wait_until="networkidle")
        assert response is not None and response.ok, name
        assert page.title(), name
    assert faults == []


def test_every_page_fits_a_phone(new_page: Callable[..., Page], book: Path, site: str) -> None:
    """No page has to be scrolled sideways on a phone, and nothing is cut off at its edge."""
    page = new_page(viewport=PHONE)
    wide = {}
    for name in pages(book):
        page.goto(site + name)
        sticking_out = page.evaluate(STICKING_OUT)
        if page.evaluate(OVERFLOW) > 0 or sticking_out:
            wide[name] = sticking_out
    assert wide == {}
