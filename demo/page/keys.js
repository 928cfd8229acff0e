// What keys look like, given here and nowhere else. A key is drawn as one: its
// head has a shape for what it is for, its teeth are of its fingerprint, and it
// has a colour of its own. So two keys are told apart without colour, too.

// shapes of heads, by what a key is for.
export const shapes = { CallManager: "round", TVS: "hexagon", ITLRecovery: "star", CAPF: "square", other: "diamond" };

// keyColours stand out from a panel at least 3 to 1, and are none of the phones'
// (test/keys.test.js computes it).
export const keyColours = {
  light: ["#0b63b0", "#7d3fa6", "#7a6400", "#b0307a", "#44546a", "#1c7a4a"],
  dark: ["#6cb2ff", "#c79bf2", "#d9c45a", "#ff93cc", "#a9bacf", "#7fd88f"],
};
const many = keyColours.light.length;

// teeth of a key are four heights, 0 to 3, by its fingerprint.
export const teeth = (id) => [0, 2, 4, 6].map((i) => parseInt(id.slice(i, i + 2) || "0", 16) & 3);

// A Keyring gives every key its look, which stays with it. The colour is of the
// fingerprint; where another key for the same use has that already, of the next that
// none has lately: a new key is not in the colour of the one before.
export class Keyring {
  constructor() { this.known = new Map(); }

  look(key) {
    let look = this.known.get(key.id);
    if (look) return look;
    const family = [...this.known.values()].filter((l) => l.unit === key.unit).slice(1 - many);
    let colour = parseInt(key.id.slice(0, 6) || "0", 16) % many;
    while (family.some((l) => l.colour === colour)) colour = (colour + 1) % many;
    look = { id: key.id, unit: key.unit, colour, shape: shapes[key.unit] ?? shapes.other, teeth: teeth(key.id) };
    this.known.set(key.id, look);
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
