"""The figures, beside plain counting, and their text alternatives."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest

from mlops_guide import charts, load_catalog, load_records
from mlops_guide.catalog import load_topics, to_frame
from mlops_guide.schema import COSTS, FORMATS, LEVELS

Figure = go.Figure

CATALOG = load_catalog()
EMPTY = CATALOG.iloc[:0]
FREE_COURSES = CATALOG[(CATALOG["cost"] == "free") & (CATALOG["format"] == "course")]
BARS: list[tuple[Callable[..., Figure], str, str, dict[str, str]]] = [
    (charts.topics_by_cost, "topics", "cost", COSTS),
    (charts.cost_by_format, "cost", "format", FORMATS),
    (charts.years, "year", "format", FORMATS),
]
SELECTIONS = {"whole": CATALOG, "free courses": FREE_COURSES, "nothing": EMPTY}


def titles(column: str) -> dict[str, str]:
    """Return the titles of a column's values."""
    known = {"topics": load_topics(), "cost": COSTS, "year": {}, "format": FORMATS}
    return known[column]


def counted(frame: pd.DataFrame, column: str, series: str) -> Counter[tuple[str, str]]:
    """Count a frame's pairs of category and series by their titles, the plain way."""
    pairs = frame[[column, series]].explode(column).dropna()
    names = titles(column)
    return Counter(
        (names.get(str(category), str(category)), titles(series)[value])
        for category, value in pairs.itertuples(index=False)
    )


def drawn(figure: Figure) -> Iterator[tuple[tuple[str, str], int]]:
    """Yield what each bar shows, by the titles of its category and series."""
    for trace in figure.data:
        across = trace.orientation == "h"
        categories, numbers = (trace.y, trace.x) if across else (trace.x, trace.y)
        for category, number in zip(categories, numbers, strict=True):
            yield (category, trace.name), number


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize(("draw", "column", "series", "values"), BARS)
def test_bars_count_right(
    draw: Callable[..., Figure], column: str, series: str, values: dict[str, str], selection: str
) -> None:
    """Bars show the numbers that plain counting gives, for a selection and for nothing."""
    frame = SELECTIONS[selection]

    bars = dict(drawn(draw(frame, CATALOG)))

    assert {pair: n for pair, n in bars.items() if n} == counted(frame, column, series)


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize(("draw", "column", "series", "values"), BARS)
def test_every_trace_is_always_there(
    draw: Callable[..., Figure], column: str, series: str, values: dict[str, str], selection: str
) -> None:
    """A figure has a trace for each value that the whole catalog has, whatever is selected."""
    present = [title for value, title in values.items() if value in set(CATALOG[series])]
    assert [trace.name for trace in draw(SELECTIONS[selection], CATALOG).data] == present


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize(("draw", "column", "series", "values"), BARS)
def test_the_whole_catalog_keeps_the_categories(
    draw: Callable[..., Figure], column: str, series: str, values: dict[str, str], selection: str
) -> None:
    """Categories, legend and layout stay those of the whole catalog while the selection changes."""
    whole, part = draw(CATALOG), draw(SELECTIONS[selection], CATALOG)

    def frame_of(figure: Figure) -> Any:
        shown = [
            (t.name, t.showlegend, list(t.y if t.orientation == "h" else t.x)) for t in figure.data
        ]
        return shown, figure.layout.meta, figure.layout.height

    assert frame_of(part) == frame_of(whole)


def test_no_two_values_look_alike() -> None:
    """Every format of the vocabulary has a colour and a pattern of its own."""
    rows = [{**load_records()[0], "format": name} for name in FORMATS]
    looks = [
        (trace.marker.color, trace.marker.pattern.shape)
        for trace in charts.cost_by_format(to_frame(rows)).data
    ]
    assert len(set(looks)) == len(FORMATS)


def test_years_without_a_resource_have_a_place() -> None:
    """The axis of years has no holes, so that a pause is seen as one."""
    known = CATALOG["year"].dropna().astype(int)

    shown = list(charts.years(CATALOG).data[0].x)

    assert shown == [str(year) for year in range(known.min(), known.max() + 1)]


@pytest.mark.parametrize("selection", SELECTIONS)
def test_points_are_the_known_hours(selection: str) -> None:
    """Hours by level has a point for each resource whose hours are known, and no other."""
    frame = SELECTIONS[selection]
    known = frame.dropna(subset="hours")

    [trace] = charts.hours_by_level(frame, CATALOG).data

    expected = zip(known["title"], known["level"].map(LEVELS), known["hours"], strict=True)
    assert list(zip(trace.text, trace.y, trace.x, strict=True)) == list(expected)


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("draw", charts.FIGURES)
def test_a_figure_is_plain_json_without_markup(draw: Callable[..., Figure], selection: str) -> None:
    """A figure of the guide is valid JSON, and neither it nor its table holds HTML."""
    text = draw(SELECTIONS[selection], CATALOG).to_json()

    spec = json.loads(text, parse_constant=pytest.fail)
    columns, rows = charts.table(spec)

    assert "<" not in text.replace("<extra></extra>", "")
    assert "<" not in str([columns, rows])


@pytest.mark.parametrize(
    ("draw", "column", "series", "first"),
    [
        (charts.topics_by_cost, "topics", "cost", "Topic"),
        (charts.cost_by_format, "cost", "format", "Cost"),
        (charts.years, "year", "format", "Year"),
    ],
)
def test_the_table_of_bars_holds_their_numbers(
    draw: Callable[..., Figure], column: str, series: str, first: str
) -> None:
    """The table has a row a category and a column a series, without those that are all zero."""
    counts = counted(FREE_COURSES, column, series)

    columns, rows = charts.table(json.loads(draw(FREE_COURSES, CATALOG).to_json()))

    order = [name for name in titles(series).values() if any(s == name for _, s in counts)]
    assert columns == [first, *order]
    assert {row[0] for row in rows} == {category for category, _ in counts}
    for row in rows:
        assert row[1:] == [str(counts[row[0], name]) for name in order]


def test_the_table_of_points_holds_their_numbers() -> None:
    """The table of hours has a row a point: title, level and hours."""
    known = CATALOG.dropna(subset="hours")

    columns, rows = charts.table(json.loads(charts.hours_by_level(CATALOG).to_json()))

    assert columns == ["Resource", "Level", "Hours"]
    hours = known["hours"].map("{:g}".format)
    expected = zip(known["title"], known["level"].map(LEVELS), hours, strict=True)
    assert [tuple(row) for row in rows] == list(expected)


@pytest.mark.parametrize("draw", charts.FIGURES)
def test_the_table_of_nothing_is_empty(draw: Callable[..., Figure]) -> None:
    """A figure of an empty selection has a table without rows."""
    assert charts.table(json.loads(draw(EMPTY, CATALOG).to_json()))[1] == []


SALES = pd.DataFrame(
    {
        "shop": ["north", "south", "north", "south"],
        "year": [2024, 2024, 2025, 2025],
        "sold": [3, 1, 4, 1],
        "share": [0.75, 0.25, 0.8, 0.2],
    }
)


@pytest.mark.parametrize(
    ("figure", "columns", "rows"),
    [
        (
            px.bar(SALES, x="shop", y="sold", color=SALES["year"].astype(str)),
            ["Category", "2024", "2025"],
            [["north", "3", "4"], ["south", "1", "1"]],
        ),
        (
            px.bar(SALES, x="share", y="shop", color=SALES["year"].astype(str), orientation="h"),
            ["Category", "2024", "2025"],
            [["north", "0.75", "0.8"], ["south", "0.25", "0.2"]],
        ),
        (
            px.line(SALES.iloc[::2], x="year", y="sold"),
            ["Category", "Series 1"],
            [["2024", "3"], ["2025", "4"]],
        ),
        (
            px.pie(SALES[:2], names="shop", values="sold"),
            ["Category", "Series 1"],
            [["north", "3"], ["south", "1"]],
        ),
        (
            px.bar(
                SALES[:2], x="shop", y="sold", facet_col="shop", color_discrete_sequence=["red"]
            ),
            ["Category", "Series 1", "Series 2"],
            [["north", "3", "0"], ["south", "0", "1"]],
        ),
        (
            go.Figure(go.Scatter(y=SALES["sold"], name="Sold", meta="x"), {"meta": "x"}),
            ["Category", "Sold"],
            [["0", "3"], ["1", "1"], ["2", "4"], ["3", "1"]],
        ),
        (
            px.scatter(SALES, x="shop", y="sold"),
            ["Category", "Series 1"],
            [["north", "3"], ["south", "1"], ["north", "4"], ["south", "1"]],
        ),
        (
            px.bar(SALES, x="shop", y="sold"),
            ["Category", "Series 1"],
            [["north", "3"], ["south", "1"], ["north", "4"], ["south", "1"]],
        ),
    ],
    ids=["grouped", "lying", "line", "pie", "facets", "no categories", "points", "repeated"],
)
def test_the_table_of_any_plotly_figure(
    figure: Figure, columns: list[str], rows: list[list[str]]
) -> None:
    """A figure that only plotly knows has its numbers in a table, packed arrays unpacked."""
    text = figure.to_json()
    spec = json.loads(text)

    assert "bdata" in text
    assert charts.table(spec) == (columns, rows)


@pytest.mark.parametrize("figure", [px.histogram(SALES, x="sold"), px.histogram(SALES, y="sold")])
def test_what_plotly_counts_itself_has_no_rows(figure: Figure) -> None:
    """A histogram, whose counts only plotly knows, is no error: its table is empty."""
    assert charts.table(json.loads(figure.to_json()))[1] == []


def test_marks_are_as_long_as_the_bars_count() -> None:
    """Until Plotly draws, a page shows the same numbers and styles, in percent of the longest."""
    figure = charts.plain_json(charts.topics_by_cost(CATALOG))

    styles, rows = charts.marks(figure)

    header, numbers = charts.table(figure)
    drawn = {
        t["name"]: (t["marker"]["color"], t["marker"]["pattern"]["shape"]) for t in figure["data"]
    }
    assert styles == [(name, *drawn[name]) for name in header[1:]]
    assert len({shape for _, _, shape in styles}) == len(styles)
    longest = max(sum(map(int, cells)) for _, *cells in numbers)
    assert [(label, int(end)) for label, end, _ in rows] == [
        (label, sum(map(int, cells))) for label, *cells in numbers
    ]
    for (_, *cells), (_, _, bars) in zip(numbers, rows, strict=True):
        wanted = [100 * int(cell) / longest for cell in cells if cell != "0"]
        assert [width for _, width, _ in bars] == pytest.approx(wanted)
        assert [start for start, _, _ in bars] == pytest.approx(
            [sum(wanted[:i]) for i in range(len(wanted))]
        )
    for (_, *cells), (_, _, bars) in zip(numbers, rows, strict=True):
        assert [i for _, _, i in bars] == [i for i, cell in enumerate(cells) if cell != "0"]


def test_marks_of_points_lie_on_a_logarithmic_axis() -> None:
    """Each resource with hours is one mark in the row of its level, none outside the row."""
    figure = charts.plain_json(charts.hours_by_level(CATALOG))

    styles, rows = charts.marks(figure)

    counted = CATALOG.dropna(subset=["hours"])["level"].value_counts()
    assert len(styles) == 1
    assert [(label, len(points)) for label, _, points in rows] == [
        (title, counted.get(level, 0)) for level, title in LEVELS.items()
    ]
    assert all(3 <= at <= 97 and not width for _, _, points in rows for at, width, _ in points)


@pytest.mark.parametrize(
    "figure",
    [
        px.line(x=["a", "b"], y=[1, 2]),
        px.pie(names=["a", "b"], values=[1, 2]),
        px.bar(x=["a", "b"], y=[1.5, 2]),
        px.bar(x=["a", "b"], y=[-1, 2]),
        charts.hours_by_level(EMPTY),
        go.Figure(),
    ],
    ids=["line", "pie", "fractions", "negative", "nothing", "empty"],
)
def test_other_figures_wait_without_marks(figure: Figure) -> None:
    """A figure that is not made of counted bars or points shows nothing until Plotly comes."""
    assert charts.marks(charts.plain_json(figure)) == ([], [])


def test_a_single_series_has_one_style() -> None:
    """Bars of one series, which need no legend, have marks of one style."""
    styles, rows = charts.marks(charts.plain_json(px.bar(x=["a", "b"], y=[1, 2])))

    assert len(styles) == 1
    assert [(label, end, bars[0][1]) for label, end, bars in rows] == [
        ("a", "1", 50),
        ("b", "2", 100),
    ]
