"""Seeded catalogs of any size that look like the guide's own, and pages that show them."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import itables
import pandas as pd
from itables.javascript import generate_init_offline_itables_html

import mlops_guide
from mlops_guide.catalog import Record, load_records, load_topics, parse_row
from mlops_guide.filters import FilterIndex, Filters, words
from mlops_guide.markup import render
from mlops_guide.payload import explorer_payload
from mlops_guide.schema import FORMATS, RESOURCE_COLUMNS

STATIC = Path(mlops_guide.__file__).parent / "static"
SYLLABLES = re.findall("..", "anarbecodediefigainkalalomamenneorpiresasitateti")
PAGE = """<!doctype html>
<html lang="en" data-content_root="./"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head>
<body><main style="max-width: 60rem; margin: auto">{body}</main></body></html>
"""
BARE = """<p role="status">0</p><input type="search" aria-label="Search">
<label><input type="checkbox"> one value</label> <label><input type="checkbox"> another</label>
<script>
let answers = 0;
addEventListener("input", () => { document.querySelector("p").textContent = ++answers; });
</script>"""


def vocabulary(rng: random.Random) -> tuple[list[str], list[float]]:
    """Return words and their frequencies: those of the guide's summaries, and made-up ones."""
    own = sorted({w for r in load_records() for w in words(f"{r['title']} {r['summary']}")})
    rng.shuffle(own)
    made = {"".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(4000)}
    listed = own + sorted(made.difference(own))
    return listed, [1 / (rank + 10) for rank in range(len(listed))]


def synthetic_rows(count: int, seed: int = 7) -> list[dict[str, str]]:
    """Return `count` rows of text with the columns of ``data/resources.csv``.

    Parameters
    ----------
    count
        Number of rows.
    seed
        Of the random numbers: the same rows in every run.
    """
    rng = random.Random(seed)
    listed, weights = vocabulary(rng)
    topics = list(load_topics())

    def phrase(least: int, most: int) -> str:
        return " ".join(rng.choices(listed, weights, k=rng.randint(least, most))).capitalize()

    def cells(i: int) -> dict[str, str]:
        hosts = rng.choices(listed, k=2)
        return dict.fromkeys((column.name for column in RESOURCE_COLUMNS), "") | {
            "id": f"resource-{i}",
            "title": phrase(2, 8),
            "url": f"https://{hosts[0]}.example/{hosts[1]}/",
            "format": rng.choice(list(FORMATS)),
            "topics": ";".join(rng.sample(topics, rng.randint(1, 5))),
            "cost": rng.choices(["free", "freemium", "paid"], [6, 3, 1])[0],
            "cost_note": phrase(8, 20) + ".",
            "cost_checked": f"2026-0{rng.randint(1, 9)}-{rng.randint(10, 28)}",
            "level": rng.choice(["introductory", "intermediate", "advanced"]),
            "hours": str(rng.randint(1, 200)) if rng.random() < 0.8 else "",
            "hours_basis": rng.choice(["stated", "estimated"]),
            "authors": ";".join(phrase(2, 2).title() for _ in range(rng.randint(1, 3))),
            "organization": phrase(1, 4) if rng.random() < 0.7 else "",
            "year": str(rng.randint(2012, 2026)),
            "status": rng.choices(["active", "frozen", "dormant", "gone"], [6, 2, 1, 1])[0],
            "language": "en",
            "summary": phrase(20, 30) + ".",
        }

    return [cells(i) for i in range(count)]


def synthetic_records(count: int, seed: int = 7) -> list[Record]:
    """Return the rows of :func:`synthetic_rows` as records."""
    return [parse_row(row) for row in synthetic_rows(count, seed)]


def write_pages(directory: Path, records: list[Record]) -> None:
    """Write ``ours.html`` and ``itables.html``, which show the same rows, and ``bare.html``.

    Ours is what the directive ``{explorer}`` puts into the book, with the same template,
    style and script. For itables, lists are joined, the panes hold the four facets, and
    their counts follow every other choice, as ours do; as SearchPanes takes one value a
    cell, its pane of topics has the first of each row. Ours shows up to 200 results and
    itables its ten. The bare page answers an input by one line of text and nothing else.
    """
    directory.mkdir()
    shutil.copytree(STATIC, directory / "static")
    topics = load_topics()
    payload = explorer_payload(FilterIndex(records, topics))
    state = {"catalog": payload, **vars(Filters())}
    body = render("explorer", lambda name: f"{name}.html", topics=topics, state=state)
    head = '<link rel="stylesheet" href="static/explorer.css">'
    head += '<script type="module" src="static/page.js"></script>'
    page = PAGE.format(title="Explorer", head=head, body=body)
    (directory / "ours.html").write_text(page, encoding="utf-8")
    (directory / "bare.html").write_text(PAGE.format(title="Bare", head="", body=BARE), "utf-8")
    page = PAGE.format(title="itables", head="", body=itables_table(payload["resources"]))
    (directory / "itables.html").write_text(page, encoding="utf-8")


def itables_table(resources: list[dict[str, object]]) -> str:
    """Return the HTML of the same resources in itables with SearchPanes, offline."""
    facets = ["topic", "cost", "format", "level"]
    shown = ["title", *facets, "authors", "organization", "year", "hours", "topics", "summary"]
    rows = [{**r, "topic": r["topic"][0], "topics": ", ".join(r["topic"])} for r in resources]
    frame = pd.DataFrame(rows)[shown].fillna("")
    table = itables.to_html_datatable(
        frame,
        connected=False,
        maxBytes=0,
        showIndex=False,
        layout={"top1": "searchPanes"},
        searchPanes={
            "columns": [shown.index(facet) for facet in facets],
            "threshold": 1,
            "cascadePanes": True,
            "viewTotal": True,
        },
    )
    return generate_init_offline_itables_html(itables.options.dt_bundle) + table
