// The headline: in one sentence, what is at stake. Its numbers add up: each phone
// is counted once, but for those that are told as being "of them".

import { parts } from "./states.js";

const number = (n) => n.toLocaleString("en-US");

// headline of a tally (states.js, count). What is lost comes first, then what
// boots, then the rest.
export function headline(t) {
  if (!t.total) return "There are no phones.";
  const p = parts(t);
  const told = [
    [p.untrusted, "is lost", "are lost", t.booting.untrusted],
    [p.booting, "is booting", "are booting", 0],
    [p.locked, "is locked", "are locked", 0],
    [p.none, "has no list yet", "have no list yet", 0],
    [p.trusted, "trusts the cluster", "trust the cluster", 0],
    [p.off, "is off", "are off", 0],
  ].filter(([n]) => n);
  const on = t.total - t.off, first = told[0][0];
  const subject = first === t.total && t.total > 1 ? `All ${number(first)} phones ` :
    first === on && t.off ? `All ${number(first)} phones that are on ` :
      `${number(first)} of ${number(t.total)} phones `;
  return told.map(([n, one, more, back], i) => {
    const subjectOf = i ? number(n) + " " : subject;
    const verb = n === 1 && !subjectOf.startsWith("All") ? one : more;
    return subjectOf + verb + (back ? `; ${back === n ? "all" : number(back)} of them ${back === 1 ? "is on its" : "are on their"} way back` : "");
  }).join("; ") + ".";
}

// A Speaker says the headline to those who listen to it rather than see it: when
// it stands still, and while it does not only now and then.
export class Speaker {
  constructor(say, { still = 1500, most = 15000 } = {}) { Object.assign(this, { say, still, most, last: -Infinity, said: "" }); }

  // hear is told the sentence as it is at a time, in milliseconds, also where it
  // is the same as before.
  hear(text, at) {
    if (text !== this.text) { this.text = text; this.since = at; }
    if (text === this.said || (at - this.since < this.still && at - this.last < this.most)) return;
    this.said = text;
    this.last = at;
    this.say(text);
  }
}
