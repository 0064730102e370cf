"""The directives of the book over the catalog, and the nodes that they place."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from mlops_guide.catalog import nearest, to_cell, to_frame
from mlops_guide.charts import FIGURES, plain_json
from mlops_guide.filters import FilterError, check_filters
from mlops_guide.guide import WHOLE, Guide, shown_on_pages
from mlops_guide.schema import FACETS, FILES, SORTS, TEXT_RULES, column_rules, split_list


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


class ExplorerDirective(GuideDirective):
    """``{explorer}``: the live explorer; its options are the first choice of filters."""

    option_spec: ClassVar[dict[str, Any]] = {
        **{facet.name: directives.unchanged_required for facet in FACETS},
        "query": directives.unchanged_required,
        "sort": lambda value: directives.choice(value, tuple(SORTS)),
        "charts": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Return the explorer, and its charts where the option ``charts`` asks for them."""
        self.uses(WHOLE)
        chosen = {
            k: split_list(v) if k not in ("query", "sort") else v for k, v in self.options.items()
        }
        charts = chosen.pop("charts", None) is not None
        try:
            filters = check_filters(chosen, self.guide.index.titles)
        except FilterError as error:
            raise self.error(f"explorer: {error}") from error
        state = {"catalog": self.guide.payload, **vars(filters)}
        placed = self.placed(Mount("explorer", state=state))
        if charts:
            frame = to_frame(list(self.guide.records.values()))
            figures = [plain_json(draw(frame)) for draw in FIGURES]
            placed += self.placed(Mount("charts", figures=figures))
        return placed


class TopicIndex(GuideDirective):
    """``{topic-index}``: a section for every topic, with its resources in reading order."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        self.uses(WHOLE)
        sections: list[nodes.Node] = []
        for row in self.guide.topic_rows:
            # Sphinx writes the id into the heading's permalink as it is.
            anchor = nodes.make_id(f"topic-{row['topic']}")
            section = nodes.section(ids=[anchor], names=[anchor])
            section += nodes.title(row["title"], row["title"])
            found = self.guide.on_topic(row["topic"])
            text = " ".join([row["description"], *(record["title"] for record, _ in found)])
            section += self.placed(
                Block("topic", text, description=row["description"], records=found)
            )
            sections.append(section)
        return sections


class DataDictionary(GuideDirective):
    """``{data-dictionary} FILE``: the columns of a file, from the schema."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table; a file that the schema does not know is an error."""
        file = self.arguments[0].strip()
        if file not in FILES:
            raise self.error(f"data-dictionary: no file '{file}'; use one of {', '.join(FILES)}")
        self.uses(WHOLE)
        rows: list[dict[str, Any]] = {
            "resources.csv": list(self.guide.records.values()),
            "topics.csv": self.guide.topic_rows,
            "syllabus.csv": [part for parts in self.guide.parts.values() for part in parts],
        }[file]
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
    "topic-index": TopicIndex,
    "data-dictionary": DataDictionary,
}
