// States over time, and boots and TVS queries a second.

import { $, fit, css, number } from "./util.js";

const span = 300; // seconds shown at most
const layers = [["off", (t) => t.off], ["none", (t) => t.states[0]], ["trusted", (t) => t.states[1]], ["locked", (t) => t.states[2]], ["untrusted", (t) => t.states[3]]];

export class Charts {
  constructor() {
    this.samples = [];
    new ResizeObserver(() => this.draw()).observe($("charts-panel"));
  }

  clear() { this.samples = []; this.draw(); }

  add(samples) {
    this.samples.push(...samples);
    const last = this.samples.at(-1).t;
    while (this.samples.length && this.samples[0].t < last - span) this.samples.shift();
    this.draw();
  }

  draw() {
    this.states($("chart-states"));
    this.rates($("chart-rates"));
  }

  frame(canvas, top) {
    const w = canvas.clientWidth, h = canvas.clientHeight, g = fit(canvas, w, h);
    const left = 44, right = 6, bottom = 16, to = this.samples.at(-1)?.t ?? 0, from = Math.min(this.samples[0]?.t ?? 0, to - 30);
    const x = (t) => left + ((t - from) / (to - from)) * (w - left - right), y = (v) => h - bottom - (v / (top || 1)) * (h - bottom - 6);
    g.clearRect(0, 0, w, h);
    g.font = "11px system-ui, sans-serif";
    g.fillStyle = css("--soft");
    g.strokeStyle = css("--line");
    g.lineWidth = 1;
    g.textBaseline = "middle";
    for (const v of [0, top / 2, top]) {
      g.textAlign = "right";
      g.fillText(number(Math.round(v)), left - 6, y(v));
      g.beginPath(); g.moveTo(left, y(v)); g.lineTo(w - right, y(v)); g.stroke();
    }
    g.textAlign = "left";
    g.fillText(`${Math.round(to - from)} s ago`, left, h - 6);
    g.textAlign = "right";
    g.fillText("now", w - right, h - 6);
    return { g, x, y };
  }

  states(canvas) {
    const last = this.samples.at(-1);
    const top = last ? layers.reduce((n, [, f]) => n + f(last.tally), 0) : 1;
    const { g, x, y } = this.frame(canvas, top);
    if (!last) return;
    const base = this.samples.map(() => 0);
    for (const [key, f] of layers) {
      g.beginPath();
      this.samples.forEach((s, i) => { g[i ? "lineTo" : "moveTo"](x(s.t), y(base[i])); });
      for (let i = this.samples.length - 1; i >= 0; i--) { base[i] += f(this.samples[i].tally); g.lineTo(x(this.samples[i].t), y(base[i])); }
      g.closePath();
      g.fillStyle = css("--" + key);
      g.globalAlpha = key === "off" ? 0.45 : 0.9;
      g.fill();
      g.globalAlpha = 1;
      if (key === "untrusted" || key === "locked") this.hatch(g, key);
    }
    canvas.setAttribute("aria-label", "Phones by state over time. Now: " + layers.map(([key, f]) => `${f(last.tally)} ${key}`).join(", "));
  }

  // hatch the area, so that it is not told by its colour alone.
  hatch(g, key) {
    g.save();
    g.clip();
    g.strokeStyle = css("--panel");
    g.globalAlpha = 0.55;
    g.beginPath();
    const { width, height } = g.canvas;
    for (let d = -height; d < width; d += 9) {
      g.moveTo(d, 0); g.lineTo(d + height, height);
      if (key === "untrusted") { g.moveTo(d + height, 0); g.lineTo(d, height); }
    }
    g.stroke();
    g.restore();
  }

  rates(canvas) {
    const top = Math.max(10, ...this.samples.map((s) => Math.max(s.boots, s.tvs)));
    const { g, x, y } = this.frame(canvas, top);
    for (const [key, colour, dash] of [["boots", "--accent", []], ["tvs", "--locked", [5, 4]]]) {
      g.beginPath();
      this.samples.forEach((s, i) => g[i ? "lineTo" : "moveTo"](x(s.t), y(s[key])));
      g.strokeStyle = css(colour);
      g.setLineDash(dash);
      g.lineWidth = 2;
      g.stroke();
      g.setLineDash([]);
    }
    const last = this.samples.at(-1);
    if (last) canvas.setAttribute("aria-label", `A second, now: ${Math.round(last.boots)} boots, ${Math.round(last.tvs)} TVS queries`);
  }
}
