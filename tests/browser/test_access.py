"""Every kind of page is free of faults that axe-core knows, and keeps its accessible contract."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from conftest import DESKTOP, PHONE
from mlops_guide import load_records, load_topics
from mlops_guide.filters import FilterIndex
from mlops_guide.schema import FACETS, RANGES

RECORDS = load_records()
TITLES = FilterIndex(RECORDS, load_topics()).titles
VIEWPORTS = {"desktop": DESKTOP, "phone": PHONE}
ADDRESSES = {
    "front page": "index.html",
    "explorer": "book/explore.html",
    "explorer with a filter": "book/explore.html?cost=free&q=ml",
    "explorer without a result": "book/explore.html?q=zzzz",
    "charts": "book/charts.html",
    "chapter": "book/resources/cs329s.html",
    "topics": "book/topics.html",
    "topic": "book/topics/monitoring.html",
    "part": "book/formats/course.html",
    "left out": "book/left-out.html",
    "data dictionary": "book/data.html",
    "contribute": "book/contribute.html",
    "search": "search.html",
    "explorer with more filters": "book/explore.html?hands_on=yes&hours=2..40",
}
# All rules that axe-core runs by itself, and two more that Lighthouse or WCAG 2.2 ask for.
# Its copy of the style sheets, which only an experimental rule reads, would ask for a
# file that it resolves against the wrong address.
OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {name: {"enabled": True} for name in ("label-content-name-mismatch", "target-size")},
    "preload": {"assets": ["media"]},
}


def faults(page: Page) -> list[str]:
    """Return what axe-core finds: rule, target and reason of each fault."""
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in Axe().run(page, options=OPTIONS).response["violations"]
        for node in rule["nodes"]
    ]


def counted(title: str) -> re.Pattern[str]:
    """Return what matches a value's title followed by a count; Playwright wants `/` escaped."""
    return re.compile(rf"^{re.escape(title)} \d+$".replace("/", r"\/"))


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus."""
    for _ in range(100):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {target}")


def draw_charts(page: Page) -> None:
    """Scroll through the charts of a page until all are drawn."""
    for chart in page.locator(".mg-chart").all():
        chart.scroll_into_view_if_needed()
        expect(chart.locator(".main-svg").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize("name", ADDRESSES)
def test_axe_finds_no_fault(
    new_page: Callable[..., Page], site: str, name: str, size: str, scheme: str
) -> None:
    """No page breaks a rule of axe-core, in light and dark, on a desktop and on a phone."""
    page = new_page(viewport=VIEWPORTS[size], color_scheme=scheme)
    page.goto(site + ADDRESSES[name])
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    if name.startswith("explorer"):
        expect(page.get_by_role("status")).to_have_text(re.compile(r" resources$"))
    draw_charts(page)
    assert faults(page) == []


def test_the_explorer_keeps_its_accessible_contract(page: Page, site: str) -> None:
    """Roles and names that readers' tools and our tests rely on are there, each once."""
    page.goto(site + "book/explore.html?cost=free")
    search = page.get_by_role("search", name="Filter resources")
    expect(search.get_by_role("searchbox", name="Search resources", exact=True)).to_be_visible()
    search.get_by_text("More filters", exact=True).click()
    for span in RANGES:
        group = search.get_by_role("group", name=span.title, exact=True)
        for name in ("From", "To"):
            expect(group.get_by_role("spinbutton", name=name, exact=True)).to_be_visible()
    expect(search.locator("fieldset")).to_have_count(len(FACETS) + len(RANGES))
    for facet in FACETS:
        group = search.get_by_role("group", name=facet.title, exact=True)
        for value, title in TITLES[facet.name].items():
            box = group.get_by_role("checkbox", name=counted(title))
            expect(box, value).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d+ of \d+ resources$"))
    for name in ("Clear all", "Copy link", "Download CSV", "Download JSON"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Remove filter Cost: Free")).to_be_visible()
    expect(page.get_by_role("combobox", name="Sort by", exact=True)).to_be_visible()


def test_each_result_is_an_item_with_two_links(page: Page, site: str) -> None:
    """A result holds one link named by its title, and one to its source."""
    page.goto(site + "book/explore.html")
    items = page.get_by_role("list", name="Resources", exact=True).locator("> li")
    expect(items).to_have_count(len(RECORDS))
    titles = {record["title"] for record in RECORDS}
    for item in items.all():
        names = [link.text_content() or "" for link in item.get_by_role("link").all()]
        assert len(names) == 2
        assert names[0] in titles
        assert names[1].startswith("Source: ")
        titles.discard(names[0])


def test_the_page_has_its_landmarks(page: Page, site: str) -> None:
    """A reader can jump to the one main part, and past everything before it."""
    page.goto(site + "book/explore.html")
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main-content$"))


def test_the_keyboard_alone_leads_to_a_chapter(page: Page, site: str) -> None:
    """Search, choose, reach a result and open its chapter without a mouse."""
    page.goto(site + "book/explore.html")
    tab_to(page, page.get_by_role("searchbox", name="Search resources"))
    page.keyboard.type("stanford")
    expect(page).to_have_url(re.compile(r"\?q=stanford$"))
    free = page.get_by_role("group", name="Cost").get_by_role("checkbox", name=counted("Free"))
    tab_to(page, free)
    page.keyboard.press("Space")
    expect(free).to_be_checked()
    results = page.get_by_role("list", name="Resources")
    title = "CS 329S: Machine Learning Systems Design"
    tab_to(page, results.get_by_role("link", name=title, exact=True))
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}book/resources/cs329s.html")
    expect(page.get_by_role("heading", level=1)).to_contain_text("CS 329S")


def test_removing_chips_by_keyboard_keeps_the_focus(page: Page, site: str) -> None:
    """The focus goes to the next chip, from the last one to the one before, then to the status."""
    topics = list(TITLES["topic"])[:3]
    page.goto(site + "book/explore.html?" + "&".join(f"topic={topic}" for topic in topics))
    chips = page.get_by_role("list", name="Active filters").get_by_role("button")
    expect(chips).to_have_count(3)
    tab_to(page, chips.nth(1))
    for left in (2, 1):
        page.keyboard.press("Enter")
        expect(chips).to_have_count(left)
        expect(chips.last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
