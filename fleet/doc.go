// Package fleet is what the two drivers of phones share: the interface that
// users of either see, views of phones, counters, limits, and the observer.
//
//	             fleet.Fleet
//	            ╱           ╲
//	   fleet/wire           fleet/virtual
//	real sockets and time   simulated network and clock
//	            ╲           ╱
//	        phone.Phone, the firmware
//
// The zero value of [Limits] stands for [DefaultLimits], of [Tally] for a fleet
// that has done nothing yet.
package fleet
