import test from "node:test";
import assert from "node:assert/strict";
import { palettes, pixel } from "../colours.js";
import { BOOTING, ON, WAITING, states } from "../states.js";
import { sprite } from "../sprites.js";
import { contrast } from "./vision.js";

const kinds = { ...Object.fromEntries(states.map((s) => [s.key, s.cell])), "lost, booting": ON | BOOTING | 3, waiting: ON | WAITING | 1 };

// share is how much of a sprite has a colour.
const share = (cell, pitch, p, colour) => sprite(cell, pitch, p).filter((c) => c === pixel(p[colour])).length / pitch ** 2;

test("colours are red, green, blue, and opaque, as an image has them", () => {
  assert.deepEqual([...new Uint8Array(Uint32Array.of(pixel("#123456")).buffer)], [0x12, 0x34, 0x56, 0xff]);
});

for (const [name, p] of Object.entries(palettes)) {
  test(`${name}: a lost phone is a solid mass, of any size`, () => {
    for (let pitch = 2; pitch <= 28; pitch++) {
      assert.ok(share(kinds.untrusted, pitch, p, "untrusted") >= 0.65, `${pitch}: ${share(kinds.untrusted, pitch, p, "untrusted")}`);
      // what reaches the eye from afar, its space counted: more than any other
      const alarm = (cell) => sprite(cell, pitch, p).reduce((n, c) => n + Math.log(contrast("#" + [c & 255, (c >> 8) & 255, (c >> 16) & 255].map((v) => v.toString(16).padStart(2, "0")).join(""), p.ground)), 0);
      for (const s of states) if (s.key !== "untrusted") assert.ok(alarm(kinds.untrusted) > 1.25 * alarm(s.cell), `${pitch}, ${s.key}`);
    }
  });

  test(`${name}: each kind has a picture of its own, of any size`, () => {
    for (let pitch = 2; pitch <= 28; pitch++) {
      const seen = new Map();
      for (const [kind, cell] of Object.entries(kinds)) {
        const picture = sprite(cell, pitch, p).join();
        assert.ok(!seen.has(picture), `${pitch}: ${kind} looks like ${seen.get(picture)}`);
        seen.set(picture, kind);
      }
    }
  });
}

test("from three pixels down, shapes give way to solid colour", () => {
  for (const s of states) for (const pitch of [2, 3]) assert.equal(share(s.cell, pitch, palettes.light, s.key), 1);
});
