// The headline: in one sentence, what is at stake. Its numbers add up: each phone
// is counted once, but for those that are told as being "of them".

import { count, parts, returning } from "./states.js";

const number = (n) => n.toLocaleString("en-US");

// headline of a tally (states.js, count), and of how many of the lost phones that boot
// are on their way back, where that is known: they believe what they will be offered, the
// others boot in vain. What is lost comes first, then what boots, then the rest.
export function headline(t, returning) {
  if (!t.total) return "There are no phones.";
  const p = parts(t);
  const told = [
    [p.untrusted, "is lost", "are lost"],
    [p.booting, "is booting", "are booting"],
    [p.locked, "is locked", "are locked"],
    [p.none, "has no list yet", "have no list yet"],
    [p.trusted, "trusts the cluster", "trust the cluster"],
    [p.off, "is off", "are off"],
  ].filter(([n]) => n);
  const on = t.total - t.off, first = told[0][0];
  const subject = first === t.total && t.total > 1 ? `All ${number(first)} phones ` :
    first === on && t.off ? `All ${number(first)} phones that are on ` :
      `${number(first)} of ${number(t.total)} phones `;
  const among = (n, one, more) => (n ? `; ${n === p.untrusted ? "all" : number(n)} of them ${n === 1 ? one : more}` : "");
  const vain = returning === undefined ? ["is booting", "are booting"] : ["boots in vain", "boot in vain"], back = returning ?? 0;
  return told.map(([n, one, more], i) => {
    const who = i ? number(n) + " " : subject;
    return who + (n === 1 && !who.startsWith("All") ? one : more);
  }).map((text, i) => text + (i || !p.untrusted ? "" : among(back, "is on its way back", "are on their way back") + among(t.booting.untrusted - back, ...vain)))
    .join("; ") + ".";
}

// stake is the headline of cells, with the lists that their phones hold where those are
// known (known.js).
export const stake = (cells, lists, tally = count(cells)) => headline(tally, lists ? returning(cells, lists.values, lists.believing) : undefined);

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
