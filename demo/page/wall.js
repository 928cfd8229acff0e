// The wall: every phone a cell, in blocks of phones that have something in common.
// Only cells that changed are drawn again; the same is there as a table.

import { holds } from "./press.js";
import { $, el, number, rem } from "./util.js";
import { palettes, pixel, theme } from "./colours.js";
import { ON, WAITING, count, figures, nameOf, states } from "./states.js";
import { sprite, sprites } from "./sprites.js";
import { grouped, hit, layout, step } from "./layout.js";

const groupEvery = 2000; // milliseconds, at most: blocks of phones that changed lists

export class Wall {
  constructor(open) {
    this.open = open;
    this.canvas = $("wall");
    this.g = this.canvas.getContext("2d");
    this.now = this.cells = new Uint8Array(0);
    this.fleet = { names: [] };
    this.by = "node";
    this.cursor = -1;
    this.dirty = [];
    this.hint = $("wall-focus").textContent;
    this.legend = Object.fromEntries([...states, { key: "waiting", name: "Waiting", means: "told to boot; they wait for their turn, and are counted by their state, too", cell: ON | WAITING | 1 }].map((s) => {
      const l = { ...s, mark: el("canvas", { "aria-hidden": "true", width: 15, height: 15 }), count: el("b", {}, "0") };
      l.item = el("li", { "data-state": s.key, title: s.means }, l.mark, s.name + " ", l.count);
      $("legend").append(l.item);
      return [s.key, l];
    }));
    this.canvas.addEventListener("mousemove", (e) => this.tell(this.hit(e)));
    this.canvas.addEventListener("click", (e) => { const i = this.hit(e); if (i >= 0) { this.move(i); this.open(i); } });
    this.canvas.addEventListener("keydown", (e) => this.key(e));
    this.canvas.addEventListener("focus", () => { if (this.cursor < 0 && this.plan) this.move(this.plan.order[0]); });
    $("wall-by").addEventListener("change", (e) => { this.by = e.target.value; this.plan = null; });
    $("wall-table-on").addEventListener("click", (e) => {
      const on = e.target.getAttribute("aria-pressed") !== "true";
      e.target.setAttribute("aria-pressed", on);
      $("wall-table").classList.toggle("sr", !on);
      $("wall-table").tabIndex = on ? 0 : -1; // it scrolls
      $("wall-room").hidden = on;
    });
    new ResizeObserver(() => { this.plan = null; }).observe($("wall-room"));
    const frame = () => { this.paint(); requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
  }

  // setup takes up a lab: its phones' names, and for each thing that they may have
  // in common the names of its kinds and each phone's, by number (layout.js,
  // grouped).
  setup(fleet) {
    this.fleet = fleet;
    this.cursor = -1;
    this.past = this.lists = null;
    for (const o of $("wall-by").options) o.disabled = !fleet[o.value];
    if (!fleet[this.by]) this.by = $("wall-by").value = "node";
    $("wall-focus").textContent = this.hint;
    this.plan = null;
  }

  // all cells come, and are what is from now on; change says which have changed; hold
  // which lists each phone holds, as setup has it.
  all(cells) {
    if (this.now.length !== cells.length) this.plan = null;
    this.now = cells;
    if (!this.past) this.show(this.now);
  }

  change(pairs) {
    if (this.past) return;
    for (let k = 0; k < pairs.length; k += 2) this.dirty.push(pairs[k]);
  }

  hold(lists) {
    this.lists = lists;
    if (!this.past) this.sort(lists);
  }

  // look at what was, given as cells and lists, or at what is.
  look(past) {
    this.past = past;
    this.show(past?.cells ?? this.now);
    this.sort(past?.lists ?? this.lists);
    this.arranged = -Infinity; // at once
  }

  show(cells) {
    for (let i = 0; i < cells.length; i++) if (cells[i] !== this.drawn?.[i]) this.dirty.push(i);
    this.cells = cells;
  }

  sort(lists) {
    this.fleet.list = lists;
    this.regroup = this.by === "list";
    $("wall-by").querySelector("[value=list]").disabled = !lists;
  }

  // arrange finds each phone its place in the room that there is.
  arrange() {
    const room = $("wall-room"), scale = window.devicePixelRatio || 1;
    if (!room.clientWidth || !this.fleet.names.length) return;
    room.style.minHeight = "";
    const { values, names } = this.fleet[this.by];
    const groups = grouped(values, names, { largest: this.by !== "node" });
    this.plan = layout({ width: Math.round(room.clientWidth * scale), height: Math.round(room.clientHeight * scale), groups, scale: scale * rem() / 16 });
    room.style.minHeight = this.plan.height > room.clientHeight * scale ? this.plan.height / scale + "px" : "";
    this.scale = scale;
    this.arranged = performance.now();
    this.regroup = false;
    Object.assign(this.canvas, { width: this.plan.width, height: this.plan.height });
    Object.assign(this.canvas.style, { width: this.plan.width / scale + "px", height: this.plan.height / scale + "px" });
    this.headings = this.plan.blocks.map((b) => {
      const e = el("div");
      Object.assign(e.style, { left: b.x / scale + "px", top: b.y / scale + "px", width: b.width / scale + "px" });
      return e;
    });
    $("wall-headings").replaceChildren(...this.headings);
    this.image = new ImageData(this.plan.width, this.plan.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.sheet = null;
  }

  // paint draws what is not drawn yet.
  paint() {
    if (this.cells.length !== this.fleet.names.length) return;
    if (!this.plan || (this.regroup && !holds(this.canvas) && performance.now() - this.arranged > groupEvery)) this.arrange();
    if (!this.plan) return;
    if (!this.sheet || this.theme !== theme()) this.ground();
    if (!this.dirty.length) return;
    this.blit();
    this.numbers(); // of the cells that are drawn
  }

  // ground makes the wall new, with all its cells to be drawn.
  ground() {
    this.theme = theme();
    const colours = palettes[this.theme];
    this.sheet = sprites(this.plan.pitch, colours, this.plan.tall);
    this.pixels.fill(pixel(colours.ground));
    this.g.putImageData(this.image, 0, 0);
    this.drawn = new Uint8Array(this.cells.length);
    this.dirty = Array.from(this.cells, (_, i) => i);
    for (const l of Object.values(this.legend)) {
      const picture = new ImageData(15, 15);
      new Uint32Array(picture.data.buffer).set(sprite(l.cell, 15, colours));
      l.mark.getContext("2d").putImageData(picture, 0, 0);
    }
    this.mark();
  }

  blit() {
    const { x, y, pitch, tall, width, height } = this.plan;
    let top = height, bottom = 0;
    for (const i of this.dirty) {
      const picture = this.sheet[this.cells[i] & 31];
      let to = y[i] * width + x[i];
      for (let row = 0; row < tall; row++, to += width) for (let k = 0; k < pitch; k++) this.pixels[to + k] = picture[row * pitch + k];
      this.drawn[i] = this.cells[i];
      if (y[i] < top) top = y[i];
      if (y[i] + tall > bottom) bottom = y[i] + tall;
    }
    this.dirty.length = 0;
    this.g.putImageData(this.image, 0, 0, 0, top, width, Math.max(0, bottom - top));
  }

  // numbers tells how many phones are in which state: all, and each block's.
  numbers() {
    const tally = count(this.cells), blocks = count(this.cells, this.plan.block, this.plan.blocks.length);
    figures(tally).forEach((n, k) => { const l = Object.values(this.legend)[k]; l.count.textContent = number(n); l.item.classList.toggle("nobody", !n); });
    blocks.forEach((t, k) => {
      const { name } = this.plan.blocks[k];
      this.headings[k].replaceChildren(el("b", {}, name), el("span", {}, ` ${number(t.total)}`), t.untrusted ? el("span", { class: "lost" }, `, ${number(t.untrusted)} lost`) : "");
    });
    const row = (name, t) => el("tr", {}, el("th", { scope: "row" }, name), ...[t.total, ...figures(t)].map((n) => el("td", { class: "num" }, number(n))));
    $("wall-table").querySelector("tbody").replaceChildren(...blocks.map((t, k) => row(this.plan.blocks[k].name, t)), row("All", tally));
    this.counted?.(tally, this.cells, this.fleet.list);
    if (this.cursor >= 0) this.tell(this.cursor);
  }

  // mark shows where the keyboard is.
  mark() {
    const { plan, scale, cursor } = this, box = $("wall-mark");
    box.hidden = cursor < 0;
    if (cursor < 0) return;
    const side = Math.max(9, plan.tall / scale + 4), at = (v, of) => (v + of / 2) / scale - side / 2 + "px";
    Object.assign(box.style, { left: at(plan.x[cursor], plan.pitch), top: at(plan.y[cursor], plan.tall), width: side + "px", height: side + "px" });
  }

  hit(e) {
    const r = this.canvas.getBoundingClientRect();
    return this.plan ? hit(this.plan, (e.clientX - r.left) * this.scale, (e.clientY - r.top) * this.scale) : -1;
  }

  // tell of a phone what it is.
  tell(i) {
    if (i < 0 || this.cells[i] === undefined) return;
    const of = ["model", "group", "node"].flatMap((k) => (this.fleet[k] ? [this.fleet[k].names[this.fleet[k].values[i]]] : []));
    const text = [this.fleet.names[i], ...of].join(", ") + ": " + nameOf(this.cells[i]);
    if ($("wall-focus").textContent !== text) $("wall-focus").textContent = text;
  }

  move(i) {
    this.cursor = i;
    this.mark();
    $("wall-mark").scrollIntoView?.({ block: "nearest" });
    this.tell(i);
  }

  key(e) {
    if (!this.plan) return;
    const from = this.cursor < 0 ? this.plan.order[0] : this.cursor, to = step(this.plan, from, e.key);
    if (to !== undefined) this.move(to);
    else if ((e.key === "Enter" || e.key === " ") && this.cursor >= 0) this.open(this.cursor);
    else return;
    e.preventDefault();
  }
}
