// What was looked at and what not, as the scan told at its end.

const REGIONS_NAMED = 3;

function lasted(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60), rest = Math.round(seconds) % 60;
  return minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : minutes ? `${minutes} min ${rest} s` : `${rest} s`;
}

const list = (elements) => firstOf(elements, (all) => h("ul", { class: "lines" }, ...all));
const chapter = (title, elements, about) => (elements.length ? [h("h3", null, title), ...(about ? [h("p", { class: "about" }, about)] : []), ...list(elements)] : []);

const placesTold = (places) => Object.entries(places).map(([region, count]) => `${region} (${number(count)})`).join(", ");
const regionsTold = (names) => (names.length > REGIONS_NAMED ? plural(names.length, "region") : names.join(", "));

function refusal({ account_id, name, reason }) {
  return h("li", null, (account_id || name) && h("strong", { dir: "auto" }, [account_id, name].filter(Boolean).join(" ")), line("p", reason));
}

function gap({ explanation, actions, accounts: count, account_ids, regions: places, calls }) {
  const which = [...fact("Actions", actions.length > 1 && actions.join(", ")), ...fact("Accounts", account_ids.join(", ") + (count > account_ids.length && account_ids.length ? ` and ${number(count - account_ids.length)} more` : "")),
    ...fact("Regions, with accounts", placesTold(places))];
  return h("li", null, line("p", explanation.replace(/^Could not look: /, "")),
    h("details", { class: "which" }, h("summary", null, [plural(count, "account"), regionsTold(Object.keys(places)), plural(calls, "failed call")].join(" · ")), h("dl", { class: "facts" }, ...which)));
}

function unseen() {
  const cutOff = coverage.unfinished.map(({ account_id, reason }) => h("li", null, h("strong", null, account_id), line("p", reason)));
  const byCount = new Map();
  for (const [region, count] of Object.entries(coverage.unseen)) byCount.set(count, [...(byCount.get(count) || []), region]);
  const unknown = Object.entries(coverage.unknown || {}).map(([region, count]) => h("li", null, h("strong", null, region), line("p", `AWS did not tell whether ${plural(count, "account")} enabled it`)));
  return [...cutOff, ...[...byCount].map(([count, names]) => h("li", null, h("strong", null, names.join(", ")), line("p", `every call failed in ${plural(count, "account")}`))), ...unknown];
}

const SESSIONS = { actions: "limited to the plan", prefixes: "limited to the plan, some of whose actions are given as prefixes",
  managed: "limited to AWS's SecurityAudit and ViewOnlyAccess", none: "not limited: they could do all that the roles may" };

function lookedAt() {
  const { accounts: whose, regions: where, services: what, total, started, finished, seconds } = coverage;
  const clock = (stamp) => { const [day, hour] = stamp.split("T"); return `${day} ${(hour || "").replace("Z", " UTC")}`; };
  return h("dl", { class: "facts" },
    ...fact("Accounts", `${number(whose.scanned)} scanned of ${number(whose.found)} found` + (whose.scanned_before ? `, ${number(whose.scanned_before)} before this run` : "")),
    ...fact("Regions", some(where.map(({ accounts: count, regions: names }) => line("p", `${plural(names.length, "region")} in ${plural(count, "account")}${names.length ? ": " : ""}${names.join(", ")}`)))),
    ...fact("Not enabled", placesTold(coverage.not_enabled)),
    ...fact("Services", `${number(what.length)}: ${what.join(", ")}`), ...fact("Checks", number(coverage.checks)),
    ...fact("Sessions of roles", SESSIONS[coverage.session_policy]),
    ...fact("Only a part", some(partial.map((each) => line("p", each)))),
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

const listed = new Intl.ListFormat("en-GB");
const and = (words) => listed.format(words);
const figuresOf = (counts) => STATUS_ORDER.filter((status) => counts[status]).map((status) => `${number(counts[status])} ${status}`);

/** How many findings of each status are in this report. */
function held() {
  const counts = new Uint32Array(statuses.length);
  for (let i = 0; i < of.status.length; i++) counts[of.status[i]]++;
  return Object.fromEntries(statuses.map((status, at) => [status, counts[at]]));
}

/** Likewise, that the scan made and this report lacks, those apart that a baseline knows. */
function leftOut(here) {
  const made = { ...coverage.findings, MUTED: sum(Object.values(coverage.muted)) };
  const counted = { PASS: passedBesides };
  return Object.fromEntries(STATUS_ORDER.map((status) => [status, broken ? 0 : Math.max(0, (made[status] || 0) - here[status] - (counted[status] || 0))]));
}

function onlyResources({ resource_arns: arns, resource_tags: tagged }) {
  const named = `${arns.slice(0, 3).join(", ")}${arns.length > 3 ? ` and ${number(arns.length - 3)} more` : ""}`, tags = `the tag${tagged.length === 1 ? "" : "s"} ${and(tagged)}`;
  if (arns.length) return `Only these resources were judged: ${named}${tagged.length ? `, where they have ${tags}` : ""}.`;
  return tagged.length ? `Only resources with ${tags} were judged.` : "";
}

function onlyNew({ known, resumed }) {
  const many = sum(Object.values(known));
  return many ? `Only new findings: ${resumed ? "at least " : ""}${number(many)} known from the baseline ${many === 1 ? "is" : "are"} not in this report (${figuresOf(known).join(", ")}).` : "";
}

function onlyStatuses({ statuses: wanted, resumed }, here, lacks) {
  const missing = figuresOf(lacks), many = sum(Object.values(lacks));
  const among = STATUS_ORDER.filter((status) => here[status] || wanted.includes(status)), chosen = wanted.length > 0 && STATUS_ORDER.slice(0, 3).some((status) => !among.includes(status));
  if (!chosen && !missing.length) return "";
  const what = chosen ? `Only findings with status ${and(among)} are in this report` : "Not all findings are in this report";
  return `${what}: ${missing.length ? `${and(missing)} ${many === 1 ? "was" : "were"} found and left out` : "no others were found"}${chosen && resumed ? "; what the interrupted scan left out is not counted" : ""}.`;
}

/** Every FAIL and MANUAL is listed, however many findings there are. */
const onlyCounted = () => (passedBesides ? `Of what passed not all is listed: ${number(passedBesides)} PASS ${passedBesides === 1 ? "is" : "are"} counted only, for so many findings are more than a browser can hold.` : "");

let partial = [], failedElsewhere = 0;

/** What this report lacks because it was asked for so: a sentence each, and how many failures. */
function findPartial() {
  partial = [onlyCounted()].filter(Boolean);
  if (!coverage) return;
  const here = held(), lacks = leftOut(here);
  partial = [onlyResources(coverage), onlyNew(coverage), onlyStatuses(coverage, here, lacks), onlyCounted()].filter(Boolean);
  failedElsewhere = lacks.FAIL + (coverage.known.FAIL || 0);
}

const toCoverage = () => h("a", { href: hashOf({ ...blank(), view: "coverage" }) }, "See coverage");

/** On the first view: that the report is a part, by choice, of what was found. */
function showPart() {
  const box = byId("part");
  box.hidden = !partial.length;
  fill(box, ...partial.map((each, at) => {
    const [what, ...more] = each.split(": ");
    return line("p", h("b", null, what), more.length > 0 && `: ${more.join(": ")}`, " ", at === partial.length - 1 && toCoverage());
  }));
}

/** What kept the scan from seeing everything, in a few words each. */
function missing() {
  const { not_entered: refused, unfinished, gaps, unseen: blind, unknown = {} } = coverage, regionsBlind = Object.keys(blind).length, regionsUnknown = Object.keys(unknown).length;
  return [refused.length && `${plural(refused.length, "account")} could not be entered`, unfinished.length && `${plural(unfinished.length, "account")} ${unfinished.length === 1 ? "was" : "were"} not scanned to the end`,
    regionsBlind && `every call failed in ${plural(regionsBlind, "region")} of some accounts`, regionsUnknown && `AWS did not tell whether ${plural(regionsUnknown, "region")} ${regionsUnknown === 1 ? "is" : "are"} enabled`,
    gaps.length && `${plural(gaps.length, "cause")} kept something from view`].filter(Boolean);
}

const untold = () => (announced < 0 ? "What was looked at, and what not, is told when the scan ends. It still runs, or was stopped." : "This report was made without it.");

/** On the first view: whether the findings are all there is. */
function showSeen() {
  const told = coverage ? missing() : [untold()], box = byId("seen");
  box.hidden = !told.length;
  fill(box, h("b", null, coverage ? "Not everything was seen: " : "Coverage: "), `${told.join(", ")} `, coverage && toCoverage());
}

function showCoverage() {
  byId("coverage-body").hidden = !coverage;
  if (!coverage) {
    byId("coverage-brief").textContent = untold();
    return;
  }
  const { not_entered: refused, gaps, unsupported, accounts: whose, regions: where, services: what, total, seconds } = coverage;
  const places = new Set(where.flatMap(({ regions: names }) => names)), kept = missing();
  fill(byId("coverage-brief"),
    h("b", { class: kept.length ? "MANUAL" : "PASS" }, kept.length ? kept.join(", ") : "nothing was kept from view"),
    h("small", null, [`${number(whose.scanned)} of ${plural(whose.found, "account")}`, plural(places.size, "region"), plural(what.length, "service"), plural(total.calls, "call"), lasted(seconds)].join(" · ")));
  fill(byId("coverage-body"),
    ...chapter("Could not be entered", refused.map(refusal)), ...chapter("Not scanned, or not to the end", unseen()),
    ...chapter("Could not look", gaps.map(gap), "One line for each cause. What it hides is MANUAL among the findings."),
    h("div", { class: "looked" }, h("div", null, h("h3", null, "Looked at"), lookedAt()), h("div", null, h("h3", null, "Calls"), callsTable())),
    ...chapter("Not there", unsupported.map(gap), `${plural(new Set(unsupported.map(({ action }) => action)).size, "service")} that a region or partition does not have, or that an account has not subscribed to. Nothing is judged of them there.`));
}
