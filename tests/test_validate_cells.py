"""What `validate` refuses in a cell, and where it says that it is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from guide_copy import RESOURCES, GuideCopy
from mlops_guide.schema import RESOURCE_COLUMNS

FREE, PAID, TIMED = "made-with-ml", "ml-design-patterns", "ml-ops-org"
LATER = str(dt.date.today() + dt.timedelta(days=2))
SIX = "training;testing;ci-cd;deployment;monitoring;governance"
HIDDEN = {
    "line-break": "\n",
    "carriage-return": "\r",
    "tab": "\t",
    "nul": "\0",
    "zero-width-space": "\u200b",
    "zero-width-joiner": "\u200d",
    "byte-order-mark": "\ufeff",
    "soft-hyphen": "\xad",
    "right-to-left-override": "\u202e",
    "isolate": "\u2066",
    "arabic-letter-mark": "\u061c",
    "tag-letter": "\U000e0041",
    "line-separator": "\u2028",
}
REQUIRED = [column.name for column in RESOURCE_COLUMNS if column.required and column.name != "id"]


@pytest.fixture
def guide(tmp_path: Path) -> GuideCopy:
    """A copy of the guide."""
    return GuideCopy(tmp_path)


def _cases() -> list[object]:
    """Every broken cell: its row, its column, what is in it and the rules it breaks."""
    cases: list[tuple[str, str, str, str]] = []

    def add(row: str, column: str, rules: str, *values: str) -> None:
        cases.extend((row, column, value, rules) for value in values)

    add(FREE, "topics", "allowed", "trainings", "training;Testing", "training;drift")
    add(FREE, "topics", "count", SIX)
    add(FREE, "topics", "list", "training;training")
    add(FREE, "topics", "list allowed", "training;", ";training", "training; testing")
    add(FREE, "authors", "list", "Ann;Ann", "Ann;;Bob", "Ann; Bob")
    add(FREE, "format", "allowed", "podcasts", "Course")
    add(FREE, "cost", "allowed", "gratis")
    add(FREE, "level", "allowed", "expert")
    add(FREE, "status", "allowed", "alive")
    add(FREE, "hands_on", "allowed", "true")
    add(TIMED, "hours_basis", "allowed", "guessed")
    addresses = (
        "javascript:alert(1)",
        "data:text/html,x",
        "/relative",
        "//example.org/",
        "ftp://a.b/",
    )
    add(FREE, "url", "url", *addresses, "example.org", "https://localhost/", "https://a.b:99999/")
    add(
        FREE,
        "url",
        "url",
        "https://me:secret@example.org/",
        "https://me@example.org/",
        "https://[::1",
    )
    add(FREE, "archive_url", "url", "javascript:alert(1)", "https://a.b/ c")
    add(FREE, "sources", "url", "https://example.org/;javascript:alert(1)")
    add(FREE, "summary", "html", "A <b>bold</b> claim.", "Ends </div> it.", "A <!-- b", "a &amp; b")
    add(FREE, "cost_note", "html", "&lt;b", "&#60;b", "&#x3c;b")
    add(FREE, "summary", "markdown", "See [this](https://example.org/).", "See [this][one].")
    add(FREE, "cost_note", "formula", "=1+1", "+1", "-1", "@SUM(A1)", "＝1+1")
    add(FREE, "authors", "formula", "=1+1;Ann")
    add(FREE, "organization", "spaces", " Anyscale", "Anyscale ", "Any  scale")
    add(FREE, "summary", "words", " ".join(["word"] * 31))
    numbers = "-1", "ten", "inf", "-inf", "nan", "1e3", "1,5", "12345678", "٣", "1.", " 1"
    add(TIMED, "hours", "number", *numbers)
    add(PAID, "price_usd", "number", *numbers, "$5")
    dates = (
        "2026/01/19",
        "19.01.2026",
        "2026-1-9",
        "20260119",
        "2026-01",
        "2026-W03-1",
        "soon",
        "２０２６-01-19",
    )
    impossible = "2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "0000-01-01"
    for column in ("checked", "added", "cost_checked"):
        add(
            FREE,
            column,
            "date",
            *dates,
            *impossible,
            "2026-01-19T00:00",
            "２０２６-01-19",
            LATER,
        )
    add(FREE, "updated", "date", "26", "2026-1", "2026-13", "2026-02-30", "January", LATER)
    add(FREE, "year", "year", "1949", "0", "21", str(dt.date.today().year + 1), "20211")
    add(FREE, "year", "year", "-2021", "2021.5", "MMXXI")
    add(FREE, "language", "language", "English", "EN")
    return [pytest.param(*case, id=f"{case[1]}-{ascii(case[2])[1:25]}") for case in cases]


@pytest.mark.parametrize(("row", "column", "value", "rules"), _cases())
def test_refuses_a_cell(guide: GuideCopy, row: str, column: str, value: str, rules: str) -> None:
    """A cell that breaks a rule is refused at its own line and column, and nothing else is."""
    line = guide.edit(row, column, value)
    assert guide.places() == [(RESOURCES, line, column, rule) for rule in rules.split()]


@pytest.mark.parametrize("character", HIDDEN.values(), ids=HIDDEN)
def test_refuses_invisible_characters(guide: GuideCopy, character: str) -> None:
    """A cell with a character that nobody sees is refused, and the message shows its code."""
    line = guide.edit(FREE, "organization", f"Any{character}scale")
    assert guide.places() == [(RESOURCES, line, "organization", "invisible")]
    assert f"'Any{ascii(character)[1:-1]}scale'" in guide.validate().lines[0]


@pytest.mark.parametrize("column", REQUIRED)
def test_refuses_an_empty_required_cell(guide: GuideCopy, column: str) -> None:
    """A cell that every row needs is refused where it is empty."""
    line = guide.edit(FREE, column, "")
    places = guide.places()
    assert places[0] == (RESOURCES, line, column, "required")
    assert {place[3] for place in places[1:]} <= ({"title"} if column == "title" else set())


def test_refuses_an_empty_id(guide: GuideCopy) -> None:
    """A row without an id is refused at its own line, beside what now refers to nothing."""
    line = guide.edit(FREE, "id", "")
    assert (RESOURCES, line, "id", "required") in guide.places()


@pytest.mark.parametrize("key", ["Made With ML", "made_with_ml", "-made", "made--with", "café"])
def test_refuses_an_id_that_is_no_slug(guide: GuideCopy, key: str) -> None:
    """An id that would not do as the name of a page is refused."""
    line = guide.edit(FREE, "id", key)
    assert (RESOURCES, line, "id", "slug") in guide.places()


@pytest.mark.parametrize(
    ("row", "column", "value", "place"),
    [
        pytest.param(FREE, "price_usd", "5", ("price_usd", "price"), id="price-of-free"),
        pytest.param(FREE, "price_usd", "0", ("price_usd", "price"), id="zero-price-of-free"),
        pytest.param(PAID, "cost_note", "", ("cost_note", "cost-note"), id="paid-without-note"),
        pytest.param(TIMED, "cost", "freemium", ("cost_note", "cost-note"), id="freemium"),
        pytest.param(TIMED, "hours_basis", "", ("hours_basis", "hours"), id="hours-alone"),
        pytest.param(TIMED, "hours", "", ("hours_basis", "hours"), id="basis-alone"),
        pytest.param(
            FREE, "prerequisites", FREE, ("prerequisites", "self-prerequisite"), id="itself"
        ),
    ],
)
def test_refuses_cells_that_contradict_each_other(
    guide: GuideCopy, row: str, column: str, value: str, place: tuple[str, str]
) -> None:
    """Cells of one row that cannot both be right are refused once."""
    line = guide.edit(row, column, value)
    assert guide.places() == [(RESOURCES, line, *place)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("authors", "AT&T;Søren Hauberg;李宏毅"),
        ("organization", "Research & Development <3 C++"),
        ("summary", " ".join(["word"] * 30)),
        ("cost_note", "Free [for now], a=b, 5 > 4 and 3 < 4; e-mail me@example.org"),
        ("topics", SIX.removesuffix(";governance")),
        ("former_urls", "http://example.org:8080/a?b=c&copy=2#d;https://例え.jp/"),
        ("updated", "2024-02-29"),
        ("year", "1950"),
        ("checked", str(dt.date.today())),
        ("language", "pt-BR"),
    ],
)
def test_accepts_a_cell(guide: GuideCopy, column: str, value: str) -> None:
    """A cell that is unusual but right is accepted."""
    guide.edit(FREE, column, value)
    assert guide.validate().status == 0
