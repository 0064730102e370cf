"""Write explore.md: the page of a MyST site that holds the explorer, made from the catalog.

    python examples/myst/make.py

The page is not kept in git: it is as new as the catalog whenever it is made.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import mlops_guide
from mlops_guide import load_records, load_topics
from mlops_guide.filters import FilterIndex, Filters
from mlops_guide.payload import explorer_payload
from mlops_guide.publish import published

HERE = Path(__file__).parent
STATIC = Path(mlops_guide.__file__).parent / "static"

PAGE = """\
---
title: Explore the catalog
---

Choose what you care about; the list follows at once.

```{{anywidget}} {module}
:css: {css}
{model}
```
"""


def page(folder: Path) -> str:
    """Return the page for a folder: the directive, with the module's path and its model.

    Parameters
    ----------
    folder
        Where the page will stand; the paths in it are relative to this.
    """
    index = FilterIndex(load_records(), load_topics())
    model = {
        "catalog": explorer_payload(index),
        **vars(Filters()),
        "chapters_url": published().base,
    }
    module, css = (
        Path(os.path.relpath(STATIC / name, folder)).as_posix()
        for name in ("explorer.js", "explorer.css")
    )
    # JSON has no line that could end the fence: each begins with a bracket, a quote or a number.
    lines = json.dumps(model, ensure_ascii=False, indent=1)
    return PAGE.format(module=module, css=css, model=lines)


if __name__ == "__main__":
    target = HERE / "explore.md"
    target.write_text(page(HERE), encoding="utf-8")
    print(f"{target.name}: written; now run 'myst start' in {HERE}")
