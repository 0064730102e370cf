"""The Content-Security-Policy of every page: the book's own files load and run, nothing else.

It is written when a page is rendered, from the page itself. An inline script counts by its
hash, and only in the head, where the theme's stand: markup of the catalog that slipped
through all escaping would be in the body, where nothing inline runs.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.jinja2glue import BuiltinTemplateLoader

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

DIRECTIVES = {
    "default-src": "'self'",
    # Pagefind, which searches the text, is WebAssembly; eval stays forbidden.
    "script-src": "'self' 'wasm-unsafe-eval'",
    # Plotly draws with style elements, and figures keep their height in an attribute.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
"""The policy without hashes; ``frame-ancestors`` works in a header alone (CSP 3, 6.4.2)."""
_HEAD = re.compile(r"<head[^>]*>\s*(?:<meta charset=[^>]*>)?", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.IGNORECASE | re.DOTALL)
_ATTRIBUTE = re.compile(r"""\b(src|type)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_RUNS = ("", "module", "importmap", "text/javascript")
_THEBE = ("text/x-thebe-config", "kernelName = ")


def inline_scripts(html: str) -> list[str]:
    """Return the text of each script within some HTML that a browser would run."""
    found = []
    for attributes, text in _SCRIPT.findall(html):
        named = {name.lower(): "".join(values) for name, *values in _ATTRIBUTE.findall(attributes)}
        if "src" not in named and named.get("type", "").lower() in _RUNS:
            found.append(text)
    return found


def source(script: str) -> str:
    """Return what allows one inline script: its hash."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def policy(html: str) -> str:
    """Return the policy of a page, with the hashes of the scripts in its head."""
    head, _, _ = html.partition("</head>")
    allowed = dict.fromkeys(source(script) for script in inline_scripts(head))
    directives = {**DIRECTIVES, "script-src": " ".join([DIRECTIVES["script-src"], *allowed])}
    return "; ".join(f"{name} {values}" for name, values in directives.items())


def with_policy(html: str) -> str:
    """Return a page with its policy as the first element after the character set."""
    head = _HEAD.search(html)
    if head is None:
        return html
    tag = f'\n    <meta http-equiv="Content-Security-Policy" content="{policy(html)}" />'
    return f"{html[: head.end()]}{tag}{html[head.end() :]}"


class PolicyLoader(BuiltinTemplateLoader):
    """Sphinx's own templates, each page with its policy."""

    def render(self, template: str, context: dict[str, Any]) -> str:  # type: ignore[override]
        """Return a rendered page."""
        return with_policy(super().render(template, context))


def use_policy(app: Sphinx, config: Config) -> None:
    """Have pages rendered with their policy."""
    config.template_bridge = f"{__name__}.{PolicyLoader.__name__}"


def drop_thebe(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Drop the settings that sphinx-thebe, which this book does not load, leaves in each body."""
    for raw in list(doctree.findall(nodes.raw)):
        if any(word in raw.astext() for word in _THEBE):
            raw.parent.remove(raw)
