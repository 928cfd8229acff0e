// What the stream tells of the phones, kept up to date: the cell of each, and the lists
// that they hold. It computes only.

import { count, decode } from "./states.js";
import { namesOf, vouching } from "./trust.js";

// heldLists are the lists that phones hold, by a number for each phone, as the wall groups
// by them; and those that believe the list that a node whom their phones ask serves now.
export const heldLists = (held, picture) => held && picture && {
  values: held, names: Object.fromEntries([...namesOf(picture)].map(([g, { name, tells }]) => [g.id, `${name} ${tells || g.itl_sha1.slice(0, 6)}`.trim()])),
  believing: new Set(picture.groups.filter((g) => g.faith || g.asks.some(({ node }) => vouching(g, node, "signer").length)).map((g) => g.id)),
};

// counted is a picture of who trusts whom with its phones counted by their cells, of which there
// may be newer ones than when it was drawn: its numbers are the wall's.
export function counted(picture, cells, held) {
  if (held?.length !== cells.length) return picture;
  const rest = picture.groups.length, place = new Map(picture.groups.map((g, i) => [g.id, i]));
  const tallies = count(cells, held.map((id) => place.get(id) ?? rest), rest + 1);
  const of = (g, t) => ({ ...g, phones: t.total, states: Object.fromEntries(["none", "trusted", "locked", "untrusted", "off"].map((k) => [k, t[k]])) });
  return { ...picture, groups: picture.groups.map((g, i) => of(g, tallies[i])).filter((g) => g.phones), rest: picture.rest && of(picture.rest, tallies[rest]) };
}

export class Known {
  constructor() { this.clear(); }

  clear() { Object.assign(this, { cells: new Uint8Array(0), held: null, trust: null, lists: null }); }

  // picture is who trusts whom by the newest cells; null: it has not come yet.
  get picture() { return this.trust && counted(this.trust, this.cells, this.held); }

  // take takes a change of the stream, of which the first of a lab has all.
  take(u) {
    if (u.lab) this.clear();
    if (u.cells) this.cells = decode(u.cells, this.cells.length === u.cells.length ? this.cells : undefined);
    pairs(u.changed, this.cells);
    if (u.held) this.held = Int32Array.from(u.held);
    pairs(u.held_changed, this.held);
    if (u.trust) this.trust = u.trust;
    if (u.trust || u.held || u.held_changed) this.lists = heldLists(this.held, this.trust);
  }
}

// pairs puts values into their places: place, value, place, value, ….
function pairs(changed, values) {
  for (let k = 0; k < (changed?.length ?? 0); k += 2) values[changed[k]] = changed[k + 1];
}
