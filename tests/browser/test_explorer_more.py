"""The filters that the explorer folds away: more facets, and ranges of numbers."""

from __future__ import annotations

import re

import pytest
from explorer_page import EXPLORE, TOTAL, box, chips, ends, expect_selection, more_filters
from playwright.sync_api import Page, expect


@pytest.fixture
def explorer(page: Page, site: str) -> Page:
    """Open the explorer's page and wait until it is alive."""
    page.goto(site + EXPLORE)
    expect(page.get_by_role("status")).to_have_text(f"{TOTAL} of {TOTAL} resources")
    return page


def test_more_filters_are_folded_until_they_are_used(explorer: Page, site: str) -> None:
    """What is folded away is not in the way, and stands open where an address asks for it."""
    expect(explorer.get_by_role("group", name="Hands-on", exact=True)).to_be_hidden()
    more_filters(explorer).click()
    box(explorer, "hands_on", "yes").check()
    box(explorer, "status", "frozen").check()
    expect_selection(explorer, hands_on="yes", status="frozen")
    explorer.reload()
    expect(box(explorer, "hands_on", "yes")).to_be_checked()
    expect_selection(explorer, hands_on="yes", status="frozen")
    explorer.get_by_role("button", name="Remove filter Status: Frozen").click()
    expect_selection(explorer, hands_on="yes")
    explorer.goto(f"{site}{EXPLORE}?year=2022..")
    expect(ends(explorer, "Year")[0]).to_have_value("2022")
    expect_selection(explorer, year=(2022, None))


def test_a_range_has_two_ends_and_each_may_be_open(explorer: Page, site: str) -> None:
    """Numbers typed into a range filter at once, stand in the address, and can be wiped."""
    more_filters(explorer).click()
    low, high = ends(explorer, "Hours")
    high.press_sequentially("10")
    expect_selection(explorer, hours=(None, 10))
    expect(explorer).to_have_url(f"{site}{EXPLORE}?hours=..10")
    low.press_sequentially("2.5")
    expect_selection(explorer, hours=(2.5, 10))
    expect(explorer).to_have_url(f"{site}{EXPLORE}?hours=2.5..10")
    expect(chips(explorer)).to_have_text(["Remove filter Hours: 2.5 to 10"])
    high.fill("")
    expect_selection(explorer, hours=(2.5, None))
    explorer.get_by_role("button", name="Remove filter Hours: from 2.5").click()
    expect(low).to_have_value("")
    expect_selection(explorer)


def test_back_takes_a_range_back(explorer: Page) -> None:
    """A number typed is one step back, and Back empties its field."""
    more_filters(explorer).click()
    low, _ = ends(explorer, "Year")
    before = explorer.evaluate("history.length")
    low.press_sequentially("2022")
    expect_selection(explorer, year=(2022, None))
    expect(explorer).to_have_url(re.compile(r"\?year=2022\.\.$"))
    assert explorer.evaluate("history.length") == before + 1
    explorer.go_back()
    expect(low).to_have_value("")
    expect_selection(explorer)


def test_an_impossible_range_offers_the_way_out(page: Page, site: str) -> None:
    """A range that holds nothing is named as the filter to drop, and its button drops it."""
    page.goto(f"{site}{EXPLORE}?year=3000..&cost=free")
    expect_selection(page, year=(3000, None), cost="free")
    page.get_by_role("button", name="Drop “Year: from 3000”").click()
    expect_selection(page, cost="free")
