// Package wire drives thousands of phones over real sockets: it carries out
// the actions of package phone's state machine by HTTP, TFTP, TVS, SIP and HTTPS
// clients, each from the phone's own loopback address, and brings the results
// back. Two sockets listen for all phones, one for what comes by SIP and one for
// their web pages: docs/phones.md says how.
//
// Boots run concurrently up to a limit, since a machine's throughput falls when
// thousands of transfers compete: a phone whose turn has not come waits in a
// queue. A phone that does nothing costs neither a goroutine nor a descriptor.
//
// Load never changes a phone's state: time-outs are those of phones, the limit
// keeps answers well within them, and what fails for want of descriptors or
// ports is tried again.
package wire
