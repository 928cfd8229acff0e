import test from "node:test";
import assert from "node:assert/strict";
import { palettes } from "../colours.js";
import { contrast, distance, luminance, visions } from "./vision.js";

const order = ["untrusted", "locked", "booting", "trusted", "none", "off"]; // from alarm to calm

for (const [name, p] of Object.entries(palettes)) {
  test(`${name}: in greyscale, what is worse stands out more`, () => {
    const against = order.map((s) => contrast(p[s], p.ground));
    for (let i = 1; i < order.length; i++) {
      assert.ok(against[i - 1] / against[i] >= 1.15, `${order[i - 1]} ${against[i - 1].toFixed(2)}, ${order[i]} ${against[i].toFixed(2)}`);
    }
    assert.ok(against[0] >= 6, `lost against the ground: ${against[0].toFixed(2)}`);
    assert.ok(contrast(p.untrusted, p.trusted) >= 2.5, `lost against trusted: ${contrast(p.untrusted, p.trusted).toFixed(2)}`);
    assert.ok(against[order.indexOf("trusted")] <= 3, "trusted is calm");
    assert.ok(against.at(-1) >= 1.15, "a phone that is off is seen");
  });

  for (const vision of visions) {
    test(`${name}, ${vision}: no two are alike, and lost is like nothing else`, () => {
      for (const [i, a] of order.entries()) {
        for (const b of [...order.slice(i + 1), "ground"]) {
          const d = distance(p[a], p[b], vision), least = a === "untrusted" ? 15 : 6;
          assert.ok(d >= least, `${a} and ${b}: ${d.toFixed(1)}`);
        }
      }
    });
  }
}

test("luminance is that of WCAG 2.2", () => {
  assert.equal(contrast("#ffffff", "#000000"), 21);
  assert.ok(Math.abs(luminance("#777777") - 0.1845) < 0.001);
});
