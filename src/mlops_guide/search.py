"""The full-text search of the book: a Sphinx extension that gives it to Pagefind.

It marks what each page says, writes the search page at the address of Sphinx's own, and
has the index made when all pages are written (https://pagefind.app). Sphinx's search, whose
index would weigh on every page, is left out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.errors import ExtensionError

from mlops_guide import __version__
from mlops_guide.addresses import CHAPTERS
from mlops_guide.filters import facet_values
from mlops_guide.guide import Guide
from mlops_guide.markup import render
from mlops_guide.schema import FACETS
from mlops_guide.sphinx_ext import ASSETS

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SEARCHED_BY = [facet for facet in FACETS if facet.name in ("topic", "format", "cost")]
SHOWN = ("authors", "organization", "level", "effort")
FOLDER = "pagefind"
# Lists and facts that say again what a chapter says itself, and where its facts come from.
NOT_SEARCHED = (
    ".headerlink, .mg-mount, .mg-charts, .mg-brief, .mg-related, .mg-topic-list, .mg-shortcuts, "
    ".mg-resource dl, .mg-resource .mg-badges, .mg-go, .mg-host, .mg-coverage, .mg-syllabus small, "
    "#how-we-know"
)
# Pagefind's own interfaces, its worker (search.js does without, which saves a request and
# a policy for it) and the scripts of Sphinx's search: no page loads them.
UNUSED = (
    "pagefind/*ui.*",
    "pagefind/*-ui.*",
    "pagefind/pagefind-highlight.js",
    "pagefind/pagefind-worker.js",
    "_static/searchtools.js",
    "_static/language_data.js",
)


def replace_sphinx_search(app: Sphinx) -> None:
    """Keep Sphinx from making its index and its search page."""
    if app.builder.name == "html":
        app.builder.search = False  # type: ignore[attr-defined]


def describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Mark a page for Pagefind: its body, and the facts of a chapter for facets and ranking."""
    if page == "search":
        app.add_css_file(f"{ASSETS}/search.css")
        app.add_js_file(f"{ASSETS}/search.js", type="module")
    if doctree is None or page == app.config.root_doc:
        return
    guide: Guide = app.mlops_guide  # type: ignore[attr-defined]
    record, topic = guide.record_of(page), guide.topic_of(page)
    facets = {f.name: facet_values(f, record) for f in SEARCHED_BY} if record else {}
    card = guide.cards[record["id"]] if record else {}
    meta = {name: card[name] for name in SHOWN if name in card}
    if topic:
        meta["about"] = topic["description"]
    context["body"] = render("searched", str, body=context["body"], facets=facets, meta=meta)


def search_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Write the search page, with the number of chapters of each value."""
    if app.builder.name != "html":
        return
    guide: Guide = app.mlops_guide  # type: ignore[attr-defined]
    chapters = [r for key, r in guide.records.items() if CHAPTERS + key in app.env.found_docs]
    facets = []
    for facet in SEARCHED_BY:
        values = [value for record in chapters for value in facet_values(facet, record)]
        titles = guide.index.titles[facet.name]
        options = [(v, title, values.count(v)) for v, title in titles.items() if v in values]
        facets.append((facet.name, facet.title, options))

    def uri(target: str) -> str:
        return app.builder.get_relative_uri("search", target)

    pages = [p for p in ("book/explore", "book/topics") if p in app.env.found_docs]
    body = render("search", uri, facets=facets, levels=guide.index.titles["level"], pages=pages)
    context = {"title": "Search", "body": body, "meta": {"html_theme.sidebar_secondary.remove": ""}}
    yield "search", context, "page.html"


def begin_index(app: Sphinx, exception: Exception | None) -> None:
    """Have Pagefind read the pages of the book, when all are written, while the rest goes on."""
    if exception is None and app.builder.name == "html":
        outdir = Path(app.outdir)
        pages = [app.builder.get_outfilename(name) for name in sorted(app.env.found_docs)]  # type: ignore[attr-defined]
        at_work = ExitStack()
        at_work.enter_context(indexing(outdir, [Path(page).relative_to(outdir) for page in pages]))
        app.mlops_guide_index = at_work  # type: ignore[attr-defined]


def finish_index(app: Sphinx, exception: Exception | None) -> None:
    """Wait for Pagefind, when all else of the build is done."""
    if exception is None and app.builder.name == "html":
        app.mlops_guide_index.close()  # type: ignore[attr-defined]


@contextmanager
def indexing(book: Path, pages: Iterable[Path]) -> Iterator[None]:
    """Write the index of pages of a built book into its folder ``pagefind``, meanwhile.

    Parameters
    ----------
    book
        The folder of the HTML.
    pages
        What to read there: its folder also holds pieces of pages that the theme leaves,
        and in an incremental build pages that exist no more.

    Raises
    ------
    ExtensionError
        At the end, if Pagefind is not installed or does not understand the pages.
    """
    output = book.resolve() / FOLDER
    shutil.rmtree(output, ignore_errors=True)
    with TemporaryDirectory() as site:
        for page in pages:
            copy = Path(site) / page
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(book / page, copy)
        command = [sys.executable, "-m", "pagefind", "--site", site, "--output-path", str(output)]
        command += ["--exclude-selectors", NOT_SEARCHED, "--quiet"]
        run = subprocess.Popen(
            command, cwd=site, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        yield
        said = run.communicate()[0].strip().splitlines()
    if run.returncode:
        raise ExtensionError(f"Pagefind made no search index: {said[-1] if said else 'no reason'}")
    for pattern in UNUSED:
        for path in book.glob(pattern):
            path.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Set up the extension."""
    app.setup_extension("mlops_guide.sphinx_ext")
    app.add_js_file(f"{ASSETS}/keys.js", loading_method="defer")
    app.connect("builder-inited", replace_sphinx_search)
    app.connect("html-page-context", describe)
    app.connect("html-collect-pages", search_page)
    app.connect("build-finished", begin_index, priority=100)
    app.connect("build-finished", finish_index, priority=900)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
