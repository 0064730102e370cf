"""What is left of the theme's files: what pages use, and nothing else."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from mlops_guide.shrink import FONT, ICON_SCRIPT, SHEET, class_names, icons, without_unused_rules
from sphinx_project import Built, Project

NAMES = {"used", "open"}


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".used{color:red}", ".used{color:red}"),
        (".unused{color:red}", ""),
        (".used,.unused{color:red}", ".used{color:red}"),
        (".used .unused{color:red}", ""),
        (".used.open>a:hover{color:red}", ".used.open>a:hover{color:red}"),
        (".used:not(.unused){color:red}", ".used:not(.unused){color:red}"),
        ('[title=".unused"]{color:red}', '[title=".unused"]{color:red}'),
        ("a:is(.unused,.used),b{width:1.5em}", "a:is(.unused,.used),b{width:1.5em}"),
        ("@media print{.unused{color:red}}", ""),
        ("@media print{.unused{top:0}.used{top:1px}}", "@media print{.used{top:1px}}"),
        ("@supports (gap:1px){.used{top:0}}", "@supports (gap:1px){.used{top:0}}"),
        ("@keyframes unused{from{top:0}}", "@keyframes unused{from{top:0}}"),
        ('@charset "UTF-8";a{top:0}', '@charset "UTF-8";a{top:0}'),
        ("/* a note */a{top:0}", "a{top:0}"),
        ("/*! a licence */a{top:0}", "/*! a licence */a{top:0}"),
    ],
)
def test_rules_stay_where_a_page_can_meet_them(css: str, left: str) -> None:
    """A selector stays if all classes that it needs are used; licences stay too."""
    assert without_unused_rules(css, NAMES) == left


def test_classes_come_from_pages_and_from_scripts() -> None:
    """A class counts as used if a page has it, or a script has its word."""
    names = class_names(
        ['<p class="one two-three">four</p>'], ["el.classList.add('five', `six-${x}`)"]
    )
    assert {"one", "two-three", "five", "six-"} <= names
    assert "four" not in names


def test_icons_are_found_escaped_and_raw() -> None:
    """A style sheet may write an icon as an escape or as the character."""
    assert icons(r'.a:before{content:"\f104"}.b{--fa:"' + "\ue4bc" + '"}') == {0xF104, 0xE4BC}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a catalog and one page that shows an icon."""
    made = Project(tmp_path / "project")
    made.write(icon='# Icon\n\n```{raw} html\n<i class="fa-solid fa-anchor"></i>\n```\n')
    return made


def build(project: Project) -> Built:
    """Build a project with the theme of the guide."""
    built = project.build(confoverrides={"html_theme": "sphinx_book_theme"})
    assert built.warnings == ""
    return built


def characters(built: Built) -> set[int]:
    """Return the characters of the icon font of a built book."""
    font = (built.folder / "_static" / FONT).read_bytes()
    assert font[:4] == b"wOF2"
    return set(TTFont(BytesIO(font)).getBestCmap())


def test_a_build_leaves_the_icons_that_its_pages_show(project: Project) -> None:
    """The font and the sheet keep an icon that a page shows, and drop one that none shows."""
    built = build(project)

    sheet = (built.folder / "_static" / SHEET).read_text("utf-8")
    anchor, anvil = 0xF13D, 0xF72E
    assert ".fa-anchor" in sheet
    assert ".fa-house-circle-check" not in sheet
    assert anchor in characters(built)
    assert anvil not in characters(built)
    assert len(characters(built)) < 100
    assert not (built.folder / "_static" / ICON_SCRIPT).exists()
    assert list(built.folder.rglob("*.map")) == []


def test_a_rebuild_finds_icons_that_a_page_has_gained(project: Project) -> None:
    """A second build keeps what the first kept, and what has come since."""
    first = characters(build(project))
    assert characters(build(project)) == first
    project.write(icon='# Icon\n\n```{raw} html\n<i class="fa-solid fa-bell"></i>\n```\n')

    bell, anchor = 0xF0F3, 0xF13D
    assert bell in characters(build(project))
    assert anchor not in characters(build(project))
