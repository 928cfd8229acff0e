// Try it on the page: each thing to do with a button that does it, ticked off by
// what is the case.

import { redraw } from "./press.js";
import { $, el } from "./util.js";
import * as api from "./api.js";
import { advance, begin, seen, todo } from "./try.js";

export class Try {
  // act does something and shows in words what the cluster refuses.
  constructor(act, resetAll) {
    this.act = act;
    this.resetAll = resetAll;
    this.clear();
    addEventListener("pagehide", () => this.keep());
  }

  // clear begins with a lab; who has been at it before in this browser goes on from there.
  clear(lab) {
    const kept = JSON.parse(localStorage.tried ?? "{}"), known = lab && kept.lab === lab;
    Object.assign(this, { lab, progress: known ? kept.progress : null, heardTo: known ? kept.heardTo : 0, acts: [], cluster: null });
  }

  // keep is for when the page is closed or loaded anew.
  keep() {
    const { lab, progress, heardTo } = this;
    if (progress) localStorage.tried = JSON.stringify({ lab, progress, heardTo });
  }

  // heard takes entries of the log, among which are acts.
  heard(lines) {
    const acts = lines.filter((l) => l.kind === "Act" && l.seq > this.heardTo);
    this.acts.push(...acts.map((l) => l.text));
    this.heardTo = Math.max(this.heardTo, ...acts.map((l) => l.seq));
  }

  // typed takes what is entered on a node's command line.
  typed(node, line) { this.acts.push(`on ${node}: ${line}`); }

  // look looks at what is the case: the cells' tally, the cluster and its clock.
  look(tally, cluster, now) {
    if (!tally?.total || !cluster || !now) return;
    const s = seen(tally, cluster, now);
    this.nodes = s.nodes;
    this.progress = this.progress ? advance(this.progress, s, this.acts) : begin(s);
    this.acts = [];
    this.draw();
  }

  // does is what the buttons of a thing to do are: their words, and what each does.
  does(key) {
    const regenerate = (unit) => this.nodes.map((n) => [`Regenerate ${unit} of ${n.name}`, () => api.act([`on ${n.name}: set cert regen ${unit}`], ["yes"])]);
    const pub = (this.nodes.find((n) => n.publisher) ?? this.nodes[0]).name;
    return {
      off: [["Power off all", () => api.act(["phones: power off"])]], on: [["Power on all", () => api.act(["phones: power on"])]],
      CallManager: regenerate("CallManager"), TVS: regenerate("TVS"), wait: [["+6 minutes", () => api.advance(360)]],
      localkey: [[`Type it on ${pub}`, async () => { await api.type(pub, "utils itl reset localkey"); $(`tab-${pub}`).click(); $("typed").focus(); }]],
      reset: [["Reset all phones", () => this.resetAll()]],
    }[key];
  }

  draw() {
    const { done, answer } = this.progress;
    redraw($("try-list"), [done, this.nodes.map((n) => n.name)], () => $("try-list").replaceChildren(...todo.map((t, i) => el("li", { class: i < done ? "done" : i === done ? "next" : "", "aria-current": i === done && "step" },
      el("span", { class: "tick", role: "img", "aria-label": i < done ? "Done" : "To do" }, i < done ? "✓" : String(i + 1)), " ", t.text,
      i === done ? el("div", { class: "actions" }, ...this.does(t.key).map(([words, f]) => el("button", { class: "small primary", "data-try": words, onclick: () => this.act(f) }, words)), el("span", { class: "note" }, t.where)) : ""))));
    if ($("try-answer").textContent !== answer) $("try-answer").textContent = answer;
    $("try-answer").hidden = !answer;
    $("try-over").hidden = done < todo.length || !!answer;
  }
}
