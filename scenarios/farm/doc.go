// Package farm has many machines play the shards of one run, or have the phones of one. In virtual
// time the engine is NATS with JetStream, and does what an engine does: it hands shards out,
// notices who died, hands theirs out again, and keeps results.
//
//	run's command ─ spec, files ─→ object store itlsim-files ─→ worker
//	              ─ shards ──────→ stream itlsim-shards ──────→   │ plays one
//	              ←─ parts ─────── object store itlsim-parts ←────┘
//
// A shard waits under itlsim.shard.BUILD.RUN.I in a work queue. A worker pulls those of its
// own build, says five times in an AckWait that it is still at it, puts what became of it as
// object RUN.I, and acknowledges it then. Whoever is killed, stalls or is cut off has his
// shard given to another, three times in all; a shard done twice gives the same bytes.
// RUN is the hash of the [Spec], of which a report is a function: so the same command finds
// the parts that are there.
//
// A run on sockets is another thing: all phones act on one cluster, so the workers of a [Crew] are
// settled when it begins, and each order is done by all before the next ([Crew.OrderEach], [Hand]):
// those of a scenario's run are of package scenarios ([ScenarioKind]). A
// worker asks, once a second, and the answer is its order: so each knows that the other is there.
// Who is lost is lost with its phones; who is out of contact is silent before it counts as lost.
//
// [Farm.Run] is the run's command, [Worker] a worker, [Place] where they meet. Package host
// embeds a server, and alone imports one. The zero values of [Options] and of
// [Worker] but for Play are a run and a worker that say nothing; a zero [Place] leads nowhere.
package farm
