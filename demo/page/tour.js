// The tour: a story played step by step on the server; here it is told.

import { $, el, post } from "./util.js";

export class Tour {
  constructor() {
    const act = (f) => async () => { try { await f(); } catch (e) { this.say("That did not work", e.message); } };
    $("tour-start").addEventListener("click", act(() => post("restart", { tour: $("tour-name").value })));
    $("restart").addEventListener("click", act(() => post("restart", { tour: "" })));
    $("tour-pause").addEventListener("click", act(() => post("tour/" + (this.view?.playing ? "pause" : "play"))));
    $("tour-next").addEventListener("click", act(() => post("tour/next")));
    this.hello = [$("tour-title").textContent, [...$("tour-text").childNodes].map((n) => n.cloneNode(true))];
  }

  setup(tours) {
    if (!$("tour-name").options.length) $("tour-name").append(...tours.map((t) => el("option", { value: t.name }, t.title)));
  }

  clear() {
    this.view = null;
    $("tour-title").textContent = this.hello[0];
    $("tour-text").replaceChildren(...this.hello[1].map((n) => n.cloneNode(true)));
    $("tour-steps").replaceChildren();
    $("tour-pause").hidden = $("tour-next").hidden = true;
    $("tour-start").textContent = "Play";
  }

  say(title, text, failed) {
    $("tour-title").textContent = title;
    $("tour-text").replaceChildren(text, failed ? el("span", { class: "fail" }, " The step failed: " + failed) : "");
  }

  show(v) {
    this.view = v;
    $("tour-name").value = v.name;
    $("tour-start").textContent = "Play again";
    const over = v.at === v.steps.length - 1 && !v.running;
    $("tour-pause").hidden = over;
    $("tour-next").hidden = over;
    $("tour-pause").textContent = v.playing ? "Pause" : "Go on";
    $("tour-next").disabled = v.running;
    $("tour-steps").replaceChildren(...v.steps.map((s, i) => el("li", { title: s.title, class: i < v.at || (i === v.at && !v.running) ? "done" : "", "aria-current": i === v.at && "step" }, String(i + 1))));
    if (v.at < 0) this.say(v.title, "Press Next step, or Go on.");
    else this.say(`${v.at + 1}. ${v.steps[v.at].title}${v.running ? " …" : ""}`, v.steps[v.at].says, v.failed);
  }
}
