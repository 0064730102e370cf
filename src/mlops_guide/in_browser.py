"""The ways to run a notebook, on its page: Python in the browser, and Binder.

A book that is built without the folder that ``make lite`` makes has no link to it, and one
whose repository is not known has no link to Binder; nothing loads before a click.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.osutil import relative_uri

from mlops_guide.directives import Block
from mlops_guide.publish import Published, published

if TYPE_CHECKING:
    from sphinx.application import Sphinx

BINDER = "https://mybinder.org"
VARIABLE = "GUIDE_LITE"
FOLDER = "lite"


def read_facts(folder: str) -> dict[str, Any]:
    """Return what the build of JupyterLite says of itself, nothing where there is none.

    Returns
    -------
    dict
        ``notebooks``, names; ``first`` and ``later``, the bytes up to the first widget and
        those of pandas and plotly; ``pandas``, whether it is there.

    Raises
    ------
    ExtensionError
        If a folder is named that no ``make lite`` has built.
    """
    if not folder:
        return {}
    try:
        facts: dict[str, Any] = json.loads((Path(folder) / "guide.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        message = f"{VARIABLE} is '{folder}', which holds no guide.json; 'make lite' builds it"
        raise ExtensionError(message) from error
    return facts


def binder_address(place: Published, notebook: Path) -> str:
    """Return where Binder opens a notebook in JupyterLab, empty if the repository is not known.

    The form of the address: https://mybinder.readthedocs.io/en/latest/howto/user_interface.html
    """
    if not place.repository:
        return ""
    path = quote(f"lab/tree/{notebook.as_posix()}", safe="")
    return f"{BINDER}/v2/gh/{place.repository}/{quote(place.branch, safe='')}?urlpath={path}"


def add_way(app: Sphinx, doctree: nodes.document, document: str) -> None:
    """Put the ways to run a notebook under the title of a page that is one."""
    source = Path(app.env.doc2path(document, base=False))
    if app.builder.format != "html" or source.suffix != ".ipynb":
        return
    facts = app.mlops_guide_lite  # type: ignore[attr-defined]
    here = ""
    if source.stem in facts.get("notebooks", ()):
        page = app.builder.get_target_uri(document)
        here = f"{relative_uri(page, f'{FOLDER}/run.html')}?notebook={source.stem}"
    binder = binder_address(published(app.config.html_baseurl), source)
    if not (here or binder):
        return
    title = next(doctree.findall(nodes.title))
    place = title.parent.index(title) + 1
    title.parent.insert(place, Block("run", facts=facts, here=here, binder=binder))


def load(app: Sphinx) -> None:
    """Read what the folder says of itself, before any page is read."""
    app.mlops_guide_lite = read_facts(app.config.mlops_guide_lite)  # type: ignore[attr-defined]


def copy(app: Sphinx, error: Exception | None) -> None:
    """Copy the folder into the book, in place of an older one."""
    target = Path(app.outdir) / FOLDER
    if error is None and app.builder.format == "html":
        shutil.rmtree(target, ignore_errors=True)
        if app.mlops_guide_lite:  # type: ignore[attr-defined]
            shutil.copytree(app.config.mlops_guide_lite, target)


def setup_in_browser(app: Sphinx) -> None:
    """Set this part of the extension up."""
    default = os.environ.get(VARIABLE, "")
    app.add_config_value("mlops_guide_lite", default, "html", types=[str])
    app.connect("builder-inited", load)
    app.connect("doctree-resolved", add_way)
    app.connect("build-finished", copy)
