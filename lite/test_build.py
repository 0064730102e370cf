"""What the build of JupyterLite brings, and what it refuses."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import build
from conftest import serving


def code(*sources: str) -> list[dict[str, Any]]:
    """Return code cells."""
    return [{"cell_type": "code", "id": s, "metadata": {}, "source": s} for s in sources]


TEXT = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": "# Charts"}


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ([TEXT, *code("a")], ["text", "browser-note", "browser-load", "a"]),
        (
            [TEXT, *code("Explorer()"), TEXT, *code("a")],
            ["text", "Explorer()", "browser-note", "browser-load", "text", "a"],
        ),
    ],
)
def test_pandas_is_loaded_where_it_is_first_needed(
    cells: list[dict[str, Any]], wanted: list[str]
) -> None:
    """The loading cell stands after the explorer's, above the heading of what needs it."""
    adapted = build.adapted({"cells": cells, "metadata": {}}, 17)
    assert [cell["id"] for cell in adapted["cells"]] == wanted
    assert any("17 MB" in cell["source"] for cell in adapted["cells"])


def test_the_guides_own_notebooks_are_whole() -> None:
    """Each notebook keeps all its cells, and gets two."""
    for name in build.NOTEBOOKS:
        notebook = json.loads((build.ROOT / "book" / f"{name}.ipynb").read_text("utf-8"))
        assert len(build.adapted(notebook, 1)["cells"]) == len(notebook["cells"]) + 2


def test_a_compiled_package_is_what_the_lock_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file whose checksum differs, or that cannot be had, stops the build with advice."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.whl").write_bytes(b"wheel")
    package = {"file_name": "a.whl", "sha256": hashlib.sha256(b"wheel").hexdigest()}
    with serving(tmp_path / "there") as address:
        monkeypatch.setattr(build, "DISTRIBUTION", address)
        assert build.bring_compiled(package, tmp_path).read_bytes() == b"wheel"
        with pytest.raises(build.BuildError, match="is not the file that Pyodide's lock names"):
            build.bring_compiled({**package, "sha256": "0"}, tmp_path)
        with pytest.raises(build.BuildError, match="make lite LITE=--without-pandas"):
            build.bring_compiled({**package, "file_name": "b.whl"}, tmp_path)
    with pytest.raises(build.BuildError, match="make lite LITE=--without-pandas"):
        build.bring_compiled(package, tmp_path)


def test_a_missing_program_is_named() -> None:
    """A program that is not installed is named, with what it is needed for."""
    with pytest.raises(build.BuildError, match="'no-such-npm' is not installed; install Node"):
        build.run("no-such-npm", advice="install Node")
