// The strip of time: how many phones were in which state, steps as marks, and a
// cursor that goes back to the end of a step.

import { $, el, number, rem, said } from "./util.js";
import { palettes, theme } from "./colours.js";
import { redraw } from "./press.js";
import { History, around, layers, spread, ticks } from "./history.js";
import { states } from "./states.js";

const names = Object.fromEntries(states.map((s) => [s.key, s.name.toLowerCase()]));

// tallied says how many phones were in which state.
const tallied = (s) => [...layers, "booting"].filter((k) => s[k]).map((k) => `${number(s[k])} ${k === "booting" ? "of them booting" : names[k]}`).join(", ");

export class Strip {
  // choose is told which moment to look at: a moment, or null for now.
  constructor(choose) {
    this.choose = choose;
    this.at = null;
    this.clear();
    const strip = $("strip");
    strip.addEventListener("keydown", (e) => this.key(e));
    strip.addEventListener("pointermove", (e) => this.read(this.place(e)));
    strip.addEventListener("pointerleave", () => this.read(null));
    strip.addEventListener("click", (e) => this.go(this.nearest(this.place(e))));
    $("back-to-now").addEventListener("click", () => this.go(null));
    for (const key of [...layers, "booting"]) {
      const mark = el("span", { class: "swatch", "aria-hidden": "true" });
      mark.style.background = `var(--phone-${key})`;
      $("strip-legend").append(el("li", { class: key }, mark, key === "booting" ? "of them booting" : states.find((s) => s.key === key).name));
    }
    new ResizeObserver(([e]) => { this.room = e.contentRect; this.draw(); }).observe($("strip-canvas"));
  }

  clear() {
    this.history = new History();
    this.moments = [];
    this.reading = null;
    this.go(null);
    this.draw();
  }

  add(samples) { this.history.add(samples); this.draw(); }

  mark(moments) { this.moments.push(...moments); this.draw(); }

  // go to the moment of a number (among those that there are; null: now).
  go(at) {
    if (at === this.at) return;
    this.at = at;
    this.choose(at === null ? null : this.moments[at]);
    this.draw();
  }

  // lookAt goes to the moment of a number among all of the lab; null: now.
  lookAt(number) {
    const at = this.moments.findIndex((m) => m.number === number);
    this.go(at < 0 ? null : at);
  }

  key(e) {
    if (e.shiftKey && (e.key === "ArrowLeft" || e.key === "ArrowRight")) {
      const from = this.reading ?? (this.at === null ? 1 : this.axis.place(this.moments[this.at].at_s));
      this.read(Math.min(1, Math.max(0, from + (e.key === "ArrowLeft" ? -0.01 : 0.01))));
    } else {
      const to = around(this.at, this.moments.length, e.key);
      if (to === undefined) return;
      this.reading = null;
      this.go(to);
    }
    e.preventDefault();
  }

  place(e) {
    const r = $("strip-canvas").getBoundingClientRect();
    return Math.min(1, Math.max(0, (e.clientX - r.left) / r.width));
  }

  // nearest is the moment at a place, or now.
  nearest(place) {
    const places = [...this.moments.map((m) => this.axis.place(m.at_s)), 1], away = places.map((p) => Math.abs(p - place));
    const at = away.lastIndexOf(Math.min(...away));
    return at === this.moments.length ? null : at;
  }

  // read says what was at a place, null: at the cursor.
  read(place) { this.reading = place; this.say(); }

  say() {
    const moment = this.at === null ? null : this.moments[this.at], begin = this.axis.begin;
    const s = this.reading !== null && this.history.before(this.axis.time(this.reading));
    const when = s ? `After ${said(this.axis.time(this.reading) - begin)}` : moment ? `At the end of step ${moment.number}` : "Now";
    const what = s || moment, text = when + (what ? ": " + tallied(what) : ""); // the headline tells of now
    if ($("strip-says").textContent !== text) $("strip-says").textContent = text;
    const strip = $("strip");
    strip.setAttribute("aria-valuemax", this.moments.length);
    strip.setAttribute("aria-valuenow", this.at ?? this.moments.length);
    strip.setAttribute("aria-valuetext", text);
    const reader = $("strip-reader");
    reader.hidden = this.reading === null;
    reader.style.left = 100 * (this.reading ?? 0) + "%";
  }

  draw() {
    const canvas = $("strip-canvas"), scale = window.devicePixelRatio || 1;
    this.axis = this.history.axis();
    this.say();
    if (!this.room?.width) return;
    const width = Math.round(this.room.width * scale), height = Math.round(this.room.height * scale);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    this.stack(canvas.getContext("2d"), width, height, scale);
    this.label(this.room.width);
  }

  // stack draws states on each other, and how many boot as a line.
  stack(g, width, height, scale) {
    const colours = palettes[theme()], line = new Path2D();
    g.fillStyle = colours.ground;
    g.fillRect(0, 0, width, height);
    if (!this.history.samples.length) return;
    for (let x = 0; x < width;) {
      const s = this.history.before(this.axis.time(x / width));
      let end = x + 1;
      while (end < width && this.history.before(this.axis.time(end / width)) === s) end++;
      const all = layers.reduce((n, k) => n + s[k], 0) || 1;
      let y = height;
      for (const k of layers) {
        const high = (s[k] / all) * height;
        g.fillStyle = colours[k];
        g.fillRect(x, y - high, end - x, high);
        y -= high;
      }
      const at = height - scale - (s.booting / all) * (height - 2 * scale);
      line.lineTo(x, at);
      line.lineTo(end, at);
      x = end;
    }
    for (const [colour, wide] of [[colours.ground, 4], [colours.booting, 2]]) {
      g.strokeStyle = colour;
      g.lineWidth = wide * scale;
      g.stroke(line);
    }
    for (const b of this.axis.breaks) {
      g.fillStyle = colours.ground;
      for (let y = 0; y < height; y += 6 * scale) g.fillRect((b.at + b.wide / 2) * width - scale, y, 2 * scale, 3 * scale);
    }
  }

  // label puts up times, the steps' marks, and the cursor.
  label(width) {
    const at = (e, x) => { e.style.left = x + "px"; return e; };
    $("strip-times").replaceChildren(...ticks(this.axis, width, 7.5 * rem()).map((t) => at(el("span", { class: t.last && "last" }, t.text), t.x)));
    const places = this.moments.map((m) => this.axis.place(m.at_s) * width);
    redraw($("strip-marks"), [width, places, this.moments, this.at], () => $("strip-marks").replaceChildren(
      ...spread(places.map((x) => x - 10), width - 20, 22).map((x, i) =>
        at(el("span", { title: this.moments[i].step, class: i === this.at ? "at" : "", onclick: (e) => { e.stopPropagation(); this.go(i); } }, String(this.moments[i].number)), x)),
      ...places.map((x) => at(el("i"), x))));
    const cursor = at($("strip-cursor"), this.at === null ? width : places[this.at]);
    cursor.classList.toggle("now", this.at === null);
  }
}
