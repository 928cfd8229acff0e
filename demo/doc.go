// Package demo is the live page: a cluster and its phones in a browser, on
// which a person who has never seen an ITL watches trust being lost and
// restored, and an engineer tries anything.
//
//	round    the lab of a scenario (api.Lab), from the start to "back to start"
//	 ├─ wall       what every phone looks like from afar, its story (fleet.Observer)
//	 ├─ journal    alarms and what administrators did
//	 ├─ console    a node's command line, shared by all who look at it
//	 ├─ charts     states, boots and TVS questions over time
//	 └─ player     the scenario, played step by step as a tour
//	Server   serves the page (page/), its events and its commands, and the API with the
//	         metrics; each only where it has an address
//
// A tour is any scenario; where its steps have a `says`, that is told. Without
// one the page shows the cluster and the phones of bulk-reset, for people to act
// on. In virtual mode network and clock are simulated, and only the command line
// over SSH can be reached from outside.
//
// A page gets a snapshot when it connects and then only what changed. Every
// source counts its changes, and each page keeps how many it has seen of each: ten
// times a second it is sent what is newer. Nothing is queued for a page, so one
// that is slow costs no memory and gets fewer, larger changes, and the
// simulation never waits for one.
//
// Everything that changes the cluster goes through the nodes' command line
// ([cli.Run]) where it has a command for it; the buttons type it.
package demo
