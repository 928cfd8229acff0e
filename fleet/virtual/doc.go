// Package virtual drives phones over a simulated network and clock: the same
// firmware and the same cluster as package wire, hours of scenario time in
// seconds, and the same run again from the same seed.
//
//	Send, Reset ─▶ a line of events; at most Boots phones are under way
//	                    │
//	queue of tasks:     ▼   (one heap; no goroutine waits for anything)
//	  reachPhone        an event reaches a phone      phone.Step ─▶ actions ─▶ tasks
//	  reachFiles        a request reaches TFTP        a transfer begins, or it waits
//	  endTransfer       a transfer has ended          the next that waits begins
//	  reachTVS          a phone reaches a TVS         handshakes one after the other
//	  reachCallManager  a phone reaches a call manager    alarms, registration; then
//	                    its boot ends, and another phone goes ahead
//	  openPage, readPage   a phone reaches an HTTPS service
//
// A run is a function of cluster, phones, seed and what is done to them, with any
// number of workers. Tasks are taken in windows. A window is as long as the
// shortest time in which a phone thinks, so that what phones do in it cannot
// affect other phones in it: their steps run concurrently, and then everything
// that they want is carried out in the order of time. A phone's randomness derives
// from (seed, index, draw).
//
// What differs from the wire:
//
//   - TFTP is modelled by the file. Each block costs a round trip and the phone's
//     own time for it; each loss of a block or its acknowledgement costs a
//     time-out; after ten in a row the phone gives up. TFTP sends one block at a
//     time, so that single datagrams would decide nothing else.
//   - Signatures are really verified, but once for each file and key
//     ([phone.Library.Remember]): verdicts cannot differ between phones.
//   - A cluster made for this driver may sign one configuration for all phones of
//     a CallManager Group ([cucm.Config.SharedConfigurations]). Who signed what is
//     as on the wire.
//   - A TLS handshake is its certificate check and a moment of the TVS.
//   - TCP (HTTP, on the TFTP service's node, TVS, SIP, HTTPS) goes in as many flights
//     as on the wire, to which package network does the same. HTTP has no limit of
//     transfers at a time. What HTTP does not give, phones ask TFTP for, as on the
//     wire.
//   - Alarms and registrations are handed to the cluster without SIP. Only those
//     keep-alives are events that would change something. Registrations do not
//     lapse: the cluster knows at once when a phone loses its power.
//   - Phones have no web pages.
//
// The zero value of a [Network]'s field means what it says (no latency, no loss);
// [LAN] has the usual values. A zero [Clock] stands at the beginning of a run. A
// [Fleet] is made by [New].
package virtual
