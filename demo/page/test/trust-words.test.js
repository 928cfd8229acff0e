import test from "node:test";
import assert from "node:assert/strict";
import { words } from "../trust-words.js";
import { after, moments, of, stories } from "./moments.js";

const said = (p, node, phone) => words(p, of(p, node), phone);
const hold = "These 20 phones hold the CallManager key of test10pub, the TVS keys of test10pub and test10sub, and ITLRecovery. ";

const story = [
  ["phones: power on", 1, hold + "test10pub signs its list with the CallManager key that they hold: they take it."],
  ["on test10pub: set cert regen CallManager", 2, hold + "test10pub signs its list with a new CallManager key that they do not know. They would ask TVS: that of test10pub, whose key they know, vouches for it. So they would follow."],
  ["on test10pub: set cert regen TVS", 2, hold + "test10pub signs its list with a new CallManager key that they do not know. They would ask TVS: that of test10sub, whose key they know, vouches for it. So they would follow."],
  ["on test10sub: set cert regen TVS", 1, hold + "test10pub signs its list with a new CallManager key that they do not know, and every TVS that could vouch for it has a new key too. They are off; when they start, they will refuse it. One key still connects them with the cluster: ITLRecovery. `utils itl reset localkey` signs with that one."],
  ["phones: power on", 2, hold + "test10pub signs its list with a new CallManager key that they do not know, and every TVS that could vouch for it has a new key too. So they refuse it and are lost. One key still connects them with the cluster: ITLRecovery. `utils itl reset localkey` signs with that one."],
  ["on test10pub: utils itl reset localkey", 1, hold + "test10pub signs its list with ITLRecovery, which they still know: when they are reset, they take it and come back."],
];
for (const [act, n, want] of story) test(`${act}, ${n}`, () => assert.equal(said(after(act, n), "test10pub"), want));

test("two nodes of which the same is to be said are told together", () => {
  const p = after("System > Enterprise Parameters > Reset", 1);
  assert.match(said(p, "test10pub"), /^These 40 phones .* test10pub and test10sub sign their lists with ITLRecovery, which their list holds: they take it\.$/);
});

test("one phone is spoken of as one", () => {
  const p = after("phones: power on", 2), g = structuredClone(of(p, "test10pub"));
  Object.assign(g, { phones: 1, states: { none: 0, trusted: 0, locked: 0, untrusted: 1, off: 0 } });
  const text = words(p, g, true);
  assert.match(text, /^This phone holds .* key that it does not know, .* So it refuses it and is lost\. One key still connects it with the cluster/);
  assert.match(words(p, g), /^This one phone holds/);
});

test("phones that are off do nothing: they would", () => {
  const cases = [["phones: power on", 1, /: they would take it\.$/], ["on test10pub: utils itl reset localkey", 1, /: they would take it\.$/],
    ["on test10pub: set cert regen CallManager", 2, /They would ask TVS: that of test10pub, whose key they know, vouches for it\. So they would follow\.$/]];
  for (const [act, n, want] of cases) {
    const p = after(act, n), g = structuredClone(of(p, "test10pub"));
    for (const s in g.states) g.states[s] = 0;
    g.states.off = g.phones;
    assert.match(words(p, g), want);
    assert.doesNotMatch(words(p, g), /they (ask|take|follow|come)/i);
    assert.match(words(p, g, true), /it would/i);
  }
});

test("what is not to be told from the nodes alone", () => {
  const p = after("phones: power on", 1), of1 = () => structuredClone(of(p, "test10pub")), lost = of1();
  lost.lines = lost.lines.filter((l) => l.what === "TVS");
  lost.states = { none: 0, trusted: 20, locked: 0, untrusted: 0, off: 0 };
  assert.match(words(p, lost), /do not know, and the TVS of test10pub and test10sub, which they know, does not vouch for it/);
  const stopped = structuredClone(p);
  for (const n of stopped.nodes) for (const s of n.shows) if (s.what === "TVS") s.on = false;
  assert.match(words(stopped, lost), /no TVS that they know answers/);
  lost.tvs = [];
  assert.match(words(p, lost), /they have no TVS to ask/);
  for (const n of stopped.nodes) for (const s of n.shows) s.on = false;
  assert.match(words(stopped, of1()), /test10pub does not answer: they keep what they hold\./);
  assert.match(words(p, { ...of1(), faith: true, holds: [], itl_sha1: "" }), /^These 20 phones hold no list: they believe the next one/);
});

test("phones without the record that counts are told so", () => {
  const p = moments("no-recovery-record")[2].picture;
  const g = p.groups.find((g) => g.states.untrusted);
  assert.match(words(p, g), /with an ITLRecovery key that they do not know, .* No key that `utils itl reset localkey` could sign with is in their list\.$/);
});

test("where a release signs lists with ITLRecovery, the way back is CallManager", () => {
  const texts = moments("release-12.5-inverted").flatMap((m) => m.picture.groups.map((g) => words(m.picture, g)));
  assert.ok(texts.some((t) => t.includes("One key still connects them with the cluster: CallManager of test10pub.")), texts.join("\n"));
});

test("nothing is undefined, in any story", () => {
  for (const name of stories) for (const m of moments(name)) for (const g of m.picture.groups) for (const phone of [false, true]) {
    const text = words(m.picture, g, phone);
    assert.doesNotMatch(text, /undefined|null|NaN|  |\.\./, text);
    assert.match(text, /\.$/);
  }
});
