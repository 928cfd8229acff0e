// The log: DeviceTLInfo alarms with match or mismatch, and what people did.

import { redraw } from "./press.js";
import { $, el, clockTime } from "./util.js";

const kept = 600, shown = 200;
const showEvery = 1000; // milliseconds: to show so many takes several frames' time

// sortOf an entry is what it is kept among: "here" is what was done on the page, or by a program.
const sortOf = (e) => e.match ?? (e.line ? "syslog" : "here");

export class Log {
  // open opens a phone, where ours says that it is one of the lab's.
  constructor(open, ours) {
    Object.assign(this, { open, ours });
    this.entries = [];
    for (const id of ["log-kind", "log-text"]) $(id).addEventListener("input", () => this.show());
    $("log-filter").addEventListener("submit", (e) => e.preventDefault());
  }

  clear() { this.entries = []; this.show(); }

  add(entries) {
    this.entries.push(...entries.filter(Boolean));
    this.entries.sort((a, b) => a.seq - b.seq);
    for (const sort of ["match", "mismatch", "syslog", "here"]) { // none pushes out the others
      const of = this.entries.filter((e) => sortOf(e) === sort);
      if (of.length > kept) { const first = of[of.length - kept].seq; this.entries = this.entries.filter((e) => sortOf(e) !== sort || e.seq >= first); }
    }
    if (!this.pending) this.pending = setTimeout(() => { this.pending = 0; this.show(); }, this.shownAt > performance.now() - showEvery ? showEvery : 100);
  }

  show() {
    this.shownAt = performance.now();
    const kind = $("log-kind").value, text = $("log-text").value.toLowerCase();
    const fits = (e) => (!kind || e.kind === kind || e.match === kind || (kind === "syslog" && e.line && e.kind !== "DeviceTLInfo") || (kind === "here" && !e.line)) &&
      (!text || (e.from + " " + e.text + " " + e.kind + " " + (e.line || "")).toLowerCase().includes(text));
    const found = [];
    for (let i = this.entries.length - 1; i >= 0 && found.length < shown; i--) if (fits(this.entries[i])) found.push(this.entries[i]);
    redraw($("log"), found.map((e) => e.seq), () => $("log").tBodies[0].replaceChildren(...found.length ?
      found.map((e) => e.row ??= this.row(e)) : // what is open in it stays open
      [el("tr", {}, el("td", { colspan: 4, class: "note" }, "No entries."))]));
  }

  row(e) {
    const from = this.ours(e.from) ? el("button", { class: "link", onclick: () => this.open(e.from) }, e.from) : e.from;
    const match = e.match ? el("span", { class: "badge " + (e.match === "match" ? "good" : "bad") }, e.match === "match" ? "✓ match" : "✕ mismatch") : "";
    return el("tr", {}, el("td", {}, clockTime(e.at)), el("td", {}, e.kind), el("td", {}, from), el("td", {}, match, " ", e.line ? el("details", {}, el("summary", {}, e.text || e.kind), el("code", {}, e.line)) : e.text));
  }
}
