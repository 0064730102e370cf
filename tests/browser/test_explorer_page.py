"""The explorer on the published page, in a real browser, as readers use it.

What is expected is computed from the catalog in Python, so that a new row breaks nothing.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from explorer_page import (
    CATALOG,
    EXPLORE,
    NOTHING,
    RECORDS,
    TITLES,
    TOTAL,
    box,
    cards,
    chips,
    dead_end,
    expect_selection,
    more_filters,
    result,
    search_box,
)
from playwright.sync_api import Page, expect

from conftest import PHONE
from mlops_guide import facet_counts, filter_catalog
from mlops_guide.schema import FACETS, SORTS

NewPage = Callable[..., Page]


@pytest.fixture
def explorer(page: Page, site: str) -> Page:
    """Open the explorer's page and wait until it is alive."""
    page.goto(site + EXPLORE)
    expect(page.get_by_role("status")).to_have_text(f"{TOTAL} of {TOTAL} resources")
    return page


def test_choices_widen_a_facet_and_narrow_the_others(explorer: Page) -> None:
    """Each choice changes the results and the counts of the other facets, not of its own."""
    expect_selection(explorer)
    first, second = list(TITLES["format"])[:2]
    box(explorer, "format", first).check()
    expect_selection(explorer, format=first)
    assert facet_counts(CATALOG, format=first)["format"] == facet_counts(CATALOG)["format"]
    box(explorer, "format", second).check()
    expect_selection(explorer, format=[first, second])
    box(explorer, "cost", "free").check()
    expect_selection(explorer, format=[first, second], cost="free")
    box(explorer, "format", first).uncheck()
    expect_selection(explorer, format=second, cost="free")


def test_dead_ends_stay_visible_but_disabled(explorer: Page) -> None:
    """A value that would find nothing is shown with 0, and cannot be chosen."""
    topic, kind = dead_end()
    expect(box(explorer, "format", kind)).to_be_enabled()
    box(explorer, "topic", topic).check()
    expect(box(explorer, "format", kind)).to_be_visible()
    expect(box(explorer, "format", kind)).to_be_disabled()
    expect(box(explorer, "format", kind)).to_have_accessible_name(f"{TITLES['format'][kind]} 0")


def test_a_chosen_value_can_always_be_dropped(explorer: Page) -> None:
    """A checked value stays enabled when its count falls to 0."""
    box(explorer, "cost", "free").check()
    search_box(explorer).fill(NOTHING)
    expect(box(explorer, "cost", "free")).to_have_accessible_name("Free 0")
    expect(box(explorer, "cost", "free")).to_be_enabled()
    box(explorer, "cost", "free").uncheck()
    expect(box(explorer, "cost", "free")).to_be_disabled()


@pytest.mark.parametrize("query", ["jean-françois", "JEAN FRANCOIS", "crespo techn", "franc"])
def test_search_finds_starts_of_words(explorer: Page, query: str) -> None:
    """Every word of the query is the start of a word, whatever its case and diacritics."""
    search_box(explorer).press_sequentially(query)
    expect_selection(explorer, query=query)
    found = cards(explorer).filter(has_text="Hidden Technical Debt in Machine Learning Systems")
    expect(found).to_have_count(1)


@pytest.mark.parametrize("query", ["rancois", f"crespo {NOTHING}"])
def test_search_needs_every_word_from_its_start(explorer: Page, query: str) -> None:
    """The inside of a word is not found, nor a resource that lacks one of the words."""
    search_box(explorer).fill(query)
    expect_selection(explorer, query=query)
    expect(cards(explorer).filter(has_text="Hidden Technical Debt")).to_have_count(0)


def test_results_are_sorted_as_asked(explorer: Page) -> None:
    """Each order of the list is the one that the catalog gives in Python."""
    for sort, title in SORTS.items():
        explorer.get_by_label("Sort by").select_option(title)
        expect_selection(explorer, sort=sort)


def test_chips_name_the_filters_and_remove_them(explorer: Page) -> None:
    """Every active filter is a chip, and a click on it takes back that filter alone."""
    kind = next(iter(TITLES["format"]))
    box(explorer, "cost", "free").check()
    box(explorer, "format", kind).check()
    search_box(explorer).fill("m")
    named = ["Cost: Free", f"Format: {TITLES['format'][kind]}", "Search: m"]
    expect(chips(explorer)).to_have_text([f"Remove filter {name}" for name in named])
    explorer.get_by_role("button", name="Remove filter Cost: Free").click()
    expect_selection(explorer, format=kind, query="m")
    expect(box(explorer, "cost", "free")).not_to_be_checked()
    explorer.get_by_role("button", name="Remove filter Search: m").click()
    expect_selection(explorer, format=kind)
    expect(search_box(explorer)).to_have_value("")


def test_clear_all_takes_back_every_filter(explorer: Page) -> None:
    """Clear all empties facets and search, and goes away when nothing is left to clear."""
    clear = explorer.get_by_role("button", name="Clear all")
    expect(clear).to_be_hidden()
    box(explorer, "cost", "free").check()
    search_box(explorer).fill("m")
    clear.click()
    expect_selection(explorer)
    expect(chips(explorer)).to_have_count(0)
    expect(clear).to_be_hidden()


def test_a_card_tells_what_a_reader_decides_by(explorer: Page, book: Path) -> None:
    """Each card has its facts, a link to a chapter that exists and one to the resource."""
    for record in RECORDS:
        title = explorer.get_by_role("link", name=record["title"], exact=True)
        card = cards(explorer).filter(has=title)
        expect(card).to_have_count(1)
        href = card.get_by_role("link", name=record["title"], exact=True).evaluate(
            "link => link.href"
        )
        assert (book / urlsplit(href).path.lstrip("/")).is_file(), href
        source = card.get_by_role("link", name=re.compile("^Source: "))
        expect(source).to_have_attribute("href", record["url"])
        facts = [record["summary"], *(TITLES["topic"][topic] for topic in record["topics"])]
        facts += [TITLES[name][record[name]] for name in ("cost", "format", "level")]
        facts += [*record["authors"], record["organization"], str(record["year"] or "")]
        if record["hours"]:
            facts.append(f"{record['hours']:g} hour")
        checked = record["cost_checked"]
        facts.append(f"Cost checked {checked}" if checked else "Cost not checked yet")
        for fact in facts:
            expect(card).to_contain_text(fact)


def test_an_empty_result_offers_the_way_out(page: Page, site: str) -> None:
    """Where nothing matches, the page names the filter to drop, and its button drops it."""
    topic, kind = dead_end()
    page.goto(f"{site}{EXPLORE}?topic={topic}&format={kind}&sort=newest")
    expect_selection(page, topic=topic, format=kind, sort="newest")
    ways = {"topic": len(filter_catalog(CATALOG, format=kind))}
    ways["format"] = len(filter_catalog(CATALOG, topic=topic))
    best = max(ways, key=lambda name: ways[name])
    dropped = f"{best.title()}: {TITLES[best][{'topic': topic, 'format': kind}[best]]}"
    button = page.get_by_role("button", name=f"Drop “{dropped}”")
    expect(page.locator(".mg-empty")).to_contain_text(f"Without “{dropped}” there ")
    expect(page.locator(".mg-empty")).to_contain_text(re.compile(rf" {ways[best]} resources?\."))
    button.click()
    expect(button).to_be_hidden()
    kept = {"topic": topic, "format": kind, best: None}
    expect_selection(page, sort="newest", **kept)


def test_copy_link_gives_the_same_selection_to_others(new_page: NewPage, site: str) -> None:
    """The copied link, opened by somebody else, shows the same choice and results."""
    mine = new_page(permissions=["clipboard-read", "clipboard-write"])
    mine.goto(site + EXPLORE)
    box(mine, "cost", "free").check()
    search_box(mine).fill("système déploy")
    mine.get_by_label("Sort by").select_option("Newest")
    mine.get_by_role("button", name="Copy link").click()
    expect(mine.get_by_text("Link copied.")).to_be_visible()
    link = mine.evaluate("navigator.clipboard.readText()")
    assert link.startswith(site + EXPLORE + "?")
    theirs = new_page()
    theirs.goto(link)
    expect(box(theirs, "cost", "free")).to_be_checked()
    expect(search_box(theirs)).to_have_value("système déploy")
    expect(theirs.get_by_label("Sort by")).to_have_value("newest")
    expect_selection(theirs, cost="free", query="système déploy", sort="newest")


def test_copy_link_works_without_a_clipboard(page: Page, site: str) -> None:
    """Where the browser refuses the clipboard, the link is shown, selected, for copying by hand."""
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(site + EXPLORE + "?cost=free")
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_role("textbox", name="Link to this selection")
    expect(field).to_have_value(site + EXPLORE + "?cost=free")
    expect(field).to_be_focused()


def test_downloads_hold_the_selection(explorer: Page) -> None:
    """CSV and JSON hold the selected resources in order, under the catalog's column names."""
    box(explorer, "cost", "free").check()
    explorer.get_by_label("Sort by").select_option("Shortest")
    expect_selection(explorer, cost="free", sort="shortest")
    selection = filter_catalog(CATALOG, cost="free", sort="shortest")
    chosen = [record for i in selection["id"] for record in RECORDS if record["id"] == i]
    with explorer.expect_download() as csv_file:
        explorer.get_by_role("button", name="Download CSV").click()
    assert csv_file.value.suggested_filename == "resources.csv"
    with csv_file.value.path().open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    with explorer.expect_download() as json_file:
        explorer.get_by_role("button", name="Download JSON").click()
    assert json_file.value.suggested_filename == "resources.json"
    objects = json.loads(json_file.value.path().read_text(encoding="utf-8"))
    for found in (rows, objects):
        assert [row["id"] for row in found] == [record["id"] for record in chosen]
    for row, fact, record in zip(rows, objects, chosen, strict=True):
        assert set(row) <= set(record)
        assert row["topics"] == ";".join(record["topics"])
        assert fact["topics"] == list(record["topics"])
        assert fact["authors"] == list(record["authors"])
        assert row["authors"] == ";".join(record["authors"])
        for name in ("title", "url", "summary", "cost", "format", "level", "cost_checked"):
            assert row[name] == record[name] == fact.get(name, "")
        assert row["hours"] == (f"{record['hours']:g}" if record["hours"] else "")


def test_a_download_runs_nothing_in_a_spreadsheet(explorer: Page, site: str) -> None:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    cells = ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "＝1", 'say "hi", you', "a-b", "5"]
    text = explorer.evaluate(
        "async ([module, cells]) => (await import(module)).toCsv("
        "cells.map((title, i) => ({ id: `r${i}`, title, authors: title })))",
        [f"{site}_static/mlops-guide/explorer.js", cells],
    )
    rows = list(csv.DictReader(text.splitlines(), strict=True))
    defused = [f"'{cell}" for cell in cells[:6]] + cells[6:]
    assert [row["title"] for row in rows] == defused
    assert [row["authors"] for row in rows][:6] == defused[:6]


def test_the_address_is_the_state(explorer: Page, site: str) -> None:
    """Every choice stands in the address, and opening that address brings the choice back."""
    topics = list(TITLES["topic"])[1:3]
    for topic in topics:
        box(explorer, "topic", topic).check()
    search_box(explorer).fill("ml & é")
    explorer.get_by_label("Sort by").select_option("Level")
    asked = urlencode([*(("topic", topic) for topic in topics), ("q", "ml & é"), ("sort", "level")])
    expect(explorer).to_have_url(f"{site}{EXPLORE}?{asked}")
    explorer.reload()
    for topic in topics:
        expect(box(explorer, "topic", topic)).to_be_checked()
    expect(search_box(explorer)).to_have_value("ml & é")
    expect_selection(explorer, topic=topics, query="ml & é", sort="level")
    explorer.get_by_role("button", name="Clear all").click()
    expect(explorer).to_have_url(f"{site}{EXPLORE}?sort=level")


def test_back_and_forward_walk_through_choices(explorer: Page, site: str) -> None:
    """Back takes one choice back at a time, and Forward makes it again."""
    kind = next(iter(TITLES["format"]))
    box(explorer, "cost", "free").check()
    box(explorer, "format", kind).check()
    expect(explorer).to_have_url(f"{site}{EXPLORE}?cost=free&format={kind}")
    explorer.go_back()
    expect(box(explorer, "format", kind)).not_to_be_checked()
    expect_selection(explorer, cost="free")
    explorer.go_back()
    expect_selection(explorer)
    expect(explorer).to_have_url(site + EXPLORE)
    explorer.go_forward()
    expect_selection(explorer, cost="free")
    explorer.go_forward()
    expect_selection(explorer, cost="free", format=kind)


def test_typing_makes_one_entry_of_history(explorer: Page) -> None:
    """A whole word typed is one step back, not a step a letter."""
    before = explorer.evaluate("history.length")
    search_box(explorer).press_sequentially("deploy")
    expect_selection(explorer, query="deploy")
    expect(explorer).to_have_url(re.compile(r"\?q=deploy$"))
    assert explorer.evaluate("history.length") == before + 1
    explorer.go_back()
    expect(search_box(explorer)).to_have_value("")
    expect_selection(explorer)


@pytest.mark.parametrize(
    "address",
    [
        "?topic=nope&cost=&level=__proto__&sort=constructor&page=2&hours=9&year=a..b&status=1",
        "?topic=%E0%A4%A&&=&q=",
        "?#x",
    ],
)
def test_nonsense_in_the_address_is_ignored(page: Page, site: str, address: str) -> None:
    """What the catalog does not know changes nothing and breaks nothing."""
    page.goto(site + EXPLORE + address)
    expect_selection(page)
    box(page, "cost", "free").check()
    expect_selection(page, cost="free")


def _described(page: Page) -> Iterator[tuple[list[str], list[str]]]:
    for card in cards(page).all():
        links = card.get_by_role("link").evaluate_all("links => links.map((link) => link.href)")
        texts = [" ".join(text.split()) for text in card.locator("p, li").all_text_contents()]
        yield texts, links


def test_readers_without_javascript_get_the_same_cards(explorer: Page, new_page: NewPage) -> None:
    """Every card has the same words and the same links with and without JavaScript."""
    plain = new_page(java_script_enabled=False)
    plain.goto(explorer.url)
    expect(cards(plain)).to_have_count(TOTAL)
    assert sorted(_described(plain)) == sorted(_described(explorer))
    expect(plain.locator(".mg-noscript")).to_be_visible()
    result(plain, RECORDS[0]["title"]).click()
    expect(plain.get_by_role("heading", level=1)).to_be_visible()
    assert plain.url.endswith(f"book/resources/{RECORDS[0]['id']}.html")


def test_every_facet_works_on_a_phone(new_page: NewPage, site: str) -> None:
    """On a phone nothing sticks out, and the last value of each facet can be tapped."""
    page = new_page(viewport=PHONE, has_touch=True)
    page.goto(site + EXPLORE)
    more_filters(page).tap()
    for facet in FACETS:
        value = list(TITLES[facet.name])[-1]
        box(page, facet.name, value).tap()
        expect_selection(page, **{facet.name: value})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.get_by_role("button", name="Clear all").tap()
    expect_selection(page)


def test_dark_mode_has_its_own_colours(new_page: NewPage, site: str) -> None:
    """Cards are dark on light in light mode, and light on dark in dark mode."""
    look = "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
    brightness = {}
    for scheme in ("light", "dark"):
        page = new_page(color_scheme=scheme)
        page.goto(site + EXPLORE)
        colours = cards(page).first.evaluate(look)
        brightness[scheme] = [sum(map(int, re.findall(r"\d+", c)[:3])) for c in colours]
    assert brightness["light"][0] < brightness["light"][1]
    assert brightness["dark"][0] > brightness["dark"][1]
