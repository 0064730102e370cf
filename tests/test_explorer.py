"""The explorer as a widget, without a browser."""

from __future__ import annotations

import builtins
import json
import subprocess
import sys
from typing import Any

import ipywidgets
import plotly.graph_objects as go
import pytest
import traitlets
from plotly.callbacks import InputDeviceState, Points

from mlops_guide import CatalogError, Explorer, FilterError, Twin, load_catalog, load_records
from mlops_guide.filters import Filters
from mlops_guide.payload import MOUNT_MIME

RECORDS = load_records()
CS329S = next(record for record in RECORDS if record["id"] == "cs329s")
NO_FILTERS = vars(Filters())
WIDGET_MIME = "application/vnd.jupyter.widget-view+json"


def resource(identifier: str, **facts: Any) -> dict[str, Any]:
    """Return a record of another catalog: one of ours with other facts."""
    return {**CS329S, "id": identifier, "title": identifier.title(), **facts}


OTHER = [
    resource("knots", topics=("rigging",), cost="paid", level="advanced", hours=3.0, year=1999),
    resource("sails", topics=("rigging", "testing"), cost="free", level="introductory", year=2020),
]


def ids(explorer: Explorer) -> set[str]:
    """Return the selected ids, once it is sure that the selection agrees with them."""
    assert tuple(explorer.selection["id"]) == explorer.selected_ids
    return set(explorer.selected_ids)


def test_opens_the_guides_catalog() -> None:
    """Without arguments the explorer shows the whole catalog of the guide."""
    explorer = Explorer()
    assert ids(explorer) == {record["id"] for record in RECORDS}
    assert len(explorer.catalog["resources"]) == len(RECORDS)
    assert explorer.filters == NO_FILTERS


@pytest.mark.parametrize(
    ("facet", "column", "value"),
    [("cost", "cost", "paid"), ("format", "format", "course"), ("level", "level", "introductory")],
)
def test_a_facet_selects_at_once(facet: str, column: str, value: str) -> None:
    """A facet's trait selects the resources with that value as soon as it is set."""
    explorer = Explorer()
    setattr(explorer, facet, (value,))
    assert ids(explorer) == {record["id"] for record in RECORDS if record[column] == value}
    assert explorer.filters == {**NO_FILTERS, facet: (value,)}


def test_topics_widen_and_facets_narrow() -> None:
    """Two topics select what has one of them; a cost besides narrows that."""
    explorer = Explorer(topic=["testing", "governance"])
    either = [r for r in RECORDS if {"testing", "governance"} & set(r["topics"])]
    assert ids(explorer) == {record["id"] for record in either}
    explorer.cost = "free"
    assert explorer.cost == ("free",)
    assert ids(explorer) == {record["id"] for record in either if record["cost"] == "free"}


def test_query_and_sort_apply_at_once() -> None:
    """A query selects by the start of words without case, and sort orders the selection."""
    explorer = Explorer(OTHER)
    explorer.sort = "newest"
    assert explorer.selected_ids == ("sails", "knots")
    explorer.query = "KNO"
    assert ids(explorer) == {"knots"}


def test_filters_set_and_tell_everything() -> None:
    """Filters set all their traits at once, and are told to observers as one change each time."""
    explorer = Explorer(cost="free")
    seen: list[dict[str, Any]] = []
    explorer.observe(lambda change: seen.append(change["new"]), "filters")
    explorer.filters = {"level": "intermediate", "query": "learning", "sort": "shortest"}
    wanted = {**NO_FILTERS, "level": ("intermediate",), "query": "learning", "sort": "shortest"}
    assert explorer.filters == wanted
    assert {name: getattr(explorer, name) for name in NO_FILTERS} == wanted
    assert seen == [wanted]
    assert ids(explorer) == set(Explorer(filters=wanted).selected_ids)
    explorer.query = ""
    assert seen == [wanted, {**wanted, "query": ""}]


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"topicc": "testing"}, r"'topicc'; did you mean 'topic'\?; use one of: .*'level'.*'sort'"),
        ({"topic": "testin"}, r"'testin'; did you mean 'testing'\?; use one of: .*governance"),
        ({"cost": ["free", "fre"]}, r"'fre'; did you mean 'free'\?; use one of: free, .*paid"),
        ({"sort": "newes"}, r"'newes'; did you mean 'newest'\?; use one of: title, newest"),
        ({"filters": {"levle": "x"}}, r"'levle'; did you mean 'level'\?; use one of: topic, cost"),
    ],
)
def test_unknown_words_are_refused(keywords: dict[str, Any], message: str) -> None:
    """A misspelt keyword or value is answered with the nearest one and all that are allowed."""
    with pytest.raises(FilterError, match=message):
        Explorer(**keywords)


def test_a_refused_value_changes_nothing() -> None:
    """After an unknown value the explorer is as it was."""
    explorer = Explorer(cost="paid")
    before = explorer.selected_ids
    with pytest.raises(FilterError, match="unknown cost 'gratis'"):
        explorer.cost = ("gratis",)
    with pytest.raises(FilterError, match="unknown format 'bok'"):
        explorer.filters = {"cost": "free", "format": "bok"}
    assert explorer.filters == {**NO_FILTERS, "cost": ("paid",)}
    assert explorer.selected_ids == before


@pytest.mark.parametrize("as_frame", [False, True])
def test_shows_another_catalog(as_frame: bool) -> None:
    """Records or a DataFrame with the same columns make an explorer of that catalog."""
    explorer = Explorer(OTHER)
    if as_frame:
        frame = load_catalog().iloc[[0, 0]].reset_index(drop=True)
        for column in ("id", "title", "topics", "cost", "level", "hours", "year"):
            frame[column] = [record[column] for record in OTHER]
        explorer = Explorer(frame, cost="paid")
        assert explorer.selection.equals(frame[frame["cost"] == "paid"])
    facets = {facet["name"]: dict(facet["values"]) for facet in explorer.catalog["facets"]}
    assert facets["topic"] == {"testing": "Testing", "rigging": "rigging"}
    assert list(facets["level"]) == ["introductory", "advanced"]
    explorer.filters = {"topic": "rigging", "sort": "shortest"}
    assert explorer.selected_ids == ("knots", "sails")
    assert [resource["id"] for resource in explorer.catalog["resources"]] == ["knots", "sails"]


def test_a_frame_without_a_column_is_refused() -> None:
    """A DataFrame that lacks a column of the catalog is answered with the column's name."""
    with pytest.raises(CatalogError, match="DataFrame:0:cost: missing-column"):
        Explorer(load_catalog().drop(columns="cost"))


def test_links_with_ipywidgets_controls() -> None:
    """Plain controls are linked to the facets, the query and the order, in both directions."""
    explorer = Explorer()
    topics = ipywidgets.SelectMultiple(options=["testing", "governance", "deployment"])
    words = ipywidgets.Text()
    orders = ipywidgets.ToggleButtons(options=["title", "newest", "shortest", "level"])
    traitlets.link((topics, "value"), (explorer, "topic"))
    traitlets.link((words, "value"), (explorer, "query"))
    traitlets.link((orders, "value"), (explorer, "sort"))
    topics.value = ("testing", "governance")
    words.value = "machine"
    orders.value = "newest"
    wanted = {"topic": ("testing", "governance"), "query": "machine", "sort": "newest"}
    assert explorer.filters == {**NO_FILTERS, **wanted}
    assert ids(explorer) == set(Explorer(filters=wanted).selected_ids)
    explorer.filters = {"topic": "deployment", "sort": "level"}
    assert (topics.value, words.value, orders.value) == (("deployment",), "", "level")


def test_links_with_range_sliders() -> None:
    """A range slider is linked to a range, whose bounds are both included."""
    explorer = Explorer(OTHER)
    slider = ipywidgets.IntRangeSlider(value=(1990, 2020), min=1990, max=2030)
    traitlets.dlink((slider, "value"), (explorer, "year"))  # a slider cannot show an open end
    assert ids(explorer) == {"knots", "sails"}
    slider.value = (2000, 2020)
    assert ids(explorer) == {"sails"}
    explorer.filters = {"hours": [None, 3]}
    assert explorer.hours == (None, 3)
    assert ids(explorer) == {"knots", "sails"} - {r["id"] for r in OTHER if (r["hours"] or 9) > 3}


def test_selection_without_pandas_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pandas is missing, the selection says so in one line and the ids still work."""
    original = builtins.__import__

    def without_pandas(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name="pandas")
        return original(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_pandas)
    explorer = Explorer(cost="paid")
    with pytest.raises(ImportError) as refusal:
        _ = explorer.selection
    assert str(refusal.value).startswith("explorer.selection needs pandas; selected_ids works")
    assert "\n" not in str(refusal.value)
    assert explorer.selected_ids


def bars_and_points(figures: Any) -> tuple[dict[str, int], set[str]]:
    """Return the sums of topics by cost that are not 0, and the titles of hours by level."""
    bars, _, points, _ = figures
    sums = {trace.name: sum(trace.x) for trace in bars.data}
    return {name: total for name, total in sums.items() if total}, set(points.data[0].text)


def expected(cost: str) -> tuple[dict[str, int], set[str]]:
    """Return the same for the resources of one cost, straight from the data."""
    rows = [record for record in RECORDS if record["cost"] == cost]
    count = sum(len(record["topics"]) for record in rows)
    return {cost.title(): count}, {
        record["title"] for record in rows if record["hours"] is not None
    }


def test_charts_follow_the_selection() -> None:
    """The figures show the selection from the start, and after each change of it."""
    explorer = Explorer(cost="paid")
    figures = explorer.charts()
    assert all(isinstance(figure, go.FigureWidget) for figure in figures)
    assert bars_and_points(figures) == expected("paid")
    explorer.cost = ("free",)
    assert bars_and_points(figures) == expected("free")
    explorer.filters = {"query": "no such words"}
    assert bars_and_points(figures) == ({}, set())


def test_charts_need_no_message_before_they_are_shown() -> None:
    """A figure's own state holds the selection: a browser not yet there misses no message."""
    figures = Explorer(cost="paid").charts()
    state = figures[0].get_state()
    sums = {trace["name"]: sum(trace["x"]) for trace in state["_widget_data"]}
    assert {name: total for name, total in sums.items() if total} == expected("paid")[0]
    assert [figure._last_trace_edit_id for figure in figures] == [0, 0, 0, 0]


def click(figure: go.FigureWidget, series: int, point: int) -> None:
    """Tell every trace of a figure of a click on one, as plotly does."""
    for i, trace in enumerate(figure.data):
        at = [point] if i == series else []
        x, y = [[values[n] for n in at] for values in (trace.x, trace.y)]
        points = Points(point_inds=at, xs=x, ys=y, trace_name=trace.name, trace_index=i)
        trace._dispatch_on_click(points, InputDeviceState())


def test_a_click_in_a_chart_chooses() -> None:
    """A click on a bar or a point chooses the facet values it stands for, and keeps others."""
    explorer = Explorer(query="machine")
    topics, costs, hours, years = explorer.charts()
    click(topics, 0, list(topics.data[0].y).index("Testing"))
    chosen = {**NO_FILTERS, "query": "machine", "topic": ("testing",), "cost": ("free",)}
    assert explorer.filters == chosen
    explorer.filters = {}
    books = [trace.name for trace in costs.data].index("Book")
    click(costs, books, list(costs.data[books].y).index("Paid"))
    assert explorer.filters == {**NO_FILTERS, "cost": ("paid",), "format": ("book",)}
    explorer.filters = {}
    click(hours, 0, list(hours.data[0].y).index("Introductory"))
    assert explorer.filters == {**NO_FILTERS, "level": ("introductory",)}
    explorer.filters = {}
    click(years, 0, 0)
    assert explorer.filters == {**NO_FILTERS, "format": ("course",)}


def test_shows_itself_live_and_on_the_page() -> None:
    """Explorer, charts and twin offer a widget for kernels and a mount for the static page."""
    explorer = Explorer(cost="paid")
    bundle, _ = explorer._repr_mimebundle_()
    assert WIDGET_MIME in bundle
    assert bundle[MOUNT_MIME]["kind"] == "explorer"
    assert bundle[MOUNT_MIME]["state"]["cost"] == ("paid",)

    charts = explorer.charts()
    bundle = charts._repr_mimebundle_()
    assert WIDGET_MIME in bundle
    assert bundle[MOUNT_MIME]["kind"] == "charts"
    assert len(bundle[MOUNT_MIME]["figures"]) == len(charts) == 4

    figure = go.Figure(go.Bar(x=["a"], y=[1]), {"template": "plotly_white"})
    slider = ipywidgets.IntSlider()
    bundle = Twin(slider, figure, note="Moves the bar.")._repr_mimebundle_()
    assert bundle[WIDGET_MIME]["model_id"] == slider.model_id
    mount = json.loads(json.dumps(bundle[MOUNT_MIME]))
    assert (mount["kind"], mount["note"]) == ("figures", "Moves the bar.")
    assert [shown["data"][0]["type"] for shown in mount["figures"]] == ["bar"]
    assert "template" not in mount["figures"][0]["layout"]


@pytest.mark.parametrize(
    ("code", "kept_out"),
    [
        ("import mlops_guide", ["pandas", "plotly", "anywidget", "sphinx", "pandera"]),
        ("from mlops_guide import Explorer; Explorer(cost='paid').selected_ids", ["pandas"]),
    ],
)
def test_loads_no_more_than_it_needs(code: str, kept_out: list[str]) -> None:
    """The package loads none of its large dependencies, and the explorer loads no pandas."""
    script = f"import sys\n{code}\nprint(sorted(sys.modules.keys() & {set(kept_out)}))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
