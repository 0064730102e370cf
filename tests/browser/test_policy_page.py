"""The policy of a page, as Chromium enforces it."""

from __future__ import annotations

from playwright.sync_api import Browser, Request, expect

# Counted in an attribute: Playwright's wait_for_function evaluates strings, which is forbidden.
COUNT_REFUSALS = """addEventListener('securitypolicyviolation', () => {
  const { dataset } = document.documentElement;
  dataset.refused = Number(dataset.refused ?? 0) + 1;
});"""
# What an attacker would try who got markup into a page.
CODE = """() => {
  window.ran = [];
  const article = document.querySelector('article');
  const holder = document.createElement('div');
  holder.innerHTML =
    '<img src="data:," onerror="ran.push(`handler`)">' +
    '<a href="javascript:ran.push(`address`)">x</a>';
  article.append(holder);
  holder.querySelector('a').click();
  const script = document.createElement('script');
  script.textContent = 'ran.push("inline")';
  article.append(script);
  // In a task of its own: eval is allowed to what the test itself evaluates.
  setTimeout(() => {
    try {
      (0, eval)('ran.push("eval")');
    } catch (error) {
      if (!(error instanceof EvalError)) throw error;
    }
  });
}"""
FILES = """() => {
  const elsewhere = 'https://elsewhere.example/';
  const kinds = [['img', 'src'], ['link', 'href'], ['script', 'src'], ['iframe', 'src']];
  for (const [tag, name] of kinds) {
    const element = document.createElement(tag);
    document.body.append(Object.assign(element, { rel: 'stylesheet', [name]: elsewhere }));
  }
  fetch(elsewhere).catch(() => {});
}"""


def test_foreign_code_does_not_run(browser: Browser, site: str) -> None:
    """Handlers, script addresses, inline scripts and eval run nowhere in the body of a page."""
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script(COUNT_REFUSALS)
        page.goto(site)
        page.evaluate(CODE)
        expect(page.locator("html")).to_have_attribute("data-refused", "4")
        assert page.evaluate("ran") == []


def test_files_of_other_hosts_do_not_load(browser: Browser, site: str) -> None:
    """An image, style, script, frame or fetch of another host is refused before it is sent."""
    refused: list[str | None] = []

    def note(request: Request) -> None:
        if "elsewhere" in request.url:
            refused.append(request.failure)

    with browser.new_context() as context:
        page = context.new_page()
        page.on("requestfailed", note)
        page.add_init_script(COUNT_REFUSALS)
        page.goto(site)
        page.evaluate(FILES)
        expect(page.locator("html")).to_have_attribute("data-refused", "5")
    assert set(refused) <= {"csp"}
