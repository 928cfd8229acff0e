// The trust picture: what is drawn where. At left the keys that a group of phones
// holds, at right what the nodes show that they have to do with, and the lines
// between. It is pure: picture and width in, shapes out.

import { keySize } from "./keys.js";

export const keyOf = (p, id) => p.keys.find((k) => k.id === id);
export const nodeOf = (p, name) => p.nodes.find((n) => n.name === name);
export const show = (p, node, what) => nodeOf(p, node)?.shows.find((s) => s.what === what);

// vouching are the lines by which a group takes what a node shows.
export const vouching = (g, node, what) => g.lines.filter((l) => l.node === node && l.what === what && l.kind !== "broken");

// stableOrder keeps groups where they are, as they grow and shrink: those that were
// there before in the order of before, then the new ones. What tells a group apart
// are its lists.
export const listsOf = (g) => g.itl_sha1 + "/" + g.ctl_sha1;
export function stableOrder(before, groups) {
  const at = new Map(before.map((lists, i) => [lists, i]));
  return [...groups].sort((a, b) => (at.get(listsOf(a)) ?? Infinity) - (at.get(listsOf(b)) ?? Infinity) || 0);
}

// choose is which group is shown: the one that was picked while it is there. Else of those
// that are lost or locked the one that has most of them; where there are none, of those that
// are on and for which a line is broken, or else of all, the one with most phones that are on,
// and where all are off the largest. The group that was shown before stays until another has
// twice as many; of equals goes the one that asks the same node as that.
export function choose(groups, picked, shown = null) {
  const lost = (g) => g.states.untrusted + g.states.locked, on = (g) => g.phones - g.states.off;
  const weights = (g) => {
    const twice = shown && listsOf(g) === listsOf(shown) ? 2 : 1;
    const kind = lost(g) ? 2 : on(g) && g.lines.some((l) => l.kind === "broken") ? 1 : 0;
    return [kind, ...[lost(g), on(g), g.phones].map((n) => n * twice), shown && g.asks[0]?.node === shown.asks[0]?.node ? 1 : 0];
  };
  const heavier = (a, b) => { const [x, y] = [weights(a), weights(b)], i = x.findIndex((w, i) => w !== y[i]); return i >= 0 && x[i] > y[i]; };
  return groups.find((g) => listsOf(g) === picked) ?? groups.reduce((best, g) => (!best || heavier(g, best) ? g : best), null);
}

// nameOfGroup is whose list it is: an ITL has the CallManager of one node.
function nameOfGroup(p, g) {
  if (!g.holds.length) return "no list";
  const own = g.holds.filter((h) => h.list === "ITL");
  const key = (own.length ? own : g.holds).map((h) => keyOf(p, h.key)).find((k) => k?.unit === "CallManager" && k.node);
  return key ? `list of ${key.node}` : "list";
}

// namesOf are the names of all groups: whose list it is, and where several are that
// node's, what tells them apart: their ITL, or else their CTL, by its checksum.
export function namesOf(p) {
  const all = p.groups.map((g) => ({ g, name: nameOfGroup(p, g) }));
  return new Map(all.map(({ g, name }) => {
    const others = all.filter((o) => o.g !== g && o.name === name).map((o) => o.g), tells = [];
    if (others.some((o) => o.itl_sha1 !== g.itl_sha1)) tells.push(g.itl_sha1 ? g.itl_sha1.slice(0, 6) : "no ITL");
    if (others.some((o) => o.itl_sha1 === g.itl_sha1)) tells.push(g.ctl_sha1 ? "CTL " + g.ctl_sha1.slice(0, 6) : "no CTL");
    return [g, { name, tells: tells.join(", ") }];
  }));
}

const captions = { CTL: "signs the CTL", signer: "signs the list", CallManager: "signs configurations", TVS: "its TVS shows", ITLRecovery: "in reserve" };
const words = { CTL: "signs CTL", signer: "signs list", CallManager: "signs conf.", TVS: "", ITLRecovery: "in reserve" };

// maxNodes is how many nodes are drawn: so many are to be seen at once on a phone.
export const maxNodes = 5;

// drawnNodes are those that a group has to do with: whom it asks for files, whom for
// TVS, and the publisher, whose ITLRecovery it holds.
function drawnNodes(p, g) {
  const asks = g.asks.map((a) => a.node);
  const cluster = nodeOf(p, asks[0])?.cluster ?? 0;
  const publisher = p.nodes.find((n) => n.cluster === cluster && n.role === "publisher")?.name;
  const helpers = g.lines.map((l) => l.by).filter(Boolean);
  const names = [...new Set([...asks.slice(0, 3), ...helpers, publisher, ...g.tvs])].filter((n) => n && nodeOf(p, n)).slice(0, maxNodes);
  return p.nodes.filter((n) => names.includes(n.name));
}

// rows are what is drawn of a node: files that one key signs, and that phones take
// alike, are one.
function rowsOf(p, g, n) {
  const asked = g.asks.some((a) => a.node === n.name), rows = [];
  const byTVS = g.tvs.includes(n.name) || g.lines.some((l) => l.by === n.name);
  for (const s of n.shows) {
    const file = s.what === "signer" || s.what === "CTL" || s.what === "CallManager";
    if (file ? !asked : s.what === "TVS" && !byTVS) continue;
    const lines = g.lines.filter((l) => l.node === n.name && l.what === s.what);
    const looks = lines.map((l) => `${l.key} ${l.kind} ${l.by ?? ""} ${l.phones}`).join();
    const same = file && rows.find((r) => r.file && r.key === s.key && r.looks === looks && s.key);
    if (same) { same.whats.push(s.what); continue; }
    rows.push({ node: n.name, whats: [s.what], key: s.key, on: s.on, file, lines, looks });
  }
  for (const r of rows) {
    r.caption = r.whats.length > 1 ? "signs " + (r.whats.includes("CTL") ? "CTL, " : "") + "list and configurations" : captions[r.whats[0]];
    if (r.whats[0] === "ITLRecovery") r.caption += " on " + n.name;
    r.brief = r.whats.length > 1 ? "signs its files" : r.caption;
    r.word = r.whats.length > 1 ? "signs files" : words[r.whats[0]];
    const good = r.lines.filter((l) => l.kind !== "broken");
    r.isNew = r.lines.length > 0 && r.lines.some((l) => l.kind === "broken");
    r.taken = r.lines.length === 0 && g.faith ? "faith" : good.length ? good[0].kind : "none";
  }
  return rows;
}

// Sizes in pixels: of a wide drawing, of one beside the wall, and of one on a phone,
// each from a width on. A row is a key that a node shows, a head the name of a node, a
// margin what marks need above and below.
const sizes = [
  { from: 700, name: "wide", left: 250, start: 250, right: 290, gutter: 96, top: 30, row: 52, head: 30, gap: 14, key: 52, hang: 15, margin: 8 },
  { from: 480, name: "medium", left: 160, start: 160, right: 210, gutter: 40, top: 22, row: 42, head: 26, gap: 8, key: 42, hang: 10, margin: 8 },
  { from: 0, name: "small", left: 92, start: 54, right: 170, gutter: 24, top: 40, row: 50, head: 28, gap: 10, key: 60, hang: 2, margin: 8 },
];

// tight is the size where there is no room for that: each row is one line of text, and as much
// higher as there is room (more, in pixels, at most). Text is never made smaller.
const more = 12;
const tight = { name: "tight", left: 152, start: 152, right: 264, gutter: 32, top: 18, row: 24, head: 18, gap: 4, key: 32, hang: 8, margin: 3 };

// scene is a group's drawing in so many pixels: keys at left, cards of nodes with rows
// at right, lines. Where it is higher than the room that there is, it is tight.
export function scene(p, g, width, room = Infinity) {
  const size = sizes.find((s) => width >= s.from), usual = compose(p, g, width, size);
  if (size.name === "small" || usual.height + 2 * usual.margin <= room) return usual;
  const least = compose(p, g, width, tight), spare = (room - least.height - 2 * least.margin) / Math.max(least.rows.length, least.keys.length);
  const by = Math.floor(Math.min(Math.max(spare, 0), more));
  return by ? compose(p, g, width, { ...tight, row: tight.row + by, key: tight.key + by }) : least;
}

// keysOf are the keys that are drawn in a scene of a picture.
export const keysOf = (p, s) => [...new Set([...s.keys.map((k) => k.id), ...s.rows.map((r) => r.key)])].map((id) => keyOf(p, id)).filter(Boolean);

function compose(p, g, width, size) {
  const right = size.name === "wide" ? Math.min(size.right + Math.max(0, width - 760) / 4, 340) : size.right;
  const x = width - size.gutter - right;
  const nodes = [], rows = [];
  let y = size.top;
  const put = (card, own) => {
    if (!own.length) return;
    const head = card.name ? size.head : 4;
    nodes.push({ ...card, x, y, width: right, height: head + own.length * size.row + 4 });
    own.forEach((r, i) => rows.push({ ...r, x, y: y + head + i * size.row, width: right, mid: y + head + (i + 0.5) * size.row }));
    y += nodes.at(-1).height + size.gap;
  };
  const all = drawnNodes(p, g).map((n) => [n, rowsOf(p, g, n)]);
  const kept = (r) => r.whats[0] === "ITLRecovery";
  for (const [n, own] of all) put({ name: n.name, text: n.on ? n.role : n.role + ", without power", on: n.on, reset: n.reset }, own.filter((r) => !kept(r)));
  for (const [n, own] of all) put({ on: n.on }, own.filter(kept)); // last, as it is the last resort
  const height = Math.max(y - size.gap, 0);
  const keys = place(leftKeys(p, g, rows), rows, size, Math.max(height, size.top + 1));
  const lines = once(rows.flatMap((r) => r.lines.flatMap((l) => draw(l, r, rows, keys, size, g, width))));
  const lost = rows.some((r) => r.whats.includes("signer") && r.taken === "none");
  for (const l of lines) if (lost && l.standing && l.kind === "recovery" && size.name !== "small") l.last = lastWords(l);
  for (const l of lines) l.carries = lines.some((round) => round.kind === "round" && round.key === l.key && round.by === l.node && l.what === "TVS");
  return { width, height: Math.max(height, size.top + keys.length * size.key), size: size.name, margin: size.margin, left: size.left, keys, nodes, rows, lines };
}

// lastWords are what is said above the last line, as long as its room is: a letter takes 7
// pixels at most, the mark at its end 9, and as much is left at the other.
export const lastWords = ({ from, to }) => ["the last line that holds", "still holds", "holds"].find((text) => text.length * 7 + 18 <= to.x - from.x) ?? "";

// once leaves out what is drawn twice: lines to rows that stand for several files.
function once(lines) {
  const seen = new Set();
  return lines.filter((l) => !seen.has(l.id) && seen.add(l.id));
}

// leftKeys are the keys that a group holds, but for those that vouch for nothing here.
function leftKeys(p, g, rows) {
  const used = new Set(rows.flatMap((r) => r.lines.map((l) => l.key)));
  const ids = [...new Set(g.holds.map((h) => h.key))];
  return ids.map((id) => keyOf(p, id)).filter((k) => k && (used.has(k.id) || ["CallManager", "TVS", "ITLRecovery"].includes(k.unit)))
    .map((k) => ({ ...k, used: used.has(k.id) }));
}

// place puts each key as near as may be to what it vouches for, ITLRecovery last.
function place(keys, rows, size, height) {
  const wish = (k) => {
    const last = k.unit === "ITLRecovery";
    const to = rows.filter((r) => r.lines.some((l) => l.key === k.id && l.kind !== "round") && (!last || r.whats[0] === "ITLRecovery")).map((r) => r.mid);
    return to.length ? to.reduce((a, b) => a + b, 0) / to.length : height - 1;
  };
  const sorted = keys.map((k) => ({ ...k, wish: wish(k) })).sort((a, b) => (a.unit === "ITLRecovery") - (b.unit === "ITLRecovery") || a.wish - b.wish);
  const room = Math.max(height, size.top + sorted.length * size.key);
  let least = size.top;
  sorted.forEach((k, i) => {
    const most = room - (sorted.length - i) * size.key;
    k.y = Math.min(Math.max(k.wish - size.key / 2, least), most);
    least = k.y + size.key;
    k.x = 0;
    k.mid = k.y + (size.name === "small" ? keySize.height / 2 + 2 : size.key / 2);
  });
  return sorted;
}

// draw is what a line looks like. A broken one is two ends with a gap between; the
// way round goes on from what a TVS shows.
function draw(l, row, rows, keys, size, g, width) {
  const key = keys.find((k) => k.id === l.key);
  const line = { id: `${l.key} ${row.node} ${row.whats[0]} ${l.kind === "round" ? "round " + l.by : ""}`.trim(), kind: l.kind, key: l.key, node: row.node, by: l.by, of: partOf(l, g), silent: !row.on, what: row.whats[0] };
  if (l.kind === "round") {
    const from = rows.find((r) => r.node === l.by && r.whats[0] === "TVS");
    if (!from) return [];
    const a = { x: from.x + from.width, y: from.mid }, b = { x: row.x + row.width, y: row.mid };
    const out = a.x + Math.min(size.gutter - 8, 44);
    return [{ ...line, path: `M${a.x} ${a.y}C${out + 8} ${a.y} ${out + 8} ${b.y} ${b.x + 7} ${b.y}`, mid: { x: out, y: (a.y + b.y) / 2 }, from: a, to: b }];
  }
  if (!key) return [];
  const from = { x: size.start, y: key.mid }, to = { x: row.x, y: row.mid };
  if (l.kind === "broken") return [{ ...line, ...halves(from, to, size.hang), from, to }];
  const bend = (to.x - from.x) / 2;
  const standing = row.whats[0] === "ITLRecovery" || row.whats[0] === "TVS";
  return [{ ...line, standing, path: `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`, mid: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, from, to }];
}

// partOf is for how many phones a line is, 0 where some vouch for all of them.
function partOf(l, g) {
  const all = l.kind === "broken" ? l.phones : vouching(g, l.node, l.what).reduce((n, v) => n + v.phones, 0);
  return all < g.phones ? l.phones : 0;
}

// halves of a broken line hang down from where it broke.
function halves(from, to, hang) {
  const mid = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const gap = Math.min(18, (to.x - from.x) / 6);
  return {
    mid,
    path: `M${from.x} ${from.y}Q${(from.x + mid.x) / 2} ${from.y} ${mid.x - gap} ${mid.y + hang}`,
    rest: `M${to.x} ${to.y}Q${(to.x + mid.x) / 2} ${to.y} ${mid.x + gap} ${mid.y + hang}`,
  };
}

// changes are the lines that broke, or lit up, between two drawings of a group.
export function changes(before, now) {
  const was = new Map((before?.lines ?? []).map((l) => [l.id, l.kind])), broke = [], lit = [];
  for (const l of now.lines) {
    const kind = was.get(l.id);
    if (l.kind === "broken" && kind && kind !== "broken") broke.push(l.id);
    if (l.kind === "recovery" && !l.standing && before && kind !== "recovery") lit.push(l.id);
    if (l.kind === "round" && before && !kind) lit.push(l.id);
  }
  return { broke, lit };
}
