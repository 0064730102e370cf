"""The built book, and the text that it is built from."""

from __future__ import annotations

import importlib.metadata
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, nodes
from packaging.requirements import Requirement
from plotly.offline import get_plotlyjs_version

from mlops_guide import load_records, load_topics
from mlops_guide.schema import COSTS, STATUSES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "mlops_guide"
RECORDS = {record["id"]: record for record in load_records(ROOT / "data")}
CHAPTERS = sorted((ROOT / "book" / "resources").glob("*.md"))
NOTEBOOKS = sorted((ROOT / "book").rglob("*.ipynb"))
SECTIONS = [
    "In one minute",
    "What you will learn",
    "Choose it if, skip it if",
    "What has aged",
    "Cost, exactly",
    "Before and after",
    "Try this first",
    "How we know",
]
MAX_BYTES = 150_000
WITH_EVERY_CARD = "explore.html"
LOADED = {"link": "href", "a": "href", "form": "action", "object": "data", "use": "href"}

Pages = dict[Path, BeautifulSoup]


@pytest.fixture(scope="module")
def pages(book: Path) -> Pages:
    """Every page of the book, parsed, by its path."""
    found = [path for path in book.rglob("*.html") if "_static" not in path.parts]
    return {path: BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in found}


def text(element: Tag | None) -> str:
    """Return the text of an element as it was written, without the mark of a heading's link."""
    assert element is not None
    return " ".join(element.get_text().split()).removesuffix("#").replace("’", "'")


def addresses(page: BeautifulSoup) -> Iterator[tuple[Tag, str]]:
    """Yield every address that a page names, with its element."""
    for element in page.find_all(True):
        for name in {"src", "poster", LOADED.get(element.name, "src")}:
            if name in element.attrs:
                yield element, element[name]
        for candidate in element.get("srcset", "").split(","):
            if candidate.strip():
                yield element, candidate.split()[0]


def test_links_anchors_and_assets_resolve(book: Path, pages: Pages) -> None:
    """Every address within the book leads to a file, and its fragment to an element there."""
    ids = {path: {tag["id"] for tag in page.find_all(id=True)} for path, page in pages.items()}
    broken = []
    for path, page in pages.items():
        for _, address in addresses(page):
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            fragment = unquote(parts.fragment)
            if not target.is_file() or not target.is_relative_to(book.resolve()):
                broken.append(f"{path.relative_to(book)}: {address}: no such file")
            elif fragment and target in ids and fragment not in ids[target]:
                broken.append(f"{path.relative_to(book)}: {address}: no such place")
    assert broken == []


def test_style_sheets_name_only_files_of_the_book(book: Path, pages: Pages) -> None:
    """What the style sheets of a page import or draw stands in the book, on this host."""
    sheets = {
        (path.parent / urlsplit(link["href"]).path).resolve()
        for path, page in pages.items()
        for link in page.select('link[rel="stylesheet"]')
    }
    broken = []
    for sheet in sheets:
        css = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        named = re.findall(r"@import\s+['\"]([^'\"]+)|url\(\s*['\"]?([^'\")]+)", css)
        for address in map("".join, named):
            parts = urlsplit(address)
            if parts.scheme == "data" or address == "file.png":  # basic.css: an unused example
                continue
            if parts.scheme or parts.netloc or not (sheet.parent / parts.path).is_file():
                broken.append(f"{sheet.name}: {address}")
    assert sheets
    assert broken == []


def test_no_page_asks_another_host(pages: Pages) -> None:
    """Only a link that a reader clicks may name another host."""
    foreign = [
        f"{path.name}: {element.name} {address}"
        for path, page in pages.items()
        for element, address in addresses(page)
        if element.name != "a"
        and (urlsplit(address).netloc or urlsplit(address).scheme not in ("", "data"))
    ]
    styles = [
        f"{path.name}: {css}"
        for path, page in pages.items()
        for css in [s.get_text() for s in page("style")]
        + [e["style"] for e in page.select("[style]")]
        if re.search(r"@import|url\(\s*['\"]?(?!data:)", css)
    ]
    assert foreign + styles == []


def test_every_page_says_what_it_is(pages: Pages) -> None:
    """A page has one main heading on the screen, a title of its own and a language."""
    titles = defaultdict(list)
    for path, page in pages.items():
        headings = [h for h in page("h1") if h.find_parent(class_="onlyprint") is None]
        assert len(headings) == 1, path
        assert text(headings[0]), path
        assert page.html["lang"] == "en", path
        titles[text(page.title)].append(path.name)
    assert all(title and len(found) == 1 for title, found in titles.items()), titles


def test_the_front_page_is_a_page(book: Path, pages: Pages) -> None:
    """The root address answers with a page that leads into the catalog, not with a redirect."""
    front = pages[book / "index.html"]

    assert front.select_one('meta[http-equiv="refresh"]') is None
    assert front.select_one("form.mg-find")["action"] == "book/explore.html"
    assert text(front.select_one(".mg-numbers")).startswith(f"{len(RECORDS)} resources ")
    assert len(front.select(".mg-shortcuts a[href^='book/formats/']")) == len(
        {record["format"] for record in RECORDS.values()}
    )


def test_rows_and_chapters_belong_together(book: Path, pages: Pages) -> None:
    """Every row has a chapter, on the page and in the sidebar of its format, and the reverse."""
    built = {path.stem for path in (book / "book" / "resources").glob("*.html")}

    assert built == {path.stem for path in CHAPTERS} == set(RECORDS)
    for part in (book / "book" / "formats").glob("*.html"):
        wanted = sorted(key for key, record in RECORDS.items() if record["format"] == part.stem)
        for place in (".bd-sidebar-primary", "article .mg-brief"):
            links = pages[part].select(f"{place} a[href*='resources/']")
            assert sorted(Path(link["href"]).stem for link in links) == wanted, (part, place)


def test_every_topic_has_a_page_with_its_resources(book: Path, pages: Pages) -> None:
    """The page of a topic bears its title and numbers all resources about it."""
    topics = load_topics()

    assert {path.stem for path in (book / "book" / "topics").glob("*.html")} == set(topics)
    for topic, title in topics.items():
        page = pages[book / "book" / "topics" / f"{topic}.html"]
        listed = [Path(link["href"]).stem for link in page.select("article ol.mg-brief a")]
        wanted = [key for key, record in RECORDS.items() if topic in record["topics"]]
        assert text(page.article.h1) == title
        assert sorted(listed) == sorted(wanted)
        for key in listed:
            needed = set(RECORDS[key]["prerequisites"]).intersection(listed)
            assert needed <= set(listed[: listed.index(key)]), key


@pytest.mark.parametrize("key", RECORDS)
def test_a_chapter_has_its_sections_and_its_facts(book: Path, pages: Pages, key: str) -> None:
    """A chapter has the eight sections in order, and its card shows the facts of its row."""
    record = RECORDS[key]
    article = pages[book / "book" / "resources" / f"{key}.html"].article
    card = article.select_one(".mg-resource")
    facts = {text(fact.dt): text(fact.dd) for fact in card.select("dl > div")}

    assert [text(heading) for heading in article("h2")] == SECTIONS
    assert text(article.h1) == record["title"]
    assert text(card.select_one(".mg-go")) == f"Open {record['title']}"
    assert card.select_one(".mg-go")["href"] == record["url"]
    assert text(card.select_one(".mg-summary")) == record["summary"]
    assert facts["Status"] == STATUSES[record["status"]]
    assert facts["Cost"].startswith(COSTS[record["cost"]])
    assert (record["cost_note"] or "") in facts["Cost"]
    dated = f"Checked {record['cost_checked']}." if record["cost_checked"] else "Not checked yet."
    assert facts["Cost"].endswith(dated)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_page_is_alive(book: Path, pages: Pages, notebook: Path) -> None:
    """A notebook's page has mounts for the page's script, and no dead widget or error."""
    page = pages[(book / notebook.relative_to(ROOT)).with_suffix(".html")]

    assert page.select("article [data-mount] script[type='application/json']")
    assert len(page.select("script[type='module'][src*='page.js']")) == 1
    for sign in ("widget-view", "widget-state", "A Jupyter Widget", "Traceback"):
        assert sign not in str(page)
    assert not re.search(r"\b\w*Error\b", page.article.get_text())


def test_pages_are_small(pages: Pages) -> None:
    """No page weighs more than 150 kB of HTML, but for the one that holds every card."""
    heavy = {path.name for path in pages if path.stat().st_size > MAX_BYTES}
    assert heavy <= {WITH_EVERY_CARD}


def test_heavy_or_foreign_scripts_stay_out(pages: Pages) -> None:
    """What the theme and its extensions would load without need is on no page."""
    unwanted = re.compile(r"fontawesome|searchindex|thebe|mathjax|require(\.min)?\.js|plotly")
    loaded = {
        (path.name, Path(urlsplit(element["src"]).path).name)
        for path, page in pages.items()
        for element in page.select("script[src]")
        if unwanted.search(element["src"].lower())
    }
    inline = [path.name for path, page in pages.items() if "THEBE_JS_URL" in str(page)]
    assert loaded == set()
    assert inline == []


def test_the_search_of_sphinx_is_gone(book: Path) -> None:
    """No index or script of Sphinx's search is in the book, and no dialog of the theme."""
    assert [path for name in ("searchindex*", "searchtools*") for path in book.rglob(name)] == []
    assert "pst-search-dialog" not in (book / "index.html").read_text("utf-8")


def test_the_theme_is_the_one_that_is_overridden() -> None:
    """The theme is exactly the release that our templates are made for."""
    assert importlib.metadata.version("sphinx-book-theme") == "1.3.0"
    assert importlib.metadata.version("pydata-sphinx-theme") == "0.17.1"
    pins = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {"sphinx-book-theme==1.3.0", "pydata-sphinx-theme==0.17.1"} <= set(pins["book"])


@pytest.mark.parametrize("override", sorted((PACKAGE / "theme").iterdir()), ids=lambda p: p.name)
def test_the_theme_still_has_what_is_overridden(override: Path) -> None:
    """Every template that we replace exists in the theme, with the blocks that we fill."""
    themes = ("sphinx-book-theme", "pydata-sphinx-theme")
    files = [file for theme in themes for file in importlib.metadata.files(theme) or []]
    originals = [f.locate() for f in files if f.name == override.name and "theme" in f.parts]
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])

    def blocks(path: Path) -> set[str]:
        tree = environment.parse(path.read_text("utf-8"))
        return {block.name for block in tree.find_all(nodes.Block)}

    assert originals
    assert blocks(override) <= {name for path in originals for name in blocks(Path(str(path)))}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_stored_without_results(path: Path) -> None:
    """A notebook in the repository has no outputs, counts or traces of a run."""
    notebook = json.loads(path.read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]

    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert "widgets" not in notebook["metadata"]
    assert all("execution" not in cell["metadata"] for cell in code)


def pins() -> dict[str, str]:
    """Return the versions of ``requirements.txt`` by name."""
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements.txt").read_text(), re.M)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-test.txt", ".binder/requirements.txt"]
)
def test_requirements_name_no_place_to_get_them_from(name: str) -> None:
    """Pinned requirements hold exact versions alone: no index, no address, no option."""
    wanted = [
        line for line in (ROOT / name).read_text().splitlines() if line.strip() and "#" not in line
    ]
    if name.startswith(".binder"):
        assert wanted.pop(0) == "-e .", "Binder runs the guide as it stands in the repository"

    assert wanted
    assert [
        line for line in wanted if not re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.!+]+( ;.*)?$", line)
    ] == []
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links", (ROOT / name).read_text())


def test_the_pins_fit_the_project() -> None:
    """``requirements.txt`` holds everything that building the book needs, in the ranges asked."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = project["dependencies"] + extras["notebook"] + extras["book"]
    wanted = [Requirement(line) for line in asked if not line.startswith(project["name"])]
    pinned = pins()

    assert [
        str(need) for need in wanted if pinned.get(need.name.lower(), "0") not in need.specifier
    ] == []


def test_the_page_draws_with_the_release_that_jupyter_has() -> None:
    """The vendored plotly.js is the release that the plotly package carries, and says so."""
    vendor = PACKAGE / "static" / "vendor"
    head = (vendor / "plotly-basic.min.js").read_text("utf-8")[:200]
    version = get_plotlyjs_version()

    assert f"plotly.js (basic - minified) v{version}\n" in head
    assert f"`plotly.js-basic-dist-min` (npm) | {version} |" in (vendor / "README.md").read_text()
    assert pins()["plotly"] == importlib.metadata.version("plotly")


def test_patterns_of_marks_are_defined_once(pages: Pages) -> None:
    """What a mark is filled with stands on its page, and no two elements share an id."""
    used = 0
    for path, page in pages.items():
        ids = [str(element["id"]) for element in page.select("[id]")]
        assert len(ids) == len(set(ids)), path
        for mark in page.select(".mg-marks [fill^='url(']"):
            assert str(mark["fill"]).removeprefix("url(#").removesuffix(")") in ids
            used += 1
    assert used
