import test from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Keyring, keyColours, outline, shapes, teeth } from "../keys.js";
import { contrast } from "./vision.js";

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
    for (const line of ["recovery"]) for (const ground of grounds) assert.ok(contrast(colour(blocks(css)[theme], line), ground) >= 3, line);
    assert.ok(css.includes(`.colour-${keyColours[theme].length - 1} {`));
  });
}

const key = (id, unit = "TVS") => ({ id, unit, node: "pub", subject: "pub.lab" });

test("a key keeps its look, whatever comes after it", () => {
  const ring = new Keyring(), first = { ...ring.look(key("11e8e335")) };
  for (let i = 0; i < 50; i++) ring.look(key((i * 7919).toString(16).padStart(8, "0")));
  assert.deepEqual(ring.look(key("11e8e335")), first);
});

test("a new key is in another colour than those before, and has other teeth", () => {
  const ring = new Keyring();
  for (let i = 0, before = []; i < 40; i++) {
    const look = ring.look(key(((i + 1) * 6700417 % 2 ** 32).toString(16).padStart(8, "0")));
    assert.ok(!before.includes(look.colour), `${i}: ${look.colour} of ${before}`);
    before = [...before, look.colour].slice(1 - keyColours.light.length);
  }
  assert.notDeepEqual(teeth("52605b45"), teeth("dba08f32"));
});

test("what a key is for is told by its shape alone", () => {
  const ring = new Keyring();
  const heads = Object.keys(shapes).map((unit) => outline({ ...ring.look(key("00000000", unit)), shape: shapes[unit] }));
  assert.equal(new Set(heads).size, heads.length);
  assert.notEqual(outline(ring.look(key("00010203", "x"))), outline(ring.look(key("03020100", "x"))));
});
