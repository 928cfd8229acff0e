// Package live is a scenario's lab that people and programs watch and act on, without HTTP.
//
//	Lab    cluster and phones (scenarios.Player), from [Open] to Close
//	 ├─ Turn       who plays steps or judges takes turns, with what is told of the phones then
//	 ├─ Events     each single thing that happens, the last so many, for programs
//	 ├─ wall       what every phone looks like from afar, what it was offered lately
//	 ├─ journal    alarms and what administrators did
//	 ├─ Console    a node's command line, shared by all who look at it
//	 ├─ charts     states, boots and TVS questions over time
//	 └─ Tour       the scenario, played step by step
//	Labs   labs that are open beside each other, by id
//	Run    a lab that a run plays in, for who watches alone
//	Watch  what of all that is new to somebody
//
// Who watches gets everything once and then only what changed. Every source counts its
// changes, and each [Watch] keeps how many it has seen of each. Nothing is queued for who
// watches, so one that is slow costs no memory and gets fewer, larger changes, and the
// simulation never waits for one.
//
// The zero value of a Lab is of no use; that of a Watch has been told nothing.
package live
