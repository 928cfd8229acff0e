// What is drawn anew again and again, and pressed: an element that is replaced while a button of
// the mouse is down on it gets no click.

let pressed = null; // the element
const late = new Map(); // by place, how it is to be drawn

addEventListener("pointerdown", (e) => { pressed = e.target; }, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(release), true); // after the click

function release() {
  pressed = null;
  const draws = [...late.values()];
  late.clear();
  for (const draw of draws) draw();
}

// whenReleased draws a place, while something in it is pressed as soon as that has had its click.
export function whenReleased(place, draw) {
  if (pressed && place.contains(pressed)) late.set(place, draw);
  else { late.delete(place); draw(); }
}
