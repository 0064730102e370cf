"""The explorer in marimo: `marimo run examples/marimo_explorer.py` (or `marimo edit`).

The filters are a value of `mo.ui.anywidget`, so that cells which read them run again.
"""

import marimo

app = marimo.App(width="full")


@app.cell
def _():
    import marimo as mo

    from mlops_guide import Explorer

    return Explorer, mo


@app.cell
def _(Explorer, mo):
    explorer = mo.ui.anywidget(Explorer())
    explorer
    return (explorer,)


@app.cell
def _(explorer, mo):
    explorer.value
    chosen = explorer.widget.selected_ids
    mo.md(f"Chosen: {len(chosen)} resources\n\n`{' '.join(chosen)}`")
    return


if __name__ == "__main__":
    app.run()
