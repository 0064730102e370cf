"""The explorer's page as tests find their way on it; what is expected comes from Python."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from mlops_guide import facet_counts, filter_catalog, load_catalog, load_records, load_topics
from mlops_guide.filters import FilterIndex
from mlops_guide.schema import FACETS

EXPLORE = "book/explore.html"
RECORDS = load_records()
CATALOG = load_catalog()
TITLES = FilterIndex(RECORDS, load_topics()).titles
TOTAL = len(RECORDS)
NOTHING = "zzzz"


def dead_end() -> tuple[str, str]:
    """Return a topic and a format that no resource has both."""
    pairs = ((t, f) for t in TITLES["topic"] for f in TITLES["format"])
    return next((t, f) for t, f in pairs if filter_catalog(CATALOG, topic=t, format=f).empty)


def box(page: Page, facet: str, value: str) -> Locator:
    """Return the checkbox of a facet's value."""
    title = next(f.title for f in FACETS if f.name == facet)
    # Playwright wants the slash of "CI/CD" escaped, which Python does not escape.
    name = re.compile(rf"^{re.escape(TITLES[facet][value])} \d+$".replace("/", r"\/"))
    group = page.get_by_role("group", name=title, exact=True)
    return group.get_by_role("checkbox", name=name)


def more_filters(page: Page) -> Locator:
    """Return what opens and closes the filters that are folded away."""
    return page.locator("summary").filter(has_text="More filters")


def ends(page: Page, title: str) -> tuple[Locator, Locator]:
    """Return the fields of a range: its lowest and its highest number."""
    group = page.get_by_role("group", name=title, exact=True)
    first, last = (group.get_by_role("spinbutton", name=name) for name in ("From", "To"))
    return first, last


def search_box(page: Page) -> Locator:
    """Return the search box of the explorer."""
    return page.get_by_role("searchbox", name="Search resources")


def cards(page: Page) -> Locator:
    """Return the items of the list of results."""
    return page.get_by_role("list", name="Resources").locator("> li")


def result(page: Page, title: str) -> Locator:
    """Return the link of a result to its chapter."""
    listed = page.get_by_role("list", name="Resources")
    return listed.get_by_role("link", name=title, exact=True)


def chips(page: Page) -> Locator:
    """Return the buttons that remove one filter each."""
    return page.get_by_role("list", name="Active filters").get_by_role("button")


def expect_selection(page: Page, **filters: Any) -> None:
    """Expect what the catalog in Python says: results in order, status and all counts."""
    selection = filter_catalog(CATALOG, **filters)
    expect(page.get_by_role("status")).to_have_text(f"{len(selection)} of {TOTAL} resources")
    expect(cards(page).locator(".mg-card-title")).to_have_text(selection["title"].tolist())
    counts = facet_counts(CATALOG, **filters)
    for facet in FACETS:
        labels = [f"{TITLES[facet.name][value]} {n}" for value, n in counts[facet.name].items()]
        group = page.get_by_role("group", name=facet.title, exact=True, include_hidden=True)
        expect(group.locator("label")).to_have_text(labels)
