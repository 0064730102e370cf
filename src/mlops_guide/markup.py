"""The HTML of cards, lists, tables and figures, from the templates beside this module.

Jinja2 escapes every value (``autoescape``), so a field of the catalog can never become
markup; JSON inside a page is escaped by ``tojson``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from mlops_guide.charts import STROKES, marks, table
from mlops_guide.rules import is_web_address
from mlops_guide.schema import COSTS, FORMATS, LEVELS, STATUSES

_ENVIRONMENT = Environment(
    loader=PackageLoader("mlops_guide"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals.update(
    cost_titles=COSTS,
    format_titles=FORMATS,
    level_titles=LEVELS,
    status_titles=STATUSES,
    strokes=STROKES,
)
_ENVIRONMENT.policies["json.dumps_kwargs"] = {"sort_keys": True, "separators": (",", ":")}
_ENVIRONMENT.tests["web_address"] = is_web_address


def host_name(url: str) -> str:
    """Return the host of an address, for readers."""
    return urlsplit(url).hostname or url


def groups(rows: Iterable[dict[str, str]], name: str) -> list[tuple[str, list[dict[str, str]]]]:
    """Return rows by the value of a field, neighbours together, in their own order."""
    return [(key, list(members)) for key, members in groupby(rows, lambda row: row[name])]


def key(figure: Any) -> str:
    """Return a name for a figure that no other one of a page has, for the patterns it defines."""
    return f"mg-{sha256(json.dumps(figure, sort_keys=True).encode()).hexdigest()[:8]}"


_ENVIRONMENT.filters["host_name"] = host_name
_ENVIRONMENT.filters["figure_key"] = key
_ENVIRONMENT.filters["figure_marks"] = marks
_ENVIRONMENT.filters["figure_table"] = table
_ENVIRONMENT.filters["groupby_in_order"] = groups


def render(template: str, uri: Callable[[str], str], **values: Any) -> str:
    """Return the HTML of a template.

    Parameters
    ----------
    template
        Name of the file in ``templates/``, without ``.html``.
    uri
        Gives the relative address of a document of the book, by its name.
    **values
        What the template shows; always shown as text.
    """
    return _ENVIRONMENT.get_template(f"{template}.html").render(uri=uri, **values)
