// Package wire drives thousands of phones over real sockets:
//
//	Send ─▶ queue ─▶ workers, at most Limits.Boots
//	                    │  phone.Step ─▶ actions
//	                    ▼
//	       HTTP, TFTP, TVS, SIP, HTTPS clients, from the phone's own address
//	                    │
//	                    ▼  the answer, as the phone's next event
//
//	one socket for all phones' NOTIFYs ─▶ Reset
//	one socket for all phones' web pages
//
// It carries out the actions of package phone's state machine and brings the
// results back as events. docs/phones.md says how the two sockets serve all phones,
// which have an address each, or the one of their machine.
//
// Only so many phones boot at a time, since throughput falls when thousands of
// transfers compete; the others wait in the queue. A phone that does nothing costs
// neither a goroutine nor a descriptor.
//
// Load never changes a phone's state: phones have their own time-outs, few enough
// of them boot at a time that answers come well before those, and what fails for
// want of descriptors or ports is tried again.
//
// A [Fleet] is made by [New]; the zero value of [Config] lacks only a Clock.
package wire
