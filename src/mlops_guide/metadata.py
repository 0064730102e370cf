"""What other programs learn from a page: schema.org in JSON-LD, and Open Graph.

The terms are those of https://schema.org; a test holds them against its vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from mlops_guide.catalog import Record
from mlops_guide.rules import is_web_address, visible
from mlops_guide.schema import FORMATS, LEVELS

Thing = dict[str, Any]
"""A node of JSON-LD."""

DATA_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
TYPES: dict[str, str | list[str]] = {
    "course": "Course",
    "book": ["Book", "LearningResource"],
    "paper": ["ScholarlyArticle", "LearningResource"],
    "newsletter": ["Periodical", "LearningResource"],
    "blog": ["Blog", "LearningResource"],
    "video": ["CreativeWorkSeries", "LearningResource"],
    "podcast": ["PodcastSeries", "LearningResource"],
    "community": ["WebSite", "LearningResource"],
    "repository": ["SoftwareSourceCode", "LearningResource"],
}
"""Types by format; what is not here, a guide for one, is a LearningResource and no more."""
OFFERS = {"free": "Free", "freemium": "Partially Free", "paid": "Paid"}
"""Categories of an offer as search engines read them:
https://developers.google.com/search/docs/appearance/structured-data/course-info."""

UNKNOWN: tuple[Any, ...] = (None, "", [], {})


def resource_thing(
    record: Record, topics: dict[str, str], needs: Sequence[Record], chapter: str
) -> Thing:
    """Return a resource as a thing of schema.org; what is unknown is left out.

    Parameters
    ----------
    record
        The resource.
    topics
        Titles of topics.
    needs
        The resources to know first.
    chapter
        The absolute address of its chapter; empty where it is not known.
    """
    course = record["format"] == "course"
    organization = _named("Organization", record["organization"])
    thing = {
        "@context": "https://schema.org",
        "@type": TYPES.get(record["format"], "LearningResource"),
        "name": record["title"],
        "description": record["summary"],
        "url": _address(record["url"]),
        "mainEntityOfPage": chapter,
        "archivedAt": _address(record["archive_url"]),
        "learningResourceType": FORMATS.get(record["format"], record["format"]),
        "educationalLevel": LEVELS.get(record["level"], record["level"]),
        "teaches": [topics.get(topic, topic) for topic in record["topics"]],
        "coursePrerequisites" if course else "educationalAlignment": [_need(r) for r in needs],
        "isAccessibleForFree": record["cost"] == "free",
        "offers": _offer(record),
        "timeRequired": duration(record["hours"]),
        "author": [_named("Person", name) for name in record["authors"]],
        "provider" if course else "publisher": organization,
        "inLanguage": record["language"],
        "license": _license(record["license"]),
        "datePublished": str(record["year"] or ""),
        "dateModified": record["updated"],
    }
    return _known(thing)


def list_thing(name: str, description: str, items: Iterable[tuple[str, str]]) -> Thing:
    """Return the list of a page as an ItemList.

    Parameters
    ----------
    name, description
        Title of the page, and what it is about; empty where it does not say so.
    items
        Titles and absolute addresses of the chapters, in the order of the page; an address
        is empty where it is not known.
    """
    elements = [
        {"@type": "ListItem", "position": place, "name": title, "url": url}
        for place, (title, url) in enumerate(items, start=1)
    ]
    return _known(
        {
            "@context": "https://schema.org",
            "@type": "ItemList",
            "name": name,
            "description": description,
            "numberOfItems": len(elements),
            "itemListOrder": "https://schema.org/ItemListOrderAscending",
            "itemListElement": elements,
        }
    )


def data_thing(name: str, description: str, page: str, files: dict[str, str]) -> Thing:
    """Return the catalog as a Dataset.

    Parameters
    ----------
    name, description
        What the data are called, and what they hold.
    page
        The absolute address of the page about them.
    files
        Media types by the absolute address of a file.
    """
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": name,
        "description": description,
        "url": page,
        "license": DATA_LICENSE,
        "isAccessibleForFree": True,
        "distribution": [
            {"@type": "DataDownload", "contentUrl": url, "encodingFormat": media}
            for url, media in files.items()
        ],
    }


def duration(hours: float | None) -> str:
    """Return hours as an ISO 8601 duration, e.g. 'PT2H30M'; unknown ones as nothing."""
    whole, minutes = divmod(round((hours or 0) * 60), 60)
    parts = f"{whole}H" * bool(whole) + f"{minutes}M" * bool(minutes)
    return f"PT{parts}" if parts else ""


def _offer(record: Record) -> Thing:
    price = 0 if record["cost"] == "free" else record["price_usd"]
    return {
        "@type": "Offer",
        "category": OFFERS.get(record["cost"], record["cost"]),
        "description": record["cost_note"],
        "price": price,
        "priceCurrency": "" if price is None else "USD",
    }


def _need(record: Record) -> Thing:
    return {
        "@type": "AlignmentObject",
        "alignmentType": "requires",
        "targetName": record["title"],
        "targetUrl": _address(record["url"]),
    }


def _named(kind: str, name: str) -> Thing:
    return {"@type": kind, "name": name} if name else {}


def _license(name: str) -> str | Thing:
    """Return the address of a licence with an SPDX identifier, or else its name."""
    if re.fullmatch(r"[A-Za-z0-9.+-]+", name):
        return f"https://spdx.org/licenses/{name}.html"
    return _named("CreativeWork", name)


def _address(url: str) -> str:
    return url if is_web_address(url) else ""


def _known(thing: Thing) -> Thing:
    """Return a thing without what is unknown of it, and every text as it can be seen."""
    told = {name: _seen(value) for name, value in thing.items()}
    return {name: value for name, value in told.items() if value not in UNKNOWN}


def _seen(value: Any) -> Any:
    if isinstance(value, dict):
        return _known(value)
    if isinstance(value, list):
        return [item for item in map(_seen, value) if item not in UNKNOWN]
    return visible(value) if isinstance(value, str) else value


def script(thing: Thing) -> str:
    """Return a thing as an element of a page's head; its texts cannot end the element."""
    text = htmlsafe_json_dumps(thing, ensure_ascii=False, separators=(",", ":"))
    return f'<script type="application/ld+json">{text}</script>\n'


def meta_elements(properties: dict[str, str]) -> str:
    """Return the elements of Open Graph (https://ogp.me) and its kin; empty ones are left out."""
    element = Markup('<meta {}="{}" content="{}">\n')
    return "".join(
        str(element.format("name" if name[:8] == "twitter:" else "property", name, visible(text)))
        for name, text in properties.items()
        if text
    )
