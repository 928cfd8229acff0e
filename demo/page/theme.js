// Light or dark: as was chosen on the page, or as the system has it.

import { paint } from "./colours.js";

const root = document.documentElement;

// dress puts the theme on a page.
export function dress() {
  root.dataset.theme = localStorage.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  paint();
}

// turn chooses the other one.
export function turn() {
  localStorage.theme = root.dataset.theme === "dark" ? "light" : "dark";
  dress();
}
