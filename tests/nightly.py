"""Run every notebook with the newest dependencies that pyproject.toml allows, and record it.

``python tests/nightly.py`` makes a virtual environment of its own from the ranges, not from
the pins, runs the notebooks in it and writes ``_build/nightly.json``, which the book's page
"Does it still run?" shows. It ends with 1 when anything failed; a record is written
all the same. Only the standard library is needed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RUNNER = "nbclient>=0.10,<1"
LIMIT = 600
"""Seconds that one notebook, or the installation, may take."""


def run(command: Sequence[str], folder: Path) -> tuple[str, float]:
    """Run a command; return the last line of its complaint, empty if all is well, and seconds."""
    begin = time.monotonic()
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=LIMIT, check=False
        )
        failed = last_line(done.stderr or done.stdout) if done.returncode else ""
    except subprocess.TimeoutExpired:
        failed = f"not done after {LIMIT} seconds"
    return failed, round(time.monotonic() - begin, 1)


def last_line(text: str) -> str:
    """Return the last line of some output that says something, in plain characters."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "failed without a word"


def names(requirements: Sequence[str]) -> set[str]:
    """Return the names of required packages, without extras and versions."""
    found = (re.match(r"[\w.-]+", requirement) for requirement in requirements)
    return {match[0].lower() for match in found if match}


def versions(python: str, wanted: set[str]) -> dict[str, str]:
    """Return which versions of the wanted packages an environment has."""
    command = [python, "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    installed = {row["name"].lower(): row["version"] for row in json.loads(done.stdout)}
    return {name: installed[name] for name in sorted(wanted & set(installed))}


def log_address(environ: Mapping[str, str]) -> str:
    """Return the address of this run's log, where GitHub Actions run it."""
    parts = [environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    return "{}/{}/actions/runs/{}".format(*parts) if all(parts) else ""


def notebooks(root: Path, execute: str) -> list[dict[str, Any]]:
    """Run every notebook below ``book/``; return the result of each.

    Parameters
    ----------
    root
        The folder of the guide.
    execute
        The program ``jupyter-execute`` of the environment to run them in.
    """
    results = []
    for path in sorted((root / "book").rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in path.parts:
            failed, seconds = run([execute, path.name], path.parent)
            shown = path.relative_to(root).as_posix()
            results.append({"path": shown, "seconds": seconds, "failed": failed})
    return results


def nightly(root: Path, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Install the newest versions, run the notebooks of a guide; return the record.

    Parameters
    ----------
    root
        The folder of the guide.
    environ
        Variables of the environment.
    """
    home = root / "_build" / "nightly"
    shutil.rmtree(home, ignore_errors=True)
    python, execute = (str(home / "bin" / name) for name in ("python", "jupyter-execute"))
    record: dict[str, Any] = {
        "started": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "run": log_address(environ),
        "failed": "",
        "versions": {},
        "notebooks": [],
    }
    install = [python, "-m", "pip", "install", "--quiet", "--upgrade", "--editable", ".[notebook]"]
    for command in ([sys.executable, "-m", "venv", str(home)], [*install, RUNNER]):
        record["failed"], _ = run(command, root)
        if record["failed"]:
            return record
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["notebook"]
    record["versions"] = versions(python, names([*wanted, RUNNER]))
    record["notebooks"] = notebooks(root, execute)
    record["failed"] = "" if record["notebooks"] else "there is no notebook in book/"
    return record


def main() -> int:
    """Write the record and print it in short; return 1 when anything failed."""
    record = nightly(ROOT)
    output = ROOT / "_build" / "nightly.json"
    output.parent.mkdir(exist_ok=True)
    output.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(", ".join(f"{name} {version}" for name, version in record["versions"].items()))
    for row in record["notebooks"]:
        print(f"{row['path']}: {row['failed'] or 'passed'} ({row['seconds']} s)")
    if record["failed"]:
        print(f"nothing could be run: {record['failed']}")
    return int(bool(record["failed"]) or any(row["failed"] for row in record["notebooks"]))


if __name__ == "__main__":
    raise SystemExit(main())
