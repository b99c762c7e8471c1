// Who is worst: owners, units and accounts by what failed of theirs.

const STANDINGS_SHOWN = 5, STANDINGS_MOST = 500;

function standingRow(name, [value, ...counts]) {
  const facet = facets[name], [what, more] = facet.label(value), chosen = { [name]: [facet.key(value)], status: ["FAIL"] };
  const kinds = [...severities.slice(0, URGENT), ""];
  const cells = counts.map((count, at) => h("td", null, count ? h("a", { href: linkToFindings(kinds[at] ? { ...chosen, severity: [kinds[at]] } : chosen), "aria-label": `${plural(count, "failed finding")}${kinds[at] ? `, ${kinds[at]},` : ""} of ${what}` }, number(count)) : "·"));
  return h("tr", null, h("th", { scope: "row", dir: "auto" }, more || what, more && h("small", null, what)), ...cells);
}

function standingTable(name) {
  const { title } = facets[name], rows = standings[name].slice(0, STANDINGS_MOST).map((each) => standingRow(name, each));
  if (!rows.length || facets[name].size < 2) return null;
  const head = [title, ...severities.slice(0, URGENT), "Failed"].map((each) => h("th", { scope: "col" }, each));
  return h("div", null, ...firstOf(rows, (all) => h("table", { class: "standing" }, h("thead", null, h("tr", null, ...head)), h("tbody", null, ...all)), STANDINGS_SHOWN));
}

function showStandings() {
  const found = STANDING.map(standingTable).filter(Boolean);
  byId("standings").hidden = !found.length;
  fill(byId("standings-body"), ...found);
}
