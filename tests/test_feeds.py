"""Atom feeds, as feedparser reads them."""

from __future__ import annotations

from typing import Any

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings

from catalogs import RECORDS, complete
from mlops_guide.catalog import Record
from mlops_guide.feeds import MOST, changed, feed

HOME = "https://guide.example.org/"


def made(*records: Record, home: str = HOME, place: str = "feed.xml") -> str:
    """Return a feed."""
    return feed(place, "Guide", "News.", "Ada", records, home, lambda key: f"{home}book/{key}.html")


def read(text: str) -> Any:
    """Return what feedparser reads, which must find no fault."""
    parsed = feedparser.parse(text)
    assert not parsed.bozo, parsed.bozo_exception
    assert parsed.version == "atom10"
    return parsed


def record(key: str, **facts: Any) -> Record:
    """Return a record that a feed can bring."""
    plain = {"title": key, "format": "course", "cost": "free", "added": "2026-01-02"}
    return complete({"id": key, "summary": f"About {key}.", **plain, **facts})


def test_the_newest_comes_first() -> None:
    """Entries stand by the date of their news, with what they are, where, and when."""
    old, new = record("old", topics=["x", "y"]), record("new", checked="2026-02-03")
    parsed = read(made(old, new))

    first, second = parsed.entries
    assert [entry.title for entry in parsed.entries] == ["new", "old"]
    assert (first.published, first.updated) == (
        "2026-01-02T00:00:00+00:00",
        "2026-02-03T00:00:00+00:00",
    )
    assert first.summary == "Course, free. About new. Facts as of 2026-02-03."
    assert second.summary == "Course, free. About old. New in the guide."
    assert second.link == "https://guide.example.org/book/old.html"
    assert [tag.term for tag in second.tags] == ["x", "y"]
    assert parsed.feed.updated == first.updated
    assert parsed.feed.author == "Ada"
    links = {link.rel: link.href for link in parsed.feed.links}
    assert links == {"alternate": HOME, "self": f"{HOME}feed.xml"}


def test_identifiers_outlive_addresses_and_changes() -> None:
    """An entry keeps its identifier when the book moves, its facts change or others come."""
    before = read(made(record("a")))
    after = read(
        made(
            record("b"),
            record("a", title="New", checked="2026-02-03"),
            home="https://x.example.org/",
        )
    )

    assert before.feed.id == after.feed.id == "urn:uuid:" + before.feed.id[9:]
    assert before.entries[0].id == "urn:uuid:138036f9-5f38-50bc-8fc9-e54d8d15fe88"
    assert after.entries[0].id == before.entries[0].id != after.entries[1].id


def test_without_an_address_links_lead_from_the_feed() -> None:
    """Where the address of the book is not known, a feed names its chapters from its own place."""
    text = made(record("a"), home="../", place="feeds/testing.xml")

    assert "://" not in text.replace("http://www.w3.org/2005/Atom", "")
    headers = {"content-location": "https://moved.example.org/guide/feeds/testing.xml"}
    parsed = feedparser.parse(text, response_headers=headers)
    assert parsed.entries[0].link == "https://moved.example.org/guide/book/a.html"


def test_the_same_catalog_gives_the_same_feed() -> None:
    """No hour of a build stands in a feed, and the order of rows does not matter."""
    records = [record(key) for key in "abc"]
    assert made(*records) == made(*reversed(records))
    assert "1970-01-01" in made()
    assert made(record("a", added="soon")).count("1970-01-01") == 3


def test_a_feed_is_not_the_catalog() -> None:
    """Only the newest entries are brought."""
    records = [record(f"r-{i}", checked=f"2025-{1 + i % 12:02}-01") for i in range(MOST + 5)]
    assert len(read(made(*records)).entries) == MOST


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, "2026-01-02"),
        ({"updated": "2026-03"}, "2026-01-02"),
        ({"updated": "2026-03-01"}, "2026-03-01"),
        ({"cost_checked": "2026-04-01", "checked": "2020-01-01"}, "2026-04-01"),
        ({"checked": "9999-01-01"}, "2026-01-02"),
    ],
)
def test_news_are_whole_dates_that_have_come(facts: dict[str, str], wanted: str) -> None:
    """The newest whole date of a row counts, unless it lies in the future."""
    assert changed(record("a", **facts)) == wanted


def test_text_is_never_markup() -> None:
    """Tags, entities and characters that XML cannot hold do no harm, and text stays text."""
    hostile = "<b>&amp;</b> ]]> <!-- \x00\x1b\ufffe\udc80\u202e</title><entry>"
    entry = read(made(record("a", title=hostile, summary=hostile, topics=[hostile]))).entries[0]

    assert entry.title_detail.type == "text/plain"
    assert entry.title == "<b>&amp;</b> ]]> <!-- ?</title><entry>"
    assert "<b>" not in entry.summary
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in entry.summary


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS)
def test_any_record_can_be_brought(records: list[Record]) -> None:
    """Whatever a row says, the feed is well-formed and has an entry for it."""
    assert len(read(made(*records)).entries) == len(records)
