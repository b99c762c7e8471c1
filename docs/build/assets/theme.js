// Before the page is painted: the theme that was chosen, else the system's.
const dark = matchMedia("(prefers-color-scheme: dark)");
let chosen = null;
try { chosen = localStorage.getItem("theme"); } catch { /* storage is switched off */ }
const setTheme = (name) => { document.documentElement.dataset.theme = name; };
setTheme(chosen ?? (dark.matches ? "dark" : "light"));
dark.addEventListener("change", () => { if (!chosen) setTheme(dark.matches ? "dark" : "light"); });
