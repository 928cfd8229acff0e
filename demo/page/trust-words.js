// The trust picture in words: what is drawn of a group of phones, in sentences
// which stand under the picture and in its place.

import { keyOf, show, vouching, nodeOf } from "./trust.js";

const number = (n) => n.toLocaleString("en-US");
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const list = (names) => (names.length < 2 ? names.join("") : names.slice(0, -1).join(", ") + " and " + names.at(-1));

// speech is how a group is spoken of. Phones that are off do nothing now: they would.
function speech(g, phone) {
  const one = phone || g.phones === 1, off = g.states.off === g.phones;
  const does = (verb) => (off ? "would " + verb : one ? verb + "s" : verb);
  return { off, does, ...one ?
    { subject: phone ? "This phone" : "This one phone", they: "it", their: "its", them: "it", hold: "holds", do: "does", are: "is", know: "knows", s: "s" } :
    { subject: `These ${number(g.phones)} phones`, they: "they", their: "their", them: "them", hold: "hold", do: "do", are: "are", know: "know", s: "" } };
}

// held says which keys of the lists can vouch for anything.
function held(p, g) {
  const nodes = { CallManager: [], TVS: [] };
  let recovery = false;
  for (const h of g.holds) {
    const k = keyOf(p, h.key);
    if (k.unit === "ITLRecovery") recovery = true;
    else if (nodes[k.unit] && !nodes[k.unit].includes(k.node || k.subject)) nodes[k.unit].push(k.node || k.subject);
  }
  const parts = Object.entries(nodes).filter(([, of]) => of.length).map(([unit, of]) => `the ${unit} key${of.length > 1 ? "s" : ""} of ${list(of)}`);
  if (recovery) parts.push("ITLRecovery");
  return parts.length > 2 ? parts.slice(0, -1).join(", ") + ", and " + parts.at(-1) : list(parts);
}

// whyNoTVS says why none vouches.
function whyNoTVS(p, g, w, it) {
  if (!g.tvs.length) return `${w.they} ${w.hold === "hold" ? "have" : "has"} no TVS to ask`;
  const states = g.tvs.map((node) => {
    const line = g.lines.find((l) => l.node === node && l.what === "TVS");
    return { node, kind: line?.kind ?? "none", on: show(p, node, "TVS")?.on };
  });
  const known = states.filter((s) => s.kind === "holds");
  const answering = known.filter((s) => s.on);
  if (answering.length) return `the TVS of ${list(answering.map((s) => s.node))}, which ${w.they} ${w.know}, does not vouch for ${it}`;
  if (known.length) return `no TVS that ${w.they} ${w.know} answers`;
  if (states.every((s) => s.kind === "broken")) return `${states.length > 1 ? "every" : "the"} TVS that could vouch for ${it} has a new key too`;
  return `${w.their} list has no key of a TVS that could vouch for ${it}`;
}

// situations of the nodes that the phones ask; nodes of which the same can be said
// are told together.
function situations(p, g) {
  const all = [];
  for (const { node } of g.asks) {
    const s = show(p, node, "signer") ?? show(p, node, "CTL");
    const lines = s ? vouching(g, node, s.what) : [];
    const is = { nodes: [node], reset: nodeOf(p, node).reset, key: s?.key, kind: lines[0]?.kind ?? "lost", by: [...new Set(lines.map((l) => l.by).filter(Boolean))], phones: lines.reduce((n, l) => n + l.phones, 0) };
    if (!s?.on) is.kind = "silent";
    else if (!s.key) is.kind = "unsigned";
    const same = all.find((o) => o.kind === is.kind && o.key === is.key && o.by.join() === is.by.join());
    if (same) same.nodes.push(node); else all.push(is);
  }
  return all;
}

function about(p, g, is, w) {
  const who = list(is.nodes), many = is.nodes.length > 1, unit = keyOf(p, is.key)?.unit ?? "signing";
  const signs = `${who} ${many ? "sign their lists" : "signs its list"} with`;
  const renewed = g.lines.some((l) => l.kind === "broken" && l.what === "signer" && is.nodes.includes(l.node));
  const a = renewed ? "a new" : unit === "ITLRecovery" ? "an" : "a";
  const lost = g.states.untrusted + g.states.locked > 0;
  switch (is.kind) {
    case "silent": return `${who} ${many ? "do" : "does"} not answer: ${w.they} ${w.hold === "hold" ? "keep" : "keeps"} what ${w.they} ${w.hold}.`;
    case "unsigned": return `${who} ${many ? "serve lists" : "serves a list"} that nobody signed whom this picture knows.`;
    case "holds": return `${signs} the ${unit} key that ${w.they} ${w.hold}: ${w.they} ${w.does("take")} it.`;
    case "recovery": return lost ?
      `${signs} ITLRecovery, which ${w.they} still ${w.know}: when ${w.they} ${w.are} reset, ${w.they} ${w.does("take")} it and ${w.does("come")} back.` :
      `${signs} ITLRecovery, which ${w.their} list holds: ${w.they} ${w.does("take")} it.`;
    case "round": return `${signs} ${a} ${unit} key that ${w.they} ${w.do} not know. ${capital(w.they)} ${w.does("ask")} TVS: ${is.by.length > 1 ? `those of ${list(is.by)}, whose keys ${w.they} ${w.know}, vouch` : `that of ${list(is.by)}, whose key ${w.they} ${w.know}, vouches`} for it. So ${w.they} ${w.does("follow")}.`;
  }
  return `${signs} ${a} ${unit} key that ${w.they} ${w.do} not know, and ${whyNoTVS(p, g, w, "it")}.`;
}

// outcome says what becomes of phones that have nobody who vouches, and the way
// back.
function outcome(p, g, w) {
  const t = g.states, bad = t.untrusted + t.locked;
  const parts = [];
  if (w.off) parts.push(`${capital(w.they)} ${w.are} off; when ${w.they} start${w.s}, ${w.they} will refuse it.`);
  else if (bad) parts.push(bad === g.phones ? `So ${w.they} refuse${w.s} it and ${w.are} ${t.untrusted ? "lost" : "locked"}.` : `${number(bad)} of them have refused it and are ${t.untrusted ? "lost" : "locked"}.`);
  const key = keyOf(p, g.reset_key);
  if (key) parts.push(`One key still connects ${w.them} with the cluster: ${key.unit}${key.unit === "ITLRecovery" ? "" : " of " + key.node}. \`utils itl reset localkey\` signs with that one.`);
  else if (g.holds.length) parts.push(`No key that \`utils itl reset localkey\` could sign with is in ${w.their} list.`);
  return parts.join(" ");
}

// words of a group of a picture, as one text.
export const words = (p, g, phone) => paragraphs(p, g, phone).join(" ");

// paragraphs are what the lists hold, how each node's list is taken, and what comes of
// it; phone: the group is one phone that is looked at.
export function paragraphs(p, g, phone = false) {
  const w = speech(g, phone);
  if (g.faith) return [`${w.subject} ${w.hold} ${g.itl_sha1 || g.ctl_sha1 ? "a list without keys of servers" : "no list"}: ${w.they} ${w.does("believe")} the next one that ${w.they} ${w.are} offered, whoever signed it.`];
  const parts = [`${w.subject} ${w.hold} ${held(p, g) || "a list of which no key counts here"}.`];
  const all = situations(p, g);
  for (const is of all) {
    parts.push(about(p, g, is, w));
    if (is.phones && is.phones < g.phones && all.length === 1) parts.push(`This goes for ${number(is.phones)} of them.`);
  }
  if (all.some((is) => is.kind === "lost" || is.kind === "unsigned")) parts.push(outcome(p, g, w));
  const strange = g.asks.map((a) => a.node).filter((node) => show(p, node, "CallManager")?.on && vouching(g, node, "signer").length && !vouching(g, node, "CallManager").length);
  if (strange.length && all.every((is) => is.kind === "holds" || is.kind === "round")) {
    parts.push(`Of ${list(strange)} ${w.they} ${w.off ? "would" : w.do} not take configurations: nobody vouches for the key that signs them.`);
  }
  return parts.filter(Boolean);
}
