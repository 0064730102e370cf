"""Renew the pinned requirements from pyproject.toml, for every Python it allows.

``python tests/lock.py`` writes them. Without
``--upgrade`` the pins that still fit are kept.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = {
    "requirements.txt": ["book"],
    "requirements-test.txt": ["book", "test"],
    ".binder/requirements.txt": ["notebook"],
    "requirements-lite.txt": ["book", "lite"],
}
BINDER_HEAD = "# The guide itself, as it stands in the repository, with its data.\n-e .\n"
"""pip reads paths from the folder that it runs in, which for Binder is the repository."""


def lock(name: str, extras: list[str], upgrade: bool) -> None:
    """Write one file of exact versions."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "-o", name]
    command += [f"--extra={extra}" for extra in extras]
    command += ["--universal", "--python-version=3.11", "--no-emit-package=mlops-guide"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    command += ["--custom-compile-command=make lock"]
    if name != "requirements.txt":
        command += ["--constraint=requirements.txt"]
    subprocess.run(command + ["--upgrade"] * upgrade, cwd=ROOT, check=True)
    if name.startswith(".binder"):
        path = ROOT / name
        path.write_text(BINDER_HEAD + path.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    for name, extras in FILES.items():
        lock(name, extras, "--upgrade" in sys.argv)
