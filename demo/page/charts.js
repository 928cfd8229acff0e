// States over time, and boots and TVS queries a second.

import { $, fit, css, duration, number } from "./util.js";

const most = 2400; // samples; with more each second one goes
const layers = ["off", "none", "trusted", "locked", "untrusted"];

export class Charts {
  constructor() {
    this.samples = [];
    new ResizeObserver(() => this.draw()).observe($("charts-panel"));
  }

  clear() { this.samples = []; this.draw(); }

  add(samples) {
    this.samples.push(...samples);
    while (this.samples.length > most) this.samples = this.samples.filter((_, i) => i % 2 || i === this.samples.length - 1);
    this.draw();
  }

  draw() {
    this.states($("chart-states"));
    this.rates($("chart-rates"));
  }

  frame(canvas, top) {
    const w = canvas.clientWidth, h = canvas.clientHeight, g = fit(canvas, w, h);
    const left = 44, right = 6, bottom = 16, to = this.samples.at(-1)?.at_s ?? 0, from = Math.min(this.samples[0]?.at_s ?? 0, to - 30);
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
    g.fillText(`${duration(1000 * (to - from))} ago`, left, h - 6);
    g.textAlign = "right";
    g.fillText("now", w - right, h - 6);
    return { g, x, y };
  }

  states(canvas) {
    const last = this.samples.at(-1);
    const top = last ? layers.reduce((n, key) => n + last[key], 0) : 1;
    const { g, x, y } = this.frame(canvas, top);
    if (!last) return;
    const base = this.samples.map(() => 0);
    for (const key of layers) {
      g.beginPath();
      this.samples.forEach((s, i) => { g[i ? "lineTo" : "moveTo"](x(s.at_s), y(base[i])); });
      for (let i = this.samples.length - 1; i >= 0; i--) { base[i] += this.samples[i][key]; g.lineTo(x(this.samples[i].at_s), y(base[i])); }
      g.closePath();
      g.fillStyle = css("--" + key);
      g.globalAlpha = key === "off" ? 0.45 : 0.9;
      g.fill();
      g.globalAlpha = 1;
      if (key === "untrusted" || key === "locked") this.hatch(g, key);
    }
    canvas.setAttribute("aria-label", "Phones by state over time. Now: " + layers.map((key) => `${last[key]} ${key}`).join(", "));
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

  // rates are by the scenario's time, from one sample to the next.
  rates(canvas) {
    const rates = this.samples.slice(1).flatMap((s, i) => {
      const before = this.samples[i], took = s.at_s - before.at_s;
      return took > 0 ? [{ at_s: s.at_s, boots: (s.boots - before.boots) / took, tvs: (s.tvs - before.tvs) / took }] : [];
    });
    const top = rates.reduce((n, s) => Math.max(n, s.boots, s.tvs), 10);
    const { g, x, y } = this.frame(canvas, top);
    for (const [key, colour, dash] of [["boots", "--accent", []], ["tvs", "--locked", [5, 4]]]) {
      g.beginPath();
      rates.forEach((s, i) => g[i ? "lineTo" : "moveTo"](x(s.at_s), y(s[key])));
      g.strokeStyle = css(colour);
      g.setLineDash(dash);
      g.lineWidth = 2;
      g.stroke();
      g.setLineDash([]);
    }
    const last = rates.at(-1);
    if (last) canvas.setAttribute("aria-label", `A second, now: ${Math.round(last.boots)} boots, ${Math.round(last.tvs)} TVS queries`);
  }
}
