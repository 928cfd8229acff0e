// What was: how many phones were in which state over the scenario's time, and how
// that time is laid out on a strip. It computes only; strip.js draws.

import { said } from "./util.js";

const kept = 2000; // samples; of older ones every other is left out
const shares = 12; // a stretch in which nothing happens takes a twelfth of what happens, where it is more than twice that long

// layers are the states of a sample ({at_s, …}: seconds of the scenario, and how many
// phones are in each state), as they stand on each other: what is lost at the bottom.
export const layers = ["untrusted", "locked", "none", "trusted", "off"];

const same = (a, b) => a.booting === b.booting && layers.every((k) => a[k] === b[k]);

export class History {
  constructor() { this.samples = []; }

  // add takes samples in the order of time. Of those of one moment, as while the
  // clock stands still, the last one tells; of those that are the same, the first
  // and the last one do.
  add(samples) {
    for (const s of samples) {
      const [before, last] = [this.samples.at(-2), this.samples.at(-1)];
      if (last?.at_s >= s.at_s || (before && same(before, last) && same(last, s))) this.samples.pop();
      this.samples.push(s);
    }
    if (this.samples.length > kept) {
      const half = Math.floor(this.samples.length / 2);
      this.samples = this.samples.filter((_, i) => i % 2 === 0 || i >= half);
    }
  }

  // before is the sample in force at a time.
  before(at) {
    let from = 0, to = this.samples.length;
    while (from + 1 < to) { const mid = (from + to) >> 1; if (this.samples[mid].at_s <= at) from = mid; else to = mid; }
    return this.samples[from];
  }

  // axis is where each time has its place, from 0 to 1. Time is shown evenly while
  // something happens; longer stretches without are cut, and are its breaks.
  axis() {
    const stretches = []; // {from, to, still}
    for (let i = 1; i < this.samples.length; i++) {
      const [a, b] = [this.samples[i - 1], this.samples[i]], still = same(a, b), last = stretches.at(-1);
      if (still && last?.still) last.to = b.at_s; else stretches.push({ from: a.at_s, to: b.at_s, still });
    }
    // A long stretch at whose end something was different is one without, too:
    // then the clock was moved.
    const lengths = stretches.filter((s) => !s.still).map((s) => s.to - s.from).sort((a, b) => a - b);
    const usual = 10 * (lengths[Math.floor(lengths.length / 2)] ?? Infinity);
    const busy = lengths.reduce((n, l) => n + Math.min(l, usual), 0);
    const most = lengths.length ? busy / shares : Infinity;
    let width = 0;
    const points = stretches.map((s) => {
      const long = s.to - s.from, cut = long > 2 * most && (s.still || long > usual);
      const p = { ...s, at: width, wide: cut ? Math.min(long, most) : long, cut };
      width += p.wide;
      return p;
    });
    return new Axis(points.map((p) => ({ ...p, at: p.at / (width || 1), wide: p.wide / (width || 1) })), this.samples[0]?.at_s ?? 0);
  }
}

// An Axis leads from times to places and back.
class Axis {
  constructor(stretches, begin) { Object.assign(this, { stretches, begin, breaks: stretches.filter((s) => s.cut) }); }

  place(time) {
    const s = this.stretches.findLast((s) => s.from <= time);
    return s ? s.at + s.wide * Math.min(1, (time - s.from) / (s.to - s.from)) : 0;
  }

  time(place) {
    const s = this.stretches.findLast((s) => s.at <= place) ?? this.stretches[0];
    return s ? s.from + (s.to - s.from) * Math.min(1, Math.max(0, (place - s.at) / (s.wide || 1))) : this.begin;
  }
}

// ticks are what stands under a strip of so many pixels: where, and what. A
// break says how long it is, of those that are close the longest. A text takes so many pixels (apart) at most; one for which
// there is no room at the right (last) ends there.
export function ticks(axis, width, apart) {
  const tick = (x, text) => ({ x, text, last: x > width - apart }), from = (t) => (t.last ? t.x - apart : t.x);
  const found = [];
  const add = (t) => { if (found.every((f) => Math.abs(from(f) - from(t)) >= apart)) found.push(t); };
  for (const b of [...axis.breaks].sort((a, b) => b.to - b.from - (a.to - a.from))) add(tick((b.at + b.wide / 2) * width, said(b.to - b.from) + " pass"));
  for (let x = 0; x <= width - apart; x += apart) {
    const text = x ? "after " + said(axis.time(x / width) - axis.begin) : "start";
    if (found.at(-1)?.text !== text) add(tick(x, text));
  }
  return found;
}

// spread moves marks at these places apart, so that each can be read, and keeps
// them within the width while there is room.
export function spread(places, width, apart) {
  const found = [];
  places.forEach((x, i) => found.push(Math.max(x, i ? found[i - 1] + apart : 0)));
  for (let i = found.length - 1, most = width; i >= 0 && found[i] > most; i--, most -= apart) found[i] = most;
  return found;
}

// around leads from a moment's number (null: now) to another by a key; moments are
// so many. undefined: the key leads nowhere.
export function around(moment, moments, key) {
  const at = moment ?? moments;
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: moments, Escape: moments }[key];
  if (to === undefined) return undefined;
  const next = Math.min(moments, Math.max(0, to));
  return next === moments ? null : next;
}
