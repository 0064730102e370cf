"""The search of the built book, in a real browser: what it finds, weighs and survives."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from test_access import VIEWPORTS, counted, faults, tab_to

from conftest import PHONE, serving
from mlops_guide import load_records
from sphinx_project import Project, row

RECORDS = load_records()
BUDGET = 160_000
ZIPPED_BY_HOSTS = {".js", ".json"}  # the index itself is stored compressed
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:"
)
SAID = re.compile(r"^(No|\d+)( of \d+)? results? for “.+”$|^\d+ chapters? with these filters$")


def look_for(page: Page, words: str) -> None:
    """Type words into the search box and wait for what is found."""
    page.get_by_role("searchbox").fill(words)
    expect(page.get_by_role("status")).to_have_text(re.compile(f"“{re.escape(words)}”$"))


def found(page: Page) -> list[str]:
    """Return the titles of the results."""
    links = page.get_by_role("list", name="Results", exact=True).get_by_role("link")
    return [" ".join(text.split()) for text in links.all_text_contents()]


def total(page: Page) -> int:
    """Return how many results the status says there are."""
    expect(page.get_by_role("status")).to_have_text(SAID)
    number = (page.get_by_role("status").text_content() or "").split()[0]
    return 0 if number == "No" else int(number)


def test_nothing_is_loaded_before_the_first_search_and_little_for_it(
    page: Page, book: Path, site: str
) -> None:
    """Pagefind costs nothing until something is asked, and then at most 160 kB."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path.lstrip("/")))

    page.goto(site + "search.html", wait_until="networkidle")
    assert [name for name in asked if name.startswith("pagefind/")] == []
    asked.clear()
    look_for(page, "monitoring")

    fetched = [book / name for name in asked if name.startswith("pagefind/")]
    weights = {
        file.name: len(gzip.compress(file.read_bytes(), 6))
        if file.suffix in ZIPPED_BY_HOSTS
        else file.stat().st_size
        for file in fetched
    }
    assert len(weights) == len(fetched)  # nothing twice
    assert 0 < sum(weights.values()) <= BUDGET, weights


def test_a_result_shows_its_title_facts_and_the_words_in_their_place(page: Page, site: str) -> None:
    """A result links to its chapter, shows its badges and marks the words in an excerpt."""
    page.goto(site + "search.html")
    look_for(page, "hidden technical debt")

    item = page.get_by_role("list", name="Results").locator("> li").first
    link = item.get_by_role("link")
    expect(link).to_have_text("Hidden Technical Debt in Machine Learning Systems")
    expect(item.locator(".mg-badges")).to_contain_text(re.compile("Free.*Paper.*Intermediate"))
    marks = item.locator(".mg-excerpt mark")
    assert {text.strip(" .").lower() for text in marks.all_text_contents()} >= {"technical", "debt"}
    link.click()
    expect(page).to_have_url(site + "book/resources/hidden-technical-debt.html")


def test_authors_are_found(page: Page, site: str) -> None:
    """The name of an author leads to what that author made."""
    page.goto(site + "search.html?q=Chip+Huyen")
    assert total(page) >= 3
    assert "Designing Machine Learning Systems" in found(page)


def test_facets_alone_choose_chapters_as_the_catalog_says(page: Page, site: str) -> None:
    """Values of a facet add up, facets narrow each other, and counts ignore their own facet."""
    page.goto(site + "search.html?topic=monitoring&format=paper&format=book")

    on_topic = [r for r in RECORDS if "monitoring" in r["topics"]]
    chosen = [r for r in on_topic if r["format"] in ("paper", "book")]
    assert total(page) == len(chosen)
    formats = page.get_by_role("group", name="Format")
    for value, title in (("paper", "Paper"), ("course", "Course")):
        count = sum(r["format"] == value for r in on_topic)
        expect(formats.get_by_role("checkbox", name=f"{title} {count}", exact=True)).to_be_visible()
    free = sum(r["cost"] == "free" for r in chosen)
    box = page.get_by_role("group", name="Cost").get_by_role("checkbox", name=f"Free {free}")
    box.check()
    expect(page.get_by_role("status")).to_have_text(f"{free} chapters with these filters")
    expect(page).to_have_url(re.compile(r"\?topic=monitoring&cost=free&format=book&format=paper$"))


def test_the_address_holds_words_and_filters(page: Page, site: str) -> None:
    """A choice is an entry of history, and the address brings everything back."""
    page.goto(site + "search.html?q=drift")
    everything = total(page)
    page.get_by_role("group", name="Cost").get_by_role("checkbox", name=counted("Paid")).check()
    narrowed = re.compile(rf"^\d+ of {everything} results for “drift”$")
    expect(page.get_by_role("status")).to_have_text(narrowed)
    expect(page).to_have_url(site + "search.html?q=drift&cost=paid")

    page.reload()
    expect(page.get_by_role("status")).to_have_text(narrowed)
    expect(page.get_by_role("checkbox", name=counted("Paid"))).to_be_checked()
    page.go_back()
    expect(page.get_by_role("status")).to_have_text(f"{everything} results for “drift”")
    expect(page.get_by_role("searchbox")).to_have_value("drift")
    expect(page.get_by_role("checkbox", name=counted("Paid"))).not_to_be_checked()


def test_clearing_the_filters_keeps_the_words(page: Page, site: str) -> None:
    """One button takes all filters away, and the focus goes to what is found then."""
    page.goto(site + "search.html?q=drift&cost=paid")
    page.get_by_role("button", name="Clear filters").click()

    status = page.get_by_role("status")
    expect(status).to_have_text(re.compile(r"^\d+ results for “drift”$"))
    expect(status).to_be_focused()
    expect(page).to_have_url(site + "search.html?q=drift")
    expect(page.get_by_role("button", name="Clear filters")).to_be_hidden()


def test_more_results_come_on_demand(page: Page, site: str) -> None:
    """Seven results at once; more of them are added below, and the focus goes to the first."""
    page.goto(site + "search.html?q=monitoring")
    everything = total(page)
    items = page.get_by_role("list", name="Results").locator("> li")
    expect(items).to_have_count(7)
    page.get_by_role("button", name="Show more results").click()

    expect(items).to_have_count(min(14, everything))
    expect(items.nth(7).get_by_role("link")).to_be_focused()
    assert len(set(found(page))) == min(14, everything)


def test_nothing_found_is_said_with_a_way_on(page: Page, site: str) -> None:
    """Words that occur nowhere get a plain answer and a link to all resources."""
    page.goto(site + "search.html")
    look_for(page, "zzzzqx")
    expect(page.get_by_role("status")).to_have_text("No results for “zzzzqx”")
    expect(page.get_by_role("link", name="all resources")).to_be_visible()
    page.get_by_role("searchbox").fill("")
    expect(page.get_by_text("Type a word")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("")


def test_the_last_word_typed_wins(page: Page, site: str) -> None:
    """When answers overtake each other, the list shows what the box says."""
    page.goto(site + "search.html")
    box = page.get_by_role("searchbox")
    box.press_sequentially("monitorinx")
    box.press("Backspace")
    box.press("g")

    expect(page.get_by_role("status")).to_have_text(re.compile("for “monitoring”$"))
    expect(page).to_have_url(site + "search.html?q=monitoring")
    expect(page.get_by_role("list", name="Results").locator("mark").first).to_be_visible()


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_a_key_leads_to_the_search(page: Page, site: str, key: str) -> None:
    """`/` and Ctrl+K open the search from any page, and go to its box when it is open."""
    page.goto(site + "book/resources/cs329s.html")
    page.keyboard.press(key)
    expect(page).to_have_url(site + "search.html")
    box = page.get_by_role("searchbox")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.keyboard.press("Tab")
    expect(box).not_to_be_focused()
    page.keyboard.press(key)
    expect(box).to_be_focused()


def test_a_slash_in_a_field_is_a_slash(page: Page, site: str) -> None:
    """Within a field, `/` is typed."""
    page.goto(site + "book/explore.html")
    box = page.get_by_role("searchbox", name="Search resources")
    box.press_sequentially("ci/cd")
    expect(box).to_have_value("ci/cd")
    expect(page).to_have_url(re.compile("explore.html"))


def test_the_slash_can_be_switched_off(page: Page, site: str) -> None:
    """A reader who speaks or types by accident switches the single key off (WCAG 2.1.4)."""
    page.goto(site + "search.html")
    page.get_by_role("checkbox", name="The key / opens this search from every page").uncheck()
    page.goto(site + "book/intro.html")
    page.keyboard.press("/")
    page.keyboard.press("Shift+Tab")
    expect(page).to_have_url(site + "book/intro.html")
    page.keyboard.press("Control+k")
    expect(page).to_have_url(site + "search.html")
    expect(page.get_by_role("checkbox", name="The key /")).not_to_be_checked()


def test_the_keyboard_alone_searches_and_opens(page: Page, site: str) -> None:
    """From a chapter to another one by way of the search, without a mouse."""
    page.goto(site + "book/resources/cs329s.html")
    tab_to(page, page.get_by_role("link", name="Search", exact=True).first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("hidden technical debt")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(re.compile("“hidden technical debt”$"))
    free = page.get_by_role("group", name="Cost").get_by_role("checkbox", name=counted("Free"))
    tab_to(page, free)
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_have_text(re.compile(" of "))
    expect(free).to_be_focused()
    tab_to(page, page.get_by_role("link", name="Hidden Technical Debt in Machine Learning Systems"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(site + "book/resources/hidden-technical-debt.html")


def test_a_phone_has_the_search_in_its_header(new_page: Callable[..., Page], site: str) -> None:
    """On a phone the header's link leads to the search, and results fit the window."""
    page = new_page(viewport=PHONE, has_touch=True)
    page.goto(site + "book/topics/monitoring.html")
    page.get_by_role("main").get_by_role("link", name="Search", exact=True).tap()
    expect(page).to_have_url(site + "search.html")
    look_for(page, "monitoring")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_role("group", name="Cost").get_by_text("Free", exact=True).tap()
    expect(page.get_by_role("status")).to_have_text(re.compile(" of "))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize("address", ["", "?q=drift&cost=free", "?q=zzzzqx"])
def test_axe_finds_no_fault(
    new_page: Callable[..., Page], site: str, address: str, size: str, scheme: str
) -> None:
    """The search page breaks no rule of axe-core, empty, with results and without one."""
    page = new_page(viewport=VIEWPORTS[size], color_scheme=scheme)
    page.goto(site + "search.html" + address)
    if address:
        expect(page.get_by_role("status")).to_have_text(SAID)
    assert faults(page) == []


def test_without_javascript_the_page_says_what_to_do(
    new_page: Callable[..., Page], site: str
) -> None:
    """Without JavaScript there is no dead form, but a way to all chapters."""
    page = new_page(java_script_enabled=False)
    page.goto(site + "book/intro.html")
    page.get_by_role("link", name="Search", exact=True).first.click()
    # Playwright looks for text and roles outside of noscript alone.
    said = page.locator("noscript .mg-empty")
    expect(said).to_contain_text("Searching needs JavaScript")
    expect(page.locator("#mg-words")).to_be_hidden()
    said.locator("a").first.click()
    expect(page).to_have_url(site + "book/explore.html")


def test_the_search_works_under_the_policy(browser: Browser, site: str) -> None:
    """Under a strict Content-Security-Policy, on every response, the search breaks no rule."""
    context = browser.new_context()

    def answer(route: Route) -> None:
        response = route.fetch()
        headers = {**response.headers, "content-security-policy": POLICY}
        route.fulfill(response=response, headers=headers)

    context.route("**/*", answer)
    page = context.new_page()
    page.add_init_script(
        "addEventListener('securitypolicyviolation', (e) => (window.broken ??= []).push("
        "[e.violatedDirective, e.blockedURI, e.sourceFile].join(' ')))"
    )
    page.goto(site + "search.html?q=drift&cost=free")
    assert total(page) > 0
    broken = page.evaluate("window.broken ?? []")
    context.close()
    # Inline scripts of the theme are not ours to judge here.
    assert [rule for rule in broken if not rule.startswith("script-src-elem inline")] == []


def test_a_lost_index_is_said_and_tried_again(browser: Browser, site: str) -> None:
    """Where the index cannot be loaded, the page says so, and the next search tries again."""
    context = browser.new_context()
    page = context.new_page()
    context.route("**/*.pf_index", lambda route: route.abort())
    context.route("**/pagefind.js", lambda route: route.abort())
    page.goto(site + "search.html?q=drift")
    expect(page.get_by_role("status")).to_have_text(re.compile("^The search could not be loaded"))
    expect(page.locator("#mg-hits")).not_to_have_attribute("aria-busy", "true")
    context.unroute_all()
    page.get_by_role("button", name="Search", exact=True).click()
    assert total(page) > 0
    context.close()


def test_the_book_may_stand_in_a_folder(page: Page, book: Path) -> None:
    """Below another address than the root of a host, results lead to the right pages."""
    with serving(book.parent) as address:
        page.goto(f"{address}{book.name}/search.html?q=hidden+technical+debt")
        assert total(page) > 0
        page.get_by_role("list", name="Results").get_by_role("link").first.click()
        expect(page).to_have_url(f"{address}{book.name}/book/resources/hidden-technical-debt.html")


def test_text_of_the_catalog_stays_text(page: Page, tmp_path: Path) -> None:
    """Titles, authors and summaries with markup are found and shown as they are written."""
    markup = '<img src=x onerror=alert(1)> <b>bold & "quoted"</b>'
    project = Project(tmp_path / "project")
    with (project.folder / "conf.py").open("a") as conf:
        conf.write("extensions.append('mlops_guide.search')\nlanguage = 'en'\n")
    project.catalog(
        [
            row("one", title=markup, summary=f"Zebra {markup}", authors=markup),
            row("two"),
            row("three"),
        ],
        topics=[{"topic": "testing", "title": markup, "description": markup, "order": "1"}],
    )
    card = "# `" + markup + "`\n\n```{resource-card} one\n```\n"
    project.write(**{"book/resources/one": card, "book/topics/testing": "# Testing\n"})
    run = project.command()
    assert run.returncode == 0, run.stderr

    html = project.folder / "_build" / "html"
    (html / "favicon.ico").touch()  # which a browser asks for where a page names none
    with serving(html) as address:
        page.goto(address + "search.html?q=zebra")
        expect(page.get_by_role("status")).to_have_text("1 result for “zebra”")
        item = page.get_by_role("list", name="Results").locator("> li")
        expect(item.get_by_role("link")).to_have_text(markup)
        expect(item.locator(".mg-excerpt")).to_contain_text(f"Zebra {markup}")
        expect(item.locator(".mg-excerpt mark")).to_have_text("Zebra")
        expect(page.get_by_role("group", name="Topic")).to_contain_text(markup)
        assert page.locator("main img, main b, .mg-find-text img, .mg-find-text b").count() == 0
        look_for(page, "<img src=x onerror=alert(1)>")
