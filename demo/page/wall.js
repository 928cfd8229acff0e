// The wall: every phone a cell, in a block for each node. Only cells that
// changed are drawn again.

import { $, el, fit, number, css } from "./util.js";
import { decode, stateOf, states, nameOf } from "./states.js";
import { draw, palette, Sheet } from "./cells.js";

const smallest = 5, largest = 15, heading = 22, gap = 12;

export class Wall {
  constructor(open) {
    this.canvas = $("wall");
    this.cells = new Uint8Array(0);
    this.phones = [];
    this.nodes = [];
    this.cursor = -1;
    this.dirty = new Set();
    this.drawAll = true;
    this.sheet = new Sheet();
    this.open = open;
    this.hint = $("wall-focus").textContent;
    this.legend = {};
    for (const s of states) {
      const mark = el("canvas", { "aria-hidden": "true" }), count = el("b", {}, "0");
      this.legend[s.key] = { mark, count, cell: s.cell };
      $("legend").append(el("li", { "data-state": s.key }, mark, s.name, count));
    }
    this.canvas.addEventListener("mousemove", (e) => this.hover(this.hit(e)));
    this.canvas.addEventListener("click", (e) => { const i = this.hit(e); if (i >= 0) { this.move(i); this.open(i); } });
    this.canvas.addEventListener("keydown", (e) => this.key(e));
    this.canvas.addEventListener("focus", () => { if (this.cursor < 0 && this.order) this.move(this.order[0]); });
    new ResizeObserver(() => this.layout()).observe($("wall-scroll"));
    const frame = () => { this.paint(); requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
  }

  // setup takes up a lab's phones (main.js, fleetOf).
  setup(fleet) {
    this.phones = fleet.names.map((name, i) => ({ name, model: fleet.model.names[fleet.model.values[i]], home: fleet.node.values[i] }));
    this.nodes = fleet.node.names;
    this.cursor = -1;
    $("wall-focus").textContent = this.hint;
    this.layout();
  }

  all(letters) {
    if (this.cells.length !== letters.length) { this.cells = new Uint8Array(letters.length); this.drawAll = true; }
    decode(letters, this.cells);
    this.drawAll = true;
  }

  change(pairs) {
    for (let k = 0; k < pairs.length; k += 2) {
      this.cells[pairs[k]] = pairs[k + 1];
      this.dirty.add(pairs[k]);
    }
  }

  counts() {
    const n = { trusted: 0, untrusted: 0, locked: 0, none: 0, off: 0, booting: 0 };
    for (const c of this.cells) { n[stateOf(c)]++; if (c & 8) n.booting++; }
    return n;
  }

  // layout finds the largest cell with which all phones fit a screen, and the
  // place of each. Where not even the smallest fits, the nodes' blocks stand side
  // by side, so that some of each are seen.
  layout() {
    const width = $("wall-scroll").clientWidth;
    if (!width || !this.phones.length) return;
    const groups = this.nodes.map((name, h) => ({ name, phones: this.phones.flatMap((p, i) => (p.home === h ? [i] : [])) })).filter((g) => g.phones.length);
    const room = Math.min(window.innerHeight * 0.44, 420);
    const fits = (pitch) => groups.reduce((y, g) => y + heading + Math.ceil(g.phones.length / Math.floor(width / pitch)) * pitch, 0) <= room;
    let pitch = largest;
    while (pitch > smallest && !fits(pitch)) pitch--;
    const abreast = fits(pitch) ? 1 : groups.length, wide = Math.floor((width - (abreast - 1) * gap) / abreast);
    this.pitch = pitch;
    this.size = pitch > 8 ? pitch - 3 : pitch > 5 ? pitch - 2 : pitch - 1;
    this.columns = Math.floor(wide / pitch);
    this.x = new Float32Array(this.phones.length);
    this.y = new Float32Array(this.phones.length);
    this.blocks = [];
    this.order = groups.flatMap((g) => g.phones);
    this.place = new Int32Array(this.phones.length);
    this.order.forEach((i, at) => { this.place[i] = at; });
    let y = 0, bottom = 0;
    groups.forEach((g, h) => {
      const x = abreast > 1 ? h * (wide + gap) : 0;
      this.blocks.push({ ...g, x, y, wide });
      g.phones.forEach((i, k) => {
        this.x[i] = x + (k % this.columns) * pitch;
        this.y[i] = y + heading + Math.floor(k / this.columns) * pitch;
      });
      bottom = Math.max(bottom, y + heading + Math.ceil(g.phones.length / this.columns) * pitch);
      if (abreast === 1) y = bottom;
    });
    this.width = width;
    this.height = bottom + 2;
    this.canvas.style.height = this.height + "px";
    this.drawAll = true;
  }

  paint() {
    if (!this.x || this.cells.length !== this.phones.length || !(this.drawAll || this.dirty.size)) return;
    const g = fit(this.canvas, this.width, this.height);
    this.sheet.ready(this.size);
    if (this.drawAll) {
      g.clearRect(0, 0, this.width, this.height);
      g.font = "600 12px system-ui, sans-serif";
      g.fillStyle = css("--soft");
      g.textBaseline = "middle";
      for (const b of this.blocks) g.fillText(`${number(b.phones.length)} phones of ${b.name}`, b.x, b.y + heading / 2, b.wide);
      for (let i = 0; i < this.cells.length; i++) this.sheet.paint(g, this.cells[i], this.x[i], this.y[i]);
    } else {
      for (const i of this.dirty) this.sheet.paint(g, this.cells[i], this.x[i], this.y[i]);
    }
    this.drawAll = false;
    this.dirty.clear();
    this.mark(g);
    const n = this.counts(), colours = palette();
    for (const s of states) {
      const l = this.legend[s.key];
      l.count.textContent = number(n[s.key]);
      draw(fit(l.mark, 14, 14), l.cell, 1, 1, 12, colours);
    }
    this.changed?.(n);
    if (this.cursor >= 0) this.hover(this.cursor);
  }

  mark(g) {
    if (this.cursor < 0) return;
    g.strokeStyle = css("--ink");
    g.lineWidth = 2;
    g.strokeRect(this.x[this.cursor] - 1, this.y[this.cursor] - 1, this.size + 2, this.size + 2);
  }

  hit(e) {
    const r = this.canvas.getBoundingClientRect(), x = e.clientX - r.left, y = e.clientY - r.top;
    for (const b of this.blocks || []) {
      const row = Math.floor((y - b.y - heading) / this.pitch), column = Math.floor((x - b.x) / this.pitch);
      const k = row * this.columns + column;
      if (row >= 0 && column >= 0 && column < this.columns && k < b.phones.length) return b.phones[k];
    }
    return -1;
  }

  hover(i) {
    if (i < 0 || !this.phones[i]) return;
    const p = this.phones[i];
    const text = `${p.name}, ${p.model}, of ${this.nodes[p.home]}: ${nameOf(this.cells[i])}`;
    if ($("wall-focus").textContent !== text) $("wall-focus").textContent = text;
    this.canvas.title = text;
  }

  move(i) {
    this.cursor = i;
    this.drawAll = true; // takes the old mark away
    const scroll = $("wall-scroll"), y = this.y[i];
    if (y < scroll.scrollTop) scroll.scrollTop = y - heading;
    if (y + this.pitch > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = y + this.pitch - scroll.clientHeight;
    this.hover(i);
  }

  key(e) {
    if (!this.order) return;
    const at = this.cursor < 0 ? 0 : this.place[this.cursor];
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns, PageDown: 10 * this.columns, PageUp: -10 * this.columns, Home: -at, End: this.order.length - 1 - at };
    if (e.key in steps) this.move(this.order[Math.min(this.order.length - 1, Math.max(0, at + steps[e.key]))]);
    else if ((e.key === "Enter" || e.key === " ") && this.cursor >= 0) this.open(this.cursor);
    else return;
    e.preventDefault();
  }
}
