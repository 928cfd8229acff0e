// Package api lets programs in any language play with a lab over HTTP, in the sentences of
// scenario files: acts and expectations in, what a step's report says out, as JSON.
//
//	POST /api/v1/acts, /expect ─→ live.Lab.Turn ─→ scenarios.Player     one at a time
//	GET  /api/v1/cluster, /nodes/…, /phones…, /alarms, /log         at any time
//	GET  /api/v1/events ←─ live.Events ←─ phones, logs, acts        the last so many
//	GET  /api/v1/watch  ←─ live.Watch  ←─ all that is drawn         what has changed since
//	POST /api/v1/labs ─→ live.Labs ─→ all of the above of another lab, under /labs/ID
//
// Sentences are parsed and judged by the code that plays files ([scenarios.Player]); one that
// is not understood is answered with its column and the nearest word, and nothing is done.
// [New] gives the handler; who may use it is its caller's business (package internal/guard).
//
// A lab and those who act on it are package live's. A [Config] without a lab is of no use.
package api
