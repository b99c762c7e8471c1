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
  return [...cutOff, ...[...byCount].map(([count, names]) => h("li", null, h("strong", null, names.join(", ")), line("p", `every call failed in ${plural(count, "account")}`)))];
}

function lookedAt() {
  const { accounts: whose, regions: where, services: what, total, started, finished, seconds } = coverage;
  const clock = (stamp) => { const [day, hour] = stamp.split("T"); return `${day} ${(hour || "").replace("Z", " UTC")}`; };
  return h("dl", { class: "facts" },
    ...fact("Accounts", `${number(whose.scanned)} scanned of ${number(whose.found)} found` + (whose.scanned_before ? `, ${number(whose.scanned_before)} before this run` : "")),
    ...fact("Regions", some(where.map(({ accounts: count, regions: names }) => line("p", `${plural(names.length, "region")} in ${plural(count, "account")}${names.length ? ": " : ""}${names.join(", ")}`)))),
    ...fact("Not enabled", placesTold(coverage.not_enabled)),
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

/** What kept the scan from seeing everything, in a few words each. */
function missing() {
  const { not_entered: refused, unfinished, gaps, unseen: blind } = coverage, regionsBlind = Object.keys(blind).length;
  return [refused.length && `${plural(refused.length, "account")} could not be entered`, unfinished.length && `${plural(unfinished.length, "account")} ${unfinished.length === 1 ? "was" : "were"} not scanned to the end`,
    regionsBlind && `every call failed in ${plural(regionsBlind, "region")} of some accounts`, gaps.length && `${plural(gaps.length, "cause")} kept something from view`].filter(Boolean);
}

const untold = () => (announced < 0 ? "What was looked at, and what not, is told when the scan ends. It still runs, or was stopped." : "This report was made without it.");

/** On the first view: whether the findings are all there is. */
function showSeen() {
  const told = coverage ? missing() : [untold()], box = byId("seen");
  box.hidden = !told.length;
  box.replaceChildren(h("b", null, coverage ? "Not everything was seen: " : "Coverage: "), `${told.join(", ")} `, coverage && h("a", { href: hashOf({ ...blank(), view: "coverage" }) }, "See coverage"));
}

function showCoverage() {
  byId("coverage-body").hidden = !coverage;
  if (!coverage) {
    byId("coverage-brief").textContent = untold();
    return;
  }
  const { not_entered: refused, gaps, unsupported, accounts: whose, regions: where, services: what, total, seconds } = coverage;
  const places = new Set(where.flatMap(({ regions: names }) => names)), kept = missing();
  byId("coverage-brief").replaceChildren(
    h("b", { class: kept.length ? "MANUAL" : "PASS" }, kept.length ? kept.join(", ") : "nothing was kept from view"),
    h("small", null, [`${number(whose.scanned)} of ${plural(whose.found, "account")}`, plural(places.size, "region"), plural(what.length, "service"), plural(total.calls, "call"), lasted(seconds)].join(" · ")));
  byId("coverage-body").replaceChildren(
    ...chapter("Could not be entered", refused.map(refusal)), ...chapter("Not scanned, or not to the end", unseen()),
    ...chapter("Could not look", gaps.map(gap), "One line for each cause. What it hides is MANUAL among the findings."),
    h("div", { class: "looked" }, h("div", null, h("h3", null, "Looked at"), lookedAt()), h("div", null, h("h3", null, "Calls"), callsTable())),
    ...chapter("Does not exist there", unsupported.map(gap), "Services and features that are not offered in a region, or not to an account. This hides nothing."));
}
