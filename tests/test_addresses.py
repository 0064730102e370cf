"""Addresses that last: what validate says of them, what a built book keeps, and redirects."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from conftest import serving
from guide_copy import ROOT, GuideCopy, command
from mlops_guide.addresses import gone, line_for, unlisted
from mlops_guide.catalog import load_table
from sphinx_project import PLAIN, Project

FILE, ADDRESSES = "addresses.csv", "data/addresses.csv"
CHAPTER = "book/resources/made-with-ml.html"
TODAY = dt.date.today().isoformat()


@pytest.fixture
def guide(tmp_path: Path) -> GuideCopy:
    """A copy of the guide."""
    return GuideCopy(tmp_path / "guide")


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("path", "/index.html", "path: path: '/index.html'"),
        ("path", "../index.html", "path: path: '../index.html'"),
        ("path", "https://example.org/a.html", "path: path: 'https:"),
        ("published", "", "published: required: ''"),
        ("published", "2999-01-01", "published: date: '2999-01-01'"),
        ("moved_to", "book/resources/cs329.html", "moved_to: address: 'book/resources/cs329.html'"),
        ("moved_to", "index.html", "moved_to: address: 'index.html': this chapter is still here"),
    ],
)
def test_a_bad_cell_is_told(guide: GuideCopy, column: str, value: str, problem: str) -> None:
    """An address that is none, a date that cannot be, or a target that is not there is named."""
    line = guide.edit(CHAPTER, column, value, FILE)
    printed = guide.validate()
    assert printed.status == 1
    assert any(text.startswith(f"{ADDRESSES}:{line}:{problem}") for text in printed.lines)


def test_an_address_of_a_chapter_that_is_missing_is_told_as_the_line_to_add(
    guide: GuideCopy,
) -> None:
    """A chapter without its line gets the line itself as advice, and with it no problem."""
    rows = guide.read(FILE)
    guide.write([row for row in rows if row[0] != CHAPTER], FILE)
    problem, total = guide.validate().lines
    assert problem == f"{ADDRESSES}:0:path: address: '{CHAPTER}': add the line {line_for(CHAPTER)}"
    assert total == "1 problem"
    path = guide.root / ADDRESSES
    lines = path.read_text(encoding="utf-8").splitlines()
    lines.insert(4, problem.rpartition(" ")[2])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert guide.validate().status == 0


def test_an_address_whose_chapter_is_gone_has_to_lead_somewhere(guide: GuideCopy) -> None:
    """A line without its chapter is a problem until it says where readers go instead."""
    old = "book/resources/ml-zoo.html"
    guide.append([{"path": old, "moved_to": ""}], FILE)
    rows = guide.read(FILE)
    guide.write([rows[0], *sorted(rows[1:])], FILE)
    line = guide.line(old, FILE)
    assert guide.places() == [(ADDRESSES, line, "path", "address")]
    guide.edit(old, "moved_to", CHAPTER, FILE)
    assert guide.validate().status == 0


def test_a_redirect_leads_to_a_page_at_once(guide: GuideCopy) -> None:
    """An address that moved twice names the last page, so no reader is sent through two."""
    guide.append([{"path": "old.html", "moved_to": "older.html"}], FILE)
    guide.append([{"path": "older.html", "moved_to": "index.html"}], FILE)
    assert guide.places() == [(ADDRESSES, guide.line("old.html", FILE), "moved_to", "address")]


def test_only_pages_are_redirected(guide: GuideCopy) -> None:
    """A file that readers download cannot redirect, so it has to stay."""
    guide.append([{"path": "old.csv", "moved_to": "index.html"}], FILE)
    assert guide.places() == [(ADDRESSES, guide.line("old.csv", FILE), "moved_to", "address")]


def test_an_address_stands_once(guide: GuideCopy) -> None:
    """A second line for an address is a problem, whatever it says."""
    guide.append([{}], FILE)
    assert [place[3] for place in guide.places()] == ["unique"]


def test_the_book_keeps_every_address(book: Path) -> None:
    """Every address that was ever published has its page or its redirect in the built book."""
    lost = gone(book, load_table(FILE, ROOT / "data"))
    assert lost == [], f"restore these, or say in moved_to of {ADDRESSES} where they lead"


def test_every_page_of_the_book_is_listed(book: Path) -> None:
    """A new page has its line in the list of addresses."""
    missing = unlisted(book, load_table(FILE, ROOT / "data"))
    lines = "\n".join(map(line_for, missing))
    assert missing == [], f"add to {ADDRESSES} (mlops-guide addresses --write does):\n{lines}"


def site_with(folder: Path, *pages: str) -> Path:
    """Make a folder with some pages."""
    for page in pages:
        (folder / page).parent.mkdir(parents=True, exist_ok=True)
        (folder / page).write_text("<h1>Page</h1>")
    return folder


def addresses(guide: GuideCopy, site: Path, *words: str) -> tuple[int, list[str], str]:
    """Run ``mlops-guide addresses`` on a copy and a built book."""
    return command("addresses", str(site), "--dir", str(guide.root), *words)


def test_the_command_names_what_is_lost_and_what_is_new(guide: GuideCopy, tmp_path: Path) -> None:
    """A page that is gone and one that is not listed are both told, with what to write."""
    listed = [row[0] for row in guide.read(FILE)[1:]]
    assets = ("_static/a.html", "lite/index.html", "genindex.html")
    site = site_with(tmp_path / "site", *listed[1:], "book/fresh.html", *assets)
    status, lines, errors = addresses(guide, site)
    assert (status, errors) == (1, "")
    assert lines == [
        f"{listed[0]} is gone: restore it, or say in moved_to of {ADDRESSES} where it leads",
        f"new pages: add these lines to {ADDRESSES} (or say --write)",
        f"book/fresh.html,{TODAY},",
    ]


def test_the_command_adds_lines_when_asked_to(guide: GuideCopy, tmp_path: Path) -> None:
    """With --write the lines are put in their places, and nothing is left to say."""
    before = guide.read(FILE)
    site = site_with(tmp_path / "site", *(row[0] for row in before[1:]), "book/fresh.html")
    assert addresses(guide, site, "--write")[0] == 0
    after = guide.read(FILE)
    assert after[1] == ["book/fresh.html", TODAY, ""]
    assert [after[0], *after[2:]] == before
    assert addresses(guide, site).lines == [
        f"{len(before)} addresses: none is gone, no page is missing"
    ]


def test_the_command_needs_a_book_and_a_list(guide: GuideCopy, tmp_path: Path) -> None:
    """Without a built book, or without the list, there is one clear message."""
    status, _, errors = addresses(guide, tmp_path / "nothing")
    assert (status, errors.count("\n")) == (2, 1)
    (guide.root / ADDRESSES).unlink()
    status, lines, _ = addresses(guide, site_with(tmp_path / "site", "index.html"))
    assert status == 1
    assert ": missing-file: 'addresses.csv': create it" in lines[0]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A small book of which one page has moved."""
    project = Project(tmp_path / "project")
    project.write()
    moved = {"path": "old/guide.html", "published": PLAIN["added"]}
    project.table(FILE, [{**moved, "moved_to": "book/resources/one.html"}])
    return project


def test_a_reader_of_an_old_link_arrives(project: Project, new_page: Callable[..., Page]) -> None:
    """The browser is led from the old address to the page, with no script on the way."""
    built = project.build(warningiserror=True)
    (built.folder / "favicon.ico").touch()  # browsers ask for one
    with serving(built.folder) as address:
        page = new_page(java_script_enabled=False)
        page.goto(f"{address}old/guide.html")
        expect(page).to_have_url(f"{address}book/resources/one.html")


def test_an_old_link_says_where_it_leads(project: Project) -> None:
    """The page at the old address has a name, a language, and the link for who is not led on."""
    old = project.build(warningiserror=True).page("old/guide")
    assert (old.html["lang"], old.h1.text) == ("en", "This page has moved")
    assert old.title.text == "old/guide.html has moved"
    link = old.select_one("body a")
    assert (link["href"], link.text) == ("../book/resources/one.html", "book/resources/one.html")
    assert old.select("script, style") == []


def test_a_redirect_to_nothing_fails_the_build(project: Project) -> None:
    """A target that the book does not have is a warning, which the book takes for an error."""
    moved = {"path": "old.html", "published": PLAIN["added"], "moved_to": "nowhere.html"}
    project.table(FILE, [moved])
    built = project.build()
    assert "old.html redirects to nowhere.html but" in built.warnings
    assert built.status == 1


def test_the_list_is_in_plain_csv() -> None:
    """The list opens in the standard library's reader, with three columns and no empty path."""
    with (ROOT / ADDRESSES).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 150
    assert all(row["path"] and row["published"] for row in rows)
