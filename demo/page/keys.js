// What keys look like, given here and nowhere else. A key is drawn as one: its
// head has a shape for what it is for, its teeth are of its fingerprint, and it
// has a colour of its own. So two keys are told apart without colour, too.

// shapes of heads, by what a key is for.
export const shapes = { CallManager: "round", TVS: "hexagon", ITLRecovery: "star", CAPF: "square", other: "diamond" };

// keyColours stand out from a panel at least 3 to 1, are told from each other and are none of
// the phones' (test/keys.test.js computes it). They are as many as keys are in sight in a
// cluster of two nodes of which all were renewed.
export const keyColours = {
  light: ["#0b63b0", "#7d3fa6", "#7a6400", "#b0307a", "#44546a", "#1c7a4a",
    "#2a1fe0", "#5a1a0a", "#0b8f0b", "#d010d0", "#a8615a", "#0089b0"],
  dark: ["#6cb2ff", "#c79bf2", "#d9c45a", "#ff93cc", "#a9bacf", "#7fd88f",
    "#b040ff", "#22e022", "#94764a", "#e0306a", "#18c8e0", "#f0843a"],
};
const many = keyColours.light.length;

// teeth of a key are four heights, 0 to 3, by its fingerprint.
export const teeth = (id) => [0, 2, 4, 6].map((i) => parseInt(id.slice(i, i + 2) || "0", 16) & 3);

// A Keyring gives every key its look. No two keys that are in sight, in whatever drawing, have
// one colour, as long as there are enough, and a key that stays in sight keeps its own; one that
// comes back has it again, where no other has it now. Else a key takes of the free colours the
// one that was longest out of sight, of several the next by its fingerprint.
export class Keyring {
  constructor() { Object.assign(this, { looks: new Map(), sights: new Map(), seen: Array(many).fill(0), turn: 0 }); }

  // look of a key that is in sight.
  look(key) { return this.looks.get(key.id); }

  // see tells which keys a drawing has in sight from now on.
  see(drawing, keys) {
    const stay = new Set([...this.sights.values()].flat());
    this.sights.set(drawing, keys.map((k) => k.id));
    const sight = new Set([...this.sights.values()].flat()), given = [...sight].filter((id) => stay.has(id)).map((id) => this.looks.get(id));
    const come = keys.filter((k) => !stay.has(k.id)).sort((a, b) => this.looks.has(b.id) - this.looks.has(a.id));
    for (const key of new Map(come.map((k) => [k.id, k])).values()) given.push(this.give(key, given));
    this.turn++;
    for (const look of given) this.seen[look.colour] = this.turn;
  }

  // give a key its look, beside those that are given already.
  give(key, given) {
    const had = this.looks.get(key.id), first = parseInt(key.id.slice(0, 6) || "0", 16) % many;
    if (had && !given.some((l) => l.colour === had.colour)) return had;
    const cost = (colour) => {
      const same = given.filter((l) => l.colour === colour);
      return [same.filter((l) => l.unit === key.unit).length, same.length, this.seen[colour], (colour - first + many) % many];
    };
    const [[colour]] = keyColours.light.map((_, colour) => [colour, cost(colour)])
      .sort(([, a], [, b]) => a.map((n, i) => n - b[i]).find((d) => d) ?? 0);
    const look = { id: key.id, unit: key.unit, colour, shape: shapes[key.unit] ?? shapes.other, teeth: teeth(key.id) };
    this.looks.set(key.id, look);
    return look;
  }
}

// keySize is a drawn key's, in pixels.
export const keySize = { width: 46, height: 22 };

const polygon = (n, r, turn = 0, inner = r) => Array.from({ length: n }, (_, i) => {
  const a = turn + (i * 2 * Math.PI) / n, d = i % 2 ? inner : r;
  return `${(11 + d * Math.cos(a)).toFixed(1)} ${(11 + d * Math.sin(a)).toFixed(1)}`;
}).join("L");

const heads = {
  round: "M2 11a9 9 0 1 1 18 0a9 9 0 1 1 -18 0Z",
  hexagon: `M${polygon(6, 10)}Z`,
  star: `M${polygon(12, 11, -Math.PI / 2, 7)}Z`,
  square: "M3 3H19V19H3Z",
  diamond: `M${polygon(4, 11)}Z`,
};
const hole = "M8 11a3 3 0 1 0 6 0a3 3 0 1 0 -6 0Z";

// outline is the path of a look: the head with its hole, the blade with its teeth.
export function outline(look) {
  let blade = "M18 8.5H45V11.5", x = 45;
  for (const t of look.teeth) {
    blade += `H${x}V${12 + t * 2.6}H${x - 4}V11.5`;
    x -= 6;
  }
  return `${heads[look.shape]}${hole}${blade}H18Z`;
}
