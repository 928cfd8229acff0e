// How a phone is drawn. Shape tells its states apart as well as colour does.

import { css } from "./util.js";
import { BOOTING, stateOf, states } from "./states.js";

export function palette() {
  const p = { panel: css("--panel") };
  for (const s of states) p[s.key] = css("--" + s.key);
  return p;
}

// A Sheet holds a picture of every cell there is: to copy one is many times
// faster than to draw it.
export class Sheet {
  // ready draws the pictures of a size, where it has others.
  ready(size) {
    const scale = window.devicePixelRatio || 1, key = [size, scale, document.documentElement.dataset.theme].join();
    if (this.key === key) return;
    Object.assign(this, { key, scale, size, side: Math.ceil((size + 2) * scale) });
    this.canvas = new OffscreenCanvas(16 * this.side, this.side);
    const g = this.canvas.getContext("2d"), colours = palette();
    for (let c = 0; c < 16; c++) { g.setTransform(scale, 0, 0, scale, c * this.side, 0); draw(g, c, 1, 1, size, colours); }
  }

  paint(g, cell, x, y) {
    const { side, scale, size } = this;
    g.clearRect(x - 1, y - 1, size + 2, size + 2); // with the ends of a cross
    g.drawImage(this.canvas, (cell & 15) * side, 0, side, side, x - 1, y - 1, side / scale, side / scale);
  }
}

// draw one phone: trusted a full square, locked half of one, untrusted a cross
// in a frame, without a list a frame, off a dot. One that boots is hollow in its
// middle.
export function draw(g, cell, x, y, size, colours) {
  const state = stateOf(cell), c = colours[state];
  g.clearRect(x - 1, y - 1, size + 2, size + 2); // with the ends of a cross
  g.fillStyle = g.strokeStyle = c;
  const line = Math.max(1, size / 7);
  g.lineWidth = line;
  switch (state) {
    case "trusted":
      g.fillRect(x, y, size, size);
      break;
    case "locked":
      g.beginPath();
      g.moveTo(x, y + size); g.lineTo(x + size, y + size); g.lineTo(x + size, y);
      g.closePath(); g.fill();
      g.strokeRect(x + line / 2, y + line / 2, size - line, size - line);
      break;
    case "untrusted":
      if (size >= 7) g.strokeRect(x + line / 2, y + line / 2, size - line, size - line);
      g.beginPath();
      g.moveTo(x, y); g.lineTo(x + size, y + size);
      g.moveTo(x + size, y); g.lineTo(x, y + size);
      g.lineWidth = Math.max(1, size / 5);
      g.stroke();
      break;
    case "none":
      g.strokeRect(x + line / 2, y + line / 2, size - line, size - line);
      break;
    default: {
      const d = Math.max(1, size / 3);
      g.fillRect(x + (size - d) / 2, y + (size - d) / 2, d, d);
    }
  }
  if (cell & BOOTING) {
    const d = Math.max(1, size / 2.5);
    g.fillStyle = colours.panel;
    g.fillRect(x + (size - d) / 2, y + (size - d) / 2, d, d);
  }
}
