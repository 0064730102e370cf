"""A myst-nb plugin: outputs that the static page brings to life by itself.

A notebook shows an explorer, its charts or any plotly figure as always; the book turns
these outputs into a :class:`mlops_guide.directives.Mount`, which ``page.js`` mounts
without a kernel. See https://myst-nb.readthedocs.io/en/latest/render/format_code_cells.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from mlops_guide.payload import MOUNT_MIME

if TYPE_CHECKING:
    from docutils import nodes

PLOTLY_MIME = "application/vnd.plotly.v1+json"


class MountRenderer:
    """Renders :data:`MOUNT_MIME` and plotly's own MIME type, before any other type."""

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = [
        ("html", MOUNT_MIME, 0),
        ("html", PLOTLY_MIME, 1),
    ]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """Return a mount for the MIME types that are ours, None for others."""
        from mlops_guide.directives import Mount

        if inline or data.mime_type not in (MOUNT_MIME, PLOTLY_MIME):
            return None
        if data.mime_type == PLOTLY_MIME:
            return [Mount(kind="figures", figures=[data.content])]
        return [Mount(**data.content)]
