// Frameworks with their scores, and the requirements of one.

/** A requirement is [id, name, section, status, checks, failed, passed, manual, muted], and where the configuration is not what it allows, a sentence for each key. */
const statusOf = (requirement) => requirement[3];
const withStatus = (framework, status) => framework.requirements.filter((each) => statusOf(each) === status).length;
const scored = ({ score }) => (score === null ? "not scored" : `${Math.floor(score * 10) / 10} %`); // never rounded up to all

/** Of how much a score speaks. */
function judgedOf(framework) {
  const all = framework.requirements.length, among = withStatus(framework, "FAIL") + withStatus(framework, "PASS"), rest = all - among;
  return `${number(withStatus(framework, "PASS"))} of ${number(among)} judged${rest ? `, ${number(rest)} not judged` : ""}`;
}

/** What a manager asks for first: where most failed, and among equals where most was judged. */
function byFailed(frameworks) {
  const failed = new Map(frameworks.map((each) => [each, withStatus(each, "FAIL")])), passed = new Map(frameworks.map((each) => [each, withStatus(each, "PASS")]));
  return [...frameworks].sort((a, b) => (a.score === null) - (b.score === null) || failed.get(b) - failed.get(a) || passed.get(b) - passed.get(a) || compareText(a.title, b.title));
}

function frameworkLink(framework, current) {
  const score = h("span", { class: "track", "aria-hidden": "true" }), statusesTold = STATUS_ORDER.slice(0, 3).map((status) => [status, withStatus(framework, status)]).filter(([, count]) => count);
  for (const [status, count] of [...statusesTold].reverse()) score.appendChild(h("i", { class: status })).style.width = `${(100 * count) / framework.requirements.length}%`;
  return h("li", null, h("a", { class: "framework", href: linkTo({ view: "compliance", show: framework.id, only: "" }), "aria-current": current ? "true" : null, "data-key": `framework/${framework.id}` },
    h("span", { class: "what", dir: "auto" }, frameworkTitle(framework.id)), h("b", null, scored(framework)), score, h("small", null, judgedOf(framework))));
}

const isHere = (check) => tables.check.find(check) !== undefined;

/** Why a requirement has its status: the figures of its findings, and what a person has to see to. */
function whyStatus([, , , status, among, failed, passed, manual, muted, loosened = []]) {
  if (!among.length) return "no check: a person must judge";
  const having = (wanted) => among.filter((check) => judged.get(check) === wanted).length, found = failed + passed + manual + muted;
  const figures = [[failed, "failed"], [manual, "manual"], [passed, "passed"], [muted, "muted"]].filter(([count]) => count).map(([count, what]) => `${number(count)} ${what}`).join(", ");
  const silent = status === "MANUAL" ? ["not implemented", "not run"].filter(having).map((what) => (among.length === 1 ? what : `${what}: ${number(having(what))} of ${plural(among.length, "check")}`)) : [];
  const blind = status === "MANUAL" && !manual && having("MANUAL") > 0 && "not everything could be looked at";
  return [figures, found > 0 && !among.some(isHere) && "not in this report", ...silent, blind, !found && having("nothing found") > 0 && "nothing found", ...loosened].filter(Boolean).join(" · ") || "no findings";
}

function checkLine(id) {
  const status = judged.get(id);
  return h("li", null, isHere(id) ? h("a", { href: linkTo({ view: "findings", text: "", group: "", chosen: { check: [id] } }) }, id) : id, ": ", h("span", { class: status }, status));
}

/** A button that shows the checks of a requirement below it. */
function checksButton(among) {
  const more = button({ class: "more", "aria-expanded": "false", onclick() {
    const shown = more.nextElementSibling;
    if (shown) shown.remove();
    else more.after(h("ul", { class: "checks" }, ...among.map(checkLine)));
    more.setAttribute("aria-expanded", String(!shown));
  } }, plural(among.length, "check"));
  return more;
}

function requirementRow(framework, requirement) {
  const [id, name, , status, among] = requirement;
  const text = [statusLabel(status), h("span", { class: "what", dir: "auto" }, h("b", null, id), name && name !== id && line("span", name)), h("small", null, whyStatus(requirement))];
  const row = among.some(isHere) ? h("a", { class: "requirement", href: linkTo({ view: "findings", text: "", group: "check", chosen: { requirement: [`${framework.id}/${id}`] } }) }, ...text) : h("div", { class: "requirement" }, ...text);
  return h("li", null, row, among.length > 0 && checksButton(among));
}

function sections(framework) {
  const bySection = new Map();
  for (const each of framework.requirements) {
    if (state.only && statusOf(each) !== state.only) continue;
    bySection.set(each[2], [...(bySection.get(each[2]) || []), each]);
  }
  return [...bySection].map(([name, found]) => {
    const failed = found.filter((each) => statusOf(each) === "FAIL").length;
    return h("details", { class: "section", open: true }, h("summary", null, line("bdi", name || "Requirements"), h("small", null, `${failed ? `${number(failed)} failed of ` : ""}${plural(found.length, "requirement")}`)),
      h("ul", null, ...found.map((each) => requirementRow(framework, each))));
  });
}

function statusChoice(framework) {
  const choices = [["", framework.requirements.length], ...STATUS_ORDER.slice(0, 3).map((status) => [status, withStatus(framework, status)])];
  return h("div", { class: "choice", role: "group", "aria-label": "Requirements by status" }, ...choices.map(([status, count]) =>
    button({ "data-key": `only/${status}`, class: status || null, "aria-pressed": String(state.only === status), onclick: () => change({ only: status }) }, `${status || "All"} ${number(count)}`)));
}

function whyNoCompliance() {
  if (announced < 0) return "The frameworks are judged when the scan ends. It still runs, or was stopped.";
  if (!coverage) return "Frameworks are judged with the scan's coverage file, which this report was made without.";
  return "No check of this scan is evidence for a framework, so none is scored.";
}

function showCompliance() {
  const none = byId("compliance-none"), list = byId("frameworks"), one = byId("framework");
  none.hidden = !!compliance.length;
  list.hidden = one.hidden = !compliance.length;
  if (!compliance.length) {
    const named = facets.framework.values().length;
    fill(none, line("p", whyNoCompliance()), named > 0 && h("p", { class: "about" }, `The checks name requirements of ${plural(named, "framework")}: filter findings by them under Compliance in the overview.`));
    return;
  }
  const inOrder = byFailed(compliance), shown = compliance.find((each) => each.id === state.show) || inOrder[0];
  keepFocus(() => {
    fill(list, ...inOrder.map((each) => frameworkLink(each, each === shown)));
    fill(one, h("h2", { dir: "auto" }, frameworkTitle(shown.id)), h("p", { class: "about" }, `Score: ${scored(shown)} (${judgedOf(shown)}). A requirement leads to the findings of its checks, if there are any.`), statusChoice(shown), ...sections(shown));
  });
}
