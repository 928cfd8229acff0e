// Try it: what a newcomer does to have phones lose their trust and get it back. Each
// thing is ticked off by what is really the case, and a mistake is answered. All
// here is computed; try-view.js shows it.

// units that have to change, each on every node.
const changed = (p, s, unit) => s.nodes.every((n) => n[unit] !== p.base[n.name]?.[unit]);
const certificates = (s) => Object.fromEntries(s.nodes.map((n) => [n.name, { CallManager: n.CallManager, TVS: n.TVS }]));
const guarded = (s) => s.nodes.filter((n) => n.guard > s.now);
const all = (s, state) => s.on === s.total && s.still && s[state] === s.total;
const publisher = (s) => s.nodes.find((n) => n.publisher) ?? s.nodes[0];

// todo are the things to do, in their order. A button does one, and where says what
// else does.
export const todo = [
  { key: "off", text: "Power off all phones, so that they miss what follows.", where: "above the wall" },
  { key: "CallManager", text: "Regenerate CallManager on every node: it signs the phones' lists.", where: "in the panel Cluster" },
  { key: "wait", text: "Let six minutes pass: CUCM wants five between two certificates of a node.", where: "beside the clock" },
  { key: "TVS", text: "Regenerate TVS on every node: it would vouch for the new signer.", where: "in the panel Cluster" },
  { key: "on", text: "Power on all phones: they know nobody any more. Open one to read why.", where: "above the wall" },
  { key: "localkey", text: "Type utils itl reset localkey on the publisher: it signs the list with the recovery key, which every phone knows.", where: "the command line; it asks for the administrator's password" },
  { key: "reset", text: "Reset all phones: they fetch that list, and are back.", where: "above the wall" },
];
const at = (key) => todo.findIndex((t) => t.key === key);

// seen makes of the cells' tally, the cluster and its clock what decides here.
export function seen(tally, cluster, now) {
  const booting = Object.values(tally.booting).reduce((a, b) => a + b, 0);
  const time = (n, unit) => { const c = n.certificates.find((c) => c.unit === unit); return c?.modified ?? c?.not_before; };
  return {
    total: tally.total, on: tally.total - tally.off, lost: tally.untrusted, trusted: tally.trusted, still: booting + tally.waiting === 0, now,
    nodes: cluster.nodes.map((n) => ({ name: n.name, publisher: n.role === "publisher", CallManager: time(n, "CallManager"), TVS: time(n, "TVS"), ITLRecovery: time(n, "ITLRecovery"), guard: n.guard ? Date.parse(n.guard.until) : 0, only: n.guard?.unit, reset: !!n.reset_list })),
  };
}

// begin is how far somebody is who has done nothing yet.
export const begin = (s) => ({ done: 0, base: certificates(s), before: s, answer: "" });

// finished tells of each thing whether it is the case. What is done at once after
// another thing leaves no trace of that which ends by itself: TVS that is new shows that
// the five minutes have passed.
const finished = {
  off: (p, s) => s.on === 0,
  CallManager: (p, s) => changed(p, s, "CallManager"),
  wait: (p, s) => guarded(s).every((n) => n.TVS !== p.base[n.name]?.TVS),
  TVS: (p, s) => changed(p, s, "TVS"),
  on: (p, s) => all(s, "lost"),
  localkey: (p, s) => publisher(s).reset,
  reset: (p, s) => all(s, "trusted"),
};

// setback is what undoes something that was done: how much is done then, and why.
function setback(p, s) {
  if (p.done > at("off") && p.done <= at("on") && s.still && s.trusted) {
    return [at("off"), early(p) || "They follow: the list was signed by a key that they know. Begin anew, without a reset of the list meanwhile."];
  }
  if (p.done === at("reset") && p.before.nodes.some((n) => n.reset) && !publisher(s).reset) {
    return [at("localkey"), "A restart of Cisco Tftp ends the reset list: CallManager signs again, whom the phones do not know. Once more utils itl reset localkey, and reset the phones before TFTP restarts."];
  }
  return null;
}

// early is what is said to who powers phones on before both certificates have changed.
function early(p) {
  if (p.done === at("CallManager")) return "The phones are on again: they will follow what changes now. Power them off first.";
  return p.done < at("on") ? "That was too early: a TVS that the phones know still runs, and vouches for the new signer, so they follow. Power them off once more; both certificates have to change while they are." : "";
}

// mistake answers what was done, by what changed or by what was asked for, "" where
// it was none.
function mistake(p, s, acts) {
  const renewed = (n, unit) => n[unit] !== p.before.nodes.find((b) => b.name === n.name)?.[unit], anew = (unit) => s.nodes.some((n) => renewed(n, unit));
  const did = (pattern) => acts.some((a) => pattern.test(a));
  const signed = publisher(s).reset && !publisher(p.before).reset && p.done < at("localkey");
  // The cells are told sooner than the cluster: a second look has the certificates, too.
  if (p.done > at("off") && p.done < at("on") && s.on && p.before.on) return early(p);
  if (p.done === at("off") && (anew("CallManager") || anew("TVS"))) return "The phones are still on: they will follow this change. Power them off first; then change certificates.";
  if (signed && s.on === 0) return "A reset of the list before power on: nobody has lost anything yet. The phones would find the list signed by the recovery key, and follow. Restart Cisco Tftp on both nodes to end it, and go on.";
  if (signed) return "Nobody has lost anything yet, so there is nothing to bring back. The phones know the recovery key, and follow.";
  if (did(/System > Enterprise Parameters > Reset/)) {
    if (s.on === 0) return "The phones are off: a reset before power on reaches nobody.";
    if (p.done === at("localkey")) return "A reset alone brings nobody back: the phones are offered the same list, and refuse it once more. First utils itl reset localkey on the publisher.";
  }
  const refused = guarded(s).find((n) => ["CallManager", "TVS", "ITLRecovery"].some((unit) => unit !== n.only && !renewed(n, unit) && did(new RegExp(`on ${n.name}: *set +cert +regen +${unit}\\b`, "i"))));
  if (refused) return `CUCM wants five minutes between two certificates of a node, and ${refused.name} has a new one: let six minutes pass, beside the clock.`;
  if (s.nodes.some((n) => n.publisher && renewed(n, "ITLRecovery"))) return "ITLRecovery is the key in reserve, and now it is new: it is no way back for phones that do not hold a list with the new one. Back to start begins afresh.";
  if (s.nodes.some((n) => !n.publisher && did(new RegExp(`on ${n.name}: *utils +itl +reset +localkey`)))) return "Only the publisher has the recovery key: the subscriber refuses the command.";
  if (p.done === at("wait") && p.before.nodes.length && anew("CallManager")) return "CallManager is new once more, and the five minutes begin anew.";
  if (p.done === at("on") && s.on && s.on < s.total && s.still) return "Some phones are on, others are not: power on all.";
  return "";
}

// advance is how far somebody is, by what is the case now and what was done since.
// An answer stays until something further is done. What became of the phones decides: those
// that are all lost have missed what they were to miss, in whatever way that was done; and where
// some are lost a list that the recovery key has signed brings them back.
export function advance(p, s, acts = []) {
  let { done, base, answer } = p, back = null;
  if (done < at("on") && finished.on(p, s)) [done, answer] = [at("on"), ""];
  else if (done < at("localkey") && s.lost && publisher(s).reset) [done, answer] = [at("localkey"), ""];
  else if ((back = setback(p, s))) [done, answer] = back;
  else answer = mistake(p, s, acts) || answer;
  while (done < todo.length && finished[todo[done].key]({ ...p, base }, s)) {
    if (todo[done].key === "off") base = certificates(p.before.on ? p.before : s); // what they had seen
    done++;
    if (!back) answer = "";
  }
  return { done, base, before: s, answer };
}
