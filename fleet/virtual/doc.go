// Package virtual drives phones as package wire does, over a simulated network
// and clock: the same firmware and the same cluster, hours of scenario time in
// seconds, and the same run again from its seed.
//
//	Send, Reset ─▶ starts, at most Boots at a time
//	                 │
//	queue of events: ▼            (one heap; no goroutine waits for anything)
//	  deliver  an event reaches a phone     phone.Step ─▶ actions
//	  arrive   a request reaches a TFTP     a slot of [Network.Serving], or it waits
//	  done     a transfer has ended         the slot goes to the next that waits
//	  ask      a phone reaches a TVS        handshakes one after the other
//	  registrar  a phone reaches a call manager   alarms, registration; then its
//	             boot ends, and its place goes to the next start
//	  directory  a phone reaches an HTTPS service
//
// A run is a function of cluster, phones, seed and what is done to them, on any
// number of workers. Events are taken in windows as long as the shortest time
// in which a phone thinks: what phones do in a window cannot touch one another,
// so their steps run concurrently, and then everything they want is carried out
// in the order of time. A phone's chances derive from (seed, index, draw).
//
// What is not as on the wire:
//
//   - TFTP is modelled by the file. Each block costs a round trip and the
//     phone's own time for it; each loss of a block or its acknowledgement costs a
//     time-out; after ten in a row the phone gives up. Lockstep leaves nothing
//     else for single datagrams to decide.
//   - Signatures are really verified, once for each file and key
//     ([phone.Library.Remember]): a verdict cannot differ between phones.
//   - A cluster meant for this driver may sign one configuration for all phones
//     of a CallManager Group ([cucm.Config.SharedConfigurations]). Who signed
//     what is as on the wire.
//   - A TLS handshake is its certificate check and a place in the TVS's queue.
//   - HTTP, on the TFTP service's node, SIP and HTTPS are a TCP connection each: a
//     lost segment costs a second or more. HTTP has no limit of transfers at a
//     time. Where it gives nothing phones ask by TFTP, as on the wire.
//   - Alarms and registrations are handed to the cluster without SIP. Of keep-
//     alives only those are events that would change something, and registrations
//     do not lapse: the cluster knows at once that a phone lost its power.
//   - Web pages of phones are not there.
package virtual
