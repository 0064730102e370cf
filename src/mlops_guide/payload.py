"""What the explorer's JavaScript takes: the facets, and the facts that a card shows."""

from __future__ import annotations

from typing import Any

from mlops_guide.catalog import Record
from mlops_guide.filters import FilterIndex, Filters, facet_values
from mlops_guide.rules import is_web_address
from mlops_guide.schema import FACETS, RANGES, Facet

MOUNT_MIME = "application/vnd.mlops-guide.mount+json"
"""What a notebook says to the book: mount this here (see :mod:`mlops_guide.mime`)."""

Payload = dict[str, Any]


def explorer_payload(index: FilterIndex) -> Payload:
    """Return a catalog as the JSON that ``explorer.js`` takes.

    Parameters
    ----------
    index
        The catalog; its facets show the values that occur in it.

    Returns
    -------
    dict
        ``facets``: name, title, whether it is folded away, and pairs of value and title;
        ``ranges``: name and title; ``resources``: one object a resource, by title, with
        its values under the names of facets. Unknown facts are left out.
    """
    facets = [
        {
            "name": f.name,
            "title": f.title,
            "folded": f.folded,
            "values": [list(v) for v in index.titles[f.name].items()],
        }
        for f in FACETS
    ]
    return {
        "facets": facets,
        "ranges": [{"name": r.name, "title": r.title} for r in RANGES],
        "resources": [_resource(index.records[i]) for i in index.select(Filters())],
    }


def _resource(record: Record) -> dict[str, Any]:
    facts = {
        "id": record["id"],
        "title": record["title"],
        "url": record["url"] if is_web_address(record["url"]) else "",
        "chapter": f"book/resources/{record['id']}.html",
        "summary": record["summary"],
        **{f.name: _values(f, record) for f in FACETS},
        "cost_note": record["cost_note"],
        "cost_checked": record["cost_checked"],
        "hours": record["hours"],
        "effort": effort(record),
        "authors": ", ".join(record["authors"]),
        "organization": record["organization"],
        "year": record["year"],
    }
    always = ("id", "title", "summary")
    return {name: v for name, v in facts.items() if name in always or v not in (None, "")}


def _values(facet: Facet, record: Record) -> str | list[str]:
    """Return the values that a record has in a facet; that of a plain column as it is."""
    value = record[facet.column]
    return value if isinstance(value, str) else list(facet_values(facet, record))


def effort(record: Record) -> str:
    """Return the hours of a resource in words, e.g. 'about 27 hours' where estimated."""
    if record["hours"] is None:
        return ""
    unit = "hour" if record["hours"] == 1 else "hours"
    about = "about " if record["hours_basis"] == "estimated" else ""
    return f"{about}{record['hours']:g} {unit}"
