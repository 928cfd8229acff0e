import test from "node:test";
import assert from "node:assert/strict";
import { marks, over, scene, status, steering } from "../story.js";

const step = (name, more = {}) => ({ name, says: `${name} is told.`, do: ["phones: reset"], expect: ["all phones are trusted"], expectations: [], ...more });
const done = (name, moment, passed = true) => step(name, { moment, expectations: [{ text: "all phones are trusted", passed, ...(passed ? {} : { why: "2 phones are untrusted" }) }] });
const tour = (more) => ({ name: "mine", shows: "it", at: 1, shown: 1, running: false, reading: false, playing: false, steps: [done("one", 7), done("two", 8), step("three")], ...more });
const mixed = step("two", { moment: 8, expectations: [{ text: "all phones are off", passed: true }, { text: "all phones are trusted", passed: false, why: "2 phones are untrusted" }] });

test("where a tour stands is said, with what a person can do", () => {
  for (const [more, says] of [
    [{ at: -1, shown: -1 }, /^Nothing is played yet/],
    [{ at: -1, shown: -1, playing: true }, /^It begins/],
    [{ at: 2, shown: 2, running: true, reading: true, playing: true }, /^Read on/],
    [{ at: 2, shown: 2, running: true, reading: true }, /has not happened yet/],
    [{ at: 2, shown: 2, running: true }, /^It happens now/],
    [{}, /^Paused/],
    [{ playing: true }, /^It has happened/],
    [{ shown: 0 }, /look back at the end of step 1\. Next returns to now, step 2/],
    [{ failed: "no node other" }, /cannot go on: no node other/],
    [{ steps: [done("one", 7), done("two", 8, false), step("three")] }, /^What is expected does not hold, so the tour stays here/],
    [{ steps: [done("one", 7), mixed, step("three")] }, /^1 of 2 expectations does not hold, so the tour stays here/],
    [{ steps: [done("one", 7), mixed] }, /^1 of 2 expectations does not hold\. This is the end of the tour\.$/],
    [{ steps: [done("one", 7), done("two", 8)] }, /the end of the tour/],
  ]) assert.match(status(tour(more)), says);
});

test("a run that is watched goes on by itself", () => {
  assert.equal(status(tour({ at: -1, shown: -1 }), true), "The run begins.");
  assert.equal(status(tour({ running: true }), true), "It happens now.");
  assert.equal(status(tour(), true), "The run goes on by itself.");
  assert.equal(status(tour({ verdict: "all came through" }), true), "The run has ended: all came through");
});

test("a step is told by what it says, does and expects; of one before, its moment", () => {
  const now = scene(tour({ at: 2, shown: 2, running: true, reading: true }));
  assert.deepEqual([now.title, now.text, now.moment, now.expected], ["3. three", "three is told.", null, [{ text: "all phones are trusted", mark: "", why: "" }]]);
  const back = scene(tour({ shown: 0 }));
  assert.deepEqual([back.title, back.moment, back.expected[0].mark], ["1. one", 7, "held"]);
  const failed = scene(tour({ steps: [done("one", 7), done("two", 8, false), step("three")] }));
  assert.deepEqual([failed.unmet, failed.expected[0]], [true, { text: "all phones are trusted", mark: "failed", why: "2 phones are untrusted" }]);
  assert.deepEqual(scene(tour({ steps: [done("one", 7), mixed, step("three")] })).expected.map((e) => e.mark), ["failed", "held"], "what does not hold comes first");
  assert.equal(scene(tour({ at: 2, shown: 1, steps: [done("one", 7), mixed, step("three")] })).unmet, false, "that one looks back is no failure");
  assert.equal(scene(tour({ at: -1, shown: -1 })).title, "mine: it");
});

test("steps are marked", () => {
  assert.deepEqual(marks(tour({ steps: [done("one", 7), done("two", 8, false), step("three")] })).map((m) => [m.mark, m.current]), [["done", false], ["failed", true], ["", false]]);
  assert.deepEqual(marks(tour({ running: true })).map((m) => m.mark), ["done", "", ""]);
});

test("keys steer a tour, but not from a field", () => {
  const press = (key, v, on = "page", modified = false) => steering({ key, on, modified }, v);
  assert.equal(press("ArrowLeft", tour()), "back");
  assert.equal(press("ArrowLeft", tour({ shown: 0 })), null);
  assert.equal(press("ArrowRight", tour()), "next");
  assert.equal(press("ArrowRight", tour(), "control"), "next");
  assert.equal(press(" ", tour()), "play");
  assert.equal(press(" ", tour({ playing: true })), "pause");
  assert.equal(press(" ", tour(), "control"), null, "it presses the button");
  assert.equal(press("ArrowRight", tour(), "field"), null);
  assert.equal(press("ArrowRight", tour(), "page", true), null);
  assert.equal(press("ArrowRight", null), null);
  const ended = tour({ steps: [done("one", 7), done("two", 8)] });
  assert.ok(over(ended));
  assert.equal(press("ArrowRight", ended), null);
  assert.equal(press("ArrowRight", { ...ended, shown: 0 }), "next", "back to now");
});
