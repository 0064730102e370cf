"""A book made from a hostile catalog shows plain text, and nothing of it runs."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from conftest import DESKTOP, PHONE, serving
from hostile import EVIL, LONG, TEXTS, HostileBook
from layout import OVERFLOW, STICKING_OUT
from mlops_guide import Explorer, load_records
from pages import pages


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> HostileBook:
    """The source of the hostile book."""
    book = HostileBook(tmp_path_factory.mktemp("hostile") / "book")
    book.fill()
    return book


@pytest.fixture(scope="module")
def folder(hostile: HostileBook) -> Path:
    """The hostile book, built."""
    return hostile.book()


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The address of the hostile book."""
    with serving(folder) as base:
        yield base


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_runs_or_stretches(
    new_page: Callable[..., Page], folder: Path, address: str, size: dict[str, int]
) -> None:
    """On every page nothing of the catalog is an element or runs, and all fits the window.

    ``new_page`` fails on a violation of the policy too, so that an attempt is not missed.
    """
    page = new_page(viewport=size)
    opened: list[str] = []
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    wide = {}
    for name in pages(folder):
        page.goto(address + name)
        assert (
            page.locator("img[src=x], [onclick], [onerror], a[href^='javascript' i]").count() == 0
        )
        assert page.evaluate("[...document.scripts].every((s) => !s.text.startsWith('alert'))")
        sticking_out = page.evaluate(STICKING_OUT)
        if page.evaluate(OVERFLOW) > 0 or sticking_out:
            wide[name] = sticking_out
    assert wide == {}
    assert opened == []


def test_what_readers_see_is_the_text_itself(page: Page, address: str) -> None:
    """Cards, with and without JavaScript, chapters and lists show each cell letter by letter."""
    page.goto(address + "book/explore.html")
    titles = page.get_by_role("list", name="Resources", exact=True).locator(".mg-card-title")
    expect(titles).to_have_count(3)
    assert sorted(titles.all_text_contents()) == sorted(TEXTS.values())
    for key, text in TEXTS.items():
        page.goto(f"{address}book/resources/{key}.html")
        assert page.locator(".mg-resource .mg-summary").text_content() == text
        assert page.locator(".mg-syllabus li").first.text_content().startswith(text)
    page.goto(address + "book/left-out.html")
    assert page.locator(".mg-rejected li").text_content().startswith(f"{EVIL}: {LONG}")


def test_downloads_hold_the_text_itself(page: Page, address: str, tmp_path: Path) -> None:
    """The downloads of the explorer are read back by a client as what the catalog holds."""
    page.goto(address + "book/explore.html")
    files = {}
    for kind in ("CSV", "JSON"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Download {kind}", exact=True).click()
        files[kind] = tmp_path / kind
        download.value.save_as(files[kind])
    with files["CSV"].open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert {key: row["summary"] for key, row in rows.items()} == TEXTS
    assert all(row.get("url", "") == "" for row in rows.values())
    resources = re.search(r"\[.*\]", files["JSON"].read_text("utf-8"), re.DOTALL)
    assert resources is not None
    assert {r["id"]: r["title"] for r in json.loads(resources[0])} == TEXTS


def test_the_widget_is_given_plain_text(hostile: HostileBook) -> None:
    """The payload of the Jupyter widget holds each cell as it is, and no address to run."""
    widget = Explorer(load_records(hostile.folder / "data"), topics={"testing": EVIL})
    resources = json.loads(json.dumps(widget.catalog))["resources"]
    assert {r["id"]: r["summary"] for r in resources} == TEXTS
    assert all("url" not in r for r in resources)
