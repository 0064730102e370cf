"""The charts of the published pages: loaded when near, right, and never the only way to read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from mlops_guide import charts, filter_catalog, load_catalog
from mlops_guide.explorer import plain_json
from mlops_guide.schema import FORMATS, LEVELS

CATALOG = load_catalog()
LIVE = '[data-mount="charts"]'
PLOTLY = re.compile(r"/plotly[^/]*\.js")

NewPage = Callable[..., Page]


def figures(selection: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the figures of a selection as they are written into a page."""
    return [plain_json(draw(selection, CATALOG)) for draw in charts.FIGURES]


def expect_table(figure: Locator, spec: dict[str, Any]) -> None:
    """Expect the numbers of a figure in the table under it."""
    header, rows = charts.table(spec)
    expect(figure.locator("thead th")).to_have_text(header)
    cells = list(chain.from_iterable(rows))
    expect(figure.locator("tbody :is(th, td)")).to_have_text(cells)


def expect_charts(page: Page, **filters: Any) -> None:
    """Expect the numbers of a selection in every table, and in what is drawn above it."""
    for i, spec in enumerate(figures(filter_catalog(CATALOG, **filters))):
        figure = page.locator(f"{LIVE} .mg-chart").nth(i)
        expect_table(figure, spec)
        drawn = figure.locator(".mg-plot").evaluate(
            "plot => plot.data.map(({ name, x, y }) => [name, [...x], [...y]])"
        )
        wanted = [[t["name"], *(charts._numbers(t[axis]) for axis in "xy")] for t in spec["data"]]
        assert drawn == wanted


def group(page: Page, name: str) -> Locator:
    """Return a facet of the explorer."""
    return page.get_by_role("group", name=name)


def checked(page: Page, name: str) -> Locator:
    """Return the chosen checkboxes of a facet."""
    return group(page, name).get_by_role("checkbox", checked=True)


def visible_boxes(marks: Locator) -> Iterable[FloatRect]:
    """Yield the boxes of the marks of a chart that have an area, in their order."""
    for mark in marks.all():
        box = mark.bounding_box()
        if box and box["width"] > 1 and box["height"] > 1:
            yield box


@pytest.fixture
def live(page: Page, site: str) -> Page:
    """Open the explorer's page and scroll to its charts, until they are drawn."""
    page.goto(site + "book/explore.html")
    page.locator(LIVE).scroll_into_view_if_needed()
    expect(page.locator(LIVE)).to_have_attribute("data-drawn", "")
    return page


def test_plotly_comes_from_the_book_and_only_when_near(page: Page, site: str) -> None:
    """A reader who does not scroll to the charts does not pay for them."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site + "book/explore.html", wait_until="networkidle")
    expect(page.get_by_role("status")).to_have_text(re.compile(r" resources$"))
    assert [url for url in asked if PLOTLY.search(url) or url.endswith("charts.js")] == []
    with page.expect_response(PLOTLY) as response:
        page.locator(LIVE).scroll_into_view_if_needed()
    assert response.value.url.startswith(site)
    expect(page.locator(LIVE)).to_have_attribute("data-drawn", "")
    assert len([url for url in asked if PLOTLY.search(url)]) == 1


def test_pages_without_charts_do_not_load_plotly(page: Page, site: str) -> None:
    """A chapter asks for no script of charts, however far it is scrolled."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site + "book/resources/cs329s.html", wait_until="networkidle")
    page.get_by_role("contentinfo").scroll_into_view_if_needed()
    assert [url for url in asked if PLOTLY.search(url) or url.endswith("page.js")] == []


def test_charts_follow_the_filter(live: Page) -> None:
    """Tables and bars hold the numbers that Python counts for the same selection."""
    expect_charts(live)
    group(live, "Format").get_by_role("checkbox", name="Course").check()
    expect_charts(live, format="course")
    live.get_by_role("searchbox", name="Search resources").fill("deploy")
    expect_charts(live, format="course", query="deploy")
    live.get_by_label("Sort by").select_option("Shortest")
    expect_charts(live, format="course", query="deploy", sort="shortest")
    live.get_by_role("button", name="Clear all").click()
    expect_charts(live, sort="shortest")


def test_charts_of_an_empty_selection_are_empty(live: Page) -> None:
    """Where nothing matches, no bar and no row is left over from before."""
    live.get_by_role("searchbox", name="Search resources").fill("zzzz")
    expect(live.locator(f"{LIVE} tbody tr")).to_have_count(0)
    expect_charts(live, query="zzzz")
    live.go_back()
    expect_charts(live)


def test_charts_opened_by_an_address_show_its_selection(page: Page, site: str) -> None:
    """Charts that are drawn late begin with the filter of the address."""
    page.goto(site + "book/explore.html?level=introductory")
    page.locator(LIVE).scroll_into_view_if_needed()
    expect(page.locator(LIVE)).to_have_attribute("data-drawn", "")
    expect_charts(page, level="introductory")


def test_a_click_on_a_bar_filters(live: Page) -> None:
    """A bar of topics by cost chooses its topic and its cost."""
    chart = live.locator(f"{LIVE} .mg-chart").first
    chart.scroll_into_view_if_needed()
    free = filter_catalog(CATALOG, cost="free")
    values = figures(CATALOG)[0]["layout"]["meta"]["values"]
    topic, title = next(pair for pair in values if not filter_catalog(free, topic=pair[0]).empty)
    box = next(iter(visible_boxes(chart.locator(".points path"))))
    live.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(checked(live, "Topic")).to_have_accessible_name(
        re.compile(rf"^{re.escape(title)} \d+$".replace("/", r"\/"))
    )
    expect(checked(live, "Cost")).to_have_accessible_name(re.compile(r"^Free \d+$"))
    expect(live).to_have_url(re.compile(rf"\?topic={topic}&cost=free$"))
    expect_charts(live, topic=topic, cost="free")
    live.go_back()
    expect_charts(live)


def test_a_click_on_a_point_chooses_its_level(live: Page) -> None:
    """A point of hours by level chooses the level that its resource has."""
    chart = live.locator(f"{LIVE} .mg-chart").nth(2)
    chart.scroll_into_view_if_needed()
    point = next(iter(visible_boxes(chart.locator(".points path"))))
    live.mouse.click(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    first = filter_catalog(CATALOG).dropna(subset="hours").iloc[0]["level"]
    name = re.compile(rf"^{LEVELS[first]} \d+$")
    expect(checked(live, "Level")).to_have_accessible_name(name)
    expect_charts(live, level=first)


def test_a_click_on_a_year_chooses_its_format(live: Page) -> None:
    """The year is no facet: a bar of years chooses the format that it is made of."""
    chart = live.locator(f"{LIVE} .mg-chart").nth(3)
    chart.scroll_into_view_if_needed()
    bar = next(iter(visible_boxes(chart.locator(".points path"))))
    live.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    dated = set(CATALOG.dropna(subset="year")["format"])
    first = next(value for value in FORMATS if value in dated)
    name = re.compile(rf"^{FORMATS[first]} \d+$")
    expect(checked(live, "Format")).to_have_accessible_name(name)
    expect_charts(live, format=first)


def test_the_charts_page_draws_every_figure(page: Page, site: str) -> None:
    """Each of the guide's figures is drawn with its bars or points when it is reached."""
    page.goto(site + "book/charts.html")
    expect(page.locator(".mg-chart")).to_have_count(len(charts.FIGURES))
    for figure in page.locator(".mg-chart").all():
        figure.scroll_into_view_if_needed()
        expect(figure.locator(".points path:visible").first).to_be_visible()
        plot, chart = figure.locator(".main-svg").first.bounding_box(), figure.bounding_box()
        assert plot and chart
        assert chart["x"] <= plot["x"]
        assert plot["x"] + plot["width"] <= chart["x"] + chart["width"]
    expect(page.locator("[data-drawn]")).to_have_count(len(charts.FIGURES))


@pytest.mark.parametrize("name", ["book/charts.html", "book/explore.html"])
def test_every_chart_is_a_table_without_javascript(
    new_page: NewPage, site: str, book: Path, name: str
) -> None:
    """The numbers of each chart stand in a table that opens without JavaScript."""
    page = new_page(java_script_enabled=False)
    page.goto(site + name)
    kinds = '[data-mount="figures"]' if name.endswith("charts.html") else LIVE
    shown = page.locator(f"{kinds} .mg-chart")
    expect(shown).to_have_count(len(charts.FIGURES))
    ordered = CATALOG if name.endswith("charts.html") else filter_catalog(CATALOG)
    for figure, spec in zip(shown.all(), figures(ordered), strict=True):
        title = spec["layout"]["title"]["text"]
        expect(figure.get_by_role("table")).to_be_hidden()
        figure.get_by_text(f"{title}: the numbers as a table").click()
        expect(figure.get_by_role("table")).to_be_visible()
        expect_table(figure, spec)


def test_the_colour_scheme_redraws_the_charts(page: Page, site: str) -> None:
    """Charts take the text colour of the page, also when the scheme changes afterwards."""
    page.goto(site + "book/charts.html")
    page.locator(".mg-chart").first.hover()
    label = page.locator(".mg-chart").first.locator(".ytick text").first
    caption = page.locator(".mg-chart figcaption").first
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        colours.append(caption.evaluate("element => getComputedStyle(element).color"))
        expect(label).to_have_css("fill", colours[-1])
    assert colours[0] != colours[1]
