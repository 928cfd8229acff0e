// Package lab puts up a cluster and its phones, on real sockets or on a
// simulated network, and lets things happen to them.
//
// [Open] installs what a [Setup] describes: one cluster or two, groups of
// phones, SFTP servers. What happens then is done by the nodes' own commands
// ([Lab.Type]), by events of phones ([Lab.Send]), by services that stop and
// networks that lose what is sent ([Lab.Disturb]), and by time that passes
// ([Lab.Advance]). A lab describes and judges nothing: package scenarios does
// that.
//
//	Setup, Options ─→ Open ─→ Lab ─┬─ clusters   cucm
//	                               ├─ fleet      fleet/wire or fleet/virtual
//	                               └─ world      clock and network: sockets, or simulated
//
// Waiting costs no time: on sockets the lab's clock runs with the wall clock
// and is moved forward by waits; on the simulated network it is simulated too.
// In a [Live] lab, which people watch and act on, time passes by itself.
//
// The phones may be in other processes: a [Crew] has them then, in labs that
// follow this one ([Options.Crew], [Options.Follows]) and see its clusters as
// replicas without keys.
//
// The zero value of a [Setup] has no node and cannot be opened; that of
// [Options] is a lab on sockets, at free ports, with fresh
// keys of 2048 bits. A [Lab] itself has no useful zero value.
package lab
