// From the file to the page, and from each wish to what is shown.

const places = new Map(); // address -> how far it was scrolled

function showScope() {
  const stamp = time || coverage?.timestamp || "", when = stamp && new Date(stamp);
  const clock = when && !isNaN(when) && new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }).format(when) + " UTC";
  byId("scope").textContent = visible([plural(findingCount, "finding"), plural(accounts.length, "account"), plural(regions.length, "region"),
    plural(services.length, "service"), plural(checks.length, "check"), clock || stamp].filter(Boolean).join(" · "));
  const notice = byId("notice"), stopped = coverage && !coverage.ended;
  notice.hidden = !broken && announced === findingCount && !stopped;
  notice.textContent = `This report is incomplete: the scan was stopped${stopped ? "" : " or is still running"}. It shows the ${plural(findingCount, "finding")} written so far${stopped ? "" : "; load it again to see more"}.`;
}

const SHOW = { overview: showOverview, findings: showFindings, compliance: showCompliance, coverage: () => {} };

/** Find what is asked for, and show it. */
async function refresh() {
  showTabs();
  showChips();
  document.body.setAttribute("aria-busy", "true");
  if (!(await run(query()))) return;
  if (state.chosen.resource) showChips(); // now it is known what they are called
  SHOW[state.view]();
  Object.values(menus).forEach((menu) => menu.show());
  showCount();
  document.body.setAttribute("aria-busy", "false");
  document.body.dataset.shown = location.hash;
}

/** Change what the address keeps, but nothing that is shown depends on. */
function remember(changes) {
  state = { ...state, ...changes };
  history.replaceState(null, "", hashOf(state));
  document.body.dataset.shown = location.hash;
}

/** The address has changed: by a link, or by going back. */
async function arrive() {
  state = stateOf(location.hash);
  showText();
  await refresh();
  if (state.finding) return;
  scrollTo(0, places.get(location.hash) || 0);
  draw();
}

document.addEventListener("DOMContentLoaded", async () => {
  history.scrollRestoration = "manual";
  themes();
  await run(load());
  makeFacets();
  state = stateOf(location.hash);
  controls();
  showText();
  listen();
  showScope();
  findPartial();
  showPart();
  showSeen();
  showCoverage();
  await refresh();
  addEventListener("beforeprint", toPaper);
  addEventListener("afterprint", fromPaper);
  performance.mark("ready");
  document.body.dataset.ready = String(findingCount);
  const prepare = (idle) => {
    const steps = prepareSearch();
    let { done } = steps.next();
    while (!done && idle.timeRemaining() > 3) ({ done } = steps.next());
    if (!done) requestIdleCallback(prepare);
  };
  if (window.requestIdleCallback) requestIdleCallback(prepare);
});
