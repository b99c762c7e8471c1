// On paper: of the overview one page; of the findings the overview, what failed by check, and coverage with all of it
// open; the two other views as they are.

const PRINTED = 1000, PRINTED_OF_CHECK = 25; // findings
let shutAgain = [];

function printedProblem({ check: at, findings, severity, told }, most) {
  const check = checks[at], shown = findings.subarray(0, most);
  const rows = Array.from(shown, (i) => h("tr", null, line("td", resourceAt(of.resource[i]).name), line("td", accounts[of.account[i]].name || accounts[of.account[i]].id), line("td", regions[of.region[i]]), line("td", owners[of.owner[i]]), line("td", said(i).detail)));
  return h("section", { class: "printed" }, h("h3", null, severityLabel(severities[severity]), " ", line("bdi", told)), h("p", { class: "about" }, `${check.id} · ${plural(findings.length, "failed finding")}`),
    check.remediation.text && prose(check.remediation.text), check.remediation.cli && h("pre", null, check.remediation.cli),
    rows.length > 0 && h("table", null, h("thead", null, h("tr", null, ...["Resource", "Account", "Region", "Owner", "Finding"].map((title) => h("th", { scope: "col" }, title)))), h("tbody", null, ...rows)),
    findings.length > shown.length && h("p", { class: "about" }, `and ${number(findings.length - shown.length)} more`));
}

function toPaper() {
  if (state.view === "findings") {
    let left = PRINTED;
    document.body.classList.add("whole");
    [...ranking(), ...standing()];
    showOverview();
    const printed = problems.map((each) => {
      const most = Math.min(left, PRINTED_OF_CHECK, each.findings.length);
      left -= most;
      return printedProblem(each, most);
    });
    fill(byId("paper"), h("h2", null, "What failed, by check"), ...printed);
  }
  const chosen = Object.entries(state.chosen).flatMap(([name, keys]) => keys.map((key) => `${facets[name].title}: ${facets[name].words(key)}`)).concat(state.text ? [`text: ${state.text}`] : []);
  fill(byId("only"), chosen.length > 0 && `Only ${chosen.join("; ")}`);
  shutAgain = [...document.querySelectorAll("#coverage details:not([open]), #compliance details:not([open])")];
  shutAgain.forEach((each) => { each.open = true; });
}

function fromPaper() {
  document.body.classList.remove("whole");
  fill(byId("paper"));
  shutAgain.forEach((each) => { each.open = false; });
}
