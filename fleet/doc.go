// Package fleet is what the two drivers of phones share: the interface that
// users of either see, views of phones, counters, limits, the observer, and the
// choice of the event that ends a phone's request:
//
//	             fleet.Fleet
//	            ╱           ╲
//	   fleet/wire           fleet/virtual
//	real sockets and time   simulated network and clock
//	            ╲           ╱
//	 FileAnswer, TVSAnswer, RegisterAnswer, OpenAnswer, ReadAnswer
//	                  │
//	       phone.Phone, the firmware
//
// The zero value of [Limits] stands for a phone's own time-outs, that of [Tally]
// for a fleet that has done nothing yet. A [View] is made by [ViewOf].
package fleet
