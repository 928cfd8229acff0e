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

export const number = (n) => n.toLocaleString("en-US");

// clockTime is a time of the cluster's clock as it stands on the page: UTC, like
// the nodes'.
export const clockTime = (time) => new Date(time).toISOString().slice(11, 19);

// duration in words that fit a table.
export function duration(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return s + " s";
  if (s < 3600) return Math.floor(s / 60) + " min";
  if (s < 48 * 3600) return Math.floor(s / 3600) + " h " + Math.floor((s % 3600) / 60) + " min";
  return Math.floor(s / 86400) + " days";
}

export const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// fit makes a canvas as sharp as the screen and returns its context, in CSS
// pixels.
export function fit(canvas, width, height) {
  const scale = window.devicePixelRatio || 1;
  const w = Math.round(width * scale), h = Math.round(height * scale);
  if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
  const g = canvas.getContext("2d");
  g.setTransform(scale, 0, 0, scale, 0, 0);
  return g;
}
