// How a phone's cell is drawn: as a little picture of pixels, made once for each
// cell and size, and copied then. Shape tells states apart as well as colour
// does, until cells are so small that colour must do.

import { pixel } from "./colours.js";
import { WAITING, lookOf, stateOf } from "./states.js";

// sprite is the picture of a cell, so many pixels wide and high with the space
// to the next one (tall: where it is higher than wide); colours are a palette's. Lost phones leave none, so that many
// are one mass; a trusted one is a full square, a locked one half of one, one
// without a list a frame, one that is off small. One that boots has a frame of
// that colour (small ones are of it, the lost ones half), one that waits a dot.
export function sprite(cell, pitch, colours, tall = pitch) {
  const look = lookOf(cell), state = stateOf(cell);
  const size = pitch - (pitch < 4 ? 0 : look === "untrusted" ? (pitch < 9 ? 0 : 1) : pitch < 9 ? 1 : Math.round(pitch / 7));
  const line = Math.max(1, Math.round(size / 6)), dot = Math.max(1, Math.floor(size / 3)), inner = Math.floor((size - dot) / 2);
  const ground = pixel(colours.ground), own = pixel(colours[state]), boots = pixel(colours.booting);
  const colour = (x, y) => {
    if (x >= size || y >= size + tall - pitch) return ground;
    const edge = x < line || y < line || x >= size - line || y >= size - line;
    const central = x >= inner && x < inner + dot && y >= inner && y < inner + dot;
    if (look === "booting" && size < 5) return state === "untrusted" && y >= tall / 2 ? own : boots;
    if (look === "booting") return edge ? boots : state === "none" ? ground : own;
    if (cell & WAITING && central) return boots;
    if (size < 6) return own;
    switch (state) {
      case "untrusted": return size >= 10 && !edge && Math.min(Math.abs(x - y), Math.abs(x + y - size + 1)) < size / 16 ? ground : own;
      case "locked": return edge || x + y >= size - 1 ? own : ground;
      case "none": return edge ? own : ground;
      case "off": return x >= line && y >= line && x < size - line && y < size - line ? own : ground;
      default: return own;
    }
  };
  return Uint32Array.from({ length: pitch * tall }, (_, k) => colour(k % pitch, Math.floor(k / pitch)));
}

// sprites are those of all cells that there are.
export const sprites = (pitch, colours, tall) => Array.from({ length: 2 * WAITING }, (_, cell) => sprite(cell, pitch, colours, tall));
