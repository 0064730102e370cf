// @ts-check
/**
 * The host of a static page: gives the explorer a model without a kernel, keeps its
 * filters in the address, and loads the charts when they come into view.
 */
import explorer, { compileCatalog, filterNames, fromParams, toParams } from "./explorer.js";

/** The part of an anywidget model that the explorer uses, over plain values. */
class PageModel {
  /** @param {Record<string, any>} state @param {() => void} save */
  constructor(state, save) {
    this.state = state;
    this.save_changes = save;
    /** @type {Map<string, Set<() => void>>} */
    this.listeners = new Map();
  }
  get(/** @type {string} */ key) {
    return this.state[key];
  }
  set(/** @type {string} */ key, /** @type {any} */ value) {
    this.state[key] = value;
    for (const listener of this.listeners.get(`change:${key}`) ?? []) listener();
  }
  on(/** @type {string} */ event, /** @type {() => void} */ listener) {
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event)?.add(listener);
  }
  off(/** @type {string} */ event, /** @type {() => void} */ listener) {
    this.listeners.get(event)?.delete(listener);
  }
}

const embedded = (/** @type {Element} */ host) =>
  JSON.parse(host.querySelector('script[type="application/json"]')?.textContent ?? "null");

/** Bring an explorer to life; the first one of a page keeps its filters in the address.
 * @param {Element} host @param {boolean} first */
function mountExplorer(host, first) {
  const state = embedded(host);
  const catalog = compileCatalog(state.catalog);
  const root = new URL(document.documentElement.dataset.content_root ?? "./", document.baseURI);
  const page = new URL(location.pathname, location.origin).href;
  const initial = Object.fromEntries(filterNames(catalog).map((name) => [name, state[name]]));
  const here = () => location.pathname + location.search + location.hash;
  let typing = false;
  let latest = here();
  const save = () => {
    const search = toParams(catalog, /** @type {any} */ (model.state)).toString();
    const address = `${location.pathname}${search && "?" + search}${location.hash}`;
    if (address === latest) return;
    latest = address;
    // One entry of history for each choice, and one for a whole word being typed.
    const searching = document.activeElement?.matches(".mg-search input, .mg-range input") ?? false;
    const write = searching && typing ? "replaceState" : "pushState";
    typing = searching;
    // A new address makes the browser lay out the page: not before the answer is painted.
    requestAnimationFrame(() => setTimeout(() => history[write](null, "", address)));
  };
  const model = new PageModel({ ...state, page_url: page, chapters_url: root.href }, first ? save : () => {});
  const restore = () => {
    const params = new URLSearchParams(location.search);
    const asked = location.search ? fromParams(catalog, params) : initial;
    for (const [key, value] of Object.entries(asked)) model.set(key, value);
    typing = false;
    latest = here();
  };
  if (first) {
    restore();
    addEventListener("popstate", restore);
  }
  const el = document.createElement("div");
  explorer.render({ model, el });
  host.querySelector(".mg-fallback")?.replaceWith(el);
  return { model, catalog };
}

/** Settled at the first sign of a reader. Until then figures stay as the page shows them:
 * a megabyte of script is not worth it to who only arrives. */
const reading = new Promise((resolve) => {
  for (const sign of ["scroll", "pointermove", "pointerdown", "keydown"]) addEventListener(sign, resolve, { once: true, passive: true });
});

/** Load the charts' code, and Plotly with it, when they come near the view of a reader.
 * @param {Element} host @param {ReturnType<typeof mountExplorer> | undefined} followed */
function mountFigures(host, followed) {
  const near = new IntersectionObserver(
    async (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      await reading;
      const { drawFigures } = await import("./charts.js");
      await drawFigures(host, followed);
    },
    { rootMargin: "200px" },
  );
  near.observe(host);
}

const explorers = [...document.querySelectorAll('[data-mount="explorer"]')].map((host, i) => mountExplorer(host, i === 0));
for (const host of document.querySelectorAll('[data-mount="charts"]')) mountFigures(host, explorers[0]);
for (const host of document.querySelectorAll('[data-mount="figures"]')) mountFigures(host, undefined);
