"""The catalog keeps what CONTRIBUTING.md promises of its selection."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from mlops_guide import load_records, load_topics
from mlops_guide.catalog import load_table, to_cell
from mlops_guide.schema import FACETS, FORMATS, LEVELS, RANGES

RECORDS = {record["id"]: record for record in load_records()}
EFFORT = [*(facet.column for facet in FACETS), *(span.name for span in RANGES), "hours_basis"]
MOST_UNKNOWN = 0.1


def test_there_is_enough_to_choose_from() -> None:
    """The catalog has at least 120 resources, of every level, and 3 of every format."""
    formats = Counter(record["format"] for record in RECORDS.values())
    assert len(RECORDS) >= 120
    assert {record["level"] for record in RECORDS.values()} == set(LEVELS)
    assert {name: formats[name] for name in FORMATS if formats[name] < 3} == {}


@pytest.mark.parametrize("topic", load_topics())
def test_every_topic_is_served(topic: str) -> None:
    """At least 5 resources are about each topic, and at least 2 of them are free."""
    about = [record for record in RECORDS.values() if topic in record["topics"]]
    assert len(about) >= 5
    assert sum(record["cost"] == "free" for record in about) >= 2


@pytest.mark.parametrize("topic", [topic for topic in load_topics() if topic != "case-studies"])
def test_every_topic_can_be_practised(topic: str) -> None:
    """Each topic has something to do with one's hands, but for stories of what others did."""
    about = [record for record in RECORDS.values() if topic in record["topics"]]
    assert any(record["hands_on"] == "yes" for record in about)


@pytest.mark.parametrize("key", RECORDS)
def test_every_row_has_somebody_behind_it_and_a_source(key: str) -> None:
    """A row names its authors or an organization, and at least one address of its facts."""
    record = RECORDS[key]
    assert record["authors"] or record["organization"]
    assert record["sources"]


def test_little_is_unknown() -> None:
    """At most one cell in ten of the facets and of the effort is empty."""
    empty = Counter(
        column for record in RECORDS.values() for column in EFFORT if not to_cell(record[column])
    )
    assert empty.total() <= MOST_UNKNOWN * len(EFFORT) * len(RECORDS), empty


def test_prerequisites_are_one_graph() -> None:
    """At least 80 prerequisites join the resources that have any into one graph."""
    joined = defaultdict(set)
    for key, record in RECORDS.items():
        for needed in record["prerequisites"]:
            joined[key].add(needed)
            joined[needed].add(key)
    reached, waiting = set(), [next(iter(joined))]
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting.extend(joined[key])
    assert sum(len(record["prerequisites"]) for record in RECORDS.values()) >= 80
    assert reached == set(joined)


def test_nothing_easy_needs_something_harder() -> None:
    """A prerequisite is of the same level as what needs it, or of a lower one."""
    ranks = {level: rank for rank, level in enumerate(LEVELS)}
    harder = [
        (key, needed)
        for key, record in RECORDS.items()
        for needed in record["prerequisites"]
        if ranks[RECORDS[needed]["level"]] > ranks[record["level"]]
    ]
    assert harder == []


def test_many_resources_are_taken_apart() -> None:
    """At least 40 resources have their parts listed, nearly all of them with topics."""
    parts = load_table("syllabus.csv")
    assert len({part["resource"] for part in parts}) >= 40
    assert sum(bool(part["topics"]) for part in parts) >= 0.9 * len(parts)
