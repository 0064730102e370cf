"""What the built book offers for download, opened by clients that we did not write."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import bibtexparser
import feedparser
import jsonschema
import pytest
from bibtexparser.middlewares import LatexDecodingMiddleware
from bs4 import BeautifulSoup
from frictionless import Package

from mlops_guide import load_catalog, load_records, load_topics
from mlops_guide.feeds import MOST

RECORDS = load_records()
TITLES = {record["id"]: record["title"] for record in RECORDS}


def test_pandas_reads_the_csv(book: Path) -> None:
    """The table gives the DataFrame that the package gives."""
    import pandas as pd

    read = pd.read_csv(book / "data" / "catalog.csv", keep_default_na=False)
    frame = load_catalog()

    assert list(read.columns) == list(frame.columns)
    assert list(read.title) == list(frame.title)
    assert [tuple(t.split(";")) for t in read.topics] == list(frame.topics)
    hours = pd.to_numeric(read.hours.replace("", None))
    pd.testing.assert_series_equal(hours, frame.hours, check_names=False)


def test_no_cell_is_changed(book: Path) -> None:
    """A checked catalog holds nothing that a download would have to disarm."""
    source = Path(__file__).parents[2] / "data" / "resources.csv"
    with (
        source.open(newline="") as ours,
        (book / "data" / "catalog.csv").open(newline="") as theirs,
    ):
        assert list(csv.reader(ours)) == list(csv.reader(theirs))


def test_the_json_keeps_its_schema(book: Path) -> None:
    """A validator of JSON Schema finds nothing wrong, formats included."""
    catalog = json.loads((book / "data" / "catalog.json").read_text("utf-8"))
    schema = json.loads((book / "data" / catalog["$schema"]).read_text("utf-8"))
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER

    jsonschema.Draft202012Validator.check_schema(schema)
    faults = jsonschema.Draft202012Validator(schema, format_checker=checker).iter_errors(catalog)

    assert [fault.message for fault in faults] == []
    assert {entry["id"]: entry["title"] for entry in catalog["resources"]} == TITLES
    assert [topic["topic"] for topic in catalog["topics"]] == list(load_topics())


def test_frictionless_finds_the_data_package_valid(book: Path) -> None:
    """Every table has the types, the values and the keys that the package promises."""
    package = Package(str(book / "data" / "datapackage.json"))
    report = package.validate()

    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])
    rows = package.get_resource("catalog").read_rows()
    assert {row["id"]: row["hours"] and float(row["hours"]) for row in rows} == {
        record["id"]: record["hours"] for record in RECORDS
    }


def test_a_bibtex_parser_reads_every_entry(book: Path) -> None:
    """Each resource is cited by its id, and its title is what LaTeX would print."""
    library = bibtexparser.parse_file(
        str(book / "data" / "catalog.bib"), append_middleware=[LatexDecodingMiddleware()]
    )

    assert library.failed_blocks == []
    read = {e.key: e.fields_dict["title"].value.strip("{}") for e in library.entries}
    assert read == TITLES


@pytest.mark.parametrize("name", ["feed.xml", *(f"feeds/{topic}.xml" for topic in load_topics())])
def test_feedparser_reads_every_feed(book: Path, name: str) -> None:
    """A feed is well-formed, and each entry leads to a chapter and has an identifier of its own."""
    parsed = feedparser.parse(book / name)

    assert not parsed.bozo
    topic = Path(name).stem
    wanted = [r for r in RECORDS if name == "feed.xml" or topic in r["topics"]]
    assert len(parsed.entries) == min(len(wanted), MOST)
    assert len({entry.id for entry in parsed.entries}) == len(parsed.entries)
    assert all(((book / name).parent / entry.link).is_file() for entry in parsed.entries)
    dates = [entry.updated for entry in parsed.entries]
    assert dates == sorted(dates, reverse=True)


def test_chapters_and_lists_describe_themselves(book: Path) -> None:
    """Each chapter has one thing named as its resource; format and topic pages have a list."""
    for key, title in TITLES.items():
        page = BeautifulSoup(
            (book / f"book/resources/{key}.html").read_text("utf-8"), "html.parser"
        )
        [block] = page.select('script[type="application/ld+json"]')
        assert json.loads(block.string)["name"] == title
    for path in [*(book / "book/topics").glob("*.html"), *(book / "book/formats").glob("*.html")]:
        page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        [block] = page.select('script[type="application/ld+json"]')
        thing = json.loads(block.string)
        assert thing["@type"] == "ItemList"
        shown = [link.get_text() for link in page.select(".mg-brief > li > .mg-card-title > a")]
        assert [element["name"] for element in thing["itemListElement"]] == shown


def test_no_download_names_a_machine(book: Path) -> None:
    """Nothing that is made for other programs carries a placeholder or a local address."""
    made = [book / "feed.xml", *(book / "feeds").iterdir(), *(book / "data").iterdir()]
    for path in made:
        found = re.search(
            r"localhost|127\.0\.0\.1|file:/|example\.(org|com)|OWNER", path.read_text()
        )
        assert found is None, (path.name, found)
