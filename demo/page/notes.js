// The presenter's notes: what to tell now and next, and what is expected. What is
// steered here the page follows, and the other way round.

import { $, clockTime } from "./util.js";
import * as api from "./api.js";
import { stake } from "./headline.js";
import { Known } from "./known.js";
import { listen, tell } from "./story-view.js";
import { dress } from "./theme.js";

dress();
const known = new Known();
let tour = null, clock = null;

async function steer(how) {
  try { await api.steerTour(how); $("tour-message").hidden = true; } catch (e) { $("tour-message").textContent = e.message; $("tour-message").hidden = false; }
}

function take(u) {
  if (u.lab) tour = null;
  known.take(u);
  if (u.cells || u.changed || u.held || u.held_changed || u.trust) $("headline").textContent = stake(known.cells, known.lists);
  if (u.clock) {
    clock = { now: Date.parse(u.clock.now), rate: u.clock.rate, at: performance.now() };
    for (const b of document.querySelectorAll("[data-rate]")) b.setAttribute("aria-pressed", Number(b.dataset.rate) === clock.rate);
  }
  if (u.tour) tour = u.tour;
  $("no-tour").hidden = !!tour;
  if (!u.tour) return;
  tell(tour);
  const next = tour.steps[tour.shown + 1];
  $("next-title").textContent = next ? `${tour.shown + 2}. ${next.name}` : "That was the last step.";
  $("next-text").textContent = next?.says ?? "";
}

$("tour-back").addEventListener("click", () => steer("back"));
$("tour-pause").addEventListener("click", () => steer(tour?.playing ? "pause" : "play"));
$("tour-next").addEventListener("click", () => steer("next"));
for (const b of document.querySelectorAll("[data-rate]")) b.addEventListener("click", () => api.setRate(Number(b.dataset.rate)));
listen(() => tour, steer);
setInterval(() => { if (clock) $("clock").textContent = clockTime(clock.now + (performance.now() - clock.at) * clock.rate); }, 200);
api.watch(take, () => { $("headline").textContent = "The connection is lost; trying again …"; });
