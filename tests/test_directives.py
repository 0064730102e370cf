"""What the directives show of a catalog."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinx_project import Project, part, row


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a catalog of three resources."""
    return Project(tmp_path / "project")


def test_a_list_holds_what_its_options_choose(project: Project) -> None:
    """Facets, ranges, words and an order choose the resources of a list."""
    hours = {"hours_basis": "stated"}
    project.catalog(
        [
            row("one", cost="free", hours="12", **hours),
            row("two", cost="free", hours="2", **hours),
            row("three", cost="paid", hours="1", **hours),
        ]
    )
    project.write(
        page="# Page\n\n```{resource-list}\n:cost: free\n:hours: 1..20\n:sort: shortest\n```\n",
        none="# None\n\n```{resource-list}\n:query: zebra\n```\n",
    )

    built = project.build()

    links = [a.get_text() for a in built.page("page").select("ul.mg-brief a")]
    assert links == ["The two", "The one"]
    assert built.page("none").select_one(".mg-none") is not None
    assert built.warnings == ""


def test_a_reading_order_puts_the_easy_first_and_needs_before(project: Project) -> None:
    """By level, then hours, unless something has to come before; parts on the topic are told."""
    easy = {"level": "introductory", "hours_basis": "stated"}
    project.catalog(
        [
            row("alone", hours="3", **easy),
            row("deep", level="advanced", topics="testing"),
            row("needs", hours="1", prerequisites="deep;alone", **easy),
            row("other", topics="training"),
            row("quick", hours="2", **easy),
        ],
        [part("deep", 1, topics="testing"), part("deep", 2, topics="training")],
    )
    chapters = {f"book/resources/{key}": f"# The {key}\n" for key in ("alone", "deep", "needs")}
    chapters |= {"book/resources/quick": "# The quick\n", "book/resources/other": "# The other\n"}
    order = "```{resource-list}\n:topic: testing\n:sort: reading\n```\n"
    project.write(page=f"# Page\n\n{order}", **chapters)

    built = project.build()

    listed = built.page("page").select("ol.mg-brief > li")
    found = [item.a.get_text() for item in listed]
    assert found == ["The quick", "The alone", "The deep", "The needs"]
    assert "1 of 2 parts on it" in listed[2].get_text()
    assert built.warnings == ""


def test_resources_that_need_each_other_are_all_listed(project: Project) -> None:
    """A circle of prerequisites, which validate refuses, loses no resource of a list."""
    project.catalog(
        [row("one", prerequisites="two"), row("two", prerequisites="one"), row("three")]
    )
    project.write(page="# Page\n\n```{resource-list}\n:sort: reading\n```\n")

    found = [a.get_text() for a in project.build().page("page").select(".mg-brief a")]

    assert found == ["The three", "The one", "The two"]


def test_a_prerequisite_is_shown_with_its_reason(project: Project) -> None:
    """Both chapters that a prerequisite joins say what exactly is needed."""
    project.table(
        "prerequisites.csv", [{"resource": "two", "prerequisite": "one", "why": "Tests."}]
    )
    project.write(one="# A\n\n```{related} one\n```\n", two="# B\n\n```{related} two\n```\n")

    built = project.build()

    assert [p.get_text() for p in built.page("one").select(".mg-why")] == ["Tests."]
    assert [p.get_text() for p in built.page("two").select(".mg-why")] == ["Tests."]


def test_the_index_of_topics_counts_resources(project: Project) -> None:
    """Every topic leads to its page, and says how many resources are about it and free."""
    project.catalog([row("one", topics="testing", cost="free"), row("two", topics="testing")])
    project.write(page="# Page\n\n```{topic-index}\n```\n")

    items = project.build().page("page").select(".mg-topic-list > li")

    assert [item.a["href"] for item in items] == [
        "book/topics/testing.html",
        "book/topics/training.html",
    ]
    assert [item.select_one(".mg-by").get_text() for item in items] == [
        "2 resources, 1 of them free",
        "0 resources, 0 of them free",
    ]


def test_one_part_is_counted_as_one(project: Project) -> None:
    """A syllabus of a single part says so in the singular."""
    project.catalog([row("one")], [part("one", 1)])
    project.write(page="# Page\n\n```{syllabus} one\n```\n")

    assert project.build().page("page").select_one(".mg-coverage").get_text() == "1 part."
