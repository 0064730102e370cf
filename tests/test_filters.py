"""The meaning of a filter, in Python; test_parity.py runs the same through JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogs import CASES, RECORDS, TEXT, TOPIC_TITLES, complete, filters
from mlops_guide import FilterError, facet_counts, filter_catalog, load_catalog
from mlops_guide.catalog import to_frame
from mlops_guide.filters import (
    FilterIndex,
    Filters,
    check_filters,
    fold,
    matches,
    parse_bounds,
    words,
)
from mlops_guide.schema import FACETS

SHARED = FilterIndex([complete(facts) for facts in CASES["records"]], CASES["topics"])


def ids(index: FilterIndex, chosen: Filters) -> list[str]:
    """Return the ids that match, in order."""
    return [index.records[i]["id"] for i in index.select(chosen)]


def as_filters(values: dict[str, Any]) -> Filters:
    """Return filters from plain values."""
    return Filters(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["why"])
def test_shared_case(case: dict[str, Any]) -> None:
    """The cases that Python and JavaScript share come out as they say."""
    selected, counts = SHARED.query(as_filters(case["filters"]))
    assert [SHARED.records[i]["id"] for i in selected] == case["ids"]
    assert {name: counts[name] for name in case.get("counts", ())} == case.get("counts", {})


@settings(deadline=None)
@given(st.data())
def test_a_result_is_what_matches(data: st.DataObject) -> None:
    """The selection holds exactly the records that match one by one, without repeats."""
    records = data.draw(RECORDS)
    chosen = as_filters(data.draw(filters(records)))
    index = FilterIndex(records, TOPIC_TITLES)
    expected = {r["id"] for r in records if matches(r, chosen, TOPIC_TITLES)}
    found = ids(index, chosen)
    assert set(found) == expected
    assert len(found) == len(expected)


@settings(deadline=None)
@given(st.data())
def test_a_count_is_the_size_of_a_choice(data: st.DataObject) -> None:
    """The count of a value is what choosing it alone in its facet would select."""
    records = data.draw(RECORDS)
    values = data.draw(filters(records))
    index = FilterIndex(records, TOPIC_TITLES)
    counts = index.query(as_filters(values))[1]
    for facet in FACETS:
        for value, count in counts[facet.name].items():
            alone = as_filters({**values, facet.name: [value]})
            assert count == len(index.select(alone))


@settings(deadline=None)
@given(st.data())
def test_more_choices_within_a_facet_never_narrow(data: st.DataObject) -> None:
    """A second value in a facet that has a choice keeps everything selected before."""
    records = data.draw(RECORDS)
    values = data.draw(filters(records))
    index = FilterIndex(records, TOPIC_TITLES)
    for facet in FACETS:
        if values[facet.name]:
            wider = {**values, facet.name: list(index.titles[facet.name])}
            assert set(ids(index, as_filters(values))) <= set(ids(index, as_filters(wider)))


@settings(deadline=None)
@given(RECORDS, st.randoms())
def test_the_order_does_not_depend_on_the_file(records: list[Any], random: Any) -> None:
    """The order of results is total: shuffled rows come out the same."""
    shuffled = list(records)
    random.shuffle(shuffled)
    for sort in ("title", "newest", "shortest", "level"):
        chosen = Filters(sort=sort)
        assert ids(FilterIndex(records, {}), chosen) == ids(FilterIndex(shuffled, {}), chosen)


@given(TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    """Folded text is folded: query and catalog meet in one form."""
    assert fold(fold(text)) == fold(text)


@given(TEXT)
def test_case_does_not_matter(text: str) -> None:
    """Upper and lower case of a text have the same words."""
    assert words(text.upper()) == words(text.lower()) == words(text)


def test_arguments_take_one_value_or_many() -> None:
    """A facet may be given as text, as a list or as None."""
    catalog = load_catalog()
    one = filter_catalog(catalog, format="course", cost=None)
    many = filter_catalog(catalog, format=["course"], cost=[])
    assert list(one["id"]) == list(many["id"])
    assert set(one["format"]) == {"course"}
    assert len(filter_catalog(catalog)) == len(catalog)


def test_selected_rows_are_the_catalogs_own() -> None:
    """Filtering keeps columns, types and index labels of the rows it selects."""
    catalog = load_catalog()
    selected = filter_catalog(catalog, topic="monitoring", sort="newest", query="drift")
    assert list(selected.columns) == list(catalog.columns)
    assert selected.equals(catalog.loc[selected.index])


def test_counts_of_a_frame() -> None:
    """facet_counts leaves a facet's own choice out of its counts."""
    frame = to_frame(SHARED.records)
    assert facet_counts(frame, cost="paid")["cost"] == {"free": 3, "freemium": 2, "paid": 1}
    assert facet_counts(frame, cost="paid")["format"]["course"] == 0


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"cost": "gratis"}, "unknown cost 'gratis'; use one of: free, freemium, paid"),
        ({"format": ["course", "boook"]}, "unknown format 'boook'; did you mean 'book'?; use one"),
        ({"topic": "monitorng"}, "did you mean 'monitoring'?"),
        ({"level": 3}, "unknown level '3'"),
        ({"sort": "oldest"}, "unknown sort 'oldest'"),
        ({"query": 7}, "query is text, not 7"),
        ({"hours": 10}, "hours is a pair of the lowest and the highest number"),
        ({"hours": "10"}, "not '10'"),
        ({"year": (2020,)}, "e.g. (None, 10); not (2020,)"),
        ({"year": (2020, "now")}, "year is a pair"),
        ({"hours": (None, float("nan"))}, "hours is a pair"),
        ({"topics": "monitoring"}, "unknown filter 'topics'; did you mean 'topic'?"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_an_unknown_value_is_refused(asked: dict[str, Any], message: str) -> None:
    """An unknown name or value raises an error that lists what is allowed and the nearest."""
    with pytest.raises(FilterError) as caught:
        facet_counts(load_catalog(), **asked)
    assert message in str(caught.value)


def test_a_known_value_that_does_not_occur_selects_nothing() -> None:
    """A value of the vocabulary that no resource has is not an error."""
    paid = load_catalog().query("cost == 'paid'")
    assert filter_catalog(paid, cost="free").empty
    assert check_filters({"format": "podcast"}).format == ("podcast",)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [("2..10", (2, 10)), ("..10.5", (None, 10.5)), ("2020..", (2020, None)), ("..", (None, None))],
)
def test_a_range_has_a_short_form(text: str, bounds: Any) -> None:
    """Two dots part the lowest from the highest number, and either may be left out."""
    assert parse_bounds(text) == bounds


@pytest.mark.parametrize("text", ["", "10", "1...2", "-1..2", "a..b", "1..2..3", "１..２", "1e3.."])
def test_what_is_not_a_range_is_refused(text: str) -> None:
    """Anything else is answered with the form that a range has."""
    with pytest.raises(FilterError, match=re.escape(f"'{text}' is not a range; write it as 2..10")):
        parse_bounds(text)
