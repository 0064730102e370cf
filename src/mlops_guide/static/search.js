// @ts-check
/**
 * The search page: a form and a list of our own over Pagefind's JavaScript API
 * (https://pagefind.app/docs/api/). Nothing of Pagefind is loaded before the first search.
 */
const AT_ONCE = 7; // each is a request of 2 kB, and a first search of two words should stay below 160 kB
const PAUSE = 60; // ms without a key: the beginnings of a word would fetch parts of the index in vain

const root = new URL(document.documentElement.dataset.content_root ?? "./", document.baseURI);
const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (document.querySelector(selector));
const form = /** @type {HTMLFormElement} */ (find(".mg-find-text form"));
const words = /** @type {HTMLInputElement} */ (find("#mg-words"));
const slash = /** @type {HTMLInputElement} */ (find("#mg-slash"));
const status = find(".mg-find-text [role=status]");
const [clear, more, none, hint, list] = ["#mg-clear", "#mg-more-hits", "#mg-none", "#mg-hint", "#mg-hits"].map(find);
const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[type=checkbox]")]);
const names = [...new Set(boxes.map((box) => box.name))];
const countOf = (/** @type {HTMLInputElement} */ box) => /** @type {HTMLElement} */ (box.parentElement?.querySelector(".mg-count"));
const levels = JSON.parse(list.dataset.levels ?? "{}");
const titles = new Map(boxes.map((box) => [`${box.name} ${box.value}`, box.nextElementSibling?.textContent ?? ""]));
const inAll = new Map(boxes.map((box) => [box, Number(countOf(box).textContent)]));

/** @type {Promise<any> | undefined} */
let engine;
/** Load Pagefind and the values of all its filters, once. */
function load() {
  engine ??= import(new URL("pagefind/pagefind.js", root).href).then(async (pagefind) => {
    await pagefind.options({ noWorker: true, baseUrl: root.pathname, ranking: { metaWeights: { authors: 2, organization: 2 } } });
    await pagefind.filters();
    return pagefind;
  });
  return engine;
}

/** Make an element with text or children. @param {string} tag @param {string} name @param {(string | Node)[]} children */
function make(tag, name, ...children) {
  const element = document.createElement(tag);
  element.className = name;
  element.append(...children);
  return element;
}

/** Return the text of an excerpt with its marks, and nothing else of its HTML. @param {string} html */
function marked(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const texts = parsed.createTreeWalker(parsed.body, NodeFilter.SHOW_TEXT);
  const kept = document.createDocumentFragment();
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const text = node.textContent ?? "";
    kept.append(node.parentElement?.closest("mark") ? make("mark", "", text) : text);
  }
  return kept;
}

/** Return one result as an item of the list. @param {any} page what Pagefind knows of it */
function item(page) {
  const link = /** @type {HTMLAnchorElement} */ (make("a", "", page.meta.title));
  link.href = page.url;
  const badge = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ title) => {
    const element = make("span", `mg-badge mg-${name}`, title);
    element.dataset.value = value;
    return element;
  };
  const badges = ["cost", "format"].flatMap((name) =>
    (page.filters[name] ?? []).map((/** @type {string} */ value) => badge(name, value, titles.get(`${name} ${value}`) ?? value)),
  );
  const { level, effort } = page.meta;
  if (level) badges.push(badge("level", level, levels[level] ?? level));
  if (effort) badges.push(badge("effort", effort, effort));
  const parts = [make("p", "mg-card-title", link)];
  if (badges.length) parts.push(make("p", "mg-badges", ...badges.flatMap((element) => [element, " "])));
  // Of a page that has little prose of its own, the excerpt may be its title alone.
  const said = page.plain_excerpt.trim();
  const telling = said.replace(/\.$/, "") !== page.meta.title;
  if (telling) {
    const before = page.content.startsWith(said) ? "" : "… ";
    const after = page.content.trim().endsWith(said) ? "" : " …";
    parts.push(make("p", "mg-excerpt", before, marked(page.excerpt), after));
  } else if (page.meta.about) parts.push(make("p", "mg-excerpt", page.meta.about));
  return make("li", "mg-card", ...parts);
}

/** Return what is asked for: words, and the chosen values of each facet that has one. */
function asked() {
  const chosen = names.map((name) => [name, boxes.filter((box) => box.name === name && box.checked).map((box) => box.value)]);
  return { q: words.value.trim(), chosen: Object.fromEntries(chosen.filter(([, values]) => values.length)) };
}

/** Return filters as Pagefind takes them: one value of a facet is enough, of every facet.
 * @param {Record<string, string[]>} chosen @param {string} [without] a facet to leave out */
const filters = (chosen, without) =>
  Object.fromEntries(Object.entries(chosen).filter(([name]) => name !== without).map(([name, any]) => [name, { any }]));

/** Show how many results each value would have. @param {Record<string, Record<string, number>> | undefined} counts */
function showCounts(counts) {
  for (const box of boxes) {
    const count = counts ? (counts[box.name]?.[box.value] ?? 0) : (inAll.get(box) ?? 0);
    countOf(box).textContent = String(count);
    const off = !count && !box.checked;
    // A box that has the focus would lose it: it is disabled for good when focus moves on.
    box.disabled = off && box !== document.activeElement;
    box.setAttribute("aria-disabled", String(off));
    box.parentElement?.classList.toggle("mg-off", off);
    box.parentElement?.classList.toggle("mg-on", box.checked);
  }
  // On a phone the values scroll sideways: by keyboard too, where none of them can be reached.
  for (const options of form.querySelectorAll(".mg-options")) {
    if (options.querySelector("input:enabled")) options.removeAttribute("tabindex");
    else options.setAttribute("tabindex", "0");
  }
}

/** @param {number} count @param {number} all without filters @param {string} q */
function summary(count, all, q) {
  const number = count < all ? `${count} of ${all} results` : `${count || "No"} result${count === 1 ? "" : "s"}`;
  return q ? `${number} for “${q}”` : `${count} chapter${count === 1 ? "" : "s"} with these filters`;
}

let turn = 0;
/** @type {any[]} */
let hits = [];

/** Search for what the form asks, unless something else is asked meanwhile. */
async function search() {
  const now = ++turn;
  const { q, chosen } = asked();
  clear.hidden = !Object.keys(chosen).length;
  hint.hidden = Boolean(q) || !clear.hidden;
  if (!q && clear.hidden) {
    show([], "");
    showCounts(undefined);
    return;
  }
  list.setAttribute("aria-busy", "true");
  try {
    const pagefind = await load();
    const found = await pagefind.search(q || null, { filters: filters(chosen) });
    // The counts of a facet do not depend on what is chosen in it.
    const counts = await Promise.all(
      names.map(async (name) =>
        [name, (name in chosen ? await pagefind.search(q || null, { filters: filters(chosen, name) }) : found).filters[name]],
      ),
    );
    const pages = await Promise.all(found.results.slice(0, AT_ONCE).map((/** @type {any} */ hit) => hit.data()));
    if (now !== turn) return;
    show(pages, summary(found.results.length, q ? found.unfilteredResultCount : found.results.length, q), found.results);
    showCounts(Object.fromEntries(counts));
  } catch (error) {
    if (now !== turn) return;
    engine = undefined;
    show([], "The search could not be loaded. Try again, or look through the contents of the book.");
    console.warn(error);
  }
}

/** @param {any[]} pages @param {string} text @param {any[]} [found] */
function show(pages, text, found = []) {
  hits = found;
  list.replaceChildren(...pages.map(item));
  list.removeAttribute("aria-busy");
  status.textContent = text;
  none.hidden = !text || pages.length > 0;
  more.hidden = hits.length <= pages.length;
}

more.addEventListener("click", async () => {
  const now = turn;
  const from = list.children.length;
  const pages = await Promise.all(hits.slice(from, from + AT_ONCE).map((hit) => hit.data()));
  if (now !== turn || list.children.length !== from) return;
  list.append(...pages.map(item));
  more.hidden = hits.length <= list.children.length;
  list.children[from]?.querySelector("a")?.focus();
});

/** Keep what is asked in the address. @param {"pushState" | "replaceState"} how */
function remember(how) {
  const { q, chosen } = asked();
  const params = new URLSearchParams(q ? { q } : {});
  for (const [name, values] of Object.entries(chosen)) for (const value of values) params.append(name, value);
  const address = location.pathname + (params.size ? `?${params}` : "");
  if (address !== location.pathname + location.search) history[how](null, "", address);
}

/** Fill the form from the address, and search. */
function restore() {
  const params = new URLSearchParams(location.search);
  words.value = params.get("q") ?? "";
  for (const box of boxes) {
    box.disabled = false;
    box.checked = params.getAll(box.name).includes(box.value);
  }
  search();
}

let timer = 0;
words.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    remember("replaceState");
    search();
  }, PAUSE);
});
form.addEventListener("change", (event) => {
  if (event.target === words) return;
  remember("pushState");
  search();
});
form.addEventListener("focusout", () => {
  for (const box of boxes) box.disabled = box.getAttribute("aria-disabled") === "true";
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  remember("replaceState");
  search();
});
clear.addEventListener("click", () => {
  for (const box of boxes) box.checked = false;
  remember("pushState");
  search();
  status.focus();
});
slash.checked = localStorage.getItem("mg-slash") !== "off";
slash.addEventListener("change", () => localStorage.setItem("mg-slash", slash.checked ? "on" : "off"));
addEventListener("popstate", restore);
restore();
if (!words.value) words.focus();
