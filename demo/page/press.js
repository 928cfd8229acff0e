// What is drawn anew again and again, and pressed: an element that is replaced while a button of
// the mouse, or the space bar, is down on it gets no click.

let pressed = null; // the element
const shown = new WeakMap(), late = new Map(); // by place: what it shows, as text, and what is to be drawn

addEventListener("pointerdown", (e) => { pressed = e.target; }, true);
addEventListener("keydown", (e) => { if (e.key === " ") pressed = e.target; }, true); // it clicks when it comes up
for (const end of ["pointerup", "pointercancel", "keyup"]) addEventListener(end, () => setTimeout(release), true); // after the click
addEventListener("blur", release); // of the window, which hears of no end then

function release() {
  pressed = null;
  const draws = [...late.values()];
  late.clear();
  for (const draw of draws) draw();
}

// holds tells whether something in a place is pressed.
export const holds = (place) => !!pressed && place.contains(pressed);

// redraw has a place show something, where it does not yet; while something in it is pressed as
// soon as that has had its click.
export function redraw(place, what, draw) {
  const text = JSON.stringify(what);
  late.delete(place);
  if (text === shown.get(place)) return;
  if (holds(place)) return void late.set(place, () => redraw(place, what, draw));
  shown.set(place, text);
  draw();
}
