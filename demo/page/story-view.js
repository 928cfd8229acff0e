// The tour on the page: a scenario that the server plays step by step; here it is
// told and steered.

import { redraw } from "./press.js";
import { $, el } from "./util.js";
import * as api from "./api.js";
import { marks, over, scene, steering, target } from "./story.js";

// watching tells whether the page only watches a run, which nothing is done to.
const watching = () => document.documentElement.classList.contains("watching");

// listen has keys steer a tour.
export function listen(view, steer) {
  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented) return;
    const how = steering({ key: e.key, on: target(e.target), modified: e.ctrlKey || e.altKey || e.metaKey || e.shiftKey }, view());
    if (!how) return;
    e.preventDefault();
    steer(how);
  });
}

// tell puts up what is told of a step, and where the tour stands.
export function tell(v) {
  const s = scene(v, watching());
  $("tour-title").textContent = s.title;
  if ($("tour-text").textContent !== s.text) $("tour-text").textContent = s.text;
  $("tour-status").textContent = s.status;
  $("tour-status").classList.toggle("unmet", s.unmet);
  list($("tour-does"), s.does, (d) => el("li", {}, el("code", {}, d)));
  list($("tour-expected"), s.expected, (e) => el("li", { class: e.mark }, e.text, e.why && el("div", { class: "note" }, "It is the case: " + e.why)));
  list($("tour-steps"), marks(v), (m, i) => el("li", { title: m.name, class: m.mark, "aria-current": m.current && "step" }, String(i + 1)));
  $("tour-back").disabled = v.shown < 1;
  $("tour-pause").disabled = over(v);
  $("tour-next").disabled = v.shown === v.at && (over(v) || (v.running && !v.reading));
  $("tour-pause").textContent = v.playing ? "Pause" : "Play";
  return s;
}

// list puts up what a list has, which may be scrolled, where it is another.
const list = (place, of, item = String) => redraw(place, of, () => place.replaceChildren(...of.map(item)));

export class Tour {
  // look is told which moment is looked at, by its number; null: now.
  constructor(look) {
    this.look = look;
    this.moment = null;
    const act = (f) => async () => { try { await f(); $("tour-message").hidden = true; } catch (e) { $("tour-message").textContent = e.message; $("tour-message").hidden = false; } };
    const steer = (how) => act(() => api.steerTour(how))();
    $("tour-start").addEventListener("click", act(() => api.startTour($("tour-name").value)));
    $("restart").addEventListener("click", act(() => api.startAnew()));
    $("tour-back").addEventListener("click", () => steer("back"));
    $("tour-pause").addEventListener("click", () => steer(this.view?.playing ? "pause" : "play"));
    $("tour-next").addEventListener("click", () => steer("next"));
    $("tour-name").addEventListener("change", () => this.name());
    listen(() => (watching() ? null : this.view), steer);
  }

  // setup offers the scenarios, first those that tell each step.
  setup(tours) {
    const names = $("tour-name");
    if (names.options.length) return;
    names.append(el("option", { value: "" }, "no scenario: try it yourself"));
    for (const [label, told] of [["Tours", true], ["More scenarios", false]]) {
      names.append(el("optgroup", { label }, ...tours.filter((t) => t.told === told).map((t) => el("option", { value: t.name, title: t.shows }, `${t.name}: ${t.shows}`))));
    }
    if (tours.some((t) => t.name === first)) names.value = first;
  }

  clear() {
    this.view = null;
    this.at(null);
    list($("tour-steps"), []);
    for (const id of ["tour-back", "tour-pause", "tour-next", "tour-told"]) $(id).hidden = true;
    $("try").hidden = false;
    this.name();
  }

  // name what Start would do.
  name() { $("tour-start").textContent = this.view && this.view.name === $("tour-name").value ? "Start again" : "Start"; }

  at(moment) {
    if (moment === this.moment) return;
    this.moment = moment;
    this.look(moment);
  }

  show(v) {
    if (!this.view) $("tour-name").value = v.name;
    this.view = v;
    this.name();
    for (const id of ["tour-back", "tour-pause", "tour-next", "tour-told"]) $(id).hidden = false;
    $("try").hidden = true;
    this.at(tell(v).moment);
  }
}

// first is the tour that is offered first.
const first = "story";
