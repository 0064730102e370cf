"""Python and JavaScript agree: the same cases, random catalogs and characters in both."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from catalogs import CASES, RECORDS, TOPIC_TITLES, complete, filters
from conftest import ROOT, serving
from mlops_guide.catalog import Record, load_records, load_topics, to_frame
from mlops_guide.charts import cost_by_format, topics_by_cost, years
from mlops_guide.explorer import plain_json
from mlops_guide.filters import FilterIndex, Filters, fold, parse_bounds, words
from mlops_guide.payload import explorer_payload
from mlops_guide.schema import RANGES

STATIC = ROOT / "src" / "mlops_guide" / "static"
QUERY = """([payload, filters]) => {
  const catalog = js.compileCatalog(payload);
  const { selected, counts } = js.runQuery(catalog, filters);
  const named = catalog.facets.map((facet, f) =>
    [facet.name, Object.fromEntries(facet.values.map(([value], i) => [value, counts[f][i]]))]);
  return [selected.map((i) => catalog.resources[i].id), Object.fromEntries(named)];
}"""


@pytest.fixture(scope="module")
def js(browser: Browser) -> Iterator[Page]:
    """A page whose global `js` is the explorer module, and `charts` the charts module."""
    with serving(STATIC) as address:
        page = browser.new_page()
        page.goto(address + "explorer.css")
        page.evaluate(
            """async (base) => {
                globalThis.js = await import(base + "explorer.js");
                globalThis.charts = await import(base + "charts.js");
            }""",
            address,
        )
        yield page
        page.close()


def both(js: Page, index: FilterIndex, values: dict[str, Any]) -> tuple[Any, Any]:
    """Return what Python and what JavaScript make of the same filters."""
    asked = {**vars(Filters()), **values}
    chosen = Filters(**{k: tuple(v) if isinstance(v, list) else v for k, v in asked.items()})
    selected, counts = index.query(chosen)
    ids = [index.records[i]["id"] for i in selected]
    return [ids, counts], js.evaluate(QUERY, [explorer_payload(index), asked])


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["why"])
def test_shared_case(js: Page, case: dict[str, Any]) -> None:
    """The shared cases come out in JavaScript as they say."""
    index = FilterIndex([complete(facts) for facts in CASES["records"]], CASES["topics"])
    python, javascript = both(js, index, case["filters"])
    assert javascript == python
    assert javascript[0] == case["ids"]


@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_address_holds_every_filter(js: Page, data: st.DataObject) -> None:
    """What is written into an address comes back from it, and ranges are read as in Python."""
    records: list[Record] = data.draw(RECORDS)
    values = {**vars(Filters()), **data.draw(filters(records))}
    index = FilterIndex(records, TOPIC_TITLES)
    back, ranges = js.evaluate(
        """([payload, filters]) => {
          const catalog = js.compileCatalog(payload);
          const params = js.toParams(catalog, filters);
          const ranges = catalog.ranges.map(({ name }) => [name, params.get(name) ?? ".."]);
          return [js.fromParams(catalog, params), Object.fromEntries(ranges)];
        }""",
        [explorer_payload(index), values],
    )
    wanted = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
    assert back == {**wanted, "query": values["query"].strip()}
    assert {name: list(parse_bounds(text)) for name, text in ranges.items()} == {
        span.name: wanted[span.name] for span in RANGES
    }


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_catalogs(js: Page, data: st.DataObject) -> None:
    """Selection, order and counts of any catalog are the same in both languages."""
    records: list[Record] = data.draw(RECORDS)
    values = data.draw(filters(records))
    python, javascript = both(js, FilterIndex(records, TOPIC_TITLES), values)
    assert javascript == python


def known_characters() -> Iterator[str]:
    """Yield every character that this Python's Unicode assigns."""
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point)) not in ("Cn", "Cs", "Co"):
            yield chr(point)


@pytest.mark.parametrize(
    ("python", "javascript"),
    [(fold, "js.fold"), (lambda text: " ".join(words(text)), "(t) => js.words(t).join(' ')")],
    ids=["fold", "words"],
)
def test_every_character(js: Page, python: Callable[[str], str], javascript: str) -> None:
    """Every assigned character folds alike, and is or is not part of a word alike."""
    characters = list(known_characters())
    theirs = js.evaluate(f"(all) => all.map((c) => ({javascript})('a' + c + 'b'))", characters)
    differing = [
        f"U+{ord(c):04X} {ours!r} {other!r}"
        for c, other in zip(characters, theirs, strict=True)
        if (ours := python(f"a{c}b")) != other
    ]
    assert differing == [], f"{len(differing)} characters differ"


@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_charts_count_alike(js: Page, data: st.DataObject) -> None:
    """The page redraws a chart with the numbers that Python gives for the same selection."""
    records, topics = load_records(), load_topics()
    index = FilterIndex(records, topics)
    values = data.draw(filters(records))
    chosen = Filters(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
    whole = to_frame(records)
    ids = {records[i]["id"] for i in index.select(chosen)}
    rows = [r for r in explorer_payload(index)["resources"] if r["id"] in ids]
    for draw in (topics_by_cost, cost_by_format, years):
        drawn = plain_json(draw(whole.iloc[index.select(chosen)], whole))
        redrawn = js.evaluate(
            "([spec, rows]) => charts.countSelection(spec, rows)", [plain_json(draw(whole)), rows]
        )
        assert [(t["x"], t["y"]) for t in redrawn] == [(t["x"], t["y"]) for t in drawn["data"]]


def test_an_empty_catalog(js: Page) -> None:
    """A catalog without rows is empty in both, not an error."""
    python, javascript = both(js, FilterIndex([], {}), {})
    assert javascript == python
    assert javascript[0] == []
