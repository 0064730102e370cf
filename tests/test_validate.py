"""What `validate` prints and returns, and the files, rows and references that it refuses."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guide_copy import RESOURCES, ROOT, GuideCopy, Printed, command
from mlops_guide.schema import FILES
from mlops_guide.validate import BATCH, Catalog

SYLLABUS, TOPICS = "data/syllabus.csv", "data/topics.csv"
SCRIPT = str(Path(sys.executable).with_name("mlops-guide"))


@pytest.fixture
def guide(tmp_path: Path) -> GuideCopy:
    """A copy of the guide."""
    return GuideCopy(tmp_path)


def run(*words: str) -> Printed:
    """Run a command of the guide in a process of its own."""
    done = subprocess.run([SCRIPT, *words], capture_output=True, encoding="utf-8", check=False)
    return Printed(done.returncode, done.stdout.splitlines(), done.stderr)


@pytest.mark.parametrize("how", [command, run], ids=["here", "process"])
def test_accepts_the_guide_itself(how: type[Printed]) -> None:
    """The checkout has no problem: exit code 0 and one line that counts what was read."""
    status, lines, errors = how("validate", str(ROOT))
    with (ROOT / RESOURCES).open(encoding="utf-8", newline="") as file:
        rows = len(list(csv.reader(file))) - 1
    assert (status, errors, len(lines)) == (0, "", 1)
    assert lines[0].startswith(f"{rows} resources, ")
    assert lines[0].endswith(f", {rows} chapters: no problems")


def test_prints_problems_from_a_process(guide: GuideCopy) -> None:
    """A problem gives exit code 1, a line that says where, what and how, and a count."""
    guide.edit("made-with-ml", "level", "expert")
    status, lines, errors = run("validate", str(guide.root))
    advice = "use one of introductory, intermediate, advanced"
    problem = f"{RESOURCES}:5:level: allowed: 'expert': {advice}"
    assert (status, lines, errors) == (1, [problem, "1 problem"], "")


@pytest.mark.parametrize("how", [command, run], ids=["here", "process"])
@pytest.mark.parametrize(
    "words",
    [
        (),
        ("valdate",),
        ("validate", "no-such-folder"),
        ("validate", "a" * 5_000),
        ("validate", str(ROOT / "pyproject.toml")),
        ("validate", "--no-such-option"),
        ("validate", ".", "too many"),
        ("validate", "--most", "0"),
        ("validate", "--most", "many"),
    ],
    ids=lambda words: " ".join(words)[-20:] or "nothing",
)
def test_misuse_exits_with_2(how: type[Printed], words: tuple[str, ...]) -> None:
    """A command that makes no sense gives exit code 2 and a message on standard error."""
    status, lines, errors = how(*words)
    assert (status, lines) == (2, [])
    assert "mlops-guide" in errors
    assert "Traceback" not in errors


def test_finds_the_book_from_within_the_data(
    guide: GuideCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of the files themselves will do, also by its relative name."""
    monkeypatch.chdir(guide.root / "data")
    assert command("validate").lines[0].endswith(", 10 chapters: no problems")
    guide.edit("made-with-ml", "level", "expert")
    assert command("validate", ".").places == [("resources.csv", 5, "level", "allowed")]


@pytest.mark.parametrize("broken", [False, True])
def test_never_changes_a_file(guide: GuideCopy, broken: bool) -> None:
    """No file is written, touched, added or removed, with problems or without."""
    if broken:
        guide.edit("made-with-ml", "level", "expert")

    def state() -> dict[Path, tuple[int, bytes]]:
        files = [path for path in guide.root.rglob("*") if path.is_file()]
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}

    before = state()
    assert guide.validate().status == broken
    assert state() == before


@pytest.mark.parametrize("name", FILES)
def test_refuses_a_missing_file(guide: GuideCopy, name: str) -> None:
    """A file that is not there is one problem, without one for each reference to it."""
    (guide.root / "data" / name).unlink()
    assert guide.places() == [(f"data/{name}", 0, "-", "missing-file")]


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf"], ids=["nothing", "line", "mark"])
@pytest.mark.parametrize("name", FILES)
def test_refuses_an_empty_file(guide: GuideCopy, name: str, content: bytes) -> None:
    """A file without a header is one problem."""
    (guide.root / "data" / name).write_bytes(content)
    assert guide.places() == [(f"data/{name}", 0, "-", "empty-file")]


@pytest.mark.parametrize("name", FILES)
def test_refuses_a_folder_in_place_of_a_file(guide: GuideCopy, name: str) -> None:
    """A folder with the name of a file is a problem, and no crash."""
    (guide.root / "data" / name).unlink()
    (guide.root / "data" / name).mkdir()
    assert guide.places() == [(f"data/{name}", 0, "-", "missing-file")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b",former_urls,", b",", [("former_urls", "missing-column")]),
        (b",former_urls,", b",former_urls,colour,", [("colour", "unknown-column")]),
        (b",former_urls,", b",former_urls,,", [("-", "unknown-column")]),
        (b",former_urls,", b",former_urls,level,", [("level", "duplicate-column")]),
        (
            b",former_urls,",
            b",former_url,",
            [("former_url", "unknown-column"), ("former_urls", "missing-column")],
        ),
        (b",former_urls,", b',former_urls,"a\nb",', [("a\\nb", "unknown-column")]),
        (b",former_urls,", b",former_\xffurls,", [("-", "encoding")]),
    ],
    ids=["missing", "unknown", "unnamed", "duplicate", "misspelt", "line-break", "not-utf-8"],
)
def test_refuses_a_wrong_header(
    guide: GuideCopy, old: bytes, new: bytes, expected: list[tuple[str, str]]
) -> None:
    """A header that is wrong is refused by the column, without a problem for every row."""
    guide.rewrite(RESOURCES, old, new)
    assert guide.places() == [(RESOURCES, 1, *place) for place in expected]


def test_suggests_the_column_that_was_meant(guide: GuideCopy) -> None:
    """A misspelt column is told its name."""
    guide.rewrite(RESOURCES, b",former_urls,", b",formerurls,")
    assert guide.validate().lines[0].endswith("did you mean 'former_urls'?")


@pytest.mark.parametrize(
    ("old", "new", "row"),
    [
        (b"made-with-ml,Made With ML,", b"made-with-ml,", 5),
        (b"made-with-ml,Made With ML,", b"made-with-ml,Made, With ML,", 5),
        (b"\nmade-with-ml,", b"\n\nmade-with-ml,", 5),
    ],
    ids=["short", "long", "empty"],
)
def test_refuses_a_ragged_row(guide: GuideCopy, old: bytes, new: bytes, row: int) -> None:
    """A row with too few or too many cells is one problem, and its chapter is none."""
    guide.rewrite(RESOURCES, old, new)
    assert guide.places() == [(RESOURCES, row, "-", "ragged-row")]


def test_goes_on_after_a_ragged_row(guide: GuideCopy) -> None:
    """The rows below one of the wrong length are checked, with the right line numbers."""
    guide.rewrite(RESOURCES, b"made-with-ml,Made With ML,", b"made-with-ml,")
    guide.rewrite(RESOURCES, b",guide,ml-fundamentals;", b",handbook,ml-fundamentals;")
    line = guide.line("uc-r-predictive")
    expected = [(RESOURCES, 5, "-", "ragged-row"), (RESOURCES, line, "format", "allowed")]
    assert guide.places() == expected


def test_counts_lines_and_not_rows(guide: GuideCopy) -> None:
    """A line break within a cell does not shift the line numbers of the rows below it."""
    guide.edit("made-with-ml", "summary", "One\nand two.")
    guide.edit("ml-ops-org", "level", "expert")
    assert guide.places() == [
        (RESOURCES, 5, "summary", "invisible"),
        (RESOURCES, 8, "level", "allowed"),
    ]


def test_refuses_an_open_quote(guide: GuideCopy) -> None:
    """A quote that is never closed is one problem, though it hides all rows below it."""
    guide.rewrite(RESOURCES, b"made-with-ml,Made", b'made-with-ml,"Made')
    assert [place[3] for place in guide.places()] == ["quoting"]


def test_refuses_what_is_not_utf_8(guide: GuideCopy) -> None:
    """Bytes in another encoding are refused at their cell, and shown as bytes."""
    guide.rewrite(RESOURCES, b",Goku Mohandas,", b",G\xf6ku Mohandas,")
    assert guide.places() == [(RESOURCES, 5, "authors", "encoding")]
    assert "'G\\udcf6ku Mohandas': save the file as UTF-8" in guide.validate().lines[0]


def test_refuses_an_address_that_is_not_utf_8(guide: GuideCopy) -> None:
    """Bytes in another encoding do no harm in the part of an address that is compared."""
    guide.rewrite(RESOURCES, b"https://madewithml.com/,", b"https://madewithml.com/?q=\xf6,")
    assert guide.places() == [(RESOURCES, 5, "url", "encoding")]


def test_refuses_utf_16(guide: GuideCopy) -> None:
    """A file saved as UTF-16 is one problem that names the cure."""
    path = guide.root / RESOURCES
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-16")
    assert guide.places() == [(RESOURCES, 1, "-", "encoding")]


@pytest.mark.parametrize("name", FILES)
def test_accepts_what_spreadsheets_save(guide: GuideCopy, name: str) -> None:
    """A byte-order mark and Windows line ends are no problem."""
    path = guide.root / "data" / name
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert guide.validate().status == 0


@pytest.mark.parametrize("name", FILES)
def test_accepts_columns_in_any_order(guide: GuideCopy, name: str) -> None:
    """Columns may stand in an order of their own."""
    guide.write([row[::-1] for row in guide.read(name)], name)
    assert guide.validate().status == 0


def test_prints_no_more_than_most(guide: GuideCopy) -> None:
    """`--most N` prints N problems, says how many more there are, and counts them all."""
    rows = guide.read()
    level = rows[0].index("level")
    guide.write([rows[0], *([*row[:level], "x", *row[level + 1 :]] for row in rows[1:])])
    everything = guide.validate()
    assert len(everything.places) == len(rows) - 1
    status, lines, _ = guide.validate("--most", "3")
    assert (status, lines[:3]) == (1, everything.lines[:3])
    assert lines[3:] == ["10 problems; 7 more than shown (--most N shows N)"]
    assert guide.validate("--most", "9" * 30).lines == everything.lines


def test_reports_many_rows_in_their_order(tmp_path: Path) -> None:
    """Thousands of broken rows, in several batches, are all reported in order, as read."""
    guide = GuideCopy(tmp_path)
    shape = {"level": "expert", "prerequisites": "nothing-known"}
    count = 2 * BATCH + 2_000
    guide.append(
        [{"id": f"z-{n:06}", "url": f"https://example.org/{n}", **shape} for n in range(count)]
    )
    shutil.rmtree(tmp_path / "book")
    catalog = Catalog(tmp_path)
    problems = catalog.problems()
    assert next(problems).row == 12
    assert catalog.counts["resources.csv"] == BATCH, "read to its end before the first problem"
    rest = list(problems)
    lines = [problem.row for problem in rest]
    assert lines == [*range(13, count + 12), *range(12, count + 12)]


@pytest.fixture(scope="module")
def worn(tmp_path_factory: pytest.TempPathFactory) -> GuideCopy:
    """A copy of the guide for many broken files, one after the other."""
    return GuideCopy(tmp_path_factory.mktemp("worn"))


PIECES = st.sampled_from([b",", b'"', b"\n", b"\r", b"\0", b"\xff", b";", b"=", b"\xef\xbb\xbf"])
BYTES = st.lists(PIECES | st.binary(max_size=6), max_size=20).map(b"".join)


@pytest.mark.parametrize("name", [RESOURCES, TOPICS, "book/resources/made-with-ml.md"])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=BYTES, cut=st.none() | st.integers(0, 4_000))
def test_survives_any_bytes(worn: GuideCopy, name: str, content: bytes, cut: int | None) -> None:
    """Whatever a file holds, alone or amid its rows, there is a verdict and no traceback."""
    path = worn.root / name
    original = worn.original(name)
    path.write_bytes(content if cut is None else original[:cut] + content + original[cut:])
    try:
        printed = worn.validate()
    finally:
        path.write_bytes(original)
    assert printed.errors == ""
    assert printed.status == (len(printed.places) > 0)
