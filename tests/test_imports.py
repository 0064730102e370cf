"""The order of the package's modules, and their size."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "mlops_guide"
ORDER = [
    "rules",
    "schema",
    "catalog",
    "filters",
    "payload",
    "charts",
    "addresses",
    "validate",
    "add",
    "publish",
    "markup",
    "policy",
    "explorer",
    "guide",
    "sidebar",
    "lean",
    "shrink",
    "directives",
    "hosting",
    "in_browser",
    "metadata",
    "feeds",
    "exports",
    "bibliography",
    "card",
    "findable",
    "sphinx_ext",
    "search",
    "mime",
    "cli",
]
"""From bottom to top: a module imports only from those before it, also within functions."""
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")


def _imported(source: str) -> Iterator[str]:
    """Yield the name of every module of the package that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = f"{'mlops_guide.' * bool(node.level)}{node.module or ''}".rstrip(".")
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            package, _, rest = name.partition(".")
            if package == "mlops_guide" and rest.split(".")[0] in MODULES:
                yield rest.split(".")[0]


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_sees_every_way_to_import() -> None:
    """Imports of a module, from it, relative to it, and within a function are all seen."""
    source = """
import json, mlops_guide.cli
from mlops_guide.charts import table
from mlops_guide import __version__, explorer
from .filters import Filters
def late():
    from . import schema
"""
    found = ["cli", "charts", "explorer", "filters", "schema"]
    assert sorted(_imported(source)) == sorted(found)


def test_order_names_every_module() -> None:
    """A new module has its place in the order."""
    assert sorted(ORDER) == MODULES


@pytest.mark.parametrize("name", ORDER)
def test_imports_go_one_way(name: str) -> None:
    """A module imports only from modules below it."""
    below = set(ORDER[: ORDER.index(name)])
    source = (PACKAGE / f"{name}.py").read_text(encoding="utf-8")
    assert set(_imported(source)) <= below


@pytest.mark.parametrize("name", [*MODULES, "__init__"])
def test_modules_stay_small(name: str) -> None:
    """A module has fewer than 400 lines."""
    assert _lines(PACKAGE / f"{name}.py") < 400


def test_the_script_of_the_explorer_stays_small() -> None:
    """The explorer's script has fewer than 600 lines."""
    assert _lines(PACKAGE / "static" / "explorer.js") < 600
