import test from "node:test";
import assert from "node:assert/strict";
import { Known, counted } from "../known.js";
import { stake } from "../headline.js";

const group = (id, itl_sha1, vouches) => ({ id, itl_sha1, ctl_sha1: "", holds: [], asks: [{ node: "pub" }], faith: false, lines: vouches ? [{ node: "pub", what: "signer", kind: "holds" }] : [] });
const picture = (...groups) => ({ keys: [], nodes: [], groups });

test("what the stream tells is kept up to date, and the headline knows who is on the way back", () => {
  const k = new Known();
  k.take({ lab: "one", cells: "5555" });
  assert.equal(stake(k.cells, k.lists), "All 4 phones trust the cluster.");
  k.take({ held: [0, 0, 1, 1], trust: picture(group(0, "aa", true), group(1, "bb", false)) });
  k.take({ changed: [0, 15, 2, 15, 3, 7] }); // two lost ones boot, a third is lost
  assert.equal(stake(k.cells, k.lists), "3 of 4 phones are lost; 1 of them is on its way back; 1 of them boots in vain; 1 trusts the cluster.");
  k.take({ held_changed: [2, 0] });
  assert.equal(stake(k.cells, k.lists), "3 of 4 phones are lost; 2 of them are on their way back; 1 trusts the cluster.");
  k.take({ trust: picture(group(0, "aa", false), group(1, "bb", false)) });
  assert.equal(stake(k.cells, k.lists), "3 of 4 phones are lost; 2 of them boot in vain; 1 trusts the cluster.");
});

test("who trusts whom is counted by the cells, of whatever moment the picture is", () => {
  const old = { ...group(0, "aa", true), phones: 4, states: { trusted: 4 } }, k = new Known();
  k.take({ lab: "one", cells: "5555", held: [0, 0, 1, 1], trust: { ...picture(old, group(1, "bb", false)), rest: null } });
  k.take({ changed: [0, 7, 1, 15, 3, 0] });
  assert.deepEqual(k.picture.groups.map((g) => [g.id, g.phones, g.states]), [
    [0, 2, { none: 0, trusted: 0, locked: 0, untrusted: 2, off: 0 }], [1, 2, { none: 0, trusted: 1, locked: 0, untrusted: 0, off: 1 }]]);
  k.take({ held_changed: [0, 1, 1, 1] });
  assert.deepEqual(k.picture.groups.map((g) => [g.id, g.phones]), [[1, 4]], "lists that nobody holds any more have no group");
  const left = counted({ ...picture(group(1, "bb", false)), rest: { phones: 9, lists: 2 } }, k.cells, Int32Array.of(1, 5, 1, 6));
  assert.deepEqual([left.groups[0].phones, left.rest.phones, left.rest.lists], [2, 2, 2]);
});

test("of an earlier lab nothing stays", () => {
  const k = new Known();
  k.take({ lab: "one", cells: "77", held: [0, 0], trust: picture(group(0, "aa", true)) });
  k.take({ lab: "two", cells: "ff" });
  assert.equal(k.lists, null);
  assert.equal(stake(k.cells, k.lists), "All 2 phones are lost; all of them are booting.");
});
