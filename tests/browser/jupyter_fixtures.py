"""What the tests in a real Jupyter share: Binder's environment, made once a run, and a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from binder import copy_of_repository, environment
from lab import PATIENCE, Lab, running_lab
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
# Notebook 7.4 asks at its start for a command of a file browser that it does not have.
NOTEBOOK_7 = ("Command 'filebrowser:open-path' not registered.",)
PREFIX = "/user/reader-mlops-guide-8x1/"
"""Binder serves each reader under an address of this form, and asks for a token."""
# anywidget 0.11 gives up on a model whose module (plotly's has 5 MB) is not ready after 2
# seconds, whatever the machine is busy with: its later messages are lost.
MORE_TIME = f"""const timeout = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (ms) => timeout(ms * {PATIENCE});"""


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, as Binder clones it."""
    return copy_of_repository(ROOT, tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="session")
def binder(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab in the environment that Binder would make, as Binder starts it."""
    python = environment(repository, tmp_path_factory.mktemp("binder") / "env")
    private = tmp_path_factory.mktemp("jupyter")
    with running_lab(repository, private, python=python, base_url=PREFIX, settings={}) as lab:
        yield lab


@pytest.fixture
def window(new_page: Callable[..., Page]) -> Iterator[Page]:
    """A window for Jupyter, whose web sockets may not lead to another host either."""
    page = new_page(viewport={"width": 1400, "height": 1000}, forgiven=NOTEBOOK_7)
    page.add_init_script(MORE_TIME)
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    expect.set_options(timeout=PATIENCE * 1000)
    yield page
    expect.set_options(timeout=None)  # back to Playwright's default
    assert [url for url in sockets if urlsplit(url).hostname != "127.0.0.1"] == []
