// Pictures of whole stories, recorded by the tests of package lab/trust.

import { readFileSync } from "node:fs";

export const stories = ["bulk-reset", "release-12.5-inverted", "mixed-mode", "no-recovery-record"];
export const moments = (story) => JSON.parse(readFileSync(new URL(`../../../lab/trust/testdata/${story}.json`, import.meta.url), "utf8"));

// after is the moment of bulk-reset in which an act has been done for the n-th time.
export function after(act, n = 1) {
  const found = moments("bulk-reset").filter((m) => m.act === act);
  if (!found[n - 1]) throw new Error(`no ${act}`);
  return found[n - 1].picture;
}

// of is the group of a picture that asks a node.
export const of = (picture, node) => picture.groups.find((g) => g.asks.some((a) => a.node === node));
