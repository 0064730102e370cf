"""What the site carries for its hosts, and the record of the nightly run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nightly
from guide_copy import ROOT
from mlops_guide.hosting import HEADERS, RECORD, nightly_record
from sphinx_project import Built, Project, notebook

EXECUTE = str(Path(sys.executable).with_name("jupyter-execute"))
PASSED = {"path": "book/a.ipynb", "seconds": 1.25, "failed": ""}
FAILED = {"path": "book/<b>.ipynb", "seconds": 2, "failed": "ValueError: <script>alert(1)</script>"}
GOOD: dict[str, Any] = {
    "started": "2026-01-02T03:17:00+00:00",
    "python": "3.13.1",
    "run": "https://example.org/owner/name/actions/runs/1",
    "failed": "",
    "versions": {"pandas": "3.0.0"},
    "notebooks": [PASSED],
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A small book with the page of the nightly run."""
    project = Project(tmp_path / "project")
    project.write(**{"book/status": "# Does it still run?\n\n```{nightly-status}\n```\n"})
    return project


def built_with(project: Project, record: object) -> Built:
    """Build a book after a nightly run."""
    path = project.folder / "_build" / RECORD
    path.parent.mkdir(exist_ok=True)
    path.write_text(record if isinstance(record, str) else json.dumps(record))
    return project.build(warningiserror=True)


def test_the_headers_are_those_of_the_page_about_hosting(project: Project) -> None:
    """The site carries the headers that the page for hosts names, each in both examples too."""
    page = (ROOT / "book" / "hosting.md").read_text("utf-8")
    assert (project.build().folder / "_headers").read_text("utf-8") == HEADERS
    named = [line.strip().split(": ", 1) for line in HEADERS.splitlines() if line[:2] == "  "]
    assert len(named) == 3
    for name, value in named:
        assert f"| `{name}` | `{value}` |" in page
        assert page.count(value) >= 3


def test_without_a_record_the_page_says_so(project: Project) -> None:
    """A copy that was built where no nightly run was has a page all the same, and no record."""
    built = project.build(warningiserror=True)
    assert "carries no record of a nightly run" in built.page("book/status").text
    assert not (built.folder / RECORD).exists()


def test_a_record_is_shown_and_kept(project: Project) -> None:
    """The page shows the result, when, with what and its log; the site keeps it as JSON."""
    built = built_with(project, GOOD)
    page = built.page("book/status")
    line = page.select_one(".mg-nightly")
    assert " ".join(line.text.split()).startswith(
        "Passed: started 2026-01-02 03:17 UTC, on Python 3.13.1."
    )
    assert [link["href"] for link in line("a")] == [GOOD["run"], "../nightly.json"]
    assert [[cell.text for cell in row(["th", "td"])] for row in page.select("tbody tr")] == [
        ["book/a.ipynb", "Passed", "1.2"],
        ["pandas", "3.0.0"],
    ]
    assert json.loads((built.folder / RECORD).read_text()) == GOOD


def test_a_failure_is_told_as_text(project: Project) -> None:
    """One failure makes the whole run a failure, and what it says never becomes markup."""
    hostile = {**GOOD, "notebooks": [PASSED, FAILED], "run": "javascript:alert(1)"}
    page = built_with(project, hostile).page("book/status")
    assert page.select_one(".mg-nightly strong").text == "Failed"
    assert FAILED["failed"] in page.text
    assert page.select("td script") == []
    assert [link["href"] for link in page.select(".mg-nightly a")] == ["../nightly.json"]


@pytest.mark.parametrize(
    "record",
    ["", "<!DOCTYPE html>", "[]", "{}", {**GOOD, "notebooks": [1]}, {**GOOD, "versions": 1}],
)
def test_what_is_no_record_is_passed_over(project: Project, record: object) -> None:
    """A file that holds something else, as from another version, does not stop a publication."""
    built = built_with(project, record)
    assert "carries no record of a nightly run" in built.page("book/status").text
    assert not (built.folder / RECORD).exists()


def test_a_run_of_no_notebook_has_not_passed(tmp_path: Path) -> None:
    """A record without a notebook is never shown as passed."""
    path = tmp_path / RECORD
    path.write_text(json.dumps({**GOOD, "notebooks": []}))
    assert not nightly_record(path)["passed"]


def test_notebooks_are_really_run(tmp_path: Path) -> None:
    """A sound notebook passes, one that raises fails with its error, and copies do not count."""
    book = tmp_path / "book"
    (book / ".ipynb_checkpoints").mkdir(parents=True)
    for name, source in (("good", "1"), ("bad", "1 / 0"), (".ipynb_checkpoints/bad", "1 / 0")):
        (book / f"{name}.ipynb").write_text(notebook().replace('"1"', json.dumps(source)))
    bad, good = nightly.notebooks(tmp_path, EXECUTE)
    assert (bad["path"], bad["failed"]) == (
        "book/bad.ipynb",
        "ZeroDivisionError: division by zero",
    )
    assert (good["path"], good["failed"]) == ("book/good.ipynb", "")


def test_what_cannot_be_installed_is_a_record_too(tmp_path: Path) -> None:
    """Where the newest versions do not go together there is a record that says so."""
    (tmp_path / "pyproject.toml").write_text("this is no project")
    record = nightly.nightly(tmp_path, {})
    assert record["failed"]
    assert (record["notebooks"], record["versions"], record["run"]) == ([], {}, "")


def test_the_record_names_its_log() -> None:
    """On GitHub Actions the record leads to the log of the run."""
    environ = {"SERVER_URL": "https://github.com", "REPOSITORY": "me/guide", "RUN_ID": "7"}
    known = {f"GITHUB_{name}": value for name, value in environ.items()}
    assert nightly.log_address(known) == "https://github.com/me/guide/actions/runs/7"
    assert nightly.log_address({**known, "GITHUB_RUN_ID": ""}) == ""


def test_a_complaint_is_one_plain_line() -> None:
    """Of a traceback the last line is kept, without colours, and never more than fits a cell."""
    assert nightly.last_line("Traceback\n\x1b[31mValueError\x1b[0m: no\n\n") == "ValueError: no"
    assert len(nightly.last_line("x" * 1000)) == 300
    assert nightly.last_line("\n") == "failed without a word"


def test_what_hangs_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook that does not end in time fails with the time that it was given."""

    def hang(command: list[str], timeout: int, **options: object) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr("nightly.subprocess.run", hang)
    assert nightly.run(["jupyter-execute"], tmp_path)[0] == "not done after 600 seconds"
