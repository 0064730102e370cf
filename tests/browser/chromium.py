"""Find, or install, the Chromium that the browser tests drive.

In this order: one on the system; Debian's package, when root on Debian; Playwright's
own. If none can be had the tests fail: they never skip. Run as a script by `make test`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
HELP = (
    "no browser: install Chromium or Google Chrome, or let Playwright fetch its own with "
    "'.venv/bin/python -m playwright install --with-deps chromium', then run 'make test' again"
)


def find() -> str | None:
    """Return the path of a Chromium on this machine, None if there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    if MAC.exists():
        return str(MAC)
    return _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> str:
    """Return the path of a Chromium, installing one if needed.

    Raises
    ------
    SystemExit
        With one clear sentence, if none can be had.
    """
    if path := find():
        return path
    if Path("/etc/debian_version").exists() and hasattr(os, "geteuid") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]):
            subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
    else:
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(command, check=False)
    if path := find():
        return path
    raise SystemExit(HELP)


if __name__ == "__main__":
    print(f"browser: {install()}")
