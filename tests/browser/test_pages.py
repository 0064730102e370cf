"""Every page of the book opens without an error and fits a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from conftest import PHONE
from layout import OVERFLOW, STICKING_OUT
from pages import pages


def test_there_are_pages(book: Path) -> None:
    """The list of pages holds the front page, the notebooks and chapters."""
    assert {"index.html", "search.html", "book/explore.html"} <= set(pages(book))
    assert len(pages(book)) > 15


def test_every_page_opens_cleanly(new_page: Callable[..., Page], book: Path, site: str) -> None:
    """No page has an error, a dead asset, a violation of its policy or a request to another host.

    Each page is read to its end with caches cold, so that what loads late is asked for too.
    """
    faults: list[str] = []
    for name in pages(book):
        page = new_page()
        page.on("requestfailed", lambda request: faults.append(f"lost {request.url}"))
        response = page.goto(site + name)
        assert response is not None and response.ok, name
        assert page.title(), name
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        page.wait_for_load_state("networkidle")
        page.context.close()
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
