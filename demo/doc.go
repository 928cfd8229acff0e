// Package demo is the live page: a cluster and its phones in a browser, on
// which a person who has never seen an ITL watches trust being lost and
// restored, and an engineer tries anything.
//
//	live.Lab  the lab of a scenario, from the start to "back to start"
//	Server    serves the page (page/), its events and its commands, and the API with the
//	          metrics; each only where it has an address
//
// A tour is any scenario; where its steps have a `says`, that is told. Without
// one the page shows the cluster and the phones of bulk-reset, for people to act
// on. In virtual mode network and clock are simulated, and only the command line
// over SSH can be reached from outside.
//
// Everything that changes the cluster goes through the nodes' command line
// ([cli.Run]) where it has a command for it; the buttons type it.
package demo
