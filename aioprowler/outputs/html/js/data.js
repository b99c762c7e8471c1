// The data: blocks of lines, each a JSON array whose first element says what it is (`Kind` in writer.py).

const CHECK = 0, ACCOUNT = 1, RESOURCE = 2, FINDING = 3, TIME = 4, END = 5, COVERAGE = 6, COMPLIANCE = 7, MUTE = 8, TITLES = 9, JUDGED = 10, PASSED = 11;
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

const tables = { check: new Table(), account: new Table(), resource: new Table(), region: new Table(), service: new Table(), owner: new Table(), unit: new Table(), mute: new Table() };
const checks = tables.check.items, accounts = tables.account.items, resources = tables.resource.items, regions = tables.region.items;
const services = tables.service.items, owners = tables.owner.items, units = tables.unit.items, mutes = tables.mute.items;

/** Of each finding, by its number: where in a table its value stands. */
let of = { status: [], verdict: [], severity: [], check: [], resource: [], mute: [] };
const detail = [], uids = [], commands = new Map();
let announced = -1, broken = false, coverage = null, compliance = null, titles = new Map(), time = "", statuses = [], severities = [];
let passedBesides = 0; // counted, and not listed
let judged = new Map(); // checks that requirements name, in the order of their numbers: id -> status
let FAIL = 0, MUTED = 0;

const OWNING = [/owner/i, /team/i, /squad/i, /contact|responsible|steward/i];

/** What a tag says about who owns a thing, or "". */
function ownerIn(tags) {
  const keys = Object.keys(tags).filter((key) => !key.startsWith("aws:") && tags[key].trim());
  for (const pattern of OWNING) {
    const key = keys.find((each) => pattern.test(each));
    if (key) return tags[key].trim();
  }
  return "";
}

const NO_TAGS = Object.freeze({});
const numbers = { check: [], account: [], mute: [] };
let resource = -1;

/** A resource may come several times; most are told apart by their ARN alone, which is the quicker key. */
function addResource(known) {
  const there = tables.resource.find(known.arn), found = resources[there];
  if (known.arn && !found) return tables.resource.put(known.arn, known);
  const other = !known.arn || found.account !== known.account || found.region !== known.region || found.id !== known.id;
  const at = other ? tables.resource.add(`${known.account} ${known.region} ${known.id} ${known.arn}`, known) : there, kept = resources[at];
  if (kept !== known && Object.keys(kept.tags).length < Object.keys(known.tags).length) Object.assign(kept, { tags: known.tags, owner: known.owner }); // not every listing brings them
  return at;
}

const readers = {
  [CHECK]([, n, id, title, service, type, categories, description, risk, remediation, requirements, fails]) {
    const known = { id, title, problem: fails || title, type, categories, description, risk, remediation, requirements: requirements || {}, service: tables.service.add(service, service) };
    numbers.check[n] = tables.check.add(id, known);
  },
  [ACCOUNT]([, n, id, name, email, unit, tags]) {
    const owner = ownerIn(tags) || email || unit || name || id;
    numbers.account[n] = tables.account.add(id, { id, name, email, tags, owner, unit: tables.unit.add(unit, unit) });
  },
  [RESOURCE]([, whose, where, id, arn, name, tags = NO_TAGS]) {
    const account = numbers.account[whose];
    if (account === undefined) { broken = true; return; }
    const region = tables.region.add(where, where);
    const owner = (tags !== NO_TAGS && ownerIn(tags)) || accounts[account].owner;
    resource = addResource({ id, arn, name: name || id, tags, account, region, owner: tables.owner.add(owner, owner) });
  },
  [FINDING]([, check, status, severity, text, uid, mute, command]) {
    const known = numbers.check[check];
    if (known === undefined || resource < 0) { broken = true; return; }
    of.status.push(mute ? MUTED : status);
    of.verdict.push(status);
    of.severity.push(severity);
    of.check.push(known);
    of.resource.push(resource);
    of.mute.push(mute ? numbers.mute[mute] : 0);
    if (command) commands.set(detail.length, command);
    detail.push(text);
    uids.push(uid);
  },
  [TIME]([, stamp]) { time = time || stamp; },
  [PASSED]([, count]) { passedBesides = count; },
  [END]([, count]) { announced = count; },
  [COVERAGE]([, told]) { coverage = told; },
  [COMPLIANCE]([, frameworks]) { compliance = frameworks; },
  [JUDGED]([, told]) { judged = new Map(told.flatMap(([status, ids]) => ids.map((id) => [id, status]))); },
  [TITLES]([, told]) { titles = new Map(told.map(([id, title, version]) => [id, { title, version }])); },
  [MUTE]([, n, reason, owner, expires]) { numbers.mute[n] = tables.mute.add(`${reason}\n${owner}\n${expires}`, { reason, owner, expires }); },
};

function parse(text) {
  const lines = text.trim();
  if (!lines) return [];
  try {
    return JSON.parse(`[${lines.replaceAll("\n", ",")}]`);
  } catch {
    broken = true; // the scan ended in the middle of a line: take those before it
    return lines.split("\n").flatMap((each) => { try { return [JSON.parse(each)]; } catch { return []; } });
  }
}

/** Requirements name checks by their numbers. */
function nameChecks() {
  const ids = [...judged.keys()];
  for (const { requirements } of compliance || []) for (const each of requirements) each[4] = each[4].map((n) => ids[n]);
}

function* load() {
  statuses = [...document.body.dataset.statuses.split(" "), "MUTED"];
  severities = document.body.dataset.severities.split(" ");
  FAIL = statuses.indexOf("FAIL");
  MUTED = statuses.indexOf("MUTED");
  for (const block of document.querySelectorAll("script.data")) {
    for (const each of parse(block.textContent)) readers[each[0]]?.(each);
    block.remove();
    yield;
  }
  nameChecks();
  of = Object.fromEntries(Object.entries(of).map(([name, values]) => [name, new Uint32Array(values)]));
  const through = (column, pick) => of[column].map(pick);
  of.service = through("check", (check) => checks[check].service);
  yield;
  for (const name of ["account", "region", "owner"]) {
    const values = new Uint32Array(resources.map((each) => each[name]));
    of[name] = through("resource", (each) => values[each]);
    yield;
  }
  of.unit = through("account", (account) => accounts[account].unit);
}
