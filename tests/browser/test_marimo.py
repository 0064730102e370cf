"""The example in marimo, in a real browser that may ask no other host."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest
from lab import PATIENCE, once_it_answers
from playwright.sync_api import Page, expect

from mlops_guide import load_records

EXAMPLE = Path(__file__).parents[2] / "examples" / "marimo_explorer.py"
RECORDS = load_records()


@pytest.fixture
def marimo(tmp_path: Path) -> Iterator[str]:
    """The address of the example, run by marimo with folders of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "run", str(EXAMPLE), "--headless"]
    command += ["--host=127.0.0.1", f"--port={port}"]
    folders = {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("CONFIG", "CACHE", "STATE")}
    log = tmp_path / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, env={**os.environ, **folders}, stdout=output, stderr=output
        )
    try:
        yield once_it_answers(server, log, lambda: _healthy(f"http://127.0.0.1:{port}/"))
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _healthy(address: str) -> str:
    """Return the address when marimo answers there."""
    with build_opener(ProxyHandler({})).open(f"{address}health", timeout=PATIENCE):
        return address


def test_the_explorer_answers_in_marimo(marimo: str, window: Page) -> None:
    """A click in the widget runs the cells that read it, with the new selection."""
    window.goto(marimo)
    explorer = window.locator(".mg-explorer")
    status = explorer.get_by_role("status")
    expect(status).to_have_text(f"{len(RECORDS)} of {len(RECORDS)} resources")
    box = explorer.get_by_role("group", name="Cost").get_by_role("checkbox", name="Paid")
    box.click()
    paid = sorted(record["id"] for record in RECORDS if record["cost"] == "paid")
    expect(status).to_have_text(f"{len(paid)} of {len(RECORDS)} resources")
    expect(window.get_by_text(f"Chosen: {len(paid)} resources")).to_be_visible()
    chosen = window.locator("code", has_text=paid[0])
    assert sorted((chosen.text_content() or "").split()) == paid
