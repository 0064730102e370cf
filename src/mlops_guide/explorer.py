"""The explorer as a Jupyter widget, and the means to show a widget on the static page too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from mlops_guide.catalog import Record, from_frame, load_records, load_topics, nearest, to_frame
from mlops_guide.charts import FIGURES, plain_json
from mlops_guide.filters import (
    FILTER_NAMES,
    OPEN,
    FilterError,
    FilterIndex,
    Filters,
    check_filters,
)
from mlops_guide.payload import MOUNT_MIME, explorer_payload
from mlops_guide.schema import FACETS

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

STATIC = Path(__file__).parent / "static"

_FACET_NAMES = tuple(facet.name for facet in FACETS)


class _Choice(traitlets.Tuple):
    """Chosen values of a facet; one value may stand for itself."""

    def validate(self, obj: Any, value: Any) -> Any:
        return super().validate(obj, (value,) if isinstance(value, str) else value)


class _Bounds(traitlets.Tuple):
    """The lowest and the highest number of a range."""

    def __init__(self) -> None:
        super().__init__(default_value=OPEN)


class Explorer(anywidget.AnyWidget):
    """The catalog with facets, counts and search; live in Jupyter and in the published book.

    Parameters
    ----------
    catalog
        The guide's own catalog by default; else records, or a DataFrame with the same
        columns.
    topics
        Titles by topic, in order of display; the guide's own vocabulary by default.
    **traits
        Initial values of the traits below.

    Attributes
    ----------
    topic, cost, format, level, hands_on, certificate, programming_language, status : tuple of str
        Chosen values of each facet; ipywidgets controls can be linked to them.
    hours, year : tuple
        The lowest and the highest number, both included; None leaves an end open.
        A slider, which cannot show an open end, is linked by ``traitlets.dlink``.
    query, sort : str
        Words to search for, and the order of the results.
    filters : dict
        All of these at once; may be set and observed.
    selected_ids : tuple of str
        Ids of the resources that match, in order; right without a browser too.
    selection : pandas.DataFrame
        Their rows.

    Raises
    ------
    FilterError
        If a keyword or a value is unknown.
    CatalogError
        If the catalog lacks a column.
    """

    _esm = STATIC / "explorer.js"
    _css = STATIC / "explorer.css"

    catalog = traitlets.Dict(read_only=True).tag(sync=True)
    topic = _Choice().tag(sync=True)
    cost = _Choice().tag(sync=True)
    format = _Choice().tag(sync=True)
    level = _Choice().tag(sync=True)
    hands_on = _Choice().tag(sync=True)
    certificate = _Choice().tag(sync=True)
    programming_language = _Choice().tag(sync=True)
    status = _Choice().tag(sync=True)
    hours = _Bounds().tag(sync=True)
    year = _Bounds().tag(sync=True)
    query = traitlets.Unicode().tag(sync=True)
    sort = traitlets.Unicode("title").tag(sync=True)
    page_url = traitlets.Unicode(help="Address of a published explorer, for Copy link.").tag(
        sync=True
    )
    chapters_url = traitlets.Unicode(help="Address of a published book, for titles.").tag(sync=True)
    filters = traitlets.Dict()
    selected_ids = traitlets.Tuple()

    def __init__(
        self,
        catalog: Sequence[Record] | pd.DataFrame | None = None,
        *,
        topics: Mapping[str, str] | None = None,
        **traits: Any,
    ):
        self._frame = None
        if catalog is None:
            records: Sequence[Record] = load_records()
        elif hasattr(catalog, "columns"):
            self._frame = catalog
            records = from_frame(catalog)
        else:
            records = catalog
        self._index = FilterIndex(records, load_topics() if topics is None else topics)
        settable = [*FILTER_NAMES, "filters", "page_url", "chapters_url", "layout"]
        for name in traits:
            if name not in settable:
                hint = nearest(name, settable)
                raise FilterError(f"unknown keyword '{name}'{hint}; use one of: {settable}")
        # Before the widget opens: what it opens with cannot be lost on the way to a browser.
        self.set_trait("catalog", explorer_payload(self._index))
        self._follow()
        for name, value in traits.items():
            setattr(self, name, value)
        super().__init__()

    @traitlets.validate(*FILTER_NAMES)
    def _known(self, proposal: Any) -> Any:
        name = proposal["trait"].name
        return getattr(check_filters({name: proposal["value"]}, self._index.titles), name)

    @traitlets.validate("filters")
    def _complete(self, proposal: Any) -> dict[str, Any]:
        return vars(check_filters(proposal["value"], self._index.titles))

    @traitlets.observe("filters")
    def _spread(self, change: Any) -> None:
        with self.hold_trait_notifications():
            for name, value in change["new"].items():
                setattr(self, name, value)

    @traitlets.observe(*FILTER_NAMES)
    def _follow(self, change: Any = None) -> None:
        current = Filters(**{name: getattr(self, name) for name in FILTER_NAMES})
        self.filters = vars(current)
        positions = self._index.select(current)
        self.selected_ids = tuple(self._index.records[i]["id"] for i in positions)

    @property
    def whole(self) -> pd.DataFrame:
        """All rows of the catalog, as :func:`mlops_guide.load_catalog` gives them.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        if self._frame is None:
            try:
                self._frame = to_frame(self._index.records)
            except ImportError as error:
                advice = (
                    "explorer.selection needs pandas; selected_ids works without it "
                    "(in a browser kernel, run 'import pandas' in a cell of its own first)"
                )
                raise ImportError(advice) from error
        return self._frame

    @property
    def selection(self) -> pd.DataFrame:
        """The rows that match, in order; raises ImportError as :attr:`whole` does."""
        return self.whole.iloc[self._index.select(Filters(**self.filters))]

    def charts(self) -> Charts:
        """Return the guide's figures as plotly FigureWidgets that follow the selection.

        Returns
        -------
        Charts
            A list of ``plotly.graph_objects.FigureWidget`` that shows itself as a whole.
        """
        return Charts(self)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle, metadata = super()._repr_mimebundle_(**kwargs)
        state = {name: getattr(self, name) for name in ("catalog", *FILTER_NAMES)}
        return {**bundle, MOUNT_MIME: {"kind": "explorer", "state": state}}, metadata


class Charts(list["go.FigureWidget"]):
    """Figures that follow an explorer; displayed as a whole, in Jupyter and on the page.

    Parameters
    ----------
    explorer
        The explorer whose selection they show.
    """

    def __init__(self, explorer: Explorer):
        self._all = explorer.whole
        self._draw = FIGURES
        super().__init__(live(draw(explorer.selection, self._all)) for draw in FIGURES)
        self._explorer = explorer
        for widget in self:
            for trace in widget.data:
                trace.on_click(self._choose)
        explorer.observe(self._update, "selected_ids")

    def _choose(self, trace: Any, points: Any, state: Any) -> None:
        """Choose what a clicked bar or point stands for, where that is a facet's value."""
        if not points.point_inds:  # plotly tells every trace of the figure
            return
        meta = trace.figure.layout.meta
        upright = meta["kind"] == "bars" and trace.orientation == "v"
        category = str((points.xs if upright else points.ys)[0])
        chosen = {meta["category"]: next(v for v, title in meta["values"] if title == category)}
        if "series" in meta:
            chosen[meta["series"]] = meta["series_values"][points.trace_index][0]
        facets = {name: (value,) for name, value in chosen.items() if name in _FACET_NAMES}
        self._explorer.filters = {**self._explorer.filters, **facets}

    def _update(self, change: Any = None) -> None:
        """Move the numbers of the selection into the traces, which stay as they are."""
        selection = self._explorer.selection
        for widget, draw in zip(self, self._draw, strict=True):
            new = draw(selection, self._all)
            with widget.batch_update():
                for old_trace, new_trace in zip(widget.data, new.data, strict=True):
                    old_trace.update(x=new_trace.x, y=new_trace.y)
                    if new_trace.text is not None:
                        old_trace.text = new_trace.text

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        import ipywidgets

        bundle = ipywidgets.VBox(list(self))._repr_mimebundle_(**kwargs)
        figures = [plain_json(draw(self._explorer.selection, self._all)) for draw in self._draw]
        return {**bundle, MOUNT_MIME: {"kind": "charts", "figures": figures}}


def live(figure: go.Figure) -> go.FigureWidget:
    """Return a figure as a widget that reaches the browser whole, in one message.

    ``go.FigureWidget(figure)`` opens without traces and sends them after; a browser that
    is busy with the first message loses the second, and shows empty axes.
    """
    import plotly.graph_objects as go

    class Whole(go.FigureWidget):
        def open(self) -> None:
            if self._widget_data:
                super().open()

    widget = Whole(figure)
    widget._config = {"displayModeBar": False, "responsive": True}  # axes are fixed: no tools
    widget.open()
    return widget


class Twin:
    """A Jupyter widget and what stands for it on the static page.

    Parameters
    ----------
    widget
        Any ipywidgets widget, shown wherever a kernel runs.
    figure
        A plotly figure: the widget's result as it is when the book is built.
    note
        A sentence for readers of the page: what they would control with a kernel.
    """

    def __init__(self, widget: Any, figure: go.Figure, note: str):
        self._widget = widget
        self._figure = figure
        self._note = note

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = self._widget._repr_mimebundle_(**kwargs)
        mount = {"kind": "figures", "figures": [plain_json(self._figure)], "note": self._note}
        return {**bundle, MOUNT_MIME: mount}
