// The tour: a scenario that the server plays step by step; here it is told.

import { $, el } from "./util.js";
import * as api from "./api.js";

export class Tour {
  constructor() {
    const act = (f) => async () => { try { await f(); } catch (e) { this.say("That did not work", e.message); } };
    $("tour-start").addEventListener("click", act(() => api.startTour($("tour-name").value)));
    $("restart").addEventListener("click", act(() => api.startAnew()));
    $("tour-pause").addEventListener("click", act(() => api.steerTour(this.view?.playing ? "pause" : "play")));
    $("tour-next").addEventListener("click", act(() => api.steerTour("next")));
    $("tour-name").addEventListener("change", () => this.name());
    this.hello = [$("tour-title").textContent, [...$("tour-text").childNodes].map((n) => n.cloneNode(true))];
  }

  // setup offers the scenarios, first those that tell each step.
  setup(tours) {
    const names = $("tour-name");
    if (names.options.length) return;
    names.append(el("option", { value: "" }, "no scenario: try it yourself"));
    for (const [label, told] of [["Tours", true], ["More scenarios", false]]) {
      names.append(el("optgroup", { label }, ...tours.filter((t) => t.told === told).map((t) => el("option", { value: t.name, title: t.shows }, `${t.name}: ${t.shows}`))));
    }
    if (tours.some((t) => t.name === "bulk-reset")) names.value = "bulk-reset";
  }

  clear() {
    this.view = null;
    $("tour-title").textContent = this.hello[0];
    $("tour-text").replaceChildren(...this.hello[1].map((n) => n.cloneNode(true)));
    $("tour-steps").replaceChildren();
    $("tour-pause").hidden = $("tour-next").hidden = $("tour-does").hidden = $("tour-expected").hidden = true;
    this.name();
  }

  // name what Play would do.
  name() { $("tour-start").textContent = this.view && this.view.name === $("tour-name").value ? "Play again" : "Play"; }

  say(title, text, failed) {
    $("tour-title").textContent = title;
    $("tour-text").replaceChildren(text, failed ? el("span", { class: "fail" }, " It cannot go on: " + failed) : "");
  }

  show(v) {
    const anew = !this.view;
    this.view = v;
    if (anew) $("tour-name").value = v.name;
    this.name();
    const over = v.failed || (v.at === v.steps.length - 1 && !v.running);
    $("tour-pause").hidden = over;
    $("tour-next").hidden = over;
    $("tour-pause").textContent = v.playing ? "Pause" : "Go on";
    $("tour-next").disabled = v.running && !v.reading;
    const mark = (s, i) => (s.expectations.some((e) => !e.passed) ? "failed" : i < v.at || (i === v.at && !v.running) ? "done" : "");
    $("tour-steps").replaceChildren(...v.steps.map((s, i) => el("li", { title: s.name, class: mark(s, i), "aria-current": i === v.at && "step" }, String(i + 1))));
    $("tour-does").hidden = $("tour-expected").hidden = v.at < 0;
    if (v.verdict) return this.say("The run has ended: " + v.verdict, v.shows, v.failed);
    if (v.at < 0) {
      return this.say(`${v.name}: ${v.shows}`, document.documentElement.classList.contains("watching") ? "The run begins." :
        "Nothing is played yet. Press Next step or Go on; or power the phones on and try this cluster yourself.");
    }
    const s = v.steps[v.at];
    this.say(`${v.at + 1}. ${s.name}${v.running ? " …" : ""}`, s.says || v.shows, v.failed);
    $("tour-does").replaceChildren(...s.do.map((d) => el("li", {}, el("code", {}, d))));
    $("tour-expected").replaceChildren(...s.expectations.map((e) => el("li", { class: e.passed ? "held" : "failed" }, e.text, e.why ? el("div", { class: "note" }, e.why) : "")));
  }
}
