"""Build JupyterLite with the guide in it: Python in the reader's browser, from the site alone.

``make lite`` runs it. The folder that it writes holds everything that a reader's browser asks
for, so that no other host is asked when the notebooks run:

- Pyodide's core, from the npm package ``pyodide`` (its checksum stands below);
- the pure-Python packages, from the package index that pip is set up for;
- numpy and pandas, compiled to WebAssembly, from Pyodide's own distribution, because no
  package index has them: https://pyodide.org/en/stable/usage/packages-in-pyodide.html
  Each is checked against Pyodide's lock file. ``--without-pandas`` leaves them out.

All of them stand in one lock file, so an import loads what it needs and nothing else.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent
NOTEBOOKS = ("explore", "charts")
DISTRIBUTION = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE_VERSION}/full/"
# SHA-512, as `npm view pyodide@VERSION dist.integrity` gives it; a new kernel asks for a new one.
INTEGRITY = (
    "BKDTJyIqFxC4BExLqeRS3f5xvXZIjOt8C3zGLN/Cc7tFxSwvKVhVkchQQ2AGLOtR4YrVOIFxbV8poyDOOmWwxQ=="
)
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
# What the kernel starts with; without comm it would ask a package index, and never start.
STARTS_WITH = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
FIRST = (*STARTS_WITH, "mlops-guide")
LATER = ("pandas", "plotly")
# What Pyodide's lock does not know, and what each imports at run time.
OURS = {
    "mlops-guide": ["anywidget", "ipywidgets"],
    "anywidget": ["ipywidgets", "psygnal", "typing-extensions"],
    "ipywidgets": ["comm", "ipython", "traitlets"],
    "psygnal": [],
    "comm": [],
    "plotly": ["narwhals", "packaging", "nbformat"],
    "narwhals": [],
    "typing-extensions": [],
    "nbformat": [],
    "piplite": ["micropip"],
    "ipykernel": [],
    "pyodide-kernel": ["ipykernel", "ipython"],
}
OF_THE_KERNEL = ("piplite", "ipykernel", "pyodide-kernel")
# Bytes of JupyterLite itself up to the first widget; lite/test_lite.py measures them.
APPLICATION = 13_500_000
Package = dict[str, Any]


class BuildError(Exception):
    """What stops the build; the message says what to do."""


def normal(name: str) -> str:
    """Return the normalised name of a package (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def run(*command: str | Path, advice: str, folder: Path = ROOT) -> None:
    """Run a command in a folder, and turn its failure into one message."""
    try:
        done = subprocess.run(
            [*map(str, command)], cwd=folder, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise BuildError(f"'{command[0]}' is not installed; {advice}") from error
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise BuildError(f"'{command[0]}' failed ({' '.join(last)}); {advice}")


def bring_core(folder: Path) -> dict[str, Package]:
    """Put Pyodide's core into a folder, and return the packages of its lock file."""
    with TemporaryDirectory() as temporary:
        advice = "Pyodide's core comes from npm: install Node.js, or see to the network"
        package = f"pyodide@{PYODIDE_VERSION}"
        run("npm", "pack", "--silent", "--pack-destination", temporary, package, advice=advice)
        [archive] = Path(temporary).glob("*.tgz")
        digest = hashlib.sha512(archive.read_bytes()).digest()
        if base64.b64encode(digest).decode() != INTEGRITY:
            raise BuildError(f"{archive.name} is not the file whose checksum is in lite/build.py")
        with tarfile.open(archive) as files:
            for name in (*CORE, "pyodide-lock.json"):
                member = files.extractfile(f"package/{name}")
                assert member is not None
                (folder / name).write_bytes(member.read())
    lock = json.loads((folder / "pyodide-lock.json").read_text())
    return {normal(name): package for name, package in lock["packages"].items()}


def closure(names: Iterable[str], known: dict[str, Package]) -> set[str]:
    """Return packages and all that they need."""
    found: set[str] = set()
    todo = [normal(name) for name in names]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += map(normal, OURS[name] if name in OURS else known[name]["depends"])
    return found


def bring_pure(name: str, wanted: str, folder: Path) -> Path:
    """Download a pure-Python wheel from the package index that pip is set up for."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none"]
    command += ["--python-version=3.14", "--disable-pip-version-check", f"{name}=={wanted}"]
    with TemporaryDirectory() as temporary:
        advice = f"{name} {wanted} has to be a pure-Python wheel of the package index"
        run(*command, "-d", temporary, advice=advice)
        [wheel] = Path(temporary).glob("*.whl")
        return Path(shutil.move(wheel, folder / wheel.name))


def bring_compiled(package: Package, folder: Path) -> Path:
    """Download a compiled wheel from Pyodide's distribution, checked against its lock file."""
    address = DISTRIBUTION + package["file_name"]
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            content = answer.read()
    except OSError as error:
        advice = "see to the network, or build without it: make lite LITE=--without-pandas"
        raise BuildError(f"{address} cannot be read ({error}); {advice}") from error
    if hashlib.sha256(content).hexdigest() != package["sha256"]:
        raise BuildError(f"{address} is not the file that Pyodide's lock names; try again later")
    path = folder / package["file_name"]
    path.write_bytes(content)
    return path


def write_stand_in(folder: Path) -> Path:
    """Write a wheel that stands for nbformat, whose version is all that plotly asks for.

    The real one needs compiled packages, and takes seconds to import.
    """
    path = folder / "nbformat-5.0.0-py3-none-any.whl"
    info = "nbformat-5.0.0.dist-info"
    files = {
        "nbformat/__init__.py": '__version__ = "5.0.0"\n',
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: nbformat\nVersion: 5.0.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return path


def bring_guide(folder: Path) -> Path:
    """Build the wheel of the guide itself, with its catalog in it."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT]
    run(*command, advice="see what 'pip wheel .' says")
    [wheel] = folder.glob("mlops_guide-*.whl")
    return wheel


def bring_kernel(name: str, folder: Path) -> Path:
    """Copy a wheel that the kernel brings along."""
    extension = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi"
    [wheel] = (Path(sys.prefix) / extension).glob(f"{name.replace('-', '_')}-*.whl")
    return Path(shutil.copy(wheel, folder))


def bring(name: str, known: dict[str, Package], folder: Path) -> Package:
    """Put the wheel of a package into a folder; return its entry of the lock file."""
    if name == "mlops-guide":
        wheel = bring_guide(folder)
    elif name == "nbformat":
        wheel = write_stand_in(folder)
    elif name in OF_THE_KERNEL:
        wheel = bring_kernel(name, folder)
    elif name in OURS:
        wheel = bring_pure(name, version(name), folder)
    elif known[name]["file_name"].endswith("none-any.whl"):
        wheel = bring_pure(name, known[name]["version"], folder)
    else:
        wheel = bring_compiled(known[name], folder)
    module = {"ipython": "IPython"}.get(name, name.replace("-", "_"))
    entry: Package = {"imports": [module], **known.get(name, {})}
    return entry | {
        "name": name,
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "package_type": "package",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "depends": OURS.get(name, entry.get("depends", [])),
        "unvendored_tests": False,
    }


def bring_runtime(folder: Path, pandas: bool) -> tuple[int, int]:
    """Fill a folder with Pyodide and the packages; return the bytes of the first cell, and later.

    Parameters
    ----------
    folder
        An empty folder, which Pyodide's files will be served from.
    pandas
        Whether pandas and numpy are brought too.
    """
    known = bring_core(folder)
    first = closure(FIRST, known)
    later = closure(LATER if pandas else ("plotly",), known) - first
    packages = {name: bring(name, known, folder) for name in sorted(first | later)}
    path = folder / "pyodide-lock.json"
    lock = json.loads(path.read_text())
    path.write_text(json.dumps({**lock, "packages": packages}), encoding="utf-8")

    def weight(files: Iterable[str]) -> int:
        return sum((folder / file).stat().st_size for file in files)

    core = weight([*CORE, path.name])
    wheels = {name: package["file_name"] for name, package in packages.items()}
    return core + weight(wheels[name] for name in first), weight(wheels[name] for name in later)


def adapted(notebook: dict[str, Any], megabytes: int) -> dict[str, Any]:
    """Return a notebook for the browser: what loads pandas stands where it is first needed.

    An import in a cell loads the package; one within the guide's own code does not.
    """
    cells = notebook["cells"]
    code = [i for i, cell in enumerate(cells) if cell["cell_type"] == "code"]
    place = next(i for i in code if "Explorer(" not in "".join(cells[i]["source"]))
    while cells[place - 1]["cell_type"] == "markdown" and place > 1:
        place -= 1
    said = (
        f"The cells below need pandas and plotly: another {megabytes} MB, "
        "which this site sends to your browser when the next cell runs."
    )
    note = {"cell_type": "markdown", "id": "browser-note", "metadata": {}, "source": said}
    load = {"cell_type": "code", "id": "browser-load", "metadata": {}}
    load |= {"source": "import pandas, plotly", "execution_count": None, "outputs": []}
    kernel = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    cells = [*cells[:place], note, load, *cells[place:]]
    # The cells are the site's own; without this the notebook says that it is not trusted.
    cells = [{**cell, "metadata": {**cell["metadata"], "trusted": True}} for cell in cells]
    return {**notebook, "cells": cells, "metadata": metadata}


def build(output: Path, pandas: bool) -> None:
    """Build JupyterLite with the guide's notebooks into a folder, which is replaced."""
    with TemporaryDirectory() as temporary:
        source = Path(temporary)
        runtime = source / "static" / "pyodide"
        runtime.mkdir(parents=True)
        first, later = bring_runtime(runtime, pandas)
        contents = source / "notebooks"
        contents.mkdir()
        for name in NOTEBOOKS:
            notebook = json.loads((ROOT / "book" / f"{name}.ipynb").read_text(encoding="utf-8"))
            text = json.dumps(adapted(notebook, round(later / 1e6)))
            (contents / f"{name}.ipynb").write_text(text, encoding="utf-8")
        for file in HERE.glob("*.json"):
            shutil.copy(file, source)
        settings = source / "jupyter-lite.json"
        kernel = "@jupyterlite/pyodide-kernel-extension:kernel"
        config = json.loads(settings.read_text())
        options = config["jupyter-config-data"]["litePluginSettings"][kernel]
        options["loadPyodideOptions"] = {"packages": FIRST}
        settings.write_text(json.dumps(config))
        made = source / "made"
        command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", source]
        advice = "see what 'jupyter lite build' says"
        # In that folder, because it leaves a database of its own where it runs.
        run(*command, "--output-dir", made, advice=advice, folder=source)
        for file in (HERE / "page").iterdir():
            shutil.copy(file, made)
        facts = {"notebooks": NOTEBOOKS, "pandas": pandas}
        facts |= {"first": APPLICATION + first, "later": later}
        (made / "guide.json").write_text(json.dumps(facts), encoding="utf-8")
        shutil.rmtree(output, ignore_errors=True)
        output.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, output)
    total = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
    with_or_without = "with" if pandas else "without"
    print(f"{output}: {total / 1e6:.0f} MB, {with_or_without} pandas")


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description="Build JupyterLite with the guide in it.")
    parser.add_argument("output", type=Path, help="the folder to write, which is replaced")
    parser.add_argument("--without-pandas", action="store_true", help="leave numpy and pandas out")
    options = parser.parse_args()
    try:
        build(options.output.resolve(), pandas=not options.without_pandas)
    except BuildError as error:
        raise SystemExit(f"make lite: {error}") from error


if __name__ == "__main__":
    main()
