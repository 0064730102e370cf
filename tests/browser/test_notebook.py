"""The explorer in Jupyter Notebook 7, which a Binder image holds beside JupyterLab."""

from __future__ import annotations

from lab import Lab, eventually
from playwright.sync_api import Page, expect

from mlops_guide import load_records

RECORDS = load_records()


def test_the_explorer_answers_in_notebook_7(binder: Lab, window: Page) -> None:
    """A click in the widget reaches Python, and what Python sets shows in the widget."""
    idle = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
    python = binder.run(window, "book/explore.ipynb", app="notebooks", status=idle)
    explorer = window.locator(".mg-explorer")
    status = explorer.get_by_role("status")
    box = explorer.get_by_role("group", name="Cost").get_by_role("checkbox", name="Paid")
    box.click()
    paid = sorted(record["id"] for record in RECORDS if record["cost"] == "paid")
    expect(status).to_have_text(f"{len(paid)} of {len(RECORDS)} resources")
    eventually(window, lambda: sorted(python("explorer.selected_ids")), paid)
    python("0", "explorer.cost = ()")
    expect(status).to_have_text(f"{len(RECORDS)} of {len(RECORDS)} resources")
    expect(box).not_to_be_checked()
