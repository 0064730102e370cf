// @ts-check
/**
 * Opens a notebook of the guide in JupyterLite's notebook view, starts Python, runs the first
 * cell, and says in words how far that is. JupyterLite shows its application as `jupyterapp`
 * (exposeAppInBrowser), on the same origin, so nothing has to be guessed from its HTML.
 */

const SLOW = 60;
/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);
document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "auto";

let step = 0;
/** @param {string} words */
const say = (words) => {
  byId("said").textContent = words;
};
/** @param {string} words */
const next = (words) => {
  byId("steps").value = step++;
  say(`Step ${step} of 3: ${words}`);
};
const since = performance.now();
const clock = setInterval(() => {
  const seconds = Math.round((performance.now() - since) / 1000);
  byId("clock").textContent = `${seconds} s${seconds > SLOW ? ". Slower than usual; it goes on." : ""}`;
}, 1000);
const finish = () => {
  clearInterval(clock);
  byId("clock").textContent = "";
  byId("steps").hidden = true;
};

/** Wait for what appears without an event. @template T @param {() => T} look @returns {Promise<NonNullable<T>>} */
const appears = (look) =>
  new Promise((resolve) => {
    const timer = setInterval(() => {
      const found = look();
      if (!found) return;
      clearInterval(timer);
      resolve(found);
    }, 100);
  });

/** Run a cell as if the reader did; say whether it went well. @param {any} app @param {any} panel @param {number} index */
const runCell = async (app, panel, index) => {
  panel.content.activeCellIndex = index;
  await app.commands.execute("notebook:run-cell");
  const outputs = panel.content.widgets[index].model.outputs?.toJSON() ?? [];
  return !outputs.some((/** @type {any} */ output) => output.output_type === "error");
};

async function start() {
  if (typeof WebAssembly === "undefined" || !navigator.serviceWorker) {
    throw new Error("this browser lacks what Python needs (WebAssembly and service workers, over https)");
  }
  next("loading the notebook.");
  const facts = await (await fetch("guide.json")).json();
  const asked = new URLSearchParams(location.search).get("notebook");
  // Only names that this site holds: the address cannot open anything else.
  const name = facts.notebooks.find((/** @type {string} */ known) => known === asked) ?? facts.notebooks[0];
  byId("back").href = `../book/${name}.html`;
  const frame = document.createElement("iframe");
  frame.title = "The notebook";
  frame.src = `notebooks/index.html?path=${name}.ipynb`;
  document.querySelector("main")?.append(frame);
  const app = await appears(() => /** @type {any} */ (frame.contentWindow)?.jupyterapp);
  await app.started;
  const panel = await appears(() => app.shell.currentWidget?.context && app.shell.currentWidget);
  await panel.context.ready;
  await panel.revealed;

  next("starting Python in your browser. This is the longest step.");
  const kernel = await appears(() => panel.sessionContext.session?.kernel);
  // Unlike the kernel's state, which is idle too early, a question waits for its answer; and
  // unlike an execution, a completion does not move the numbers of the cells.
  await kernel.requestComplete({ code: "", cursor_pos: 0 });

  const code = panel.content.widgets.findIndex((/** @type {any} */ cell) => cell.model.type === "code");
  let well = true;
  // The cell that loads more waits for the reader's word.
  if (panel.content.widgets[code].model.id !== "browser-load") {
    next("running the first cell.");
    well = await runCell(app, panel, code);
  }
  finish();
  say(
    well
      ? "Python runs. Change a cell, then run it with \u25b6 or Shift+Enter."
      : "Python runs, but the first cell failed; it says why.",
  );
  byId("rest").textContent = `Run all cells (${Math.round(facts.later / 1e6)} MB more)`;
  byId("rest").hidden = !well;
  byId("rest").addEventListener("click", async () => {
    byId("rest").hidden = true;
    say("Running all cells.");
    for (let index = code; index < panel.content.widgets.length; index++) {
      if (await runCell(app, panel, index)) continue;
      say("A cell failed; it says why. The cells before it ran.");
      return;
    }
    say("All cells ran.");
  });
}

start().catch((error) => {
  finish();
  say(`Python could not be started: ${error.message}. The page that you came from works without it.`);
});

export {}; // for the type checker: a module, whose names are its own
