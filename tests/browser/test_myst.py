"""The example for MyST sites: its page, and the module in a host that gives what theirs gives."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from conftest import ROOT, serving
from mlops_guide import load_records

EXAMPLE = ROOT / "examples" / "myst"
RECORDS = load_records()

# The directive takes the module's path as its argument, the style's as an option, and JSON
# as its body: https://github.com/jupyter-book/mystmd/blob/1ad857c61d787bfcfa02da2af88cff7a93c214e6/packages/myst-directives/src/anywidget.ts
DIRECTIVE = re.compile(
    r"^```\{anywidget\} (?P<module>\S+)\n:css: (?P<css>\S+)\n(?P<model>\{.*?)^```$", re.M | re.S
)

# What the theme gives a module, and what it refuses: a model whose `off` and `save_changes`
# are errors, and an element in a shadow tree with the style beside it.
# https://github.com/jupyter-book/myst-theme/blob/6498c64bc64e0a061818a0dc88dd11d446334f79/packages/anywidget/src/models.ts
# https://github.com/jupyter-book/myst-theme/blob/6498c64bc64e0a061818a0dc88dd11d446334f79/packages/anywidget/src/renderers.tsx
HOST = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>A page of MyST</title><link rel="icon" href="data:,">
<main id="widget"></main>
<script type="module">
const widget = (await import("./MODULE")).default;
const state = await (await fetch("./model.json")).json();
const listeners = new EventTarget();
const refuse = (name) => () => { throw new Error(`MystAnyModel.${name} not implemented yet.`); };
const model = {
  get: (key) => state[key],
  set: (key, value) => {
    state[key] = value;
    listeners.dispatchEvent(new CustomEvent(`change:${key}`, { detail: value }));
    listeners.dispatchEvent(new CustomEvent("change", { detail: value }));
  },
  on: (event, listener) => listeners.addEventListener(event, listener),
  off: refuse("off"),
  save_changes: refuse("save_changes"),
};
const el = document.createElement("div");
document.getElementById("widget").attachShadow({ mode: "open" }).replaceChildren(el);
const style = document.createElement("link");
style.rel = "stylesheet";
style.href = "./CSS";
el.append(style);
window.cleanUp = await widget.render({ model, el });
</script></html>
"""


@pytest.fixture(scope="module")
def directive() -> dict[str, str]:
    """The directive's module, css and model, as the example's command writes them."""
    spec = importlib.util.spec_from_file_location("make", EXAMPLE / "make.py")
    assert spec and spec.loader
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    [found] = DIRECTIVE.finditer(make.page(EXAMPLE))
    return found.groupdict()


@pytest.fixture
def explorer(
    directive: dict[str, str], tmp_path: Path, new_page: Callable[..., Page]
) -> Iterator[Page]:
    """A page that mounts the module as the theme does."""
    names = {}
    for kind in ("module", "css"):
        names[kind] = Path(directive[kind]).name
        shutil.copy(EXAMPLE / directive[kind], tmp_path)
    (tmp_path / "model.json").write_text(directive["model"], encoding="utf-8")
    host = HOST.replace("MODULE", names["module"]).replace("CSS", names["css"])
    (tmp_path / "index.html").write_text(host, encoding="utf-8")
    with serving(tmp_path) as address:
        page = new_page()
        page.goto(address)
        expect(page.get_by_role("list", name="Resources")).to_be_visible()
        yield page


def test_the_page_holds_the_catalog(directive: dict[str, str]) -> None:
    """The directive names the explorer's own files, and its model is the whole catalog."""
    static = ROOT / "src" / "mlops_guide" / "static"
    assert (EXAMPLE / directive["module"]).resolve() == static / "explorer.js"
    assert (EXAMPLE / directive["css"]).resolve() == static / "explorer.css"
    resources = json.loads(directive["model"])["catalog"]["resources"]
    assert sorted(r["id"] for r in resources) == sorted(r["id"] for r in RECORDS)


def test_the_explorer_answers_in_myst(explorer: Page) -> None:
    """The list follows a click and a search, and all comes back, where nothing can be saved."""
    status = explorer.get_by_role("status")
    expect(status).to_have_text(f"{len(RECORDS)} of {len(RECORDS)} resources")
    explorer.get_by_role("group", name="Cost").get_by_role("checkbox", name="Paid").click()
    paid = sorted(record["title"] for record in RECORDS if record["cost"] == "paid")
    expect(status).to_have_text(f"{len(paid)} of {len(RECORDS)} resources")
    titles = explorer.get_by_role("list", name="Resources").locator(".mg-card-title")
    assert sorted(titles.all_text_contents()) == paid
    explorer.get_by_role("searchbox").fill("no such resource")
    expect(status).to_have_text(f"0 of {len(RECORDS)} resources")
    explorer.get_by_role("button", name="Clear all").click()
    expect(status).to_have_text(f"{len(RECORDS)} of {len(RECORDS)} resources")
    expect(status).to_be_focused()


def test_the_focus_stays_in_a_shadow_tree(explorer: Page) -> None:
    """A box that empties keeps the focus, and a chip that is removed hands it on."""
    group = explorer.get_by_role("group", name="Cost")
    box = group.get_by_role("checkbox", name="Freemium")
    box.press("Space")
    explorer.get_by_role("searchbox").fill("no such resource")
    expect(explorer.get_by_role("status")).to_have_text(f"0 of {len(RECORDS)} resources")
    box.press("Space")
    expect(box).to_have_attribute("aria-disabled", "true")
    expect(box).to_be_focused()
    explorer.get_by_role("searchbox").fill("")
    for name in ("Free", "Paid"):
        group.get_by_role("checkbox", name=re.compile(f"^{name} ")).press("Space")
    chips = explorer.get_by_role("list", name="Active filters").get_by_role("button")
    expect(chips).to_have_count(2)
    chips.first.press("Enter")
    expect(chips).to_have_count(1)
    expect(chips.first).to_be_focused()


def test_the_explorer_is_taken_away_in_peace(explorer: Page) -> None:
    """The theme's clean-up, when a reader goes to another page, is no error."""
    assert explorer.evaluate("window.cleanUp()") is None
