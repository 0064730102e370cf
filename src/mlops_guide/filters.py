"""The one meaning of a filter, over plain records; ``explorer.js`` holds the same in JavaScript.

A resource matches if it has, for every facet with a choice, one of the chosen
values (OR within a facet, AND between facets), and if every word of the query is
the start of one of its words. A range that has a bound needs a number that is known
and lies within it, the bounds included. The count of a value is the number of resources
that match the query, the ranges and the choices of every *other* facet and have that
value, as faceted search commonly counts (M. Hearst, "Search User Interfaces", 2009, ch. 8).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mlops_guide.catalog import Record, from_frame, load_topics, nearest
from mlops_guide.schema import FACETS, RANGES, SORTS, Facet

if TYPE_CHECKING:
    import pandas as pd

Bounds = tuple[float | None, float | None]
"""The lowest and the highest number of a range, both included; None leaves an end open."""

OPEN: Bounds = (None, None)
_WORD = re.compile(r"[^\W_]+")
_BOUNDS = re.compile(r"(\d{1,7}(?:\.\d{1,4})?)?\.\.(\d{1,7}(?:\.\d{1,4})?)?", re.ASCII)
_LAST = float("inf")


class FilterError(ValueError):
    """An unknown value of a filter; the message lists the allowed ones."""


@dataclass(frozen=True)
class Filters:
    """What a reader asked for.

    Attributes
    ----------
    topic, cost, format, level, hands_on, certificate, programming_language, status
        Chosen values of each facet; none chosen means all.
    hours, year
        Bounds of each range.
    query
        Words to search for.
    sort
        One of :data:`mlops_guide.schema.SORTS`.
    """

    topic: tuple[str, ...] = ()
    cost: tuple[str, ...] = ()
    format: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    hands_on: tuple[str, ...] = ()
    certificate: tuple[str, ...] = ()
    programming_language: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    hours: Bounds = OPEN
    year: Bounds = OPEN
    query: str = ""
    sort: str = "title"


FILTER_NAMES = tuple(field.name for field in fields(Filters))


def fold(text: str) -> str:
    """Return `text` without case, diacritics and Unicode forms.

    Compatibility decomposition (NFKD), marks removed, then each code point lower-, upper-
    and lower-cased (so that ẞ, ß and SS meet), by itself, so that no rule of context makes
    two languages differ.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    bare = (c for c in decomposed if not unicodedata.category(c).startswith("M"))
    upper = (up for c in bare for low in c.lower() for up in low.upper())
    return "".join(c.lower() for c in upper)


def words(text: str) -> list[str]:
    """Return the words of `text`, folded: its longest runs of letters and digits."""
    return _WORD.findall(fold(text))


def facet_values(facet: Facet, record: Record) -> tuple[str, ...]:
    """Return the values that a record has in a facet."""
    value = record[facet.column]
    many = value if isinstance(value, tuple) else (value,) if value else ()
    return tuple(dict.fromkeys(many))


def within(number: float | None, bounds: Bounds) -> bool:
    """Tell whether a number lies within bounds; an unknown one lies within open ones alone."""
    low, high = bounds
    if number is None:
        return low is None and high is None
    return (low is None or number >= low) and (high is None or number <= high)


def parse_bounds(text: str) -> Bounds:
    """Return the bounds that a text such as '2..10', '..10' or '2..' means.

    Raises
    ------
    FilterError
        If it is none of these.
    """
    found = _BOUNDS.fullmatch(text)
    if not found:
        raise FilterError(f"'{text}' is not a range; write it as 2..10, ..10 or 2..")
    low, high = (None if end is None else float(end) for end in found.groups())
    return low, high


def in_order(present: set[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return titles by value of what occurs: in the order known, then others by themselves."""
    ordered = [v for v in known if v in present] + sorted(present.difference(known))
    return {value: known.get(value, value) for value in ordered}


def matches(record: Record, filters: Filters, topics: Mapping[str, str]) -> bool:
    """Tell whether one record matches.

    Parameters
    ----------
    record
        A record of the catalog.
    filters
        What is asked for.
    topics
        Titles by topic, which the search reads too.
    """
    return FilterIndex([record], topics).select(filters) == [0]


class FilterIndex:
    """Records made ready to be filtered and counted many times.

    Parameters
    ----------
    records
        The catalog.
    topics
        Titles by topic, in order of display; a topic that is not among them is shown
        under its own name, after the others.
    """

    def __init__(self, records: Sequence[Record], topics: Mapping[str, str]):
        self.records = list(records)
        self._values = [[facet_values(f, r) for f in FACETS] for r in self.records]
        self.titles = {f.name: self._present(i, f, topics) for i, f in enumerate(FACETS)}
        self._haystacks = [self._haystack(record) for record in self.records]
        self._orders: dict[str, list[int]] = {}

    def _present(self, i: int, facet: Facet, topics: Mapping[str, str]) -> dict[str, str]:
        """Return titles by value of the values that occur, in order of display."""
        present = {value for values in self._values for value in values[i]}
        return in_order(present, topics if facet.name == "topic" else facet.values)

    def _haystack(self, record: Record) -> str:
        titles = self.titles["topic"]
        parts = [record["title"], *record["authors"], record["organization"]]
        parts += [titles[topic] for topic in record["topics"]] + [record["summary"]]
        return " " + " ".join(words(" ".join(parts)))

    def _order(self, sort: str) -> list[int]:
        """Return all positions in an order that has no ties: by `sort`, title, then id."""
        if sort not in self._orders:
            ranks = {level: rank for rank, level in enumerate(self.titles["level"])}

            def total(i: int) -> tuple[float, str, str]:
                record = self.records[i]
                key = {
                    "title": 0,
                    "newest": _LAST if record["year"] is None else -record["year"],
                    "shortest": _LAST if record["hours"] is None else record["hours"],
                    "level": ranks.get(record["level"], _LAST),
                }[sort]
                return key, " ".join(words(record["title"])), record["id"]

            self._orders[sort] = sorted(range(len(self.records)), key=total)
        return self._orders[sort]

    def select(self, filters: Filters) -> list[int]:
        """Return the positions of the records that match, in order."""
        return self.query(filters)[0]

    def query(self, filters: Filters) -> tuple[list[int], dict[str, dict[str, int]]]:
        """Return the positions that match, in order, and the counts by facet and value."""
        wanted = [frozenset(getattr(filters, facet.name)) for facet in FACETS]
        needles = [" " + word for word in words(filters.query)]
        counts = {name: dict.fromkeys(titles, 0) for name, titles in self.titles.items()}
        selected = []
        ranges = [(r.name, b) for r in RANGES if (b := getattr(filters, r.name)) != OPEN]
        for i in self._order(filters.sort):
            if not all(needle in self._haystacks[i] for needle in needles):
                continue
            if not all(within(self.records[i][name], bounds) for name, bounds in ranges):
                continue
            values = self._values[i]
            failed = [f for f, w in enumerate(wanted) if w and w.isdisjoint(values[f])]
            if not failed:
                selected.append(i)
            if len(failed) <= 1:
                for f in failed or range(len(FACETS)):
                    for value in values[f]:
                        counts[FACETS[f].name][value] += 1
        return selected, counts


def allowed_values(facet: str, titles: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the values that a filter may name: those that occur, and the vocabulary's."""
    known = next(f for f in FACETS if f.name == facet).values or _guide_topics()
    return list(dict.fromkeys([*titles.get(facet, ()), *known]))


@lru_cache(maxsize=1)
def _guide_topics() -> dict[str, str]:
    return load_topics()


def check_filters(
    values: Mapping[str, Any], titles: Mapping[str, Mapping[str, str]] | None = None
) -> Filters:
    """Return filters from loose arguments: one value or many for a facet, None for none.

    Parameters
    ----------
    values
        Values by name of a filter.
    titles
        Titles by facet and value of the catalog at hand (see :class:`FilterIndex`).

    Raises
    ------
    FilterError
        If a name or a value is unknown; the message lists the allowed ones.
    """
    for name in values:
        if name not in FILTER_NAMES:
            listed = ", ".join(FILTER_NAMES)
            hint = nearest(name, FILTER_NAMES)
            raise FilterError(f"unknown filter '{name}'{hint}; use one of: {listed}")
    checked: dict[str, Any] = {}
    for facet in FACETS:
        given = values.get(facet.name)
        single = isinstance(given, str) or not isinstance(given, Iterable | None)
        many = (given,) if single else tuple(given or ())
        allowed = allowed_values(facet.name, titles or {})
        for value in many:
            _check_one(facet.name, value, allowed)
        checked[facet.name] = tuple(dict.fromkeys(many))
    for span in RANGES:
        checked[span.name] = _check_bounds(span.name, values.get(span.name))
    checked["query"] = values.get("query") or ""
    checked["sort"] = values.get("sort") or "title"
    if not isinstance(checked["query"], str):
        raise FilterError(f"query is text, not {checked['query']!r}")
    _check_one("sort", checked["sort"], list(SORTS))
    return Filters(**checked)


def _check_one(name: str, value: Any, allowed: Iterable[str]) -> None:
    if value not in allowed:
        listed = ", ".join(allowed)
        hint = nearest(str(value), allowed)
        raise FilterError(f"unknown {name} '{value}'{hint}; use one of: {listed}")


def _check_bounds(name: str, value: Any) -> Bounds:
    """Return bounds from a pair of numbers or None, or from None."""
    pair = OPEN if value is None else value
    ends = tuple(pair) if isinstance(pair, Iterable) and not isinstance(pair, str) else ()
    numbers = all(
        end is None or (isinstance(end, int | float) and not isinstance(end, bool) and end == end)
        for end in ends
    )
    if len(ends) != 2 or not numbers:
        raise FilterError(
            f"{name} is a pair of the lowest and the highest number, None where it is open, "
            f"e.g. (None, 10); not {value!r}"
        )
    return ends


def filter_catalog(
    catalog: pd.DataFrame,
    *,
    topic: str | Iterable[str] | None = None,
    cost: str | Iterable[str] | None = None,
    format: str | Iterable[str] | None = None,
    level: str | Iterable[str] | None = None,
    hands_on: str | Iterable[str] | None = None,
    certificate: str | Iterable[str] | None = None,
    programming_language: str | Iterable[str] | None = None,
    status: str | Iterable[str] | None = None,
    hours: Bounds | None = None,
    year: Bounds | None = None,
    query: str | None = None,
    sort: str | None = None,
) -> pd.DataFrame:
    """Return the rows of a catalog that match, in the order asked for.

    Parameters
    ----------
    catalog
        A DataFrame with the catalog's columns (see :func:`mlops_guide.load_catalog`).
    topic, cost, format, level, hands_on, certificate, programming_language, status
        One value or many; a resource needs one of them. None means all.
    hours, year
        The lowest and the highest number, None where it is open, e.g. ``(None, 10)``.
    query
        Every word must be the start of a word of the resource.
    sort
        ``title`` (default), ``newest``, ``shortest`` or ``level``.

    Raises
    ------
    FilterError
        If a value is unknown; the message lists the allowed ones.
    CatalogError
        If a column is missing.
    """
    index = FilterIndex(from_frame(catalog), _guide_topics())
    asked = {
        "topic": topic,
        "cost": cost,
        "format": format,
        "level": level,
        "hands_on": hands_on,
        "certificate": certificate,
        "programming_language": programming_language,
        "status": status,
        "hours": hours,
        "year": year,
        "query": query,
        "sort": sort,
    }
    return catalog.iloc[index.select(check_filters(asked, index.titles))]


def facet_counts(catalog: pd.DataFrame, **filters: Any) -> dict[str, dict[str, int]]:
    """Return the number of resources by facet and value, under the given filters.

    Parameters
    ----------
    catalog
        A DataFrame with the catalog's columns.
    **filters
        As for :func:`filter_catalog`. The counts of a facet leave out its own choice.

    Raises
    ------
    FilterError
        If a name or a value is unknown.
    """
    index = FilterIndex(from_frame(catalog), _guide_topics())
    return index.query(check_filters(filters, index.titles))[1]
