// Package demo is the live page: a cluster and its phones in a browser, on
// which a person who has never seen an ITL watches trust being lost and
// restored, and an engineer tries anything.
//
//	page/    the page's modules; api.js alone speaks with the server
//	Server   serves the page and, at the same address, the API that it uses (scenarios/api);
//	         the API for programs; each only where it has an address
//	Watched  serves them for a run, which is only looked at
//	live.Lab the lab of a scenario, from the start to "back to start"
//
// A tour is any scenario; where its steps have a `says`, that is told. Without
// one the page shows the cluster and the phones of bulk-reset, for people to act
// on. In virtual mode network and clock are simulated, and only the command line
// over SSH can be reached from outside.
//
// Buttons are acts in the sentences of scenario files, and take turns with tours and programs.
package demo
