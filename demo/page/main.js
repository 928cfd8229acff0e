// The page: one stream of changes comes in, commands go out.

import { $, get, post, number } from "./util.js";
import { Wall } from "./wall.js";
import { Cluster } from "./cluster.js";
import { Consoles } from "./console.js";
import { Phone } from "./phone.js";
import { Log } from "./log.js";
import { Charts } from "./charts.js";
import { Tour } from "./tour.js";
import { TrustView } from "./trust-view.js";

const root = document.documentElement;
root.dataset.theme = localStorage.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

let reading = null; // of the cluster's clock, and when it was taken
const now = () => reading && reading.now + (performance.now() - reading.at) * reading.rate;

const phone = new Phone();
const wall = new Wall((i) => phone.open(i));
const cluster = new Cluster(now);
const consoles = new Consoles();
const log = new Log((i) => phone.open(i));
const charts = new Charts();
const tour = new Tour();
const trust = new TrustView($("trust-tabs"), $("trust"), $("trust-rest"));
let world = 0, nodes = [];
phone.servers = () => cluster.view?.nodes.map((n) => n.services[0].address).reverse().join(", ");

// headline says in a sentence how things stand.
wall.changed = (n) => {
  const total = wall.cells.length, on = total - n.off, bad = n.untrusted + n.locked;
  let text;
  if (n.booting) text = `${number(n.booting)} phones are booting.`;
  else if (!on) text = `All ${number(total)} phones are off.`;
  else if (n.trusted === on) text = `All ${number(on)} phones ${n.off ? "that are on " : ""}trust the cluster.`;
  else if (n.untrusted === on) text = `All ${number(on)} phones ${n.off ? "that are on " : ""}have lost their trust in the cluster.`;
  else text = `${number(n.trusted)} of ${number(on)} phones trust the cluster, ${number(bad)} do not.`;
  if ($("headline").textContent !== text) $("headline").textContent = text;
};

// begin takes up a new world: all that was shown is of an earlier one.
async function begin(u) {
  log.clear();
  charts.clear();
  tour.clear();
  trust.clear();
  $("phone").close();
  $("cluster-message").hidden = true;
  const setup = await get("setup");
  $("password").textContent = setup.password;
  $("password-known").hidden = !setup.password;
  $("password-printed").hidden = !!setup.password;
  $("simulated").hidden = setup.mode !== "virtual";
  tour.setup(setup.tours);
  nodes = u.cluster.nodes.map((n) => n.id);
  consoles.setup(nodes);
  wall.setup(setup.phones, nodes);
}

async function take(u) {
  if (u.world) { world = u.world; await begin(u); }
  if (u.clock) { reading = { ...u.clock, at: performance.now() }; rate(); }
  if (u.cells) { wall.all(u.cells); phone.changed(); }
  if (u.changed) { wall.change(u.changed); phone.changed(u.changed); }
  if (u.cluster) cluster.show(u.cluster);
  if (u.screens) consoles.update(u.screens);
  if (u.trust) { $("trust-panel").hidden = false; trust.show(u.trust); }
  if (u.log) log.add(u.log);
  if (u.samples) charts.add(u.samples);
  if (u.tour) tour.show(u.tour);
  root.dataset.world = world; // for tests: what came is shown
}

function rate() {
  for (const b of document.querySelectorAll("[data-rate]")) b.setAttribute("aria-pressed", Number(b.dataset.rate) === reading.rate);
}
setInterval(() => { const t = now(); if (t) $("clock").textContent = new Date(t).toISOString().replace("T", " ").slice(0, 19); }, 200);

let order = Promise.resolve(); // one update after the other
const events = new EventSource("/api/events");
events.onmessage = (e) => { const u = JSON.parse(e.data); order = order.then(() => take(u)).catch((err) => console.error(err)); };
events.onerror = () => { reading = null; $("headline").textContent = events.readyState === EventSource.CLOSED ? "The demonstration does not take this page. Reload it to try again." : "The connection is lost; trying again …"; };

const act = (f) => () => cluster.act(f);
$("all-off").addEventListener("click", act(() => post("power", { on: false })));
$("all-on").addEventListener("click", act(() => post("power", { on: true })));
$("all-reset").addEventListener("click", act(() => post("reset")));
$("advance").addEventListener("click", act(() => post("clock", { advance: 360 })));
for (const b of document.querySelectorAll("[data-rate]")) b.addEventListener("click", act(() => post("clock", { rate: Number(b.dataset.rate) })));
$("find").addEventListener("submit", (e) => {
  e.preventDefault();
  const name = $("find-name").value.trim().toUpperCase();
  const i = wall.phones.findIndex((p) => name && p.name.endsWith(name.replace(/^SEP/, "")));
  if (i >= 0) { wall.move(i); phone.open(i); } else $("wall-focus").textContent = "There is no such phone.";
});
$("theme").addEventListener("click", () => {
  localStorage.theme = root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  wall.drawAll = true;
  charts.draw();
});
