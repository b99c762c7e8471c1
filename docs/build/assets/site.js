const root = document.documentElement.dataset.root;
const input = document.getElementById("search");
const found = document.getElementById("found");
const MOST = 12;

document.getElementById("theme").addEventListener("click", () => {
  chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  setTheme(chosen);
  try { localStorage.setItem("theme", chosen); } catch { /* it holds for this page */ }
});

if (matchMedia("(max-width: 60rem)").matches) document.getElementById("menu").open = false;

// The index has the text of all pages: it is loaded when somebody is about to search.
let index = null;
const load = () => {
  if (index) return;
  index = document.createElement("script");
  index.src = `${root}assets/search-index.js`;
  index.addEventListener("load", search);
  document.head.append(index);
};

// A word is sought where one begins: "sso" is not in "associated". Only what has it nowhere else has it within others.
const sought = (text) =>
  text.toLowerCase().split(/\s+/).filter(Boolean).map((word) => ({
    word, start: new RegExp(`(?<![a-z0-9])${word.replace(/\W/g, "\\$&")}`, "g"),
  }));

// The best is a title that begins with the first word, then one that has all of them, then a text that has them often;
// what people have written for readers comes before single checks.
const rank = (words, [title, about, url, text]) => {
  const name = title.toLowerCase();
  const head = `${name} ${about.toLowerCase()}`;
  const all = `${head} ${text.toLowerCase()}`;
  const within = (text) => words.every(({ start }) => text.search(start) >= 0);
  const isWritten = url.startsWith("docs/");
  if (within(head)) return (isWritten ? 1.5 : 0) + (name.search(words[0].start) === 0 ? 4 : within(name) ? 3 : 2);
  if (within(all)) {
    const often = words.reduce((sum, { start }) => sum + all.match(start).length, 0);
    return (isWritten ? 1 : 0.1) * (2 - 1 / (often + 1));
  }
  return words.every(({ word }) => all.includes(word)) ? 0.01 : 0;
};

const AROUND = 60;
const excerpt = (words, text) => {
  const whole = text.toLowerCase();
  const places = (find) => words.map(find).filter((at) => at >= 0);
  const begun = places(({ start }) => whole.search(start));
  const place = Math.min(...(begun.length ? begun : places(({ word }) => whole.indexOf(word))));
  if (place === Infinity) return "";
  const start = Math.max(0, place - AROUND);
  return `${start ? "… " : ""}${text.slice(start, place + 2 * AROUND)} …`;
};

const line = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

const search = () => {
  load();
  if (typeof SEARCH === "undefined") return;
  const words = sought(input.value);
  const hits = words.length ? SEARCH.map((entry) => [rank(words, entry), entry]).filter(([points]) => points) : [];
  hits.sort((one, other) => other[0] - one[0]);
  found.replaceChildren(...hits.slice(0, MOST).map(([points, [title, about, url, text]]) => {
    const link = document.createElement("a");
    link.href = root + url;
    link.append(line("b", title));
    if (about) link.append(line("span", about));
    if (points < 2) link.append(line("small", excerpt(words, text)));
    const item = document.createElement("li");
    item.append(link);
    return item;
  }));
  if (words.length && !hits.length) found.append(line("li", "Nothing is found."));
  found.hidden = !words.length;
};

input.addEventListener("input", search);
input.addEventListener("focus", search);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter") found.querySelector("a")?.click();
  if (event.key === "Escape") { found.hidden = true; input.blur(); }
});
document.addEventListener("click", (event) => { if (!event.target.closest(".search")) found.hidden = true; });
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== input) { event.preventDefault(); input.focus(); }
});

// Of what is typed at a prompt the commands are copied, without the prompt and what they print.
const toCopy = (text) => {
  const typed = [];
  let goesOn = false;
  let end = null;
  for (const line of text.trimEnd().split("\n")) {
    const isTyped = line.startsWith("$ ");
    if (isTyped || goesOn || end !== null) typed.push(isTyped ? line.slice(2) : line);
    if (isTyped || goesOn) end = line.match(/<<'(\w+)'/)?.[1] ?? null;
    else if (line === end) end = null;
    goesOn = (isTyped || goesOn) && line.endsWith("\\");
  }
  return typed.length ? typed.join("\n") : text.trimEnd();
};

let copy = async (text) => {
  try { await navigator.clipboard.writeText(text); } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
};

for (const block of document.querySelectorAll("pre")) {
  const frame = Object.assign(document.createElement("div"), { className: "copied" });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Copy" });
  button.addEventListener("click", async () => {
    await copy(toCopy(block.textContent));
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  block.replaceWith(frame);
  frame.append(block, button);
}

document.body.dataset.ready = "";
