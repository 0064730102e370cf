"""The catalog for other programs: CSV, JSON, BibTeX and the data package, by hostile rows too."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from frictionless import Package
from hypothesis import HealthCheck, given, settings
from pybtex.database import BibliographyData, parse_string

from catalogs import RECORDS, complete
from mlops_guide.bibliography import as_bibtex
from mlops_guide.catalog import Record
from mlops_guide.exports import (
    EXPORTS,
    TABLES,
    as_csv,
    as_data_package,
    as_json,
    as_json_schema,
    table_name,
)
from mlops_guide.schema import FILES

RESOURCES = "resources.csv"
TOPIC = {"topic": "testing", "title": "Testing", "description": "How?", "order": "1"}
COURSE = {
    "id": "a",
    "title": "A",
    "format": "course",
    "cost": "free",
    "level": "advanced",
    "status": "active",
    "language": "en",
    "summary": "About a.",
    "topics": ["testing"],
    "added": "2026-01-02",
}
WICKED = '}, note = {x}} @misc{b, title = {\\input{x} 100% & "$_#~^'


def entries(text: str) -> BibliographyData:
    """Return what pybtex reads."""
    return parse_string(text, "bibtex")


def cells(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "\t=1", " =1", "＝1", "\r\n=1"])
def test_a_spreadsheet_runs_no_cell(cell: str) -> None:
    """A cell that would be a formula begins with an apostrophe."""
    assert cells(as_csv(RESOURCES, [complete({"title": cell})]))[0]["title"].startswith("'")


def test_csv_holds_what_the_catalog_holds() -> None:
    """Quotes, commas, lists and numbers come back; what is hidden and bad bytes do not."""
    facts = {"title": 'A "b", c', "topics": ["x", "y"], "hours": 1234567.5, "year": 2020}
    hidden = {"summary": "a\u202eb\u200bc\x00\nd\udc80"}

    row = cells(as_csv(RESOURCES, [complete(facts | hidden)]))[0]

    assert (row["title"], row["topics"]) == ('A "b", c', "x;y")
    assert (row["hours"], row["year"], row["price_usd"]) == ("1234567.5", "2020", "")
    assert row["summary"] == "abc d?"


def test_json_keeps_types() -> None:
    """Lists are arrays, numbers numbers, and what is unknown is null."""
    record = complete(COURSE | {"hours": 2.0, "topics": ["testing", "x"], "title": "</script>"})
    read = json.loads(as_json({RESOURCES: [record], "topics.csv": [TOPIC]}, "Guide"))

    resource = read["resources"][0]
    assert resource["hours"] == 2
    assert resource["topics"] == ["testing", "x"]
    assert resource["year"] is resource["license"] is None
    assert resource["title"] == "</script>"
    assert read["topics"] == [{k: v for k, v in TOPIC.items() if k != "order"}]


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({}, ""),
        ({"level": "divine"}, "'divine' is not one of"),
        ({"topics": ["other"]}, "'other' is not one of"),
        ({"title": ""}, "None is not of type 'string'"),
        ({"id": "No Slug"}, "does not match"),
        ({"hours": -1.0}, "is less than the minimum"),
    ],
)
def test_the_json_schema_tells_well_from_wrong(facts: dict[str, Any], fault: str) -> None:
    """The schema is one, takes a good row, and names what is wrong with another."""
    schema = json.loads(as_json_schema(["testing"]))
    jsonschema.Draft202012Validator.check_schema(schema)
    tables = {RESOURCES: [complete(COURSE | facts)], "topics.csv": [TOPIC]}

    found = list(
        jsonschema.Draft202012Validator(schema).iter_errors(json.loads(as_json(tables, "G")))
    )

    assert [fault in error.message for error in found] == [True] * bool(fault)


def write_package(folder: Path, tables: dict[str, list[Any]]) -> Package:
    """Write a data package with its tables, and open it."""
    for file in TABLES:
        (folder / f"{table_name(file)}.csv").write_text(as_csv(file, tables.get(file, [])), "utf-8")
    descriptor = folder / "datapackage.json"
    descriptor.write_text(as_data_package("Guide", "All of it.", ""), "utf-8")
    return Package(str(descriptor))


def test_frictionless_finds_what_breaks_the_data_package(tmp_path: Path) -> None:
    """The package is valid; a row that points nowhere and a value out of its list are not."""
    part = dict.fromkeys((c.name for c in FILES["syllabus.csv"]), "")
    part |= {"resource": "a", "order": "1", "title": "One"}
    well = {RESOURCES: [complete(COURSE)], "topics.csv": [TOPIC], "syllabus.csv": [part]}
    wrong = {
        RESOURCES: [complete(COURSE | {"cost": "dear"})],
        "syllabus.csv": [part | {"resource": "b"}],
    }

    good = write_package(tmp_path, well).validate()
    bad = write_package(tmp_path, well | wrong).validate()

    assert good.valid, good.flatten(["message"])
    assert sorted(kind for (kind,) in bad.flatten(["type"])) == [
        "constraint-error",
        "foreign-key",
    ]


def test_every_export_is_named_once() -> None:
    """The list that readers see names each table and nothing twice."""
    names = [export.name for export in EXPORTS]
    assert len(set(names)) == len(names)
    assert {f"{table_name(file)}.csv" for file in TABLES} < set(names)


def test_bibtex_tells_what_a_book_is() -> None:
    """A book of known people, publisher and year is a book, anything else is not."""
    facts = {"authors": ["Ada Lovelace", "Bell, Book and Candle"], "organization": "Press"}
    book = complete(
        COURSE | facts | {"format": "book", "year": 2020, "url": "https://e.org/a_b%20c"}
    )
    read = entries(as_bibtex([book, complete(COURSE | {"id": "c"})])).entries

    assert [(key, entry.type) for key, entry in read.items()] == [("a", "book"), ("c", "misc")]
    assert [str(person) for person in read["a"].persons["author"]] == [
        "Lovelace, Ada",
        "{Bell, Book and Candle}",
    ]
    assert read["a"].fields["url"] == "https://e.org/a_b%20c"
    assert read["a"].fields["year"] == "2020"
    assert "author" not in read["c"].persons


def test_no_field_ends_a_bibtex_entry() -> None:
    """Braces, commands and comments in a field stay its text, and it has no field too many."""
    wicked = complete(dict.fromkeys(("title", "summary", "cost_note", "organization"), WICKED))
    wicked |= {"id": "a},b", "authors": (WICKED,), "url": "https://e.org/}{", "checked": WICKED}
    plain = complete(COURSE | {"id": "c", "checked": "2026-01-01", "organization": "x"})

    read = entries(as_bibtex([wicked, plain])).entries

    assert list(read) == ["a--b", "c"]
    assert set(read["a--b"].fields) <= set(read["c"].fields)
    assert r"\textbackslash{}input\textbraceleft{}x" in read["a--b"].fields["title"]
    assert all(r"\input" not in text for text in read["a--b"].fields.values())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS)
def test_any_record_is_readable(records: list[Record]) -> None:
    """Whatever a row says, each format gives back as many rows as went in."""
    tables = {RESOURCES: records, "topics.csv": []}
    assert len(cells(as_csv(RESOURCES, records))) == len(records)
    assert len(json.loads(as_json(tables, "Guide"))["resources"]) == len(records)
    assert [*entries(as_bibtex(records)).entries] == [record["id"] for record in records]
