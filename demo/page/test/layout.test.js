import test from "node:test";
import assert from "node:assert/strict";
import { grouped, hit, layout, step } from "../layout.js";

const groups = (...sizes) => { let n = 0; return sizes.map((size, g) => ({ name: "g" + g, phones: Array.from({ length: size }, () => n++) })); };

const rooms = [
  // what, room, groups, the cells' size that is due at least
  ["40,000 phones beside a picture at 1280 × 720", 600, 330, [20000, 20000], 2],
  ["40,000 phones beside a picture at 1920 × 1080", 930, 560, [20000, 20000], 3],
  ["40,000 phones in eight groups at 1280 × 720", 600, 380, Array(8).fill(5000), 2],
  ["2,000 phones", 600, 330, [1000, 1000], 8],
  ["120 phones", 600, 330, [60, 60], 28],
  ["one phone that is not like 9,999 others", 600, 330, [9999, 1], 4],
  ["twelve groups", 600, 330, [400, 300, 200, 100, 90, 80, 70, 60, 50, 40, 30, 2], 6],
];

for (const [what, width, height, sizes, pitch] of rooms) {
  test(`${what} fit without scrolling`, () => {
    const made = groups(...sizes), l = layout({ width, height, groups: made });
    assert.ok(l.height <= height, `${l.height} of ${height}`);
    assert.ok(l.pitch >= pitch, `cells of ${l.pitch}`);
    const taken = new Set();
    made.forEach((g, k) => g.phones.forEach((i) => {
      const b = l.blocks[k];
      assert.equal(l.block[i], k);
      assert.ok(l.x[i] >= b.x && l.x[i] + Math.min(l.pitch, b.width) <= b.x + b.width && b.x + b.width <= width && l.y[i] >= b.top && l.y[i] + l.tall <= l.height);
      taken.add(l.x[i] + "," + l.y[i]);
      assert.equal(hit(l, l.x[i] + l.pitch / 2, l.y[i] + l.tall / 2), i);
    }));
    assert.equal(taken.size, sizes.reduce((n, s) => n + s, 0), "each has a place of its own");
  });
}

test("small cells take the room that there is", () => {
  const l = layout({ width: 1200, height: 300, groups: groups(20000, 20000) });
  assert.deepEqual([l.pitch, l.tall], [2, 4]);
});

test("on a telephone the wall becomes as high as it must", () => {
  const l = layout({ width: 350, height: 300, groups: groups(20000, 20000) });
  assert.equal(l.pitch, 2);
  assert.ok(l.height > 300 && l.height < 560, String(l.height));
});

test("keys lead from phone to phone, and from block to block", () => {
  const l = layout({ width: 300, height: 200, groups: groups(50, 50) }), columns = l.blocks[0].columns;
  assert.equal(step(l, 0, "ArrowRight"), 1);
  assert.equal(step(l, 0, "ArrowLeft"), 0);
  assert.equal(step(l, 1, "ArrowDown"), 1 + columns);
  assert.equal(step(l, 49, "ArrowRight"), 50);
  assert.equal(step(l, 3, "End"), 99);
  assert.equal(step(l, 3, "Home"), 0);
  assert.equal(step(l, 3, "x"), undefined);
});

test("phones are put together by what they have in common", () => {
  assert.deepEqual(grouped([0, 1, 0, 7], ["pub", "sub"]), [
    { name: "pub", phones: [0, 2] }, { name: "sub", phones: [1] }, { name: "others", phones: [3] }]);
  assert.deepEqual(grouped([0, 1, 1], ["a", "b"], { largest: true }).map((g) => g.name), ["b", "a"]);
  const many = grouped(Array.from({ length: 60 }, (_, i) => i % 20), Array.from({ length: 20 }, (_, i) => "m" + i));
  assert.deepEqual([many.length, many.at(-1).name, many.at(-1).phones.length], [12, "9 others", 27]);
});
