"""The Sphinx extension, on small projects that are thrown away."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sphinx.errors import ExtensionError

from mlops_guide.mime import PLOTLY_MIME
from mlops_guide.payload import MOUNT_MIME
from mlops_guide.schema import FILES
from sphinx_project import TOPICS, Project, Row, notebook, part, row

EVERYTHING = """\
# Everything

```{resource-card} one
```

```{syllabus} one
```

```{related} one
```

```{explorer}
:charts:
```

```{resource-list}
:sort: reading
```

```{topic-index}
```

```{data-dictionary} resources.csv
```
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a catalog of three resources."""
    return Project(tmp_path / "project")


def test_a_sound_project_builds_without_a_warning(project: Project) -> None:
    """Every directive works with a sound catalog, and says nothing."""
    project.write(everything=EVERYTHING)

    built = project.build()

    assert built.warnings == ""
    assert "2 parts, most on Testing (1)." in built.page("everything").get_text()
    links = {a.get_text(): a["href"] for a in built.page("everything").select(".mg-related a")}
    assert links == {"The two": "book/resources/two.html", "The three": "book/resources/three.html"}


@pytest.mark.parametrize(
    ("directive", "message"),
    [
        ("{resource-card} tow", "no resource 'tow' in data/resources.csv; did you mean 'two'?"),
        ("{syllabus} tow", "no resource 'tow' in data/resources.csv; did you mean 'two'?"),
        ("{related} thre", "no resource 'thre' in data/resources.csv; did you mean 'three'?"),
        ("{related} quite-other", "no resource 'quite-other' in data/resources.csv"),
        ("{syllabus} two", "data/syllabus.csv has no parts of 'two'"),
        (
            "{data-dictionary} topic.csv",
            "no file 'topic.csv'; use one of topics.csv, resources.csv",
        ),
        ("{explorer}\n:topic: testng", "unknown topic 'testng'; did you mean 'testing'?"),
        ("{explorer}\n:cost: free;cheap", "unknown cost 'cheap'; use one of: "),
        ("{explorer}\n:sort: newst", "newst"),
        ("{explorer}\n:sort: reading", "reading"),
        ("{explorer}\n:hours: 10", "explorer: '10' is not a range; write it as 2..10"),
        ("{find}\nShort: hours=10", "find: '10' is not a range; write it as 2..10"),
        ("{find}\nCheap: cost=cheap", "find: unknown cost 'cheap'"),
        ("{find}\nNone: cost=freemium&hours=9..", "find: None: no resource is like this"),
        ("{resource-list}\n:level: expert", "resource-list: unknown level 'expert'"),
        ("{explorer}\n:colour: red", "colour"),
    ],
)
def test_a_mistake_in_a_directive_is_told_in_its_place(
    project: Project, directive: str, message: str
) -> None:
    """A mistake in a directive is a warning with the file, the line and the way out."""
    project.write(page=f"# Page\n\nText.\n\n```{directive}\n```\n")

    [warning] = project.build().warnings.splitlines()

    assert message in warning
    assert re.search(r"project/page\.md:[56]: (WARNING|ERROR): ", warning)


def test_a_link_to_a_missing_chapter_is_told_in_its_place(project: Project) -> None:
    """A list that names a resource without a chapter warns, and names the line."""
    project.write(page="# Page\n\n```{related} one\n```\n\n```{resource-list}\n```\n")
    (project.folder / "book/resources/two.md").unlink()

    warnings = project.build().warnings

    assert "page.md:3: WARNING: no chapter 'book/resources/two' to link to" in warnings
    assert "page.md:6: WARNING: no chapter 'book/resources/two' to link to" in warnings


def test_a_warning_fails_a_strict_build(project: Project) -> None:
    """With warnings as errors, an unknown resource fails the build."""
    project.write(page="# Page\n\n```{resource-card} tow\n```\n")

    assert project.build(warningiserror=True, keep_going=True, freshenv=True).status == 1


@pytest.mark.parametrize("file", ["resources.csv", "topics.csv", "syllabus.csv"])
def test_an_unreadable_catalog_stops_the_build(project: Project, file: str) -> None:
    """A file that is missing or has wrong columns stops the build and is named."""
    project.write()
    header = [column.name for column in FILES[file]]
    (project.folder / "data" / file).write_text(",".join([*header, "colour"]))

    with pytest.raises(ExtensionError, match="the catalog cannot be read") as caught:
        project.build()

    assert f"{file}:1:colour: unknown-column" in str(caught.value)


def test_an_unreadable_catalog_is_one_message_on_the_command_line(project: Project) -> None:
    """The command line gives the problem in one message, without a traceback."""
    project.write()
    (project.folder / "data/resources.csv").unlink()

    run = project.command()

    assert run.returncode != 0
    assert run.stderr.count("the catalog cannot be read") == 1
    assert "resources.csv:0:-: missing-file" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_strange_value_in_the_catalog_still_builds(project: Project) -> None:
    """Values are the business of ``mlops-guide validate``: a build shows them as they are."""
    strange = {"level": "divine", "cost": "dear", "format": "song", "status": "lost"}
    project.catalog([row("one", **strange, topics="other"), row("two", **strange)])
    project.write(everything=EVERYTHING)

    built = project.build()

    assert built.warnings == ""
    assert "divine" in built.page("everything").select_one(".mg-resource").get_text()


PAGES = {
    "card": "# Card\n\n```{resource-card} one\n```\n",
    "other": "# Other\n\n```{resource-card} two\n```\n",
    "related": "# Related\n\n```{related} one\n```\n",
    "parts": "# Parts\n\n```{syllabus} one\n```\n",
    "explorer": "# Explorer\n\n```{explorer}\n```\n",
    "topics": "# Topics\n\n```{topic-index}\n```\n",
    "plain": "# Plain\n",
}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_only_pages_that_show_a_changed_row_are_read_again(project: Project, jobs: str) -> None:
    """A changed row makes the pages that show it outdated, and no other, in parallel builds too."""
    project.conf("myst_nb")
    project.write(**PAGES)
    mount = {MOUNT_MIME: {"kind": "charts", "figures": []}, "text/plain": "x"}
    (project.folder / "notebook.ipynb").write_text(notebook(mount))
    (project.folder / "other_notebook.ipynb").write_text(notebook({"text/plain": "x"}))
    first = project.command("-j", jobs)
    assert first.returncode == 0, first.stderr
    assert project.build().read == set()

    project.catalog([row("one"), row("two", prerequisites="one", summary="New."), row("three")])
    after_summary = project.build().read
    parts = [part("one", 1, title="New", topics="testing"), part("one", 2)]
    project.catalog([row("one"), row("two", prerequisites="one", summary="New.")], parts)
    after_removal = project.build().read

    whole = {"explorer", "topics", "notebook"}
    # Card and parts of `one` are read with its related resources: a chapter shows all three.
    assert after_summary - {"card", "parts"} == whole | {"other", "related"}
    assert after_removal >= whole | {"card", "parts", "related"}
    assert not after_removal & {"plain", "index", "other_notebook"}


def test_a_changed_row_leaves_unrelated_chapters_alone(project: Project) -> None:
    """A chapter is not read again for a change in a resource that it does not name."""
    apart = {"topics": "training"}
    project.catalog([row("one"), row("two", **apart), row("three", **apart)])
    project.write(**PAGES)
    project.build()

    project.catalog([row("one"), row("two", **apart, summary="New."), row("three", **apart)])

    built = project.build()
    assert built.read == {"other", "explorer", "topics"}
    assert "New." in built.page("other").select_one(".mg-summary").get_text()


def test_a_page_is_forgotten_with_its_directive(project: Project) -> None:
    """A page that no longer shows a resource is not read again when that resource changes."""
    project.write(**PAGES)
    project.build()
    project.write(**{**PAGES, "other": "# Other, without its card\n"})
    assert "other" in project.build().read

    project.catalog([row("one"), row("two", prerequisites="one", summary="New."), row("three")])

    assert "other" not in project.build().read


def test_scripts_come_only_where_something_lives(project: Project) -> None:
    """``page.js`` stands on pages with an explorer or figures, and on no other."""
    project.conf("myst_nb")
    project.write(**PAGES)
    plotly = {PLOTLY_MIME: {"data": [], "layout": {}}, "text/plain": "x"}
    (project.folder / "notebook.ipynb").write_text(notebook(plotly))
    (project.folder / "other_notebook.ipynb").write_text(notebook({"text/plain": "x"}))

    built = project.build()

    found = {page.stem for page in built.folder.glob("*.html") if "page.js" in page.read_text()}
    assert found == {"explorer", "notebook"}
    scripts = built.page("explorer").select('script[src*="page.js"]')
    assert [script["type"] for script in scripts] == ["module"]
    assert (built.folder / "_static/mlops-guide/page.js").is_file()


def test_a_plain_plotly_figure_becomes_a_figure_with_a_table(project: Project) -> None:
    """A figure that says nothing about itself gets a name, a place and its numbers as a table."""
    project.conf("myst_nb")
    project.write()
    bars = {"data": [{"type": "bar", "x": ["a", "b"], "y": [1, 2]}], "layout": {}}
    (project.folder / "notebook.ipynb").write_text(notebook({PLOTLY_MIME: bars}))

    built = project.build()

    figure = built.page("notebook").select_one("figure.mg-chart")
    assert figure.figcaption.get_text() == "Chart"
    assert [
        [cell.get_text() for cell in r.select("th, td")] for r in figure.select("tbody tr")
    ] == [
        ["a", "1"],
        ["b", "2"],
    ]
    assert json.loads(figure.script.string) == bars


EVIL = """<script>alert(1)</script><img src=x onerror="alert(2)"> "' onclick='alert(3)' </script>"""
EVIL_URL = "javascript:alert(4)"


class Structure(HTMLParser):
    """The elements of a page with the names of their attributes, and every address."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, tuple(sorted(name for name, _ in attrs))))
        names = ("href", "src", "action", "formaction", "srcdoc", "data")
        self.addresses += [value or "" for name, value in attrs if name in names]


def fill(project: Project, text: str, url: str) -> list[Row]:
    """Write a catalog with the same text and address in every free field."""
    free = dict.fromkeys(
        ("title", "summary", "cost_note", "authors", "organization", "license", "level"), text
    )
    free |= dict.fromkeys(("programming_languages", "hands_on", "certificate", "updated"), text)
    free |= dict.fromkeys(("cost", "format", "status", "hours_basis", "language"), text)
    free |= dict.fromkeys(("checked", "cost_checked"), text)
    urls = dict.fromkeys(("url", "former_urls", "archive_url", "sources"), url)
    topic = {"topic": text, "title": text, "description": text, "order": "3"}
    both = f"testing;{text}"
    rows = [row(k, **free, **urls, hours="2", topics=both) for k in ("one", "two", "three")]
    parts = [part("one", 1, group=text, title=text, url=url, topics=both)]
    project.catalog(rows, parts, [*TOPICS, topic])
    return rows


def test_a_hostile_catalog_is_only_ever_text(project: Project) -> None:
    """Tags, quotes and script addresses in any field add no element, attribute or link."""
    project.write(everything=EVERYTHING)
    fill(project, "Harmless", "ftp://example.org/")
    plain = Structure(project.build().text("everything"))

    fill(project, EVIL.replace(";", ","), EVIL_URL)
    built = project.build()

    hostile = Structure(built.text("everything"))
    assert hostile.elements == plain.elements
    assert {urlsplit(address).scheme for address in hostile.addresses} <= {"", "http", "https"}
    card = built.page("everything").select_one(".mg-resource")
    assert card.select_one(".mg-summary").get_text() == EVIL


def test_embedded_json_cannot_be_left(project: Project) -> None:
    """What stands in the catalog ends no script element; the script gets it back unchanged."""
    project.write(everything=EVERYTHING)
    fill(project, EVIL, EVIL_URL)

    page = project.build().page("everything")

    scripts = page.select('[data-mount] script[type="application/json"]')
    state, *figures = (json.loads(script.string) for script in scripts)
    assert [resource["title"] for resource in state["catalog"]["resources"]] == [EVIL] * 3
    assert all("url" not in resource for resource in state["catalog"]["resources"])
    assert any(EVIL in figure["data"][0].get("text", ()) for figure in figures)
