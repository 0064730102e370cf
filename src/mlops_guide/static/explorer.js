// @ts-check
/**
 * The explorer: one plain ES module for two hosts, a Jupyter kernel (through anywidget)
 * and a static page (through page.js). A host gives `render` a model with get, set, on,
 * off and save_changes: https://anywidget.dev/en/afm/
 *
 * One file, because anywidget loads it from a Blob URL, where a sibling import fails.
 * The meaning of a filter is documented in filters.py; both are held together by tests.
 */

/**
 * @typedef {{name: string, title: string, folded?: boolean, values: [string, string][]}} Facet
 * @typedef {{name: string, title: string}} Range
 * @typedef {[number | null, number | null]} Bounds
 * @typedef {Record<string, any> & {id: string, title: string}} Resource
 * @typedef {{facets: Facet[], ranges: Range[], resources: Resource[]}} Payload
 * @typedef {Record<string, any> & {query: string, sort: string}} Filters
 * @typedef {{payload: Payload, facets: Facet[], ranges: Range[], resources: Resource[], codes: number[][][],
 *   titles: Record<string, Map<string, string>>, positions: Map<string, number>[], haystacks: string[], orders: Map<string, number[]>,
 *   found: {query: string, hits: Uint8Array | null}}} Catalog
 * @typedef {{get: (key: string) => any, set: (key: string, value: any) => void,
 *   on: (event: string, listener: () => void) => void,
 *   off: (event: string, listener: () => void) => void, save_changes: () => void}} Model
 */

export const SORTS = { title: "Title", newest: "Newest", shortest: "Shortest", level: "Level" };
/** How many cards are drawn at once; a larger result grows by a button. */
const BATCH = 200;
/** How many of them are drawn in the frame that answers an input: those in view; the rest follow that frame. */
const onScreen = () => Math.ceil(innerHeight / 150);

// ---------------------------------------------------------------- the meaning of a filter

/** Text without case, diacritics and Unicode forms; code point by code point, as in Python.
 * @param {string} text */
export function fold(text) {
  let folded = "";
  for (const point of text.normalize("NFKD").replace(/\p{M}/gu, ""))
    for (const low of point.toLowerCase()) for (const up of low.toUpperCase()) folded += up.toLowerCase();
  return folded;
}

/** The folded words of a text: its longest runs of letters and digits.
 * @param {string} text @returns {string[]} */
export function words(text) {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Order of code points, as Python compares; `<` would compare UTF-16 code units.
 * @param {string} a @param {string} b */
function compare(a, b) {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  if (i === a.length || i === b.length) return a.length - b.length;
  const rank = (/** @type {number} */ unit) =>
    unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;
  return rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
}

/** The values that a resource has in a facet; a facet of one value is kept as text.
 * @param {Resource} resource @param {Facet} facet @returns {string[]} */
function valuesOf(resource, facet) {
  const value = resource[facet.name];
  return Array.isArray(value) ? value : value ? [value] : [];
}

/** Make a catalog ready to be filtered many times.
 * @param {Payload} payload @returns {Catalog} */
export function compileCatalog(payload) {
  const { facets, ranges = [], resources } = payload;
  const positions = facets.map((facet) => new Map(facet.values.map(([value], i) => [value, i])));
  const codes = facets.map((facet, f) =>
    resources.map((r) => valuesOf(r, facet).map((v) => /** @type {number} */ (positions[f].get(v)))),
  );
  const titles = Object.fromEntries(facets.map((f) => [f.name, new Map(f.values)]));
  const haystacks = resources.map((r) => {
    const topics = (r.topic ?? []).map((/** @type {string} */ t) => titles.topic?.get(t) ?? t);
    return " " + words([r.title, r.authors, r.organization, ...topics, r.summary].join(" ")).join(" ");
  });
  const found = { query: "", hits: null };
  return { payload, facets, ranges, resources, codes, titles, positions, haystacks, orders: new Map(), found };
}

/** The names of all that can be filtered by, as a model holds them.
 * @param {Catalog} catalog */
export const filterNames = ({ facets, ranges }) => [...facets, ...ranges].map(({ name }) => name).concat("query", "sort");

/** Whether a number lies within bounds, both included; an unknown one lies within open ones alone.
 * @param {number | undefined} number @param {Bounds} bounds */
function within(number, [low, high]) {
  if (number == null) return low == null && high == null;
  return (low == null || number >= low) && (high == null || number <= high);
}

const isOpen = (/** @type {Bounds} */ [low, high]) => low == null && high == null;

/** All positions in an order without ties: by `sort`, then title, then id.
 * @param {Catalog} catalog @param {string} sort @returns {number[]} */
function order(catalog, sort) {
  const known = catalog.orders.get(sort);
  if (known) return known;
  const levels = catalog.positions[catalog.facets.findIndex((f) => f.name === "level")];
  /** @type {Record<string, (r: Resource) => number>} */
  const keys = {
    title: () => 0,
    newest: (r) => -(r.year ?? -Infinity),
    shortest: (r) => r.hours ?? Infinity,
    level: (r) => levels?.get(r.level) ?? Infinity,
  };
  const rows = catalog.resources.map((r, i) => ({ i, key: keys[sort](r), title: words(r.title).join(" "), id: r.id }));
  rows.sort((a, b) => (a.key === b.key ? compare(a.title, b.title) || compare(a.id, b.id) : a.key < b.key ? -1 : 1));
  const sorted = rows.map((row) => row.i);
  catalog.orders.set(sort, sorted);
  return sorted;
}

/** Which resources the query finds; remembered, because most events do not change it.
 * @param {Catalog} catalog @param {string} query @returns {Uint8Array | null} */
function search(catalog, query) {
  if (catalog.found.query !== query) {
    const needles = words(query).map((word) => " " + word);
    const hits = needles.length
      ? Uint8Array.from(catalog.haystacks, (text) => (needles.every((n) => text.includes(n)) ? 1 : 0))
      : null;
    catalog.found = { query, hits };
  }
  return catalog.found.hits;
}

/** Positions that match, in order, and for each facet the counts of its values.
 * A resource that fails one facet alone still counts within that facet.
 * @param {Catalog} catalog @param {Filters} filters
 * @returns {{selected: number[], counts: number[][]}} */
export function runQuery(catalog, filters) {
  const { facets, resources, codes, positions } = catalog;
  const wanted = facets.map((facet, f) => {
    const chosen = (filters[facet.name] ?? []).map((/** @type {string} */ v) => positions[f].get(v));
    return chosen.length ? new Set(chosen) : null;
  });
  const counts = facets.map((facet) => new Array(facet.values.length).fill(0));
  const hits = search(catalog, filters.query);
  const bounded = catalog.ranges.map(({ name }) => name).filter((name) => !isOpen(filters[name]));
  const selected = [];
  for (const i of order(catalog, filters.sort)) {
    if (hits && !hits[i]) continue;
    if (!bounded.every((name) => within(resources[i][name], filters[name]))) continue;
    let failed = -1;
    let failures = 0;
    for (let f = 0; f < facets.length && failures < 2; f++)
      if (wanted[f] && !codes[f][i].some((code) => /** @type {Set<number>} */ (wanted[f]).has(code))) {
        failed = f;
        failures++;
      }
    if (failures === 0) {
      selected.push(i);
      for (let f = 0; f < facets.length; f++) for (const code of codes[f][i]) counts[f][code]++;
    } else if (failures === 1) for (const code of codes[failed][i]) counts[failed][code]++;
  }
  return { selected, counts };
}

/** The filters as address parameters.
 * @param {Catalog} catalog @param {Filters} filters */
export function toParams(catalog, filters) {
  const params = new URLSearchParams();
  for (const { name } of catalog.facets) for (const value of filters[name]) params.append(name, value);
  for (const { name } of catalog.ranges) if (!isOpen(filters[name])) params.set(name, filters[name].map((/** @type {number | null} */ n) => n ?? "").join(".."));
  if (filters.query.trim()) params.set("q", filters.query.trim());
  if (filters.sort !== "title") params.set("sort", filters.sort);
  return params;
}

/** The filters that an address asks for; what the catalog does not know is ignored.
 * @param {Catalog} catalog @param {URLSearchParams} params @returns {Filters} */
export function fromParams(catalog, params) {
  const sort = params.get("sort") ?? "";
  /** @type {Filters} */
  const filters = { query: params.get("q") ?? "", sort: Object.hasOwn(SORTS, sort) ? sort : "title" };
  catalog.facets.forEach(({ name }, f) => {
    filters[name] = [...new Set(params.getAll(name))].filter((value) => catalog.positions[f].has(value));
  });
  for (const { name } of catalog.ranges) {
    const ends = /^(\d{1,7}(?:\.\d{1,4})?)?\.\.(\d{1,7}(?:\.\d{1,4})?)?$/.exec(params.get(name) ?? "");
    filters[name] = ends ? [ends[1], ends[2]].map((end) => (end ? Number(end) : null)) : [null, null];
  }
  return filters;
}

/** The selection as CSV (RFC 4180). A cell that a spreadsheet would run is defused by an
 * apostrophe: https://owasp.org/www-community/attacks/CSV_Injection
 * @param {Resource[]} resources */
export function toCsv(resources) {
  // A resource lacks the facts that are not known of it; every row has every column.
  /** @type {Record<string, any>[]} */
  const facts = resources.map(exported);
  const columns = [...new Set(["id", "title", ...facts.flatMap((fact) => Object.keys(fact))])];
  const cell = (/** @type {any} */ value) => {
    const text = Array.isArray(value) ? value.join(";") : String(value ?? "");
    const safe = /^[=+\-@＝＋－＠\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = facts.map((fact) => columns.map((column) => cell(fact[column])).join(","));
  return [columns.join(","), ...lines, ""].join("\r\n");
}

/** What a download holds of a resource: facts, under the names of the catalog's columns.
 * @param {Resource} resource */
export function exported({ topic, programming_language, authors, effort, chapter, ...facts }) {
  const lists = { authors: authors ? authors.split(", ") : [], topics: topic ?? [] };
  return { ...facts, ...lists, programming_languages: programming_language ?? [] };
}

// ------------------------------------------------------------------------------ the view

/** An element with attributes, listeners (on…) and children; text stays text.
 * @param {string} tag @param {Record<string, any>} [props] @param {...(Node | string)} children
 * @returns {any} */
function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** What has the focus in the tree of a node: marimo and mystmd put the explorer into a shadow tree.
 * @param {Node} node */
const focusNear = (node) => /** @type {Document | ShadowRoot} */ (node.getRootNode()).activeElement;

/** Ask a model for what its host may lack. A page of mystmd has nothing to save to, and says so by an error:
 * https://github.com/jupyter-book/myst-theme/blob/6498c64bc64e/packages/anywidget/src/models.ts
 * @param {() => void} ask */
function ifImplemented(ask) {
  try {
    ask();
  } catch (error) {
    if (!/not implemented/.test(String(error))) throw error;
  }
}

const button = (/** @type {string} */ text, /** @type {() => void} */ onclick, props = {}) =>
  h("button", { type: "button", class: "mg-button", onclick, ...props }, text);

/** The address if a browser may open it: catalogs are data, also when nobody has validated them.
 * @param {string} url */
const webAddress = (url) => (/^https?:\/\/[^/\s]/i.test(url ?? "") ? url : "");

/** One result. The same card stands in templates/card.html for readers without JavaScript.
 * @param {Catalog} catalog @param {Resource} r @param {string} base Where chapters are, or "". */
function card({ titles }, r, base) {
  const source = webAddress(r.url);
  const target = r.chapter && base ? new URL(r.chapter, base).href : source;
  const title = target ? h("a", { href: target }, r.title) : r.title;
  const badge = (/** @type {string} */ kind, /** @type {string} */ value) =>
    h("span", { class: `mg-badge mg-${kind}`, "data-value": value }, titles[kind]?.get(value) ?? value);
  const badges = ["cost", "format", "level"].filter((kind) => r[kind]).map((kind) => badge(kind, r[kind]));
  if (r.effort) badges.push(badge("effort", r.effort));
  if (r.status && r.status !== "active") badges.push(badge("status", r.status));
  const by = [r.authors, r.organization, r.year].filter(Boolean).join(" · ");
  const topics = (r.topic ?? []).map((/** @type {string} */ t) => h("li", {}, titles.topic?.get(t) ?? t));
  const checked = r.cost_checked
    ? ["Cost checked ", h("time", { datetime: r.cost_checked }, r.cost_checked)]
    : ["Cost not checked yet"];
  return h(
    "li",
    { class: "mg-card" },
    h("p", { class: "mg-card-title" }, title),
    h("p", { class: "mg-badges" }, ...badges.flatMap((b) => [b, " "])),
    h("p", { class: "mg-summary" }, r.summary ?? ""),
    ...(by ? [h("p", { class: "mg-by" }, by)] : []),
    h("ul", { class: "mg-topics", "aria-label": "Topics" }, ...topics),
    h(
      "p",
      { class: "mg-foot" },
      ...(source ? [h("a", { class: "mg-source", href: source }, `Source: ${new URL(source).hostname}`), " "] : []),
      h("span", { class: "mg-checked" }, ...checked),
    ),
  );
}

/** One facet: a group of checkboxes, each named by its value's title and count.
 * @param {Facet} facet @param {(value: string, on: boolean) => void} toggle */
function facetGroup(facet, toggle) {
  const rows = facet.values.map(([value, title]) => {
    const box = h("input", { type: "checkbox", value, onchange: () => toggle(value, box.checked) });
    const count = h("span", { class: "mg-count" });
    const mark = h("span", { class: `mg-${facet.name}`, "data-value": value }, title);
    return { box, count, label: h("label", {}, box, mark, " ", count) };
  });
  const settle = () => rows.forEach(({ box }) => (box.disabled = box.getAttribute("aria-disabled") === "true"));
  const options = h("div", { class: "mg-options", onfocusout: settle }, ...rows.map((row) => row.label));
  const group = h("fieldset", { class: "mg-facet" }, h("legend", {}, facet.title), options);
  const update = (/** @type {string[]} */ chosen, /** @type {number[]} */ counts) => {
    rows.forEach(({ box, count, label }, i) => {
      box.checked = chosen.includes(box.value);
      const off = counts[i] === 0 && !box.checked;
      // A box that has the focus would lose it: it is disabled for good when focus moves on.
      box.disabled = off && box !== focusNear(box);
      box.setAttribute("aria-disabled", String(off));
      label.classList.toggle("mg-off", off);
      label.classList.toggle("mg-on", box.checked);
      if (count.textContent !== String(counts[i])) count.textContent = String(counts[i]);
    });
    // On a phone the values scroll sideways: by keyboard too, where none of them can be reached.
    if (rows.every(({ box }) => box.disabled)) options.setAttribute("tabindex", "0");
    else options.removeAttribute("tabindex");
  };
  return { group, update };
}

/** A range in words, such as "2 to 10", "up to 10" or "from 2".
 * @param {Bounds} bounds */
const inWords = ([low, high]) => (low == null ? `up to ${high}` : high == null ? `from ${low}` : `${low} to ${high}`);

/** One range: a group of two numbers, either of which may be empty.
 * @param {Range} range @param {Catalog} catalog @param {(bounds: Bounds) => void} set */
function rangeGroup({ name, title }, catalog, set) {
  const known = catalog.resources.map((r) => r[name]).filter((number) => number != null);
  const ends = ["From", "To"].map((label, end) => {
    const extent = known.length ? known.reduce((a, b) => Math[end ? "max" : "min"](a, b)) : "";
    const oninput = () => set(/** @type {Bounds} */ (ends.map(({ field }) => (field.validity.badInput || field.value === "" ? null : Number(field.value)))));
    const field = h("input", { type: "number", min: 0, step: "any", placeholder: extent, oninput });
    return { field, label: h("label", {}, label, " ", field) };
  });
  const group = h("fieldset", { class: "mg-facet mg-range" }, h("legend", {}, title), h("div", { class: "mg-ends" }, ...ends.map((end) => end.label)));
  // What stands in a field stays as it was typed while it means the same number.
  const update = (/** @type {Bounds} */ bounds) =>
    ends.forEach(({ field }, end) => {
      const shown = field.value === "" ? null : Number(field.value);
      if (shown !== bounds[end] && !field.validity.badInput) field.value = bounds[end] ?? "";
    });
  return { group, update };
}

/** Every filter taken back; the order of results is no filter.
 * @param {Catalog} catalog @returns {Record<string, any>} */
const noFilters = ({ facets, ranges }) => ({
  ...Object.fromEntries([...facets.map(({ name }) => [name, []]), ...ranges.map(({ name }) => [name, [null, null]])]),
  query: "",
});

/** What to drop when nothing matches: the choice without which most resources would; where
 * one is not enough, the choice that finds fewest by itself.
 * @param {Catalog} catalog @param {Filters} filters */
function wayOut(catalog, filters) {
  /** @type {Record<string, any>} */
  const none = noFilters(catalog);
  const ways = catalog.facets
    .filter(({ name }) => filters[name].length)
    .map(({ name, title }) => {
      const chosen = filters[name].map((/** @type {string} */ value) => catalog.titles[name].get(value));
      return { label: `${title}: ${chosen.join(" or ")}`, key: name };
    });
  for (const { name, title } of catalog.ranges) if (!isOpen(filters[name])) ways.push({ label: `${title}: ${inWords(filters[name])}`, key: name });
  if (filters.query.trim()) ways.push({ label: `Search: ${filters.query.trim()}`, key: "query" });
  const size = (/** @type {any} */ asked) => runQuery(catalog, { ...asked, sort: "title" }).selected.length;
  return ways
    .map(({ label, key }) => {
      const change = { [key]: none[key] };
      return { label, change, without: size({ ...filters, ...change }), alone: size({ ...none, [key]: filters[key] }) };
    })
    .sort((a, b) => b.without - a.without || a.alone - b.alone)[0];
}

/** The sentence of an empty result: it names the filter to drop.
 * @param {ReturnType<typeof wayOut>} way */
function emptySentence({ label, without, alone }) {
  if (without === 1) return `No resource matches all of this. Without “${label}” there is 1 resource.`;
  if (without) return `No resource matches all of this. Without “${label}” there are ${without} resources.`;
  if (!alone) return `No resource matches “${label}” at all.`;
  return `No resource matches all of this, and dropping one filter is not enough; begin with “${label}”.`;
}

/** Offer a text as a file.
 * @param {string} name @param {string} type @param {string} text */
function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Copy a text; where the browser refuses (no secure context), show it for copying by hand.
 * @param {string} text @param {any} note */
async function copyText(text, note) {
  try {
    await navigator.clipboard.writeText(text);
    note.replaceChildren("Link copied.");
  } catch {
    const field = h("input", { readonly: true, "aria-label": "Link to this selection", value: text });
    note.replaceChildren("Copy this link: ", field);
    field.select();
  }
}

/** The list of results: a card is made once, and the list is changed in place, because
 * moving cards that stay costs layout.
 * @param {Catalog} catalog @param {string} base Where chapters are, or "". */
function resultList(catalog, base) {
  /** @type {Map<number, HTMLElement>} */
  const cards = new Map();
  let selected = /** @type {number[]} */ ([]);
  let limit = BATCH;
  const list = h("ul", { class: "mg-list", "aria-label": "Resources" });
  const more = button("", () => {
    const first = limit;
    limit += BATCH;
    draw();
    list.children[first]?.querySelector("a")?.focus();
  });

  /** @param {number} [first] Leave out, for now, cards after so many unless they stand there already. */
  function draw(first = limit) {
    const shown = new Set();
    for (const [n, i] of selected.slice(0, limit).entries()) {
      let drawn = cards.get(i);
      if (n >= first && drawn?.parentNode !== list) continue;
      if (!drawn) cards.set(i, (drawn = card(catalog, catalog.resources[i], base)));
      shown.add(drawn);
    }
    for (const old of [...list.children]) if (!shown.has(old)) old.remove();
    let next = list.firstChild;
    for (const drawn of shown) {
      if (drawn === next) next = next.nextSibling;
      else list.insertBefore(drawn, next);
    }
    more.hidden = selected.length <= limit;
    more.textContent = `Show ${Math.min(BATCH, selected.length - limit)} more`;
  }

  const show = (/** @type {number[]} */ found, /** @type {number} */ first = BATCH) => {
    selected = found;
    limit = BATCH;
    draw(first);
  };
  return { list, more, show, draw, rows: () => selected.map((i) => catalog.resources[i]) };
}

/** The chosen values, each a button that drops it.
 * @param {Catalog} catalog @param {(changes: Record<string, any>) => void} change
 * @param {HTMLElement} fallback Takes the focus when the last chip is removed by keyboard. */
function chipBar(catalog, change, fallback) {
  const chips = h("ul", { class: "mg-chips", "aria-label": "Active filters" });
  const chip = (/** @type {string} */ label, /** @type {Record<string, any>} */ without) =>
    h(
      "li",
      {},
      h("button", { type: "button", class: "mg-chip", onclick: () => change(without) }, h("span", { class: "mg-hidden" }, "Remove filter "), label),
    );
  const update = (/** @type {Filters} */ filters) => {
    const active = catalog.facets.flatMap(({ name, title }) =>
      filters[name].map((/** @type {string} */ value) => {
        const others = filters[name].filter((/** @type {string} */ other) => other !== value);
        return chip(`${title}: ${catalog.titles[name].get(value)}`, { [name]: others });
      }),
    );
    for (const { name, title } of catalog.ranges)
      if (!isOpen(filters[name])) active.push(chip(`${title}: ${inWords(filters[name])}`, { [name]: [null, null] }));
    const query = filters.query.trim();
    if (query) active.push(chip(`Search: ${query}`, { query: "" }));
    const focused = [...chips.children].findIndex((old) => old.contains(focusNear(chips)));
    chips.replaceChildren(...active);
    // A chip that was removed by keyboard hands its focus to the next one.
    if (focused >= 0) (active[Math.min(focused, active.length - 1)]?.firstChild ?? fallback).focus();
    return active.length;
  };
  return { chips, update };
}

/** Copy link and downloads, and the line that tells how it went.
 * @param {() => Resource[]} rows @param {() => string} link The address of the selection, or "". */
function actionBar(rows, link) {
  const note = h("p", { class: "mg-note", "aria-live": "polite" });
  const copy = button("Copy link", () => copyText(link(), note), { hidden: !link() });
  const csv = button("Download CSV", () => download("resources.csv", "text/csv", toCsv(rows())));
  const json = button("Download JSON", () =>
    download("resources.json", "application/json", JSON.stringify(rows().map(exported), null, 2) + "\n"),
  );
  return { bar: h("div", { class: "mg-actions" }, copy, csv, json, note), note };
}

/** @param {{model: Model, el: HTMLElement}} host */
function render({ model, el }) {
  const catalog = compileCatalog(model.get("catalog"));
  const keys = filterNames(catalog);
  const state = () => /** @type {Filters} */ (Object.fromEntries(keys.map((key) => [key, model.get(key)])));
  const change = (/** @type {Record<string, any>} */ changes) => {
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    ifImplemented(() => model.save_changes());
  };
  const toggle = (/** @type {string} */ name, /** @type {string} */ value, /** @type {boolean} */ on) => {
    const others = model.get(name).filter((/** @type {string} */ other) => other !== value);
    change({ [name]: on ? [...others, value] : others });
  };
  const clear = () => change(noFilters(catalog));
  const link = () => {
    const page = model.get("page_url");
    return page && `${page}?${toParams(catalog, state())}`.replace(/\?$/, "");
  };

  const status = h("p", { role: "status", class: "mg-status", tabindex: "-1" });
  const field = h("input", {
    type: "search",
    "aria-label": "Search resources",
    placeholder: "Search resources",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => change({ query: field.value }),
  });
  const options = Object.entries(SORTS).map(([value, title]) => h("option", { value }, title));
  const sorting = h("select", { onchange: () => change({ sort: sorting.value }) }, ...options);
  const facets = catalog.facets.map((f) => facetGroup(f, (value, on) => toggle(f.name, value, on)));
  const ranges = catalog.ranges.map((range) => rangeGroup(range, catalog, (bounds) => change({ [range.name]: bounds })));
  const { chips, update: updateChips } = chipBar(catalog, change, status);
  const clearAll = button("Clear all", () => (clear(), status.focus()));
  const empty = h("div", { class: "mg-empty", hidden: true });
  const results = resultList(catalog, model.get("chapters_url") || "");
  const actions = actionBar(results.rows, link);
  const folded = [...facets.filter((_, f) => catalog.facets[f].folded), ...ranges].map((part) => part.group);
  const more = h("details", { class: "mg-more", hidden: !folded.length }, h("summary", {}, "More filters"), h("div", { class: "mg-folded" }, ...folded));
  const form = h(
    "form",
    { role: "search", class: "mg-filters", "aria-label": "Filter resources", onsubmit: (/** @type {Event} */ e) => e.preventDefault() },
    button("Skip to results", () => status.focus(), { class: "mg-button mg-skip" }),
    h("div", { class: "mg-search" }, field),
    ...facets.filter((_, f) => !catalog.facets[f].folded).map((facet) => facet.group),
    more,
  );
  const bar = h("div", { class: "mg-bar" }, status, h("label", { class: "mg-sort" }, "Sort by ", sorting));
  const active = h("div", { class: "mg-active" }, chips, clearAll);
  const found = h("div", { class: "mg-results" }, bar, active, empty, results.list, results.more, actions.bar);

  /** @param {number} [first] How many cards to draw now, at least. */
  function update(first) {
    const filters = state();
    const { selected, counts } = runQuery(catalog, filters);
    facets.forEach((facet, f) => facet.update(filters[catalog.facets[f].name], counts[f]));
    ranges.forEach((range, r) => range.update(filters[catalog.ranges[r].name]));
    if (field.value !== filters.query) field.value = filters.query;
    sorting.value = filters.sort;
    status.textContent = `${selected.length} of ${catalog.resources.length} resources`;
    actions.note.replaceChildren();
    active.hidden = updateChips(filters) === 0;
    empty.hidden = selected.length > 0 || catalog.resources.length === 0;
    if (!empty.hidden) {
      const way = wayOut(catalog, filters);
      const drop = button(`Drop “${way.label}”`, () => (change(way.change), status.focus()));
      empty.replaceChildren(h("p", {}, emptySentence(way)), drop);
    }
    results.show(selected, first);
  }

  let waiting = false; // one drawing a frame; inside an input's event it would cost a second layout
  const later = () => {
    if (!waiting)
      requestAnimationFrame(() => {
        waiting = false;
        update(onScreen());
        setTimeout(results.draw);
      });
    waiting = true;
  };
  update();
  // What is filtered by is in view.
  const asked = state();
  more.open = catalog.facets.some(({ name, folded }) => folded && asked[name].length) || catalog.ranges.some(({ name }) => !isOpen(asked[name]));
  el.replaceChildren(h("div", { class: "mg-explorer" }, form, found));
  for (const key of keys) model.on(`change:${key}`, later);
  return () => {
    for (const key of keys) ifImplemented(() => model.off(`change:${key}`, later));
  };
}

export default { render };
