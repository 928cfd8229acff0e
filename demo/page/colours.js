// The colours of phones, given here and nowhere else: a strong one for what is
// wrong, calm ones for what is well, in their order also where there is no
// colour (test/colours.test.js computes it).

// ground is what the wall stands on. Against it a lost phone has the most
// contrast, then one that is locked, one that boots, a trusted one, one without
// a list, and one that is off the least.
export const palettes = {
  light: { ground: "#ffffff", untrusted: "#ad0015", locked: "#c46200", booting: "#5f99f3", trusted: "#7cc4b4", none: "#c9d0d8", off: "#e6e9ed" },
  dark: { ground: "#14181d", untrusted: "#ff7a66", locked: "#a5690b", booting: "#325ca1", trusted: "#184f48", none: "#2f3741", off: "#20262d" },
};

// theme is which of the two the page shows.
export const theme = () => (document.documentElement.dataset.theme === "dark" ? "dark" : "light");

// paint gives the style sheet the colours of the theme, as --phone-untrusted and
// so on.
export function paint() {
  for (const [name, colour] of Object.entries(palettes[theme()])) document.documentElement.style.setProperty("--phone-" + name, colour);
}

// pixel gives a colour as it stands in an image's memory, read as 32 bits.
export const pixel = (hex) => (0xff << 24 | parseInt(hex.slice(5, 7), 16) << 16 | parseInt(hex.slice(3, 5), 16) << 8 | parseInt(hex.slice(1, 3), 16)) >>> 0;
