import test from "node:test";
import assert from "node:assert/strict";
import { Known } from "../known.js";
import { stake } from "../headline.js";

const group = (id, itl_sha1, vouches) => ({ id, itl_sha1, ctl_sha1: "", holds: [], asks: [{ node: "pub" }], faith: false, lines: vouches ? [{ node: "pub", what: "signer", kind: "holds" }] : [] });
const picture = (...groups) => ({ keys: [], nodes: [], groups });

test("what the stream tells is kept up to date, and the headline knows who is on the way back", () => {
  const k = new Known();
  k.take({ lab: "one", cells: "5555" });
  assert.equal(stake(k.cells, k.lists), "All 4 phones trust the cluster.");
  k.take({ held: [0, 0, 1, 1], trust: picture(group(0, "aa", true), group(1, "bb", false)) });
  k.take({ changed: [0, 15, 2, 15, 3, 7] }); // two lost ones boot, a third is lost
  assert.equal(stake(k.cells, k.lists), "3 of 4 phones are lost; 1 of them is on its way back; 1 of them is booting; 1 trusts the cluster.");
  k.take({ held_changed: [2, 0] });
  assert.equal(stake(k.cells, k.lists), "3 of 4 phones are lost; 2 of them are on their way back; 1 trusts the cluster.");
  k.take({ trust: picture(group(0, "aa", false), group(1, "bb", false)) });
  assert.equal(stake(k.cells, k.lists), "3 of 4 phones are lost; 2 of them are booting; 1 trusts the cluster.");
});

test("of an earlier lab nothing stays", () => {
  const k = new Known();
  k.take({ lab: "one", cells: "77", held: [0, 0], trust: picture(group(0, "aa", true)) });
  k.take({ lab: "two", cells: "ff" });
  assert.equal(k.lists, null);
  assert.equal(stake(k.cells, k.lists), "All 2 phones are lost; all of them are booting.");
});
