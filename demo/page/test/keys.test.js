import test from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Keyring, keyColours, outline, shapes, teeth } from "../keys.js";
import { keysOf, scene } from "../trust.js";
import { palettes } from "../colours.js";
import { contrast, distance } from "./vision.js";
import { moments, stories } from "./moments.js";

const css = readFileSync(new URL("../trust.css", import.meta.url), "utf8");
const style = readFileSync(new URL("../style.css", import.meta.url), "utf8");
const blocks = (text) => ({ light: text.match(/:root \{([^}]*)\}/)[1], dark: text.match(/:root\[data-theme="dark"\] \{([^}]*)\}/)[1] });
const colour = (block, name) => block.match(new RegExp(`--${name}: (#[0-9a-f]{6})`))[1];

for (const theme of ["light", "dark"]) {
  test(`the colours of keys stand out, ${theme}, and the style sheet has them`, () => {
    const grounds = [colour(blocks(style)[theme], "panel"), colour(blocks(style)[theme], "bg")];
    keyColours[theme].forEach((c, i) => {
      assert.equal(colour(blocks(css)[theme], `key-${i}`), c);
      for (const ground of grounds) assert.ok(contrast(c, ground) >= 3, `${c} on ${ground}`);
    });
    keyColours[theme].forEach((c, i) => {
      for (const other of [...keyColours[theme].slice(i + 1), ...["untrusted", "locked", "booting"].map((state) => palettes[theme][state])]) {
        assert.ok(distance(c, other) >= 14, `${c} and ${other}: ${distance(c, other)}`);
      }
    });
    for (const line of ["recovery"]) for (const ground of grounds) assert.ok(contrast(colour(blocks(css)[theme], line), ground) >= 3, line);
    keyColours[theme].forEach((_, i) => assert.ok(i === 0 || css.includes(`.glyph.colour-${i} { fill: var(--key-${i}); }`)));
  });
}

const key = (id, unit = "TVS") => ({ id, unit, node: "pub", subject: "pub.lab" });

const many = keyColours.light.length;
const hex = (n) => (n >>> 0).toString(16).padStart(8, "0");

// sees has a drawing look at keys, and wants that no two in sight are of one colour, and that
// those which were in sight before are as they were.
function sees(ring, drawing, keys, where = "") {
  const before = [...ring.sights.values()].flat().map((id) => ({ ...ring.look({ id }) }));
  ring.see(drawing, keys);
  const now = [...new Set([...ring.sights.values()].flat())].map((id) => ring.look({ id }));
  if (now.length <= many) assert.equal(new Set(now.map((l) => l.colour)).size, now.length, `${where}: ${now.map((l) => l.id + " " + l.colour)}`);
  for (const l of before) if (now.some((n) => n.id === l.id)) assert.deepEqual(ring.look(l), l, where);
}

test("whatever keys come and go, each in sight has a colour of its own, and keeps it", () => {
  let state = 1;
  const random = (n) => (state = (state * 48271) % 2147483647) % n; // the same each time
  const ring = new Keyring(), all = Array.from({ length: 30 }, (_, i) => key(hex((i + 1) * 6700417), ["CallManager", "TVS", "ITLRecovery"][i % 3]));
  for (let i = 0; i < 2000; i++) sees(ring, ["fleet", "phone"][random(2)], all.filter(() => random(6) === 0).slice(0, 6), i);
});

test("in every story each key that is drawn has a colour of its own", () => {
  for (const story of stories) {
    const ring = new Keyring();
    for (const { picture, act } of moments(story)) for (const g of picture.groups) {
      const keys = keysOf(picture, scene(picture, g, 545));
      assert.ok(keys.length <= many, `${story}: ${keys.length} keys`);
      sees(ring, "fleet", keys, `${story}, ${act}`);
    }
  }
});

test("a key that comes back has its colour again, and a new one none that was there lately", () => {
  const ring = new Keyring(), keys = Array.from({ length: many }, (_, i) => key(hex(i * 7919)));
  for (const k of keys) ring.see("fleet", [k]);
  assert.equal(new Set(keys.map((k) => ring.look(k).colour)).size, many);
  const first = { ...ring.look(keys[0]) };
  ring.see("fleet", [keys[0]]);
  assert.deepEqual(ring.look(keys[0]), first);
  assert.notDeepEqual(teeth("52605b45"), teeth("dba08f32"));
});

test("where there are more keys than colours, those for one use share none as long as may be", () => {
  const ring = new Keyring(), of = (unit) => Array.from({ length: many }, (_, i) => key(hex(i * 104729 + unit.length), unit));
  ring.see("fleet", [...of("TVS"), ...of("CallManager")]);
  for (const unit of ["TVS", "CallManager"]) assert.equal(new Set(of(unit).map((k) => ring.look(k).colour)).size, many);
});

test("what a key is for is told by its shape alone", () => {
  const ring = new Keyring();
  ring.see("fleet", [...Object.keys(shapes).map((unit, i) => key(`0000000${i}`, unit)), key("00010203", "x"), key("03020100", "x")]);
  const heads = Object.keys(shapes).map((unit) => outline({ ...ring.look(key("00000000")), shape: shapes[unit] }));
  assert.equal(new Set(heads).size, heads.length);
  assert.notEqual(outline(ring.look(key("00010203", "x"))), outline(ring.look(key("03020100", "x"))));
});
