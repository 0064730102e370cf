"""The catalog of one build of the book, and what each page shows of it."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlops_guide.addresses import CHAPTERS
from mlops_guide.catalog import Record, load_records, load_table
from mlops_guide.filters import FilterIndex
from mlops_guide.payload import explorer_payload
from mlops_guide.rules import split_list
from mlops_guide.schema import FILES, LEVELS

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

TOPICS = "book/topics/"
"""Where the pages of topics stand, in the names of documents."""
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
        self.tables = {
            name: load_table(name, directory) for name in FILES if name != "resources.csv"
        }
        self.topic_rows = self.tables["topics.csv"]
        self.topics = {row["topic"]: row["title"] for row in self.topic_rows}
        self.parts: dict[str, list[dict[str, str]]] = {}
        for row in self.tables["syllabus.csv"]:
            self.parts.setdefault(row["resource"], []).append(row)
        self.reasons = {
            (row["resource"], row["prerequisite"]): row["why"]
            for row in self.tables["prerequisites.csv"]
        }
        self.index = FilterIndex(list(self.records.values()), self.topics)
        self.payload = explorer_payload(self.index)
        self.cards = {resource["id"]: resource for resource in self.payload["resources"]}
        self._digests: dict[str, str] = {}
        self._about: dict[str, list[str]] = {}
        self._after: dict[str, list[Record]] = {}
        for record in self.records.values():
            for topic in set(record["topics"]):
                self._about.setdefault(topic, []).append(record["id"])
            for before in set(record["prerequisites"]):
                self._after.setdefault(before, []).append(record)

    def record_of(self, document: str) -> Record | None:
        """Return the resource whose chapter a document is; None for any other document."""
        key = document.removeprefix(CHAPTERS)
        return self.records.get(key) if document.startswith(CHAPTERS) else None

    def topic_of(self, document: str) -> dict[str, str] | None:
        """Return the row of the topic whose page a document is; None for any other document."""
        return next((row for row in self.topic_rows if document == TOPICS + row["topic"]), None)

    def digest(self, key: str) -> str:
        """Return a digest of what a page shows: of one resource, or of the whole catalog."""
        if key not in self._digests:
            self._digests[key] = self._digest(key)
        return self._digests[key]

    def _digest(self, key: str) -> str:
        if key == WHOLE:
            shown: Any = (list(self.records.values()), self.tables)
        else:
            shown = (self.records.get(key), self.related(key), self.parts.get(key), self.topics)
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()

    def related(self, key: str) -> list[tuple[str, list[tuple[Record, str]]]]:
        """Return what to read before a resource, what builds on it, and what is alike.

        Returns
        -------
        list
            A heading, and records with the reason for each, empty where it is obvious.
        """
        if key not in self.records:
            return []
        record = self.records[key]
        before = [self.records[i] for i in record["prerequisites"] if i in self.records]
        after = self._after.get(key, [])
        near = {key, *(other["id"] for other in before + after)}

        shared = Counter(i for topic in set(record["topics"]) for i in self._about[topic])
        others = [i for i, number in shared.items() if number >= 2 and i not in near]
        alike = [self.records[i] for i in sorted(others, key=lambda i: (-shared[i], i))[:3]]
        return [
            ("Before it", [(r, self.reasons.get((key, r["id"]), "")) for r in before]),
            ("After it", [(r, self.reasons.get((r["id"], key), "")) for r in after]),
            ("On the same topics", [(r, "") for r in alike]),
        ]

    def depth(self, key: str, topic: str) -> tuple[int, int]:
        """Return how many parts of a resource are on a topic, and how many it has."""
        parts = self.parts.get(key, [])
        return sum(topic in split_list(part["topics"]) for part in parts), len(parts)

    def reading_order(self, keys: Iterable[str]) -> list[str]:
        """Return resources in an order to read them: the easiest first, none before its needs.

        Topological sorting by A. B. Kahn (1962, https://doi.org/10.1145/368996.369025):
        of all whose prerequisites, as far as they are among these, have come, the next is
        the one of the lowest level, then the shortest, then the first by title and id.
        """
        ranks = {level: rank for rank, level in enumerate(LEVELS)}

        def ease(key: str) -> tuple[float, float, str, str]:
            record = self.records[key]
            hours = float("inf") if record["hours"] is None else record["hours"]
            return ranks.get(record["level"], len(ranks)), hours, record["title"], key

        wanted = set(keys)
        needs = {key: wanted.intersection(self.records[key]["prerequisites"]) for key in wanted}
        ready = [ease(key) for key, first in needs.items() if not first]
        heapq.heapify(ready)
        order = []
        while ready:
            key = heapq.heappop(ready)[-1]
            order.append(key)
            for other, first in needs.items():
                if key in first:
                    first.remove(key)
                    if not first:
                        heapq.heappush(ready, ease(other))
        # What a cycle holds back comes last; validate names the cycle.
        return order + sorted(wanted.difference(order), key=ease)


def shown_on_pages(env: BuildEnvironment) -> dict[str, dict[str, str]]:
    """Return what each page shows: digests by key by document."""
    if not hasattr(env, "mlops_guide_uses"):
        vars(env)["mlops_guide_uses"] = {}
    uses: dict[str, dict[str, str]] = vars(env)["mlops_guide_uses"]
    return uses
