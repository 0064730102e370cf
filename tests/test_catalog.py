"""How the catalog's files become records and frames."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guide_copy import ROOT, GuideCopy
from mlops_guide import catalog
from mlops_guide.catalog import (
    CatalogError,
    Record,
    data_directory,
    from_frame,
    load_catalog,
    load_records,
    load_table,
    load_topics,
    read_table,
    to_cell,
    to_frame,
)
from mlops_guide.schema import FILES, RESOURCE_COLUMNS

NAMES = [column.name for column in RESOURCE_COLUMNS]
KINDS = {column.name: column.kind for column in RESOURCE_COLUMNS}


@pytest.fixture
def guide(tmp_path: Path) -> GuideCopy:
    """A copy of the guide."""
    return GuideCopy(tmp_path)


@pytest.fixture(scope="module")
def worn(tmp_path_factory: pytest.TempPathFactory) -> GuideCopy:
    """A copy of the guide for many broken files, one after the other."""
    return GuideCopy(tmp_path_factory.mktemp("worn"))


def test_finds_the_data_of_the_checkout() -> None:
    """In a checkout the guide's own data is the folder at its root, from anywhere."""
    assert data_directory() == ROOT / "data"
    assert load_records() == load_records(str(ROOT / "data"))


def test_finds_the_data_of_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a checkout around it, the package reads the data within itself."""
    package = tmp_path / "lib" / "site-packages" / "mlops_guide"
    shutil.copytree(ROOT / "data", package / "data")
    monkeypatch.setattr(catalog, "__file__", str(package / "catalog.py"))
    assert data_directory() == package / "data"
    assert len(load_topics()) == len(load_topics(ROOT / "data"))


def test_records_have_typed_values(guide: GuideCopy) -> None:
    """Lists are tuples, numbers are numbers, and what is unknown is None or empty."""
    records = {record["id"]: record for record in load_records(guide.root / "data")}
    assert list(records) == [row[0] for row in guide.read()[1:]]
    book, course = records["ml-design-patterns"], records["made-with-ml"]
    assert (book["hours"], book["year"], book["updated"]) == (11.9, 2020, "2020-10")
    assert (course["hours"], course["year"], course["prerequisites"]) == (None, None, ())
    assert (course["authors"], course["archive_url"]) == (("Goku Mohandas",), "")
    assert list(course) == NAMES


def test_frame_has_the_types_that_are_promised() -> None:
    """A frame has tuples, float64, Int64 and datetime64 columns, and text without gaps."""
    frame = load_catalog()
    assert list(frame.columns) == NAMES
    for name, kind in KINDS.items():
        column = frame[name]
        if kind == "list":
            assert {type(value) for value in column} == {tuple}
        elif kind == "date":
            assert pd.api.types.is_datetime64_dtype(column)
        elif kind == "text":
            assert {type(value) for value in column} == {str}
        else:
            assert column.dtype == {"number": "float64", "integer": "Int64"}[kind]
    unknown = frame.set_index("id").loc["made-with-ml"]
    assert pd.isna(unknown["hours"])
    assert unknown["year"] is pd.NA
    assert frame["cost_checked"].isna().any()


def test_frame_takes_a_wrong_date_for_unknown(guide: GuideCopy) -> None:
    """A date that is none is missing in a frame, whatever its place, without a warning."""
    guide.edit("cs329s", "checked", "1/2/2026")
    guide.edit("dtu-mlops", "checked", "2026-02-30")
    checked = load_catalog(guide.root / "data")["checked"]
    assert list(checked.isna()[:2]) == [True, True]
    assert checked.notna().any()


def test_topics_stand_in_the_order_of_the_life_cycle(guide: GuideCopy) -> None:
    """Topics are sorted by their order as numbers, whatever their place in the file."""
    rows = guide.read("topics.csv")
    guide.write([rows[0], *sorted(rows[1:])], "topics.csv")
    assert load_topics(guide.root / "data") == {row[0]: row[1] for row in rows[1:]}


def test_syllabus_stands_in_the_order_of_its_parts(guide: GuideCopy) -> None:
    """Parts are sorted by resource, then by their order as numbers."""
    rows = guide.read("syllabus.csv")
    guide.write([rows[0], *rows[:0:-1]], "syllabus.csv")
    parts = [
        (row["resource"], int(row["order"]))
        for row in load_table("syllabus.csv", guide.root / "data")
    ]
    assert len(parts) == len(rows) - 1
    assert parts == sorted(parts)


@pytest.mark.parametrize("load", [load_records, load_catalog, load_topics])
def test_says_which_file_is_missing(tmp_path: Path, load: Any) -> None:
    """A folder without the file gives an error with its path, and what to do."""
    with pytest.raises(CatalogError) as caught:
        load(tmp_path)
    (problem,) = caught.value.problems
    name = "topics.csv" if load is load_topics else "resources.csv"
    assert (problem.file, problem.row, problem.rule) == (str(tmp_path / name), 0, "missing-file")
    advice = "create it; its header is described in data.md"
    assert str(caught.value) == f"{tmp_path / name}:0:-: missing-file: '{name}': {advice}"


def test_says_which_columns_are_wrong(guide: GuideCopy) -> None:
    """Every missing and unknown column is named at once."""
    guide.rewrite("data/resources.csv", b",hours,hours_basis,", b",hours,basis,extra,")
    with pytest.raises(CatalogError) as caught:
        load_records(guide.root / "data")
    found = [(p.row, p.column, p.rule) for p in caught.value.problems]
    assert found == [
        (1, "basis", "unknown-column"),
        (1, "extra", "unknown-column"),
        (1, "hours_basis", "missing-column"),
    ]
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("column", "value"), [("hours", "ten"), ("hours", "nan"), ("price_usd", "-1"), ("year", "1.5")]
)
def test_says_which_number_is_wrong(guide: GuideCopy, column: str, value: str) -> None:
    """A number that is none is an error with its path, line and column."""
    line = guide.edit("ml-ops-org", column, value)
    with pytest.raises(CatalogError) as caught:
        load_records(guide.root / "data")
    place = f"{guide.root / 'data' / 'resources.csv'}:{line}:{column}"
    assert str(caught.value).startswith(f"{place}: number: '{value}': use a ")


def test_says_which_order_is_wrong(guide: GuideCopy) -> None:
    """An order of the topics that is no whole number is an error with its place."""
    guide.edit("monitoring", "order", "last", "topics.csv")
    with pytest.raises(CatalogError, match=r"topics\.csv:13:order: number: 'last': use a whole"):
        load_topics(guide.root / "data")


def test_an_error_lists_twenty_problems(guide: GuideCopy) -> None:
    """An error that would fill the screen is cut, and counts what it leaves out."""
    changes = [{"id": f"r-{n}", "hours": "ten"} for n in range(30)]
    guide.append(changes)
    with pytest.raises(CatalogError) as caught:
        load_records(guide.root / "data")
    lines = str(caught.value).splitlines()
    assert (len(caught.value.problems), len(lines), lines[-1]) == (30, 21, "... and 10 more")


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=";"), max_size=8)
DATES = st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)).map(str)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXT,
    "list": st.lists(TEXT.filter(bool), max_size=3).map(tuple),
    "number": st.none() | st.floats(0, 9_999_999),
    "integer": st.none() | st.integers(0, 9_999_999),
    "date": st.just("") | DATES,
}
RECORDS = st.lists(
    st.fixed_dictionaries({name: VALUES[kind] for name, kind in KINDS.items()}), max_size=4
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=RECORDS)
def test_records_survive_a_frame(records: list[Record]) -> None:
    """Records come back from a frame as they were, and a frame from records."""
    frame = to_frame(records)
    assert from_frame(frame) == records
    pd.testing.assert_frame_equal(to_frame(from_frame(frame)), frame)


@pytest.mark.parametrize(
    "value",
    ["a;b", ("a", "b"), ["a", "b"], np.array(["a", "b"], dtype=object), pd.Series(["a", "b"])],
    ids=["text", "tuple", "list", "array", "series"],
)
def test_takes_lists_of_any_kind(value: Any) -> None:
    """A list in a frame may be text with semicolons, or what other libraries make of a list."""
    frame = to_frame(load_records())
    frame["authors"] = [value, *frame["authors"][1:]]
    assert from_frame(frame)[0]["authors"] == ("a", "b")


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, ""])
def test_takes_a_missing_list_for_an_empty_one(value: Any) -> None:
    """A list cell that is missing in a frame has no items."""
    frame = to_frame(load_records())
    frame["authors"] = pd.Series([value] * len(frame), dtype=object)
    assert from_frame(frame)[0]["authors"] == ()


def test_says_which_columns_a_frame_lacks() -> None:
    """A frame without some of the columns is refused with their names."""
    frame = to_frame(load_records()).drop(columns=["hours", "topics"])
    with pytest.raises(CatalogError) as caught:
        from_frame(frame)
    assert [problem.column for problem in caught.value.problems] == ["topics", "hours"]
    assert str(caught.value).startswith("DataFrame:0:topics: missing-column: ''")


def test_cells_are_what_was_read() -> None:
    """A typed value is written as the file had it."""
    written = [[to_cell(record[name]) for name in NAMES] for record in load_records()]
    assert [NAMES, *written] == GuideCopy.rows_of(ROOT / "data" / "resources.csv")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=st.binary(max_size=60), cut=st.integers(0, 6_000), alone=st.booleans())
@pytest.mark.parametrize("name", FILES)
def test_reads_any_bytes(worn: GuideCopy, name: str, content: bytes, cut: int, alone: bool) -> None:
    """Whatever a file holds, reading it ends in whole rows, problems, or both."""
    original = worn.original(f"data/{name}")
    path = worn.root / "data" / name
    path.write_bytes(content if alone else original[:cut] + content + original[cut:])
    problems: list[catalog.Problem] = []
    columns = {column.name for column in FILES[name]}
    rows = list(read_table(path, FILES[name], problems))
    assert all(cells.keys() == columns for _, cells in rows)
    assert rows or problems
    assert "\n" not in "".join(map(str, problems))
    try:
        load_records(path.parent) if name == "resources.csv" else load_table(name, path.parent)
    except CatalogError as error:
        assert len(error.problems) >= len(problems)
    else:
        assert not problems
    finally:
        path.write_bytes(original)
