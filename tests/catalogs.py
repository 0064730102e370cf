"""Small catalogs for tests: from the shared cases, and at random."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from mlops_guide.catalog import Record
from mlops_guide.filters import facet_values
from mlops_guide.schema import (
    COSTS,
    FACETS,
    FORMATS,
    LEVELS,
    RANGES,
    RESOURCE_COLUMNS,
    SORTS,
    STATUSES,
    YES_NO,
    Facet,
)

CASES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "cases" / "filters.json").read_text(encoding="utf-8")
)
TOPICS = ("design", "monitoring", "training", "x")
TOPIC_TITLES = {"design": "System design", "monitoring": "Überwachung", "training": "Training"}


def complete(facts: dict[str, Any]) -> Record:
    """Return a record with every column, unknown where `facts` says nothing."""
    empty: dict[str, Any] = {"list": (), "number": None, "integer": None}
    record = {column.name: empty.get(column.kind, "") for column in RESOURCE_COLUMNS}
    typed = {k: tuple(v) if isinstance(v, list) else v for k, v in facts.items()}
    return {**record, "url": "https://example.org/", **typed}


# Characters that this Python knows: a browser may know a newer Unicode.
_KNOWN = st.characters(exclude_categories=("Cs", "Cn", "Co")).filter(
    lambda c: unicodedata.category(c) != "Cn"
)
_WORDY = st.sampled_from("aAbBéÉßẞσςΣİıſǆﬁ１０_-/ .'\u0301\u0308\u200d𐐀𐐨あЖ٣")
TEXT = st.text(st.one_of(_WORDY, _KNOWN), max_size=12)

RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "title": TEXT,
            "authors": st.lists(TEXT.filter(lambda text: ", " not in text), max_size=2),
            "organization": TEXT,
            "summary": TEXT,
            "topics": st.lists(st.sampled_from(TOPICS), max_size=3, unique=True),
            "cost": st.sampled_from(list(COSTS)),
            "format": st.sampled_from(list(FORMATS)[:4]),
            "level": st.sampled_from(["", *LEVELS]),
            "hands_on": st.sampled_from(["", *YES_NO]),
            "certificate": st.sampled_from(["", *YES_NO]),
            "programming_languages": st.lists(
                st.sampled_from(["Python", "none", "C++", "é"]), max_size=2, unique=True
            ),
            "status": st.sampled_from(list(STATUSES)),
            "hours": st.none() | st.sampled_from([0.0, 1.0, 2.5, 100.0]),
            "year": st.none() | st.integers(1990, 1993),
        }
    ),
    max_size=12,
).map(lambda rows: [complete({"id": f"r-{i}", **row}) for i, row in enumerate(rows)])


@st.composite
def filters(draw: st.DrawFn, records: list[Record]) -> dict[str, Any]:
    """Draw filters, mostly of values and words that the records have."""
    texts = [text for r in records for text in (r["title"], r["summary"], *r["authors"]) if text]
    prefix = st.sampled_from(texts or [""]).flatmap(
        lambda text: st.integers(0, len(text)).map(lambda n: text[:n])
    )

    def chosen(facet: Facet) -> st.SearchStrategy[list[str]]:
        present = sorted({value for r in records for value in facet_values(facet, r)})
        some = (
            st.lists(st.sampled_from(present), max_size=2, unique=True) if present else st.just([])
        )
        # A facet in four is used: with all of them hardly anything would ever match.
        return st.one_of(*[st.just([])] * 3, some)

    end = st.none() | st.sampled_from([0, 1, 2.5, 3, 1990, 1992])
    return {
        **{facet.name: draw(chosen(facet)) for facet in FACETS},
        **{
            r.name: draw(st.one_of(st.just([None, None]), st.lists(end, min_size=2, max_size=2)))
            for r in RANGES
        },
        "query": draw(st.one_of(st.just(""), prefix, TEXT)),
        "sort": draw(st.sampled_from(list(SORTS))),
    }
