// The presenter's way to show the page: larger, without controls. It is in the
// address (#present), so that a window can be opened so.

const present = "#present";

export function presenter(button) {
  const show = () => {
    const on = location.hash === present;
    document.documentElement.classList.toggle("present", on);
    button.setAttribute("aria-pressed", on);
    dispatchEvent(new Event("resize"));
  };
  const toggle = () => { location.hash = location.hash === present ? "" : present; };
  button.addEventListener("click", toggle);
  addEventListener("hashchange", show);
  show();
  return toggle;
}
