"""The notebooks on Binder: its steps without a container, its JupyterLab, a reader's clicks."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from binder import dockerfile, python_version
from lab import Lab, eventually
from playwright.sync_api import Page, expect

from conftest import ROOT
from mlops_guide import load_records

NOTEBOOKS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "book").rglob("*.ipynb"))
RECORDS = load_records()


@pytest.fixture
def page(window: Page) -> Page:
    """The window for JupyterLab."""
    return window


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
