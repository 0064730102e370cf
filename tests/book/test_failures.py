"""What must fail a build, on a small book with the settings of this one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STRICT = ("-W", "-n", "--keep-going")


def notebook(source: str) -> str:
    """Return a notebook with one code cell."""
    title = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Notebook"}
    code = {"cell_type": "code", "id": "b", "metadata": {}, "source": source}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {
            "cells": [title, {**code, "execution_count": None, "outputs": []}],
            "metadata": {"kernelspec": kernel},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A book of a front page and a notebook, with this book's own settings and data."""
    folder = tmp_path / "small"
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copytree(ROOT / "book" / "_static", folder / "book" / "_static")
    shutil.copy(ROOT / "book" / "references.bib", folder / "book")
    shutil.copy(ROOT / "_config.yml", folder)
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n- file: book/notebook\n"
    )
    (folder / "index.md").write_text("# Front\n\nA page.\n")
    (folder / "book" / "notebook.ipynb").write_text(notebook("1 + 1"))
    return folder


def build(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Build a book with the command line of Jupyter Book."""
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "-q", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_sound_book_builds(small: Path) -> None:
    """The small book itself builds with warnings as errors, so that what fails is the fault."""
    run = build(small, *STRICT)

    assert run.returncode == 0, run.stderr
    assert (small / "_build/html/book/notebook.html").is_file()


def test_a_failing_cell_fails_the_build(small: Path) -> None:
    """An error in a cell fails even a build that lets warnings pass, and is named."""
    (small / "book" / "notebook.ipynb").write_text(notebook("1 / 0"))

    run = build(small)

    assert run.returncode != 0
    assert "ZeroDivisionError" in run.stdout + run.stderr
    assert "notebook" in run.stdout + run.stderr


def test_a_warning_fails_the_build(small: Path) -> None:
    """One warning, such as a link to nothing, fails the strict build and is named."""
    (small / "index.md").write_text("# Front\n\n[Nothing](missing.md)\n")

    run = build(small, *STRICT)

    assert run.returncode != 0
    assert "index.md:3: WARNING" in run.stderr


def test_a_message_of_a_cell_fails_the_build(small: Path) -> None:
    """A cell that writes to its standard error, such as a deprecation, fails the strict build."""
    (small / "book" / "notebook.ipynb").write_text(
        notebook("import warnings; warnings.warn('old way', FutureWarning)")
    )

    run = build(small, *STRICT)

    assert run.returncode != 0
    assert "stderr was found in the cell outputs" in run.stderr
