import test from "node:test";
import assert from "node:assert/strict";
import { boot, byGroup, parts, plan, same, weight, WhatIf } from "../whatif.js";

test("a command is an act with the answers that it asks for", () => {
  for (const [line, answers] of [
    ["set cert regen CallManager", ["yes"]],
    ["  utils itl reset localkey ", ["ciscocisco"]],
    ["utils itl reset remotekey h u /", ["yes"]],
    ["utils service restart Cisco Tftp", ["yes"]],
  ]) {
    assert.deepEqual(plan("test10pub", line), { do: ["on test10pub: " + line.trim()], answers }, line);
  }
  assert.deepEqual(plan("a", "utils itl reset localkey", "Wort").answers, ["Wort"]);
});

test("an answer is a sentence with commands in it", () => {
  for (const [says, want] of [
    ["no phone would lose its trust", ["No phone would lose its trust."]],
    ["3 of 4 phones would lose their trust; `utils itl reset localkey` would bring all of them back",
      ["3 of 4 phones would lose their trust; ", "utils itl reset localkey", " would bring all of them back."]],
    ["it is refused.", ["It is refused."]],
    ["", [""]],
  ]) assert.deepEqual(parts(says), want);
});

test("what was told holds until certificates, lists or services are others", () => {
  const view = (change) => ({ nodes: [{ name: "pub", certificates: [{ unit: "TVS", sha1: "1" }], services: [], itl: { sha1: "2" }, guard: null, ...change }] });
  assert.ok(same(view({}), view({ guard: { unit: "TVS" } })), "a guard runs out");
  for (const change of [{ name: "sub" }, { certificates: [] }, { services: [{ name: "TVS" }] }, { itl: null }]) assert.ok(!same(view({}), view(change)));
});

test("phones that would be lost are grave", () => {
  assert.equal(weight({ lost: 1 }), "bad");
  assert.equal(weight({ lost: 0, stay: 4 }), "good");
});

test("who boots and would be lost by that alone is told of where a plan has phones boot", () => {
  const answer = { lost: 0, anyway: 3 };
  assert.deepEqual([weight(answer, true), weight(answer), weight({ lost: 0, anyway: 0 }, true)], ["bad", "good", "good"]);
  assert.match(boot(answer, true), /This is that boot/);
  assert.equal(boot(answer) + boot({ anyway: 0 }, true), "");
});

const loss = (group, phones, cure = "a reset") => ({ group, phones, cure, model: "8861", reason: "r" });

test("losses are told by group", () => {
  assert.deepEqual(byGroup({ losses: [] }), []);
  assert.deepEqual(byGroup({ losses: [loss("a", 3)] }), [], "the sentence has it");
  assert.deepEqual(byGroup({ losses: [loss("a", 3), loss("b", 1000), loss("a", 2)] }), ["b: 1,000 lost", "a: 5 lost"]);
  assert.deepEqual(byGroup({ losses: [loss("a", 3), loss("a", 2, "`utils` it")] }), ["a: 3 lost; a reset", "a: 2 lost; `utils` it"]);
  assert.deepEqual(byGroup({ losses: [loss("a", 3), loss("b", 2), loss("c", 1)], left_out: 4 }, 1), ["a: 3 lost", "others: 7 lost"]);
});

test("what is asked while the cluster changes is asked once more, and not after an act", async () => {
  const asked = [], w = new WhatIf(() => new Promise((answer) => asked.push(answer)));
  w.show = () => {};
  const told = () => w.told.get("k")?.parts.join("");
  const says = async (text) => { asked.at(-1)({ says: text, losses: [] }); await new Promise(setImmediate); };
  w.ask("k", { do: [] });
  w.changed();
  await says("of before");
  assert.equal(told(), "Rehearsing …");
  await says("of now");
  assert.deepEqual([told(), asked.length], ["Of now.", 2]);
  w.changed();
  assert.equal(told(), undefined);
  w.ask("k", { do: [] });
  w.forget();
  await says("too late");
  assert.deepEqual([told(), asked.length], [undefined, 3]);
});
