"""The pages of a built book."""

from __future__ import annotations

from pathlib import Path


def pages(book: Path) -> list[str]:
    """Return the addresses of all pages.

    ``_static`` holds pieces of the theme, and ``lite`` is JupyterLite, which has pages of its
    own and a policy of none.
    """
    found = (path.relative_to(book) for path in book.rglob("*.html"))
    return sorted(path.as_posix() for path in found if path.parts[0] not in ("_static", "lite"))
