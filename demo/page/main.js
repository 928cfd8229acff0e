// The page: one stream of changes comes in, commands go out.

import { $, said } from "./util.js";
import * as api from "./api.js";
import { Wall } from "./wall.js";
import { Cluster } from "./cluster.js";
import { Consoles } from "./console.js";
import { Phone } from "./phone.js";
import { Log } from "./log.js";
import { Strip } from "./strip.js";
import { Tour } from "./story-view.js";
import { Try } from "./try-view.js";
import { target } from "./story.js";
import { presenter } from "./presenter.js";
import { dress, turn } from "./theme.js";
import { TrustView } from "./trust-view.js";
import { Speaker, stake } from "./headline.js";
import { Known, counted, heldLists } from "./known.js";
import { count, decode } from "./states.js";
import { WhatIf } from "./whatif.js";

const root = document.documentElement;
dress();

let reading = null; // of the cluster's clock, and when it was taken
const now = () => reading && reading.now + (performance.now() - reading.at) * reading.rate;

const phone = new Phone();
const wall = new Wall((i) => open(fleet.names[i]));
const whatif = new WhatIf(api.rehearse);
const cluster = new Cluster(now, whatif);
const consoles = new Consoles(whatif);
const log = new Log((name) => open(name), (name) => fleet.index.has(name));
const tour = new Tour((number) => strip.lookAt(number));
const tryIt = new Try((f) => cluster.act(f), () => cluster.reset());
const trust = new TrustView($("trust-tabs"), $("trust"), $("trust-rest"));
const strip = new Strip((moment) => lookBack(moment));
let lab = "", fleet = { names: [], index: new Map() };
phone.servers = () => cluster.view?.nodes.map((n) => n.name).reverse().slice(0, 2).join(", ");
consoles.entered = (node, line) => tryIt.typed(node, line);
const open = (name) => phone.open(name, fleet.index.get(name));

const speaker = new Speaker((text) => { $("headline-said").textContent = text; });
const say = (text) => { if ($("headline").textContent !== text) $("headline").textContent = text; };
wall.counted = (tally, cells, lists) => say(stake(cells, lists, tally));
setInterval(() => { if (!tour.view) tryIt.look(count(known.cells), latest.cluster, now()); }, 500);
setInterval(() => speaker.hear($("headline").textContent, performance.now()), 500);

// What came last is kept, for when somebody who looked at what was comes back to it.
const known = new Known(), latest = {};
let past = null; // the moment that is looked at

function showCluster() { if (!past && latest.cluster) cluster.show(latest.cluster); }

// Cells change ten times a second; who trusts whom is counted anew by them so often, in milliseconds.
const recountEvery = 250;
let recount = 0; // the timer

function showTrust() {
  clearTimeout(recount);
  recount = 0;
  if (past || !known.trust) return;
  $("trust-panel").hidden = false;
  trust.show(known.picture);
}

// lookBack shows the lab as it was at a moment, null: as it is.
async function lookBack(moment) {
  past = moment;
  const back = moment && await api.moment(moment.number).catch((e) => ({ error: e.message }));
  if (past !== moment) return; // somebody went on meanwhile
  if (back?.error) { past = null; strip.go(null); $("past").textContent = `The end of step ${moment.number} cannot be looked at: ${back.error}.`; return; }
  root.classList.toggle("past", !!moment);
  $("back-to-now").hidden = !moment;
  $("cluster-panel").inert = !!moment;
  $("past").textContent = moment ? `You look at the end of step ${moment.number}, “${moment.step}”, ${said(moment.at_s)} after the start.` : "";
  const cells = back && decode(back.cells);
  wall.look(back && { cells, lists: heldLists(back.held, back.trust) });
  if (!back) { showCluster(); showTrust(); return; }
  cluster.show(back.cluster);
  trust.show(counted(back.trust, cells, back.held));
}

// fleetOf is a lab's phones: their names, where each is, and of what they may have
// in common the kinds' names and each phone's, by number.
function fleetOf({ names, models, model, groups, group, nodes, node }) {
  const kinds = (names, values) => ({ names, values });
  return { names, index: new Map(names.map((name, i) => [name, i])), model: kinds(models, model), group: kinds(groups, group), node: kinds(nodes, node) };
}

// begin takes up a new lab: all that was shown is of an earlier one.
async function begin() {
  log.clear();
  strip.clear();
  tour.clear();
  tryIt.clear(lab);
  delete latest.cluster;
  trust.clear();
  $("phone").close();
  $("cluster-message").hidden = true;
  const [columns, setup, tours] = await Promise.all([api.fleet(), api.cluster(), api.tours()]);
  fleet = fleetOf(columns);
  $("password").textContent = setup.admin_password ?? "";
  $("password-known").hidden = !setup.admin_password;
  $("password-printed").hidden = !!setup.admin_password;
  $("simulated").hidden = setup.mode !== "virtual";
  root.classList.toggle("watching", !!setup.read_only); // a run, which nothing is done to
  tour.setup(tours);
  consoles.setup(fleet.node.names);
  wall.setup(fleet);
}

async function take(u) {
  if (u.lab) { lab = u.lab; await begin(); }
  if (u.clock) { reading = { now: Date.parse(u.clock.now), rate: u.clock.rate, at: performance.now() }; rate(); }
  known.take(u);
  if (u.cells) { wall.all(known.cells); phone.changed(); }
  if (u.changed) { wall.change(u.changed); phone.changed(u.changed); }
  if (u.cluster) latest.cluster = u.cluster;
  if (known.lists !== wall.lists) wall.hold(known.lists);
  if (u.cluster) showCluster();
  if (u.trust || u.held_changed) showTrust(); else if (u.cells || u.changed) recount ||= setTimeout(showTrust, recountEvery);
  if (u.consoles) consoles.update(u.consoles);
  if (u.log) { log.add(u.log); tryIt.heard(u.log); }
  if (u.samples) strip.add(u.samples);
  if (u.moments) strip.mark(u.moments);
  if (u.tour) tour.show(u.tour);
  root.dataset.lab = lab; // for tests: what came is shown
}

function rate() {
  for (const b of document.querySelectorAll("[data-rate]")) b.setAttribute("aria-pressed", Number(b.dataset.rate) === reading.rate);
}
setInterval(() => { const t = now(); if (t) $("clock").textContent = new Date(t).toISOString().replace("T", " ").slice(0, 19); }, 200);

api.watch(take, (forGood) => {
  reading = null;
  if (tour.view?.verdict) return true; // the run that was watched is over, and this with it
  say(forGood ? "The demonstration does not take this page. Reload it to try again." : "The connection is lost; trying again …");
});

const act = (f) => () => { strip.go(null); return cluster.act(f); }; // acts are on what is
$("all-off").addEventListener("click", act(() => api.act(["phones: power off"])));
$("all-on").addEventListener("click", act(() => api.act(["phones: power on"])));
$("all-reset").addEventListener("click", act(() => cluster.reset()));
$("advance").addEventListener("click", act(() => api.advance(360)));
for (const b of document.querySelectorAll("[data-rate]")) b.addEventListener("click", act(() => api.setRate(Number(b.dataset.rate))));
$("find").addEventListener("submit", (e) => {
  e.preventDefault();
  const name = $("find-name").value.trim().toUpperCase();
  const i = fleet.names.findIndex((n) => name && n.endsWith(name.replace(/^SEP/, "")));
  if (i >= 0) { e.target.reset(); wall.move(i); open(fleet.names[i]); } else $("wall-focus").textContent = "There is no such phone.";
});
$("theme").addEventListener("click", () => {
  turn();
  strip.draw();
});
const togglePresenter = presenter($("present"));
document.addEventListener("keydown", (e) => {
  if (e.key.toLowerCase() === "p" && !e.ctrlKey && !e.metaKey && !e.altKey && target(e.target) !== "field") togglePresenter();
});
