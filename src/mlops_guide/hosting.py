"""What the site needs besides its pages: redirects, headers for hosts, the nightly record.

Each is made when a build ends, from one place: redirects from ``data/addresses.csv``
(written by rediraffe), headers from here, the record from ``tests/nightly.py``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util import logging

from mlops_guide.addresses import ADDRESSES, redirects
from mlops_guide.directives import Block, GuideDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MOVED = Path(__file__).parent / "templates" / "moved.html"
RECORD = "nightly.json"
HEADERS = """\
# For hosts that read this file, such as Netlify and Cloudflare Pages; the page
# "Host it yourself" says what each line is for, and what other hosts write instead.
/*
  Content-Security-Policy: frame-ancestors 'self'; base-uri 'self'; object-src 'none'
  Referrer-Policy: strict-origin-when-cross-origin
  X-Content-Type-Options: nosniff
"""
logger = logging.getLogger(__name__)


def nightly_record(path: Path) -> dict[str, Any]:
    """Return the record of the last nightly run; empty where there is none to be read."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        shown: dict[str, Any] = {
            "started": str(record["started"]),
            "python": str(record["python"]),
            "run": str(record["run"]),
            "failed": str(record["failed"]),
            "versions": {str(name): str(v) for name, v in record["versions"].items()},
            "notebooks": [
                {
                    "path": str(row["path"]),
                    "seconds": float(row["seconds"]),
                    "failed": str(row["failed"]),
                }
                for row in record["notebooks"]
            ],
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        # It may come from another version of the guide: no reason not to publish this one.
        logger.info("%s is no record of a nightly run: %r", path.name, error)
        return {}
    failures = [row for row in (shown, *shown["notebooks"]) if row["failed"]]
    return {**shown, "passed": bool(shown["notebooks"]) and not failures}


def record_path(app: Sphinx) -> Path:
    """Return where the nightly run leaves its record."""
    return Path(app.srcdir) / str(app.config.mlops_guide_nightly)


class NightlyStatus(GuideDirective):
    """``{nightly-status}``: what the last nightly run found."""

    def run(self) -> list[nodes.Node]:
        """Return the record, as a table of notebooks and one of versions."""
        path = record_path(self.env.app)
        if path.is_file():
            self.env.note_dependency(str(path))
        return self.placed(Block("nightly", record=nightly_record(path), source=RECORD))


def set_redirects(app: Sphinx) -> None:
    """Tell rediraffe which pages have moved."""
    guide: Any = app.mlops_guide  # type: ignore[attr-defined]
    app.config.rediraffe_redirects = redirects(guide.tables[ADDRESSES])
    app.config.rediraffe_template = str(MOVED)


def write_files(app: Sphinx, failure: Exception | None) -> None:
    """Write what hosts and the next nightly run read, beside the pages."""
    if failure is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    (site / "_headers").write_text(HEADERS, encoding="utf-8")
    if nightly_record(record_path(app)):
        (site / RECORD).write_bytes(record_path(app).read_bytes())


def setup_hosting(app: Sphinx) -> None:
    """Set up what the site needs besides its pages."""
    app.add_config_value("mlops_guide_nightly", "_build/nightly.json", "env", types=[str])
    app.setup_extension("sphinxext.rediraffe")
    app.add_directive("nightly-status", NightlyStatus)
    # After the catalog has been read, which happens at the default priority.
    app.connect("builder-inited", set_redirects, priority=600)
    app.connect("build-finished", write_files)
