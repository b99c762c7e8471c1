// What is asked for: facets, and the address that keeps it.

const VIEWS = ["overview", "findings", "compliance", "coverage"];
const GROUPS = { "": "Not grouped", check: "Group by check", resource: "Group by resource", account: "Group by account", owner: "Group by owner", service: "Group by service" };

/** Something to filter by. `column`: of the findings; `allow`: which of the column's values the chosen keys let through. */
class Facet {
  /** `items`: the column's values; `key`: what stands in the address; `label`: what is shown, and more about it. */
  constructor(title, column, items, { key = (item) => item, label = (item) => [key(item)], natural = false } = {}) {
    Object.assign(this, { title, column, items, natural, counts: null });
    this.key = (value) => key(this.item(value));
    this.label = (value) => label(this.item(value));
  }
  item(value) { return this.items[value]; }
  get size() { return this.items.length; }
  values() { return [...this.items.keys()]; }
  /** Whether it comes before all others. */
  isFirst() { return false; }
  find(key) { return this.values().find((value) => this.key(value) === key); }
  allow(keys) {
    const allowed = new Uint8Array(this.size), wanted = new Set(keys);
    for (let value = 0; value < allowed.length; value++) if (wanted.has(this.key(value))) allowed[value] = 1;
    return allowed;
  }
  /** How many findings of each status have the value, if this facet were not chosen. */
  tally(value) { return this.counts.subarray(4 * value, 4 * value + 4); }
  words(key) {
    const value = this.find(key);
    return value === undefined ? key : this.label(value).filter(Boolean).join(" ");
  }
}

/** Of which a finding has many, by its check: they are counted by their checks. */
class MembersFacet extends Facet {
  /** `namesOf`: those of a check. */
  constructor(title, namesOf) {
    super(title, "check", checks);
    this.members = new Map();
    for (const [at, check] of checks.entries()) for (const id of namesOf(check)) this.members.set(id, [...(this.members.get(id) || []), at]);
    this.list();
    this.key = (value) => this.ids[value];
    this.label = (value) => [this.ids[value]];
  }
  list() { this.ids = [...this.members.keys()].sort(compareText); }
  values() { return [...this.ids.keys()]; }
  allow(keys) {
    const allowed = new Uint8Array(checks.length);
    for (const key of keys) for (const check of this.members.get(key) || []) allowed[check] = 1;
    return allowed;
  }
  tally(value) {
    const found = new Uint32Array(4);
    for (const check of this.members.get(this.ids[value])) for (let status = 0; status < 4; status++) found[status] += this.counts[4 * check + status];
    return found;
  }
}

/** Those that the scan was for come first. */
class FrameworkFacet extends MembersFacet {
  constructor() {
    super("Compliance", (check) => Object.keys(check.requirements));
    this.scores = new Map(compliance.map((each) => [each.id, scored(each)]));
    this.asked = new Set(coverage?.frameworks);
    for (const id of this.asked) if (!this.members.has(id)) this.members.set(id, []);
    this.list();
    this.label = (value) => [...new Set([this.ids[value], frameworkTitle(this.ids[value])])];
  }
  isFirst(value) { return this.asked.has(this.ids[value]); }
  /** Nothing for a framework that is not judged here. */
  score(value) { return this.scores.get(this.ids[value]); }
}

const frameworkTitle = (id) => {
  const known = compliance.find((each) => each.id === id) || titles.get(id);
  if (!known) return id;
  return known.version && !known.title.includes(known.version) ? `${known.title} ${known.version}` : known.title;
};

/** Of `framework/requirement`: both ids, and the requirement if its framework is judged here. */
function requirementOf(key) {
  const slash = key.indexOf("/"), [framework, id] = [key.slice(0, slash), key.slice(slash + 1)];
  return { framework, id, told: compliance.find((each) => each.id === framework)?.requirements.find((each) => each[0] === id) };
}

/** A requirement stands for its checks. */
function checksOf(key) {
  const { framework, id, told } = requirementOf(key);
  return new Set(told ? told[4] : checks.filter((check) => Object.hasOwn(check.requirements, framework) && check.requirements[framework].includes(id)).map((check) => check.id));
}

class RequirementFacet extends Facet {
  allow(keys) {
    const wanted = new Set(keys.flatMap((key) => [...checksOf(key)]));
    return Uint8Array.from(checks, (check) => (wanted.has(check.id) ? 1 : 0));
  }
  words(key) {
    const { framework, id, told } = requirementOf(key), name = told?.[1] || "";
    return `${framework} ${id}${name && name !== id ? `: ${name}` : ""}`;
  }
}

/** There are as many as findings, and nobody is offered them: those that are asked for are looked for (`located`). */
class ResourceFacet extends Facet {
  constructor() {
    super("Resource", "resource", []);
    this.located = new Map(); // key -> numbers
  }
  get size() { return resourceCount; }
  item(resource) { return resourceAt(resource); }
  allow(keys) {
    const allowed = new Uint8Array(resourceCount);
    for (const key of keys) for (const resource of this.located.get(key)) allowed[resource] = 1;
    return allowed;
  }
  words(key) {
    const first = this.located.get(key)?.[0];
    return first === undefined ? key : resourceAt(first).name;
  }
  /** Texts are looked through as they are in the file, where that is the key itself. */
  *locate(keys) {
    for (const key of keys.filter((each) => !this.located.has(each))) {
      const numbers = [], quoted = JSON.stringify(key), isPlain = /^[\w:/.@+=,* -]*$/.test(key);
      yield* eachResource((each, resource) => { if (resourceKey(each) === key) numbers.push(resource); }, (block) => !isPlain || block.element.textContent.includes(quoted));
      this.located.set(key, numbers);
    }
  }
}

const facets = {};
/** Those of which values are counted and offered. */
const COUNTED = ["status", "severity", "service", "category", "account", "unit", "owner", "region", "framework"];
const resourceKey = (each) => each.arn || each.id;

function makeFacets() {
  Object.assign(facets, {
    status: new Facet("Status", "status", statuses, { natural: true }),
    severity: new Facet("Severity", "severity", severities, { natural: true }),
    service: new Facet("Service", "service", services),
    category: new MembersFacet("Category", (check) => check.categories),
    account: new Facet("Account", "account", accounts, { key: (each) => each.id, label: (each) => [each.id, each.name] }),
    unit: new Facet("Unit", "unit", units, { label: (each) => [each || "(none)"] }),
    owner: new Facet("Owner", "owner", owners),
    region: new Facet("Region", "region", regions),
    framework: new FrameworkFacet(),
    check: new Facet("Check", "check", checks, { key: (each) => each.id }),
    requirement: new RequirementFacet("Requirement", "check", checks),
    resource: new ResourceFacet(),
  });
}

// ---- the address ----------------------------------------------------------------------------------------------------

const blank = () => ({ view: "overview", chosen: {}, text: "", sort: "", down: false, group: "", finding: "", problem: "", show: "", only: "" });
let state = blank();

function hashOf({ view, chosen, text, sort, down, group, finding, problem, show, only }) {
  const told = new URLSearchParams();
  if (view !== "overview") told.set("view", view);
  for (const name of Object.keys(facets)) for (const key of chosen[name] || []) told.append(name, key);
  for (const [name, value] of Object.entries({ q: text, sort: sort && (down ? "-" : "") + sort, group, finding, problem, show, only })) if (value) told.set(name, value);
  return "#" + told;
}

function stateOf(hash) {
  const told = new URLSearchParams(hash.slice(1)), sort = told.get("sort") || "", by = sort.replace(/^-/, "");
  const one = (name, known) => (known.includes(told.get(name)) ? told.get(name) : known[0]);
  return {
    view: one("view", VIEWS), text: told.get("q") || "", sort: Object.hasOwn(COLUMNS, by) ? by : "", down: Object.hasOwn(COLUMNS, by) && sort !== by, group: one("group", Object.keys(GROUPS)),
    finding: told.get("finding") || "", problem: told.get("problem") || "", show: told.get("show") || "", only: one("only", ["", ...STATUS_ORDER]),
    chosen: Object.fromEntries(Object.keys(facets).map((name) => [name, told.getAll(name)]).filter(([, keys]) => keys.length)),
  };
}

const linkTo = (changes) => hashOf({ ...state, finding: "", problem: "", ...changes });
/** To findings that are chosen by these facets on top of what is chosen. */
const linkToFindings = (chosen) => linkTo({ view: "findings", chosen: { ...state.chosen, ...chosen } });
const isChosen = (name, key) => (state.chosen[name] || []).includes(key);
const isFiltered = () => Object.keys(state.chosen).length > 0 || state.text.trim() !== "";

/** Ask for something else. `replace`: what is asked for now is not worth going back to. */
function change(changes, replace = false) {
  state = { ...state, ...changes };
  const hash = hashOf(state);
  if (hash !== location.hash) history[replace ? "replaceState" : "pushState"](null, "", hash);
  places.set(location.hash, scrollY);
  return refresh();
}

function toggleKey(name, key) {
  const keys = isChosen(name, key) ? state.chosen[name].filter((each) => each !== key) : [...(state.chosen[name] || []), key];
  const { [name]: _, ...rest } = state.chosen;
  return change({ chosen: keys.length ? { ...rest, [name]: keys } : rest });
}
