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

const rank = (words, title, about) => {
  const name = title.toLowerCase();
  const all = `${name} ${about.toLowerCase()}`;
  if (!words.every((word) => all.includes(word))) return 0;
  return name.startsWith(words[0]) ? 3 : words.every((word) => name.includes(word)) ? 2 : 1;
};

const search = () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = words.length
    ? SEARCH.map((entry) => [rank(words, entry[0], entry[1]), entry]).filter(([points]) => points)
    : [];
  hits.sort((one, other) => other[0] - one[0]);
  found.replaceChildren(...hits.slice(0, MOST).map(([, [title, about, url]]) => {
    const link = document.createElement("a");
    link.href = root + url;
    link.append(Object.assign(document.createElement("b"), { textContent: title }));
    if (about) link.append(Object.assign(document.createElement("span"), { textContent: about }));
    const item = document.createElement("li");
    item.append(link);
    return item;
  }));
  found.hidden = !hits.length;
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
