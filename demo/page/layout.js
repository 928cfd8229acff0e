// Where each phone has its place on the wall: blocks of cells, all as large as
// they can be. It computes only; wall.js draws.

const least = 2; // pixels of a cell with the space around it
const most = 28, heading = 18, gap = 10, narrow = 84; // pixels, where a text has 16: a cell, what stands above a block, what is between two, a block whose heading can be read
const solid = 4; // up to this a cell has no shape that would suffer from being higher than wide

// layout places groups ({name, phones}: numbers of phones) on so much room, in
// rows of blocks beneath headings. Where not even the smallest cells fit, it
// becomes higher than that. Small cells are higher than wide where there is room for
// it. All are pixels of the screen; those of a text
// of 16 pixels are so many (scale) times as large.
export function layout({ width, height, groups, scale = 1 }) {
  const px = (n) => Math.round(n * scale), above = px(heading), apart = px(gap), readable = px(narrow);
  let best;
  for (let rows = 1; rows <= groups.length; rows++) {
    const parts = divide(groups, rows).map((part) => ({ part, widths: share(part.map((g) => g.phones.length), width, apart, readable) }));
    if (rows < groups.length && parts.some((r) => Math.min(...r.widths) < readable)) continue; // too many abreast
    const high = (pitch, tall = pitch) => parts.reduce((y, r) => y + above + Math.floor(apart / 2) + tall * Math.max(...r.part.map((g, i) => Math.ceil(g.phones.length / columnsOf(r.widths[i], pitch)))), 0);
    let pitch = px(most);
    while (pitch > least && high(pitch) > height) pitch--;
    let tall = pitch;
    while (pitch <= solid && tall < 2 * pitch && high(pitch, tall + 1) <= height) tall++;
    const found = { parts, pitch, tall, high: high(pitch, tall) };
    if (!best || pitch * tall > best.pitch * best.tall || (best.high > height && found.high < best.high)) best = found;
  }
  return place(best, { width, above, apart, many: groups.reduce((n, g) => n + g.phones.length, 0) });
}

const columnsOf = (width, pitch) => Math.max(1, Math.floor(width / pitch));

function place({ parts, pitch, tall }, { width, above, apart, many }) {
  const found = { pitch, tall, width, height: 0, blocks: [], order: new Int32Array(many), at: new Int32Array(many), x: new Int32Array(many), y: new Int32Array(many), block: new Uint16Array(many) };
  let n = 0;
  for (const { part, widths } of parts) {
    let left = 0, rows = 0;
    part.forEach((g, i) => {
      const b = { ...g, x: left, y: found.height, width: widths[i], columns: columnsOf(widths[i], pitch), first: n, top: found.height + above };
      g.phones.forEach((p, k) => {
        found.x[p] = b.x + (k % b.columns) * pitch;
        found.y[p] = b.top + Math.floor(k / b.columns) * tall;
        found.block[p] = found.blocks.length;
        found.at[p] = n;
        found.order[n++] = p;
      });
      found.blocks.push(b);
      left += widths[i] + apart;
      rows = Math.max(rows, Math.ceil(g.phones.length / b.columns));
    });
    found.height += above + rows * tall + Math.floor(apart / 2);
  }
  return found;
}

// divide groups into so many runs of about as many phones each; each has one at
// least.
function divide(groups, rows) {
  const all = groups.reduce((n, g) => n + g.phones.length, 0), runs = [[]];
  let sum = 0;
  groups.forEach((g, i) => {
    const left = groups.length - i, wanted = rows - runs.length;
    if (runs.at(-1).length && wanted && (left === wanted || sum + g.phones.length / 2 >= (all * runs.length) / rows)) runs.push([]);
    runs.at(-1).push(g);
    sum += g.phones.length;
  });
  return runs;
}

// share out a width among blocks by their phones, to each enough for its heading
// where there is enough for all.
function share(phones, width, apart, narrow) {
  const room = width - apart * (phones.length - 1), poor = new Set();
  for (;;) {
    const left = room - poor.size * narrow, rich = phones.reduce((n, p, i) => n + (poor.has(i) ? 0 : p), 0);
    const widths = phones.map((p, i) => (poor.has(i) ? narrow : Math.floor((left * p) / rich)));
    const more = widths.findIndex((w, i) => w < narrow && !poor.has(i));
    if (more < 0) return widths;
    if (room < narrow * phones.length) return phones.map(() => Math.floor(room / phones.length));
    poor.add(more);
  }
}

// hit is the phone at a point, or -1.
export function hit({ blocks, pitch, tall }, x, y) {
  for (const b of blocks) {
    const column = Math.floor((x - b.x) / pitch), row = Math.floor((y - b.top) / tall), k = row * b.columns + column;
    if (row >= 0 && column >= 0 && column < b.columns && k < b.phones.length) return b.phones[k];
  }
  return -1;
}

// step is the phone to which a key leads from another, or undefined where the key
// leads nowhere.
export function step({ blocks, block, order, at }, phone, key) {
  const columns = blocks[block[phone]].columns, last = order.length - 1;
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, PageDown: 10 * columns, PageUp: -10 * columns, Home: -last, End: last }[key];
  return by && order[Math.min(last, Math.max(0, at[phone] + by))];
}

const shown = 12; // groups; more are the others

// grouped puts phones together that are alike in their values (a number for each
// phone, by which its name stands in names), in the order of values or, where
// largest, the most first.
export function grouped(values, names, { largest = false } = {}) {
  const found = new Map();
  values.forEach((v, i) => { if (!found.has(v)) found.set(v, []); found.get(v).push(i); });
  const groups = [...found].sort(([a, p], [b, q]) => (largest ? q.length - p.length : 0) || a - b)
    .map(([v, phones]) => ({ name: names[v] ?? "others", phones }));
  if (groups.length <= shown) return groups;
  const others = groups.splice(shown - 1);
  return [...groups, { name: `${others.length} others`, phones: others.flatMap((g) => g.phones).sort((a, b) => a - b) }];
}
