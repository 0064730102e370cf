// @ts-check
/**
 * Figures on a static page: drawn by the book's own copy of Plotly, in the colours of the
 * page, and, below an explorer, redrawn from its selection. What a figure counts stands in
 * its layout.meta, written by charts.py.
 */
import { filterNames, runQuery } from "./explorer.js";

/** @typedef {{data: any[], layout: any}} Spec */

/** @type {Promise<any> | undefined} */
let plotly;

/** Plotly, loaded once; it is a classic script that sets a global. */
function loadPlotly() {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("./vendor/plotly-basic.min.js", import.meta.url).href;
    script.onload = () => resolve(/** @type {any} */ (window).Plotly);
    script.onerror = () => reject(new Error(`${script.src} did not load`));
    document.head.append(script);
  });
  return plotly;
}

/** A figure's numbers for a selection; the rules are those of charts.py.
 * @param {Spec} spec @param {Record<string, any>[]} resources @returns {any[]} */
export function countSelection({ data, layout: { meta } }, resources) {
  const values = (/** @type {Record<string, any>} */ r, /** @type {string} */ name) => {
    const value = r[name];
    return Array.isArray(value) ? value : value == null ? [] : [String(value)];
  };
  if (meta.kind === "points") {
    const titles = new Map(meta.values);
    const known = resources.filter((r) => r.hours != null);
    const y = known.map((r) => titles.get(r[meta.category]) ?? r[meta.category]);
    return [{ ...data[0], x: known.map((r) => r.hours), y, text: known.map((r) => r.title) }];
  }
  const labels = meta.values.map((/** @type {string[]} */ pair) => pair[1]);
  return data.map((trace, s) => {
    const [wanted] = meta.series_values[s];
    const numbers = meta.values.map(
      (/** @type {string[]} */ [value]) => resources.filter((r) => values(r, meta.category).includes(value) && values(r, meta.series).includes(wanted)).length,
    );
    return trace.orientation === "h" ? { ...trace, x: numbers, y: labels } : { ...trace, x: labels, y: numbers };
  });
}

/** The layout in the colours and type that its figure has on the page now.
 * @param {any} layout @param {Element} figure */
function dressed(layout, figure) {
  const { color, borderTopColor: lines, fontFamily } = getComputedStyle(figure);
  const axis = { gridcolor: lines, zerolinecolor: lines, linecolor: lines };
  const { title, template, ...rest } = layout;
  return {
    ...rest,
    autosize: true,
    paper_bgcolor: "transparent",
    plot_bgcolor: "transparent",
    margin: { ...rest.margin, t: rest.showlegend === false ? 12 : 44 },
    font: { ...rest.font, color, family: fontFamily, size: figure.clientWidth < 480 ? 12 : 13 },
    xaxis: { ...rest.xaxis, ...axis },
    yaxis: { ...rest.yaxis, ...axis },
  };
}

/** Write a figure's numbers into its table.
 * @param {Element} figure @param {Spec} spec @param {any[]} traces */
function writeTable(figure, { layout: { meta } }, traces) {
  const body = figure.querySelector("tbody");
  const head = figure.querySelector("thead tr");
  if (!body || !head) return;
  const cell = (/** @type {string} */ tag, /** @type {any} */ text, /** @type {string} */ scope = "") => {
    const element = document.createElement(tag);
    if (scope) element.setAttribute("scope", scope);
    element.textContent = String(text);
    return element;
  };
  let rows;
  if (meta.kind === "points") rows = traces[0].text.map((/** @type {string} */ t, /** @type {number} */ i) => [t, traces[0].y[i], traces[0].x[i]]);
  else {
    const horizontal = traces[0].orientation === "h";
    const numbers = traces.map((trace) => (horizontal ? trace.x : trace.y));
    const used = traces.map((_, s) => s).filter((s) => numbers[s].some((/** @type {number} */ n) => n > 0));
    head.replaceChildren(...[head.firstElementChild?.textContent, ...used.map((s) => traces[s].name)].map((t) => cell("th", t, "col")));
    rows = meta.values
      .map((/** @type {string[]} */ [, title], /** @type {number} */ i) => [title, ...used.map((s) => numbers[s][i])])
      .filter((/** @type {any[]} */ row) => row.slice(1).some((n) => n > 0));
  }
  body.replaceChildren(
    ...rows.map((/** @type {any[]} */ [first, ...others]) => {
      const row = document.createElement("tr");
      row.append(cell("th", first, "row"), ...others.map((text) => cell("td", text)));
      return row;
    }),
  );
}

/** A click on a bar or a point chooses its values, where they are facets.
 * @param {any} event @param {Spec} spec @param {any} followed */
function choose(event, { layout: { meta } }, { model, catalog }) {
  const point = event.points?.[0];
  if (!point) return;
  const category = point.data.orientation === "h" || meta.kind === "points" ? point.y : point.x;
  const value = meta.values.find((/** @type {string[]} */ pair) => pair[1] === String(category))?.[0];
  const chosen = { [meta.category]: value, [meta.series]: meta.series_values?.[point.curveNumber]?.[0] };
  for (const { name } of catalog.facets) if (chosen[name] != null) model.set(name, [chosen[name]]);
  model.save_changes();
}

/** Draw every figure of a host, and again whenever the selection or the colours change.
 * @param {Element} host @param {{model: any, catalog: any} | undefined} followed */
export async function drawFigures(host, followed) {
  const Plotly = await loadPlotly();
  const figures = [...host.querySelectorAll(".mg-chart")].map((figure) => ({
    figure,
    plot: /** @type {any} */ (figure.querySelector(".mg-plot")),
    spec: JSON.parse(figure.querySelector("script")?.textContent ?? ""),
  }));
  const keys = followed ? filterNames(followed.catalog) : [];
  const draw = () => {
    const filters = Object.fromEntries(keys.map((key) => [key, followed?.model.get(key)]));
    const rows = followed && runQuery(followed.catalog, /** @type {any} */ (filters)).selected.map((i) => followed.catalog.resources[i]);
    for (const { figure, plot, spec } of figures) {
      const traces = rows ? countSelection(spec, rows) : spec.data;
      if (rows) writeTable(figure, spec, traces);
      Plotly.react(plot, traces, dressed(spec.layout, figure), { displayModeBar: false, responsive: true });
    }
    host.setAttribute("data-drawn", "");
  };
  let timer = 0;
  const later = () => {
    clearTimeout(timer); // off the input's path: after the list has been painted
    timer = setTimeout(() => requestAnimationFrame(() => setTimeout(draw)), 120);
  };
  for (const { plot } of figures) plot.replaceChildren(); // what stood there until now
  draw();
  for (const { plot, spec } of figures) if (followed) plot.on("plotly_click", (/** @type {any} */ e) => choose(e, spec, followed));
  for (const key of keys) followed?.model.on(`change:${key}`, later);
  new MutationObserver(later).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
