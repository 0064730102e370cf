"""The part of the Sphinx extension that other programs read: addresses, metadata, files.

Where the book is published decides what is absolute; where that is not known, whatever
needs an absolute address is left out: the canonical address, Open Graph's address and
picture, the sitemap. Feeds and lists then name chapters relatively, or by title alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from docutils import nodes
from markupsafe import Markup
from sphinx.errors import ExtensionError

from mlops_guide import bibliography, exports, feeds, metadata
from mlops_guide.addresses import CHAPTERS
from mlops_guide.card import SIZE, kept_card, place_card
from mlops_guide.directives import Block, GuideDirective
from mlops_guide.guide import WHOLE, Guide
from mlops_guide.publish import PublishError, published
from mlops_guide.schema import COSTS, FORMATS, LEVELS

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

CARDS = "cards"
DATA = "data"
DESCRIPTION = (
    "Learning resources on MLOps and machine-learning system design: "
    "what each teaches, for whom, and what it costs."
)
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


class DataFiles(GuideDirective):
    """``{data-files}``: every file for other programs."""

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        root = f"{up(self.env.docname)}{DATA}/"
        files = [(root + export.name, export.name, export.help) for export in exports.EXPORTS]
        return self.placed(Block("data-files", files=files))


class FeedList(GuideDirective):
    """``{feed-list}``: every feed."""

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        self.uses(WHOLE)
        root = up(self.env.docname)
        topics = [(feeds.topic_feed(topic), title) for topic, title in self.guide.topics.items()]
        links = [(root + place, title) for place, title in [(feeds.FEED, "Everything"), *topics]]
        return self.placed(Block("feed-list", links=links))


def up(document: str) -> str:
    """Return the way from a document to the root of the book, where feeds and data stand."""
    return "../" * document.count("/")


def set_address(app: Sphinx, config: Config) -> None:
    """Let Sphinx know where the book is published."""
    try:
        config.html_baseurl = published(config.html_baseurl).base
    except PublishError as error:
        raise ExtensionError(str(error)) from error


def address(app: Sphinx, document: str) -> str:
    """Return the absolute address of a document, or nothing where none is known."""
    base: str = app.config.html_baseurl
    place = "" if document == app.config.root_doc else app.builder.get_target_uri(document)
    return base + place if base and document in app.env.found_docs else ""


def describe_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add to the head of a page what other programs read there."""
    # Joined as plain text: a Markup would escape what stands there already.
    context["metatags"] = f"{context.get('metatags', '')}{_feed_links(app, page)}"
    if doctree is None:
        return
    about = Page(app, page, doctree, context["mlops_guide_description"])
    scripts = "".join(map(metadata.script, about.things()))
    context["metatags"] += metadata.meta_elements(about.properties()) + scripts
    if about.address:
        context["pageurl"] = about.address


def _feed_links(app: Sphinx, page: str) -> str:
    guide: Guide = app.mlops_guide  # type: ignore[attr-defined]
    links = [(feeds.FEED, f"{app.config.project}: new and changed")]
    topic = guide.topic_of(page)
    if topic:
        links.append((feeds.topic_feed(topic["topic"]), f"{app.config.project}: {topic['title']}"))
    element = Markup('<link rel="alternate" type="application/atom+xml" title="{}" href="{}">\n')
    root = up(page)
    return "".join(str(element.format(title, root + place)) for place, title in links)


class Page:
    """What other programs learn of one page.

    Parameters
    ----------
    app
        The build.
    document, doctree
        Name and content of the page.
    description
        What it is about, as its head says (:func:`mlops_guide.lean.lighten`).
    """

    def __init__(self, app: Sphinx, document: str, doctree: nodes.document, description: str):
        self.app = app
        self.guide: Guide = app.mlops_guide  # type: ignore[attr-defined]
        self.document = document
        self.address = address(app, document)
        self.title = app.env.titles[document].astext()
        blocks = {block["template"]: block["values"] for block in doctree.findall(Block)}
        self.record = blocks["resource"]["record"] if "resource" in blocks else None
        self.listed = [card["id"] for card, _ in blocks["list"]["rows"]] if "list" in blocks else []
        self.about_data = "data-files" in blocks
        self.description = description

    def things(self) -> Iterator[metadata.Thing]:
        """Yield what the page is about, as things of schema.org."""
        guide = self.guide
        if self.record is not None:
            needs = [guide.records[k] for k in self.record["prerequisites"] if k in guide.records]
            yield metadata.resource_thing(self.record, guide.topics, needs, self.address)
        if self.listed:
            items = [
                (guide.records[key]["title"], address(self.app, CHAPTERS + key))
                for key in self.listed
                if key in guide.records
            ]
            topic = guide.topic_of(self.document)
            about = (topic and topic["description"]) or self.description
            yield metadata.list_thing(self.title, about, items)
        if self.about_data and self.address:
            base = f"{self.app.config.html_baseurl}{DATA}/"
            files = {base + export.name: export.media for export in exports.EXPORTS}
            yield metadata.data_thing(self.app.config.project, DESCRIPTION, self.address, files)

    def properties(self) -> dict[str, str]:
        """Return Open Graph's properties, with a picture where an address for it is known."""
        title = self.title if self.record is None else self.record["title"]
        front = self.document == self.app.config.root_doc
        properties = {
            "og:title": title,
            "og:type": "website" if front else "article",
            "og:site_name": self.app.config.project,
            "og:description": self.description,
            "og:url": self.address,
        }
        if not self.address:
            return properties
        facts = self._facts()
        # Beside the doctrees, so that a clean build of the book finds the pictures again.
        kept = Path(self.app.doctreedir).parent / f".{CARDS}"
        card = kept_card(kept, self.app.config.project, title, facts)
        name = place_card(card, Path(self.app.outdir) / CARDS)
        return properties | {
            "og:image": f"{self.app.config.html_baseurl}{CARDS}/{name}",
            "og:image:width": str(SIZE[0]),
            "og:image:height": str(SIZE[1]),
            "og:image:alt": ", ".join([title, *facts]),
            "twitter:card": "summary_large_image",
        }

    def _facts(self) -> list[str]:
        if self.record is None:
            return [f"{len(self.listed)} resources"] if self.listed else []
        titles = {"format": FORMATS, "cost": COSTS, "level": LEVELS}
        facts = [shown.get(self.record[name], self.record[name]) for name, shown in titles.items()]
        return [*facts, self.guide.cards[self.record["id"]].get("effort", "")]


def write_files(app: Sphinx, error: Exception | None) -> None:
    """Write the feeds, the data and the sitemap of a finished book."""
    if error is not None or app.builder.format != "html":
        return
    for place, text in {**_data(app), **_feeds(app), **_sitemap(app)}.items():
        path = Path(app.outdir) / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def _data(app: Sphinx) -> dict[str, str]:
    guide: Guide = app.mlops_guide  # type: ignore[attr-defined]
    records = list(guide.records.values())
    tables: exports.Tables = {"resources.csv": records, **guide.tables}
    title = app.config.project
    made = {
        "catalog.json": exports.as_json(tables, title),
        "catalog.schema.json": exports.as_json_schema(list(guide.topics)),
        "catalog.bib": bibliography.as_bibtex(records),
        "datapackage.json": exports.as_data_package(title, DESCRIPTION, app.config.html_baseurl),
    }
    made |= {
        f"{exports.table_name(file)}.csv": exports.as_csv(file, tables[file])
        for file in exports.TABLES
    }
    return {f"{DATA}/{name}": text for name, text in made.items()}


def _feeds(app: Sphinx) -> dict[str, str]:
    guide: Guide = app.mlops_guide  # type: ignore[attr-defined]
    base, book, author = app.config.html_baseurl, app.config.project, app.config.author
    records = [r for r in guide.records.values() if CHAPTERS + r["id"] in app.env.found_docs]

    def made(place: str, title: str, subtitle: str, topic: str = "") -> str:
        home = base or up(place)
        chosen = [record for record in records if not topic or topic in record["topics"]]

        def chapter(key: str) -> str:
            return home + app.builder.get_target_uri(CHAPTERS + key)

        return feeds.feed(place, title, subtitle, author, chosen, home, chapter)

    every = made(feeds.FEED, book, "Resources that are new here, or whose facts have changed.")
    return {feeds.FEED: every} | {
        (place := feeds.topic_feed(row["topic"])): made(
            place, f"{book}: {row['title']}", row["description"], row["topic"]
        )
        for row in guide.topic_rows
    }


def _sitemap(app: Sphinx) -> dict[str, str]:
    """Return the sitemap of all documents, and where crawlers look for it.

    Not by sphinx-sitemap 2.9, whose map of an incremental build holds only the pages that
    this build wrote, in the order in which parallel processes wrote them.
    """
    base = app.config.html_baseurl
    if not base:
        return {}
    root = ElementTree.Element("urlset", xmlns=SITEMAP)
    for document in sorted(app.env.found_docs):
        ElementTree.SubElement(ElementTree.SubElement(root, "url"), "loc").text = address(
            app, document
        )
    text = ElementTree.tostring(root, encoding="unicode")
    return {
        "sitemap.xml": f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n',
        "robots.txt": f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n",
    }


def setup(app: Sphinx) -> None:
    """Set up this part; the description of a page has to be there before it."""
    app.add_directive("data-files", DataFiles)
    app.add_directive("feed-list", FeedList)
    app.connect("config-inited", set_address, priority=100)
    app.connect("html-page-context", describe_page, priority=960)
    app.connect("build-finished", write_files)
