"""Adding rows: their place, what is refused, questions at a terminal, and all or nothing."""

from __future__ import annotations

import csv
import datetime as dt
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from guide_copy import RESOURCES, ROOT, GuideCopy, command
from mlops_guide.add import slug, with_entries, with_rows
from mlops_guide.schema import RESOURCE_COLUMNS

ADDRESSES = "data/addresses.csv"
SCRIPT = str(Path(sys.executable).with_name("mlops-guide"))
URL = "https://example.org/learn/knots"
CELLS = {
    "title": "Knots for Sailors",
    "format": "course",
    "topics": "testing;training",
    "cost": "free",
    "level": "advanced",
    "status": "active",
    "summary": "Twelve knots, tied and tested.",
}
CONTENTS = """\
parts:
  - caption: Resources
    chapters:
      - file: book/formats/course
        sections:
          - file: book/resources/cs329s
            title: CS 329S
          - file: book/resources/dtu-mlops
          - file: book/resources/made-with-ml
          - file: book/resources/mlops-zoomcamp
          - file: book/resources/umn-ml-system-design
      - file: book/formats/guide
        sections:
          - file: book/resources/ml-ops-org
          - file: book/resources/uc-r-predictive
      - file: book/formats/book
        sections:
          - file: book/resources/ml-design-patterns
      - file: book/formats/paper
        sections:
          - file: book/resources/hidden-technical-debt
      - file: book/formats/newsletter
        sections:
          - file: book/resources/mlops-roundup
"""


@pytest.fixture
def guide(tmp_path: Path) -> GuideCopy:
    """A copy of the guide with a table of contents."""
    guide = GuideCopy(tmp_path)
    (guide.root / "_toc.yml").write_text(CONTENTS)
    assert guide.validate().status == 0
    return guide


def options(**cells: str) -> list[str]:
    """Return cells as options of the command."""
    return [w for name, cell in cells.items() for w in (f"--{name.replace('_', '-')}", cell)]


def add(guide: GuideCopy, *words: str, **cells: str) -> tuple[int, list[str], str]:
    """Run ``mlops-guide add`` on a copy; standard input is no terminal."""
    return command("add", *words, *options(**cells), "--dir", str(guide.root))


def state(guide: GuideCopy) -> dict[str, bytes]:
    """Return every file of a copy with its content."""
    files = (path for path in guide.root.rglob("*") if path.is_file())
    return {str(path.relative_to(guide.root)): path.read_bytes() for path in files}


def test_a_row_is_added_with_its_chapter_and_its_entry(guide: GuideCopy) -> None:
    """One command writes a row, a chapter to fill in, its entry and its address, and no more."""
    before = state(guide)
    status, lines, errors = add(guide, URL, **CELLS)
    assert (status, errors) == (0, "")
    assert lines[0] == "Knots for Sailors"
    after = state(guide)
    chapter = "book/resources/knots-for-sailors.md"
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {RESOURCES, ADDRESSES, "_toc.yml", chapter}
    old, new = (files[RESOURCES].decode().splitlines() for files in (before, after))
    [row] = set(new) - set(old)
    assert new.index(row) == 4, "between hidden-technical-debt and made-with-ml"
    assert [line for line in new if line != row] == old
    paths = guide.read("addresses.csv")
    assert paths[4] == [chapter.replace(".md", ".html"), dt.date.today().isoformat(), ""]
    assert len(paths) == len(before[ADDRESSES].splitlines()) + 1
    entries = after["_toc.yml"].decode()
    assert entries == CONTENTS.replace(
        "          - file: book/resources/made",
        "          - file: book/resources/knots-for-sailors\n          - file: book/resources/made",
    )
    text = after[chapter].decode()
    assert text.startswith(
        "# Knots for Sailors\n\n```{resource-card} knots-for-sailors\n```\n\n## In one minute\n"
    )
    assert "```{related} knots-for-sailors\n```" in text
    assert guide.validate().status == 0


def test_a_dry_run_writes_nothing(guide: GuideCopy) -> None:
    """With --dry-run the row is shown as its card, and no file changes."""
    before = state(guide)
    status, lines, _ = add(guide, URL, "--dry-run", **CELLS)
    assert status == 0
    assert "  free · course · advanced · hours not known" in lines
    assert lines[-1] == "nothing was written (--dry-run)"
    assert state(guide) == before


@pytest.mark.parametrize(
    ("url", "changes", "message"),
    [
        (URL, {"cost": "gratis"}, ":0:cost: allowed: 'gratis': use one of free, freemium, paid"),
        (URL, {"title": ""}, ":0:title: required: ''"),
        ("javascript:alert(1)", {}, ":0:url: url: 'javascript:alert(1)'"),
        (URL, {"id": "../../outside"}, ":0:id: slug: '../../outside'"),
        (URL, {"summary": "<b>bold</b>"}, ":0:summary: html: '<b>bold</b>'"),
        (URL, {"topics": "testin"}, "did you mean 'testing'?"),
        (URL, {"cost": "paid"}, "cost_note: cost-note: ''"),
        (URL, {"format": "podcast"}, "_toc.yml:0:-: contents: 'knots-for-sailors'"),
        (
            "http://www.madewithml.com",
            {},
            "data/resources.csv:5 is 'made-with-ml' (Made With ML) and has the same address",
        ),
        (
            "https://cs329s.stanford.edu",
            {},
            "data/resources.csv:2 is 'cs329s' (CS 329S: Machine Learning Systems Design)",
        ),
        ("https://ml-ops.org/?page=2", {}, "is 'ml-ops-org' (ml-ops.org) and has the same host"),
        (URL, {"title": "MLOps Zoom-Camp"}, "nearly the same title; if it is something else, say"),
        (URL, {"id": "cs329s"}, "and has the same id"),
    ],
)
def test_what_is_refused_changes_nothing(
    guide: GuideCopy, url: str, changes: dict[str, str], message: str
) -> None:
    """A bad cell or a double is told with the row that it doubles, and no file changes."""
    before = state(guide)
    status, lines, errors = add(guide, url, **(CELLS | changes))
    assert (status, errors) == (1, "")
    assert message in "\n".join(lines)
    assert lines[-1].endswith("nothing was added")
    assert state(guide) == before


def test_what_only_looks_alike_can_be_added(guide: GuideCopy) -> None:
    """Somebody who has compared the two says so, and the row is added."""
    cells = CELLS | {"title": "MLOps Zoom-Camp"}
    assert add(guide, URL, "--distinct", "mlops-zoomcamp", **cells)[0] == 0


def test_what_was_rejected_is_told_with_the_reason(guide: GuideCopy) -> None:
    """A resource that was left out before is refused, and the reason is repeated."""
    header = guide.read("rejected.csv")[0]
    row = ["knots", "Knots", URL, "Gone since 2024.", ""]
    guide.write([header, row], "rejected.csv")
    status, lines, _ = add(guide, URL, **CELLS)
    assert status == 1
    assert "data/rejected.csv:2 is 'knots'" in lines[0]
    assert lines[0].endswith("it was rejected: Gone since 2024.")


def rows_file(guide: GuideCopy, *rows: dict[str, str]) -> Path:
    """Write rows into a CSV file that has some of the columns."""
    path = guide.root / "new.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["url", *CELLS], restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


ANCHORS = CELLS | {"url": "https://example.org/anchors", "title": "Anchors"}


@pytest.mark.parametrize("words", [[], ["--from-csv"]])
def test_a_file_is_added_whole(guide: GuideCopy, words: list[str]) -> None:
    """Every row of a file comes into the catalog, with its chapter."""
    path = rows_file(guide, CELLS | {"url": URL}, ANCHORS)
    status, lines, errors = add(guide, *words, str(path))
    assert (status, errors) == (0, ""), lines
    assert [row[0] for row in guide.read()][1:3] == ["anchors", "cs329s"]
    assert (guide.root / "book/resources/knots-for-sailors.md").is_file()
    path.unlink()
    assert guide.validate().status == 0


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (ANCHORS | {"level": "expert"}, "new.csv:3:level: allowed: 'expert'"),
        (ANCHORS | {"title": "Knots for Sailor"}, "new.csv:2 is 'knots-for-sailors'"),
    ],
)
def test_a_file_with_one_bad_row_is_not_added_at_all(
    guide: GuideCopy, second: dict[str, str], message: str
) -> None:
    """One bad row, told with its line in that file, keeps all the others out."""
    path = rows_file(guide, CELLS | {"url": URL}, second)
    before = state(guide)
    status, lines, _ = add(guide, str(path))
    assert status == 1
    assert message in lines[0]
    assert state(guide) == before


def test_a_file_with_an_unknown_column_is_refused(guide: GuideCopy) -> None:
    """A column that the catalog does not have is named, with the nearest one."""
    path = guide.root / "new.csv"
    path.write_text(f"title,url,summry\nA,{URL},B\n")
    status, lines, _ = add(guide, str(path))
    assert status == 1
    assert "new.csv:1:summry: unknown-column: 'summry'" in lines[0]


def test_a_failed_write_leaves_everything_as_it_was(
    guide: GuideCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk refuses the last file, those written before are put back."""
    before = state(guide)
    original = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target.suffix == ".md":
            raise OSError("no space left on device")
        return original(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    status, _, errors = add(guide, URL, **CELLS)
    assert status == 2
    assert errors == "mlops-guide: no space left on device\n"
    assert state(guide) == before


def test_an_address_that_was_published_before_is_taken_up_again(guide: GuideCopy) -> None:
    """A chapter that comes back finds its line, and a redirect in its place is told."""
    line = ["book/resources/knots-for-sailors.html", "2026-01-02", ""]
    rows = guide.read("addresses.csv")
    guide.write([*rows[:4], [*line[:2], "index.html"], *rows[4:]], "addresses.csv")
    status, lines, _ = add(guide, URL, **CELLS)
    assert status == 1
    assert lines[0].endswith("'index.html': this chapter is still here: empty moved_to")
    guide.edit(line[0], "moved_to", "", "addresses.csv")
    assert add(guide, URL, **CELLS)[0] == 0
    assert line in guide.read("addresses.csv")


@pytest.mark.parametrize("words", [["--title", "A"], ["--from-csv", "other.csv"]])
def test_a_file_and_other_cells_are_misuse(guide: GuideCopy, words: list[str]) -> None:
    """A file brings its cells; more of them on the command line are refused."""
    path = rows_file(guide, ANCHORS)
    status, _, errors = add(guide, str(path), *words)
    assert status == 2
    assert errors == "mlops-guide: a file brings every cell: name nothing besides it\n"


def test_a_folder_without_a_catalog_is_misuse(tmp_path: Path) -> None:
    """Where there is no catalog the message says so."""
    status, _, errors = command("add", URL, "--dir", str(tmp_path))
    assert status == 2
    assert errors.endswith("holds no data/resources.csv\n")


def answer(guide: GuideCopy, answers: list[str]) -> tuple[int, str]:
    """Run the command at a terminal and type answers to its questions, Ctrl-D after the last."""
    master, terminal = pty.openpty()
    words = [SCRIPT, "add", URL, "--dir", str(guide.root)]
    process = subprocess.Popen(words, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    said = b""
    typed = [*(f"{text}\n".encode() for text in answers), b"\x04"]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        ready, _, _ = select.select([master], [], [], 0.2)
        try:
            said += os.read(master, 65_536) if ready else b""
        except OSError:  # the other end is closed
            break
        if typed and said.endswith(b": "):
            os.write(master, typed.pop(0))
    status = process.wait(60)
    os.close(master)
    return status, said.decode()


def test_a_terminal_is_asked_for_what_is_missing(guide: GuideCopy) -> None:
    """Each question says what is allowed, a bad answer is asked again, and Enter leaves unknown."""
    columns = [c.name for c in RESOURCE_COLUMNS if c.name not in ("id", "url", "added")]
    cells = [CELLS.get(name, "en" if name == "language" else "") for name in columns]
    cells.insert(columns.index("cost"), "gratis")
    status, said = answer(guide, cells)
    assert status == 0, said
    assert "one of: free, freemium, paid" in said
    assert "  use one of free, freemium, paid" in said
    assert guide.validate().status == 0
    assert "knots-for-sailors" in [row[0] for row in guide.read()]


def test_who_leaves_amid_the_questions_changes_nothing(guide: GuideCopy) -> None:
    """Ctrl-D at a question ends the command, without a traceback and without a change."""
    before = state(guide)
    status, said = answer(guide, ["Knots"])
    assert status == 130
    assert "Traceback" not in said
    assert state(guide) == before


def test_an_id_is_made_of_the_title() -> None:
    """Letters lose their marks, and everything else parts words."""
    assert slug("Ånother  Course: C++ & MLOps (2nd)") == "another-course-c-mlops-2nd"


def test_line_ends_of_the_file_are_kept() -> None:
    """A file with Windows line ends, or without an end to its last line, stays as it is."""
    assert with_rows("id,title\r\na,A\r\nc,C", [{"id": "b", "title": "x, y"}]) == (
        'id,title\r\na,A\r\nb,"x, y"\r\nc,C\r\n'
    )


def test_an_entry_of_the_last_part_comes_last() -> None:
    """A chapter after all others of its part stands at the end of that part."""
    rows = [{"id": "zz", "format": "newsletter"}, {"id": "zz", "format": "guide"}]
    text = with_entries(CONTENTS, rows)
    assert text.endswith("book/resources/mlops-roundup\n          - file: book/resources/zz\n")
    assert "uc-r-predictive\n          - file: book/resources/zz\n      - file: book/" in text


def test_the_guides_own_contents_take_a_row() -> None:
    """The table of contents of this repository has a place for every format."""
    contents = (ROOT / "_toc.yml").read_text()
    for name in ("course", "book", "paper", "guide", "newsletter", "blog", "video", "podcast"):
        assert "resources/zz" in with_entries(contents, [{"id": "zz", "format": name}])
