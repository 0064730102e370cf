"""What other programs learn from a page, held against the vocabulary of schema.org."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings

from catalogs import RECORDS, TOPIC_TITLES, complete
from mlops_guide.catalog import Record, load_records, load_topics
from mlops_guide.metadata import (
    TYPES,
    Thing,
    data_thing,
    duration,
    list_thing,
    meta_elements,
    resource_thing,
    script,
)
from mlops_guide.schema import FORMATS

VOCABULARY: dict[str, Any] = json.loads(
    (Path(__file__).parent / "cases" / "schemaorg.json").read_text(encoding="utf-8")
)
PLAIN: dict[str, Any] = {"Text": str, "Number": (int, float), "Integer": int}
FORMS = {
    "Date": r"\d{4}(-\d\d(-\d\d)?)?",
    "Duration": r"PT(\d+H)?(\d+M)?(?<!PT)",
    "ItemListOrderType": r"https://schema\.org/ItemList(OrderAscending|Unordered)",
}
HOSTILE = "</script><script>alert(1)</script> \"' & <!-- \u202e\x00"
COURSE = {"id": "a", "title": "A", "format": "course", "cost": "paid", "summary": "About a."}


def lineage(kind: str) -> Iterator[str]:
    """Yield a type and everything above it."""
    yield kind
    for parent in VOCABULARY["types"][kind]:
        yield from lineage(parent)


def fits(value: Any, ranges: list[str]) -> bool:
    """Tell whether a value has one of the types that a property takes."""
    if isinstance(value, dict):
        kinds = value["@type"] if isinstance(value["@type"], list) else [value["@type"]]
        return any(above in ranges for kind in kinds for above in lineage(kind))
    if isinstance(value, bool):
        return "Boolean" in ranges
    if isinstance(value, str) and "URL" in ranges and urlsplit(value).scheme in ("http", "https"):
        return True
    forms = [form for kind, form in FORMS.items() if kind in ranges]
    if isinstance(value, str) and any(re.fullmatch(form, value) for form in forms):
        return True
    return any(isinstance(value, plain) for kind, plain in PLAIN.items() if kind in ranges)


def faults(thing: Thing) -> Iterator[str]:
    """Yield what the vocabulary does not allow in a thing, and in the things within."""
    kinds = thing["@type"] if isinstance(thing["@type"], list) else [thing["@type"]]
    above = {name for kind in kinds for name in lineage(kind)}
    for name, value in thing.items():
        if name.startswith("@"):
            continue
        known = VOCABULARY["properties"].get(name)
        if known is None or not above.intersection(known["domains"]):
            yield f"{kinds} has no {name}"
            continue
        for item in value if isinstance(value, list) else [value]:
            if not fits(item, known["ranges"]):
                yield f"{name} is not one of {known['ranges']}: {item!r}"
            if isinstance(item, dict):
                yield from faults(item)


def read(markup: str) -> Thing:
    """Return what a reader of a page finds in its only block of JSON-LD."""
    blocks = BeautifulSoup(markup, "html.parser").find_all(True)
    assert [block.name for block in blocks] == ["script"]
    assert blocks[0]["type"] == "application/ld+json"
    thing: Thing = json.loads(blocks[0].string)
    return thing


@pytest.mark.parametrize(
    ("thing", "fault"),
    [
        ({"@type": "Book", "coursePrerequisites": "x"}, "has no coursePrerequisites"),
        ({"@type": "Course", "timeRequired": "27 hours"}, "timeRequired is not one of"),
        ({"@type": "Course", "offers": {"@type": "Person"}}, "offers is not one of"),
        ({"@type": "Course", "offers": {"@type": "Offer", "cost": 1}}, "has no cost"),
        ({"@type": "Course", "isAccessibleForFree": "yes"}, "isAccessibleForFree is not one of"),
    ],
)
def test_the_check_sees_faults(thing: Thing, fault: str) -> None:
    """A term of another type, an unknown term and a value of a wrong type are all found."""
    assert [fault in found for found in faults(thing)] == [True]


def test_every_resource_is_described_in_terms_of_schema_org() -> None:
    """Each row of the catalog gives a thing that the vocabulary allows."""
    records = {record["id"]: record for record in load_records()}
    topics = load_topics()
    for record in records.values():
        needs = [records[key] for key in record["prerequisites"]]
        thing = resource_thing(record, topics, needs, f"https://guide.example.org/{record['id']}")

        assert read(script(thing)) == thing
        assert list(faults(thing)) == [], record["id"]
        assert {"name", "url", "inLanguage", "teaches", "offers"} <= set(thing)
        assert ("timeRequired" in thing) == (record["hours"] is not None)
        assert thing["isAccessibleForFree"] is (record["cost"] == "free")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS)
def test_any_record_is_described_in_terms_of_schema_org(records: list[Record]) -> None:
    """Whatever a row says or leaves open, the vocabulary allows what is made of it."""
    for record in records:
        thing = resource_thing(record, TOPIC_TITLES, records, "")
        assert list(faults(thing)) == []
        assert read(script(thing)) == thing
    listed = list_thing("List", "", [(r["title"], "https://guide.example.org/") for r in records])
    assert list(faults(listed)) == []


def test_every_format_has_types_of_the_vocabulary() -> None:
    """A format is not misspelt, and a book, a course and a paper are just these."""
    assert set(TYPES) < set(FORMATS)
    thing = resource_thing(complete({**COURSE, "format": "book"}), {}, [complete(COURSE)], "")
    assert thing["@type"] == ["Book", "LearningResource"]
    assert thing["educationalAlignment"][0]["targetName"] == "A"


def test_a_course_tells_what_it_asks_and_costs() -> None:
    """Prerequisites, price, time, people and licence stand where search engines look."""
    facts = {
        "price_usd": 49.5,
        "hours": 2.5,
        "authors": ["Ada"],
        "organization": "Lab",
        "license": "CC-BY-4.0",
        "year": 2024,
        "topics": ["training"],
        "language": "en",
        "cost_note": "By the month.",
    }
    thing = resource_thing(complete({**COURSE, **facts}), TOPIC_TITLES, [complete(COURSE)], "")

    assert list(faults(thing)) == []
    assert thing["coursePrerequisites"] == [
        {
            "@type": "AlignmentObject",
            "alignmentType": "requires",
            "targetName": "A",
            "targetUrl": "https://example.org/",
        }
    ]
    assert thing["offers"] == {
        "@type": "Offer",
        "category": "Paid",
        "description": "By the month.",
        "price": 49.5,
        "priceCurrency": "USD",
    }
    assert thing["timeRequired"] == "PT2H30M"
    assert thing["author"] == [{"@type": "Person", "name": "Ada"}]
    assert thing["provider"] == {"@type": "Organization", "name": "Lab"}
    assert thing["license"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert thing["teaches"] == ["Training"]
    assert "mainEntityOfPage" not in thing


@pytest.mark.parametrize(
    ("hours", "wanted"), [(None, ""), (0, ""), (0.5, "PT30M"), (140, "PT140H"), (1.999, "PT2H")]
)
def test_hours_become_durations(hours: float | None, wanted: str) -> None:
    """Hours are written as ISO 8601 wants them, to the minute."""
    assert duration(hours) == wanted


def test_text_never_ends_its_element() -> None:
    """Markup in a field stays a text, in JSON-LD as in Open Graph, and nothing in it is hidden."""
    record = complete({**COURSE, "title": HOSTILE, "url": "javascript:alert(1)", "license": "a b"})
    thing = read(script(resource_thing(record, {}, [], "")))
    tags = BeautifulSoup(meta_elements({"og:title": HOSTILE, "og:url": ""}), "html.parser")

    shown = HOSTILE.replace("\u202e", "").replace("\x00", "")
    assert thing["name"] == shown
    assert "url" not in thing
    assert thing["license"] == {"@type": "CreativeWork", "name": "a b"}
    assert [(t.name, t["property"], t["content"]) for t in tags("meta")] == [
        ("meta", "og:title", shown)
    ]


def test_lists_and_data_are_described_in_terms_of_schema_org() -> None:
    """A list counts its chapters in order, and the data say where each file is."""
    listed = list_thing("Testing", "How?", [("A", "https://guide.example.org/a"), ("B", "")])
    data = data_thing("Guide", "All of it.", "https://g.example.org/", {"https://x.org/": "a/b"})

    assert list(faults(listed)) == list(faults(data)) == []
    assert [(e["position"], e["name"]) for e in listed["itemListElement"]] == [(1, "A"), (2, "B")]
    assert listed["numberOfItems"] == 2
    assert "url" not in listed["itemListElement"][1]
