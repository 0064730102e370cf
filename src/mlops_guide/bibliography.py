"""The catalog as BibTeX, for reference managers and LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from mlops_guide.catalog import Record
from mlops_guide.rules import is_web_address, visible
from mlops_guide.schema import COSTS, FORMATS

ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_"},
}
"""What LaTeX would read as a command. BibTeX counts braces even after a backslash, so that a
lone one has to go: https://www.ctan.org/pkg/btxdoc."""


def as_bibtex(records: Iterable[Record]) -> str:
    """Return an entry for each resource, under its id; what is unknown is left out."""
    return "\n".join(map(_entry, records))


def _entry(record: Record) -> str:
    known = record["authors"] and record["organization"] and record["year"]
    kind = "book" if record["format"] == "book" and known else "misc"
    form = FORMATS.get(record["format"]) or record["format"]
    cost = COSTS.get(record["cost"]) or record["cost"]
    fields = {
        "title": f"{{{latex(record['title'])}}}",
        "author": " and ".join(map(_name, record["authors"])),
        "publisher": latex(record["organization"]),
        "year": str(record["year"] or ""),
        "url": _address(record["url"]),
        "urldate": latex(record["checked"]),
        "howpublished": "" if kind == "book" else latex(form),
        "note": latex(f"{cost}. {record['cost_note']}"),
        "abstract": latex(record["summary"]),
        "keywords": latex(", ".join(record["topics"])),
        "language": latex(record["language"]),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value not in ("", "{}")]
    key = re.sub(r"[^A-Za-z0-9-]", "-", record["id"]) or "unnamed"
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def latex(text: str) -> str:
    """Return a text in which LaTeX sees no command, and BibTeX no end."""
    return "".join(ESCAPES.get(character, character) for character in visible(text)).strip()


def _name(name: str) -> str:
    """Return a name of one person; a comma or an 'and' in it parts nothing."""
    written = latex(name)
    return f"{{{written}}}" if re.search(r",|\band\b", written) else written


def _address(url: str) -> str:
    """Return an address as BibTeX styles take it: unescaped, without a brace."""
    return quote(visible(url), safe="/:?#[]@!$&'()*+,;=%~") if is_web_address(url) else ""
