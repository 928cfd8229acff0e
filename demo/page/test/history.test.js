import test from "node:test";
import assert from "node:assert/strict";
import { said } from "../util.js";
import { History, around, spread, ticks } from "../history.js";

const s = 1, min = 60 * s, hour = 60 * min, day = 24 * hour;
const sample = (at, lost) => ({ at_s: at, untrusted: lost, locked: 0, none: 0, trusted: 100 - lost, off: 0, booting: 0 });

// A story: for a minute phones are lost, then nothing for two days, then a minute
// in which they come back.
function story() {
  const h = new History();
  for (let i = 0; i <= 60; i++) h.add([sample(i * s, i)]);
  for (let i = 1; i <= 48; i++) h.add([sample(min + i * hour, 60)]);
  for (let i = 1; i <= 60; i++) h.add([sample(min + 2 * day + i * s, 60 - i)]);
  return h;
}

test("what happens has room, and two idle days are cut", () => {
  const axis = story().axis();
  assert.equal(axis.breaks.length, 1);
  assert.equal(said(axis.breaks[0].to - axis.breaks[0].from), "2 days");
  assert.ok(axis.place(min) > 0.4, `the first minute ends at ${axis.place(min)}`);
  assert.ok(axis.place(min + 2 * day) < 0.6);
  assert.equal(axis.place(2 * min + 2 * day), 1);
});

test("each place is a time, and each time a place", () => {
  const axis = story().axis();
  for (let p = 0; p <= 1; p += 0.01) assert.ok(Math.abs(axis.place(axis.time(p)) - p) < 1e-9, String(p));
  assert.equal(axis.time(0), 0);
  assert.equal(axis.place(-5), 0);
});

test("a clock that was moved while phones changed is a break, too", () => {
  const h = new History();
  for (let i = 0; i <= 30; i++) h.add([sample(i * s, i)]);
  h.add([sample(day, 50)]);
  for (let i = 1; i <= 30; i++) h.add([sample(day + i * s, 50 + i)]);
  const axis = h.axis();
  assert.equal(axis.breaks.length, 1);
  assert.ok(axis.place(30 * s) > 0.35 && axis.place(day) < 0.65, `${axis.place(30 * s)} to ${axis.place(day)}`);
});

test("where nothing happens at all, time is even", () => {
  const h = new History();
  for (let i = 0; i <= 10; i++) h.add([sample(i * hour, 0)]);
  assert.equal(h.axis().breaks.length, 0);
  assert.ok(Math.abs(h.axis().place(5 * hour) - 0.5) < 1e-9);
  assert.equal(new History().axis().place(7), 0);
  assert.equal(new History().axis().time(0.5), 0);
});

test("while the clock stands still, the last sample tells; and not all are kept for ever", () => {
  const h = new History();
  h.add([sample(5, 1), sample(5, 2)]);
  assert.deepEqual(h.samples, [sample(5, 2)]);
  h.add([sample(6, 2), sample(7, 2), sample(8, 2)]);
  assert.deepEqual(h.samples, [sample(5, 2), sample(8, 2)]);
  for (let i = 0; i < 50000; i++) h.add([sample(10 + i, i % 100)]);
  assert.ok(h.samples.length <= 2001, String(h.samples.length));
  assert.equal(h.samples[0].at_s, 5);
  assert.equal(h.samples.at(-1).at_s, 50009);
  assert.equal(h.before(50009).at_s, 50009);
  assert.equal(h.before(0).at_s, 5);
});

test("lengths of time are said as people say them", () => {
  for (const [ms, want] of [[0, "0 s"], [0.4, "0 s"], [5 * s, "5 s"], [90 * s, "1 min"], [6 * min, "6 min"], [80 * min, "1 h 20 min"], [3 * hour, "3 h"],
    [day, "1 day"], [2 * day + 3 * hour, "2 days 3 h"], [45 * day, "45 days"]]) assert.equal(said(ms), want);
});

test("under the strip stand times, and how long the breaks are", () => {
  const under = ticks(story().axis(), 1000, 120);
  assert.deepEqual(under.map((t) => t.text), ["2 days pass", "start", "after 15 s", "after 31 s", "after 46 s", "after 2 days"]);
  const h = story();
  for (let i = 1; i <= 30; i++) h.add([sample(2 * min + 2 * day + 5 * min, 1), sample(2 * min + 2 * day + 5 * min + i * s, i)]);
  const close = ticks(h.axis(), 300, 120).map((t) => t.text);
  assert.ok(h.axis().breaks.length > 1 && close.includes("2 days pass"), close.join());
  assert.deepEqual(ticks(new History().axis(), 1000, 120).map((t) => t.text), ["start", "after 0 s"]);
});

test("no text under the strip stands on another, and none stands out", () => {
  const h = new History();
  for (let i = 0; i <= 60; i++) h.add([sample(i * s, i)]);
  for (let i = 1; i <= 48; i++) h.add([sample(min + i * hour, 60)]);
  h.add([sample(min + 2 * day + s, 0)]); // the break is at the right end
  for (let width = 250; width < 1500; width += 10) {
    const spans = ticks(h.axis(), width, 120).map((t) => (t.last ? t.x - 120 : t.x)).sort((a, b) => a - b);
    assert.ok(spans.every((x, i) => x >= 0 && x + 120 <= width && (!i || x - spans[i - 1] >= 120)), `${width}: ${spans}`);
  }
});

test("marks do not cover each other", () => {
  assert.deepEqual(spread([5, 10, 100], 200, 20), [5, 25, 100]);
  assert.deepEqual(spread([195, 198, 199], 200, 20), [160, 180, 200]);
  assert.deepEqual(spread([], 200, 20), []);
});

test("keys lead from moment to moment, and back to now", () => {
  assert.equal(around(null, 3, "ArrowLeft"), 2);
  assert.equal(around(2, 3, "ArrowRight"), null);
  assert.equal(around(0, 3, "ArrowLeft"), 0);
  assert.equal(around(null, 3, "ArrowRight"), null);
  assert.equal(around(1, 3, "Escape"), null);
  assert.equal(around(2, 3, "Home"), 0);
  assert.equal(around(null, 0, "ArrowLeft"), null);
  assert.equal(around(1, 3, "x"), undefined);
});
