"""The MLOps guide: one catalog of learning resources, and the ways to filter it.

Importing the package loads nothing but the standard library; pandas, plotly and
anywidget are imported by the names that need them, when these are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlops_guide.catalog import CatalogError, load_catalog, load_records, load_topics
from mlops_guide.filters import FilterError, facet_counts, filter_catalog

if TYPE_CHECKING:
    from mlops_guide.explorer import Explorer, Twin, live

__version__ = "0.1.0"

__all__ = [
    "CatalogError",
    "Explorer",
    "FilterError",
    "Twin",
    "facet_counts",
    "filter_catalog",
    "live",
    "load_catalog",
    "load_records",
    "load_topics",
]


def __getattr__(name: str) -> Any:
    if name in ("Explorer", "Twin", "live"):
        from mlops_guide import explorer

        return getattr(explorer, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
