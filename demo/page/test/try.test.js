import test from "node:test";
import assert from "node:assert/strict";
import { advance, begin, seen, todo } from "../try.js";

// A world is a cluster of two nodes and forty phones, as the page sees them.
function world() {
  const w = {
    now: 1000, on: 40, lost: 0, trusted: 40, still: true, certs: { pub: { CallManager: "a", TVS: "b" }, sub: { CallManager: "c", TVS: "d" } }, guard: { pub: 0, sub: 0 }, only: {}, reset: false, n: 0,
    see: () => ({
      total: 40, on: w.on, lost: w.lost, trusted: w.trusted, still: w.still, now: w.now,
      nodes: ["pub", "sub"].map((name) => ({ name, publisher: name === "pub", ...w.certs[name], guard: w.guard[name], only: w.only[name], reset: w.reset })),
    }),
    regen: (unit, ...nodes) => { for (const n of nodes) { w.certs[n][unit] = "new" + w.n++; w.guard[n] = w.now + 300; w.only[n] = unit; } },
    both: (unit) => w.regen(unit, "pub", "sub"),
    phones: (on, lost, trusted) => Object.assign(w, { on, lost, trusted }),
    off: () => w.phones(0, 0, 0),
  };
  w.progress = begin(w.see());
  // look is what the page says after a change and acts.
  w.look = (...acts) => { w.progress = advance(w.progress, w.see(), acts); return w.progress; };
  return w;
}
const reset = "page: System > Enterprise Parameters > Reset";
const next = (p) => todo[p.done]?.key;

// until goes the right way up to a thing to do.
function until(key) {
  const w = world();
  const way = [
    ["off", () => w.off()], ["CallManager", () => w.both("CallManager")], ["wait", () => { w.now += 360; }], ["TVS", () => w.both("TVS")],
    ["on", () => w.phones(40, 40, 0)], ["localkey", () => { w.reset = true; }], ["reset", () => w.phones(40, 0, 40)],
  ];
  for (const [what, does] of way) {
    assert.equal(next(w.progress), what);
    if (what === key) return w;
    does();
    w.look();
    assert.equal(w.progress.answer, "");
  }
  return w;
}

test("who does all in its order has each thing ticked off, and no mistake is told", () => {
  assert.equal(until("the end").progress.done, todo.length);
});

test("one node of two is half of it", () => {
  const w = until("CallManager");
  w.regen("CallManager", "pub");
  assert.equal(next(w.look()), "CallManager");
  w.regen("CallManager", "sub");
  assert.equal(next(w.look()), "wait");
});

test("phones that come on by and by are no mistake", () => {
  const w = until("on");
  Object.assign(w, { on: 12, lost: 3, trusted: 9, still: false });
  assert.deepEqual([next(w.look()), w.progress.answer], ["on", ""]);
  Object.assign(w, { on: 40, lost: 40, trusted: 0, still: true });
  assert.equal(next(w.look()), "localkey");
});

test("what is done faster than the page looks counts all the same", () => {
  const w = until("off");
  w.off();
  w.both("CallManager"); // before the page saw that they are off
  assert.equal(next(w.look()), "wait");
  w.now += 360;
  w.regen("TVS", "pub"); // before it saw that nothing guards the nodes any more
  assert.deepEqual([next(w.look()), w.progress.answer], ["TVS", ""]);
  Object.assign(w, { on: 40, lost: 0, trusted: 40, still: false }); // the cells come before the cluster
  assert.deepEqual([next(w.look()), w.progress.answer], ["TVS", ""]);
  w.regen("TVS", "sub");
  assert.deepEqual([next(w.look()), w.progress.answer], ["on", ""]);
  Object.assign(w, { lost: 40, trusted: 0, still: true });
  assert.equal(next(w.look()), "localkey");
});

test("phones that are all lost have missed what they were to miss, whatever the page saw of it", () => {
  const w = until("wait");
  w.phones(40, 40, 0);
  assert.deepEqual([next(w.look()), w.progress.answer], ["localkey", ""]);
  const late = world(); // somebody opens the page when it has happened
  late.phones(40, 40, 0);
  assert.equal(next(late.look()), "localkey");
});

test("where only some are lost the recovery key brings those back", () => {
  const w = until("TVS");
  w.regen("TVS", "pub");
  w.phones(40, 20, 20);
  w.look();
  w.reset = true;
  assert.deepEqual([next(w.look()), w.progress.answer], ["reset", ""]);
});

test("phones that are on too early are told of while they boot, and begin anew once they have followed", () => {
  const w = until("TVS");
  Object.assign(w, { on: 3, trusted: 3, still: false });
  w.look();
  assert.deepEqual([next(w.look()), /too early/.test(w.progress.answer)], ["TVS", true]);
  w.still = true;
  assert.deepEqual([next(w.look()), /too early/.test(w.progress.answer)], ["off", true]);
  w.off();
  w.both("CallManager");
  assert.equal(next(w.look()), "wait", "what they had seen is what counts");
});

const mistakes = [
  ["a change while the phones are on", "off", (w) => { w.regen("CallManager", "pub"); return []; }, /still on: they will follow this change/, "off"],
  ["power on before anything has changed", "CallManager", (w) => { w.phones(40, 0, 40); return []; }, /on again: they will follow/, "off"],
  ["power on before TVS has changed", "TVS", (w) => { w.phones(40, 0, 40); return []; }, /too early: a TVS that the phones know/, "off"],
  ["TVS within five minutes", "wait", () => ["on pub: set cert regen TVS"], /five minutes between two certificates of a node, and pub/, "wait"],
  ["TVS first, and CallManager within five minutes", "CallManager", (w) => { w.regen("TVS", "pub"); w.look(); return ["on pub:  set cert  regen CallManager"]; }, /five minutes between two certificates of a node, and pub/, "CallManager"],
  ["a new ITLRecovery", "on", (w) => { w.certs.pub.ITLRecovery = "new"; return []; }, /no way back for phones/, "on"],
  ["CallManager once more", "wait", (w) => { w.regen("CallManager", "sub"); return []; }, /five minutes begin anew/, "wait"],
  ["a reset of phones that are off", "on", () => [reset], /reset before power on reaches nobody/, "on"],
  ["reset localkey before power on", "on", (w) => { w.reset = true; return []; }, /nobody has lost anything yet/, "on"],
  ["reset localkey while all is well", "off", (w) => { w.reset = true; return []; }, /nothing to bring back/, "off"],
  ["some phones on only", "on", (w) => { w.phones(12, 12, 0); return []; }, /power on all/, "on"],
  ["phones that follow after all", "on", (w) => { w.reset = true; w.look(); w.phones(40, 0, 40); return []; }, /They follow/, "off"],
  ["a reset alone", "localkey", () => [reset], /A reset alone brings nobody back/, "localkey"],
  ["reset localkey on the subscriber", "localkey", () => ["on sub: utils itl reset localkey"], /Only the publisher/, "localkey"],
  ["TFTP restarted too early", "reset", (w) => { w.reset = false; return []; }, /ends the reset list/, "localkey"],
];
for (const [what, at, does, answer, then] of mistakes) {
  test("a mistake is answered: " + what, () => {
    const w = until(at), acts = does(w);
    w.look(...acts);
    assert.match(w.progress.answer, answer);
    assert.equal(next(w.progress), then);
    w.look();
    assert.match(w.progress.answer, answer, "it stays to be read");
  });
}

test("what the page is told is read", () => {
  const tally = { total: 3, off: 1, untrusted: 1, trusted: 1, waiting: 0, booting: { untrusted: 1, trusted: 0 } };
  const node = { name: "pub", role: "publisher", certificates: [{ unit: "CallManager", not_before: "x", modified: "y" }, { unit: "TVS", not_before: "z" }], guard: { until: "2026-01-01T00:05:00Z", unit: "CallManager" } };
  assert.deepEqual(seen(tally, { nodes: [node] }, 5), {
    total: 3, on: 2, lost: 1, trusted: 1, still: false, now: 5,
    nodes: [{ name: "pub", publisher: true, CallManager: "y", TVS: "z", ITLRecovery: undefined, guard: Date.parse("2026-01-01T00:05:00Z"), only: "CallManager", reset: false }],
  });
});
