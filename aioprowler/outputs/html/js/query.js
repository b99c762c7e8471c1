// From all findings to those asked for, in their order and groups. All of it runs in slices.

const STEP = 16384; // findings between two yields
let hits = null, hitsOf = ""; // which findings have the text, and which text
let order = new Uint32Array(0), orderOf = null, view = new Uint32Array(0);
/** Of the view: line -> finding, or -1 - group. */
let every = new Int32Array(0);
/** Those on this page of the list. */
let lines = every, firstLine = 0;
let groups = null;
const expanded = new Set(); // values of open groups
let groupedBy = "";

// ---- search ---------------------------------------------------------------------------------------------------------

const lowDetail = [], lowResource = [];
const low = (...texts) => texts.join("\n").toLowerCase();
const pairs = (tags) => Object.entries(tags).map(([key, value]) => `${key}=${value}`);
const lowWords = ({ id, arn, name, tags }) => low(arn.endsWith(id) ? "" : id, arn, name === id ? "" : name, ...pairs(tags));
let prepared = 0; // blocks

/** Lower case of everything, once; begun while the page is idle, and finished by whoever needs it. */
function* prepareSearch() {
  while (prepared < blocks.length) {
    const { element, firstResource } = blocks[prepared++];
    let at = firstResource;
    for (const each of parse(element.textContent)) {
      if (each[0] === FINDING) lowDetail.push(each[1].toLowerCase());
      else if (whose.line[resourceOf[at]] === at++) lowResource[resourceOf[at - 1]] = lowWords(inWords(each));
    }
    yield;
  }
}

const UID = /^[0-9a-f]{32}$/;
const termsOf = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

/** For each finding, whether it has every word of the text; null for no text. */
function* searched() {
  const text = state.text.trim();
  if (text === hitsOf) return;
  const narrowed = hitsOf && text.startsWith(hitsOf);
  const found = narrowed ? hits.slice() : text ? new Uint8Array(findingCount).fill(1) : null;
  if (text) yield* prepareSearch();
  for (const term of termsOf(text)) {
    const has = (text) => text.includes(term), named = UID.test(term) ? yield* findingOf(term) : -1;
    const inCheck = checks.map((c) => has(low(c.id, c.title, c.problem, services[c.service], c.type, ...c.categories)));
    const inAccount = accounts.map((a) => has(low(a.id, a.name, a.email, units[a.unit], ...pairs(a.tags))));
    const inRegion = regions.map((region) => has(region.toLowerCase())), inMute = mutes.map((m) => has(low(m.reason, m.owner)));
    const inResource = new Uint8Array(resourceCount); // 1: yes, 2: no
    for (let i = 0; i < found.length; i++) {
      if (i % STEP === 0) yield;
      if (!found[i] || inCheck[of.check[i]] || inAccount[of.account[i]] || inRegion[of.region[i]]) continue;
      const resource = of.resource[i];
      if (!inResource[resource]) inResource[resource] = has(lowResource[resource]) ? 1 : 2;
      if (inResource[resource] === 1 || has(lowDetail[i]) || i === named || (of.status[i] === MUTED && inMute[of.mute[i]])) continue;
      found[i] = 0;
    }
  }
  [hits, hitsOf] = [found, text];
}

// ---- filter ---------------------------------------------------------------------------------------------------------

/** The findings to show, and for each facet how many there would be of each value if that facet were not chosen. */
function* filter() {
  const active = Object.keys(facets).filter((name) => state.chosen[name]);
  const allowed = active.map((name) => facets[name].allow(state.chosen[name])), tested = active.map((name) => of[facets[name].column]);
  const tallies = COUNTED.map((name) => new Uint32Array(4 * facets[name].size)), columns = COUNTED.map((name) => of[facets[name].column]);
  const counted = active.map((name) => COUNTED.indexOf(name)), { status } = of, found = new Uint32Array(order.length);
  let matching = 0;
  for (let at = 0; at < order.length; at++) {
    if (at % STEP === 0) yield;
    const i = order[at];
    if (hits && !hits[i]) continue;
    let missed = -1, misses = 0;
    for (let f = 0; f < active.length; f++) if (!allowed[f][tested[f][i]]) { misses++; missed = counted[f]; }
    if (misses === 0) {
      found[matching++] = i;
      for (let c = 0; c < columns.length; c++) tallies[c][4 * columns[c][i] + status[i]]++;
    } else if (misses === 1 && missed >= 0) tallies[missed][4 * columns[missed][i] + status[i]]++;
  }
  view = found.subarray(0, matching);
  COUNTED.forEach((name, at) => { facets[name].counts = tallies[at]; });
}

// ---- order ----------------------------------------------------------------------------------------------------------

/** Sorts in slices: runs that are sorted by themselves, then merged. */
function* mergeSorted(places, compare) {
  const RUN = 4096;
  for (let at = 0; at < places.length; at += RUN) {
    places.subarray(at, at + RUN).sort(compare);
    yield;
  }
  let from = places, to = new Uint32Array(places.length);
  for (let width = RUN; width < places.length; width *= 2) {
    for (let at = 0; at < places.length; at += 2 * width) {
      let left = at, right = Math.min(at + width, places.length);
      const middle = right, end = Math.min(at + 2 * width, places.length);
      for (let out = at; out < end; out++) {
        to[out] = left < middle && (right >= end || compare(from[left], from[right]) <= 0) ? from[left++] : from[right++];
        if (out % RUN === 0) yield;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

const plain = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
/** For each text its place among all; equal texts have the same. */
function* ranksOf(texts, compare = compareText) {
  const places = yield* mergeSorted(Uint32Array.from(texts.keys()), (a, b) => compare(texts[a], texts[b])), rank = new Uint32Array(texts.length);
  let last = 0;
  for (let at = 0; at < places.length; at++) {
    if (at % STEP === 0) yield;
    if (at && texts[places[at]] !== texts[places[at - 1]]) last = at;
    rank[places[at]] = last;
  }
  return rank;
}

const COLUMNS = { status: "Status", severity: "Severity", check: "Finding", resource: "Resource", service: "Service", region: "Region", account: "Account", owner: "Owner" };
const RANKS = {
  *status() { return Uint32Array.from(statuses, (status) => STATUS_ORDER.indexOf(status)); },
  *severity() { return Uint32Array.from(severities.keys()); },
  check: () => ranksOf(checks.map((check) => check.problem)),
  *resource() {
    const names = new Array(resourceCount);
    yield* eachResource(({ name }, resource) => { names[resource] = name; });
    return yield* ranksOf(names, plain); // too many for a collator
  },
  service: () => ranksOf(services),
  region: () => ranksOf(regions),
  account: () => ranksOf(accounts.map((each) => each.name || each.id)),
  owner: () => ranksOf(owners, plain),
};
const ranked = {};
function* rankOf(column) { return (ranked[column] ??= yield* RANKS[column]()); }

/** A stable counting sort of findings by the rank of their column's value. Plain loops: they run while still cold. */
function sortedBy(column, rank, findings, down = false) {
  let last = 0;
  for (let at = 0; at < rank.length; at++) last = Math.max(last, rank[at]);
  const starts = new Uint32Array(last + 2), sorted = new Uint32Array(findings.length), place = down ? rank.map((each) => last - each) : rank;
  for (let at = 0; at < findings.length; at++) starts[place[column[findings[at]]] + 1]++;
  for (let at = 1; at < starts.length; at++) starts[at] += starts[at - 1];
  for (let at = 0; at < findings.length; at++) sorted[starts[place[column[findings[at]]]]++] = findings[at];
  return sorted;
}

let urgent = null;
/** By the chosen column, and what is equal there by urgency. */
function* ordered() {
  const wanted = `${state.down} ${state.sort}`;
  if (wanted === orderOf) return;
  if (!urgent) {
    urgent = new Uint32Array(findingCount).map((_, i) => i);
    for (const column of ["check", "severity", "status"]) {
      urgent = sortedBy(of[column], yield* rankOf(column), urgent);
      yield;
    }
  }
  const rank = state.sort && (yield* rankOf(state.sort));
  yield;
  order = rank ? sortedBy(of[state.sort], rank, urgent, state.down) : urgent;
  orderOf = wanted;
}

// ---- groups ---------------------------------------------------------------------------------------------------------

/** Findings by a column: those with a value are `parts` from `starts[value]` to `starts[value + 1]`, in their order. */
function partsBy(column, size, findings) {
  const starts = new Uint32Array(size + 1), parts = new Uint32Array(findings.length);
  for (let at = 0; at < findings.length; at++) starts[column[findings[at]] + 1]++;
  for (let value = 0; value < size; value++) starts[value + 1] += starts[value];
  const next = starts.slice();
  for (let at = 0; at < findings.length; at++) parts[next[column[findings[at]]]++] = findings[at];
  return { parts, starts };
}

/** Places in `values`, those with the smallest severity first, then those with the most failures (up to 2^22). */
function worstFirst(values, severity, failures) {
  const packed = new Float64Array(values.length);
  for (let at = 0; at < packed.length; at++) packed[at] = (severity(values[at]) * 4194304 + 4194303 - Math.min(4194303, failures(values[at]))) * 33554432 + at;
  return packed.sort().map((each) => each % 33554432);
}

/** Of the view: each value of the grouping column is a group, if findings have it. */
function* grouped() {
  if (groupedBy !== state.group) expanded.clear();
  groupedBy = state.group;
  groups = null;
  firstLine = 0;
  if (!state.group) { every = view; turnTo(0); return; }
  const { column: name, size } = facets[state.group], column = of[name], counts = new Uint32Array(4 * size), severity = new Uint8Array(size).fill(severities.length);
  const found = new Uint32Array(size), seen = new Uint8Array(size);
  let many = 0;
  for (let at = 0; at < view.length; at++) {
    if (at % STEP === 0) yield;
    const i = view[at], value = column[i];
    if (!seen[value]) { seen[value] = 1; found[many++] = value; }
    counts[4 * value + of.status[i]]++;
    if (of.status[i] === FAIL && of.severity[i] < severity[value]) severity[value] = of.severity[i];
  }
  const { parts, starts } = partsBy(column, size, view);
  yield;
  let values = found.subarray(0, many); // by their first finding, where a column is chosen; else the worst first
  if (!state.sort) values = Uint32Array.from(worstFirst(values, (value) => severity[value], (value) => counts[4 * value + FAIL]), (at) => found[at]);
  groups = { values, counts, severity, parts, starts };
  yield;
  spread();
}

const groupAt = (at) => groups.values[-1 - lines[at]];

const PAGE = 100000; // lines
/** The page of the list that has the line of this number among all. */
function turnTo(line) {
  firstLine = line < every.length ? line - (line % PAGE) : 0;
  lines = every.subarray(firstLine, firstLine + PAGE);
}

/** Groups and the findings of those that are open, as lines. */
function spread() {
  const { values, parts, starts } = groups;
  let many = values.length, out = 0;
  for (const value of expanded) many += starts[value + 1] - starts[value];
  every = new Int32Array(many);
  for (let at = 0; at < values.length; at++) {
    every[out++] = -1 - at;
    if (!expanded.has(values[at])) continue;
    const findings = parts.subarray(starts[values[at]], starts[values[at] + 1]);
    every.set(findings, out);
    out += findings.length;
  }
  turnTo(firstLine);
}

// ---- the worst problems ---------------------------------------------------------------------------------------------

let problems = []; // causes with failures in the view, the worst first: by severity, then by how many resources have them

/** Of each failed finding the check that its problem is called by: of a family, the worst that the resource fails. */
function* leading(failed) {
  const families = document.body.dataset.families.split(" "), family = checks.map(({ id }) => families.findIndex((each) => id.startsWith(each)));
  const lead = of.check.slice(), first = new Map(), key = (i) => of.resource[i] * families.length + family[of.check[i]];
  const isWorse = (i, other) => of.severity[i] < of.severity[other] || (of.severity[i] === of.severity[other] && checks[of.check[i]].id < checks[of.check[other]].id);
  const alike = failed.filter((i) => family[of.check[i]] >= 0);
  for (let at = 0; at < alike.length; at++) {
    if (at % STEP === 0) yield;
    const i = alike[at], other = first.get(key(i));
    if (other === undefined || isWorse(i, other)) first.set(key(i), i);
  }
  for (let at = 0; at < alike.length; at++) {
    if (at % STEP === 0) yield;
    lead[alike[at]] = of.check[first.get(key(alike[at]))];
  }
  return lead;
}

function* ranking() {
  const failed = new Uint32Array(view.length), least = new Uint8Array(checks.length).fill(severities.length);
  let many = 0;
  for (let at = 0; at < view.length; at++) {
    if (at % STEP === 0) yield;
    const i = view[at];
    if (of.status[i] !== FAIL) continue;
    failed[many++] = i;
  }
  const lead = yield* leading(failed.subarray(0, many)), resources = new Uint32Array(checks.length);
  for (let at = 0; at < many; at++) {
    if (at % STEP === 0) yield;
    const i = failed[at];
    least[lead[i]] = Math.min(least[lead[i]], of.severity[i]);
    if (of.check[i] === lead[i]) resources[lead[i]]++;
  }
  const { parts, starts } = partsBy(lead, checks.length, failed.subarray(0, many));
  const found = [...checks.keys()].filter((check) => starts[check] < starts[check + 1]).sort((a, b) => plain(checks[a].id, checks[b].id));
  problems = Array.from(worstFirst(found, (check) => least[check], (check) => resources[check]), (at) => {
    const check = found[at], findings = parts.subarray(starts[check], starts[check + 1]), ids = counted(findings, "check").values.map((each) => checks[each].id);
    return { check, severity: least[check], findings, checks: ids, told: checks[check].problem + (ids.length > 1 ? ` (and ${plural(ids.length - 1, "more check")})` : "") };
  });
  yield;
  worstShown = Math.max(worstShown, 1 + problems.findIndex(({ check }) => checks[check].id === state.problem));
  for (const each of problems.slice(0, worstShown)) {
    each.owners = tallied(each.findings, "owner");
    each.accounts = counted(each.findings, "account").values.length;
    yield;
    each.resources = counted(each.findings, "resource").values.length;
    yield;
  }
}

/** How many of the findings each value of a column has: counts by value, and the values that there are. */
function counted(findings, name) {
  const column = of[name], counts = new Uint32Array(facets[name].size), values = [];
  for (let at = 0; at < findings.length; at++) {
    const value = column[findings[at]];
    if (counts[value]++ === 0) values.push(value);
  }
  return { counts, values };
}

/** The same as pairs, the most frequent first. */
function tallied(findings, name) {
  const { counts, values } = counted(findings, name);
  return values.map((value) => [value, counts[value]]).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

// ---- who is worst ---------------------------------------------------------------------------------------------------

const STANDING = ["owner", "unit", "account"], URGENT = 2; // severities: critical and high
/** Of each: [value, how many failed by urgent severity ..., how many failed], the worst first. */
let standings = {};

function* standing() {
  const width = URGENT + 1, counts = STANDING.map((name) => new Uint32Array(width * facets[name].size)), columns = STANDING.map((name) => of[name]);
  for (let at = 0; at < view.length; at++) {
    if (at % STEP === 0) yield;
    const i = view[at];
    if (of.status[i] !== FAIL) continue;
    for (let n = 0; n < columns.length; n++) {
      const place = width * columns[n][i];
      counts[n][place + URGENT]++;
      if (of.severity[i] < URGENT) counts[n][place + of.severity[i]]++;
    }
  }
  standings = Object.fromEntries(STANDING.map((name, n) => [name, ranks(counts[n], width)]));
}

function ranks(counts, width) {
  const found = [];
  for (let value = 0; value * width < counts.length; value++) if (counts[value * width + URGENT]) found.push([value, ...counts.subarray(value * width, value * width + width)]);
  const columns = [...Array(width).keys()];
  return found.sort((a, b) => columns.reduce((order, n) => order || b[n + 1] - a[n + 1], 0) || a[0] - b[0]);
}

// ---- all of it ------------------------------------------------------------------------------------------------------

let sought = -1, soughtOf = ""; // the finding that the address names, and its uid
/** What the address names and only the texts tell. */
function* looked() {
  yield* facets.resource.locate(state.chosen.resource || []);
  if (state.finding === soughtOf) return;
  const at = state.finding ? yield* findingOf(state.finding) : -1;
  [sought, soughtOf] = [at, state.finding];
}

function* query() {
  yield* looked();
  yield* searched();
  yield* ordered();
  yield* filter();
  if (state.view === "findings") yield* grouped();
  if (state.view !== "overview") return;
  yield* ranking();
  yield* standing();
}
