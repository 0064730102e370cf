"""Keep pages light: each loads the scripts and styles that it needs, and none waits for them."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.builders.html._assets import _JavaScript

from mlops_guide.guide import Guide

if TYPE_CHECKING:
    from sphinx.application import Sphinx

NEEDED = {
    "clipboard": r"\bhighlight\b",
    "copybutton": r"\bhighlight\b",
    "pygments": r"\bhighlight\b",
    "design-tabs": r"\bsd-tab-set\b",
    "sphinx-design": r"\bsd-",
    "mystnb": r"\bcell\b",
}
"""Parts of the names of assets, and the classes of a page's body that need them."""
UNUSED = (
    "THEBE_JS_URL",
    "sphinx-thebe",
    "mathjax",
    "widget-state+json",
    "togglebutton",
    "let toggle",
    "DOCUMENTATION_OPTIONS.",
)
"""What would be dead, ask another host or need a hash of the page's policy.

sphinx-thebe throws on every page, MathJax would come from another host, the state of widgets
(5 MB a plotly FigureWidget) has no kernel to serve, nothing is folded by togglebutton, and two
settings of the theme serve its version switch and its search as you type.
"""
SECOND_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1" />'
DESCRIPTION = 160


def _described(asset: Any) -> str:
    """Return the name, kind and beginning of a script or style sheet."""
    attributes = getattr(asset, "attributes", {})
    # The state of widgets is a script too, of megabytes.
    body = str(attributes.get("body", ""))[:2000]
    return f"{getattr(asset, 'filename', asset) or ''} {attributes.get('type', '')} {body}"


def is_needed(asset: Any, classes: str) -> bool:
    """Return whether a page whose body has these classes needs a script or a style sheet."""
    described = _described(asset)
    if any(word in described for word in UNUSED):
        return False
    wanted = [pattern for part, pattern in NEEDED.items() if part in described]
    return all(re.search(pattern, classes) for pattern in wanted)


def deferred(script: Any) -> Any:
    """Return a script that waits for the page; the objects of Sphinx are shared by all pages."""
    name = getattr(script, "filename", None)
    attributes = dict(getattr(script, "attributes", {}))
    if not name or attributes.get("type") == "module" or {"async", "defer"} & set(attributes):
        return script
    return _JavaScript(str(name), priority=script.priority, **{**attributes, "defer": "defer"})


def first_paragraph(doctree: nodes.document | None) -> str:
    """Return the text of a document's first paragraph, empty if there is none."""
    paragraphs = doctree.findall(nodes.paragraph) if doctree is not None else ()
    return next((text for p in paragraphs if (text := " ".join(p.astext().split()))), "")


def shortened(text: str, most: int) -> str:
    """Return a text, or its beginning up to whole words, in at most `most` characters."""
    return text if len(text) <= most else text[:most].rpartition(" ")[0].rstrip(" ,;:") + "…"


def description(
    guide: Guide, page: str, title: str, book: str, doctree: nodes.document | None
) -> str:
    """Return what a page is about: its summary, its question, or its first paragraph."""
    record, topic = guide.record_of(page), guide.topic_of(page)
    known = record["summary"] if record else topic["description"] if topic else ""
    text = known or first_paragraph(doctree)
    return shortened(text or f"{title}: {book}", DESCRIPTION)


def trim_templates(app: Sphinx) -> None:
    """Write nothing for the lines of a template that only hold its logic: a kilobyte a page."""
    if app.builder.name == "html":
        environment = app.builder.templates.environment
        environment.trim_blocks = environment.lstrip_blocks = True


def lighten(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Describe a page, and load only what it needs."""
    classes = " ".join(re.findall(r'\bclass="([^"]*)"', context.get("body", "")))
    for kind in ("script_files", "css_files"):
        context[kind] = [asset for asset in context.get(kind, []) if is_needed(asset, classes)]
    context["script_files"] = [deferred(script) for script in context["script_files"]]
    tags = context.get("metatags", "").replace(SECOND_VIEWPORT, "")
    if 'name="description"' in tags:
        written = BeautifulSoup(tags, "html.parser").select_one('meta[name="description"]')
        about = str(written.get("content", "")) if written is not None else ""
    else:
        guide: Guide = app.mlops_guide  # type: ignore[attr-defined]
        title = unescape(re.sub("<[^>]*>", "", context.get("title") or page.capitalize()))
        about = description(guide, page, title, app.config.project, doctree)
        tags += f'\n    <meta name="description" content="{escape(about)}" />'
    context["metatags"], context["mlops_guide_description"] = tags, about
