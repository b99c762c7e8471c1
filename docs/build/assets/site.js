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

// The best is a title that begins with the first word, then one that has all of them, then a text that has them often;
// of texts, what people have written for readers comes before single checks.
const rank = (words, [title, about, url, text]) => {
  const name = title.toLowerCase();
  const head = `${name} ${about.toLowerCase()}`;
  if (words.every((word) => head.includes(word))) {
    return name.startsWith(words[0]) ? 4 : words.every((word) => name.includes(word)) ? 3 : 2;
  }
  const all = `${head} ${text.toLowerCase()}`;
  if (!words.every((word) => all.includes(word))) return 0;
  const often = words.reduce((sum, word) => sum + all.split(word).length, 0);
  return (url.startsWith("docs/") ? 1 : 0.1) * (2 - 1 / often);
};

const AROUND = 60;
const excerpt = (words, text) => {
  const place = Math.min(...words.map((word) => text.toLowerCase().indexOf(word)).filter((at) => at >= 0));
  if (place === Infinity) return "";
  const start = Math.max(0, place - AROUND);
  return `${start ? "… " : ""}${text.slice(start, place + 2 * AROUND)} …`;
};

const line = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

const search = () => {
  load();
  if (typeof SEARCH === "undefined") return;
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
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
  const lines = text.trimEnd().split("\n");
  const typed = lines.filter((each) => each.startsWith("$ ")).map((each) => each.slice(2));
  return (typed.length ? typed : lines).join("\n");
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
