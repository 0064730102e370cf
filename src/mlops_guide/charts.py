"""Plotly figures of a selection; pure functions from a DataFrame to a figure.

The second argument of each function is the catalog that categories and traces are
taken from, where these should stay while the selection in the first argument changes:
so a figure can follow a selection trace by trace. Its ``layout.meta`` says what is
counted; ``charts.js`` redraws it from that alone.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from math import log
from typing import TYPE_CHECKING, Any

from mlops_guide.catalog import Record, from_frame, load_topics
from mlops_guide.filters import facet_values, in_order
from mlops_guide.schema import FACETS, LEVELS

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

# Hues that stay apart for colour-blind readers and keep 3:1 on white and on our dark
# ground; a pattern says the same without colour, and parts the values that share a hue.
_GREEN, _AMBER, _PINK, _BLUE, _VIOLET, _GREY = (
    "#1a8f6c",
    "#b5771c",
    "#c2528f",
    "#4f7fd1",
    "#8a6fd1",
    "#7d8590",
)
_STYLES = (
    (_GREEN, ""),
    (_AMBER, "/"),
    (_PINK, "x"),
    (_BLUE, "-"),
    (_VIOLET, "."),
    (_GREY, "+"),
    (_GREEN, "|"),
    (_AMBER, "x"),
    (_PINK, "-"),
    (_BLUE, "."),
)
_OTHER = (_GREY, "\\")
STROKES = {
    "/": "M-1 1 1-1M0 6 6 0M5 7 7 5",
    "\\": "M-1 5 1 7M0 0 6 6M5-1 7 1",
    "x": "M0 0 6 6M0 6 6 0",
    "-": "M0 3h6",
    "|": "M3 0v6",
    "+": "M0 3h6M3 0v6",
    ".": "M2 3h2",
}
"""Plotly's patterns as paths of SVG in a square of 6, for the marks that wait for Plotly."""
Style = tuple[str, str, str]
Row = tuple[str, str, list[tuple[float, float, int]]]
_FACETS = {facet.name: facet for facet in FACETS}


def topics_by_cost(catalog: pd.DataFrame, whole: pd.DataFrame | None = None) -> go.Figure:
    """Return bars: resources by topic, stacked by cost."""
    return _bars(catalog, whole, "Topics by cost", "topic", "cost", horizontal=True)


def cost_by_format(catalog: pd.DataFrame, whole: pd.DataFrame | None = None) -> go.Figure:
    """Return bars: resources by cost, stacked by format."""
    return _bars(catalog, whole, "Cost by format", "cost", "format", horizontal=True)


def hours_by_level(catalog: pd.DataFrame, whole: pd.DataFrame | None = None) -> go.Figure:
    """Return points: the hours of each resource (logarithmic axis), by level."""
    import plotly.graph_objects as go

    known = [record for record in from_frame(catalog) if record["hours"] is not None]
    trace = go.Scatter(
        x=[record["hours"] for record in known],
        y=[LEVELS.get(record["level"], record["level"]) for record in known],
        text=[record["title"] for record in known],
        mode="markers",
        marker={"size": 12, "color": _BLUE, "opacity": 0.75},
        hovertemplate="%{text}: %{x} hours<extra></extra>",
        name="Resources",
    )
    meta = {"kind": "points", "category": "level", "values": _pairs(LEVELS)}
    figure = go.Figure(trace, _layout("Hours by level", meta, len(LEVELS)))
    figure.update_xaxes(type="log", title="Hours", dtick=1, minor={"dtick": "D1"})
    return figure.update_yaxes(categoryorder="array", categoryarray=list(LEVELS.values())[::-1])


def years(catalog: pd.DataFrame, whole: pd.DataFrame | None = None) -> go.Figure:
    """Return bars: resources by year of first publication, stacked by format."""
    return _bars(catalog, whole, "Years of first publication", "year", "format", horizontal=False)


FIGURES = (topics_by_cost, cost_by_format, hours_by_level, years)


def plain_json(figure: go.Figure) -> Any:
    """Return a figure as plain JSON, without its template, which the page brings itself."""
    spec = json.loads(figure.to_json())
    spec["layout"].pop("template", None)
    return spec


def table(figure: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return the text alternative of a figure of bars or points: header and rows.

    Parameters
    ----------
    figure
        The figure as plotly's JSON.

    Returns
    -------
    tuple
        Column titles; and rows of text: one a category, with a column a trace; for
        points one a point.
    """
    meta = figure["layout"].get("meta")
    meta = meta if isinstance(meta, Mapping) else {}
    traces = figure["data"]
    if meta.get("kind") == "points":
        points = zip(traces[0]["text"], traces[0]["y"], traces[0]["x"], strict=True)
        header = ["Resource", _FACETS[meta["category"]].title, "Hours"]
        return header, [[title, level, f"{hours:g}"] for title, level, hours in points]
    cells: dict[tuple[str, int], dict[int, str]] = {}
    names = [str(trace.get("name") or f"Series {i + 1}") for i, trace in enumerate(traces)]
    for i, trace in enumerate(traces):
        seen: Counter[str] = Counter()  # a category may come again, e.g. one bar upon another
        for category, value in _points(trace):
            seen[category] += 1
            cells.setdefault((category, seen[category]), {})[i] = value
    used = [i for i in range(len(names)) if any(row.get(i, "0") != "0" for row in cells.values())]
    first = meta.get("category", "")
    title = _FACETS[first].title if first in _FACETS else first.capitalize() or "Category"
    rows = [[category, *(row.get(i, "0") for i in used)] for (category, _), row in cells.items()]
    header = [title, *(names[i] for i in used)]
    return header, [row for row in rows if any(cell != "0" for cell in row[1:])]


def marks(figure: Mapping[str, Any]) -> tuple[list[Style], list[Row]]:
    """Return what a page shows of a figure of bars or points until Plotly draws it.

    Returns
    -------
    tuple
        The styles: name, colour and pattern (a key of ``STROKES``, or empty) of each trace. And
        rows: the label, the text at the end, and marks, each with its start and its width (0 for
        a point) in percent of the row and the number of its style. Both are empty where a figure
        is of another kind.
    """
    kinds = {trace.get("type", "scatter") for trace in figure["data"]}
    header, rows = table(figure)
    known = {str(trace.get("name")): _style(trace) for trace in figure["data"]}
    meta = figure["layout"].get("meta")
    if isinstance(meta, Mapping) and meta.get("kind") == "points":
        shown = _points_by_row(rows)
        return list(known.values()) if shown else [], shown
    if kinds != {"bar"} or not all(cell.isdecimal() for row in rows for cell in row[1:]):
        return [], []
    longest = max((sum(map(int, row[1:])) for row in rows), default=0)
    bars: list[Row] = []
    for label, *cells in rows:
        ends = list(accumulate(map(int, cells), initial=0))
        parts = [
            (100 * start / longest, 100 * (end - start) / longest, i)
            for i, (start, end) in enumerate(pairwise(ends))
            if end > start
        ]
        bars.append((label, str(ends[-1]), parts))
    return [known.get(name, (name, _GREY, "")) for name in header[1:]] if bars else [], bars


def _style(trace: Mapping[str, Any]) -> Style:
    """Return name, colour and pattern of a trace; what differs by bar is left to Plotly."""
    marker = trace.get("marker") or {}
    color, shape = marker.get("color"), (marker.get("pattern") or {}).get("shape")
    known = isinstance(shape, str) and shape in STROKES
    return (
        str(trace.get("name") or ""),
        color if isinstance(color, str) else _GREY,
        str(shape) if known else "",
    )


def _points_by_row(rows: Sequence[Sequence[str]]) -> list[Row]:
    """Return points by their category, on the logarithmic axis of all of them."""
    values = [(level, log(float(hours))) for _, level, hours in rows if float(hours) > 0]
    if not values:
        return []
    least, most = min(v for _, v in values), max(v for _, v in values)
    scale = 94 / (most - least or 1)
    return [
        (
            level,
            "",
            [
                (round(3 + (value - least) * scale, 3), 0, 0)
                for other, value in values
                if other == level
            ],
        )
        for level in LEVELS.values()
    ]


def _numbers(values: Any) -> list[Any]:
    """Return the values of a trace; plotly packs arrays as base64 (``bdata``)."""
    if isinstance(values, Mapping):
        import numpy as np

        return list(np.frombuffer(b64decode(values["bdata"]), dtype=values["dtype"]).tolist())
    return list(values if values is not None else ())


def _points(trace: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield category and value of each bar, point or slice of a trace, as text.

    Without categories plotly counts from 0; without values (a histogram) it counts the
    categories itself, and nothing is yielded.
    """
    categories, values = ("labels", "values") if trace.get("type") == "pie" else ("x", "y")
    if trace.get("orientation") == "h":
        categories, values = values, categories
    numbers = _numbers(trace.get(values))
    names = _numbers(trace.get(categories)) or range(len(numbers))
    for category, value in zip(names, numbers, strict=False):
        shown = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
        yield str(category), shown


def _values(record: Record, name: str) -> tuple[str, ...]:
    """Return the values that a record has in a facet, or its year, as text."""
    if name == "year":
        return (str(record["year"]),) if record["year"] is not None else ()
    return facet_values(_FACETS[name], record)


def _titles(name: str, records: Sequence[Record]) -> dict[str, str]:
    """Return titles by value of what occurs in a facet, or of a span of years, in order."""
    present = {value for record in records for value in _values(record, name)}
    if name == "year":
        span = [int(year) for year in present]
        return {str(y): str(y) for y in range(min(span), max(span) + 1)} if span else {}
    return in_order(present, load_topics() if name == "topic" else _FACETS[name].values)


def _bars(
    catalog: pd.DataFrame,
    whole: pd.DataFrame | None,
    title: str,
    category: str,
    series: str,
    *,
    horizontal: bool,
) -> go.Figure:
    """Return stacked bars of counts by category (a facet, or the year) and series (a facet)."""
    import plotly.graph_objects as go

    records = from_frame(catalog)
    everything = records if whole is None else from_frame(whole)
    categories, titles = _titles(category, everything), _titles(series, everything)
    counts = Counter(
        (c, s) for r in records for c in _values(r, category) for s in _values(r, series)
    )
    figure = go.Figure()
    styles = dict(zip(_FACETS[series].values, _STYLES, strict=False))
    for value, name in titles.items():
        labels = list(categories.values())
        numbers = [counts[c, value] for c in categories]
        color, shape = styles.get(value, _OTHER)
        pattern = {"shape": shape, "fillmode": "overlay", "size": 6, "solidity": 0.3}
        figure.add_bar(
            x=numbers if horizontal else labels,
            y=labels if horizontal else numbers,
            name=name,
            orientation="h" if horizontal else "v",
            marker={"color": color, "pattern": pattern},
            hovertemplate=f"{name}: %{{{'x' if horizontal else 'y'}}}<extra></extra>",
        )
    meta = {
        "kind": "bars",
        "category": category,
        "values": _pairs(categories),
        "series": series,
        "series_values": _pairs(titles),
    }
    figure.update_layout(_layout(title, meta, len(categories) if horizontal else 6))
    step = {"dtick": 1} if max(counts.values(), default=0) <= 8 else {}
    axis = figure.layout.xaxis if horizontal else figure.layout.yaxis
    axis.update(rangemode="tozero", **step)
    return figure.update_yaxes(autorange="reversed") if horizontal else figure


def _pairs(titles: Mapping[str, str]) -> list[list[str]]:
    return [list(pair) for pair in titles.items()]


def _layout(title: str, meta: dict[str, Any], rows: int) -> dict[str, Any]:
    return {
        "title": {"text": title, "x": 0, "xref": "paper"},
        "meta": meta,
        "barmode": "stack",
        "height": 150 + 26 * rows,
        "margin": {"l": 10, "r": 10, "t": 60, "b": 60},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
        "showlegend": meta["kind"] == "bars",
        "xaxis": {"automargin": True, "fixedrange": True},
        "yaxis": {"automargin": True, "fixedrange": True},
        "template": "plotly_white",
        "font": {"size": 13},
    }
