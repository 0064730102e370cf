"""The directives of the book over the catalog, and the nodes that they place."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from mlops_guide.catalog import nearest, to_cell, to_frame
from mlops_guide.charts import FIGURES, plain_json
from mlops_guide.filters import FilterError, Filters, check_filters, parse_bounds
from mlops_guide.guide import WHOLE, Guide, shown_on_pages
from mlops_guide.rules import SEPARATOR, TEXT_RULES, split_list
from mlops_guide.schema import FACETS, FILES, FORMATS, RANGES, SORTS, column_rules

READING = "reading"
"""An order of lists that only a page has: the one to read them in."""


class Block(nodes.General, nodes.Element):
    """HTML from a template, made when its page is written; its text serves the search."""

    def __init__(self, template: str = "", text: str = "", **values: Any):
        super().__init__(template=template, values=values)
        if text:
            self += nodes.Text(text)


class Mount(nodes.General, nodes.Element):
    """Something that ``page.js`` brings to life: an explorer, or figures."""

    def __init__(self, kind: str = "", **values: Any):
        super().__init__(kind=kind, values=values)


class GuideDirective(SphinxDirective):
    """A directive that shows part of the catalog and remembers which."""

    @property
    def guide(self) -> Guide:
        """The catalog of this build."""
        guide: Guide = self.env.app.mlops_guide  # type: ignore[attr-defined]
        return guide

    def uses(self, key: str) -> None:
        """Note that this page shows a resource, or the whole catalog."""
        shown_on_pages(self.env).setdefault(self.env.docname, {})[key] = self.guide.digest(key)

    def resource(self) -> str:
        """Return the id that the directive names; an unknown one is an error in its place."""
        key: str = self.arguments[0].strip()
        if key not in self.guide.records:
            hint = nearest(key, self.guide.records)
            raise self.error(f"{self.name}: no resource '{key}' in data/resources.csv{hint}")
        self.uses(key)
        return key

    def placed(self, node: nodes.Node) -> list[nodes.Node]:
        """Return a node with its source and line."""
        self.set_source_info(node)
        return [node]


class ResourceCard(GuideDirective):
    """``{resource-card} ID``: every fact of a resource."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the card."""
        key = self.resource()
        record = self.guide.records[key]
        text = " ".join([record["title"], record["summary"], *record["authors"]])
        return self.placed(Block("resource", text, record=record, r=self.guide.cards[key]))


class Syllabus(GuideDirective):
    """``{syllabus} ID``: the parts of a resource, grouped, with their topics."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the list; a resource without parts is an error."""
        key = self.resource()
        parts = self.guide.parts.get(key)
        if not parts:
            raise self.error(f"syllabus: data/syllabus.csv has no parts of '{key}'")
        counted = Counter(topic for part in parts for topic in split_list(part["topics"]))
        text = " ".join(part["title"] for part in parts)
        return self.placed(Block("syllabus", text, parts=parts, coverage=counted.most_common(3)))


class Related(GuideDirective):
    """``{related} ID``: what comes before and after a resource, and what is alike."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the lists."""
        key = self.resource()
        return self.placed(
            Block("related", groups=self.guide.related(key), anchor=f"related-{key}")
        )


def filter_options(*sorts: str) -> dict[str, Any]:
    """Return the options that choose resources: facets, ranges such as ``..10``, words, order."""
    return {
        **{facet.name: directives.unchanged_required for facet in FACETS},
        **{span.name: directives.unchanged_required for span in RANGES},
        "query": directives.unchanged_required,
        "sort": lambda value: directives.choice(value, (*SORTS, *sorts)),
    }


class FilteredDirective(GuideDirective):
    """A directive whose options are filters."""

    def filters(self, options: dict[str, Any]) -> Filters:
        """Return the filters that options ask for; an unknown value is an error in its place."""
        self.uses(WHOLE)
        ranges = {span.name for span in RANGES}
        plain = {"query", "sort"}
        try:
            chosen = {
                name: parse_bounds(value)
                if name in ranges
                else value
                if name in plain
                else split_list(value)
                for name, value in options.items()
            }
            return check_filters(chosen, self.guide.index.titles)
        except FilterError as error:
            raise self.error(f"{self.name}: {error}") from error


class ExplorerDirective(FilteredDirective):
    """``{explorer}``: the live explorer; its options are the first choice of filters."""

    option_spec: ClassVar[dict[str, Any]] = {**filter_options(), "charts": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Return the explorer, and its charts where the option ``charts`` asks for them."""
        chosen = dict(self.options)
        charts = "charts" in chosen
        chosen.pop("charts", None)
        state = {"catalog": self.guide.payload, **vars(self.filters(chosen))}
        placed = self.placed(Mount("explorer", state=state))
        if charts:
            frame = to_frame(list(self.guide.records.values()))
            figures = [plain_json(draw(frame)) for draw in FIGURES]
            placed += self.placed(Mount("charts", figures=figures))
        return placed


class ResourceList(FilteredDirective):
    """``{resource-list}``: the resources that its options choose, in brief.

    In the order ``reading`` the list is numbered, easiest first and nothing before what it
    needs. Where one topic is chosen, each resource says how many of its parts are on it.
    """

    option_spec: ClassVar[dict[str, Any]] = filter_options(READING)

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        options = dict(self.options)
        numbered = options.get("sort") == READING
        if numbered:
            del options["sort"]
        filters = self.filters(options)
        guide = self.guide
        keys = [guide.index.records[i]["id"] for i in guide.index.select(filters)]
        keys = guide.reading_order(keys) if numbered else keys
        topic = filters.topic[0] if len(filters.topic) == 1 else ""
        rows = [(guide.cards[key], guide.depth(key, topic) if topic else (0, 0)) for key in keys]
        text = " ".join(guide.records[key]["title"] for key in keys)
        return self.placed(Block("list", text, rows=rows, numbered=numbered))


class Find(FilteredDirective):
    """``{find}``: a search box, and a line for each choice worth a click.

    A line is a title, a colon and address parameters of the explorer, such as
    ``Free to begin with: cost=free&level=introductory``.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the form and the links; a choice that finds nothing is an error."""
        shortcuts = []
        for line in filter(None, map(str.strip, self.content)):
            title, _, query = line.partition(": ")
            asked = parse_qs(query, keep_blank_values=True)
            filters = self.filters({name: SEPARATOR.join(values) for name, values in asked.items()})
            count = len(self.guide.index.select(filters))
            if not count:
                raise self.error(f"find: {title}: no resource is like this")
            shortcuts.append((title, urlencode(asked, doseq=True), count))
        return self.placed(Block("find", shortcuts=shortcuts))


class PartIndex(GuideDirective):
    """``{part-index}``: every format that has resources, with their number."""

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        self.uses(WHOLE)
        counted = Counter(record["format"] for record in self.guide.records.values())
        parts = [(value, counted[value]) for value in FORMATS if counted[value]]
        return self.placed(Block("parts", parts=parts))


class Numbers(GuideDirective):
    """``{numbers}``: how many resources, free ones, topics and parts the catalog has."""

    def run(self) -> list[nodes.Node]:
        """Return the line."""
        self.uses(WHOLE)
        records = list(self.guide.records.values())
        numbers = {
            "resources": len(records),
            "of them free": sum(record["cost"] == "free" for record in records),
            "topics": len(self.guide.topics),
            "syllabus parts": sum(map(len, self.guide.parts.values())),
        }
        newest = max((record["checked"] for record in records), default="")
        return self.placed(Block("numbers", numbers=numbers, newest=newest))


class TopicIndex(GuideDirective):
    """``{topic-index}``: every topic, its question, and how many resources are about it."""

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        self.uses(WHOLE)
        rows = []
        for row in self.guide.topic_rows:
            found = [r for r in self.guide.records.values() if row["topic"] in r["topics"]]
            free = sum(record["cost"] == "free" for record in found)
            rows.append((row, len(found), free))
        text = " ".join(f"{row['title']} {row['description']}" for row, _, _ in rows)
        return self.placed(Block("topics", text, rows=rows))


class RejectedList(GuideDirective):
    """``{rejected-list}``: what has no place in the catalog, and why."""

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        self.uses(WHOLE)
        rows = sorted(self.guide.tables["rejected.csv"], key=lambda row: row["title"].casefold())
        text = " ".join(row["title"] for row in rows)
        return self.placed(Block("rejected", text, rows=rows))


class DataDictionary(GuideDirective):
    """``{data-dictionary} FILE``: the columns of a file, from the schema."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table; a file that the schema does not know is an error."""
        file = self.arguments[0].strip()
        if file not in FILES:
            raise self.error(f"data-dictionary: no file '{file}'; use one of {', '.join(FILES)}")
        self.uses(WHOLE)
        guide = self.guide
        rows: list[dict[str, Any]] = (
            list(guide.records.values()) if file == "resources.csv" else guide.tables[file]
        )
        vocabularies = {"topics": list(self.guide.topics), "resources": ["an id of resources.csv"]}
        columns = []
        for column in FILES[file]:
            own = [r for r in column_rules(column, vocabularies) if r not in TEXT_RULES]
            filled = sum(to_cell(row[column.name]) != "" for row in rows)
            share = f"{100 * filled // len(rows)} %" if rows else "0 %"
            # Plain values: a doctree is pickled, and rules hold functions.
            shown = {k: getattr(column, k) for k in ("name", "kind", "help", "required")}
            columns.append((shown, [rule.advice for rule in own], share))
        return self.placed(Block("dictionary", file=file, columns=columns))


DIRECTIVES = {
    "resource-card": ResourceCard,
    "syllabus": Syllabus,
    "related": Related,
    "explorer": ExplorerDirective,
    "resource-list": ResourceList,
    "topic-index": TopicIndex,
    "part-index": PartIndex,
    "find": Find,
    "numbers": Numbers,
    "rejected-list": RejectedList,
    "data-dictionary": DataDictionary,
}
