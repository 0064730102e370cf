"""What a built book tells other programs, with and without a known address."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from mlops_guide.findable import SITEMAP
from mlops_guide.publish import BASE, REPOSITORY
from sphinx_project import Built, Project, row

HOME = "https://guide.example.org/x/"
PAGES = {
    "book/resources/one": "# The one\n\n```{resource-card} one\n```\n",
    "book/resources/two": "# The two\n\n```{resource-card} two\n```\n",
    "book/topics/testing": "# Testing\n\n```{resource-list}\n:topic: testing\n```\n",
    "book/use": "# Use\n\n```{data-files}\n```\n\n```{feed-list}\n```\n",
}
HOSTILE = (
    "</script></title><img src=x onerror=alert(1)> \"'`{{7*7}} ]]> &amp; \u202e\u200b\x01 =1+1"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project that does not know where it is published."""
    monkeypatch.delenv(BASE, raising=False)
    monkeypatch.delenv(REPOSITORY, raising=False)
    made = Project(tmp_path / "project")
    made.write(**PAGES)
    return made


def head(page: BeautifulSoup) -> dict[str, str]:
    """Return the properties of Open Graph, by name."""
    return {meta["property"]: meta["content"] for meta in page.select("meta[property]")}


def canonical(page: BeautifulSoup) -> list[str]:
    """Return every canonical address of a page."""
    return [link["href"] for link in page.select('link[rel="canonical"]')]


def things(page: BeautifulSoup) -> list[dict[str, object]]:
    """Return the JSON-LD of a page."""
    return [json.loads(s.string) for s in page.select('script[type="application/ld+json"]')]


def files(built: Built) -> set[str]:
    """Return every file of a book."""
    return {path.relative_to(built.folder).as_posix() for path in built.folder.rglob("*.*")}


def test_without_an_address_nothing_absolute_is_told(project: Project) -> None:
    """A book that knows no address builds without a warning, and names none but the sources'."""
    built = project.build()

    assert built.warnings == ""
    page = built.page("book/resources/one")
    assert canonical(page) == []
    assert head(page).keys() == {"og:title", "og:type", "og:site_name", "og:description"}
    assert things(page)[0]["url"] == "https://one.example.org/"
    assert "mainEntityOfPage" not in things(page)[0]
    assert not files(built) & {"sitemap.xml", "robots.txt"}
    assert not (built.folder / "cards").exists()
    own = [built.folder / "feed.xml", *built.folder.rglob("data/*"), *built.folder.rglob("feeds/*")]
    for path in own:
        assert not re.search("localhost|127[.]0|file:|/tmp", path.read_text("utf-8")), path


@pytest.mark.parametrize("theme", ["basic", "sphinx_book_theme"])
def test_with_an_address_each_page_has_its_own(
    project: Project, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    """Each page says once where it stands, and its picture is there."""
    monkeypatch.setenv(BASE, HOME)
    conf = project.folder / "conf.py"
    conf.write_text(conf.read_text().replace("'basic'", repr(theme)))

    built = project.build()

    assert built.warnings == ""
    for name, address in {
        "index": HOME,
        "book/resources/one": f"{HOME}book/resources/one.html",
        "book/topics/testing": f"{HOME}book/topics/testing.html",
    }.items():
        page = built.page(name)
        told = head(page)
        assert canonical(page) == [address] == [told["og:url"]]
        assert told["og:image"].startswith(f"{HOME}cards/")
        with Image.open(built.folder / told["og:image"].removeprefix(HOME)) as picture:
            size = (told["og:image:width"], told["og:image:height"])
            assert tuple(map(str, picture.size)) == size
        assert [m["content"] for m in page.select('meta[name="twitter:card"]')]
    one = built.page("book/resources/one")
    assert head(one)["og:image:alt"].startswith("The one, Course, Freemium, Advanced")
    assert things(one)[0]["mainEntityOfPage"] == f"{HOME}book/resources/one.html"


def test_a_fork_publishes_under_its_own_address(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On GitHub Actions the address follows from the name of the repository."""
    monkeypatch.setenv(REPOSITORY, "Ada/Guide")

    built = project.build()

    assert canonical(built.page("index")) == ["https://ada.github.io/Guide/"]
    feed = feedparser.parse(built.folder / "feed.xml")
    assert feed.feed.link == "https://ada.github.io/Guide/"


def test_an_address_that_is_none_stops_the_build(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line names the setting in one message, without a traceback."""
    monkeypatch.setenv(BASE, "guide.example.org")

    run = project.command()

    assert run.returncode != 0
    assert run.stderr.count("GUIDE_BASE_URL is 'guide.example.org'; write an absolute") == 1
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_sitemap_names_every_page(
    project: Project, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    """All pages are in it after a rebuild of one, in parallel builds too, and crawlers find it."""
    monkeypatch.setenv(BASE, HOME)
    project.command("-j", jobs)
    project.write(**PAGES | {"book/resources/two": "# The two\n\nNew.\n"})
    assert project.command("-j", jobs).returncode == 0

    output = project.folder / "_build" / "html"
    tree = ElementTree.parse(output / "sitemap.xml")
    named = [loc.text for loc in tree.iterfind(f"{{{SITEMAP}}}url/{{{SITEMAP}}}loc")]
    pages = {p.relative_to(output).as_posix() for p in output.rglob("*.html")}
    pages -= {"genindex.html", "search.html", "index.html"}
    assert sorted(named) == sorted([HOME, *(HOME + page for page in pages)])
    assert f"Sitemap: {HOME}sitemap.xml" in (output / "robots.txt").read_text()


def test_a_description_of_the_page_is_taken_over(project: Project) -> None:
    """Open Graph says what the page says of itself, else the summary or the topic's question."""
    written = '---\nmyst:\n  html_meta:\n    description: A "fine" <page>.\n---\n\n# Front\n'
    project.write(**PAGES, other=written)

    built = project.build()

    assert head(built.page("other"))["og:description"] == 'A "fine" <page>.'
    assert head(built.page("book/resources/one"))["og:description"] == "About one."
    assert head(built.page("book/topics/testing"))["og:description"] == "How is it tested?"
    for name in ("index", "other", "book/use", "book/topics/testing"):
        [described] = built.page(name).select('meta[name="description"]')
        assert described["content"] == head(built.page(name))["og:description"]


def test_a_list_names_its_chapters_in_the_order_of_the_page(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ItemList of a topic page is the list that readers see."""
    monkeypatch.setenv(BASE, HOME)
    project.catalog([row("one", title="Z"), row("two", title="A"), row("three", topics="training")])

    [listed] = things(project.build().page("book/topics/testing"))

    assert listed["@type"] == "ItemList"
    assert [(e["name"], e["url"]) for e in listed["itemListElement"]] == [
        ("A", f"{HOME}book/resources/two.html"),
        ("Z", f"{HOME}book/resources/one.html"),
    ]


def test_pages_lead_to_feeds_and_files(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page names the feed of everything, a topic's page its own too; all files are there."""
    monkeypatch.setenv(BASE, HOME)
    built = project.build()

    def feeds(page: str) -> list[Path]:
        links = built.page(page).select('link[type="application/atom+xml"]')
        return [(built.folder / page).parent / link["href"] for link in links]

    assert [len(feeds(page)) for page in ("index", "book/resources/one", "search")] == [1, 1, 1]
    assert len(feeds("book/topics/testing")) == 2
    assert all(path.is_file() for page in ("index", "book/topics/testing") for path in feeds(page))
    use = built.page("book/use")
    linked = {
        (built.folder / "book" / a["href"]).resolve() for a in use.select(".body a[href^='../']")
    }
    public = {p.resolve() for p in built.folder.rglob("*") if p.parent.name in ("data", "feeds")}
    assert public | {(built.folder / "feed.xml").resolve()} <= linked
    [data] = things(use)
    assert data["@type"] == "Dataset"
    for file in data["distribution"]:
        assert (built.folder / file["contentUrl"].removeprefix(HOME)).is_file()


def test_a_topic_feed_brings_its_topic(project: Project) -> None:
    """A resource without a chapter, or of another topic, is not in a topic's feed."""
    project.catalog([row("one"), row("two", topics="training"), row("four")])

    built = project.build()

    testing = feedparser.parse(built.folder / "feeds" / "testing.xml")
    every = feedparser.parse(built.folder / "feed.xml")
    assert [entry.title for entry in testing.entries] == ["The one"]
    assert {entry.title for entry in every.entries} == {"The one", "The two"}
    assert testing.entries[0].link == "../book/resources/one.html"
    assert not testing.bozo


def test_a_hostile_catalog_stays_text(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Markup, quotes and hidden characters in every field change no element of a page or feed."""
    monkeypatch.setenv(BASE, HOME)
    calm = project.build()
    names = (
        "title",
        "summary",
        "cost_note",
        "organization",
        "authors",
        "license",
        "level",
        "format",
    )
    wicked = {
        **dict.fromkeys((*names, "cost", "language", "updated", "checked"), HOSTILE),
        "url": "javascript:alert(1)",
        "archive_url": f"https://e.org/{HOSTILE}",
        "prerequisites": "two",
    }
    topic = {"topic": "testing", "title": HOSTILE, "description": HOSTILE, "order": "1"}
    project.catalog([row("one", **wicked), row("two", **wicked)], (), [topic])

    built = project.build()

    assert built.warnings == ""
    for page in ("book/resources/one", "book/topics/testing", "index"):
        before, after = calm.page(page).head, built.page(page).head
        kinds = {(tag.name, tag.get("type")) for tag in before.find_all(True)}
        assert {(tag.name, tag.get("type")) for tag in after.find_all(True)} <= kinds
    thing = things(built.page("book/resources/one"))[0]
    assert thing["name"] == re.sub("[\u202e\u200b\x01]", "", HOSTILE)
    assert not {"url", "archivedAt"} & set(thing)
    for path in [built.folder / "feed.xml", built.folder / "feeds" / "testing.xml"]:
        parsed = feedparser.parse(path)
        assert not parsed.bozo
        assert parsed.entries[0].title == thing["name"]
