"""The catalog for other programs: CSV, JSON with its schema, BibTeX, and a data package.

All of it is made from the files of ``data/`` when the book is built; nothing here knows Sphinx.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlops_guide.catalog import to_cell
from mlops_guide.metadata import DATA_LICENSE
from mlops_guide.rules import FORMULA, LANGUAGE, SEPARATOR, SLUG, URL, URLS, visible
from mlops_guide.schema import FILES, ROW_ORDER, Column

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by the name of a file in ``data/``; those of ``resources.csv`` are typed."""

TABLES = ("resources.csv", "topics.csv", "syllabus.csv", "prerequisites.csv", "rejected.csv")
"""The files of ``data/`` that are about resources, and so for others."""
SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"
PATTERNS = {
    SLUG.name: "^[a-z0-9]+(-[a-z0-9]+)*$",
    LANGUAGE.name: "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
}
"""Patterns of the rules that are one, for readers without Python."""
LICENSE = {
    "name": "CC-BY-4.0",
    "path": DATA_LICENSE,
    "title": "Creative Commons Attribution 4.0 International",
}


@dataclass(frozen=True)
class Export:
    """A file for other programs.

    Attributes
    ----------
    name, media, help
        Its name in the folder ``data/`` of the book, its media type, and what it holds.
    """

    name: str
    media: str
    help: str


EXPORTS = (
    Export("catalog.csv", "text/csv", "one row a resource, for a spreadsheet or a DataFrame."),
    Export("catalog.json", "application/json", "resources and topics, with lists and numbers."),
    Export("catalog.schema.json", "application/schema+json", "the JSON Schema of catalog.json."),
    Export("catalog.bib", "application/x-bibtex", "BibTeX, for a reference manager or LaTeX."),
    Export(
        "datapackage.json",
        "application/json",
        "a Frictionless data package: what every column of the CSV files means.",
    ),
    Export("topics.csv", "text/csv", "the topics and the questions that they answer."),
    Export("syllabus.csv", "text/csv", "what the resources teach, part by part."),
    Export("prerequisites.csv", "text/csv", "why a resource needs another first."),
    Export("rejected.csv", "text/csv", "what has no place here, and why."),
)


def table_name(file: str) -> str:
    """Return the public name of a file of ``data/``, without its ending."""
    return "catalog" if file == "resources.csv" else file.removesuffix(".csv")


def as_csv(file: str, rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as CSV; a cell that a spreadsheet would run begins with an apostrophe."""
    names = [column.name for column in FILES[file]]
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_inert(visible(to_cell(row[name]))) for name in names] for row in rows)
    return output.getvalue()


def _inert(cell: str) -> str:
    """Return a cell that is text to a spreadsheet: https://owasp.org/www-community/attacks/CSV_Injection."""
    begun = cell.strip()
    return cell if not begun or FORMULA.holds(begun) else f"'{cell}"


def as_json(tables: Tables, title: str) -> str:
    """Return resources and topics as JSON: unknown is null, a list is an array."""
    resources = [
        {column.name: _json_value(row[column.name]) for column in FILES["resources.csv"]}
        for row in tables["resources.csv"]
    ]
    topics = [
        {"topic": row["topic"], "title": row["title"], "description": row["description"]}
        for row in tables["topics.csv"]
    ]
    whole = {
        "$schema": "catalog.schema.json",
        "title": title,
        "license": DATA_LICENSE,
        "resources": resources,
        "topics": [{name: visible(text) for name, text in topic.items()} for topic in topics],
    }
    return _dump(whole)


def _json_value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [visible(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return (visible(value) or None) if isinstance(value, str) else value


def as_json_schema(topics: Sequence[str]) -> str:
    """Return the JSON Schema of :func:`as_json`, from the schema of the columns."""
    columns = FILES["resources.csv"]
    text = {"type": "string"}
    return _dump(
        {
            "$schema": SCHEMA_DIALECT,
            "title": "Catalog of the guide",
            "type": "object",
            "required": ["$schema", "title", "license", "resources", "topics"],
            "additionalProperties": False,
            "properties": {
                "$schema": text,
                "title": text,
                "license": text,
                "resources": {"type": "array", "items": _record_schema(columns, topics)},
                "topics": {"type": "array", "items": _record_schema(FILES["topics.csv"][:3], ())},
            },
        }
    )


def _record_schema(columns: Sequence[Column], topics: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [column.name for column in columns],
        "additionalProperties": False,
        "properties": {column.name: _value_schema(column, topics) for column in columns},
    }


def _value_schema(column: Column, topics: Sequence[str]) -> dict[str, Any]:
    said = {"description": column.help}
    if column.kind == "list":
        item: dict[str, Any] = {"type": "string"}
        if column.vocabulary == "topics":
            item["enum"] = list(topics)
        elif URLS in column.rules:
            item["format"] = "uri"
        return said | {"type": "array", "items": item, "uniqueItems": True}
    kind = column.kind if column.kind in ("number", "integer") else "string"
    limits: dict[str, Any] = {"minimum": 0} if kind != "string" else _limits(column)
    if not column.required and "enum" in limits:
        limits["enum"] = [*limits["enum"], None]
    return said | {"type": kind if column.required else [kind, "null"]} | limits


def _limits(column: Column) -> dict[str, Any]:
    """Return what JSON Schema and Table Schema both can say of a text."""
    limits: dict[str, Any] = {}
    if column.kind == "date":
        limits["format"] = "date"
    for rule in column.rules:
        if rule.allowed:
            limits["enum"] = list(rule.allowed)
        elif rule.name in PATTERNS:
            limits["pattern"] = PATTERNS[rule.name]
        elif rule is URL:
            limits["format"] = "uri"
    return limits


def as_data_package(title: str, description: str, homepage: str) -> str:
    """Return the descriptor of the CSV files: https://datapackage.org.

    Parameters
    ----------
    title, description
        What the data are called, and what they hold.
    homepage
        The absolute address of the book; empty where it is not known.
    """
    package = {
        "name": "mlops-guide",
        "title": title,
        "description": description,
        "homepage": homepage,
        "licenses": [LICENSE],
        "profile": "tabular-data-package",
        "resources": [_table_resource(file, FILES[file]) for file in TABLES],
    }
    return _dump({name: value for name, value in package.items() if value})


def _table_resource(file: str, columns: Sequence[Column]) -> dict[str, Any]:
    name = table_name(file)
    key = ["topic"] if file == "topics.csv" else list(ROW_ORDER[file])
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in columns],
        "primaryKey": key,
        "missingValues": [""],
    }
    foreign = [
        {"fields": column.name, "reference": {"resource": "catalog", "fields": "id"}}
        for column in columns
        if column.vocabulary == "resources" and column.kind == "text"
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    limits = {} if column.kind in ("number", "integer") else _limits(column)
    form = limits.pop("format", "")
    constraints = limits | ({"required": True} if column.required else {})
    lists = f" A list, separated by '{SEPARATOR}'." if column.kind == "list" else ""
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.kind if column.kind in ("number", "integer", "date") else "string",
        "description": column.help + lists,
    }
    if form == "uri":
        field["format"] = form
    return field | ({"constraints": constraints} if constraints else {})


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
