"""What Binder does with this repository, without a container: the steps of its Dockerfile.

repo2docker writes the Dockerfile that Binder builds. Its lines for pip and ``postBuild`` are
carried out in a virtual environment, on top of the Jupyter packages that repo2docker's own
environment file pins for the same Python.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

BASE = (
    "ipykernel",
    "ipywidgets",
    "jupyter_client",
    "jupyter_core",
    "jupyter_server",
    "jupyterlab",
    "jupyterlab_server",
    "jupyterlab_widgets",
    "notebook",
)


def copy_of_repository(root: Path, target: Path) -> Path:
    """Copy what a clone of the repository would hold."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target / name)
    return target


def dockerfile(repository: Path) -> str:
    """Return the Dockerfile that repo2docker would build; it needs no engine for that.

    Raises
    ------
    AssertionError
        With what repo2docker says, if it refuses the configuration.
    """
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(repository)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def python_version(recipe: str) -> str:
    """Return the version of Python, such as '3.11', that a Dockerfile is for."""
    found = re.search(r"environment-2epy-2d(\d)-2e(\d+)-2dlinux", recipe)
    assert found, "the Dockerfile names no environment of repo2docker"
    return f"{found[1]}.{found[2]}"


def base_pins(version: str) -> list[str]:
    """Return the Jupyter packages that every Binder image of a Python has, exactly."""
    package = find_spec("repo2docker")
    assert package and package.submodule_search_locations
    conda = Path(package.submodule_search_locations[0]) / "buildpacks" / "conda"
    lock = conda / f"environment.py-{version}-linux-64.lock"
    named = r"/([a-z0-9_.-]+?)-(\d[^-/]*)-[a-z0-9_]+\.(?:conda|tar\.bz2)"
    pinned = dict(re.findall(named, lock.read_text(encoding="utf-8")))
    return [f"{name}=={pinned[name]}" for name in BASE if name in pinned]


def environment(repository: Path, folder: Path) -> Path:
    """Make the environment that Binder would make; return its Python.

    Parameters
    ----------
    repository
        A copy of the repository; ``-e .`` installs from it.
    folder
        Where the virtual environment comes to stand.
    """
    recipe = dockerfile(repository)
    steps = re.findall(
        r"^RUN (\$\{KERNEL_PYTHON_PREFIX\}/bin/pip .*|\./\S*postBuild)$", recipe, re.MULTILINE
    )
    assert [step.split("/")[-1] for step in steps if "postBuild" in step] == ["postBuild"]
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *base_pins(python_version(recipe))], check=True)
    names = ("KERNEL_PYTHON_PREFIX", "NB_PYTHON_PREFIX")
    variables = {**os.environ, **dict.fromkeys(names, str(folder)), "REPO_DIR": str(repository)}
    for step in steps:
        subprocess.run(["bash", "-c", step], cwd=repository, env=variables, check=True)
    return folder / "bin" / "python"
