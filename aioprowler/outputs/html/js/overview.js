// The first view: how many of each status, the worst problems, and where they are.

const EXPLAINED = { FAIL: "to be fixed", MANUAL: "could not look, or needs a person", PASS: "as it should be", MUTED: "accepted by a mutelist" };
const BARS_SHOWN = matchMedia("(max-width: 640px)").matches ? 3 : 6;
const WORST = 10, MORE = 40; // problems
const total = (name, value) => sum(facets[name].tally(value));
const ofStatus = (name, value, status) => facets[name].tally(value)[statuses.indexOf(status)];
const isMutedSomewhere = () => of.status.includes(MUTED);

function showTiles() {
  const tiles = STATUS_ORDER.filter((status) => status !== "MUTED" || isMutedSomewhere()), count = (status) => total("status", statuses.indexOf(status));
  fill(byId("tiles"), ...tiles.map((status) =>
    button({ class: `tile ${status}`, "data-key": `status/${status}`, "aria-pressed": String(isChosen("status", status)), onclick: () => toggleKey("status", status) },
      h("b", null, number(count(status))), h("span", { class: "name" }, status), h("small", null, status === "PASS" && passedBesides ? `and ${number(passedBesides)} counted only` : EXPLAINED[status]))));
  fill(byId("share"), ...tiles.filter(count).map((status) => {
    const part = h("i", { class: status });
    part.style.flexGrow = count(status);
    return part;
  }));
}

// ---- the worst problems ---------------------------------------------------------------------------------------------

let worstShown = WORST;

function whoOwns(ids, findings) {
  const whose = new Map();
  for (const i of findings) {
    const key = of.account[i];
    if (!whose.has(key)) whose.set(key, []);
    whose.get(key).push(i);
  }
  const rows = [...whose].sort((a, b) => b[1].length - a[1].length).map(([at, failing]) => {
    const account = accounts[at], named = tallied(failing, "owner"), to = linkToFindings({ check: ids, account: [account.id], status: ["FAIL"] });
    return h("tr", null, h("td", null, h("a", { href: to, "aria-label": `${plural(failing.length, "failed finding")} in ${account.id}` }, number(failing.length))),
      line("td", account.name || account.id, account.name && h("small", null, account.id)),
      h("td", { dir: "auto" }, ...named.slice(0, 3).map(([owner, count]) => line("span", owners[owner], named.length > 1 && h("small", null, ` ${number(count)}`))), named.length > 3 && h("small", null, `and ${number(named.length - 3)} more`)),
      h("td", { dir: "auto" }, account.email, h("small", null, units[account.unit])), h("td", null, ...tags(account.tags)));
  });
  return firstOf(rows, (all) => h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": "Who owns it" },
    h("table", { class: "owners" }, h("thead", null, h("tr", null, ...["Failed", "Account", "Owner", "Email and unit", "Account tags"].map((title) => h("th", { scope: "col" }, title)))), h("tbody", null, ...all))), 8);
}

const RESOURCES_SHOWN = 50;
/** What fails, the most urgent first, each with the command of its own. */
function whatFails(ids, findings) {
  const chosen = { ...state.chosen, check: ids, status: ["FAIL"] };
  const rows = Array.from(findings.subarray(0, RESOURCES_SHOWN), (i) => {
    const resource = resourceAt(of.resource[i]), { uid, command: own } = said(i);
    return h("tr", null, h("td", null, h("a", { href: linkTo({ view: "findings", chosen, finding: uid }), dir: "auto" }, resource.name)), line("td", accounts[of.account[i]].name || accounts[of.account[i]].id),
      line("td", regions[of.region[i]]), line("td", owners[of.owner[i]]), h("td", null, own && copyButton(visible(own), `the command for ${resource.name}`)));
  });
  return firstOf(rows, (all) => h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": "What fails" },
    h("table", { class: "resources" }, h("thead", null, h("tr", null, ...["Resource", "Account", "Region", "Owner", "Command"].map((title) => h("th", { scope: "col" }, title)))), h("tbody", null, ...all))));
}

function problemDetails({ check: at, checks: ids, findings }) {
  const check = checks[at];
  return h("div", { class: "problem-details" },
    h("div", null, ...section("Remediation", ...remediation(check.remediation)), ...section("Risk", check.risk && prose(check.risk)), ...section("Compliance", requirements(check))),
    h("div", null, h("h3", null, "What fails"), ...whatFails(ids, findings), h("h3", null, "Who owns it"), ...whoOwns(ids, findings), h("p", { class: "read-more" }, h("a", { href: linkToFindings({ check: ids, status: ["FAIL"] }) }, `Show ${findings.length === 1 ? "the failed finding" : `all ${number(findings.length)} failed findings`}`))));
}

function problem(each, rank) {
  const { check: at, severity, resources: failing, accounts: among, owners: named } = each, check = checks[at], open = state.problem === check.id, more = named.length > 2 ? ` and ${number(named.length - 2)} more` : "";
  return h("li", { class: open ? "open" : null },
    button({ class: "problem", "data-key": `worst/${check.id}`, "aria-expanded": String(open), onclick: () => openProblem(open ? "" : check.id) },
      h("span", { class: "rank", "aria-hidden": "true" }, number(rank + 1)), severityLabel(severities[severity]),
      h("span", { class: "what" }, line("span", each.told), line("small", `${services[check.service]} · ${check.id}`)),
      h("span", { class: "where" }, h("b", null, `${plural(failing, "resource")} ${failing === 1 ? "fails" : "fail"}`), h("small", null, ` in ${plural(among, "account")}`)),
      h("span", { class: "whose", dir: "auto" }, h("span", { class: "hidden" }, "Owners: "), named.slice(0, 2).map(([owner]) => owners[owner]).join(", ") + more)),
    open && problemDetails(each));
}

function openProblem(id) {
  remember({ problem: id });
  keepFocus(showWorst);
}

/** Whether nothing failed at all, or only nothing of what is here. */
function nothingFailed() {
  if (failedElsewhere) return `No finding ${isFiltered() ? "among what is chosen" : "in this report"} is FAIL: ${number(failedElsewhere)} FAIL ${failedElsewhere === 1 ? "is" : "are"} left out of it.`;
  if (isFiltered()) return "Nothing failed among what is chosen.";
  return coverage?.ended && !partial.length ? "Nothing failed." : "No finding in this report is FAIL.";
}

function showWorst() {
  byId("worst-about").textContent = problems.length ? `${plural(problems.length, "problem")}. By severity, then by how many resources have them; each opens to its remediation and owners.` : nothingFailed();
  fill(byId("worst"), ...problems.slice(0, worstShown).map(problem));
  const left = problems.length - worstShown, more = byId("worst-more");
  more.hidden = left <= 0 && worstShown === WORST;
  more.textContent = left > 0 ? `Show ${number(Math.min(left, MORE))} more` : "Show ten";
}

function showMore() {
  worstShown = problems.length > worstShown ? worstShown + MORE : WORST;
  return refresh();
}

// ---- bars -----------------------------------------------------------------------------------------------------------

const wholePanels = new Set(); // facets whose panel shows everything

function bar(name, value, longest) {
  const facet = facets[name], key = facet.key(value), [what, more] = facet.label(value), track = h("span", { class: "track", "aria-hidden": "true" });
  for (const status of STATUS_ORDER) {
    const count = ofStatus(name, value, status);
    if (!count) continue;
    const part = track.appendChild(h("i", { class: status }));
    part.style.width = `max(2px, ${(100 * count) / longest}%)`;
  }
  const figures = STATUS_ORDER.map((status) => `${number(ofStatus(name, value, status))} ${status}`).join(", ");
  return button({ class: "bar", title: `${[what, more].filter(Boolean).join(" ")}: ${figures}`, "data-key": `${name}/${key}`, "aria-pressed": String(isChosen(name, key)), onclick: () => toggleKey(name, key) },
    h("span", { class: "what" }, line("bdi", what), more && line("small", more)),
    h("span", { class: "much" }, h("b", null, number(ofStatus(name, value, "FAIL"))), h("span", { class: "hidden" }, " failed of "), h("span", { "aria-hidden": "true" }, " / "), number(total(name, value))), track);
}

/** A framework's bar, and its score, which leads to its requirements. */
function judgedBar(value, longest) {
  const facet = facets.framework, id = facet.key(value), score = facet.score(value);
  return h("div", { class: "judged-bar" }, bar("framework", value, longest), score && h("a", { class: "score", href: linkTo({ view: "compliance", show: id, only: "" }), "aria-label": `Score of ${id}: ${score}`, "data-key": `score/${id}` }, score));
}

/** A facet's values that there are: those that the scan was for, then the most failed. */
function byFailures(name) {
  const facet = facets[name], found = [];
  for (const value of facet.values()) {
    const tally = facet.tally(value), all = sum(tally), chosen = isChosen(name, facet.key(value)), first = facet.isFirst(value);
    if (all || chosen || first) found.push({ value, failed: tally[FAIL], all, chosen, first });
  }
  if (facet.natural) return found;
  const byName = found.length > 1000 ? (a, b) => a.value - b.value : (a, b) => compareText(facet.label(a.value)[0], facet.label(b.value)[0]);
  return found.sort((a, b) => b.first - a.first || b.failed - a.failed || b.all - a.all || byName(a, b));
}

function showPanel(panel) {
  const name = panel.dataset.facet, found = byFailures(name), most = facets[name].natural ? found.length : BARS_SHOWN, whole = wholePanels.has(name);
  const longest = found.reduce((most, { all }) => Math.max(most, all), 1), shown = whole ? found.slice(0, 500) : found.filter(({ chosen }, at) => at < most || chosen);
  const scrolled = panel.querySelector(".bars")?.scrollTop || 0, withScores = name === "framework" && facets.framework.scores.size > 0;
  const bars = h("div", { class: "bars" }, ...shown.map(({ value }) => (withScores ? judgedBar(value, longest) : bar(name, value, longest))));
  if (withScores) panel.querySelector("h2 small").textContent = "failed / all · score";
  const more = found.length > most && button({ class: "more", "data-key": `${name}/more`, "aria-expanded": String(whole), onclick() { wholePanels.delete(name) || wholePanels.add(name); keepFocus(() => showPanel(panel)); } },
    whole ? "Show fewer" : found.length > 500 ? `Show 500 of ${number(found.length)}` : `Show all ${number(found.length)}`);
  const none = !found.length && h("p", { class: "about" }, name === "framework" ? "The checks name no requirements." : "None.");
  fill(panel, panel.firstElementChild, none || bars, more);
  bars.scrollTop = scrolled;
}

function showOverview() {
  keepFocus(() => {
    showTiles();
    showWorst();
    showStandings();
    document.querySelectorAll(".panel").forEach(showPanel);
  });
}
