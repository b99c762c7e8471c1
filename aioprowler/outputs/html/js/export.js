// The list as it is chosen, as a file.

/** Names as those of a finding's JSON: docs/findings.md. `problem` is what stands above it here, `owner` whom we take for it. */
function exported(i) {
  const check = checks[of.check[i]], resource = resourceAt(of.resource[i]), account = accounts[of.account[i]], { detail, uid, command } = said(i);
  return {
    status: statuses[of.verdict[i]], muted: of.status[i] === MUTED, severity: severities[of.severity[i]], check_id: check.id, problem: headline(i), status_detail: detail,
    service: services[of.service[i]], region: regions[of.region[i]], account_id: account.id, account_name: account.name, account_organizational_unit: units[of.unit[i]], owner: owners[of.owner[i]],
    resource_id: resource.id, resource_name: resource.name, resource_arn: resource.arn, resource_type: check.type, resource_tags: resource.tags, command, uid,
  };
}

const FORMULA = /^[ "]*[=+\-@＝＋－＠]/; // as aioprowler/outputs/csv.py has it
const plainText = (value) => (typeof value === "string" ? value : typeof value === "object" ? pairs(value).join(" | ") : String(value));

/** On one line, and inert where a spreadsheet would take it for a formula. */
function cell(value) {
  const text = visible(plainText(value)).replaceAll("\n", " "), inert = FORMULA.test(text) ? `'${text}` : text;
  return `"${inert.replaceAll('"', '""').replace(/,(?=[ "]*[=+\-@＝＋－＠])/g, ",'")}"`;
}
const lineOf = (values) => values.map(cell).join(";") + "\n";

const EXPORTS = {
  csv: { type: "text/csv", head: () => lineOf(Object.keys(exported(view[0]))), line: (i) => lineOf(Object.values(exported(i))) },
  jsonl: { type: "application/jsonl", head: () => "", line: (i) => JSON.stringify(exported(i)).replace(HIDDEN, escaped) + "\n" },
};
const escaped = (c) => [...Array(c.length).keys()].map((at) => "\\u" + c.charCodeAt(at).toString(16).padStart(4, "0")).join("");

/** Made in slices, of what is chosen when it is asked for. */
async function save(format) {
  const { type, head, line } = EXPORTS[format], chosen = view, parts = [head()];
  for (let at = 0; at < chosen.length;) {
    const lines = [], until = performance.now() + SLICE;
    while (at < chosen.length && performance.now() < until) lines.push(line(chosen[at++]));
    parts.push(new Blob(lines)); // all of them at once would take a second
    await turn();
  }
  const address = URL.createObjectURL(new Blob(parts, { type })), name = decodeURIComponent(location.pathname.split("/").pop()).replace(/\.html$/, "") || "findings";
  h("a", { href: address, download: `${name}-chosen.${format}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
