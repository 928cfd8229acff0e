// Package trust draws who trusts whom in a lab: at left the keys that phones hold in their
// lists, at right those that the nodes show now, and a line wherever a key at left vouches
// for what stands at right.
//
//	phones ─▶ Census ─▶ groups: phones that hold the same lists ─┐
//	                                                             ├─▶ Picture
//	nodes ──────────────▶ what each signs with and shows ────────┘
//
// It decides nothing about trust itself. Whether a phone would take a node's file, and by
// what, the firmware says: it is given the lists, the configuration and the file, in a boot of
// its own ([phone.Try]), and the nodes' TVS answer it. What a node shows, the cluster says.
//
// A [Census] is told of phones as they change, which costs little for each ([Census.Look]).
// Phones that would judge alike are judged once, and again only when a node shows something
// else: so the picture of 40,000 phones may be drawn many times a second. It has no clock and
// no goroutine. The zero Census is of no use: [New] makes one.
package trust
