// The trust picture on the page: tabs of groups, the drawing, the sentence.

import { redraw } from "./press.js";
import { el, number } from "./util.js";
import { states } from "./states.js";
import { Keyring, keySize, outline } from "./keys.js";
import { changes, choose, keysOf, listsOf, namesOf, scene, stableOrder } from "./trust.js";
import { paragraphs } from "./trust-words.js";

const space = "http://www.w3.org/2000/svg";
function svg(tag, attributes = {}, ...children) {
  const e = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== false && value != null) e.setAttribute(name, value);
  e.append(...children.filter((c) => c != null && c !== ""));
  return e;
}

// keys have one look on the whole page at a time.
export const keyring = new Keyring();

// lasting is how long a line takes to break or to light up, in milliseconds.
const lasting = 1400;

// A Drawing is the picture of one group in a figure, whose width it takes.
export class Drawing {
  constructor(figure) {
    this.figure = figure;
    this.begun = new Map(); // when a line broke or lit up
    this.canvas = svg("svg", { role: "img", class: "trust-drawing" });
    this.frame = el("div", { class: "trust-frame" }, this.canvas);
    this.says = el("figcaption", { class: "trust-says" });
    figure.replaceChildren(this.frame, this.says);
    this.says.id = figure.id + "-says";
    this.canvas.setAttribute("aria-labelledby", this.says.id);
    const resized = new ResizeObserver(() => this.draw());
    for (const e of [figure, this.frame, this.says]) resized.observe(e);
  }

  // scene is the drawing of a group in the room that there is: as high as its figure
  // leaves it, where that has a height of its own.
  scene(picture, group) {
    const style = getComputedStyle(this.figure), room = style.display === "flex" ? this.figure.clientHeight - this.says.offsetHeight : Infinity;
    this.scale = parseFloat(style.getPropertyValue("--trust-scale")) || 1;
    return scene(picture, group, Math.floor(this.frame.clientWidth / this.scale), room / this.scale);
  }

  // show draws a group of a picture; phone: it is one phone that is looked at. It is
  // about the same phones as before where of says the same.
  show(picture, group, phone = false, of = group && listsOf(group)) {
    if (of !== this.of) {
      const before = picture !== this.picture && this.picture?.groups.find((g) => listsOf(g) === of);
      this.was = before ? this.scene(this.picture, before) : null; // what breaks now is seen to break
      this.begun.clear();
      this.drawn = null;
    }
    Object.assign(this, { picture, group, phone, of });
    this.figure.hidden = !group;
    this.draw();
  }

  draw() {
    if (!this.group || !this.frame.clientWidth) return;
    const told = paragraphs(this.picture, this.group, this.phone), text = told.join(" ");
    if (this.said !== text) this.says.replaceChildren(...told.flatMap((text) => [paragraph(text), " "]));
    this.said = text;
    const now = this.scene(this.picture, this.group);
    if (this.was && this.was.width !== now.width) this.was = null;
    const drawn = JSON.stringify([now, this.scale]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    keyring.see(this, keysOf(this.picture, now));
    const { broke, lit } = changes(this.was, now), at = performance.now();
    for (const id of [...broke, ...lit]) this.begun.set(id, at);
    this.was = now;
    const height = now.height + 2 * now.margin;
    this.canvas.setAttribute("class", `trust-drawing ${now.size}`);
    this.canvas.setAttribute("viewBox", `0 ${-now.margin} ${now.width} ${height}`);
    this.canvas.setAttribute("width", now.width * this.scale);
    this.canvas.setAttribute("height", height * this.scale);
    this.canvas.replaceChildren(...heads(now),
      ...now.nodes.map((n) => this.card(n, now.size)),
      ...now.lines.map((l) => this.line(l, at)),
      ...now.keys.map((k) => this.key(k, k.x, k.y, now)),
      ...now.rows.map((r) => this.row(r, now)));
  }

  card(n, size) {
    const most = Math.floor((n.width - 20) / 8), y = n.y + (size === "tight" ? 15 : 19);
    return svg("g", { class: n.on ? "node" : "node off" },
      svg("rect", { x: n.x, y: n.y, width: n.width, height: n.height, rx: 10, class: "card" }),
      n.name ? svg("text", { x: n.x + 12, y, class: "name" }, cut(n.name, most),
        n.name.length + n.text.length + (n.reset ? 10 : 0) < most ? svg("tspan", { class: "soft", dx: 7 }, n.text) : svg("title", {}, `${n.name}, ${n.text}`)) : "",
      n.reset && size !== "small" ? svg("text", { x: n.x + n.width - 12, y, class: "tag", "text-anchor": "end" }, "reset list") : "");
  }

  glyph(key, x, y) {
    const look = keyring.look(key);
    return svg("path", { class: `glyph colour-${look.colour}`, d: outline(look), transform: `translate(${x} ${y})`, "fill-rule": "evenodd" });
  }

  key(k, x, y, now) {
    const room = { small: 13, medium: 14, tight: 14, wide: 26 }[now.size], tall = { small: 38, medium: 38, tight: 31, wide: 46 }[now.size], text = { small: 58, medium: 58, tight: 52, wide: 66 }[now.size];
    if (now.size === "small") {
      return svg("g", { class: "held" }, svg("title", {}, k.subject), this.glyph(k, x, k.mid - keySize.height / 2),
        svg("text", { x, y: k.mid + 26, class: "unit" }, k.unit),
        svg("text", { x, y: k.mid + 40, class: "soft" }, cut(k.node || k.subject, room)));
    }
    return svg("g", { class: "held" }, svg("title", {}, k.subject),
      svg("rect", { x: 0.5, y: k.mid - tall / 2, width: now.left - 1, height: tall, rx: 8, class: "plate" }),
      this.glyph(k, x + Math.max(2, text - 56), k.mid - keySize.height / 2),
      svg("text", { x: x + text, y: k.mid - 3, class: "unit" }, k.unit),
      now.size === "wide" ? svg("text", { x: now.left - 12, y: k.mid - 3, class: "id", "text-anchor": "end" }, k.id) : "",
      svg("text", { x: x + text, y: k.mid + 12, class: "soft" }, cut("of " + (k.node || k.subject), room)));
  }

  row(r, now) {
    const key = this.picture.keys.find((k) => k.id === r.key), small = now.size === "small";
    const tight = now.size === "tight", x = r.x + (small || tight ? 14 : 20), y = tight ? r.mid - 17.5 : r.y + { small: 15, medium: 11, wide: 14 }[now.size];
    const caption = { wide: r.caption, tight: r.on ? r.word : "stopped" }[now.size] ?? r.brief;
    const stopped = r.on || tight ? "" : r.file ? " (TFTP stopped)" : " (stopped)";
    const fresh = r.isNew ? "new" : "";
    const signs = { holds: "✓", recovery: "✓", round: "↻", none: "✕", faith: "✓" };
    const idle = r.whats[0] === "ITLRecovery" || r.whats[0] === "TVS";
    const mark = idle && r.taken === "none" && !r.lines.length ? "" : signs[r.taken];
    return svg("g", { class: `row ${r.taken}${r.on ? "" : " silent"}` },
      svg("text", tight ? { x: r.x + r.width - 8, y: y + 22, class: "soft", "text-anchor": "end" } : { x: r.x + 12, y: y + 1, class: "soft" }, caption + stopped),
      small && fresh ? svg("text", { x: r.x + r.width - 8, y: y + 1, class: "new", "text-anchor": "end" }, fresh) : "",
      key ? this.glyph(key, x, y + 6) : svg("text", { x, y: y + 22, class: "unit" }, "nobody known"),
      key ? svg("text", { x: x + (tight ? 50 : 54), y: y + 22, class: "unit" }, key.unit, fresh && !small ? svg("tspan", { class: "new", dx: 6 }, fresh) : "") : "",
      key && now.size === "wide" ? svg("text", { x: r.x + r.width - 16, y: y + 22, class: "id", "text-anchor": "end" }, key.id) : "",
      mark ? svg("circle", { cx: r.x, cy: r.mid, r: 9, class: "mark" }) : "",
      mark ? svg("text", { x: r.x, y: r.mid + 4.5, class: "sign", "text-anchor": "middle" }, mark) : "");
  }

  line(l, at) {
    const begun = this.begun.get(l.id), age = at - (begun ?? -Infinity);
    const kind = [l.kind, l.standing ? "standing" : "", l.carries ? "carries" : "", l.silent ? "silent" : "", age < lasting ? "now" : ""].filter(Boolean).join(" ");
    const parts = [svg("path", { d: l.path, class: "way" })];
    if (l.rest) parts.push(svg("path", { d: l.rest, class: "way rest" }), svg("text", { x: l.mid.x, y: l.mid.y + 6, class: "cut", "text-anchor": "middle" }, "✕"));
    if (l.kind === "recovery" && !l.standing) parts.unshift(svg("path", { d: l.path, class: "halo" }));
    if (l.kind === "round") parts.push(svg("path", { d: `M${l.to.x + 9} ${l.to.y - 5}L${l.to.x + 1} ${l.to.y}L${l.to.x + 9} ${l.to.y + 5}Z`, class: "arrow" }),
      { small: "", tight: "", medium: svg("text", { x: l.mid.x, y: l.mid.y, transform: `rotate(90 ${l.mid.x} ${l.mid.y}) translate(0 -3)`, class: "vouches", "text-anchor": "middle" }, "vouches"),
        wide: svg("text", { x: l.mid.x + 8, y: l.mid.y + 4, class: "vouches" }, "vouches") }[this.was.size]);
    if (l.last) parts.push(svg("text", { x: l.mid.x, y: l.mid.y - 8, class: "last", "text-anchor": "middle" }, l.last));
    if (l.of) parts.push(svg("text", { x: l.mid.x, y: l.mid.y - 6, class: "part", "text-anchor": "middle" }, `${number(l.of)} of them`));
    const drawn = svg("g", { class: `line ${kind}` }, ...parts);
    if (age < lasting) drawn.style.setProperty("--age", `${Math.round(-age)}ms`); // drawn anew, it goes on where it was
    return drawn;
  }
}

// paragraph of a text in which commands stand between grave accents.
const paragraph = (text) => el("p", {}, ...text.split("`").map((part, i) => (i % 2 ? el("code", {}, part) : part)));

// heads say what the two sides are.
function heads(now) {
  const right = now.nodes[0] ?? { x: now.left };
  return now.size === "small" ?
    [["In the phones’", 12], ["list", 27]].map(([text, y]) => svg("text", { x: 0, y, class: "head" }, text)).concat([["The nodes", 12], ["show now", 27]].map(([text, y]) => svg("text", { x: right.x, y, class: "head" }, text))) :
    [svg("text", { x: 0, y: 14, class: "head" }, "Keys in the phones’ list"), svg("text", { x: right.x, y: 14, class: "head" }, "What the nodes show now")];
}

const cut = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);

// whose list it is, in words that may be left out where there is no room.
const whose = (name) => (name.startsWith("list of ") ? [el("span", { class: "words" }, "list of "), name.slice(8)] : [name]);

// bar is how many phones of a group are in which state.
function bar(g) {
  return el("span", { class: "trust-bar", "aria-hidden": "true" },
    ...states.filter((s) => g.states[s.key]).map((s) => {
      const part = el("span", { title: `${s.name}: ${number(g.states[s.key])}` });
      part.style.cssText = `flex-grow:${g.states[s.key]};background:var(--phone-${s.key},var(--${s.key}))`;
      return part;
    }));
}

const counts = (g) => states.filter((s) => g.states[s.key]).map((s) => `${g.states[s.key] === g.phones ? "all" : number(g.states[s.key])} ${s.key === "none" ? "without a list" : s.name.toLowerCase()}`).join(", ");

// A TrustView is the fleet's picture: its groups as tabs, and the drawing of one.
export class TrustView {
  constructor(tabs, figure, rest) {
    Object.assign(this, { tabs, rest, order: [], picked: null, buttons: new Map() });
    this.drawing = new Drawing(figure);
    tabs.addEventListener("keydown", (e) => this.step(e));
  }

  clear() { Object.assign(this, { order: [], picked: null, shown: null }); this.drawing.of = null; }

  // show takes a picture of the fleet as it is now.
  show(picture) {
    this.picture = picture;
    const groups = stableOrder(this.order, picture.groups);
    this.order = groups.map(listsOf);
    const shown = this.shown = choose(groups, this.picked, this.shown);
    this.tabs.hidden = !groups.length;
    const names = namesOf(picture), tabs = groups.map((g) => ({ lists: listsOf(g), itl: g.itl_sha1, phones: g.phones, states: g.states, ...names.get(g), selected: g === shown }));
    redraw(this.tabs, tabs, () => this.label(tabs));
    this.rest.hidden = !picture.rest;
    if (picture.rest) this.rest.textContent = `${number(picture.rest.phones)} phones hold ${number(picture.rest.lists)} more lists.`;
    this.drawing.show(picture, shown);
  }

  // label puts up the tabs; one that stays may have the focus, and keeps it.
  label(tabs) {
    const wanted = tabs.map((tab) => this.button(tab));
    if (wanted.some((b, i) => this.tabs.children[i] !== b) || this.tabs.children.length !== wanted.length) this.tabs.replaceChildren(...wanted);
    this.buttons = new Map(tabs.map(({ lists }, i) => [lists, wanted[i]]));
  }

  button({ lists, itl, name, tells, selected, ...g }) {
    const b = this.buttons.get(lists) ?? el("button", { role: "tab", class: "trust-tab", "aria-controls": this.drawing.figure.parentElement.id, onclick: () => this.pick(lists) });
    b.setAttribute("aria-selected", selected);
    b.tabIndex = selected ? 0 : -1;
    b.title = itl ? "ITL " + itl : "";
    b.replaceChildren(el("b", {}, number(g.phones), g.phones === 1 ? " phone" : " phones"), " ", el("span", { class: "trust-list" }, ...whose(name), tells || itl ? el("code", { class: tells && "tells" }, " " + (tells || itl.slice(0, 6))) : ""), bar(g), el("span", { class: "trust-counts" }, counts(g)));
    return b;
  }

  pick(lists) { this.picked = lists; this.show(this.picture); }

  step(e) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
    const at = this.order.indexOf(this.shown && listsOf(this.shown));
    const next = e.key === "Home" ? 0 : e.key === "End" ? this.order.length - 1 : by ? (at + by + this.order.length) % this.order.length : -1;
    if (next < 0) return;
    e.preventDefault();
    this.pick(this.order[next]);
    this.buttons.get(this.order[next])?.focus();
  }
}
