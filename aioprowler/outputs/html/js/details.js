// What there is to say about a check, a resource, a finding.

/** Paragraphs, with what stands in backticks as code. */
function prose(text) {
  const paragraphs = text.split("\n\n").map((paragraph) =>
    line("p", ...paragraph.split(/`([^`\n]+)`/).map((part, at) => (at % 2 ? h("code", null, part) : part))));
  return h("div", { class: "prose" }, ...paragraphs);
}

/** The text with the commands for one resource: `own` in place of `cli`, and of the others those of `further`, in turn. */
function filledIn(text, cli, own, further) {
  let at = 0;
  const told = text.replace(/`(aws\s[^`]+)`/g, (whole, general) => (general === cli || at >= further.length ? whole : `\`${further[at++]}\``));
  return cli ? told.split(cli).join(own) : told;
}

/** `own`: the command for one resource, in place of the general one; `further`: likewise the others of the text. */
function remediation({ text = "", cli = "", cloudformation = "", terraform = "", console = "", url = "" }, own = cli, further = []) {
  const more = (title, body) => body && h("details", { class: "more-code" }, h("summary", null, title), body);
  return [text && prose(filledIn(text, cli, own, further)), own && command(own, "the command"), more("CloudFormation", cloudformation && command(cloudformation, "CloudFormation")), more("Terraform", terraform && command(terraform, "Terraform")),
    more("In the console", console && prose(console)),
    /^https?:\/\//.test(url) && h("p", { class: "read-more" }, h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, "Read more at " + url.split("/")[2]))];
}

function fact(name, value) {
  return value && (typeof value !== "string" || value.trim()) ? [h("dt", null, name), h("dd", { dir: "auto" }, ...[value].flat())] : [];
}
const tags = (tagged) => Object.entries(tagged).map(([key, value]) => h("span", { class: "tag", dir: "auto" }, `${key} = ${value}`));
const some = (list) => (list.length ? list : "");
const section = (title, ...body) => (body.some(Boolean) ? [h("h3", null, title), ...body] : []);

/** The requirements for which a check is evidence; each leads to its findings. */
function requirements(check) {
  const frameworks = Object.entries(check.requirements);
  if (!frameworks.length) return "";
  const link = (framework, id) => h("a", { class: "tag", href: linkTo({ view: "findings", text: "", chosen: { requirement: [`${framework}/${id}`] } }) }, id);
  return h("details", { class: "more-code" }, h("summary", null, `${plural(sum(frameworks.map(([, ids]) => ids.length)), "requirement")} of ${plural(frameworks.length, "framework")}`),
    h("dl", { class: "frameworks" }, ...frameworks.flatMap(([framework, ids]) => [line("dt", frameworkTitle(framework)), h("dd", null, ...ids.map((id) => link(framework, id)))])));
}

function muting(i) {
  const { reason, owner, expires } = mutes[of.mute[i]];
  const facts = [...fact("Verdict", statuses[of.verdict[i]]), ...fact("Reason", reason), ...fact("Accepted by", owner), ...fact("Until", expires || "for ever")];
  return [h("dl", { class: "facts" }, ...facts)];
}

/** What stands above a finding: what is wrong where it is a FAIL, else the title, which is the good state. */
const headline = (i) => { const check = checks[of.check[i]]; return of.verdict[i] === FAIL ? check.problem : check.title; };

function details(i) {
  const check = checks[of.check[i]], resource = resourceAt(of.resource[i]), account = accounts[of.account[i]], { detail, uid, command, further } = said(i);
  const left = h("div", null, h("p", { class: "lead", dir: "auto" }, detail), ...(of.status[i] === MUTED ? section("Muted", ...muting(i)) : []),
    ...section("What is checked", h("p", { class: "judged", dir: "auto" }, check.title), check.description !== check.title && prose(check.description)),
    ...section("Risk", check.risk && prose(check.risk)), ...section("Remediation", ...remediation(check.remediation, command || undefined, further)), ...section("Compliance", requirements(check)));
  const only = (name, key, what) => h("a", { class: "only", href: linkTo({ view: "findings", text: "", chosen: { [name]: [key] } }) }, what);
  const right = h("dl", { class: "facts" }, ...fact("Owner", [owners[of.owner[i]], only("owner", owners[of.owner[i]], "their findings")]),
    ...fact("Resource", [resource.name, only("resource", resourceKey(resource), "its findings")]), ...fact("Id", resource.id === resource.name ? "" : resource.id),
    ...fact("ARN", resource.arn && [h("code", null, resource.arn), copyButton(resource.arn, "the ARN")]), ...fact("Type", check.type),
    ...fact("Region", regions[resource.region]), ...fact("Tags", some(tags(resource.tags))),
    ...fact("Account", [account.name ? `${account.id} (${account.name})` : account.id, only("account", account.id, "its findings")]), ...fact("Email", account.email), ...fact("Unit", units[account.unit]),
    ...fact("Account tags", some(tags(account.tags))), ...fact("Check", [h("code", null, check.id), only("check", check.id, "its findings")]), ...fact("Categories", check.categories.join(", ")),
    ...fact("Finding", [h("code", null, uid), copyButton(uid, "the finding's uid")]));
  return h("div", { role: "cell" }, left, right);
}
