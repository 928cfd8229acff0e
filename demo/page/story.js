// The story of a tour: what the page tells of the step that is looked at, and which
// key steers it. Nothing here touches the page.

const bad = (step) => step.expectations.filter((e) => !e.passed);

// failure says how many expectations of a step do not hold.
function failure(step) {
  const many = bad(step).length, of = step.expectations.length;
  return of === 1 ? "What is expected does not hold" : `${many} of ${of} expectations ${many === 1 ? "does" : "do"} not hold`;
}

// status says where a tour stands, and what a person can do; of a run that is only
// watched, how far it is.
export function status(v, watching) {
  const step = v.steps[v.at];
  if (v.verdict) return "The run has ended: " + v.verdict;
  if (watching) return !step ? "The run begins." : v.running ? "It happens now." : "The run goes on by itself.";
  if (v.shown < v.at) return `You look back at the end of step ${v.shown + 1}. Next returns to now, step ${v.at + 1}.`;
  if (v.at < 0) return v.playing ? "It begins in a moment." : "Nothing is played yet. Next tells the first step; Play goes through all.";
  if (v.reading) return v.playing ? "Read on: it happens in a moment, or at Next." : "It has not happened yet. Next does it; Play goes on by itself.";
  if (v.running) return "It happens now.";
  if (v.failed) return "The tour cannot go on: " + v.failed;
  if (bad(step).length) return failure(step) + (over(v) ? ". This is the end of the tour." : ", so the tour stays here. Next goes on all the same.");
  if (over(v)) return "This is the end of the tour. Back looks at its steps.";
  return v.playing ? "It has happened. Look; the next step follows." : "Paused. Next tells the next step; Play goes on by itself.";
}

// over tells whether a tour has no further step.
export const over = (v) => !!v.failed || (v.at === v.steps.length - 1 && !v.running);

// scene is all that is told of the step that is looked at; of what is expected, what does not hold
// comes first.
export function scene(v, watching) {
  const step = v.steps[v.shown];
  const told = { status: status(v, watching), unmet: !!step && v.shown === v.at && (bad(step).length > 0 || !!v.failed) };
  if (!step) return { ...told, title: `${v.name}: ${v.shows}`, text: "", does: [], expected: [], moment: null };
  const judged = [...step.expectations].sort((a, b) => a.passed - b.passed);
  return {
    ...told, title: `${v.shown + 1}. ${step.name}`, text: step.says, does: step.do,
    expected: judged.length ? judged.map((e) => ({ text: e.text, mark: e.passed ? "held" : "failed", why: e.why ?? "" })) : step.expect.map((text) => ({ text, mark: "", why: "" })),
    moment: v.shown < v.at ? step.moment : null,
  };
}

// marks of the steps: failed, done, or none; and which one is looked at.
export const marks = (v) => v.steps.map((s, i) => ({
  name: s.name, current: i === v.shown, mark: bad(s).length ? "failed" : i < v.at || (i === v.at && !v.running) ? "done" : "",
}));

// steering is what a key does to a tour that there is: back, next, play or pause;
// null: nothing. Who types in a field, or uses a key that is a button's or a
// region's own, means that.
export function steering({ key, on, modified }, v) {
  if (!v || modified || on === "field") return null;
  if (key === "ArrowLeft") return v.shown > 0 ? "back" : null;
  if (key === "ArrowRight") return over(v) && v.shown === v.at ? null : "next";
  if (key === " " && on === "page") return over(v) ? null : v.playing ? "pause" : "play";
  return null;
}

// target tells what kind of thing has the focus when a key is pressed.
export function target(element) {
  const is = (selector) => element?.closest?.(selector);
  if (is("input, select, textarea, dialog, [role=application], [role=slider], [role=tab]")) return "field";
  return is("button, a, summary, [tabindex]") ? "control" : "page";
}
