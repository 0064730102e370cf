"""The notebooks with Python in the browser: the built site alone, every other host blocked.

`make test-lite` builds what they need, and runs them. A browser kernel takes half a minute
to start, so there are few tests, and each does much.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from mlops_guide import load_records

pytest_plugins = ["conftest"]

LITE = Path(__file__).parents[1] / "_build" / "lite"
PATIENCE = 240_000
"""Milliseconds that anything may take on a slow and busy machine."""
FACTS = json.loads((LITE / "guide.json").read_text(encoding="utf-8"))
RECORDS = load_records()
# Runs code in the notebook's kernel, behind the notebook's back, and returns what it prints.
PRINTED = """async (code) => {
  const { jupyterapp } = document.querySelector("iframe").contentWindow;
  const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
  const future = kernel.requestExecute({ code });
  let printed = "";
  future.onIOPub = ({ content }) => { printed += content.text ?? content.evalue ?? ""; };
  await future.done;
  return printed;
}"""
# Adds a cell to the notebook and runs it.
ADD_CELL = """async (code) => {
  const { jupyterapp } = document.querySelector("iframe").contentWindow;
  const { content } = jupyterapp.shell.currentWidget;
  content.activeCellIndex = content.widgets.length - 1;
  await jupyterapp.commands.execute("notebook:insert-cell-below");
  content.activeCell.model.sharedModel.setSource(code);
  await jupyterapp.commands.execute("notebook:run-cell");
}"""


@pytest.fixture(scope="session", autouse=True)
def with_lite() -> Iterator[None]:
    """Have the book of these tests built with the folder that `make lite` has built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GUIDE_LITE", str(LITE))
        expect.set_options(timeout=PATIENCE)
        yield
        expect.set_options(timeout=None)


class Running:
    """A notebook that the reader has started from its page.

    Attributes
    ----------
    page, notebook
        The window, and the notebook within it.
    said
        What the page said while it loaded, in order.
    asked
        The paths that were asked for since the click.
    seconds
        From the click to a widget that could be clicked.
    """

    def __init__(self, page: Page, site: str, name: str):
        self.page = page
        page.set_default_timeout(PATIENCE)
        page.goto(f"{site}book/{name}.html")
        expect(page.get_by_role("link", name="Run in your browser")).to_be_visible()
        self.before = self._follow(site)
        page.wait_for_load_state("networkidle")
        self.before = list(self.asked)
        self.asked.clear()
        start = time.monotonic()
        page.get_by_role("link", name="Run in your browser").click()
        status = page.get_by_role("status").first
        self.said = []
        while not self.said or self.said[-1].startswith(("Step", "Python in")):
            text = status.inner_text()
            if text not in self.said[-1:]:
                self.said.append(text)
            page.wait_for_timeout(50)
            assert time.monotonic() - start < PATIENCE / 1000, self.said
        self.notebook: FrameLocator = page.frame_locator("iframe")
        self._start = start

    def _follow(self, site: str) -> list[str]:
        """Note what is asked for, by the window, the frame, and the kernel's worker."""
        self.asked: list[str] = []
        context = self.page.context
        foreign: list[str] = []
        context.on("request", lambda request: self.asked.append(request.url))
        self.foreign = foreign

        def route(route: Any) -> None:
            if route.request.url.startswith(site):
                route.continue_()
            else:
                foreign.append(route.request.url)
                route.abort()

        context.route("**/*", route)
        return []

    @property
    def seconds(self) -> float:
        """Seconds since the click."""
        return time.monotonic() - self._start

    def python(self, expression: str) -> Any:
        """Return the value of an expression in the kernel."""
        code = f"import json; print(json.dumps({expression}))"
        return json.loads(self.page.evaluate(PRINTED, code))

    def says(self, code: str) -> str:
        """Return what code prints, or the last line of its error."""
        return str(self.page.evaluate(PRINTED, code))

    def cell(self, code: str) -> None:
        """Add a cell at the end of the notebook and run it."""
        self.page.evaluate(ADD_CELL, code)

    def weight(self, book: Path) -> int:
        """Return the bytes of all files that were asked for, each once, uncompressed."""
        paths = {urlsplit(url).path.lstrip("/") for url in self.asked}
        files = [book / path for path in paths]
        return sum(file.stat().st_size for file in files if file.is_file())


@pytest.fixture
def run(new_page: Callable[..., Page], site: str) -> Iterator[Callable[..., Running]]:
    """Start a notebook from its page; nothing may be asked of another host."""
    started: list[Running] = []

    def start(name: str, **options: Any) -> Running:
        started.append(Running(new_page(**options), site, name))
        return started[-1]

    yield start
    assert [url for running in started for url in running.foreign] == []


def test_a_click_on_the_page_gives_a_live_explorer(
    run: Callable[..., Running], book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing loads before the click; after it the page says what goes on, and Python follows."""
    running = run("explore")
    assert [url for url in running.before if "/lite/" in url] == []
    steps = [words for words in running.said if words.startswith("Step")]
    assert [words[:11] for words in steps] == ["Step 1 of 3", "Step 2 of 3", "Step 3 of 3"]
    assert running.said[-1].startswith("Python runs.")

    explorer = running.notebook.locator(".mg-explorer")
    count = explorer.get_by_role("status")
    expect(count).to_have_text(f"{len(RECORDS)} of {len(RECORDS)} resources")
    explorer.get_by_role("group", name="Cost").get_by_role("checkbox", name="Paid").click()
    paid = sorted(record["id"] for record in RECORDS if record["cost"] == "paid")
    expect(count).to_have_text(f"{len(paid)} of {len(RECORDS)} resources")
    seconds, weight = running.seconds, running.weight(book)
    assert sorted(running.python("explorer.selected_ids")) == paid
    # The page says the size: it must stay true.
    assert 0.85 < weight / FACTS["first"] <= 1, f"{weight} bytes moved, {FACTS['first']} said"

    said = running.says("print(len(explorer.selection))")
    if FACTS["pandas"]:
        assert int(said) == len(paid)
    else:
        assert said.startswith("explorer.selection needs pandas; selected_ids works without it")
        assert "\n" not in said
    with capsys.disabled():
        print(f"\nclick to first interaction: {seconds:.1f} s, {weight / 1e6:.1f} MB of files")


def test_ipywidgets_and_plotly_work_on_a_phone(run: Callable[..., Running]) -> None:
    """On a phone too a reader's own controls set the explorer's filters, and figures show."""
    running = run("explore", viewport={"width": 390, "height": 844}, has_touch=True)
    width = running.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    running.cell(
        "import ipywidgets, traitlets\n"
        "buttons = ipywidgets.ToggleButtons(options=['free', 'paid'])\n"
        "traitlets.dlink((buttons, 'value'), (explorer, 'cost'), lambda value: (value,))\n"
        "buttons"
    )
    buttons = running.notebook.locator(".widget-toggle-buttons")
    buttons.get_by_role("button", name="paid").click()
    paid = sorted(record["id"] for record in RECORDS if record["cost"] == "paid")
    count = running.notebook.locator(".mg-explorer").get_by_role("status")
    expect(count).to_have_text(f"{len(paid)} of {len(RECORDS)} resources")
    assert sorted(running.python("explorer.selected_ids")) == paid

    running.cell("import plotly.graph_objects as go\ngo.Figure(go.Bar(x=[1, 2], y=[3, 4]))")
    expect(running.notebook.locator(".js-plotly-plot .trace.bars .point")).to_have_count(2)
    running.cell(
        "from mlops_guide import live\n"
        "moved = live(go.Figure(go.Bar(x=[1, 2, 3], y=[3, 4, 5])))\n"
        "moved"
    )
    bars = running.notebook.locator(".js-plotly-plot").last.locator(".trace.bars .point")
    expect(bars).to_have_count(3)
    running.says("moved.data[0].update(x=[1], y=[1])")
    expect(bars).to_have_count(1)


@pytest.mark.parametrize("name", FACTS["notebooks"])
def test_all_cells_run_as_far_as_their_packages_are_there(
    run: Callable[..., Running], name: str
) -> None:
    """With pandas all cells run; in a site without it the page says which cell failed."""
    running = run(name)
    status = running.page.get_by_role("status").first
    running.page.get_by_role("button", name="Run all cells").click()
    if FACTS["pandas"]:
        expect(status).to_have_text("All cells ran.")
        expect(running.notebook.locator(".js-plotly-plot").first).to_be_visible()
    else:
        expect(status).to_contain_text("failed; it says why")
        missing = running.notebook.get_by_text("No module named 'pandas'").first
        expect(missing).to_be_visible()
