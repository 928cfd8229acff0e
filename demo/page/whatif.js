// What would happen if …: before a command is run that changes certificates, the
// page has it rehearsed, and shows beside the button what would become of the
// phones.

import { el, number } from "./util.js";

// standIn is the password that stands for the lab's own where the page is not told
// that.
const standIn = "ciscocisco";

// plan is a command as an act, with the answers to its questions: a password to a
// reset of lists, and yes to whatever else asks whether it is to go on.
export function plan(node, line, password) {
  const asksPassword = /^utils\s+itl\s+reset\s+localkey\b/.test(line.trim());
  return { do: [`on ${node}: ${line.trim()}`], answers: asksPassword ? [password || standIn] : ["yes"] };
}

// parts are a sentence's, and of what follows it, of which those between grave accents
// are commands: the first is none, and then every other one is.
export function parts(sentence, more = "") {
  const text = sentence && sentence[0].toUpperCase() + sentence.slice(1);
  return ((/[.?!]$/.test(text) || !text ? text : text + ".") + more).split("`");
}

// weight is how grave an answer is: bad where phones would be lost, and where those that
// would be at their next boot are to boot.
export const weight = (answer, boots) => (answer.lost || (boots && answer.anyway) ? "bad" : "good");

// boot is what there is to say of a plan that has phones boot: a rehearsal counts apart
// who is lost by that alone.
export const boot = (answer, boots) => (boots && answer.anyway ? " This is that boot, for those that are on." : "");

const listed = 8; // groups, at most

// byGroup tells how many phones of each group would be lost, and what would cure them
// where not all have the same cure; nothing where there is but one group to tell of.
export function byGroup({ losses, left_out: more = 0 }, most = listed) {
  const one = losses.every((l) => l.cure === losses[0].cure), groups = new Map();
  for (const l of losses) {
    const key = one ? l.group : `${l.group}\n${l.cure}`, g = groups.get(key) ?? { group: l.group, cure: one ? "" : l.cure, phones: 0 };
    groups.set(key, { ...g, phones: g.phones + l.phones });
  }
  const all = [...groups.values()].sort((a, b) => b.phones - a.phones);
  if (all.length + more < 2) return [];
  const rest = all.slice(most).reduce((n, g) => n + g.phones, more), lost = (n) => `${number(n)} lost`;
  return [...all.slice(0, most).map((g) => `${g.group}: ${lost(g.phones)}${g.cure && "; " + g.cure}`), ...(rest ? [`others: ${lost(rest)}`] : [])];
}

// same tells whether two views of the cluster are of the same certificates, lists and
// services: what was told of one is true of the other.
export function same(a, b) {
  const decides = (v) => JSON.stringify(v.nodes.map(({ name, certificates, services, itl }) => ({ name, certificates, services, itl })));
  return decides(a) === decides(b);
}

// An answer may stand below its button at the window's edge.
const bring = (place) => place?.scrollIntoView({ block: "nearest" });
const inSight = (place) => { const r = place?.getBoundingClientRect(); return r && r.bottom > 0 && r.top < innerHeight; };

// A WhatIf keeps what was told, by what it was asked of, until the cluster is another.
export class WhatIf {
  constructor(rehearse) {
    this.rehearse = rehearse; // of the API
    this.told = new Map();
    this.shown = new Map(); // elements that show it, of now
  }

  // forget lets go of what was told and of what is asked: somebody acts.
  forget() {
    this.told.clear();
    for (const key of this.shown.keys()) this.show(key);
  }

  // changed lets go of what was told: the cluster is another now. What is being asked is asked
  // once more.
  changed() {
    for (const [key, told] of this.told) {
      if (told.busy) told.again = true; else this.told.delete(key);
    }
    for (const key of this.shown.keys()) this.show(key);
  }

  // ask has a plan rehearsed, and shows what would happen.
  async ask(key, plan) {
    const asked = { busy: true, parts: ["Rehearsing …"] };
    this.told.set(key, asked);
    this.show(key);
    bring(this.shown.get(key));
    let answer;
    do {
      asked.again = false;
      try {
        const r = await this.rehearse(plan.do, plan.answers);
        answer = { parts: parts(r.says, boot(r, plan.boots)), weight: weight(r, plan.boots), groups: byGroup(r) };
      } catch (e) {
        answer = { parts: [e.message] };
      }
    } while (asked.again && this.told.get(key) === asked);
    if (this.told.get(key) !== asked) return; // it was let go, or asked anew
    this.told.set(key, answer);
    const seen = inSight(this.shown.get(key)); // else somebody looks elsewhere now
    this.show(key);
    if (seen) bring(this.shown.get(key));
  }

  // button asks what would happen; it may be made anew as often as the panel is.
  button(key, label, plan) {
    return el("button", { class: "small", type: "button", "data-key": "whatif-" + key, "aria-label": label, onclick: () => this.ask(key, plan()) }, "What if?");
  }

  // place is where the answer to that is shown.
  place(key) {
    const place = el("div", { class: "whatif", role: "status", "data-whatif": key });
    this.shown.set(key, place);
    this.show(key);
    return place;
  }

  show(key) {
    const place = this.shown.get(key), told = this.told.get(key);
    place.hidden = !told;
    place.setAttribute("aria-busy", Boolean(told?.busy));
    place.dataset.weight = told?.weight ?? "";
    const words = (parts) => parts.map((text, i) => (i % 2 ? el("code", {}, text) : text));
    place.replaceChildren(...words(told?.parts ?? []), told?.groups?.length ? el("ul", {}, ...told.groups.map((g) => el("li", {}, ...words(g.split("`"))))) : "");
  }
}
