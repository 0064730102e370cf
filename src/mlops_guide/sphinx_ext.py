"""The Sphinx extension: writes what the directives place, and adds assets where needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.fileutil import copy_asset

from mlops_guide import __version__, findable
from mlops_guide.addresses import CHAPTERS
from mlops_guide.catalog import CatalogError
from mlops_guide.directives import DIRECTIVES, Block, Mount
from mlops_guide.guide import WHOLE, Guide, shown_on_pages
from mlops_guide.hosting import setup_hosting
from mlops_guide.in_browser import setup_in_browser
from mlops_guide.lean import lighten, trim_templates
from mlops_guide.markup import render
from mlops_guide.policy import drop_thebe, use_policy
from mlops_guide.shrink import shrink
from mlops_guide.sidebar import add_sidebar, forget_contents

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

HERE = Path(__file__).parent
ASSETS = "mlops-guide"
logger = logging.getLogger(__name__)


def visit_block(translator: Any, node: Block) -> None:
    """Write a block's HTML."""
    _write(translator, node, node["template"], node["values"])


def visit_mount(translator: Any, node: Mount) -> None:
    """Write what stands on the page until, or unless, JavaScript brings it to life."""
    values = node["values"]
    if node["kind"] == "explorer":
        found = translator.builder.env.found_docs
        catalog = values["state"]["catalog"]
        resources = [
            resource
            if CHAPTERS + resource["id"] in found
            else {name: value for name, value in resource.items() if name != "chapter"}
            for resource in catalog["resources"]
        ]
        state = {**values["state"], "catalog": {**catalog, "resources": resources}}
        _write(translator, node, "explorer", {"state": state})
    else:
        _write(translator, node, "figures", {"kind": node["kind"], "note": "", **values})


def _write(translator: Any, node: nodes.Element, template: str, values: dict[str, Any]) -> None:
    builder = translator.builder
    page = builder.current_docname

    def uri(target: str) -> str:
        if target not in builder.env.found_docs:
            logger.warning("no chapter '%s' to link to", target, location=node)
            return "#"
        return str(builder.get_relative_uri(page, target))

    def heading(target: str) -> str:
        found = builder.env.titles.get(target)
        return found.astext() if found is not None else target

    topics = builder.app.mlops_guide.topics
    shown = render(template, uri, topics=topics, heading=heading, **values)
    translator.body.append(shown)
    raise nodes.SkipNode


def skip(translator: Any, node: nodes.Element) -> None:
    """Leave a node out of builders other than HTML."""
    raise nodes.SkipNode


def load_guide(app: Sphinx) -> None:
    """Read the catalog of this build, and bring its assets in place."""
    try:
        app.mlops_guide = Guide(Path(app.srcdir) / app.config.mlops_guide_data)  # type: ignore[attr-defined]
    except CatalogError as error:
        raise ExtensionError(f"the catalog cannot be read:\n{error}") from error
    if app.builder.format == "html":
        copy_asset(str(HERE / "static"), str(Path(app.outdir) / "_static" / ASSETS))


def add_templates(app: Sphinx, config: Config) -> None:
    """Put our overrides before the templates of the theme that they are made for."""
    if config.html_theme == "sphinx_book_theme":
        config.templates_path = [str(HERE / "theme"), *config.templates_path]
    # Two extensions of Jupyter Book only lack their flags; without them -j 2 warns.
    for name in ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex"):
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Iterator[str]:
    """Yield the pages that show something of the catalog that has changed since."""
    guide: Guide = app.mlops_guide  # type: ignore[attr-defined]
    for document, uses in shown_on_pages(env).items():
        if document not in removed and any(guide.digest(k) != d for k, d in uses.items()):
            yield document


def mend_tables(app: Sphinx, doctree: nodes.document) -> None:
    """Make a DataFrame's table valid: no style sheet of its own, no header without a name."""
    for raw in doctree.findall(nodes.raw):
        if 'class="dataframe"' in raw.astext():
            shown = re.sub(r"<style scoped>.*?</style>", "", raw.astext(), flags=re.DOTALL)
            shown = shown.replace("<th></th>", "<td></td>").replace('border="1" ', "")
            raw.children = [nodes.Text(shown)]


def note_notebooks(app: Sphinx, doctree: nodes.document) -> None:
    """Note that an executed notebook with a mount shows the whole catalog."""
    if next(doctree.findall(Mount), None) is not None:
        guide: Guide = app.mlops_guide  # type: ignore[attr-defined]
        shown_on_pages(app.env).setdefault(app.env.docname, {})[WHOLE] = guide.digest(WHOLE)


def forget(app: Sphinx, env: BuildEnvironment, document: str) -> None:
    """Forget what a page showed, before it is read again."""
    shown_on_pages(env).pop(document, None)


def merge(app: Sphinx, env: BuildEnvironment, documents: Sequence[str], other: Any) -> None:
    """Take over what a parallel process has read."""
    shown_on_pages(env).update(
        {d: uses for d, uses in shown_on_pages(other).items() if d in documents}
    )


def tend_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add our assets where a page has a mount, and let a reader's system choose light or dark."""
    context["default_mode"] = context.get("default_mode") or "auto"
    shown = doctree is not None and next(doctree.findall(Mount), None) is not None
    app.add_css_file(f"{ASSETS}/explorer.css")
    if shown:
        app.add_js_file(f"{ASSETS}/page.js", type="module")


def setup(app: Sphinx) -> dict[str, Any]:
    """Set up the extension."""
    app.add_config_value("mlops_guide_data", "data", "env", types=[str])
    others: Any = dict.fromkeys(("latex", "text", "man", "texinfo"), (skip, None))
    app.add_node(Block, html=(visit_block, None), **others)
    app.add_node(Mount, html=(visit_mount, None), **others)
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)
    setup_hosting(app)
    app.connect("config-inited", add_templates)
    app.connect("config-inited", use_policy)
    app.connect("builder-inited", load_guide)
    app.connect("builder-inited", trim_templates)
    app.connect("env-get-outdated", outdated)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("doctree-read", mend_tables)
    app.connect("doctree-read", note_notebooks)
    app.connect("env-updated", forget_contents)
    app.connect("html-page-context", add_sidebar, priority=100)
    app.connect("doctree-resolved", drop_thebe, priority=900)
    app.connect("html-page-context", tend_page, priority=900)
    app.connect("html-page-context", lighten, priority=950)
    app.connect("build-finished", shrink)
    setup_in_browser(app)
    findable.setup(app)
    return {
        "version": __version__,
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
