"""Make the theme's files as small as the book's use of them: style rules, icons, maps.

The theme ships Bootstrap and Font Awesome whole: 66 kB of gzipped rules and a font of
156 kB for some twenty icons. After a build, rules for classes that no page and no script
names go, and the font keeps the glyphs that a style sheet still draws.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tinycss2
from fontTools import subset

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SHEET = "styles/pydata-sphinx-theme.css"
FONT = "vendor/fontawesome/webfonts/fa-solid-900.woff2"
ICON_SCRIPT = "scripts/fontawesome.js"
PUT_TOGETHER = {"bs-tooltip-auto"}
"""Classes that a script of the theme puts together from parts, so that no search finds them."""


def class_names(pages: Iterable[str], scripts: Iterable[str]) -> set[str]:
    """Return every class of some pages, and every word of scripts, which may set classes."""
    names = set(PUT_TOGETHER)
    for page in pages:
        for value in re.findall(r'\bclass="([^"]*)"', page):
            names.update(value.split())
    for script in scripts:
        names.update(re.findall(r"[A-Za-z_][\w-]*", script))
    return names


def _selectors(prelude: Iterable[Any]) -> Iterator[list[Any]]:
    selector: list[Any] = []
    for token in prelude:
        if token == ",":
            yield selector
            selector = []
        else:
            selector.append(token)
    yield selector


def _needs(selector: list[Any]) -> set[str]:
    """Return the classes without which a selector matches nothing (those within :not() do not)."""
    return {name.value for dot, name in pairwise(selector) if dot == "." and name.type == "ident"}


def without_unused_rules(css: str, names: set[str]) -> str:
    """Return a style sheet without the selectors that need a class not among `names`."""
    return _written(tinycss2.parse_stylesheet(css, skip_whitespace=True), names)


def _written(rules: Iterable[Any], names: set[str]) -> str:
    written = []
    for rule in rules:
        if rule.type == "qualified-rule":
            used = [s for s in _selectors(rule.prelude) if _needs(s) <= names]
            if used:
                selectors = ",".join(tinycss2.serialize(selector).strip() for selector in used)
                written.append(f"{selectors}{{{tinycss2.serialize(rule.content).strip()}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = _written(tinycss2.parse_rule_list(rule.content, skip_whitespace=True), names)
            if inner:
                condition = tinycss2.serialize(rule.prelude).strip()
                written.append(f"@{rule.at_keyword} {condition}{{{inner}}}")
        elif rule.type == "at-rule" or (rule.type == "comment" and rule.value.startswith("!")):
            written.append(rule.serialize())
    return "".join(written)


def icons(css: str) -> set[int]:
    """Return the characters of the private use area that a style sheet draws."""
    escaped = re.findall(r"\\([ef][0-9a-f]{3})\b", css)
    return {int(code, 16) for code in escaped} | {
        ord(c) for c in re.findall("[\ue000-\uf8ff]", css)
    }


def font_subset(font: bytes, characters: set[int]) -> bytes:
    """Return a WOFF2 font with some of its characters only."""
    options = subset.Options(flavor="woff2")
    loaded = subset.load_font(BytesIO(font), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(loaded)
    written = BytesIO()
    subset.save_font(loaded, written, options)
    return written.getvalue()


def _kept(folder: Path, inputs: Iterable[bytes], make: Callable[[], bytes]) -> bytes:
    """Return what `make` made of the same inputs before; a rebuild then takes no second of it."""
    digest = hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in inputs))
    path = folder / digest.hexdigest()
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make())
    return path.read_bytes()


def shrink_assets(output: Path, cache: Path) -> None:
    """Shrink the theme's files in the folder of a built book.

    Parameters
    ----------
    output
        The folder of the HTML; pages and scripts in it say what is used.
    cache
        A folder for results, kept between builds: Sphinx copies the theme's files anew.
    """
    static = output / "_static"
    (static / ICON_SCRIPT).unlink(missing_ok=True)
    for source_map in static.rglob("*.map"):
        source_map.unlink()
    pages = (path.read_text(encoding="utf-8") for path in output.rglob("*.html"))
    scripts = (path.read_text(encoding="utf-8") for path in static.rglob("*.js"))
    names = class_names(pages, scripts)
    sheet, font = static / SHEET, static / FONT
    css = sheet.read_text(encoding="utf-8")
    named = "\n".join(sorted(names.intersection(re.findall(r"\.([\w-]+)", css))))

    def rules() -> bytes:
        return without_unused_rules(css, names).encode()

    sheet.write_bytes(_kept(cache, (css.encode(), named.encode()), rules))
    drawn = set().union(*(icons(path.read_text("utf-8")) for path in static.rglob("*.css")))
    whole = font.read_bytes()
    glyphs = repr(sorted(drawn)).encode()
    font.write_bytes(_kept(cache, (whole, glyphs), lambda: font_subset(whole, drawn)))


def shrink(app: Sphinx, error: Exception | None) -> None:
    """Shrink the theme's files after a build that went well."""
    if (
        error is None
        and app.builder.name == "html"
        and app.config.html_theme == "sphinx_book_theme"
    ):
        shrink_assets(Path(app.outdir), Path(app.doctreedir) / "shrunk")
