"""The contents beside a page: its own branch, and the first level of the rest."""

from __future__ import annotations

import pytest
from bs4 import Tag

from sphinx_project import Built, Project

TOC = """\
# Front

```{toctree}
:caption: Fruit & roots

apples
Short name <pears>
```

```{toctree}
plain
Elsewhere <https://example.org/>
```
"""
PAGES = {
    "apples": "# Apples <i>raw</i>\n\n```{toctree}\nred\n```\n",
    "red": "# Red\n\n```{toctree}\ndeep/crimson\n```\n",
    "deep/crimson": "# Crimson\n",
    "pears": "# Pears of every kind\n\n```{toctree}\ngreen\n```\n",
    "green": "# Green\n",
    "plain": "---\norphan: true\n---\n\n# Plain\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A book of two parts, three levels deep, with the theme of the guide."""
    project = Project(tmp_path_factory.mktemp("sidebar") / "project")
    resources = [f"book/resources/{key}" for key in ("one", "two", "three")]
    rest = "\n".join([*resources, "book/topics/testing", "book/topics/training"])
    hidden = f"\n```{{toctree}}\n:hidden:\n:caption: Rest\n\n{rest}\n```\n"
    project.write(index=TOC + hidden, **PAGES)
    built = project.build(confoverrides={"html_theme": "sphinx_book_theme"})
    assert built.warnings == ""
    return built


def sidebar(built: Built, page: str) -> Tag:
    """Return the contents beside a page."""
    found = built.page(page).select_one(".bd-sidebar-primary nav[aria-label='Main']")
    assert found is not None
    return found


def links(built: Built, page: str) -> dict[str, str]:
    """Return the links beside a page of the first two parts, by their text."""
    found = {a.get_text(): str(a["href"]) for a in sidebar(built, page).select("a")}
    return {text: target for text, target in found.items() if "resources" not in target}


def test_a_page_shows_its_branch(built: Built) -> None:
    """The first level stands beside every page, what is below it beside its own pages."""
    first = ["Apples <i>raw</i>", "Short name", "Plain", "Elsewhere"]
    assert list(links(built, "index"))[: len(first)] == first
    assert list(links(built, "apples"))[:3] == ["Apples <i>raw</i>", "Red", "Short name"]
    assert list(links(built, "deep/crimson"))[1:4] == ["Red", "Crimson", "Short name"]
    assert "Red" not in links(built, "green")


def test_addresses_are_relative_to_the_page(built: Built) -> None:
    """A link leads to its page from any depth, and another host's address stays."""
    found = links(built, "deep/crimson")
    assert found["Red"] == "../red.html"
    assert found["Short name"] == "../pears.html"
    assert found["Elsewhere"] == "https://example.org/"


def test_the_page_is_marked(built: Built) -> None:
    """The link to the page itself says so, and the entries above it are open and active."""
    contents = sidebar(built, "deep/crimson")
    (current,) = contents.select("[aria-current='page']")
    assert current.get_text() == "Crimson"
    active = [li.a.get_text() for li in contents.select("li.current.active") if li.a]
    assert active == ["Apples <i>raw</i>", "Red", "Crimson"]
    assert len(contents.select("details[open]")) == 2


def test_captions_and_toggles_have_names(built: Built) -> None:
    """A caption is a heading of level 2, a toggle is named by the page above its pages."""
    contents = sidebar(built, "red")
    captions = [p.get_text() for p in contents.select("p[role='heading'][aria-level='2']")]
    assert captions == ["Fruit & roots", "Rest"]
    names = [summary["aria-label"] for summary in contents.select("summary")]
    assert names == ["Pages under Apples <i>raw</i>", "Pages under Red"]


def test_a_page_outside_the_contents_has_them_all_closed(built: Built) -> None:
    """The search page stands in no branch."""
    contents = sidebar(built, "search")
    assert contents.select("details, .current") == []
    assert len(contents.select("a")) > 4
