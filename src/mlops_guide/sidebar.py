"""The contents of the book beside every page.

The theme makes them anew for every page from the tree of all pages, and parses them again,
so that the time of a build grows with the square of the chapters. Here the tree is read once
a build, and a page shows its own branch of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from markupsafe import Markup
from sphinx import addnodes

from mlops_guide.markup import render

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


class Entry(NamedTuple):
    """A line of the contents: a document of the book, or an address elsewhere."""

    title: str
    document: str
    address: str
    entries: tuple[Entry, ...]

    def holds(self, page: str) -> bool:
        """Return whether a page is this entry, or below it."""
        return bool(page) and (page == self.document or any(e.holds(page) for e in self.entries))


class Part(NamedTuple):
    """Entries of the contents under a caption."""

    caption: str
    entries: tuple[Entry, ...]


class Contents:
    """The contents of a book, by its front page."""

    def __init__(self, env: BuildEnvironment, root: str):
        self._env = env
        self._seen = {root}
        self.parts = [
            Part(tree.get("caption") or "", self._entries(tree))
            for tree in env.tocs[root].findall(addnodes.toctree)
        ]
        self._branches = {
            document: entry
            for part in self.parts
            for entry in part.entries
            for document in _documents(entry)
        }

    def _entries(self, tree: addnodes.toctree) -> tuple[Entry, ...]:
        return tuple(
            entry
            for title, name in tree["entries"]
            if (entry := self._entry(title, name)) is not None
        )

    def _entry(self, title: str | None, name: str) -> Entry | None:
        if "://" in name:
            return Entry(title or name, "", name, ())
        # What Sphinx warns about, a document that is missing or comes twice, stays out.
        if name in self._seen or name not in self._env.titles:
            return None
        self._seen.add(name)
        trees = self._env.tocs[name].findall(addnodes.toctree)
        below = tuple(entry for tree in trees for entry in self._entries(tree))
        return Entry(title or self._env.titles[name].astext(), name, "", below)

    def branch(self, page: str) -> Entry | None:
        """Return the entry of the first level that a page stands under."""
        return self._branches.get(page)


def _documents(entry: Entry) -> list[str]:
    below = [document for inner in entry.entries for document in _documents(inner)]
    return [entry.document, *below] if entry.document else below


_made: WeakKeyDictionary[BuildEnvironment, Contents] = WeakKeyDictionary()


def forget_contents(app: Sphinx, env: BuildEnvironment) -> None:
    """Forget the contents of an earlier build in this process: documents were read."""
    _made.pop(env, None)


def add_sidebar(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Offer templates ``sidebar_contents()``: before the theme asks whether sidebars are empty."""

    def sidebar_contents() -> Markup:
        root = app.config.root_doc
        contents = _made.get(app.env) or _made.setdefault(app.env, Contents(app.env, root))
        address = app.builder.get_relative_uri

        def uri(target: str) -> str:
            return address(page, target) or "#"

        found = contents.branch(page)
        return Markup(render("sidebar", uri, parts=contents.parts, page=page, branch=found))

    context["sidebar_contents"] = sidebar_contents
