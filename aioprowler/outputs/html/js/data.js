// The data: blocks of lines, each a JSON array whose first element says what it is (`LineKind` in writer.py). Numbers are
// read at once, and what findings and resources say in words when it is shown: that is most of the file.

const CHECK = 0, ACCOUNT = 1, RESOURCE = 2, FINDING = 3, TIME = 4, END = 5, COVERAGE = 6, COMPLIANCE = 7, MUTE = 8, TITLES = 9, JUDGED = 10, PASSED = 11, NUMBERS = 12, REGION = 13, OWNER = 14;
const STATUS_ORDER = ["FAIL", "MANUAL", "PASS", "MUTED"];

/** Values in the order in which they came, each once. */
class Table {
  items = [];
  #index = new Map();
  add(key, value) {
    return this.#index.get(key) ?? this.put(key, value);
  }
  /** Of a key that is not there. */
  put(key, value) {
    const at = this.items.push(value) - 1;
    this.#index.set(key, at);
    return at;
  }
  find(key) { return this.#index.get(key); }
}

const tables = { check: new Table(), account: new Table(), region: new Table(), service: new Table(), owner: new Table(), unit: new Table(), mute: new Table() };
const checks = tables.check.items, accounts = tables.account.items, regions = tables.region.items;
const services = tables.service.items, owners = tables.owner.items, units = tables.unit.items, mutes = tables.mute.items;

/** Of each finding, by its number: where in a table its value stands. */
let of = {};
/** Of each resource: its account, region and owner in the same way, and the number of the line that tells of it. */
let whose = {};
let findingCount = 0, resourceCount = 0;
let announced = -1, broken = false, coverage = null, compliance = [], titles = new Map(), time = "", statuses = [], severities = [];
let passedBesides = 0; // counted, and not listed
let judged = new Map(); // checks that requirements name, in the order of their numbers: id -> status
let FAIL = 0, MUTED = 0;

const NO_TAGS = Object.freeze({});
const numbers = { check: [], account: [], mute: [0], region: [], owner: [] };

const readers = {
  [CHECK]([, n, id, title, service, type, categories, description, risk, remediation, requirements, fails]) {
    const known = { id, title, problem: fails || title, type, categories, description, risk, remediation, requirements: requirements || {}, service: tables.service.add(service, service) };
    numbers.check[n] = tables.check.add(id, known);
  },
  [ACCOUNT]([, n, id, name, email, unit, tags]) {
    numbers.account[n] = tables.account.add(id, { id, name, email, tags, unit: tables.unit.add(unit, unit) });
  },
  [REGION]([, n, name]) { numbers.region[n] = tables.region.add(name, name); },
  [OWNER]([, n, name]) { numbers.owner[n] = tables.owner.add(name, name); },
  [MUTE]([, n, reason, owner, expires]) { numbers.mute[n] = tables.mute.add(`${reason}\n${owner}\n${expires}`, { reason, owner, expires }); },
  [NUMBERS]([, resources, findings]) { blocks.push({ resources, findings, element: null, lines: null, firstResource: 0, firstFinding: 0 }); },
  [TIME]([, stamp]) { time = time || stamp; },
  [PASSED]([, count]) { passedBesides = count; },
  [END]([, count]) { announced = count; },
  [COVERAGE]([, told]) { coverage = told; },
  [COMPLIANCE]([, framework]) { compliance.push(framework); },
  [JUDGED]([, told]) { judged = new Map(told); },
  [TITLES]([, told]) { titles = new Map(told.map(([id, title, version]) => [id, { title, version }])); },
};

/** Those of the lines that are whole: the scan may have ended in the middle of one. */
const parse = (text) => text.split("\n").flatMap((line) => { try { return line ? [JSON.parse(line)] : []; } catch { broken = true; return []; } });

/** Requirements name checks by their numbers. */
function nameChecks() {
  const ids = [...judged.keys()];
  for (const { requirements } of compliance) for (const each of requirements) each[4] = each[4].map((n) => ids[n]);
}

// ---- texts ----------------------------------------------------------------------------------------------------------

const RESOURCE_WIDTH = 5, FINDING_WIDTH = 5; // numbers of each, as the writer has them
/** Numbers, and the element that has the texts: a line for each resource, before the lines of its findings. */
const blocks = [];

/** A block's lines, which stay texts: taken apart when they are first asked for. */
function linesOf(block) {
  if (block.lines) return block.lines;
  const lines = { resources: [], findings: [] };
  for (const line of block.element.textContent.split("\n")) {
    if (line.startsWith(`[${RESOURCE},`)) lines.resources.push(line);
    else if (line.startsWith(`[${FINDING},`)) lines.findings.push(line);
  }
  return (block.lines = lines);
}

/** The block that has the line of this number; `first`: the name of the number with which a block begins. */
function blockAt(first, at) {
  let low = 0, high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (blocks[middle][first] <= at) low = middle;
    else high = middle - 1;
  }
  return blocks[low];
}

/** What a finding says: [detail, uid, command, ...further commands]. */
function said(i) {
  const block = blockAt("firstFinding", i), [, detail, uid, command = "", ...further] = JSON.parse(linesOf(block).findings[i - block.firstFinding]);
  return { detail, uid, command, further };
}

function resourceAt(resource) {
  const line = whose.line[resource], block = blockAt("firstResource", line);
  return { ...inWords(JSON.parse(linesOf(block).resources[line - block.firstResource])), region: whose.region[resource] };
}
const inWords = ([, id, arn, name, tags = NO_TAGS]) => ({ id, arn, name: name || id, tags });

/** Goes through all resources, in slices: `take(words, number)`. */
function* eachResource(take, isWanted = () => true) {
  for (const block of blocks) {
    if (isWanted(block)) linesOf(block).resources.forEach((line, at) => {
      const resource = resourceOf[block.firstResource + at];
      if (whose.line[resource] === block.firstResource + at) take(inWords(JSON.parse(line)), resource);
    });
    yield;
  }
}

/** The number of the finding with that uid, or -1. */
function* findingOf(uid) {
  const quoted = JSON.stringify(uid);
  for (const block of blocks) {
    const at = block.element.textContent.includes(quoted) ? linesOf(block).findings.findIndex((line) => JSON.parse(line)[2] === uid) : -1;
    if (at >= 0) return block.firstFinding + at;
    yield;
  }
  return -1;
}

// ---- numbers --------------------------------------------------------------------------------------------------------

/** A killed scan may have written numbers, and not all of the texts. */
function cutToTexts(block) {
  const lines = linesOf(block), last = lines.findings.at(-1);
  try { if (last) JSON.parse(last); } catch { lines.findings.pop(); }
  if (lines.findings.length * FINDING_WIDTH >= block.findings.length) return;
  broken = true;
  block.findings.length = lines.findings.length * FINDING_WIDTH;
}

/** Numbers of resources' lines -> those of resources: who comes again is found by what tells it apart. */
let resourceOf = null;
function* tellApart(lines) {
  let size = 4;
  while (size < 2 * lines) size *= 2;
  const identities = new Float64Array(size).fill(-1), known = new Uint32Array(size), tagged = new Uint32Array(lines);
  const column = () => new Uint32Array(lines), { line, account, region, owner } = (whose = { line: column(), account: column(), region: column(), owner: column() });
  resourceOf = column();
  for (const { resources: told, firstResource } of blocks) {
    for (let from = 0, at = firstResource; from < told.length; from += RESOURCE_WIDTH, at++) {
      const identity = told[from + 4];
      let slot = identity % size;
      while (identities[slot] !== identity && identities[slot] !== -1) slot = (slot + 1) % size;
      const isNew = identities[slot] === -1, resource = isNew ? resourceCount++ : known[slot];
      resourceOf[at] = resource;
      if (!isNew && tagged[resource] >= told[from + 3]) continue; // not every listing brings the tags
      identities[slot] = identity;
      known[slot] = resource;
      line[resource] = at;
      account[resource] = numbers.account[told[from]];
      region[resource] = numbers.region[told[from + 1]];
      owner[resource] = numbers.owner[told[from + 2]];
      tagged[resource] = told[from + 3];
    }
    yield;
  }
}

function* columns() {
  of = { status: new Uint8Array(findingCount), verdict: new Uint8Array(findingCount), severity: new Uint8Array(findingCount) };
  for (const name of ["check", "mute", "resource", "service", "account", "unit", "region", "owner"]) of[name] = new Uint32Array(findingCount);
  const serviceOf = Uint32Array.from(checks, (check) => check.service), unitOf = Uint32Array.from(accounts, (account) => account.unit);
  let line = -1;
  for (const block of blocks) {
    const told = block.findings;
    for (let from = 0, i = block.firstFinding; from < told.length; from += FINDING_WIDTH, i++) {
      line += told[from + 4];
      const resource = resourceOf[line], check = numbers.check[told[from]], mute = told[from + 3], account = whose.account[resource];
      of.status[i] = mute ? MUTED : told[from + 1];
      of.verdict[i] = told[from + 1];
      of.severity[i] = told[from + 2];
      of.check[i] = check;
      of.mute[i] = numbers.mute[mute];
      of.resource[i] = resource;
      of.service[i] = serviceOf[check];
      of.account[i] = account;
      of.unit[i] = unitOf[account];
      of.region[i] = whose.region[resource];
      of.owner[i] = whose.owner[resource];
    }
    block.findings = block.resources = null;
    yield;
  }
}

function* load() {
  statuses = [...document.body.dataset.statuses.split(" "), "MUTED"];
  severities = document.body.dataset.severities.split(" ");
  FAIL = statuses.indexOf("FAIL");
  MUTED = statuses.indexOf("MUTED");
  let many = 0; // blocks before this one
  for (const element of document.querySelectorAll("script.data, script.texts")) {
    element.remove();
    if (element.className === "texts") {
      if (blocks.length > many) blocks.at(-1).element = element;
      continue;
    }
    many = blocks.length;
    for (const each of parse(element.textContent)) readers[each[0]]?.(each);
    yield;
  }
  if (blocks.length && !blocks.at(-1).element) { broken = true; blocks.pop(); }
  if (announced < 0 && blocks.length) cutToTexts(blocks.at(-1));
  nameChecks();
  let lines = 0;
  for (const block of blocks) {
    block.firstResource = lines;
    block.firstFinding = findingCount;
    lines += block.resources.length / RESOURCE_WIDTH;
    findingCount += block.findings.length / FINDING_WIDTH;
  }
  yield* tellApart(lines);
  yield* columns();
}
