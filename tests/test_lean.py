"""What the head of a page says of it and loads for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sphinx.builders.html._assets import _CascadingStyleSheet, _JavaScript

from mlops_guide.lean import deferred, is_needed, shortened
from sphinx_project import Built, Project, row


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a catalog of three resources."""
    return Project(tmp_path / "project")


def described(built: Built, page: str) -> str:
    """Return the description of a page, which must have one."""
    (tag,) = built.page(page).select('meta[name="description"]')
    return str(tag["content"])


def test_a_chapter_is_described_by_its_row(project: Project) -> None:
    """The description of a chapter is the summary of its resource, as text."""
    hostile = 'Of "quotes" & <b>tags</b>.'
    project.catalog([row("one", summary=hostile), row("two"), row("three")])
    project.write()

    built = project.build()

    assert described(built, "book/resources/one") == hostile
    assert described(built, "book/resources/two") == "About two."


def test_other_pages_are_described_by_their_first_paragraph(project: Project) -> None:
    """The first paragraph, in whole words; without any, the titles of page and book."""
    project.write(
        page="# Page\n\n- A [link](index.md) that\n  *leads* on.\n\nMore.\n",
        long="# Long\n\n" + "word " * 100 + "\n",
        bare="# Bare & bald\n",
        own="---\nmyst:\n  html_meta:\n    description: Mine.\n---\n\n# Own\n\nText.\n",
    )

    built = project.build(confoverrides={"project": "The book"})

    assert described(built, "page") == "A link that leads on."
    assert described(built, "long") == "word " * 31 + "word…"
    assert described(built, "bare") == "Bare & bald: The book"
    assert described(built, "own") == "Mine."
    assert described(built, "search") == "Search: The book"


@pytest.mark.parametrize(
    ("text", "short"),
    [("one two", "one two"), ("one two three", "one two…"), ("one, three", "one…")],
)
def test_long_texts_end_after_a_whole_word(text: str, short: str) -> None:
    """A text that is too long ends after a word, without its comma."""
    assert shortened(text, 9) == short


@pytest.mark.parametrize(
    ("name", "classes", "needed"),
    [
        ("_static/copybutton.js", "highlight notranslate", True),
        ("_static/copybutton.js", "mg-card", False),
        ("_static/design-tabs.js", "sd-card", False),
        ("_static/sphinx-design.min.css", "sd-card", True),
        ("_static/mystnb.123.css", "cell docutils", True),
        ("_static/mystnb.123.css", "cellar", False),
        ("_static/sphinx-thebe.css", "highlight cell toggle", False),
        ("_static/book.css", "", True),
    ],
)
def test_assets_go_to_pages_that_need_them(name: str, classes: str, needed: bool) -> None:
    """An asset of an extension is for pages with its elements, ours are for all."""
    kind = _JavaScript if name.endswith(".js") else _CascadingStyleSheet
    assert is_needed(kind(name), classes) is needed


def test_scripts_wait_for_the_page() -> None:
    """A classic script is deferred, in a copy; modules and inline scripts stay as they are."""
    classic = _JavaScript("_static/doctools.js", priority=100)
    module = _JavaScript("_static/page.js", type="module")
    inline = _JavaScript(None, body="let x;")

    waiting = deferred(classic)

    assert (waiting.attributes["defer"], waiting.priority) == ("defer", 100)
    assert "defer" not in classic.attributes
    assert [deferred(script) for script in (module, inline)] == [module, inline]
