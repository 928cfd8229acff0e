import test from "node:test";
import assert from "node:assert/strict";
import { changes, choose, listsOf, maxNodes, namesOf, scene, stableOrder, vouching } from "../trust.js";
import { after, moments, of, stories } from "./moments.js";

const everywhere = (check) => {
  for (const story of stories) for (const m of moments(story)) for (const g of m.picture.groups) for (const width of [330, 344, 480, 545, 760, 992]) check(m.picture, g, width, `${story}, ${m.act}, ${width}`);
};

test("everything is inside of the drawing, and nothing on something else", () => {
  everywhere((p, g, width, where) => {
    const s = scene(p, g, width);
    for (const box of s.nodes) assert.ok(box.x > s.left && box.x + box.width < width && box.y >= 0 && box.y + box.height <= s.height, where);
    for (const k of s.keys) assert.ok(k.y >= 0 && k.y + 40 <= s.height + 0.01, `${where}: key at ${k.y} of ${s.height}`);
    const apart = (all, size) => all.toSorted((a, b) => a.y - b.y).forEach((b, i, sorted) => i && assert.ok(b.y - sorted[i - 1].y >= size - 0.01, where));
    apart(s.keys, 42);
    apart(s.rows, 42);
    for (const l of s.lines) for (const at of [l.from, l.to, l.mid]) assert.ok(at.x >= 0 && at.x <= width && at.y >= 0 && at.y <= s.height + 20, where);
  });
});

test("where there is less room than it needs a drawing is tight, and nothing is on something else there either", () => {
  everywhere((p, g, width, where) => {
    const usual = scene(p, g, width), s = scene(p, g, width, usual.height + 2 * usual.margin - 1);
    assert.equal(scene(p, g, width, usual.height + 2 * usual.margin).size, usual.size);
    assert.equal(s.size, usual.size === "small" ? "small" : "tight", where);
    if (s.size === "small") return;
    assert.ok(s.height < usual.height, where);
    const least = scene(p, g, width, 0);
    assert.ok(s.height + 2 * s.margin < usual.height + 2 * usual.margin && s.height > least.height, `${where}: it takes the room`);
    for (const box of s.nodes) assert.ok(box.x > s.left + 30 && box.x + box.width < width && box.y >= 0 && box.y + box.height <= s.height, where);
    const apart = (all, size) => all.toSorted((a, b) => a.y - b.y).forEach((b, i, sorted) => i && assert.ok(b.y - sorted[i - 1].y >= size - 0.01, where));
    for (const d of [s, least]) {
      apart(d.keys, 32);
      apart(d.rows, 24);
      for (const k of d.keys) assert.ok(k.y + 32 <= d.height + 0.01, where);
    }
  });
});

test("lists of one node have names that tell them apart", () => {
  const p = { keys: [{ id: "k", unit: "CallManager", node: "pub" }, { id: "l", unit: "CallManager", node: "sub" }] };
  const group = (key, itl_sha1, ctl_sha1 = "") => ({ holds: key ? [{ list: "ITL", key }] : [], itl_sha1, ctl_sha1 });
  const names = (...groups) => [...namesOf({ ...p, groups }).values()].map(({ name, tells }) => `${name} ${tells}`.trim());
  assert.deepEqual(names(group("k", "aaaaaaaa"), group("l", "bbbbbbbb"), group("", "")), ["list of pub", "list of sub", "no list"]);
  assert.deepEqual(names(group("k", "aaaaaaaa"), group("k", "bbbbbbbb")), ["list of pub aaaaaa", "list of pub bbbbbb"]);
  assert.deepEqual(names(group("k", "aaaaaaaa", "cccccccc"), group("k", "aaaaaaaa")), ["list of pub CTL cccccc", "list of pub no CTL"]);
  const three = names(group("k", "aaaaaaaa", "cccccccc"), group("k", "aaaaaaaa"), group("k", "bbbbbbbb"));
  assert.equal(new Set(three).size, 3, three);
});

test("a row says how phones take it, and has a line of that kind", () => {
  everywhere((p, g, width, where) => {
    const s = scene(p, g, width);
    assert.ok(s.nodes.length <= maxNodes + 1);
    for (const r of s.rows) {
      for (const what of r.whats) {
        const lines = vouching(g, r.node, what);
        assert.equal(r.taken === "none", lines.length === 0 && !g.faith, `${where}: ${r.node} ${what} ${r.taken}`);
      }
      const drawn = s.lines.filter((l) => l.node === r.node && l.what === r.whats[0]).map((l) => l.kind);
      for (const l of r.lines) assert.ok(drawn.includes(l.kind), `${where}: ${r.node} ${r.whats} ${l.kind} is not drawn`);
    }
    for (const { node } of g.asks.slice(0, 3)) assert.ok(s.rows.some((r) => r.node === node && r.file), `${where}: ${node} is asked`);
  });
});

test("a broken line has two ends with a gap between", () => {
  const p = after("phones: power on", 2), s = scene(p, of(p, "test10pub"), 992);
  assert.deepEqual(s.lines.map((l) => l.kind), ["broken", "broken", "broken", "recovery"]);
  for (const l of s.lines.slice(0, 3)) {
    const end = (path) => path.split(" ").slice(-2).map(Number);
    const [a] = end(l.path), [b] = end(l.rest);
    assert.ok(a < l.mid.x && l.mid.x < b && b - a >= 20);
  }
});

test("ITLRecovery is the last, at both sides", () => {
  everywhere((p, g, width, where) => {
    const s = scene(p, g, width), at = s.keys.findIndex((k) => k.unit === "ITLRecovery");
    if (at >= 0) assert.ok(s.keys.slice(at).every((k) => k.unit === "ITLRecovery"), where);
    const row = s.rows.findIndex((r) => r.whats[0] === "ITLRecovery");
    if (row >= 0) assert.equal(row, s.rows.length - 1, where);
  });
});

test("the way round goes by the TVS that vouches", () => {
  const p = after("on test10pub: set cert regen TVS", 2), s = scene(p, of(p, "test10pub"), 992);
  const round = s.lines.find((l) => l.kind === "round"), way = s.lines.find((l) => l.carries);
  assert.deepEqual([way.node, way.what, way.kind], ["test10sub", "TVS", "holds"]);
  assert.equal(round.from.y, way.to.y);
  assert.equal(round.to.y, s.rows.find((r) => r.node === "test10pub" && r.whats.includes("signer")).mid);
});

test("a line that is for some of the phones says so, but where others do for the rest", () => {
  const p = after("System > Enterprise Parameters > Reset", 1), g = structuredClone(p.groups[0]);
  const rounds = scene(p, g, 992).lines.filter((l) => l.kind === "round");
  assert.deepEqual(rounds.map((l) => [l.by, l.of]), [["test10pub", 0], ["test10sub", 0]]);
  g.lines = g.lines.filter((l) => l.by !== "test10sub");
  assert.deepEqual(scene(p, g, 992).lines.filter((l) => l.kind === "round").map((l) => l.of), [20]);
});

test("the last line that holds is named where a list is refused, and no more at the reset", () => {
  const last = (act, n) => { const p = after(act, n); return scene(p, of(p, "test10pub"), 545).lines.filter((l) => l.last).length; };
  assert.equal(last("phones: power on", 1), 0);
  assert.equal(last("phones: power on", 2), 1);
  assert.equal(last("on test10pub: utils itl reset localkey", 1), 0);
  const said = (width, room) => { const p = after("phones: power on", 2); return scene(p, of(p, "test10pub"), width, room).lines.find((l) => l.last).last; };
  assert.deepEqual([said(992), said(515), said(515, 100)], ["the last line that holds", "still holds", "holds"], "as its room is");
});

test("between two drawings lines break, and light up", () => {
  const at = (act, n) => { const p = after(act, n); return scene(p, of(p, "test10pub"), 992); };
  const before = at("phones: power off", 1), one = at("on test10pub: set cert regen CallManager", 2);
  const whats = (scene, ids) => scene.lines.filter((l) => ids.includes(l.id)).map((l) => `${l.what} of ${l.node} ${l.kind}`);
  assert.deepEqual(whats(one, changes(before, one).broke), ["signer of test10pub broken"]);
  assert.deepEqual(whats(one, changes(before, one).lit), ["signer of test10pub round"]);
  const lost = at("phones: power on", 2), reset = at("on test10pub: utils itl reset localkey", 1);
  assert.deepEqual(whats(reset, changes(lost, reset).lit), ["signer of test10pub recovery"]);
  assert.deepEqual(changes(lost, reset).broke, []);
  assert.deepEqual(changes(lost, lost), { broke: [], lit: [] });
  assert.deepEqual(changes(null, reset), { broke: [], lit: [] });
});

const tab = (id, phones, { lost = 0, locked = 0, off = 0, asks = "pub", broken = false } = {}) => ({
  itl_sha1: id, ctl_sha1: "", phones, asks: [{ node: asks }], lines: broken ? [{ kind: "broken" }] : [],
  states: { untrusted: lost, locked, off, none: 0, trusted: phones - lost - locked - off },
});
const shows = (groups, ...more) => choose(groups, ...more)?.itl_sha1;

test("what is shown: what was picked, else where most are lost, else where a line breaks for phones that are on, else where most are on", () => {
  const groups = [tab("a", 9), tab("b", 5, { lost: 2 }), tab("c", 4, { locked: 3 })];
  assert.equal(shows(groups, null), "c");
  assert.equal(shows(groups, "a/"), "a");
  assert.equal(shows(groups, "gone/"), "c");
  assert.equal(shows([], null), undefined);
  assert.equal(shows([tab("a", 9, { off: 5 }), tab("b", 5)], null), "b", "most that are on");
  assert.equal(shows([tab("a", 3, { off: 3 }), tab("b", 5, { off: 5, broken: true }), tab("c", 9, { off: 9 })], null), "c", "all are off: the largest");
  assert.equal(shows([tab("a", 9), tab("b", 5, { broken: true })], null), "b");
  assert.deepEqual(stableOrder(["b/", "a/"], groups).map((x) => x.itl_sha1), ["b", "a", "c"]);
});

test("phones that are off in a store are not shown while others are on, whatever was shown", () => {
  const store = tab("store", 40, { off: 40, broken: true }), sub = tab("sub", 180, { asks: "sub" });
  for (const shown of [null, store, sub]) {
    assert.equal(shows([store, sub, tab("pub", 180, { broken: true })], null, shown), "pub");
    assert.equal(shows([store, sub], null, shown), "sub");
    assert.equal(shows([store, tab("sub", 180, { off: 180 })], null, shown), "sub", "the largest, where all are off");
  }
});

test("what was shown stays until another has twice as many, and its phones' next list follows it", () => {
  const of = (a, b) => [tab("a", 180, { lost: a }), tab("b", 180, { lost: b, asks: "sub" })];
  for (const [a, b, want] of [[10, 20, "a"], [10, 21, "b"], [180, 180, "a"]]) assert.equal(shows(of(a, b), null, tab("a", 180)), want);
  assert.equal(shows(of(0, 0), null, tab("list before", 180, { asks: "sub" })), "b");
  assert.equal(shows(of(0, 0), null, tab("list before", 180)), "a");
});
