"""What opening the catalog costs beyond pandas, which every notebook imports anyway.

Each run is a fresh interpreter; the runs of both sides alternate.

    python benchmarks/imports.py
"""

from __future__ import annotations

import statistics
import sys

from common import report, timed

BUDGET = 0.5
RUNS = 9
PEER = "import pandas"
OURS = "import mlops_guide; mlops_guide.load_catalog()"


def seconds(code: str) -> tuple[float, float]:
    """Return how long a fresh interpreter takes for some code: on the clock, and of processor."""
    run, clock, processor = timed([sys.executable, "-P", "-c", code])
    if run.returncode:
        raise SystemExit(run.stderr)
    return clock, processor


def main() -> None:
    """Measure both and print the table."""
    taken: dict[str, list[tuple[float, float]]] = {PEER: [], OURS: []}
    for code in taken:
        seconds(code)  # the first run of each fills the caches of files and bytecode
    for _ in range(RUNS):
        for code, times in taken.items():
            times.append(seconds(code))
    clock, processor = (
        {code: statistics.median(time[unit] for time in times) for code, times in taken.items()}
        for unit in (0, 1)
    )
    rows = [[code, f"{clock[code]:.3f}", f"{processor[code]:.3f}"] for code in taken]
    for name, of in (("difference", float.__sub__), ("ratio", float.__truediv__)):
        rows.append([name, *(f"{of(unit[OURS], unit[PEER]):.3f}" for unit in (clock, processor))])
    rows.append(["budget of the difference", f"{BUDGET:.3f}", f"{BUDGET:.3f}"])
    report(f"Start, median of {RUNS}", ["a fresh Python runs", "clock s", "processor s"], rows)


if __name__ == "__main__":
    main()
