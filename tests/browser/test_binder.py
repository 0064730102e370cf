"""The notebooks on Binder: its steps without a container, its JupyterLab, a reader's clicks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from binder import copy_of_repository, dockerfile, environment, python_version
from lab import PATIENCE, Lab, eventually, running_lab
from playwright.sync_api import Page, expect
from test_lab import MORE_TIME

from conftest import ROOT
from mlops_guide import load_records

NOTEBOOKS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "book").rglob("*.ipynb"))
PREFIX = "/user/reader-mlops-guide-8x1/"
"""Binder serves each reader under an address of this form, and asks for a token."""

RECORDS = load_records()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, as Binder clones it."""
    return copy_of_repository(ROOT, tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def binder(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab in the environment that Binder would make, as Binder starts it."""
    python = environment(repository, tmp_path_factory.mktemp("binder") / "env")
    private = tmp_path_factory.mktemp("jupyter")
    with running_lab(repository, private, python=python, base_url=PREFIX, settings={}) as lab:
        yield lab


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Iterator[Page]:
    """A window for JupyterLab, whose web sockets may not lead to another host either."""
    page = new_page(viewport={"width": 1400, "height": 1000})
    page.add_init_script(MORE_TIME)
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    expect.set_options(timeout=PATIENCE * 1000)
    yield page
    expect.set_options(timeout=None)
    assert [url for url in sockets if urlsplit(url).hostname != "127.0.0.1"] == []


def test_binder_takes_the_configuration(repository: Path) -> None:
    """repo2docker reads .binder/ alone, for the Python that the book is tested with."""
    recipe = dockerfile(repository)
    assert python_version(recipe) == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert 'pip install --no-cache-dir -r ".binder/requirements.txt"' in recipe
    assert "RUN ./.binder/postBuild" in recipe
    assert "pip install --no-cache-dir ." not in recipe


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_runs_on_binder(binder: Lab, page: Page, notebook: str) -> None:
    """Run All gives no error, and the figures of the notebook are drawn."""
    binder.run(page, notebook)
    expect(page.locator(".js-plotly-plot").last).to_be_visible()
    eventually(page, lambda: binder.is_idle(notebook), True)
    errors = page.locator('.jp-OutputArea-output[data-mime-type$=".error"]')
    expect(errors).to_have_count(0)


def test_the_explorer_answers_on_binder(binder: Lab, page: Page) -> None:
    """A click in the widget reaches Python under Binder's address and token."""
    python = binder.run(page, "book/explore.ipynb")
    explorer = page.locator(".mg-explorer")
    group = explorer.get_by_role("group", name="Cost")
    group.get_by_role("checkbox", name="Paid").click()
    paid = sorted(record["id"] for record in RECORDS if record["cost"] == "paid")
    expect(explorer.get_by_role("status")).to_have_text(f"{len(paid)} of {len(RECORDS)} resources")
    eventually(page, lambda: sorted(python("explorer.selected_ids")), paid)
    assert python("len(explorer.selection)") == len(paid)
