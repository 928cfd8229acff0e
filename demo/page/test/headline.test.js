import test from "node:test";
import assert from "node:assert/strict";
import { headline, Speaker } from "../headline.js";
import { BOOTING, ON, WAITING, count, decode, figures, lookOf, nameOf, returning, states } from "../states.js";

// phones as cells: so many of each kind.
const kinds = { off: 0, none: ON, trusted: ON | 1, locked: ON | 2, lost: ON | 3, newcomer: ON | BOOTING, boots: ON | BOOTING | 1, relocks: ON | BOOTING | 2, returns: ON | BOOTING | 3, vain: ON | BOOTING | 3, waits: WAITING };
const phones = (of) => Uint8Array.from(Object.entries(of).flatMap(([kind, n]) => Array(n).fill(kinds[kind])));

const table = [
  [{}, "There are no phones."],
  [{ trusted: 1 }, "1 of 1 phones trusts the cluster."],
  [{ trusted: 40000 }, "All 40,000 phones trust the cluster."],
  [{ off: 120 }, "All 120 phones are off."],
  [{ waits: 120 }, "All 120 phones are off."],
  [{ newcomer: 40 }, "All 40 phones are booting."],
  [{ none: 40 }, "All 40 phones have no list yet."],
  [{ lost: 120 }, "All 120 phones are lost."],
  [{ lost: 28094, returns: 6968, trusted: 4938 }, "35,062 of 40,000 phones are lost; 6,968 of them are on their way back; 4,938 trust the cluster."],
  [{ returns: 12 }, "All 12 phones are lost; all of them are on their way back."],
  [{ lost: 2, returns: 1, boots: 7 }, "3 of 10 phones are lost; 1 of them is on its way back; 7 are booting."],
  [{ boots: 6968, trusted: 33032 }, "6,968 of 40,000 phones are booting; 33,032 trust the cluster."],
  [{ newcomer: 30, off: 10 }, "All 30 phones that are on are booting; 10 are off."],
  [{ lost: 10, vain: 2 }, "All 12 phones are lost; 2 of them boot in vain."],
  [{ lost: 10, vain: 1, returns: 2 }, "All 13 phones are lost; 2 of them are on their way back; 1 of them boots in vain."],
  [{ lost: 4, trusted: 36 }, "4 of 40 phones are lost; 36 trust the cluster."],
  [{ lost: 4, off: 36 }, "All 4 phones that are on are lost; 36 are off."],
  [{ locked: 3, relocks: 2, trusted: 5 }, "2 of 10 phones are booting; 3 are locked; 5 trust the cluster."],
  [{ lost: 1, locked: 1, none: 1, trusted: 1, newcomer: 1, off: 1 },
    "1 of 6 phones is lost; 1 is booting; 1 is locked; 1 has no list yet; 1 trusts the cluster; 1 is off."],
];

// Phones that return hold the list 1, which believes what is offered; all others 2.
const held = (of) => Object.entries(of).flatMap(([kind, n]) => Array(n).fill(kind === "returns" ? 1 : 2));
const told = (of) => headline(count(phones(of)), returning(phones(of), held(of), new Set([1])));

for (const [of, want] of table) test(want, () => assert.equal(told(of), want));

test("its numbers add up, whatever there is", () => {
  let seed = 7;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let k = 0; k < 500; k++) {
    const of = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, random(2) * random(50)]));
    const cells = phones(of), text = told(of);
    if (!cells.length) continue;
    const apart = text.replace(/(\d+|all) of them/g, "").replace(/of (\d+) phones/, "phones");
    const sum = apart.match(/\d+/g).reduce((n, d) => n + Number(d), 0);
    assert.equal(sum, cells.length, text);
  }
});

test("each block has a tally of its own, and letters are cells", () => {
  const cells = decode("07cft");
  assert.deepEqual([...cells], [0, 7, 12, 15, 29]);
  const [a, b] = count(cells, [0, 0, 1, 1, 1], 2);
  assert.deepEqual([a.total, a.untrusted, a.off], [2, 1, 1]);
  assert.deepEqual([b.total, b.none, b.booting.none, b.untrusted, b.trusted, b.booting.trusted, b.waiting], [3, 1, 1, 1, 1, 1, 1]);
  assert.equal(nameOf(15), "Lost, booting");
});

test("the headline is said when it stands still, and now and then while it does not", () => {
  const said = [];
  const speaker = new Speaker((text) => said.push(text), { still: 1500, most: 15000 });
  for (let at = 0; at <= 40000; at += 100) speaker.hear(at < 35000 ? `${Math.floor(at / 200)} phones` : "all phones", at);
  assert.deepEqual(said, ["0 phones", "75 phones", "150 phones", "all phones"]);
});

test("the legend has as many phones booting as have the frame, lost ones too", () => {
  const cells = phones({ off: 7, newcomer: 3, boots: 2, returns: 5, relocks: 1, lost: 4, waits: 6 }), told = figures(count(cells));
  const of = (key) => told[states.findIndex((s) => s.key === key)];
  assert.equal(of("booting"), cells.filter((c) => lookOf(c) === "booting").length);
  assert.deepEqual([of("untrusted"), of("off"), told.at(-1)], [9, 13, 6]);
});
