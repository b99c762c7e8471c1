// What every part uses: elements, words, work in slices, the clipboard.
//
// All text comes from AWS or from checks and is hostile: it enters the page through append() of strings only, and the
// page's policy refuses innerHTML and its like.

const byId = (id) => document.getElementById(id);
const format = new Intl.NumberFormat("en");
const number = (n) => format.format(n);
const plural = (n, one) => `${number(n)} ${n === 1 ? one : one.endsWith("y") ? one.slice(0, -1) + "ies" : one + "s"}`;
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const compareText = new Intl.Collator("en", { numeric: true }).compare;

const HIDDEN = /(?![\n ]|(?<=^[\t ]*)\t)[\p{C}\p{Z}\p{DI}\u2800]/gmu; // as aioprowler/texts.py has them, which says why; lines stay lines
const symbol = (c) => `<U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`;
const visible = (text) => String(text).replace(HIDDEN, symbol);

/** Children as they enter the page: without what is not there, and texts made visible. */
const nodes = (children) => children.filter((child) => child != null && child !== false && child !== "").map((c) => (typeof c === "string" ? visible(c) : c));
/** Puts them in the place of those that an element has. */
const fill = (element, ...children) => element.replaceChildren(...nodes(children));

/** An element; properties by name, `on...` as listeners, children as elements or strings. */
function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, visible(value));
  }
  element.append(...nodes(children));
  return element;
}
const line = (tag, ...children) => h(tag, { dir: "auto" }, ...children);
const button = (properties, ...children) => h("button", { type: "button", ...properties }, ...children);

const GLYPH = { FAIL: "!", MANUAL: "?", PASS: "✓", MUTED: "~" };
const glyph = (status) => h("i", { class: `glyph ${status}`, "aria-hidden": "true" }, GLYPH[status]);
const statusLabel = (status) => h("span", { class: `status ${status}` }, glyph(status), status);
const severityLabel = (severity) => h("span", { class: `severity ${severity}` }, h("span", null, severity));

/** Redraw and give the focus back to the control that has the same key. */
function keepFocus(redraw) {
  const key = document.activeElement?.dataset?.key;
  redraw();
  if (key) document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** The first of many elements, and a button that shows the others. `put` makes the box that holds them. */
function firstOf(elements, put, most = 10) {
  const rest = elements.slice(most), box = put(elements);
  rest.forEach((element) => { element.hidden = true; });
  if (!rest.length) return [box];
  const words = () => (rest[0].hidden ? `Show all ${number(elements.length)}` : "Show fewer");
  const more = button({ class: "more", "aria-expanded": "false", onclick() {
    rest.forEach((element) => { element.hidden = !element.hidden; });
    more.textContent = words();
    more.setAttribute("aria-expanded", String(!rest[0].hidden));
  } }, words());
  return [box, more];
}

// ---- work in slices -------------------------------------------------------------------------------------------------

const SLICE = 25; // milliseconds of work, after which the browser has its turn
const turns = new MessageChannel(), waiting = [];
turns.port1.onmessage = () => waiting.shift()();
const turn = () => new Promise((done) => { waiting.push(done); turns.port2.postMessage(0); });
let runs = 0;

/** Runs a generator, which yields often. Whether it came to its end: a newer run ends it. */
async function run(steps) {
  const mine = ++runs;
  for (let until = performance.now() + SLICE; !steps.next().done;) {
    if (performance.now() < until) continue;
    await turn();
    if (mine !== runs) return false;
    until = performance.now() + SLICE;
  }
  return true;
}

// ---- the clipboard --------------------------------------------------------------------------------------------------

/** Files opened from the disk may lack the clipboard's interface: then the old command does it. */
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = (document.querySelector("dialog[open]") || document.body).appendChild(h("textarea", { class: "hidden", "aria-hidden": "true" }));
    area.value = text;
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

async function copy(event, text) {
  const pressed = event.currentTarget, label = pressed.textContent;
  event.stopPropagation();
  const told = (await toClipboard(text)) ? "Copied" : "Not allowed";
  pressed.focus({ preventScroll: true });
  pressed.textContent = byId("said").textContent = told;
  setTimeout(() => { pressed.textContent = label; byId("said").textContent = ""; }, 1500);
}
/** `then`: what is left to do with it. */
const copyButton = (text, what, then = "") => button({ class: then ? "copy under" : "copy", "aria-label": `Copy ${what}${then}`, onclick: (event) => copy(event, text) }, `Copy${then}`);

const PLACEHOLDER = /(<[a-z][a-z0-9-]*>)/;
/** What is to be pasted as it is seen. What only a person can fill in stands out, and the button names it. */
function command(text, what) {
  const parts = visible(text).split(PLACEHOLDER), open = new Set(parts.filter((_, at) => at % 2));
  return h("div", { class: "command" }, h("pre", { dir: "ltr" }, ...parts.map((part, at) => (at % 2 ? h("mark", null, part) : part))),
    copyButton(parts.join(""), what, open.size ? `, then fill in ${[...open].join(", ")}` : ""));
}
