"use strict";
(() => {
  // All text comes from AWS or from checks and is hostile: it enters the page through append() of strings only, and the
  // page's policy refuses innerHTML and its like.

  const CHECK = 0, ACCOUNT = 1, RESOURCE = 2, FINDING = 3, TIME = 4, END = 5, COVERAGE = 6;
  const ROWS_SHOWN = 250000; // browsers end an element at some 17 million pixels
  const BARS_SHOWN = matchMedia("(max-width: 640px)").matches ? 3 : 6;
  const EXPLAINED = { FAIL: "to be fixed", MANUAL: "could not look, or needs a person", PASS: "as it should be" };
  const GLYPH = { FAIL: "!", MANUAL: "?", PASS: "✓" };
  const STATUS_ORDER = ["FAIL", "MANUAL", "PASS"];

  const byId = (id) => document.getElementById(id);
  const format = new Intl.NumberFormat("en");
  const number = (n) => format.format(n);
  const plural = (n, one) => `${number(n)} ${n === 1 ? one : one.endsWith("y") ? one.slice(0, -1) + "ies" : one + "s"}`;

  const STEERING = /[^\n\t\P{C}]|[\u2028\u2029]/gu; // control, format (bidi), private and unassigned characters
  const symbol = (c) => `<U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`;
  const visible = (text) => String(text).replace(STEERING, symbol);

  /** An element; properties by name, `on...` as listeners, children as elements or strings. */
  function h(tag, properties, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child != null && child !== false).map((c) => (typeof c === "string" ? visible(c) : c)));
    return element;
  }

  // ---- the data ---------------------------------------------------------------------------------------------------

  const checks = [], accounts = [], regions = [], services = [], resources = [];
  const of = { status: [], severity: [], check: [], resource: [], service: [], account: [], region: [] };
  const detail = [], uids = [], muted = new Set();
  const indexes = new Map([[checks, new Map()], [accounts, new Map()], [regions, new Map()], [services, new Map()]]);
  const numbers = { check: [], account: [] };
  let announced = -1, broken = false, coverage = null, time = "", statuses = [], severities = [];

  function intern(table, key, value) {
    const index = indexes.get(table);
    let found = index.get(key);
    if (found === undefined) {
      found = table.push(value) - 1;
      index.set(key, found);
    }
    return found;
  }

  const readers = {
    [CHECK]([, n, id, title, service, type, categories, description, risk, remediation]) {
      const known = { id, title, type, categories, description, risk, remediation, service: intern(services, service, { name: service }) };
      numbers.check[n] = intern(checks, id, known);
    },
    [ACCOUNT]([, n, id, name, email, unit, tags]) {
      numbers.account[n] = intern(accounts, id, { id, name, email, unit, tags });
    },
    [RESOURCE]([, account, region, id, arn, name, tags]) {
      resources.push({ id, arn, name: name || id, tags: tags || {}, account: numbers.account[account], region: intern(regions, region, { name: region }) });
    },
    [FINDING]([, check, status, severity, text, uid, isMuted]) {
      const resource = resources.length - 1, known = numbers.check[check];
      if (known === undefined || resource < 0) { broken = true; return; }
      if (isMuted) muted.add(detail.length);
      of.status.push(status);
      of.severity.push(severity);
      of.check.push(known);
      of.service.push(checks[known].service);
      of.resource.push(resource);
      of.account.push(resources[resource].account);
      of.region.push(resources[resource].region);
      detail.push(text);
      uids.push(uid);
    },
    [TIME]([, stamp]) { time = time || stamp; },
    [END]([, count]) { announced = count; },
    [COVERAGE]([, told]) { coverage = told; },
  };

  function parse(text) {
    const lines = text.trim().split("\n");
    try {
      return JSON.parse(`[${lines.join(",")}]`);
    } catch {
      broken = true; // the scan ended in the middle of a line: take those before it
      return lines.flatMap((line) => { try { return [JSON.parse(line)]; } catch { return []; } });
    }
  }

  function load() {
    statuses = document.body.dataset.statuses.split(" ");
    severities = document.body.dataset.severities.split(" ");
    for (const block of document.querySelectorAll("script.data")) {
      if (block.textContent.trim()) for (const line of parse(block.textContent)) readers[line[0]](line);
      block.remove();
    }
    for (const name of Object.keys(of)) of[name] = Uint32Array.from(of[name]);
  }

  // ---- filter and order -------------------------------------------------------------------------------------------

  const FACETS = ["status", "severity", "service", "account", "region"];
  const chosen = { status: -1, severity: -1, service: -1, account: -1, region: -1 };
  const names = {};
  let terms = [], view = new Uint32Array(0), matching = 0, order = new Uint32Array(0), sorted = { by: "", down: false };
  let counts = {}, lowDetail = null, lowResource = null, lowCheck = null;

  function prepareSearch() {
    if (lowDetail) return;
    const low = (...texts) => texts.join("\n").toLowerCase();
    lowDetail = detail.map((text) => text.toLowerCase());
    lowCheck = checks.map((c) => low(c.id, c.title, services[c.service].name, c.type, c.categories.join("\n")));
    const whose = accounts.map((a) => low(a.id, a.name, a.unit));
    lowResource = resources.map((r) => low(r.id, r.arn, r.name, regions[r.region].name, ...Object.entries(r.tags).map(([k, v]) => `${k}=${v}`)) + "\n" + whose[r.account]);
  }

  /** For each finding, whether it has every term. */
  function searched() {
    if (!terms.length) return null;
    prepareSearch();
    const hits = new Uint8Array(detail.length).fill(1);
    for (const term of terms) {
      const inCheck = lowCheck.map((text) => text.includes(term)), inResource = lowResource.map((text) => text.includes(term));
      for (let i = 0; i < hits.length; i++) {
        if (hits[i] && !inCheck[of.check[i]] && !inResource[of.resource[i]] && !lowDetail[i].includes(term) && uids[i] !== term) hits[i] = 0;
      }
    }
    return hits;
  }

  /** The findings to show, and for each facet how many there would be of each value if that facet were not chosen. */
  function filter() {
    const hits = searched();
    counts = Object.fromEntries(FACETS.map((facet) => [facet, new Uint32Array(names[facet].length * 3)]));
    const columns = FACETS.map((facet) => of[facet]), wanted = FACETS.map((facet) => chosen[facet]), totals = FACETS.map((facet) => counts[facet]);
    view = new Uint32Array(order.length);
    matching = 0;
    for (let at = 0; at < order.length; at++) {
      const i = order[at];
      if (hits && !hits[i]) continue;
      let misses = 0, missed = -1;
      for (let f = 0; f < 5; f++) if (wanted[f] >= 0 && columns[f][i] !== wanted[f]) { misses++; missed = f; }
      if (misses > 1) continue;
      if (misses === 1) totals[missed][columns[missed][i] * 3 + of.status[i]]++;
      else {
        view[matching++] = i;
        for (let f = 0; f < 5; f++) totals[f][columns[f][i] * 3 + of.status[i]]++;
      }
    }
    view = view.subarray(0, matching);
  }

  const compareText = new Intl.Collator("en", { numeric: true }).compare;
  function ranks(texts, compare) {
    const places = Uint32Array.from(texts.keys()).sort((a, b) => compare(texts[a], texts[b])), rank = new Uint32Array(texts.length);
    let last = 0;
    places.forEach((place, at) => { rank[place] = last = at && !compare(texts[place], texts[places[at - 1]]) ? last : at; });
    return rank;
  }
  const plain = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const ranked = new Map();
  function rankOf(column) {
    if (!ranked.has(column)) ranked.set(column, RANKS[column]());
    return ranked.get(column);
  }
  const RANKS = {
    status: () => Uint32Array.from(statuses, (status) => STATUS_ORDER.indexOf(status)),
    severity: () => Uint32Array.from(severities.keys()),
    finding: () => ranks(checks.map((c) => c.title), compareText),
    resource: () => ranks(resources.map((r) => r.name), plain),
    service: () => ranks(services.map((s) => s.name), compareText),
    region: () => ranks(regions.map((r) => r.name), compareText),
    account: () => ranks(accounts.map((a) => a.name || a.id), compareText),
  };
  const COLUMN_DATA = { finding: "check" };

  function sort(by, down) {
    sorted = { by, down };
    const status = rankOf("status"), severity = rankOf("severity"), title = rankOf("finding");
    const urgent = of.status.map((value, i) => status[value] * 8 + severity[of.severity[i]]);
    const rank = by ? rankOf(by) : null, data = of[COLUMN_DATA[by] || by], sign = down ? -1 : 1;
    order = Uint32Array.from(detail.keys()).sort((a, b) =>
      (rank ? sign * (rank[data[a]] - rank[data[b]]) : 0) || urgent[a] - urgent[b] || title[of.check[a]] - title[of.check[b]] || a - b);
  }

  // ---- summary and breakdown --------------------------------------------------------------------------------------

  const all = new Set(); // facets whose panel shows everything
  const total = (facet, value) => counts[facet][value * 3] + counts[facet][value * 3 + 1] + counts[facet][value * 3 + 2];
  const counted = () => (chosen.status < 0 ? "FAIL" : statuses[chosen.status]);
  const ofStatus = (facet, value, status) => counts[facet][value * 3 + statuses.indexOf(status)];

  function choose(facet, value) {
    chosen[facet] = chosen[facet] === value ? -1 : value;
    refresh();
  }

  function glyph(status) { return h("i", { class: "glyph", "aria-hidden": "true" }, GLYPH[status]); }

  function showTiles() {
    byId("tiles").replaceChildren(...STATUS_ORDER.map((status) => {
      const value = statuses.indexOf(status);
      return h("button", { type: "button", class: `tile ${status}`, "data-key": `status/${value}`, "aria-pressed": String(chosen.status === value), onclick: () => choose("status", value) },
        h("b", null, number(total("status", value))), h("span", { class: "name" }, status), h("small", null, EXPLAINED[status]));
    }));
    byId("share").replaceChildren(...STATUS_ORDER.filter((status) => total("status", statuses.indexOf(status))).map((status) => {
      const part = h("i", { class: status });
      part.style.flexGrow = total("status", statuses.indexOf(status));
      return part;
    }));
  }

  function bar(facet, value, longest) {
    const told = ofStatus(facet, value, counted()), failed = ofStatus(facet, value, "FAIL"), sum = total(facet, value), track = h("span", { class: "track", "aria-hidden": "true" });
    for (const status of STATUS_ORDER) {
      const count = ofStatus(facet, value, status);
      if (!count) continue;
      const part = track.appendChild(h("i", { class: status }));
      part.style.width = `max(2px, ${(100 * count) / longest}%)`;
    }
    const [name, more] = names[facet][value];
    const words = `${number(failed)} failed, ${number(ofStatus(facet, value, "MANUAL"))} manual, ${number(sum)} in all`;
    return h("button", { type: "button", class: "bar", title: words, "data-key": `${facet}/${value}`, "aria-pressed": String(chosen[facet] === value), onclick: () => choose(facet, value) },
      h("span", { class: "what" }, name, more && h("small", null, more)),
      h("span", { class: "much" }, h("b", null, number(told)), ...(chosen.status < 0 ? [h("span", { class: "hidden" }, " failed of "), h("span", { "aria-hidden": "true" }, " / "), number(sum)] : [])), track);
  }

  function showPanel(panel) {
    const facet = panel.dataset.facet, values = [...names[facet].keys()].filter((value) => total(facet, value) || chosen[facet] === value);
    if (facet !== "severity") values.sort((a, b) => ofStatus(facet, b, counted()) - ofStatus(facet, a, counted()) || total(facet, b) - total(facet, a) || compareText(names[facet][a][0], names[facet][b][0]));
    const longest = Math.max(1, ...values.map((value) => total(facet, value)));
    const most = facet === "severity" ? severities.length : BARS_SHOWN;
    const shown = all.has(facet) ? values : values.filter((value, at) => at < most || chosen[facet] === value);
    const bars = h("div", { class: "bars" }, ...shown.map((value) => bar(facet, value, longest)));
    panel.querySelector("small").textContent = chosen.status < 0 ? "failed of all" : counted();
    const scrolled = panel.querySelector(".bars")?.scrollTop || 0;
    const more = values.length > most && h("button", { type: "button", class: "more", "data-key": `${facet}/more`, "aria-expanded": String(all.has(facet)),
      onclick() { all.delete(facet) || all.add(facet); keepFocus(() => showPanel(panel)); } }, all.has(facet) ? "Show fewer" : `Show all ${number(values.length)}`);
    panel.replaceChildren(...[panel.firstElementChild, bars, more].filter(Boolean));
    bars.scrollTop = scrolled;
  }

  /** Redraw and give the focus back to the button that has the same key. */
  function keepFocus(redraw) {
    const key = document.activeElement?.dataset?.key;
    redraw();
    if (key) document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
  }

  function showScope() {
    const when = time && new Date(time);
    const clock = when && !isNaN(when) && new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }).format(when) + " UTC";
    byId("scope").textContent = visible([plural(detail.length, "finding"), plural(accounts.length, "account"), plural(regions.length, "region"),
      plural(services.length, "service"), plural(checks.length, "check"), clock || time].filter(Boolean).join(" · "));
    const notice = byId("notice");
    const stopped = coverage && !coverage.ended;
    notice.hidden = !broken && announced === detail.length && !stopped;
    notice.textContent = `This report is incomplete: the scan was stopped${stopped ? "" : " or is still running"}. It shows the ${plural(detail.length, "finding")} written so far.`;
  }

  // ---- the table --------------------------------------------------------------------------------------------------

  const COLUMNS = { status: "Status", severity: "Severity", finding: "Finding", resource: "Resource", service: "Service", region: "Region", account: "Account" };
  const drawn = new Map();
  let rowHeight = 58, opened = -1, openedAt = -1, openHeight = 0, panel = null, active = 0;
  const shownRows = () => Math.min(view.length, ROWS_SHOWN);
  const topOf = (at) => at * rowHeight + (openedAt >= 0 && at > openedAt ? openHeight : 0);

  function showColumns() {
    const header = byId("columns");
    header.replaceChildren(...Object.entries(COLUMNS).map(([column, title]) =>
      h("div", { role: "columnheader", "aria-sort": sorted.by === column ? (sorted.down ? "descending" : "ascending") : "none" },
        h("button", { type: "button", "data-key": `sort/${column}`, onclick: () => sortBy(column) }, title))));
  }

  function sortBy(column, down = sorted.by === column && !sorted.down) {
    sort(column, down);
    refresh();
  }

  const line = (tag, ...children) => h(tag, { dir: "auto" }, ...children);

  function row(at) {
    const i = view[at], check = checks[of.check[i]], resource = resources[of.resource[i]], account = accounts[of.account[i]];
    const status = statuses[of.status[i]], severity = severities[of.severity[i]], open = at === openedAt;
    const element = h("div", { class: open ? "row open" : "row", role: "row", "aria-rowindex": at + 2, onclick: () => { if (!getSelection().toString()) toggle(at); } },
      h("div", { class: "cell", role: "cell" }, h("span", { class: `status ${status}` }, glyph(status), status)),
      h("div", { class: `cell severity ${severity}`, role: "cell" }, h("span", null, severity)),
      h("div", { class: "cell finding", role: "cell" },
        h("button", { type: "button", class: "open-it", dir: "auto", "aria-expanded": String(open), tabindex: at === active ? 0 : -1, onkeydown: (event) => move(event, at), onfocus: () => activate(at),
          onclick: (event) => { event.stopPropagation(); toggle(at); } }, check.title, muted.has(i) && h("span", { class: "badge" }, "muted")),
        line("small", detail[i])),
      h("div", { class: "cell resource", role: "cell" }, line("span", resource.name), line("small", check.type)),
      h("div", { class: "cell service", role: "cell" }, line("span", services[of.service[i]].name)),
      h("div", { class: "cell region", role: "cell" }, line("span", regions[of.region[i]].name)),
      h("div", { class: "cell account", role: "cell" }, line("span", account.id), account.name && line("small", account.name)));
    element.style.transform = `translateY(${topOf(at)}px)`;
    return element;
  }

  /** Draw the rows near the window, and keep the one that has the focus. */
  function draw() {
    const box = byId("rows"), offset = -box.getBoundingClientRect().top, height = innerHeight, margin = 8;
    const rowAt = (y) => Math.floor((openedAt >= 0 && y > topOf(openedAt) + rowHeight ? Math.max(y - openHeight, (openedAt + 1) * rowHeight) : y) / rowHeight);
    const first = Math.max(0, rowAt(offset) - margin), last = Math.min(shownRows() - 1, rowAt(offset + height) + margin);
    const focused = document.activeElement?.closest?.("#rows > .row");
    for (const [at, element] of drawn) if ((at < first || at > last) && element !== focused) { element.remove(); drawn.delete(at); }
    for (let at = first; at <= last; at++) if (!drawn.has(at)) place(at, row(at));
    if (panel) panel.style.transform = `translateY(${topOf(openedAt) + rowHeight}px)`;
  }

  /** Insert a row so that the order in the document, which screen readers follow, is that on the screen. */
  function place(at, element) {
    const before = drawn.get(at - 1);
    drawn.set(at, element);
    if (before) return (at - 1 === openedAt && panel ? panel : before).after(element);
    const next = [...drawn.keys()].filter((other) => other > at).sort((a, b) => a - b)[0];
    return byId("rows").insertBefore(element, next === undefined ? null : drawn.get(next));
  }

  function layout() {
    byId("rows").style.height = `${topOf(shownRows())}px`;
    for (const [at, element] of drawn) element.style.transform = `translateY(${topOf(at)}px)`;
    draw();
  }

  function redraw() {
    rowHeight = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row"));
    const focus = document.activeElement?.closest?.("#rows") != null;
    for (const element of drawn.values()) element.remove();
    drawn.clear();
    openedAt = opened < 0 ? -1 : view.indexOf(opened);
    if (openedAt < 0 || openedAt >= shownRows()) shut();
    active = Math.min(active, Math.max(0, shownRows() - 1));
    layout();
    if (panel) drawn.get(openedAt)?.after(panel);
    if (focus) drawn.get(active)?.querySelector("button").focus({ preventScroll: true });
  }

  function activate(at) {
    drawn.get(active)?.querySelector("button").setAttribute("tabindex", "-1");
    active = at;
    drawn.get(at)?.querySelector("button").setAttribute("tabindex", "0");
  }

  const KEYS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
  function move(event, at) {
    if (event.key === "Escape" && at === openedAt) toggle(at);
    if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    reveal(Math.max(0, Math.min(shownRows() - 1, at + KEYS[event.key])));
  }

  /** Scroll a row into the window and focus it. */
  function reveal(at) {
    const sticky = byId("sticky"), above = getComputedStyle(sticky).position === "sticky" ? sticky.offsetHeight : 0;
    const y = byId("rows").getBoundingClientRect().top + topOf(at);
    if (y < above) scrollBy(0, y - above - rowHeight);
    else if (y + rowHeight > innerHeight) scrollBy(0, y + 2 * rowHeight - innerHeight);
    draw();
    activate(at);
    drawn.get(at)?.querySelector("button").focus({ preventScroll: true });
  }

  // ---- details ----------------------------------------------------------------------------------------------------

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
    element?.querySelector("button").setAttribute("aria-expanded", String(open));
  }

  function toggle(at) {
    const again = at === openedAt, before = drawn.get(at)?.getBoundingClientRect().top;
    shut();
    activate(at);
    if (!again) {
      opened = view[at];
      openedAt = at;
      panel = h("div", { class: "details", role: "row" }, details(opened));
      drawn.get(at).after(panel);
      mark(at, true);
      openHeight = panel.offsetHeight;
      measure.observe(panel);
    }
    layout();
    const after = drawn.get(at)?.getBoundingClientRect().top;
    if (after !== before) scrollBy(0, after - before); // what closed above must not move what was clicked
  }

  /** Paragraphs, with what stands in backticks as code. */
  function prose(text) {
    const paragraphs = text.split("\n\n").map((paragraph) =>
      line("p", ...paragraph.split(/`([^`\n]+)`/).map((part, at) => (at % 2 ? h("code", null, part) : part))));
    return h("div", { class: "prose" }, ...paragraphs);
  }

  async function copy(event, text) {
    const button = event.currentTarget;
    event.stopPropagation();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.body.appendChild(h("textarea", { class: "hidden" }));
      area.value = text;
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus({ preventScroll: true });
    }
    button.textContent = "Copied";
    byId("said").textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; byId("said").textContent = ""; }, 1500);
  }
  const copyButton = (text, what) => h("button", { type: "button", class: "copy", "aria-label": `Copy ${what}`, onclick: (event) => copy(event, text) }, "Copy");
  const command = (text, what) => h("div", { class: "command" }, h("pre", { dir: "ltr" }, text), copyButton(text, what));

  function remediation({ text = "", cli = "", cloudformation = "", terraform = "", console = "", url = "" }) {
    const code = (title, body) => body && h("details", { class: "more-code" }, h("summary", null, title), command(body, title));
    return [text && prose(text), cli && command(cli, "the command"), code("CloudFormation", cloudformation), code("Terraform", terraform), code("In the console", console),
      /^https?:\/\//.test(url) && h("p", null, h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, "Read more at " + url.split("/")[2]))];
  }

  function fact(name, value) {
    return value && (typeof value !== "string" || value.trim()) ? [h("dt", null, name), h("dd", { dir: "auto" }, ...[value].flat())] : [];
  }
  const tags = (pairs) => Object.entries(pairs).map(([key, value]) => h("span", { class: "tag", dir: "auto" }, `${key} = ${value}`));
  const some = (list) => (list.length ? list : "");

  function details(i) {
    const check = checks[of.check[i]], resource = resources[of.resource[i]], account = accounts[of.account[i]];
    const section = (title, ...body) => (body.some(Boolean) ? [h("h3", null, title), ...body] : []);
    const left = h("div", null, h("p", { class: "lead", dir: "auto" }, detail[i]), ...section("What is checked", h("p", { class: "judged", dir: "auto" }, check.title), check.description && prose(check.description)),
      ...section("Risk", check.risk && prose(check.risk)), ...section("Remediation", ...remediation(check.remediation)));
    const right = h("dl", { class: "facts" }, ...fact("Resource", resource.name), ...fact("Id", resource.id === resource.name ? "" : resource.id),
      ...fact("ARN", resource.arn && [h("code", null, resource.arn), copyButton(resource.arn, "the ARN")]), ...fact("Type", check.type),
      ...fact("Region", regions[resource.region].name), ...fact("Tags", some(tags(resource.tags))),
      ...fact("Account", account.name ? `${account.id} (${account.name})` : account.id), ...fact("Email", account.email), ...fact("Unit", account.unit), ...fact("Account tags", some(tags(account.tags))),
      ...fact("Check", h("code", null, check.id)), ...fact("Categories", check.categories.join(", ")), ...fact("Finding", [h("code", null, uids[i]), copyButton(uids[i], "the finding's uid")]));
    return h("div", { role: "cell" }, left, right);
  }

  // ---- coverage ---------------------------------------------------------------------------------------------------

  const LINES_SHOWN = 10;
  const REGIONS_NAMED = 3;

  function lasted(seconds) {
    if (seconds < 10) return `${seconds.toFixed(1)} s`;
    const minutes = Math.floor(Math.round(seconds) / 60), rest = Math.round(seconds) % 60;
    return minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : minutes ? `${minutes} min ${rest} s` : `${rest} s`;
  }

  /** The first of many elements, and a button that shows the others. */
  function firstOf(elements, put) {
    const rest = elements.slice(LINES_SHOWN), box = put(elements);
    rest.forEach((element) => { element.hidden = true; });
    if (!rest.length) return [box];
    const words = () => (rest[0].hidden ? `Show all ${number(elements.length)}` : "Show fewer");
    const more = h("button", { type: "button", class: "more", "aria-expanded": "false", onclick() {
      rest.forEach((element) => { element.hidden = !element.hidden; });
      more.textContent = words();
      more.setAttribute("aria-expanded", String(!rest[0].hidden));
    } }, words());
    return [box, more];
  }
  const lines = (elements) => firstOf(elements, (all) => h("ul", { class: "lines" }, ...all));
  const chapter = (title, elements, about) => (elements.length ? [h("h3", null, title), ...(about ? [h("p", { class: "about" }, about)] : []), ...lines(elements)] : []);

  const spread = (places) => Object.entries(places).map(([region, count]) => `${region} (${number(count)})`).join(", ");
  const regionsTold = (names) => (names.length > REGIONS_NAMED ? plural(names.length, "region") : names.join(", "));

  function refusal({ account_id, name, reason }) {
    return h("li", null, (account_id || name) && h("strong", { dir: "auto" }, [account_id, name].filter(Boolean).join(" ")), line("p", reason));
  }

  function gap({ explanation, actions, accounts: count, account_ids, regions: places, calls }) {
    const which = [...fact("Actions", actions.length > 1 && actions.join(", ")), ...fact("Accounts", account_ids.join(", ") + (count > account_ids.length && account_ids.length ? ` and ${number(count - account_ids.length)} more` : "")),
      ...fact("Regions, with accounts", spread(places))];
    return h("li", null, line("p", explanation.replace(/^Could not look: /, "")),
      h("details", { class: "which" }, h("summary", null, [plural(count, "account"), regionsTold(Object.keys(places)), plural(calls, "failed call")].join(" · ")), h("dl", { class: "facts" }, ...which)));
  }

  function unseen() {
    const cutOff = coverage.unfinished.map(({ account_id, reason }) => h("li", null, h("strong", null, account_id), line("p", reason)));
    const byCount = new Map();
    for (const [region, count] of Object.entries(coverage.unseen)) byCount.set(count, [...(byCount.get(count) || []), region]);
    return [...cutOff, ...[...byCount].map(([count, names]) => h("li", null, h("strong", null, names.join(", ")), line("p", `every call failed in ${plural(count, "account")}`)))];
  }

  function lookedAt() {
    const { accounts: whose, regions: where, services: what, total, started, finished, seconds } = coverage;
    const clock = (stamp) => { const [day, hour] = stamp.split("T"); return `${day} ${(hour || "").replace("Z", " UTC")}`; };
    return h("dl", { class: "facts" },
      ...fact("Accounts", `${number(whose.scanned)} scanned of ${number(whose.found)} found` + (whose.scanned_before ? `, ${number(whose.scanned_before)} before this run` : "")),
      ...fact("Regions", some(where.map(({ accounts: count, regions: names }) => line("p", `${plural(names.length, "region")} in ${plural(count, "account")}${names.length ? ": " : ""}${names.join(", ")}`)))),
      ...fact("Not enabled", spread(coverage.not_enabled)),
      ...fact("Services", `${number(what.length)}: ${what.join(", ")}`), ...fact("Checks", number(coverage.checks)),
      ...fact("Calls", [plural(total.calls, "call"), `${number(total.failed)} failed`, `${number(total.throttled)} throttled`, `${number(total.retried)} retried`].join(", ")),
      ...fact("Time", `${lasted(seconds)}, from ${clock(started)} to ${clock(finished)}`),
      ...fact("Resumed", coverage.resumed && "This scan went on with an interrupted one. Findings are those of all runs; regions, calls, causes and time are those of the last run."),
      ...fact("Notes", some(coverage.notes.map((note) => line("p", note)))));
  }

  function callsTable() {
    const columns = ["calls", "failed", "throttled", "retried"];
    const rows = Object.entries(coverage.calls).map(([operation, figures]) =>
      h("tr", null, h("th", { scope: "row" }, operation), ...columns.map((column) => h("td", null, figures[column] ? number(figures[column]) : "·"))));
    return h("div", { class: "calls" }, ...firstOf(rows, (all) => h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": "Calls by operation" },
      h("table", null, h("thead", null, h("tr", null, ...["operation", ...columns].map((title) => h("th", { scope: "col" }, title)))), h("tbody", null, ...all)))));
  }

  function showCoverage() {
    byId("coverage-details").hidden = !coverage;
    byId("coverage-none").hidden = !!coverage;
    byId("coverage-none").textContent = announced < 0 ? "Coverage: what was looked at, and what not, is told when the scan ends. It still runs, or was stopped." : "Coverage: this report was made without it.";
    if (!coverage) return;
    const { not_entered: refused, unfinished, gaps, unsupported, accounts: whose, regions: where, services: what, total, seconds } = coverage;
    const places = new Set(where.flatMap(({ regions: names }) => names)), blind = Object.keys(coverage.unseen).length;
    const missing = [refused.length && `${plural(refused.length, "account")} could not be entered`, unfinished.length && `${plural(unfinished.length, "account")} ${unfinished.length === 1 ? "was" : "were"} not scanned to the end`,
      blind && `every call failed in ${plural(blind, "region")} of some accounts`, gaps.length && `${plural(gaps.length, "cause")} kept something from view`].filter(Boolean);
    byId("coverage-brief").replaceChildren(
      h("b", { class: missing.length ? "MANUAL" : "PASS" }, missing.length ? missing.join(", ") : "nothing was kept from view"),
      h("small", null, [`${number(whose.scanned)} of ${plural(whose.found, "account")}`, plural(places.size, "region"), plural(what.length, "service"), plural(total.calls, "call"), lasted(seconds)].join(" · ")));
    byId("coverage-body").replaceChildren(
      ...chapter("Could not be entered", refused.map(refusal)), ...chapter("Not scanned, or not to the end", unseen()),
      ...chapter("Could not look", gaps.map(gap), "One line for each cause. What it hides is MANUAL among the findings."),
      h("div", { class: "looked" }, h("div", null, h("h3", null, "Looked at"), lookedAt()), h("div", null, h("h3", null, "Calls"), callsTable())),
      ...chapter("Does not exist there", unsupported.map(gap), "Services and features that are not offered in a region, or not to an account. This hides nothing."));
    byId("coverage-details").open = refused.length + unfinished.length > 0;
  }

  /** On paper everything is open. */
  function listenToPrinting() {
    let shutAgain = [];
    addEventListener("beforeprint", () => {
      shutAgain = [...document.querySelectorAll(".coverage details:not([open])")];
      shutAgain.forEach((each) => { each.open = true; });
    });
    addEventListener("afterprint", () => shutAgain.forEach((each) => { each.open = false; }));
  }

  // ---- controls ---------------------------------------------------------------------------------------------------

  function refresh() {
    keepFocus(() => {
      filter();
      showTiles();
      document.querySelectorAll(".panel").forEach(showPanel);
      showColumns();
    });
    for (const facet of FACETS) {
      const select = byId(`pick-${facet}`);
      select.value = chosen[facet];
      select.classList.toggle("set", chosen[facet] >= 0);
    }
    byId("pick-sort").value = sorted.by;
    const any = FACETS.some((facet) => chosen[facet] >= 0) || terms.length > 0;
    byId("clear").hidden = !any;
    byId("count").textContent = any ? `${number(matching)} of ${plural(detail.length, "finding")}` : plural(detail.length, "finding");
    byId("table").setAttribute("aria-rowcount", matching + 1);
    byId("table").hidden = byId("columns").hidden = !matching;
    const empty = byId("empty");
    empty.hidden = matching > 0 && matching <= ROWS_SHOWN;
    empty.textContent = matching ? `The first ${number(ROWS_SHOWN)} are shown; filter to see others.` : any ? "No finding matches these filters." : "This report has no findings.";
    redraw();
  }

  function controls() {
    const titles = { status: "statuses", severity: "severities", service: "services", account: "accounts", region: "regions" };
    for (const facet of FACETS) {
      const select = byId(`pick-${facet}`), values = [...names[facet].keys()];
      if (facet !== "severity" && facet !== "status") values.sort((a, b) => compareText(names[facet][a].join(" "), names[facet][b].join(" ")));
      select.replaceChildren(h("option", { value: -1 }, `All ${titles[facet]}`), ...values.map((value) => h("option", { value }, names[facet][value].filter(Boolean).join(" "))));
      select.addEventListener("change", () => { chosen[facet] = Number(select.value); refresh(); });
    }
    byId("pick-sort").replaceChildren(h("option", { value: "" }, "Most urgent first"), ...Object.entries(COLUMNS).map(([column, title]) => h("option", { value: column }, `By ${title.toLowerCase()}`)));
    byId("pick-sort").addEventListener("change", (event) => sortBy(event.target.value, false));
    let waiting = 0;
    byId("text").addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { terms = byId("text").value.toLowerCase().split(/\s+/).filter(Boolean); refresh(); }, 90);
    });
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("filters").addEventListener("reset", () => {
      FACETS.forEach((facet) => { chosen[facet] = -1; });
      terms = [];
      setTimeout(() => { refresh(); byId("text").focus(); });
    });
  }

  function listen() {
    let asked = false;
    addEventListener("scroll", () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => { asked = false; draw(); });
    }, { passive: true });
    addEventListener("resize", redraw);
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea")) return;
      event.preventDefault();
      byId("text").focus();
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    load();
    Object.assign(names, {
      status: statuses.map((status) => [status]), severity: severities.map((severity) => [severity]), service: services.map((s) => [s.name]),
      account: accounts.map((a) => [a.id, a.name]), region: regions.map((r) => [r.name]),
    });
    controls();
    sort("", false);
    refresh();
    showScope();
    showCoverage();
    listen();
    listenToPrinting();
    if (window.requestIdleCallback) requestIdleCallback(prepareSearch);
    document.body.dataset.ready = String(detail.length);
  });
})();
