// @ts-check
/**
 * The keys that lead to the search from every page: Ctrl+K (on a Mac, Command+K), and `/`,
 * which a reader can switch off on the search page, as WCAG 2.1.4 asks of a single character.
 */
{
  const TYPED_INTO = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
  const isSlash = (/** @type {KeyboardEvent} */ e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.defaultPrevented) return false;
    const target = e.composedPath()[0];
    return !(target instanceof Element && target.closest(TYPED_INTO)) && localStorage.getItem("mg-slash") !== "off";
  };
  const isK = (/** @type {KeyboardEvent} */ e) =>
    e.key.toLowerCase() === "k" && (e.ctrlKey || e.metaKey) && !e.shiftKey && !e.altKey;
  addEventListener("keydown", (event) => {
    if (!isSlash(event) && !isK(event)) return;
    event.preventDefault();
    const box = document.getElementById("mg-words");
    if (box instanceof HTMLInputElement) box.select();
    else location.assign(new URL(`${document.documentElement.dataset.content_root ?? "./"}search.html`, document.baseURI));
  });
}
