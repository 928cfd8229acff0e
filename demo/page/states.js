// The states of phones: how a phone comes as a cell, what it is called, and how
// many there are of each.

// A cell has the trust state in its two low bits, and these.
export const ON = 4, BOOTING = 8, WAITING = 16;

// states in the order in which they are told: what is wrong comes first. Each has
// an example of its cell.
export const states = [
  { key: "untrusted", name: "Lost", means: "untrusted: something was refused, and no trust point is left that could help", cell: ON | 3 },
  { key: "booting", name: "Booting", means: "starting, to fetch its list and its configuration; lost ones are counted as lost, too", cell: ON | BOOTING },
  { key: "locked", name: "Locked", means: "something was refused; a trust point may still help", cell: ON | 2 },
  { key: "none", name: "No list yet", means: "switched on, without a trust list", cell: ON },
  { key: "trusted", name: "Trusted", means: "trust list and configuration were authenticated", cell: ON | 1 },
  { key: "off", name: "Off", means: "without power", cell: 0 },
];
const byCode = ["none", "trusted", "locked", "untrusted"];

// stateOf a cell is one of the states' keys.
export const stateOf = (cell) => (cell & ON ? byCode[cell & 3] : "off");

// lookOf a cell is the colour that it has: of its state, or of a phone that
// boots.
export const lookOf = (cell) => (cell & ON && cell & BOOTING ? "booting" : stateOf(cell));

const names = Object.fromEntries(states.map((s) => [s.key, s.name]));
export const nameOf = (cell) => names[stateOf(cell)] + (cell & BOOTING ? ", booting" : cell & WAITING ? ", waiting for its turn" : "");

// decode the wall's letters, one a cell, digits of base 32, into cells.
export function decode(letters, cells = new Uint8Array(letters.length)) {
  for (let i = 0; i < letters.length; i++) {
    const code = letters.charCodeAt(i);
    cells[i] = code > 57 ? code - 87 : code - 48;
  }
  return cells;
}

// count tells how many cells are in each state; how many of each of them boot;
// and how many wait for their turn to do what they were told. With blocks, which
// say of each cell where it belongs, there is an answer for each of so many.
export function count(cells, blocks, many = 1) {
  const kinds = Array.from({ length: many }, () => new Int32Array(32));
  for (let i = 0; i < cells.length; i++) kinds[blocks ? blocks[i] : 0][cells[i] & 31]++;
  const tallies = kinds.map((n) => {
    const t = { total: 0, untrusted: 0, locked: 0, none: 0, trusted: 0, off: 0, waiting: 0, booting: { untrusted: 0, locked: 0, none: 0, trusted: 0, off: 0 } };
    n.forEach((phones, cell) => {
      t.total += phones;
      t[stateOf(cell)] += phones;
      if (lookOf(cell) === "booting") t.booting[stateOf(cell)] += phones;
      if (cell & WAITING) t.waiting += phones;
    });
    return t;
  });
  return blocks ? tallies : tallies[0];
}

// returning are the phones that are lost and boot, of which some lists (held, a number
// for each phone) believe what they will be offered.
export function returning(cells, held, believing) {
  let n = 0;
  for (let i = 0; i < cells.length; i++) if (lookOf(cells[i]) === "booting" && stateOf(cells[i]) === "untrusted" && believing.has(held[i])) n++;
  return n;
}

// parts are a tally's phones, each counted once: those that are lost, booting or
// not; the others that boot; and the rest by their state.
export function parts({ untrusted, off, booting, ...t }) {
  const rest = (state) => t[state] - booting[state];
  return { untrusted, booting: booting.trusted + booting.locked + booting.none, locked: rest("locked"), none: rest("none"), trusted: rest("trusted"), off };
}

// figures are what the wall's legend tells of a tally, in the order of states, then those that
// wait: each number is that of the cells that look so, but for lost ones, which also boot.
export const figures = (t) => { const p = { ...parts(t), booting: Object.values(t.booting).reduce((a, b) => a + b) }; return [...states.map((s) => p[s.key]), t.waiting]; };
