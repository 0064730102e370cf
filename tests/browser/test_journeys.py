"""What a reader without a mouse, without sight, on paper or without motion gets."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from test_access import counted, tab_to

from mlops_guide import load_records

SNAPSHOT = """
- search "Filter resources":
  - button "Skip to results"
  - searchbox "Search resources"
  - group "Topic"
  - group "Cost":
    - checkbox /^Free \\d+$/ [checked]
    - checkbox /^Freemium \\d+$/
    - checkbox /^Paid \\d+$/
  - group "Format"
  - group "Level":
    - checkbox /^Introductory \\d+$/
    - checkbox /^Intermediate \\d+$/
    - checkbox /^Advanced \\d+$/
- status: /^\\d+ of \\d+ resources$/
- combobox "Sort by"
- list "Active filters":
  - listitem:
    - 'button "Remove filter Cost: Free"'
- button "Clear all"
- list "Resources"
- button "Copy link"
- button "Download CSV"
- button "Download JSON"
"""
HIDDEN_ON_PAPER = (
    ".bd-sidebar-primary",
    ".bd-header-article",
    ".prev-next-footer",
    ".mg-filters",
    ".mg-actions",
    ".mg-sort",
)


def test_the_keyboard_finds_a_free_introduction_to_monitoring(page: Page, site: str) -> None:
    """From the cover a reader reaches the chapter of a free introductory resource on monitoring."""
    page.goto(site)
    tab_to(page, page.get_by_role("link", name=re.compile("^Free, for beginners")))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"explore\.html\?cost=free&level=introductory$"))
    topic = page.get_by_role("group", name="Topic").get_by_role(
        "checkbox", name=counted("Monitoring")
    )
    tab_to(page, topic)
    page.keyboard.press("Space")
    expect(topic).to_be_checked()
    expect(page.get_by_role("button", name="Remove filter Topic: Monitoring")).to_be_visible()
    first = page.get_by_role("list", name="Resources").get_by_role("listitem").first
    link = first.get_by_role("link").first
    title = link.inner_text()
    tab_to(page, link)
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Facts")).to_be_visible()
    [record] = [record for record in load_records() if record["title"] == title]
    assert page.url == f"{site}book/resources/{record['id']}.html"
    assert (record["cost"], record["level"]) == ("free", "introductory")
    assert "monitoring" in record["topics"]


def test_a_screen_reader_meets_the_explorer_in_this_order(page: Page, site: str) -> None:
    """Controls, count, chosen filters, results and actions have these roles, names and order."""
    page.goto(site + "book/explore.html?cost=free")
    expect(page.locator(".mg-explorer")).to_match_aria_snapshot(SNAPSHOT)


def test_paper_shows_the_text_alone(new_page: Callable[..., Page], site: str) -> None:
    """Printed from dark mode, a page is dark on white, with its heading and without controls."""
    page = new_page(color_scheme="dark")
    for name in ("book/resources/cs329s.html", "book/explore.html?cost=free&topic=monitoring"):
        page.goto(site + name)
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.emulate_media(media="print")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for selector in HIDDEN_ON_PAPER:
            for element in page.locator(selector).all():
                expect(element).to_be_hidden()
        expect(page.locator("article")).to_have_css("color", "rgb(28, 36, 33)")
        page.emulate_media(media="screen")
    page.emulate_media(media="print")
    card = page.get_by_role("list", name="Resources").get_by_role("listitem").first
    expect(card).to_have_css("break-inside", "avoid")


def test_paper_gives_the_addresses_of_links(page: Page, site: str) -> None:
    """A link in the text of a printed chapter is followed by where it leads; parts are unfolded."""
    page.goto(site + "book/resources/cs329s.html")
    page.emulate_media(media="print")
    part = page.locator(".mg-syllabus li a").first
    content = part.evaluate("link => getComputedStyle(link, '::after').content")
    assert str(part.get_attribute("href")) in content or "attr(href)" in content
    expect(part).to_be_visible()


def test_nothing_moves_for_those_who_ask(new_page: Callable[..., Page], site: str) -> None:
    """Where a reader's system asks for less motion, no element takes time to change."""
    page = new_page(reduced_motion="reduce")
    page.goto(site)
    slow = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter((element) => {
          const { transitionDuration, animationDuration } = getComputedStyle(element);
          const durations = `${transitionDuration},${animationDuration}`.split(',');
          return Math.max(...durations.map(parseFloat)) > 0.01;
        }).map((element) => element.outerHTML.slice(0, 80))"""
    )
    assert slow == []
