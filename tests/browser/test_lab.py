"""The notebooks in a real JupyterLab with a real kernel, driven by clicks."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import Lab, eventually, running_lab
from playwright.sync_api import Locator, Page, expect

from mlops_guide import load_records
from mlops_guide.filters import Filters

ROOT = Path(__file__).parents[2]
RECORDS = load_records()
# The numbers of every figure as the browser has them, and its points' titles.
TRACES = """() => [...document.querySelectorAll(".js-plotly-plot")].map((plot) =>
  plot.data.map((trace) => ({name: trace.name, x: [...trace.x], text: [...(trace.text ?? [])]})))"""
Figures = list[list[dict[str, Any]]]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab that shows a copy of the book's notebooks and of the data."""
    root = tmp_path_factory.mktemp("notebooks")
    for notebook in (ROOT / "book").glob("*.ipynb"):
        shutil.copy(notebook, root)
    shutil.copytree(ROOT / "data", root / "data")
    with running_lab(root, tmp_path_factory.mktemp("jupyter")) as lab:
        yield lab


@pytest.fixture
def page(window: Page) -> Page:
    """The window for JupyterLab."""
    return window


def ids(column: str, value: str) -> list[str]:
    """Return the sorted ids of the resources with a value, straight from the data."""
    many = [(r["id"], r[column] if column == "topics" else (r[column],)) for r in RECORDS]
    return sorted(identifier for identifier, values in many if value in values)


def facet(explorer: Locator, title: str, value: str) -> Locator:
    """Return the checkbox of a facet's value."""
    # A name is a value's title and its count; "Free" begins "Freemium" too.
    name = re.compile(rf"^{re.escape(value)} \d+$")
    return explorer.get_by_role("group", name=title).get_by_role("checkbox", name=name)


def test_the_explorer_and_python_follow_each_other(lab: Lab, page: Page) -> None:
    """A click in the widget reaches Python, and what Python sets shows in the widget."""
    python = lab.run(page, "explore.ipynb")
    explorer = page.locator(".mg-explorer")
    status = explorer.get_by_role("status")
    expect(status).to_have_text(f"{len(RECORDS)} of {len(RECORDS)} resources")

    facet(explorer, "Cost", "Paid").click()
    paid = ids("cost", "paid")
    expect(status).to_have_text(f"{len(paid)} of {len(RECORDS)} resources")
    eventually(page, lambda: sorted(python("explorer.selected_ids")), paid)
    assert python("len(explorer.selection)") == len(paid)
    assert python("list(explorer.selection['id'])") == python("explorer.selected_ids")
    only_paid = json.loads(json.dumps(vars(Filters(cost=("paid",)))))
    assert python("explorer.filters") == only_paid

    python("0", "explorer.topic = ('testing',); explorer.cost = ()")
    testing = ids("topics", "testing")
    expect(status).to_have_text(f"{len(testing)} of {len(RECORDS)} resources")
    expect(facet(explorer, "Topic", "Testing")).to_be_checked()
    expect(facet(explorer, "Cost", "Paid")).not_to_be_checked()
    assert sorted(python("explorer.selected_ids")) == testing

    python("0", "explorer.filters = {'cost': 'free', 'query': 'learn', 'sort': 'newest'}")
    expect(explorer.get_by_role("searchbox")).to_have_value("learn")
    expect(explorer.get_by_role("combobox", name="Sort by")).to_have_value("newest")
    expect(facet(explorer, "Cost", "Free")).to_be_checked()
    expect(facet(explorer, "Topic", "Testing")).not_to_be_checked()
    titles = explorer.get_by_role("list", name="Resources").locator(".mg-card-title")
    expect(titles).to_have_text(python("list(explorer.selection['title'])"))


def test_the_charts_and_the_explorer_follow_each_other(lab: Lab, page: Page) -> None:
    """The figures show the selection of the explorer, and a click on a bar makes one."""
    python = lab.run(page, "explore.ipynb")
    explorer = page.locator(".mg-explorer")
    expect(page.locator(".js-plotly-plot")).to_have_count(5)

    def topics_by_cost_and_hours() -> tuple[dict[str, int], list[str]]:
        bars, _, points, *_ = page.evaluate(TRACES)
        sums = {trace["name"]: sum(trace["x"]) for trace in bars}
        return {k: v for k, v in sums.items() if v}, sorted(points[0]["text"])

    def wanted(cost: str) -> tuple[dict[str, int], list[str]]:
        rows = [record for record in RECORDS if record["cost"] == cost or not cost]
        titles = {"free": "Free", "freemium": "Freemium", "paid": "Paid"}
        counts = {
            title: sum(len(record["topics"]) for record in rows if record["cost"] == value)
            for value, title in titles.items()
        }
        counts = {title: count for title, count in counts.items() if count}
        return counts, sorted(record["title"] for record in rows if record["hours"] is not None)

    eventually(page, topics_by_cost_and_hours, wanted(""))
    facet(explorer, "Cost", "Paid").click()
    eventually(page, topics_by_cost_and_hours, wanted("paid"))
    python("0", "explorer.filters = {}")
    eventually(page, topics_by_cost_and_hours, wanted(""))

    free = page.locator(".js-plotly-plot").first.locator(".trace.bars").first
    bar = free.locator(".point path").locator("visible=true").first

    def click() -> list[str]:
        bar.hover(force=True)  # plotly takes the mouse by a layer over the bars
        bar.click(force=True)
        return list(python("explorer.cost"))

    eventually(page, click, ["free"])
    [topic] = python("explorer.topic")
    count = sum(r["cost"] == "free" and topic in r["topics"] for r in RECORDS)
    expect(explorer.get_by_role("status")).to_have_text(f"{count} of {len(RECORDS)} resources")
    expect(explorer.get_by_role("checkbox", checked=True)).to_have_count(2)


def test_ipywidgets_move_their_figure(lab: Lab, page: Page) -> None:
    """The reader's own controls change the chart below them."""
    lab.run(page, "explore.ipynb")
    rows = [r for r in RECORDS if r["year"] is not None and (r["hours"] or 999) <= 150]

    def shown() -> list[str]:
        figures: Figures = page.evaluate(TRACES)
        return sorted(figures[-1][0]["text"])

    expect(page.locator(".js-plotly-plot")).to_have_count(5)
    eventually(page, shown, sorted(r["title"] for r in rows))
    page.locator(".widget-toggle-buttons").get_by_role("button", name="paid").click()
    eventually(page, shown, sorted(r["title"] for r in rows if r["cost"] == "paid"))
    page.locator(".widget-toggle-buttons").get_by_role("button", name="any").click()
    page.locator(".widget-select-multiple select").select_option(["course"])
    eventually(page, shown, sorted(r["title"] for r in rows if r["format"] == "course"))


def test_the_charts_notebook_runs(lab: Lab, page: Page) -> None:
    """Each chart of the landscape is drawn by a kernel of the reader's own."""
    lab.run(page, "charts.ipynb")
    titles = ["Topics by cost", "Cost by format", "Hours by level", "Years of first publication"]
    expect(page.locator(".js-plotly-plot .gtitle")).to_have_text(titles)
