"""The index of small books, and what each page gives to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError

from mlops_guide.search import indexing
from sphinx_project import Project, row

HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project of three chapters with our search."""
    project = Project(tmp_path / "project")
    with (project.folder / "conf.py").open("a") as conf:
        conf.write("extensions.append('mlops_guide.search')\nlanguage = 'en'\n")
    return project


def fragments(folder: Path) -> int:
    """Return how many pages an index holds."""
    return len(list((folder / "pagefind" / "fragment").iterdir()))


def test_chapters_and_pages_are_indexed_and_the_front_page_is_not(project: Project) -> None:
    """The index holds every page but the front page and the search page."""
    project.write(everything="# Everything\n\nA word.\n")

    built = project.build()

    assert built.warnings == ""
    entry = json.loads((built.folder / "pagefind" / "pagefind-entry.json").read_text())
    # Three chapters, two topics and the page.
    assert entry["languages"]["en"]["page_count"] == 6 == fragments(built.folder)
    assert not (built.folder / "searchindex.js").exists()
    assert built.page("index").select("[data-pagefind-body]") == []
    assert built.page("search").select("[data-pagefind-body]") == []


def test_a_chapter_carries_its_facets_and_facts(project: Project) -> None:
    """The values of the catalog stand in attributes, each once, and nothing can leave them."""
    project.catalog([row("one", authors=f"Ann;{HOSTILE}"), row("two"), row("three")])
    project.write()

    page = project.build().page("book/resources/one")

    facets = [
        (tag["data-pagefind-filter"], tag["data-value"])
        for tag in page.select("[data-pagefind-body] [data-pagefind-filter]")
    ]
    meta = {
        tag["data-pagefind-meta"]: tag["data-value"] for tag in page.select("[data-pagefind-meta]")
    }
    assert facets == [
        ("topic[data-value]", "testing"),
        ("topic[data-value]", "training"),
        ("cost[data-value]", "freemium"),
        ("format[data-value]", "course"),
    ]
    assert meta == {"authors[data-value]": f"Ann, {HOSTILE}", "level[data-value]": "advanced"}
    assert page.select("img") == []


def test_a_topic_page_says_what_it_is_about(project: Project) -> None:
    """The description of a topic is given to the search, and no facet."""
    project.write()

    page = project.build().page("book/topics/testing")

    assert page.select_one("[data-pagefind-meta='about[data-value]']")["data-value"] == (
        "How is it tested?"
    )
    assert page.select("[data-pagefind-filter]") == []


def test_the_search_page_counts_chapters(project: Project) -> None:
    """Each value has the number of chapters that there are; a row without a chapter is none."""
    project.catalog([row("one"), row("two", cost="free"), row("four", cost="paid")])
    project.write()

    page = project.build().page("search")

    shown = {
        (box["name"], box["value"]): box.find_parent("label").select_one(".mg-count").get_text()
        for box in page.select("input[type=checkbox][name]")
    }
    assert shown == {
        ("topic", "testing"): "2",
        ("topic", "training"): "2",
        ("cost", "free"): "1",
        ("cost", "freemium"): "1",
        ("format", "course"): "2",
    }


def test_another_build_makes_the_index_anew(project: Project) -> None:
    """After a page is removed, nothing of it stays in the index."""
    project.write(more="# More\n\nAnother word.\n")
    assert fragments(project.build().folder) == 6
    (project.folder / "more.md").unlink()
    project.write()

    assert fragments(project.build().folder) == 5


def test_parallel_builds_make_the_same_index(project: Project) -> None:
    """With two processes and warnings as errors, the index holds every page."""
    project.write()

    run = project.command("-W", "-j", "2")

    assert run.returncode == 0, run.stderr
    assert fragments(project.folder / "_build" / "html") == 5


def test_other_builders_have_no_index(project: Project) -> None:
    """A builder that writes no HTML is left alone."""
    project.write()

    run = project.command("-W", "-b", "text")

    assert run.returncode == 0, run.stderr
    assert not (project.folder / "_build" / "html" / "pagefind").exists()


def test_a_failing_pagefind_is_one_message(tmp_path: Path) -> None:
    """Where Pagefind makes no index, the reason is said in one line."""
    said = r"^Pagefind made no search index: \S.*$"
    with pytest.raises(ExtensionError, match=said), indexing(tmp_path, []):
        pass
