"""The ladder of running the guide: the wait for a first answer at each rung, and bytes moved.

The clock starts with the reader's first act (following the link, or giving the command) and
stops when a click in the explorer is answered, "Paid" under "Cost", in a browser that has
cached nothing. The clicks on the way (Run All) are made at once, as no reader makes them.
A relay counts every byte between the browser and the server, both on this machine: time on
a network comes on top. The site is sent gzipped, as static hosts send text.

    python benchmarks/start.py [--runs 5] [--book FOLDER] [--write] [RUNG ...]

``--write`` puts the numbers into book/ladder.csv, which the page "How to run it" shows.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

from playwright.sync_api import Browser, FrameLocator, Page, expect

from common import DESKTOP, ROOT, GzippedFiles, launched, report, serving

# isort: split
# common shows the way to these, helpers of the tests.
import binder
from lab import PATIENCE, SETTINGS, Lab, running_lab

BOOK = ROOT / "_build" / "html"
TABLE = ROOT / "book" / "ladder.csv"
HEADER = ["Rung", "Seconds", "MB", "Measured"]
NOTEBOOK = "explore.ipynb"
PREFIX = "/user/reader-mlops-guide-8x1/"
Run = tuple[float, float]
"""Seconds, and megabytes in both directions."""


class Connection(BaseRequestHandler):
    """One connection of a relay."""

    server: Relay

    def handle(self) -> None:
        """Pass it on in both directions until it is closed."""
        with suppress(OSError), socket.create_connection(self.server.target) as there:
            back = threading.Thread(
                target=self.server.pass_on, args=(there, self.request), daemon=True
            )
            back.start()
            self.server.pass_on(self.request, there)
            back.join()


class Relay(ThreadingTCPServer):
    """Passes connections on to a server, and counts their bytes.

    Attributes
    ----------
    moved
        Bytes so far, in both directions.
    """

    daemon_threads = True

    def __init__(self, address: str):
        parts = urlsplit(address)
        self.target = (parts.hostname or "", parts.port or 80)
        self.moved = 0
        self._counting = threading.Lock()
        super().__init__(("127.0.0.1", 0), Connection)
        self.address = parts._replace(netloc=f"127.0.0.1:{self.server_address[1]}").geturl()

    def pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        """Pass bytes on until there are no more; a reader who goes away is no error."""
        with suppress(OSError):
            while data := source.recv(65_536):
                with self._counting:
                    self.moved += len(data)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def relayed(address: str) -> Iterator[Relay]:
    """Relay to a server while this is entered."""
    with Relay(address) as relay:
        thread = threading.Thread(target=relay.serve_forever, daemon=True)
        thread.start()
        yield relay
        relay.shutdown()
        thread.join()


def first_answer(page: Page | FrameLocator) -> None:
    """Click in the explorer as soon as it is there, and wait for the answer."""
    explorer = page.locator(".mg-explorer")
    group = explorer.get_by_role("group", name="Cost")
    group.get_by_role("checkbox", name="Paid").click()
    expect(explorer.get_by_role("list", name="Active filters")).to_contain_text("Cost: Paid")


@contextmanager
def new_window(browser: Browser) -> Iterator[Page]:
    """Open a window of a reader who has not been here before."""
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    yield page
    context.close()


def in_jupyter(browser: Browser, lab: Lab, notebook: str, start: float) -> Run:
    """Open the notebook, click Run All when the kernel is ready, and click in the explorer."""
    with relayed(lab.address) as relay, new_window(browser) as page:
        through = Lab(relay.address, lab.token, lab.runtime)
        through.run(page, notebook)
        first_answer(page)
        return time.perf_counter() - start, relay.moved / 1e6


def static_page(browser: Browser, runs: int, book: Path) -> list[Run]:
    """Follow a link to the explorer's page."""

    def run(page: Page, address: str) -> None:
        page.goto(f"{address}book/explore.html", wait_until="commit")
        first_answer(page)

    return [on_the_site(browser, book, run) for _ in range(runs)]


def browser_kernel(browser: Browser, runs: int, book: Path) -> list[Run]:
    """Click "Run in your browser" on the explorer's page, which has been read already."""

    def run(page: Page, address: str) -> None:
        page.get_by_role("link", name="Run in your browser").click(no_wait_after=True)
        first_answer(page.frame_locator("iframe"))

    return [on_the_site(browser, book, run, before="book/explore.html") for _ in range(runs)]


def on_the_site(
    browser: Browser, book: Path, run: Callable[[Page, str], None], before: str = ""
) -> Run:
    """Measure something on the built site, from a page that is there `before`."""
    with serving(book, GzippedFiles) as site, relayed(site) as relay, new_window(browser) as page:
        if before:
            page.goto(relay.address + before, wait_until="networkidle")
        already, start = relay.moved, time.perf_counter()
        run(page, relay.address)
        return time.perf_counter() - start, (relay.moved - already) / 1e6


def binder_stand_in(browser: Browser, runs: int, book: Path) -> list[Run]:
    """Open Binder's link, with the environment made and its server up."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        repository = binder.copy_of_repository(ROOT, folder / "repository")
        python = binder.environment(repository, folder / "env")
        (folder / "jupyter").mkdir()
        private = folder / "jupyter"
        with running_lab(repository, private, python=python, base_url=PREFIX, settings={}) as lab:
            return [
                in_jupyter(browser, lab, f"book/{NOTEBOOK}", time.perf_counter())
                for _ in range(runs)
            ]


def own_machine(browser: Browser, runs: int, book: Path) -> list[Run]:
    """Give `make lab`, all installed: JupyterLab starts, then as on Binder."""
    times = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as temporary:
            # A copy, because Jupyter leaves checkpoints beside what it opens.
            root, private = Path(temporary) / "book", Path(temporary) / "jupyter"
            root.mkdir()
            private.mkdir()
            shutil.copy(ROOT / "book" / NOTEBOOK, root)
            start = time.perf_counter()
            with running_lab(root, private, settings=SETTINGS) as lab:
                times.append(in_jupyter(browser, lab, NOTEBOOK, start))
    return times


RUNGS: dict[str, tuple[str, Callable[[Browser, int, Path], list[Run]]]] = {
    "page": ("The page itself, without Python", static_page),
    "browser": ("Python in your browser", browser_kernel),
    "binder": ("Binder, once your server is there", binder_stand_in),
    "own": ("Your own machine, once installed", own_machine),
}


def measured(names: list[str], runs: int, book: Path) -> list[list[str]]:
    """Measure rungs; return rows of the table: medians, and today's date."""
    rows = []
    expect.set_options(timeout=PATIENCE * 1000)
    with launched("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1") as browser:
        for name in names:
            title, climb = RUNGS[name]
            seconds, megabytes = zip(*climb(browser, runs, book), strict=True)
            print(f"  {name}: {', '.join(f'{second:.1f}' for second in seconds)} s", flush=True)
            cells = [f"{statistics.median(seconds):.1f}", f"{statistics.median(megabytes):.1f}"]
            rows.append([title, *cells, datetime.date.today().isoformat()])
    return rows


def write(rows: list[list[str]]) -> None:
    """Write the table, in the order of the ladder; rungs not measured now keep their numbers."""
    known = {row[0]: row for row in rows}
    if TABLE.exists():
        with TABLE.open(encoding="utf-8", newline="") as file:
            known = {row[0]: row for row in csv.reader(file)} | known
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([HEADER, *(known[title] for title, _ in RUNGS.values() if title in known)])


def main() -> None:
    """Measure what was asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rungs", nargs="*", metavar="RUNG", help=", ".join(RUNGS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--book", type=Path, default=BOOK, help="the folder of a built book")
    parser.add_argument("--write", action="store_true", help=f"renew {TABLE.relative_to(ROOT)}")
    asked = parser.parse_args()
    if unknown := set(asked.rungs) - set(RUNGS):
        parser.error(f"unknown rung {', '.join(sorted(unknown))}; use one of: {', '.join(RUNGS)}")
    names = asked.rungs or list(RUNGS)
    if not (asked.book / "book" / "explore.html").exists():
        sys.exit("the site is not built: run 'make book' first")
    if "browser" in names and not (asked.book / "lite").exists():
        print("  browser: not measured, because this book is built without it")
        names.remove("browser")
    rows = measured(names, asked.runs, asked.book)
    report(f"From click to first answer, median of {asked.runs}", HEADER, rows)
    if asked.write:
        write(rows)


if __name__ == "__main__":
    main()
