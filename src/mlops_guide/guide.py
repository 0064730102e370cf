"""The catalog of one build of the book, and what each page shows of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlops_guide.catalog import Record, load_records, load_table
from mlops_guide.filters import FilterIndex
from mlops_guide.payload import explorer_payload
from mlops_guide.schema import LEVELS, split_list

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

WHOLE = "*"
"""Stands for the whole catalog where a page shows all of it."""


class Guide:
    """The catalog of one build.

    Parameters
    ----------
    directory
        The folder of the data files.

    Raises
    ------
    CatalogError
        If a file cannot be read.
    """

    def __init__(self, directory: Path):
        self.records = {record["id"]: record for record in load_records(directory)}
        self.topic_rows = load_table("topics.csv", directory)
        self.topics = {row["topic"]: row["title"] for row in self.topic_rows}
        self.parts: dict[str, list[dict[str, str]]] = {}
        for row in load_table("syllabus.csv", directory):
            self.parts.setdefault(row["resource"], []).append(row)
        self.index = FilterIndex(list(self.records.values()), self.topics)
        self.payload = explorer_payload(self.index)
        self.cards = {resource["id"]: resource for resource in self.payload["resources"]}

    def digest(self, key: str) -> str:
        """Return a digest of what a page shows: of one resource, or of the whole catalog."""
        if key == WHOLE:
            shown: Any = (list(self.records.values()), self.topic_rows, self.parts)
        else:
            shown = (self.records.get(key), self.related(key), self.parts.get(key), self.topics)
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()

    def related(self, key: str) -> list[tuple[str, list[Record]]]:
        """Return what to read before a resource, what builds on it, and what is alike."""
        if key not in self.records:
            return []
        record = self.records[key]
        before = [self.records[i] for i in record["prerequisites"] if i in self.records]
        after = [other for other in self.records.values() if key in other["prerequisites"]]
        near = {key, *(other["id"] for other in before + after)}

        def shared(other: Record) -> int:
            return len(set(other["topics"]) & set(record["topics"]))

        others = [r for r in self.records.values() if r["id"] not in near and shared(r) >= 2]
        alike = sorted(others, key=lambda other: (-shared(other), other["id"]))[:3]
        return [("Before it", before), ("After it", after), ("On the same topics", alike)]

    def on_topic(self, topic: str) -> list[tuple[Record, int]]:
        """Return the resources on a topic, easiest first, with their number of parts on it."""
        ranks = {level: rank for rank, level in enumerate(LEVELS)}
        found = [
            (record, sum(topic in split_list(p["topics"]) for p in self.parts.get(key, ())))
            for key, record in self.records.items()
            if topic in record["topics"]
        ]
        return sorted(found, key=lambda pair: (ranks.get(pair[0]["level"], 9), -pair[1]))


def shown_on_pages(env: BuildEnvironment) -> dict[str, dict[str, str]]:
    """Return what each page shows: digests by key by document."""
    if not hasattr(env, "mlops_guide_uses"):
        vars(env)["mlops_guide_uses"] = {}
    uses: dict[str, dict[str, str]] = vars(env)["mlops_guide_uses"]
    return uses
