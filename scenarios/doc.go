// Package scenarios runs scenarios and judges them: a cluster, a fleet of
// phones, steps, and expectations that count phones.
//
// A step does something (an administrator's command exactly as typed, an act on
// phones, a wait on the scenario clock), lets the phones settle, and states
// what is then expected. [Run] carries a scenario out and gives a [Report],
// which prints as text, JSON, JUnit XML and HTML.
//
// Scenarios are files: the catalogue's under catalogue/, and users' own. A file
// plays in either world, over real sockets or over a simulated network.
//
// Waits cost no time: over sockets the scenario clock runs with the wall clock
// and is moved forward by them; in the simulated world it is simulated too.
//
// [Open] puts up the [Stage] alone, for who plays steps of their own. On a [Live]
// stage, which people look at and act on, time passes by itself.
package scenarios
