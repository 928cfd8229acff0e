// Package scenarios runs scenarios and judges them: a cluster, a fleet of
// phones, steps, and expectations that count phones.
//
// A step does something (an administrator's command exactly as typed, an act on
// phones, a wait on the scenario clock), lets the phones settle, and states
// what is then expected. [Run] carries a scenario out and gives a [Report],
// which prints as text, JSON, JUnit XML and HTML.
//
// Scenarios are files: the catalogue's under catalogue/, and users' own. A file
// plays on real sockets or on a simulated network.
//
// [Open] makes a [Player] alone, for programs that play steps of their own: a lab
// (package lab) and what judges it. An [Act] and its JSON are data.
//
//	line of a file ─→ language ─→ Act ─→ Player ─→ lab
//	                            Expectation ─→ look ─→ findings ─→ judge
//
// The zero value of a [Scenario] has no cluster and cannot be run; that of
// [Options] runs a scenario on sockets, as package lab says.
package scenarios
