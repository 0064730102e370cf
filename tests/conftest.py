"""Fixtures of all tests: the built book, a server for it, and a browser that forgives nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from mlops_guide.cli import Files
from mlops_guide.publish import BASE, REPOSITORY

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(Path(__file__).parent / "browser"))

import chromium  # noqa: E402

pytest_plugins = ["jupyter_fixtures"]

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
# Chromium writes most violations to the console, but not those of a worker or a data: address.
REPORT_VIOLATIONS = """addEventListener('securitypolicyviolation', (event) =>
  console.error(`policy: ${event.violatedDirective} forbids ${event.blockedURI}`));"""


@contextmanager
def serving(directory: Path, files: type[Files] = Files) -> Iterator[str]:
    """Serve a folder on loopback; yields its address, with a slash at the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(files, directory=str(directory)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The HTML of the book, built once a run, with warnings as errors, from a clean tree."""
    output = tmp_path_factory.mktemp("book")
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(ROOT)]
    command += ["--path-output", str(output), "-q", "-W", "-n", "--keep-going"]
    # On GitHub Actions a book knows its address: this one, and what is tested of it, must not.
    environ = {k: v for k, v in os.environ.items() if k not in (BASE, REPOSITORY)}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    assert run.returncode == 0, f"the book does not build:\n{run.stdout}\n{run.stderr}"
    return output / "_build" / "html"


@pytest.fixture(scope="session")
def site(book: Path) -> Iterator[str]:
    """The address of the built book."""
    with serving(book) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; the test fails, and never skips, where there is none."""
    executable = chromium.find()
    assert executable, chromium.HELP
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Make pages that fail the test on any error, policy violation or foreign request.

    Keywords go to ``Browser.new_context``; by default a desktop in light mode. ``forgiven``
    holds the texts of errors that a program we only use makes by itself.
    """
    faults: list[str] = []
    contexts = []

    def make(forgiven: Collection[str] = (), **options: Any) -> Page:
        context = browser.new_context(**{"viewport": DESKTOP, **options})
        contexts.append(context)
        context.add_init_script(REPORT_VIOLATIONS)
        page = context.new_page()
        page.on(
            "pageerror",
            lambda e: None if str(e) in forgiven else faults.append(f"page error: {e}"),
        )
        page.on(
            "console",
            lambda m: faults.append(f"console: {m.text}") if m.type == "error" else None,
        )
        page.on("request", lambda request: faults.extend(_foreign(request.url)))
        page.on(
            "response",
            lambda r: faults.append(f"{r.status}: {r.url}") if r.status >= 400 else None,
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


def _foreign(url: str) -> list[str]:
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "localhost") or parts.scheme in (
        "data",
        "blob",
        "about",
    )
    return [] if local else [f"asks another host: {url}"]


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One page on a desktop, in light mode."""
    return new_page()
