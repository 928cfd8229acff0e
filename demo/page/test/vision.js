// How colours look to a meter, and to people who do not see all of them.

const channels = (hex) => [1, 3, 5].map((i) => {
  const v = parseInt(hex.slice(i, i + 2), 16) / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

const weigh = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

// luminance and contrast are those of WCAG 2.2.
export const luminance = (hex) => weigh(channels(hex));
export function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

// What is left of red, green and blue light to who lacks a kind of cones
// (Machado, Oliveira, Fernandes 2009, table 1, severity 1).
const lacking = {
  nothing: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
};
export const visions = [...Object.keys(lacking), "achromatopsia"];

const seen = (hex, vision) => {
  const c = channels(hex);
  if (vision === "achromatopsia") return Array(3).fill(weigh(c));
  return lacking[vision].map((row) => Math.min(1, Math.max(0, row.reduce((n, w, i) => n + w * c[i], 0))));
};

// lab is a colour's place in CIE L*a*b*, white as in sRGB.
function lab([r, g, b]) {
  const f = (t) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047), y = f(weigh([r, g, b])), z = f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

// distance of two colours as seen (CIE 1976): 2 is just noticed, side by side.
export function distance(a, b, vision = "nothing") {
  const [p, q] = [a, b].map((c) => lab(seen(c, vision)));
  return Math.hypot(...p.map((v, i) => v - q[i]));
}
