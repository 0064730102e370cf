"""How fast the explorer answers, beside itables with SearchPanes over the same rows.

Each page gets real input through the browser's own input queue. Measured is the time
from the event (``event.timeStamp``: when the browser took the click or key) to the end
of the first painted frame that holds the page's new line of status ("N of M"): every
frame since the event posts itself a message from its requestAnimationFrame, which
arrives right after the frame is painted; a MutationObserver has seen the new line by then.

The bare page only changes a line of text: what the browser and the machine take by
themselves. The wait for a frame is in every number, up to 16.7 ms at 60 Hz.

    python benchmarks/explorer.py [ROWS ...]
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from common import DESKTOP, launched, report, serving, spread
from synthetic import synthetic_records, write_pages

SIZES = (200, 2_000, 20_000)
BUDGETS = {200: 22.0, 2_000: 22.0, 20_000: 30.0}
TIMES_FASTER = 20
MEMORY = 60.0
TYPED = ("mon", "train data", "deploy", "pipe", "in", "model test", "qu", "re", "learning")

# Answers with the milliseconds to the painted frame of the next input of a kind.
METER = """
({kind, status}) => new Promise((resolve) => {
  let changed = false;
  const seen = new MutationObserver(() => { changed = true; });
  const line = document.querySelector(status);
  seen.observe(line, { childList: true, characterData: true, subtree: true });
  const begin = (event) => {
    const frame = () => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        if (!changed) return requestAnimationFrame(frame);
        seen.disconnect();
        resolve(performance.now() - event.timeStamp);
      };
      channel.port2.postMessage(null);
    };
    requestAnimationFrame(frame);
  };
  addEventListener(kind, begin, { capture: true, once: true });
})
"""


@dataclass(frozen=True)
class Peer:
    """How to find one's way on a page.

    Attributes
    ----------
    file
        The page.
    ready, status, search, value
        Selectors: what tells that it is up, its line of status, its field of search,
        and the values of its facets.
    """

    file: str
    ready: str
    status: str
    search: str
    value: str


OURS = Peer(
    "ours.html",
    ".mg-explorer .mg-card",
    ".mg-explorer [role=status]",
    ".mg-search input",
    ".mg-filters > .mg-facet label:not(.mg-off)",
)
BARE = Peer("bare.html", "p", "p", "input[type=search]", "label")
ITABLES = Peer(
    "itables.html",
    ".dtsp-searchPane tbody tr",
    ".dt-info",
    ".dt-search input",
    ".dtsp-searchPane tbody tr td:first-child",
)


def opened(browser: Browser, address: str, peer: Peer) -> Page:
    """Open a peer's page and wait until it is up."""
    page = browser.new_page(viewport=DESKTOP)
    page.set_default_timeout(600_000)
    page.goto(address + peer.file)
    page.wait_for_selector(peer.ready)
    page.wait_for_timeout(1500)
    return page


def expect(page: Page, peer: Peer, kind: str) -> None:
    """Begin to wait for an input; :func:`took` gives the answer."""
    page.evaluate(
        f"(x) => {{ window.took = ({METER})(x); }}", {"kind": kind, "status": peer.status}
    )


def took(page: Page) -> float:
    """Return the milliseconds of the input that was waited for, when the page is at rest."""
    milliseconds: float = page.evaluate("window.took")
    page.wait_for_timeout(random.uniform(60, 90))
    return milliseconds


def click_times(page: Page, peer: Peer, events: int) -> list[float]:
    """Click values of facets, now one more and now one less."""
    rng = random.Random(3)
    times = []
    chosen: list[int] = []
    for _ in range(events):
        values = page.locator(peer.value)
        if len(chosen) < 3:
            at = rng.randrange(values.count())
            chosen.append(at)
        else:
            at = chosen.pop(0)
        place = values.nth(min(at, values.count() - 1))
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        assert box, "a value of a facet is not in view"
        page.mouse.move(box["x"] + 12, box["y"] + box["height"] / 2)
        page.wait_for_timeout(30)
        expect(page, peer, "click")
        page.mouse.down()
        page.wait_for_timeout(40)
        page.mouse.up()
        times.append(took(page))
    return times


def typing_times(page: Page, peer: Peer, events: int) -> list[float]:
    """Type words, letter by letter, and wipe each at the end."""
    page.locator(peer.search).first.focus()
    times: list[float] = []
    for word in TYPED * events:
        for key in [*word.replace(" ", ""), *["Backspace"] * len(word.replace(" ", ""))]:
            expect(page, peer, "keydown")
            page.keyboard.press(key)
            times.append(took(page))
            if len(times) == events:
                return times
    return times


def heap(page: Page) -> float:
    """Return the megabytes of the page's JavaScript heap in use, after a collection."""
    session = page.context.new_cdp_session(page)
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    return session.send("Runtime.getHeapUsage")["usedSize"] / 1e6


@dataclass(frozen=True)
class Result:
    """What was measured of one peer: milliseconds a click, a key; megabytes at rest."""

    click: list[float]
    typing: list[float]
    memory: float


def measure(browser: Browser, address: str, peer: Peer, clicks: int, keys: int) -> Result:
    """Measure one peer; clicks and keys each begin on a fresh page, memory comes after them."""
    page = opened(browser, address, peer)
    click = click_times(page, peer, clicks)
    memory = heap(page)  # a collection also throws away compiled code: never before a timing
    page.close()
    page = opened(browser, address, peer)
    typing = typing_times(page, peer, keys)
    memory = max(memory, heap(page))
    page.close()
    return Result(click, typing, memory)


def compare(browser: Browser, count: int) -> dict[str, Result]:
    """Measure all peers over `count` rows; the slow one gets fewer events on many rows."""
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary) / "pages"
        write_pages(directory, synthetic_records(count))
        few = count > 5_000
        with serving(directory) as address:
            return {
                "bare": measure(browser, address, BARE, 80, 80),
                "ours": measure(browser, address, OURS, 80, 80),
                "itables": measure(browser, address, ITABLES, 5 if few else 30, 8 if few else 60),
            }


def main() -> None:
    """Measure every size and print both tables."""
    sizes = [int(argument) for argument in sys.argv[1:]] or SIZES
    times: list[list[object]] = []
    memory: list[list[object]] = []
    with launched() as browser:
        for size in sizes:
            found = compare(browser, size)
            for kind in ("click", "typing"):
                bare, ours, peer = (
                    getattr(found[name], kind) for name in ("bare", "ours", "itables")
                )
                ratio = f"{statistics.median(peer) / statistics.median(ours):.0f}"
                cells = [spread(bare), spread(ours), BUDGETS.get(size, ""), spread(peer), ratio]
                times.append([f"{size:,}", kind, *cells])
            megabytes = [f"{found[name].memory:.1f}" for name in ("ours", "itables")]
            memory.append([f"{size:,}", *megabytes])
    header = ["rows", "event", "bare page", "explorer", "budget", "itables", "times faster"]
    report("Input to painted frame, ms, median / p95", header, times)
    print(
        f"  budget of the median; at 2,000 rows at least {TIMES_FASTER} times faster than itables"
    )
    title = "JavaScript heap in use after a garbage collection, MB (Runtime.getHeapUsage, usedSize)"
    report(title, ["rows", "explorer", "itables"], memory)
    print(f"  budget at 20,000 rows: {MEMORY:.0f}; without the document's own nodes and text")


if __name__ == "__main__":
    main()
