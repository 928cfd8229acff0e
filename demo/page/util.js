// What the panels share: the page's elements, and time.

export const $ = (id) => document.getElementById(id);

// el makes an element; children are elements or text.
export function el(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else if (name === "class") e.className = value;
    else e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children.filter((c) => c != null && c !== ""));
  return e;
}

// rem is how large the page's text is, in pixels.
export const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

export const number = (n) => n.toLocaleString("en-US");

// clockTime is a time of the cluster's clock as it stands on the page: UTC, like
// the nodes'.
export const clockTime = (time) => new Date(time).toISOString().slice(11, 19);

// said is a length of time, in seconds, as people say it: few of a large unit with
// the next smaller one.
export function said(seconds) {
  const s = Math.max(0, Math.floor(seconds)), units = [[86400, "day", "days"], [3600, "h", "h"], [60, "min", "min"], [1, "s", "s"]];
  const text = (i, s) => { const [unit, one, more] = units[i], n = Math.floor(s / unit); return n && `${n} ${n === 1 ? one : more}`; };
  const i = units.findIndex(([unit]) => s >= unit);
  if (i < 0) return "0 s";
  const rest = i < 2 && s < 10 * units[i][0] && text(i + 1, s % units[i][0]);
  return text(i, s) + (rest ? " " + rest : "");
}
