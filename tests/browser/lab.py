"""A real JupyterLab for tests: with folders of its own, and nothing left behind."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

from jupyter_client import AsyncKernelClient
from playwright.sync_api import Page, expect

T = TypeVar("T")
PATIENCE = 120
"""Seconds that anything may take on a slow and busy machine."""

FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "IPYTHONDIR": "ipython",
}
SETTINGS = {
    # No pop-up about news over the notebook, and no question to other hosts.
    "apputils-extension/notification": {
        "checkForUpdates": False,
        "doNotDisturbMode": True,
        "fetchNews": "false",
    },
    # Nothing is saved behind a test's back.
    "docmanager-extension/plugin": {"autosave": False},
}
STATUS_BAR = '#jp-main-statusbar :text("Idle")'
"""What tells in JupyterLab that a kernel is idle."""
Python = Callable[..., Any]


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab.

    Attributes
    ----------
    address, token
        Where it answers, with a slash at the end, and what it asks for.
    runtime
        The folder of its connection files.
    """

    address: str
    token: str
    runtime: Path

    def ask(self, path: str, method: str = "GET") -> Any:
        """Return what the server's REST API answers, None where it answers nothing."""
        headers = {"Authorization": f"token {self.token}"}
        request = Request(f"{self.address}api/{path}", method=method, headers=headers)
        with build_opener(ProxyHandler({})).open(request, timeout=PATIENCE) as response:
            body = response.read()
        return json.loads(body) if body else None

    def run(
        self, page: Page, notebook: str, app: str = "lab/tree", status: str = STATUS_BAR
    ) -> Python:
        """Open a notebook in a new kernel and click Run All.

        The server is asked whether the kernel is idle and connected: the notebook itself
        shows idle earlier, when a click on Run All is lost.

        Parameters
        ----------
        page, notebook
            The window, and the notebook's path.
        app, status
            JupyterLab's address and its sign of an idle kernel, or another application's.

        Returns
        -------
        callable
            Takes an expression, and code to run before it, and returns the expression's
            value in the kernel.
        """
        for session in self.ask("sessions"):
            self.ask(f"sessions/{session['id']}", "DELETE")
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(f"{self.address}{app}/{notebook}?reset&token={self.token}")
        expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible()
        eventually(page, lambda: _is_ready(self._kernel(notebook)), True)
        expect(page.locator(status)).to_be_visible()
        # Asked apart from its state: a kernel that was idle may be busy again by now, with
        # the questions that JupyterLab itself asks.
        kernel = self._kernel(notebook)["id"]
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        file = self.runtime / f"kernel-{kernel}.json"

        def python(expression: str, code: str = "") -> Any:
            # In a thread, because this one has the event loop of Playwright.
            with ThreadPoolExecutor(1) as pool:
                return pool.submit(asyncio.run, evaluate(file, expression, code)).result()

        return python

    def is_idle(self, notebook: str) -> bool:
        """Tell whether the kernel of a notebook has done all it was asked to do."""
        return bool(self._kernel(notebook).get("execution_state") == "idle")

    def _kernel(self, notebook: str) -> dict[str, Any]:
        """Return what the server says of a notebook's kernel, nothing while it has none."""
        sessions = self.ask("sessions")
        return next((s["kernel"] for s in sessions if s["path"] == notebook), {})


def _is_ready(kernel: dict[str, Any]) -> bool:
    return kernel.get("execution_state") == "idle" and kernel["connections"] >= 1


async def evaluate(connection_file: Path, expression: str, code: str = "") -> Any:
    """Return the value, by way of JSON, of an expression in a kernel, in that kernel's turn."""
    client = AsyncKernelClient(connection_file=str(connection_file))
    client.load_connection_file()
    client.start_channels(stdin=False, hb=False)
    try:
        wanted = {"value": f"__import__('json').dumps({expression})"}
        reply = await client.execute(code, user_expressions=wanted, reply=True, timeout=PATIENCE)
        content = reply["content"]
        assert content["status"] == "ok", content
        answer = content["user_expressions"]["value"]
        assert answer["status"] == "ok", answer
        return json.loads(ast.literal_eval(answer["data"]["text/plain"]))
    finally:
        client.stop_channels()


def eventually(page: Page, ask: Callable[[], Any], wanted: Any) -> None:
    """Wait until `ask` returns what is wanted; what happens in the page goes on meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while (found := ask()) != wanted and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert found == wanted, f"{found} is not {wanted}"


@contextmanager
def running_lab(
    root: Path,
    private: Path,
    *,
    python: str | Path = sys.executable,
    base_url: str = "/",
    settings: Mapping[str, Any] = SETTINGS,
) -> Iterator[Lab]:
    """Start a JupyterLab on loopback, and stop it and its kernels at the end.

    Parameters
    ----------
    root
        The folder that it shows and may write to.
    private
        An empty folder for its configuration, settings, connection files and log.
    python
        The Python of the environment that it runs from.
    base_url
        What its addresses begin with.
    settings
        Settings of a reader, by plugin; those of the environment are not overridden.
    """
    folders = {variable: private / name for variable, name in FOLDERS.items()}
    for name, values in settings.items():
        file = folders["JUPYTERLAB_SETTINGS_DIR"] / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [str(python), "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", f"--port={port}", f"--ServerApp.root_dir={root}"]
    command += [f"--ServerApp.base_url={base_url}"]
    environment = {**os.environ, **{name: str(path) for name, path in folders.items()}}
    runtime = folders["JUPYTER_RUNTIME_DIR"]
    log = private / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        yield _answering(server, runtime, log)
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()  # kernels that outlive it see that their parent is gone, and end
            server.wait()


def _answering(server: subprocess.Popen[bytes], runtime: Path, log: Path) -> Lab:
    """Return the server once it answers; it writes its port and token (random) in a file."""

    def ask() -> Lab:
        said = json.loads((runtime / f"jpserver-{server.pid}.json").read_text())
        lab = Lab(said["url"], said["token"], runtime)
        lab.ask("status")
        return lab

    return once_it_answers(server, log, ask)


def once_it_answers(server: subprocess.Popen[bytes], log: Path, ask: Callable[[], T]) -> T:
    """Return what a server answers as soon as it does; one that ends, or never does, has failed."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            server.wait(0.1)
        except subprocess.TimeoutExpired:
            with suppress(FileNotFoundError, json.JSONDecodeError, URLError):
                return ask()
        else:
            break
    raise AssertionError(f"{server.args} does not start:\n{log.read_text()}")
