// Filters, views, keys and colours.

// ---- menus ----------------------------------------------------------------------------------------------------------

const OFFERED = 200;
const menus = {};

/** A button that opens a list of a facet's values to tick. */
class Menu {
  constructor(name) {
    this.name = name;
    this.box = h("div", { class: "menu-box", hidden: true, role: "group", id: `menu-${name}`, "aria-label": facets[name].title });
    this.button = button({ class: "menu-button", "aria-expanded": "false", "aria-controls": `menu-${name}`, "data-key": `menu/${name}`, onclick: () => this.toggle() });
    this.element = h("div", { class: "menu" }, this.button, this.box);
    this.element.addEventListener("focusout", ({ relatedTarget }) => { if (relatedTarget && !this.element.contains(relatedTarget)) this.toggle(false); });
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.typed = "";
  }

  toggle(open = this.box.hidden) {
    if (open === !this.box.hidden) return;
    this.box.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    this.typed = "";
    if (!open) return;
    this.fill();
    this.box.classList.remove("leftwards");
    this.box.classList.toggle("leftwards", this.box.getBoundingClientRect().right > document.documentElement.clientWidth);
    this.box.querySelector("input")?.focus();
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && !this.box.hidden) {
      event.stopPropagation();
      this.button.focus();
      this.toggle(false);
    } else if (step) {
      event.preventDefault();
      this.toggle(true);
      const inputs = [...this.box.querySelectorAll("input")];
      inputs[inputs.indexOf(document.activeElement) + step]?.focus();
    }
  }

  fill() {
    const search = facets[this.name].values().length > 8 && h("input", { type: "search", placeholder: "Find", "aria-label": `Find in ${facets[this.name].title.toLowerCase()}`, autocomplete: "off", oninput: (event) => { this.typed = event.target.value.toLowerCase(); this.list(); } });
    this.options = h("div", { class: "options" });
    fill(this.box, search, this.options);
    this.list();
  }

  list() {
    const facet = facets[this.name], words = (value) => facet.label(value).filter(Boolean).join(" ");
    const found = byFailures(this.name).filter(({ value }) => !this.typed || words(value).toLowerCase().includes(this.typed));
    if (!facet.natural) found.sort((a, b) => b.first - a.first || b.all - a.all);
    const shown = found.slice(0, OFFERED);
    fill(this.options, ...shown.map(({ value, all, chosen }) => {
      const [what, more] = facet.label(value), key = facet.key(value);
      return h("label", null, h("input", { type: "checkbox", checked: chosen, "data-key": `option/${this.name}/${key}`, onchange: () => toggleKey(this.name, key) }), h("span", { dir: "auto" }, what, " ", more && line("small", more), " ", facet.score?.(value) && h("small", null, `Score ${facet.score(value)}`)), h("small", null, number(all)));
    }), ...(found.length > shown.length ? [h("p", { class: "about" }, `${number(shown.length)} of ${number(found.length)}: type to find others.`)] : found.length ? [] : [h("p", { class: "about" }, "None.")]));
  }

  show() {
    const { title } = facets[this.name], count = state.chosen[this.name]?.length || 0;
    fill(this.button, title, count > 0 && h("b", null, ` ${number(count)}`));
    this.button.classList.toggle("set", count > 0);
    if (!this.box.hidden) keepFocus(() => this.list());
  }
}

// ---- what is chosen -------------------------------------------------------------------------------------------------

function showChips() {
  const chips = Object.entries(state.chosen).flatMap(([name, keys]) => keys.map((key) =>
    button({ class: "chip", title: facets[name].words(key), "data-key": `chip/${name}/${key}`, "aria-label": `Remove the filter ${facets[name].title}: ${facets[name].words(key)}`, onclick: () => { toggleKey(name, key); byId("text").focus({ preventScroll: true }); } },
      h("small", null, facets[name].title), line("span", facets[name].words(key)), h("span", { "aria-hidden": "true" }, "×"))));
  const clear = isFiltered() && button({ id: "clear", class: "more", onclick: () => { change({ chosen: {}, text: "" }); showText(); byId("text").focus({ preventScroll: true }); } }, "Clear all");
  fill(byId("chips"), ...chips, clear);
}

let typing = false; // whether going back skips what is typed
function showText() {
  byId("text").value = state.text;
  typing = false;
}

function showCount() {
  byId("count").textContent = isFiltered() ? `${number(view.length)} of ${plural(findingCount, "finding")}` : plural(findingCount, "finding");
}

function showTabs() {
  for (const name of VIEWS) {
    const tab = byId(`tab-${name}`);
    tab.href = hashOf({ ...blank(), view: name, ...(name === "overview" || name === "findings" ? { chosen: state.chosen, text: state.text, sort: state.sort, down: state.down, group: state.group } : {}) });
    if (name === state.view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
    byId(name).hidden = name !== state.view;
  }
  const filtered = state.view === "overview" || state.view === "findings";
  byId("filters").hidden = byId("chips").hidden = !filtered;
  byId("columns").hidden = byId("arrange").hidden = state.view !== "findings";
  document.body.dataset.view = state.view;
}

function controls() {
  for (const name of COUNTED) {
    if (name !== "status" && name !== "severity" && facets[name].values().length < 2) continue;
    menus[name] = new Menu(name);
    byId("menus").append(menus[name].element);
  }
  fill(byId("pick-group"), ...Object.entries(GROUPS).map(([group, title]) => h("option", { value: group }, title)));
  byId("pick-group").addEventListener("change", (event) => change({ group: event.target.value }));
  fill(byId("pick-sort"), h("option", { value: "" }, "Most urgent first"), ...Object.entries(COLUMNS).map(([column, title]) => h("option", { value: column }, `By ${title.toLowerCase()}`)));
  byId("pick-sort").addEventListener("change", (event) => change({ sort: event.target.value, down: false }));
  byId("worst-more").addEventListener("click", showMore);
  for (const format of Object.keys(EXPORTS)) byId(`save-${format}`).addEventListener("click", () => save(format));
  let pause = 0;
  byId("text").addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      const text = byId("text").value.trim();
      change({ text }, typing && text !== ""); // what was sought is worth going back to where it is cleared
      typing = text !== "";
    }, 90);
  });
  byId("text").addEventListener("blur", () => { typing = false; });
  byId("text").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && state.view === "findings" && lines.length) { event.preventDefault(); reveal(Math.min(active, shownRows() - 1)); }
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
}

// ---- colours --------------------------------------------------------------------------------------------------------

const THEMES = { "": "Colours: automatic", light: "Colours: light", dark: "Colours: dark" };
/** Storage may be refused to a file: then the choice lasts as long as the page. */
const stored = (work) => { try { return work(localStorage); } catch { return null; } };

function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
  byId("theme").textContent = THEMES[theme];
}

function themes() {
  const kept = stored((storage) => storage.getItem("aioprowler.theme"));
  showTheme(Object.hasOwn(THEMES, kept) ? kept : "");
  byId("theme").addEventListener("click", () => {
    const all = Object.keys(THEMES), next = all[(all.indexOf(document.documentElement.dataset.theme) + 1) % all.length];
    showTheme(next);
    stored((storage) => storage.setItem("aioprowler.theme", next));
  });
}

// ---- keys and window ------------------------------------------------------------------------------------------------

const SHORTCUTS = {
  "/": () => byId("text").focus(),
  "?": () => byId("help").showModal(),
  ...Object.fromEntries(VIEWS.map((name, at) => [String(at + 1), () => byId(`tab-${name}`).click()])),
};

/** Closes what was opened last: a menu, a finding or problem. */
function escape() {
  const menu = Object.values(menus).find((each) => !each.box.hidden);
  if (menu) { menu.button.focus(); return menu.toggle(false); }
  if (state.view === "findings" && openedAt >= 0) { const at = openedAt; toggle(at); return reveal(at); }
  const key = `worst/${state.problem}`;
  if (state.view === "overview" && state.problem) openProblem("");
  return document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

function keyPressed(event) {
  const held = event.target.closest?.("dialog") || (event.target.type === "search" && event.target.value); // these do it themselves
  if (event.key === "Escape") return held ? undefined : escape();
  const typing = event.target.closest?.("input, select, textarea, dialog");
  if (event.ctrlKey || event.metaKey || event.altKey || typing || !(event.key in SHORTCUTS)) return undefined;
  event.preventDefault();
  return SHORTCUTS[event.key]();
}

function listen() {
  let asked = false;
  addEventListener("scroll", () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; places.set(location.hash, scrollY); draw(); });
  }, { passive: true });
  addEventListener("resize", redraw);
  addEventListener("keydown", keyPressed);
  addEventListener("pointerdown", ({ target }) => Object.values(menus).forEach((menu) => { if (!menu.element.contains(target)) menu.toggle(false); }));
  addEventListener("popstate", arrive);
  byId("print").addEventListener("click", () => print());
  byId("keys").addEventListener("click", () => byId("help").showModal());
  byId("help-shut").addEventListener("click", () => byId("help").close());
}
