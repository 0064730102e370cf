"""Atom feeds of what was added to the catalog and what has changed in it.

Atom: https://www.rfc-editor.org/rfc/rfc4287. An entry is a resource; its identifier follows
from the id alone, so that it outlives every address, and its date is that of the newest
evidence, so that a reader sees it again when its facts have been checked anew.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from feedgenerator import Atom1Feed
from markupsafe import escape

from mlops_guide.catalog import Record
from mlops_guide.rules import DATE, visible
from mlops_guide.schema import COSTS, FORMATS

MOST = 100
"""Entries of a feed: the newest; a reader who subscribes wants news, not the catalog."""
FEED = "feed.xml"
GUIDE = uuid.UUID("5d6e1a58-6f0d-5bb0-9d3c-7a7e2f1c4b90")
"""The namespace of the identifiers, drawn once: it must never change."""
EPOCH = "1970-01-01"
"""The date of a resource that tells none, which the check of the catalog refuses."""


def topic_feed(topic: str) -> str:
    """Return the place of a topic's feed in the book."""
    return f"feeds/{topic}.xml"


def changed(record: Record) -> str:
    """Return the newest date on which a resource, or what is known of it, has changed."""
    dates = (record[name] for name in ("added", "updated", "cost_checked", "checked"))
    return max((date for date in dates if DATE.holds(date)), default=EPOCH)


def feed(
    place: str,
    title: str,
    subtitle: str,
    author: str,
    records: Iterable[Record],
    home: str,
    chapter: Callable[[str], str],
) -> str:
    """Return a feed as XML.

    Parameters
    ----------
    place
        The feed's place in the book, e.g. ``feeds/testing.xml``.
    title, subtitle, author
        What it is called, what it brings, and who writes it.
    records
        The resources that it may bring.
    home
        The address of the book, absolute or relative to the feed.
    chapter
        Gives the address of the chapter of a resource, likewise.

    Returns
    -------
    str
        The newest entries, at most :data:`MOST`; the same catalog gives the same text.
    """
    newest = sorted(records, key=lambda r: (changed(r), r["added"], r["id"]), reverse=True)[:MOST]
    made = Atom1Feed(
        title=visible(title),
        link=home or "./",
        description=visible(subtitle),
        author_name=visible(author),
        feed_url=home + place,
        feed_guid=_identifier(place),
        language="en",
    )
    for record in newest:
        made.add_item(**_entry(record, chapter))
    if not newest:
        # The library would take the hour of the build, which no two builds share.
        made.latest_post_date = lambda: _moment(EPOCH)
    return str(made.writeString("utf-8"))


def _entry(record: Record, chapter: Callable[[str], str]) -> dict[str, Any]:
    added = record["added"] if DATE.holds(record["added"]) else EPOCH
    kind = FORMATS.get(record["format"]) or record["format"]
    cost = COSTS.get(record["cost"]) or record["cost"]
    news = changed(record)
    what = f"Facts as of {news}." if news > added else "New in the guide."
    text = f"{kind}, {cost.lower()}. {record['summary']} {what}"
    return {
        "title": visible(record["title"]),
        "link": chapter(record["id"]),
        "unique_id": _identifier(f"resource:{record['id']}"),
        "pubdate": _moment(added),
        "updateddate": _moment(news),
        "categories": [visible(topic) for topic in record["topics"]],
        # The library says that this is HTML, so the text has to be made so.
        "description": str(escape(visible(text))),
    }


def _identifier(name: str) -> str:
    return uuid.uuid5(GUIDE, name).urn


def _moment(date: str) -> dt.datetime:
    return dt.datetime.fromisoformat(date).replace(tzinfo=dt.UTC)
