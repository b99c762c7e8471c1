// The list of findings: only the lines near the window are in the document.

const HIGHEST = 16000000; // pixels; browsers end an element at some 17 million
const NARROW = matchMedia("(max-width: 1020px)"); // as in report.css: lines are cards
const drawn = new Map();
let rowHeight = 58, opened = -1, openedAt = -1, openHeight = 0, panel = null, active = 0;
/** Where each line begins, and after them where the last one ends; null where all are as high. */
let tops = null;
const shownRows = () => (tops ? Math.min(lines.length, lineAt(HIGHEST)) : Math.min(lines.length, Math.floor(HIGHEST / rowHeight)));
const shutTop = (at) => (tops ? tops[at] : at * rowHeight);
const heightOf = (at) => shutTop(at + 1) - shutTop(at);
const topOf = (at) => shutTop(at) + (openedAt >= 0 && at > openedAt ? openHeight : 0);

/** The line at so many pixels, if none is open. */
function lineAt(y) {
  if (!tops) return Math.floor(y / rowHeight);
  let low = 0, high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tops[middle + 1] <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** For each group, of which kind its head is: heads with the same severity and as many digits are as high. */
function kindsOfHeads() {
  const { values, counts, severity, starts } = groups, digits = (n) => (n ? 1 + Math.floor(Math.log10(n)) : 0), known = new Map();
  return Uint32Array.from(values, (value) => {
    let kind = 16 * severity[value] + digits(starts[value + 1] - starts[value]);
    for (let status = 0; status < 4; status++) kind = 16 * kind + digits(counts[4 * value + status]);
    if (!known.has(kind)) known.set(kind, known.size);
    return known.get(kind);
  });
}

/** Kind of head -> its height, by one of each in the document. */
function heightsOfHeads(kinds) {
  const heads = [];
  for (let at = 0; at < lines.length; at++) if (lines[at] < 0) heads[kinds[-1 - lines[at]]] ??= row(at);
  byId("rows").append(...heads);
  const heights = heads.map((head) => Math.ceil(head.getBoundingClientRect().height));
  heads.forEach((head) => head.remove());
  return heights;
}

/** On a narrow screen heads are as high as what they say. */
function measureHeads() {
  tops = null;
  if (!groups || !NARROW.matches) return;
  const width = byId("rows").clientWidth;
  groups.kinds ??= kindsOfHeads();
  if (groups.width !== width) Object.assign(groups, { width, heights: heightsOfHeads(groups.kinds) });
  const { kinds, heights } = groups, found = new Uint32Array(lines.length + 1);
  for (let at = 0; at < lines.length; at++) found[at + 1] = found[at] + (lines[at] < 0 ? heights[kinds[-1 - lines[at]]] : rowHeight);
  tops = found;
}

function showColumns() {
  fill(byId("columns"), ...Object.entries(COLUMNS).map(([column, title]) =>
    h("div", { role: "columnheader", "aria-sort": state.sort === column ? (state.down ? "descending" : "ascending") : "none" },
      button({ "data-key": `sort/${column}`, onclick: () => change({ sort: column, down: state.sort === column && !state.down }) }, title))));
}

// ---- one line -------------------------------------------------------------------------------------------------------

function opener(at, open, ...content) {
  return button({ class: "open-it", dir: "auto", "aria-expanded": String(open), tabindex: at === active ? 0 : -1, onkeydown: (event) => move(event, at), onfocus: () => activate(at),
    onclick: (event) => { event.stopPropagation(); toggle(at); } }, ...content);
}

function findingCells(at, i) {
  const check = checks[of.check[i]], resource = resourceAt(of.resource[i]), account = accounts[of.account[i]], severity = severities[of.severity[i]];
  const cell = (name, ...content) => h("div", { class: `cell ${name}`, role: "cell" }, ...content);
  return [cell("", statusLabel(statuses[of.status[i]])), cell("", severityLabel(severity)),
    cell("finding", opener(at, at === openedAt, headline(i)), line("small", said(i).detail)), cell("resource", line("span", resource.name), line("small", check.type)),
    cell("service", line("span", services[of.service[i]])), cell("region", line("span", regions[of.region[i]])),
    cell("account", line("span", account.id), account.name && line("small", account.name)), cell("owner", line("span", owners[of.owner[i]]))];
}

function aboutGroup(value) {
  const item = facets[state.group].item(value);
  if (state.group === "check") return [groups.counts[4 * value + FAIL] ? item.problem : item.title, `${services[item.service]} · ${item.id}`];
  if (state.group === "resource") return [item.name, item.arn || item.id];
  if (state.group === "account") return [item.name || item.id, [item.id, units[item.unit], item.email].filter(Boolean).join(" · ")];
  return [item];
}

function groupCells(at, value) {
  const [title, more] = aboutGroup(value), open = expanded.has(value), severity = groups.severity[value], count = (status) => groups.counts[4 * value + statuses.indexOf(status)];
  const figures = STATUS_ORDER.filter(count).map((status) => h("span", { class: `status ${status}` }, glyph(status), `${number(count(status))} ${status}`));
  return [h("div", { class: "cell group", role: "cell", "aria-colspan": Object.keys(COLUMNS).length - 1 }, opener(at, open, h("span", { class: "turn", "aria-hidden": "true" }, open ? "▾" : "▸"), title), more && line("small", more)),
    h("div", { class: "cell figures", role: "cell" }, severity < severities.length && severityLabel(severities[severity]), ...figures, h("span", { class: "all" }, plural(groups.starts[value + 1] - groups.starts[value], "finding")))];
}

function row(at) {
  const what = lines[at], isGroup = what < 0;
  return h("div", { class: `row${isGroup ? " group-row" : state.group ? " inner" : ""}${at === openedAt ? " open" : ""}`, role: "row", "aria-rowindex": at + 2,
    onclick: () => { if (!getSelection().toString()) toggle(at); } }, ...(isGroup ? groupCells(at, groupAt(at)) : findingCells(at, what)));
}

// ---- the lines in the document --------------------------------------------------------------------------------------

/** Draw the rows near the window, and keep the one that has the focus. */
function draw() {
  if (state.view !== "findings") return;
  const box = byId("rows"), offset = -box.getBoundingClientRect().top, height = innerHeight, margin = 8;
  const rowAt = (y) => lineAt(openedAt >= 0 && y > shutTop(openedAt + 1) ? Math.max(y - openHeight, shutTop(openedAt + 1)) : y);
  const first = Math.max(0, rowAt(offset) - margin), last = Math.min(shownRows() - 1, rowAt(offset + height) + margin);
  const focused = document.activeElement?.closest?.("#rows > .row");
  for (const [at, element] of drawn) if ((at < first || at > last) && element !== focused) { element.remove(); drawn.delete(at); }
  for (let at = first; at <= last; at++) if (!drawn.has(at)) place(at, row(at));
  if (panel) panel.style.transform = `translateY(${shutTop(openedAt + 1)}px)`;
}

/** Insert a row so that the order in the document, which screen readers follow, is that on the screen. */
function place(at, element) {
  const before = drawn.get(at - 1);
  drawn.set(at, element);
  element.style.transform = `translateY(${topOf(at)}px)`;
  if (before) return (at - 1 === openedAt && panel ? panel : before).after(element);
  const next = [...drawn.keys()].filter((other) => other > at).sort((a, b) => a - b)[0];
  return byId("rows").insertBefore(element, next === undefined ? null : drawn.get(next));
}

function layout() {
  byId("rows").style.height = `${topOf(shownRows())}px`;
  byId("table").setAttribute("aria-rowcount", lines.length + 1);
  for (const [at, element] of drawn) element.style.transform = `translateY(${topOf(at)}px)`;
  draw();
}

function redraw() {
  if (state.view !== "findings") return;
  rowHeight = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row"));
  const focus = document.activeElement?.closest?.("#rows") != null;
  for (const element of drawn.values()) element.remove();
  drawn.clear();
  measureHeads();
  openedAt = opened < 0 ? -1 : lines.indexOf(opened);
  if (openedAt < 0 || openedAt >= shownRows()) shut();
  active = Math.min(active, Math.max(0, shownRows() - 1));
  layout();
  if (panel) drawn.get(openedAt)?.after(panel);
  if (focus) drawn.get(active)?.querySelector(".open-it").focus({ preventScroll: true });
}

function activate(at) {
  drawn.get(active)?.querySelector(".open-it").setAttribute("tabindex", "-1");
  active = at;
  drawn.get(at)?.querySelector(".open-it").setAttribute("tabindex", "0");
}

const KEYS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
function move(event, at) {
  const isGroup = lines[at] < 0, open = isGroup ? expanded.has(groupAt(at)) : at === openedAt;
  if (event.key === "Escape" && open) event.stopPropagation();
  if ((event.key === "Escape" && open) || (event.key === "ArrowRight" && !open) || (event.key === "ArrowLeft" && open)) return toggle(at);
  if (event.key === "ArrowLeft" && !isGroup && state.group) { event.preventDefault(); return reveal(headOf(at)); }
  if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  event.preventDefault();
  return reveal(Math.max(0, Math.min(shownRows() - 1, at + KEYS[event.key])));
}

function headOf(at) {
  while (at > 0 && lines[at] >= 0) at--;
  return at;
}

/** Scroll a row into the window and focus it. */
function reveal(at) {
  const sticky = byId("sticky"), above = getComputedStyle(sticky).position === "sticky" ? sticky.offsetHeight : 0;
  const y = byId("rows").getBoundingClientRect().top + topOf(at);
  if (y < above) scrollBy(0, y - above - rowHeight);
  else if (y + heightOf(at) > innerHeight) scrollBy(0, y + heightOf(at) + rowHeight - innerHeight);
  draw();
  activate(at);
  drawn.get(at)?.querySelector(".open-it").focus({ preventScroll: true });
}

// ---- opening and closing --------------------------------------------------------------------------------------------

const measure = new ResizeObserver(() => {
  if (!panel || panel.offsetHeight === openHeight) return;
  openHeight = panel.offsetHeight;
  layout();
});

function shut() {
  panel?.remove();
  panel = null;
  measure.disconnect();
  mark(openedAt, false);
  opened = openedAt = -1;
  openHeight = 0;
}

function mark(at, open) {
  const element = drawn.get(at);
  element?.classList.toggle("open", open);
  element?.querySelector(".open-it").setAttribute("aria-expanded", String(open));
}

function open(at) {
  opened = lines[at];
  openedAt = at;
  panel = h("div", { class: "details", role: "row" }, details(opened));
  drawn.get(at).after(panel);
  mark(at, true);
  openHeight = panel.offsetHeight;
  measure.observe(panel);
}

function toggle(at) {
  if (lines[at] < 0) return toggleGroup(at);
  const again = at === openedAt, before = drawn.get(at)?.getBoundingClientRect().top;
  shut();
  activate(at);
  if (!again) open(at);
  layout();
  const after = drawn.get(at)?.getBoundingClientRect().top;
  if (after !== before) scrollBy(0, after - before); // what closed above must not move what was clicked
  const uid = again ? "" : said(opened).uid;
  [sought, soughtOf] = [opened, uid];
  return remember({ finding: uid });
}

function toggleGroup(at) {
  const value = groupAt(at), head = lines[at], before = drawn.get(at)?.getBoundingClientRect().top;
  expanded.delete(value) || expanded.add(value);
  activate(at);
  spread();
  redraw();
  showPager();
  const after = drawn.get(lines.indexOf(head))?.getBoundingClientRect().top;
  if (before !== undefined && after !== undefined && after !== before) scrollBy(0, after - before);
}

/** Of the address: the finding that is open. */
function openTold() {
  const i = sought;
  if (i === opened) return;
  shut();
  if (i >= 0 && state.group && !every.includes(i)) {
    expanded.add(of[facets[state.group].column][i]);
    spread();
  }
  if (i >= 0) turnTo(every.indexOf(i));
  redraw();
  const at = i < 0 ? -1 : lines.indexOf(i);
  if (at < 0 || at >= shownRows()) return;
  reveal(at);
  open(at);
  layout();
}

/** The list goes on where a browser's element ends. */
function showPager() {
  const last = firstLine + lines.length, to = (line, what) => button({ "data-key": `page/${what}`, disabled: line < 0 || line >= every.length, onclick: () => { shut(); turnTo(line); redraw(); keepFocus(showPager); byId("sticky").scrollIntoView(); } }, what);
  byId("pager").hidden = every.length <= lines.length;
  fill(byId("pager"), to(firstLine - PAGE, "Previous"), h("span", { role: "status" }, `Lines ${number(firstLine + 1)} to ${number(last)} of ${number(every.length)}`), to(firstLine + PAGE, "Next"));
}

function showFindings() {
  keepFocus(showColumns);
  byId("pick-sort").value = state.sort;
  byId("pick-group").value = state.group;
  byId("table").hidden = byId("columns").hidden = !view.length;
  redraw();
  openTold();
  showPager();
  const empty = byId("empty");
  empty.hidden = view.length > 0;
  fill(empty, isFiltered() ? "No finding matches these filters." : ["This report has no findings.", ...partial].join(" "));
}
